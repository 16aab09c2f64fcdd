import { CircleCheck, CircleOff, KeyRound, TriangleAlert } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../lib/format";
import { Badge } from "../../parts/Badge";
import type { Column } from "../../parts/DataTable";
import { Switch } from "../../parts/Switch";
import { Tooltip } from "../../parts/Tooltip";
import { useUpstreamChange } from "./change";
import { readyKeys, type Upstream } from "./words";

/** The columns of the list of providers. */
export function useColumns(): Column<Upstream>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      { id: "name", header: t("upstreams.column.name"), width: "minmax(8rem, 1.5fr)", sort: ({ name }) => name, cell: ({ name }) => <span className="truncate font-medium">{name}</span> },
      { id: "state", header: t("upstreams.column.state"), width: "11rem", sort: (of) => readyKeys(of), cell: (of) => <UpstreamBadge of={of} /> },
      { id: "kind", header: t("upstreams.column.kind"), width: "7rem", wide: true, sort: ({ kind }) => kind, cell: ({ kind }) => t(`upstreams.kind.${kind}`) },
      { id: "host", header: t("upstreams.column.host"), width: "minmax(9rem, 2fr)", sort: ({ host }) => host, cell: ({ host }) => <code className="truncate font-mono text-sm text-muted" title={host}>{host}</code> },
      { id: "keys", header: t("upstreams.column.keys"), width: "5rem", align: "right", sort: ({ keys }) => keys.length, cell: ({ keys }) => formatNumber(keys.length) },
      { id: "models", header: t("upstreams.column.models"), width: "6rem", align: "right", wide: true, sort: ({ model_count }) => model_count ?? 0, cell: ({ model_count }) => (model_count == null ? <span className="text-muted">–</span> : formatNumber(model_count)) },
      { id: "order", header: t("upstreams.column.order"), width: "5.5rem", align: "right", sort: ({ order }) => order, cell: ({ order }) => formatNumber(order) },
      { id: "enabled", header: t("upstreams.column.enabled"), width: "5rem", cell: (of) => <Enabled of={of} /> },
    ],
    [t],
  );
}

/** Whether it can be asked now, as colour, icon and word. */
export function UpstreamBadge({ of }: { of: Upstream }) {
  const { t } = useTranslation();
  if (!of.enabled) return <Badge icon={CircleOff}>{t("upstreams.state.off")}</Badge>;
  const ready = readyKeys(of);
  if (of.problem) {
    return (
      <Tooltip text={of.problem}>
        <span>
          <Badge tone="warn" icon={of.keys.length === 0 ? KeyRound : TriangleAlert}>
            {t(of.keys.length === 0 ? "upstreams.state.noKey" : "upstreams.state.trouble")}
          </Badge>
        </span>
      </Tooltip>
    );
  }
  return (
    <Badge tone="good" icon={CircleCheck}>
      {t("upstreams.state.ready", { ready, count: of.keys.length })}
    </Badge>
  );
}

/** Switches it off and on, with a way back. */
function Enabled({ of }: { of: Upstream }) {
  const { t } = useTranslation();
  const change = useUpstreamChange(of.name);
  return (
    <Switch
      checked={of.enabled}
      onChange={(enabled) => void change({ enabled }, { undo: { enabled: !enabled }, said: t(enabled ? "upstreams.turned.on" : "upstreams.turned.off", { name: of.name }) })}
      label={t("upstreams.enabledOf", { name: of.name })}
    />
  );
}
