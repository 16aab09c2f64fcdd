import { useTranslation } from "react-i18next";

import type { Schemas } from "../../../api/types";
import { Notice } from "../../../parts/Notice";

/** What is not as it should be about the master key, for as long as it is so. */
export function VaultWarning({ warning }: { warning: Schemas["VaultWarning"] }) {
  const { t } = useTranslation();
  return (
    <Notice tone="warn" title={t(`settings.vault.warning.${warning.kind}.title`)}>
      <p>{t(`settings.vault.warning.${warning.kind}.text`)}</p>
      {warning.why && <p className="mt-1 text-sm select-text">{warning.why}</p>}
    </Notice>
  );
}
