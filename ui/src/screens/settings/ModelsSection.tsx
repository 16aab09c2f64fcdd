import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Notice } from "../../parts/Notice";
import type { Setting } from "./model";
import { SettingsCard } from "./SettingsCard";

/** Other names and exclusions, which the page of the models edits with the models at hand. */
export function ModelsSection({ settings }: { settings: readonly Setting[] }) {
  const { t } = useTranslation();
  const link = (
    <Link to="/models" className="text-sm text-accent underline underline-offset-2">
      {t("settings.models.open")}
    </Link>
  );
  return <SettingsCard section="models" settings={settings} note={<Notice actions={link}>{t("settings.models.text")}</Notice>} />;
}
