import { useTranslation } from "react-i18next";

import type { Schemas, ServerStatus } from "../../api/types";
import { FirstCall } from "../../app/FirstCall";
import { formatClock, formatCompact, formatDuration, formatNumber, formatPercent } from "../../lib/format";
import { Sparkline } from "../../parts/Sparkline";
import { StatTile } from "../../parts/StatTile";

type Hour = Schemas["HourBucket"];

interface Props {
  totals: Schemas["Totals"];
  today: Schemas["Today"];
  server: ServerStatus;
}

/** The day in four numbers. */
export function Tiles({ totals, today, server }: Props) {
  const { t } = useTranslation();
  const points = (value: (hour: Hour) => number) =>
    totals.hours.map((hour) => ({ label: formatClock(hour.hour * 1000, false), value: value(hour) }));
  const over = t("overview.tiles.hour");
  const nothing = totals.requests === 0;
  const tokens = totals.prompt_tokens + totals.completion_tokens;

  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-4 md:grid-cols-4">
        <StatTile
          label={t("overview.tiles.requests")}
          value={formatNumber(today.requests)}
          note={today.failed > 0 && t("overview.tiles.failed", { count: today.failed })}
        >
          <Sparkline label={t("overview.tiles.perHour")} over={over} points={points((hour) => hour.requests)} format={formatNumber} />
        </StatTile>
        <StatTile
          label={t("overview.tiles.success")}
          value={nothing ? "–" : formatPercent(1 - totals.failed / totals.requests)}
          note={t("overview.tiles.day")}
        >
          <Sparkline label={t("overview.tiles.failedPerHour")} over={over} points={points((hour) => hour.failed)} format={formatNumber} tone="bad" />
        </StatTile>
        <StatTile
          label={t("overview.tiles.tokens")}
          value={nothing ? "–" : formatCompact(tokens)}
          note={
            tokens > 0 &&
            t("overview.tiles.inOut", { in: formatCompact(totals.prompt_tokens), out: formatCompact(totals.completion_tokens) })
          }
        >
          <Sparkline label={t("overview.tiles.tokensPerHour")} over={over} points={points((hour) => hour.tokens)} format={formatNumber} />
        </StatTile>
        <StatTile
          label={t("overview.tiles.latency")}
          value={totals.p50_ms == null ? "–" : formatDuration(totals.p50_ms)}
          note={t("overview.tiles.day")}
        >
          <p className="flex min-h-9 items-end text-sm text-muted">{t("overview.tiles.latencyAbout")}</p>
        </StatTile>
      </div>
      {nothing && server.state === "running" && <FirstCall label={t("overview.tiles.first")} baseUrl={server.base_url} open={server.open} />}
    </div>
  );
}
