import { LoaderCircle } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { AccountView } from "../../api/types";
import { formatBytes, formatNumber } from "../../lib/format";
import type { Column } from "../../parts/DataTable";
import { RelativeTime } from "../../parts/RelativeTime";
import { StateBadge } from "../../parts/StateBadge";
import { Switch } from "../../parts/Switch";
import { useAccountActions } from "./actions";

/** The columns of the list of accounts. While an account is checked, its state says so. */
export function useColumns(running: ReadonlySet<string>): Column<AccountView>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        id: "name",
        header: t("accounts.column.name"),
        width: "minmax(9rem, 2fr)",
        sort: (account) => account.name,
        cell: (account) => <span className="truncate font-medium">{account.name}</span>,
      },
      {
        id: "state",
        header: t("accounts.column.state"),
        width: "minmax(11rem, 1fr)",
        sort: (account) => account.status.state,
        cell: (account) => (running.has(account.name) ? <Checking /> : <StateBadge state={account.status} />),
      },
      { id: "models", header: t("accounts.column.models"), width: "6rem", align: "right", wide: true, sort: (account) => account.models, cell: (account) => (account.models == null ? "–" : formatNumber(account.models)) },
      { id: "pending", header: t("accounts.column.pending"), width: "6.5rem", align: "right", sort: (account) => account.pending, cell: (account) => formatNumber(account.pending) },
      {
        id: "used",
        header: t("accounts.column.used"),
        width: "9rem",
        sort: (account) => account.last_used_at,
        cell: (account) =>
          account.last_used_at ? <RelativeTime at={account.last_used_at * 1000} /> : <span className="text-muted">{t("accounts.unknown")}</span>,
      },
      { id: "memory", header: t("accounts.column.memory"), width: "6.5rem", align: "right", wide: true, sort: (account) => account.memory_bytes, cell: (account) => (account.memory_bytes == null ? "–" : formatBytes(account.memory_bytes)) },
      { id: "enabled", header: t("accounts.column.enabled"), width: "5rem", cell: (account) => <InUse of={account} /> },
    ],
    [t, running],
  );
}

function Checking() {
  const { t } = useTranslation();
  return (
    <span className="inline-flex items-center gap-1.5 text-sm text-muted">
      <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
      {t("accounts.checking")}
    </span>
  );
}

function InUse({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  const { turn } = useAccountActions();
  return <Switch checked={of.enabled} onChange={(enabled) => void turn(of, enabled)} label={t("accounts.useOf", { name: of.name })} />;
}
