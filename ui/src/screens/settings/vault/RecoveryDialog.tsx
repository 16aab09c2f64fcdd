import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { saveFile } from "../../../lib/save";
import { Button } from "../../../parts/Button";
import { Checkbox } from "../../../parts/Checkbox";
import { CodeBlock } from "../../../parts/CodeBlock";
import { CopyButton } from "../../../parts/CopyButton";
import { Dialog } from "../../../parts/Dialog";
import { Notice } from "../../../parts/Notice";

/** Shows a recovery key, once. It closes only when its owner says that it is kept. */
export function RecoveryDialog({ recovery, onClose }: { recovery: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [kept, setKept] = useState(false);
  const save = () => saveFile(new Blob([`${recovery}\n`], { type: "text/plain" }), "postern-recovery-key.txt");
  const close = () => kept && onClose();
  return (
    <Dialog open onOpenChange={close} title={t("settings.vault.recovery.heading")} text={t("settings.vault.recovery.use")} className="max-w-lg" footer={
      <Button look="primary" disabledReason={kept ? null : t("settings.vault.recovery.first")} onClick={close}>
        {t("settings.vault.recovery.done")}
      </Button>
    }>
      <div className="flex flex-col gap-3">
        <CodeBlock label={t("settings.vault.recovery.label")} code={recovery} quiet wrap />
        <div className="flex flex-wrap gap-2">
          <CopyButton text={recovery} what={t("settings.vault.recovery.label")}>{t("settings.vault.recovery.copy")}</CopyButton>
          <Button onClick={save}>
            <Download aria-hidden />
            {t("settings.vault.recovery.save")}
          </Button>
        </div>
        <Notice tone="warn">{t("settings.vault.recovery.once")}</Notice>
        <Checkbox checked={kept} onChange={setKept}>{t("settings.vault.recovery.kept")}</Checkbox>
      </div>
    </Dialog>
  );
}
