import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { read } from "../../api/queries";
import { Button } from "../../parts/Button";
import { CodeBlock } from "../../parts/CodeBlock";
import { Dialog } from "../../parts/Dialog";

/** How an account is added: in the user's own browser, started by the command line. */
export function AddDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  // Only who asks for the list makes the house look for what the command line added.
  useQuery({ ...read.accounts(), refetchInterval: 3000 });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t("accounts.add.title")}
      text={t("accounts.add.text")}
      footer={<Button look="primary" onClick={onClose}>{t("common.close")}</Button>}
    >
      <div className="flex flex-col gap-3">
        <CodeBlock label={t("accounts.add.signIn")} code="postern account add me" />
        <CodeBlock label={t("accounts.add.profile")} code="postern account import --profile FOLDER me" />
        <p className="text-sm text-muted">{t("accounts.add.then")}</p>
      </div>
    </Dialog>
  );
}
