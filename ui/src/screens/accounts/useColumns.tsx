import { Cookie, Hourglass, LoaderCircle, TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { describeTrouble } from "../../api/trouble";
import type { AccountView } from "../../api/types";
import { formatBytes, formatNumber, formatUntil } from "../../lib/format";
import type { Column } from "../../parts/DataTable";
import { RelativeTime } from "../../parts/RelativeTime";
import { StateBadge } from "../../parts/StateBadge";
import { Switch } from "../../parts/Switch";
import { Tooltip } from "../../parts/Tooltip";
import { useAccountActions } from "./actions";
import { NextButton } from "./NextButton";
import { heapOf, heaps } from "./standing";
import type { Checks } from "./useChecks";

/** What stays while an inspector stands beside the list. */
const always: readonly string[] = ["name", "state", "enabled"];

/** The columns of the list of accounts. While an account is checked, its state says so. */
export function useColumns(checks: Checks, narrow: boolean): Column<AccountView>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const columns: Column<AccountView>[] = [
      { id: "name", header: t("accounts.column.name"), width: "minmax(10rem, 2fr)", sort: (account) => account.name, cell: (account) => <Who of={account} /> },
      {
        id: "state",
        header: t("accounts.column.state"),
        width: narrow ? "minmax(12.5rem, 1fr)" : "minmax(13rem, 1fr)",
        sort: (account) => heaps.indexOf(heapOf(account)),
        cell: (account) => <Standing of={account} checks={checks} />,
      },
      { id: "next", header: t("accounts.column.next"), width: "10.5rem", cell: (account) => <NextButton named of={account} checks={checks} /> },
      { id: "models", header: t("accounts.column.models"), width: "6rem", align: "right", wide: true, sort: (account) => account.models, cell: (account) => (account.models == null ? "–" : formatNumber(account.models)) },
      { id: "uses", header: t("accounts.column.uses"), width: "5.5rem", align: "right", sort: (account) => account.uses_today, cell: (account) => formatNumber(account.uses_today) },
      {
        id: "used",
        header: t("accounts.column.used"),
        width: "8rem",
        wide: true,
        sort: (account) => account.last_used_at,
        cell: (account) =>
          account.last_used_at ? <RelativeTime at={account.last_used_at * 1000} /> : <span className="text-muted">{t("accounts.never")}</span>,
      },
      { id: "memory", header: t("accounts.column.memory"), width: "6rem", align: "right", wide: true, sort: (account) => account.memory_bytes, cell: (account) => (account.memory_bytes == null ? "–" : formatBytes(account.memory_bytes)) },
      { id: "enabled", header: t("accounts.column.enabled"), width: "5rem", cell: (account) => <InUse of={account} /> },
    ];
    return narrow ? columns.filter(({ id }) => always.includes(id)) : columns;
  }, [t, checks, narrow]);
}

/** The name, and whose account it is. */
function Who({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      <span className="max-w-full shrink-0 truncate font-medium">{of.name}</span>
      {of.source === "cookies" && (
        <Tooltip text={t("accounts.source.cookies")}>
          <span className="self-center text-muted">
            <Cookie className="size-3.5" aria-hidden />
            <span className="sr-only">{t("accounts.source.cookies")}</span>
          </span>
        </Tooltip>
      )}
      {of.email && <span className="min-w-0 truncate text-sm text-muted">{of.email}</span>}
    </span>
  );
}

function Standing({ of, checks }: { of: AccountView; checks: Checks }) {
  const { t } = useTranslation();
  if (checks.running.has(of.name)) {
    return (
      <span className="inline-flex items-center gap-1.5 text-sm text-muted">
        <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
        {t("accounts.checking")}
      </span>
    );
  }
  const failed = checks.failed.get(of.name);
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      <StateBadge state={of.status} />
      {of.status.state !== "cooling_down" && of.cooldowns.length > 0 && <Limited of={of} />}
      {failed !== undefined && (
        <Tooltip text={`${t("accounts.checkFailed")} ${describeTrouble(failed).why}`}>
          <span className="text-bad">
            <TriangleAlert className="size-4" aria-hidden />
            <span className="sr-only">{t("accounts.checkFailed")}</span>
          </span>
        </Tooltip>
      )}
    </span>
  );
}

/** An account that serves, but not every model. */
function Limited({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  const lines = of.cooldowns.map(({ model, until }) =>
    t("accounts.cooldowns.line", { model: model ?? t("accounts.cooldowns.every"), time: formatUntil(until * 1000) }),
  );
  return (
    <Tooltip text={lines.join("; ")}>
      <span className="tabular inline-flex items-center gap-0.5 text-xs text-warn">
        <Hourglass className="size-3.5" aria-hidden />
        <span aria-hidden>{formatNumber(of.cooldowns.length)}</span>
        <span className="sr-only">{lines.join("; ")}</span>
      </span>
    </Tooltip>
  );
}

function InUse({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  const { turn } = useAccountActions();
  return <Switch checked={of.enabled} onChange={(enabled) => void turn(of, enabled)} label={t("accounts.useOf", { name: of.name })} />;
}
