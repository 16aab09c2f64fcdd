import { ArrowRight } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { formatClock, formatDuration, formatNumber } from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { Badge } from "../../parts/Badge";
import type { Column } from "../../parts/DataTable";
import { mappedModel, type RequestRow } from "./filter";
import { OutcomeCell } from "./OutcomeBadge";

const none = <span className="text-muted">–</span>;
const DAY_MS = 86_400_000;

const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** Day and minute, as short as the column: `11/20, 15:45`. */
function dayAndMinute(at: number, language: string): string {
  const format =
    dayFormats.get(language) ??
    new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  dayFormats.set(language, format);
  return format.format(at);
}

function Time({ at }: { at: number }) {
  const { i18n } = useTranslation();
  const old = Date.now() - at > DAY_MS;
  return (
    <time dateTime={new Date(at).toISOString()} className="tabular text-muted">
      {old ? dayAndMinute(at, i18n.language) : formatClock(at)}
    </time>
  );
}

function Model({ row }: { row: RequestRow }) {
  const mapped = mappedModel(row);
  if (!row.model) return <span className="text-muted">{`${row.method} ${row.path}`}</span>;
  return (
    <span title={mapped ? `${row.model} → ${mapped}` : row.model}>
      {row.model}
      {mapped && (
        <span className="text-muted">
          <ArrowRight className="mx-1 inline size-3.5" aria-label="→" />
          {mapped}
        </span>
      )}
    </span>
  );
}

function Caller({ row }: { row: RequestRow }) {
  const { t } = useTranslation();
  if (row.source === "console") return <Badge>{t("requests.source.console")}</Badge>;
  return row.key_name ?? none;
}

function Tokens({ row: { prompt_tokens: prompt, completion_tokens: completion } }: { row: RequestRow }) {
  if (prompt == null && completion == null) return none;
  const show = (count: number | null | undefined) => (count == null ? "–" : formatNumber(count));
  return `${show(prompt)} / ${show(completion)}`;
}

function Age({ since }: { since: number }) {
  const now = useNow(1000);
  return <span className="text-info">{formatDuration(Math.max(0, Math.max(now, since) - since))}</span>;
}

function Total({ row }: { row: RequestRow }) {
  if (row.total_ms != null) return formatDuration(row.total_ms);
  return row.outcome === "running" ? <Age since={row.at_ms} /> : none;
}

/** The columns of the list. */
export function useColumns(): readonly Column<RequestRow>[] {
  const { t, i18n } = useTranslation();
  return useMemo(
    () => [
      { id: "time", header: t("requests.column.time"), width: "7.5rem", cell: (row) => <Time at={row.at_ms} /> },
      { id: "outcome", header: t("requests.column.outcome"), width: "8rem", cell: (row) => <OutcomeCell row={row} /> },
      { id: "model", header: t("requests.column.model"), width: "minmax(9rem, 2fr)", cell: (row) => <Model row={row} /> },
      { id: "account", header: t("requests.column.account"), width: "minmax(6rem, 1fr)", wide: true, cell: (row) => row.account ?? none },
      { id: "key", header: t("requests.column.key"), width: "minmax(5rem, 1fr)", cell: (row) => <Caller row={row} /> },
      { id: "tokens", header: t("requests.column.tokens"), width: "8.5rem", align: "right", wide: true, cell: (row) => <Tokens row={row} /> },
      {
        id: "first",
        header: t("requests.column.first"),
        width: "6rem",
        align: "right",
        cell: (row) => (row.first_ms == null ? none : formatDuration(row.first_ms)),
      },
      { id: "total", header: t("requests.column.total"), width: "5.5rem", align: "right", cell: (row) => <Total row={row} /> },
    ],
    // Numbers and dates are written in the language, too.
    [t, i18n.language],
  );
}
