import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ScanSearch, Users } from "lucide-react";
import { useTranslation } from "react-i18next";

import { useConnection } from "../../../api/events";
import { read } from "../../../api/queries";
import type { AccountView, Schemas } from "../../../api/types";
import { Button } from "../../../parts/Button";
import { Card } from "../../../parts/Card";
import { EmptyState } from "../../../parts/EmptyState";
import { ErrorState } from "../../../parts/ErrorState";
import { Select } from "../../../parts/Select";
import { Skeleton } from "../../../parts/Skeleton";
import { PackCard } from "./PackCard";
import { PageReport } from "./PageReport";
import { usePageCheck } from "./usePageCheck";
import { samePack } from "./words";

/** The file of selectors may change while somebody works on it, which no event tells. */
const anew = 3000;

/** What Postern finds on AI Studio's page with an account, and the selectors it finds it by. */
export function PageSection() {
  const { t } = useTranslation();
  const known = useQuery({ ...read.page(), refetchOnMount: "always", refetchInterval: anew });
  const accounts = useQuery(read.accounts());
  const view = known.data;
  const all = accounts.data?.accounts;
  return (
    <>
      {view && all && all.length > 0 ? (
        <Looked view={view} accounts={all} />
      ) : (
        <Card title={t("settings.section.page.title")}>
          {known.isError && !view && (
            <ErrorState compact title={t("page.failed")} error={known.error} onRetry={() => void known.refetch()} />
          )}
          {accounts.isError && !all && (
            <ErrorState compact title={t("page.accountsFailed")} error={accounts.error} onRetry={() => void accounts.refetch()} />
          )}
          {(known.isPending || accounts.isPending) && <Skeleton lines={8} />}
          {all?.length === 0 && <NoAccount />}
        </Card>
      )}
      {view && <PackCard pack={view.pack} path={view.pack_path} />}
    </>
  );
}

function NoAccount() {
  const { t } = useTranslation();
  return (
    <EmptyState icon={Users} title={t("page.noAccount.title")} text={t("page.noAccount.text")}>
      <Button asChild look="primary">
        <Link to="/accounts">{t("page.noAccount.add")}</Link>
      </Button>
    </EmptyState>
  );
}

/** One account's page. Which one stands in the address. */
function Looked({ view, accounts }: { view: Schemas["PageView"]; accounts: readonly AccountView[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const wanted = useSearch({ strict: false }).account;
  const check = usePageCheck();
  const [first] = accounts;
  const chosen = accounts.find(({ name }) => name === wanted) ?? accounts.find(({ enabled }) => enabled) ?? first;
  if (!chosen) return null;
  const { name } = chosen;
  const report = view.reports.find(({ account }) => account === name)?.report;
  const ofThis = check.variables === name;
  const busy = check.isPending && ofThis;
  const choose = (account: string) =>
    void navigate({ to: "/settings/$section", params: { section: "page" }, search: { account }, replace: true });
  return (
    <Card title={t("settings.section.page.title")}>
      <p className="mb-3 max-w-[42rem] text-sm text-muted">{t("page.text")}</p>
      <div className="flex flex-wrap items-center gap-2">
        {accounts.length > 1 && (
          <Select
            aria-label={t("page.account")}
            value={name}
            onChange={choose}
            options={accounts.map((account) => ({ value: account.name, label: account.name }))}
          />
        )}
        <CheckButton of={chosen} busy={busy} again={report !== undefined} onCheck={() => check.mutate(name)} />
      </div>
      <div role="status" className="text-sm text-muted">
        {busy && <p className="mt-2">{chosen.pending > 0 ? t("page.waits", { count: chosen.pending }) : t("page.checking")}</p>}
      </div>
      {check.isError && ofThis && (
        <div className="mt-3">
          <ErrorState compact title={t("page.checkFailed")} error={check.error} />
        </div>
      )}
      {report ? <PageReport report={report} outdated={!samePack(report.pack, view.pack)} /> : <EmptyState icon={ScanSearch} title={t("page.never.title")} text={t("page.never.text")} />}
    </Card>
  );
}

interface CheckProps {
  of: AccountView;
  busy: boolean;
  /** It was looked at before. */
  again: boolean;
  onCheck: () => void;
}

function CheckButton({ of, busy, again, onCheck }: CheckProps) {
  const { t } = useTranslation();
  const lost = useConnection().state === "lost";
  const why = lost ? t("page.offline") : of.enabled ? null : t("page.off");
  return (
    <Button look={again ? "secondary" : "primary"} busy={busy} disabledReason={why} onClick={onCheck}>
      {!busy && <ScanSearch aria-hidden />}
      {t(again ? "page.again" : "page.check")}
    </Button>
  );
}
