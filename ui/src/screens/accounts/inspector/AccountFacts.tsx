import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { AccountView } from "../../../api/types";
import { formatBytes, formatNumber } from "../../../lib/format";
import { Facts } from "../../../parts/Facts";
import { RelativeTime } from "../../../parts/RelativeTime";

/** What is known of an account. */
export function AccountFacts({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  const unknown = <span className="text-muted">{t("accounts.unknown")}</span>;
  const never = <span className="text-muted">{t("accounts.never")}</span>;
  const ago = (seconds: number | null | undefined, without: ReactNode) => (seconds ? <RelativeTime at={seconds * 1000} /> : without);
  const facts: [string, ReactNode][] = [
    [t("accounts.fact.email"), of.email ?? unknown],
    [t("accounts.fact.source"), <Source key="source" of={of} />],
    [t("accounts.column.models"), of.models == null ? unknown : formatNumber(of.models)],
    [t("accounts.column.uses"), formatNumber(of.uses_today)],
    [t("accounts.column.pending"), formatNumber(of.pending)],
    [t("accounts.column.used"), ago(of.last_used_at, never)],
    [t("accounts.fact.checked"), ago(of.checked_at, never)],
    [t("accounts.fact.browser"), <Browser key="browser" of={of} />],
    [t("accounts.column.memory"), of.memory_bytes == null ? t("accounts.noBrowser") : formatBytes(of.memory_bytes)],
    [t("accounts.fact.created"), ago(of.created_at, unknown)],
    [t("accounts.fact.size"), of.profile_bytes == null ? unknown : formatBytes(of.profile_bytes)],
    [t("accounts.fact.profile"), <span key="profile" className="font-mono text-xs break-all">{of.profile}</span>],
  ];
  return <Facts facts={facts} />;
}

function Source({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  return (
    <>
      <p>{t(`accounts.source.${of.source}`)}</p>
      {of.source === "cookies" && <p className="text-sm text-warn">{t("accounts.source.cookiesText")}</p>}
    </>
  );
}

function Browser({ of }: { of: AccountView }) {
  const { t } = useTranslation();
  const state = of.browser_shown ? "shown" : of.browser_running ? "running" : "stopped";
  return (
    <>
      {of.browser && <p>{of.browser}</p>}
      <p className={of.browser ? "text-sm text-muted" : "text-muted"}>{t(`accounts.browser.${state}`)}</p>
    </>
  );
}
