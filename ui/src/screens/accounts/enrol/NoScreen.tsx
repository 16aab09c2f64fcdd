import { useTranslation } from "react-i18next";

import { Button } from "../../../parts/Button";
import { CodeBlock } from "../../../parts/CodeBlock";
import { Dialog } from "../../../parts/Dialog";
import { Notice } from "../../../parts/Notice";
import { roomy } from "./SignInDialog";

/** What is done where nobody can see a browser: a session is brought along from elsewhere. */
export function NoScreenText({ remote }: { remote?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-4">
      {remote !== undefined && <Notice tone="warn" title={t(remote ? "accounts.noScreen.remote" : "accounts.noScreen.none")} />}
      <section>
        <h3 className="font-medium">{t("accounts.noScreen.sealed.title")}</h3>
        <p className="text-muted">{t("accounts.noScreen.sealed.why")}</p>
        <ol className="mt-2 list-decimal space-y-1 pl-5">
          <li>{t("accounts.noScreen.sealed.signIn")}</li>
          <li>{t("accounts.noScreen.sealed.export")}</li>
          <li>{t("accounts.noScreen.sealed.import")}</li>
        </ol>
        <CodeBlock className="mt-2" quiet label={t("accounts.noScreen.command")} code="postern account import main.postern-profile" />
      </section>
      <section>
        <h3 className="font-medium">{t("accounts.noScreen.cookies.title")}</h3>
        <p className="text-muted">{t("accounts.noScreen.cookies.text")}</p>
      </section>
    </div>
  );
}

/** The same, for whoever asks before there is any need. */
export function NoScreenDialog({ onClose, onImport }: { onClose: () => void; onImport: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog
      open
      onOpenChange={onClose}
      className={roomy}
      title={t("accounts.noScreen.title")}
      text={t("accounts.noScreen.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.close")}</Button>
          <Button look="primary" onClick={onImport}>
            {t("accounts.add.import")}
          </Button>
        </>
      }
    >
      <NoScreenText />
    </Dialog>
  );
}
