import { useTranslation } from "react-i18next";

import { Button } from "../../parts/Button";
import { CodeBlock } from "../../parts/CodeBlock";
import { CopyButton } from "../../parts/CopyButton";
import { Dialog } from "../../parts/Dialog";
import { Notice } from "../../parts/Notice";

/** A secret that is shown this once. */
export interface Shown {
  name: string;
  secret: string;
  /** Whether it takes the place of an older one. */
  rotated: boolean;
}

/** Shows a new secret, once: only its hash is kept. */
export function SecretDialog({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog open onOpenChange={onClose} title={t(shown.rotated ? "keys.secret.rotated" : "keys.secret.made", { name: shown.name })} footer={
      <>
        <CopyButton text={shown.secret} what={t("keys.secret.label")}>{t("keys.secret.copy")}</CopyButton>
        <Button look="primary" onClick={onClose}>{t("keys.secret.done")}</Button>
      </>
    }>
      <div className="flex flex-col gap-3">
        <CodeBlock label={t("keys.secret.label")} code={shown.secret} quiet wrap />
        <Notice tone="warn">{t("keys.secret.once")}</Notice>
      </div>
    </Dialog>
  );
}
