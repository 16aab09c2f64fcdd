import { useTranslation } from "react-i18next";

import type { Trouble } from "../../api/trouble";
import { CodeBlock } from "../../parts/CodeBlock";
import { SignInTrouble } from "./PasswordForm";

/** Nobody has set a password: only the link in the server's terminal opens the console. */
export function NoPassword({ refused }: { refused: Trouble | null }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col gap-3">
      {refused && <SignInTrouble error={refused} />}
      <p>{t("login.none.text")}</p>
      <p className="text-muted">{t("login.none.fresh")}</p>
      <CodeBlock quiet label={t("login.command")} code="postern console link" />
    </div>
  );
}
