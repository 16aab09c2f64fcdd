import { useTranslation } from "react-i18next";

import { type Language, languages, setLanguage } from "../lib/language";

export function LanguageChoice() {
  const { t, i18n } = useTranslation();
  return (
    <label className="flex items-center gap-2">
      <span className="sr-only">{t("language")}</span>
      <select
        value={i18n.language}
        onChange={(event) => void setLanguage(event.target.value as Language)}
        className="rounded-md border border-line bg-card px-2 py-1 text-ink focus-visible:outline-2 focus-visible:outline-accent"
      >
        {Object.entries(languages).map(([tag, name]) => (
          <option key={tag} value={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
