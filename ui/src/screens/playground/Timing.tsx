import { Link } from "@tanstack/react-router";
import { Timer } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { formatDuration, formatNumber } from "../../lib/format";
import type texts from "../../locales/en";
import { EmptyState } from "../../parts/EmptyState";
import { Notice } from "../../parts/Notice";
import { reasoningTime } from "./answer";
import type { Exchange } from "./exchange";

type Fact = Exclude<keyof (typeof texts)["playground"]["timing"], "none" | "noneText" | "warnings" | "ignored">;

/** How long the last answer took, what it cost, and what its headers say. */
export function Timing({ exchange }: { exchange: Exchange | undefined }) {
  const { t } = useTranslation();
  if (!exchange) return <EmptyState icon={Timer} title={t("playground.timing.none")} text={t("playground.timing.noneText")} />;
  return (
    <div className="mx-auto flex max-w-4xl flex-col gap-3 pb-4">
      {exchange.warnings.length > 0 && (
        <Notice tone="warn" title={t("playground.timing.warnings")}>
          <ul>
            {exchange.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      {exchange.ignored.length > 0 && (
        <Notice title={t("playground.timing.ignored")}>
          <code>{exchange.ignored.join(", ")}</code>
        </Notice>
      )}
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2">
        {facts(exchange).map(
          ([name, value]) =>
            value != null && (
              <div key={name} className="contents">
                <dt className="text-muted">{t(`playground.timing.${name}`)}</dt>
                <dd className="tabular min-w-0 break-words select-text">{value}</dd>
              </div>
            ),
        )}
      </dl>
    </div>
  );
}

function facts(exchange: Exchange): [Fact, ReactNode][] {
  const { answer, requestId, totalMs, firstMs } = exchange;
  const time = (ms: number | undefined) => (ms === undefined ? null : formatDuration(ms));
  const count = (tokens: number | undefined) => (tokens === undefined ? null : formatNumber(tokens));
  return [
    ["status", exchange.status],
    [
      "request",
      requestId && (
        <Link to="/requests" search={{ id: requestId }} className="font-mono text-sm break-all text-accent underline underline-offset-2">
          {requestId}
        </Link>
      ),
    ],
    ["upstream", exchange.upstream],
    ["headers", time(exchange.headersMs)],
    ["first", time(firstMs)],
    ["reasoning", time(reasoningTime(answer, totalMs ?? answer.frames.at(-1)?.at ?? 0))],
    ["text", time(answer.textAt)],
    ["total", time(totalMs)],
    ["finish", answer.finish],
    ["prompt", count(answer.usage?.prompt)],
    ["completion", count(answer.usage?.completion)],
    ["thought", count(answer.usage?.reasoning)],
    ["speed", speed(exchange)],
  ];
}

/** Tokens per second of the time in which the answer came. */
function speed({ answer, firstMs, totalMs }: Exchange): string | null {
  if (!answer.usage || firstMs === undefined || totalMs === undefined) return null;
  const seconds = (totalMs - firstMs) / 1000;
  return seconds < 0.05 ? null : formatNumber(Math.round((answer.usage.completion / seconds) * 10) / 10);
}
