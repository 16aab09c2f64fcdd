import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { AccountView } from "../../api/types";
import { Button } from "../../parts/Button";
import { Card } from "../../parts/Card";
import { StateBadge } from "../../parts/StateBadge";
import { useEnrolments } from "../accounts/enrol/useEnrolments";
import { isUnderWay } from "../accounts/standing";

const most = 5;

/** What is ready to answer: the accounts, those that need something first. */
export function AccountsCard({ accounts, className }: { accounts: readonly AccountView[]; className?: string }) {
  const { t } = useTranslation();
  const usable = accounts.filter(({ status }) => status.state === "ready" || status.state === "busy").length;
  if (accounts.length === 0) {
    return (
      <Card title={t("overview.accounts.title")} className={className ?? ""}>
        <p className="text-muted">{t("overview.accounts.none")}</p>
        <div className="mt-3 flex flex-wrap items-center gap-3">
          <Button asChild>
            <Link to="/accounts" search={{ add: "sign-in" }}>{t("overview.accounts.add")}</Link>
          </Button>
          <UnderWayLink />
        </div>
      </Card>
    );
  }
  return (
    <Card
      flush
      className={className ?? ""}
      title={t("overview.accounts.title")}
      actions={<span className="tabular text-sm text-muted">{t("overview.accounts.ready", { ready: usable, total: accounts.length })}</span>}
    >
      <ul>
        {accounts.slice(0, most).map((account) => (
          <li key={`${account.upstream}/${account.name}`}>
            <Link
              to="/accounts"
              search={{ id: account.name }}
              className="flex min-h-row items-center gap-3 px-pad outline-offset-[-2px] hover:bg-hover"
            >
              <span className="min-w-0 flex-1 truncate">
                {account.name}
                {account.email && <span className="ml-2 text-sm text-muted">{account.email}</span>}
              </span>
              <StateBadge state={account.status} />
              <ChevronRight className="size-4 shrink-0 text-muted" aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-x-4 px-pad">
        {accounts.length > most && (
          <Link to="/accounts" className="inline-flex min-h-8 items-center text-sm text-accent hover:underline">
            {t("overview.accounts.all", { count: accounts.length })}
          </Link>
        )}
        <UnderWayLink />
      </div>
    </Card>
  );
}

/** Leads to the accounts that are on their way into service. */
function UnderWayLink() {
  const { t } = useTranslation();
  const ids = useEnrolments().filter(isUnderWay).map(({ id }) => id);
  if (ids.length === 0) return null;
  return (
    <Link to="/accounts" search={{ enrolment: ids.join(",") }} className="inline-flex min-h-8 items-center text-sm text-accent hover:underline">
      {t("accounts.underWay.working", { count: ids.length })}
    </Link>
  );
}
