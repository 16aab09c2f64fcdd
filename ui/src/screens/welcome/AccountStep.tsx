import { useQuery } from "@tanstack/react-query";
import { FileDown, LogIn } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import type { AccountView } from "../../api/types";
import { useAction } from "../../lib/hooks";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { Notice } from "../../parts/Notice";
import { StateBadge } from "../../parts/StateBadge";
import { notify } from "../../parts/toast";
import { Enrolling, type Wish } from "../accounts/enrol/Enrolling";
import { UnderWay } from "../accounts/enrol/UnderWay";

interface Props {
  /** Whether the terms and risks were agreed to. */
  consent: boolean;
  onConsent: () => void;
  onNext: () => void;
}

/** Signing in with a Google account, or bringing one along. The list below follows by itself. */
export function AccountStep({ consent, onConsent, onNext }: Props) {
  const { t } = useTranslation();
  // What the command line adds shows up by asking again.
  const accounts = useQuery({ ...read.accounts(), refetchInterval: 3000 }).data?.accounts ?? [];
  const [wish, setWish] = useState<Wish | null>(null);
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
      <div className="mt-3 flex flex-wrap gap-2">
        <Button look={accounts.length > 0 ? "secondary" : "primary"} onClick={() => setWish({ what: "sign-in" })}>
          <LogIn aria-hidden />
          {t("accounts.add.signIn")}
        </Button>
        <Button onClick={() => setWish({ what: "import" })}>
          <FileDown aria-hidden />
          {t("accounts.add.import")}
        </Button>
      </div>
      <UnderWay className="mx-0 mt-4 mb-0" onShow={(ids) => setWish({ what: "watch", ids })} />
      <Enrolling wish={wish} onWish={setWish} done={{ label: t("welcome.next"), act: onNext }} />
      {accounts.length > 0 && (
        <ul aria-label={t("welcome.account.list")} className="mt-4 divide-y divide-line rounded-md border border-line">
          {accounts.map((account) => (
            <Line key={`${account.upstream}/${account.name}`} account={account} />
          ))}
        </ul>
      )}
      <div className="mt-4 flex justify-end">
        <Button look={accounts.length > 0 ? "primary" : "secondary"} onClick={onNext}>
          {accounts.length > 0 ? t("welcome.next") : t("welcome.account.later")}
        </Button>
      </div>
    </Card>
  );
}

function Line({ account }: { account: AccountView }) {
  const { t } = useTranslation();
  const { busy, run } = useAction();
  const check = () => answer(client.POST("/api/accounts/{name}/check", { params: { path: { name: account.name } } }));
  const press = () => run(check, (error) => notify.problem(t("welcome.account.checkFailed", { name: account.name }), error));
  return (
    <li className="flex min-h-11 items-center gap-3 px-3">
      <span className="min-w-0 flex-1 truncate">{account.name}</span>
      <StateBadge state={account.status} />
      <Button size="sm" busy={busy} onClick={() => void press()}>
        {t("welcome.account.check")}
      </Button>
    </li>
  );
}
