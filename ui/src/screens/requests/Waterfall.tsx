import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { formatDuration } from "../../lib/format";
import { type Span, type SpanName, wholeLength } from "./timeline";

const fills: Record<SpanName, string> = {
  read: "bg-edge",
  queue: "bg-warn",
  account: "bg-edge",
  turn: "bg-warn",
  browser: "bg-edge",
  page: "bg-edge",
  form: "bg-edge",
  tools: "bg-edge",
  send: "bg-edge",
  wait: "bg-info",
  answer: "bg-good",
  broken: "bg-bad",
  running: "bg-info",
};

/** The way of a request as bars below each other. The table is the chart: every bar has its numbers beside it. */
export function Waterfall({ spans }: { spans: readonly Span[] }) {
  const { t } = useTranslation();
  const whole = wholeLength(spans);
  return (
    <table className="w-full table-fixed text-sm">
      <caption className="sr-only">{t("requests.timeline.title")}</caption>
      <colgroup>
        <col className="w-36" />
        <col />
        <col className="w-18" />
      </colgroup>
      <thead className="sr-only">
        <tr>
          <th scope="col">{t("requests.timeline.step")}</th>
          <th scope="col">{t("requests.timeline.begins")}</th>
          <th scope="col">{t("requests.timeline.takes")}</th>
        </tr>
      </thead>
      <tbody>
        {spans.map((span) => {
          const Row = span.mode ? FactRow : SpanRow;
          return <Row key={`${span.name} ${span.round}`} span={span} whole={whole} />;
        })}
      </tbody>
    </table>
  );
}

interface RowProps {
  span: Span;
  /** The length of the whole way. */
  whole: number;
}

function SpanRow({ span, whole }: RowProps) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row" title={span.account} className="truncate py-1 pr-2 text-left font-normal text-muted">
        {span.account ? t("requests.timeline.chose", { account: span.account }) : t(`requests.timeline.span.${span.name}`)}
        {span.round > 1 && ` (${span.round})`}
      </th>
      <td className="py-1">
        <span className="sr-only">{formatDuration(span.from)}</span>
        <div aria-hidden className="h-2.5 rounded-full bg-sunken">
          <div
            className={cn("h-full min-w-0.5 rounded-full forced-colors:bg-[CanvasText]", fills[span.name])}
            style={{
              marginLeft: `${Math.min(99.5, (span.from / whole) * 100)}%`,
              width: `${Math.max(0.5, (span.length / whole) * 100)}%`,
            }}
          />
        </div>
      </td>
      <td className="tabular py-1 pl-2 text-right">{formatDuration(span.length)}</td>
    </tr>
  );
}

/** What was decided on the way and took no time. */
function FactRow({ span }: RowProps) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row" colSpan={3} className="py-1 text-left font-normal text-muted">
        {span.mode && t(`requests.timeline.mode.${span.mode}`)}
      </th>
    </tr>
  );
}
