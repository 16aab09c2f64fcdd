import { useTranslation } from "react-i18next";

import { Select } from "../../../parts/Select";
import { type Redacting, redactionActions } from "./redact";
import { Toggle } from "./Toggle";

/** Shows the conversation without its secrets, in the way that is chosen. */
export function RedactionChoice({ redacting, count }: { redacting: Redacting; count: number }) {
  const { t } = useTranslation();
  return (
    <>
      <Toggle on={redacting.on} onChange={redacting.turn} label={t("conversations.finding.preview", { count })} />
      {redacting.on && (
        <Select
          aria-label={t("conversations.export.redaction.title")}
          value={redacting.action}
          onChange={redacting.choose}
          options={redactionActions.map((value) => ({ value, label: t(`conversations.export.redaction.${value}`) }))}
          className="min-w-0 [&_select]:h-7 [&_select]:text-xs"
        />
      )}
    </>
  );
}
