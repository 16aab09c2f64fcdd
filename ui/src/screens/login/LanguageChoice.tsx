import { useTranslation } from "react-i18next";

import { setAppearance } from "../../lib/appearance";
import { type Language, languages } from "../../lib/language";
import { Segmented } from "../../parts/Segmented";

const options = (Object.keys(languages) as Language[]).map((value) => ({ value, label: languages[value] }));

/** The language, for somebody who is not in yet and has no settings. */
export function LanguageChoice() {
  const { t, i18n } = useTranslation();
  return (
    <Segmented
      label={t("login.language")}
      value={i18n.language as Language}
      onChange={(language) => void setAppearance({ language })}
      options={options}
    />
  );
}
