import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { AccountView } from "../../api/types";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { CodeBlock } from "../../parts/CodeBlock";
import { Notice } from "../../parts/Notice";
import { StateBadge } from "../../parts/StateBadge";
import { notify } from "../../parts/toast";

interface Props {
  /** Whether the terms and risks were agreed to. */
  consent: boolean;
  onConsent: () => void;
  onNext: () => void;
}

/** Signing in with a Google account. The list below follows by itself. */
export function AccountStep({ consent, onConsent, onNext }: Props) {
  const { t } = useTranslation();
  // The folder is looked at when somebody asks, so a new account shows up by asking again.
  const accounts = useQuery({ ...read.accounts(), refetchInterval: 3000 }).data?.accounts ?? [];
  if (!consent) {
    return (
      <Notice tone="info" actions={<Button onClick={onConsent}>{t("welcome.account.read")}</Button>}>
        {t("welcome.account.consentFirst")}
      </Notice>
    );
  }
  return (
    <Card title={t("welcome.account.title")}>
      <p className="text-muted">{t("welcome.account.text")}</p>
      <CodeBlock quiet className="mt-3" label={t("welcome.account.command")} code="postern account add main" />
      <ol className="mt-3 list-decimal space-y-1 pl-5 text-muted">
        <li>{t("welcome.account.browser")}</li>
        <li>{t("welcome.account.signIn")}</li>
        <li>{t("welcome.account.close")}</li>
      </ol>
      {accounts.length > 0 && (
        <ul aria-label={t("welcome.account.list")} className="mt-4 divide-y divide-line rounded-md border border-line">
          {accounts.map((account) => (
            <Line key={`${account.upstream}/${account.name}`} account={account} />
          ))}
        </ul>
      )}
      <div className="mt-4 flex justify-end">
        <Button look="primary" onClick={onNext}>
          {accounts.length > 0 ? t("welcome.next") : t("welcome.account.later")}
        </Button>
      </div>
    </Card>
  );
}

function Line({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const check = async () => {
    setBusy(true);
    try {
      await answer(client.POST("/api/accounts/{name}/check", { params: { path: { name: account.name } } }));
    } catch (error) {
      notify.problem(t("welcome.account.checkFailed", { name: account.name }), error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <li className="flex min-h-11 items-center gap-3 px-3">
      <span className="min-w-0 flex-1 truncate">{account.name}</span>
      <StateBadge state={account.status} />
      <Button size="sm" busy={busy} onClick={() => void check()}>
        {t("welcome.account.check")}
      </Button>
    </li>
  );
}
