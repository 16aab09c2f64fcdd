import { useTranslation } from "react-i18next";

import { host } from "../../host";
import { Notice } from "../../parts/Notice";
import { partsOf, type Setting } from "./model";
import { SettingsCard } from "./SettingsCard";

/** How the page looks; the rest of this section belongs to the desktop app. */
const looks = ["theme", "language", "density"];

/** Looks, and what only the desktop app has. */
export function WindowSection({ settings }: { settings: readonly Setting[] }) {
  const { t } = useTranslation();
  const isLook = ({ key }: Setting) => looks.includes(partsOf(key).name);
  const note = host.kind === "browser" && <Notice>{t("settings.desktop.elsewhere")}</Notice>;
  return (
    <>
      <SettingsCard section="window" title={t("settings.desktop.looks")} settings={settings.filter(isLook)} />
      <SettingsCard
        section="window"
        title={t("settings.desktop.title")}
        settings={settings.filter((setting) => !isLook(setting))}
        note={note}
      />
    </>
  );
}
