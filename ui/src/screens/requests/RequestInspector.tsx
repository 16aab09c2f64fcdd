import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Ban, FlaskConical } from "lucide-react";
import { type ReactNode, useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { read } from "../../api/queries";
import { formatDuration, formatMoment, formatNumber } from "../../lib/format";
import { useAction, useNow } from "../../lib/hooks";
import type texts from "../../locales/en";
import { Button } from "../../parts/Button";
import { CopyButton } from "../../parts/CopyButton";
import { ErrorState } from "../../parts/ErrorState";
import { Inspector } from "../../parts/Inspector";
import { Skeleton } from "../../parts/Skeleton";
import { notify } from "../../parts/toast";
import { Failure } from "./Failure";
import { mappedModel, type RequestDetail, type RequestRow } from "./filter";
import { OutcomeBadge } from "./OutcomeBadge";
import { RequestBody } from "./RequestBody";
import type { Rows } from "./rows";
import { spans } from "./timeline";
import { Waterfall } from "./Waterfall";

interface Props {
  id: string;
  rows: Rows<RequestRow>;
  onClose: () => void;
}

/** One request: what became of it, its way, its error, its body. */
export function RequestInspector({ id, rows, onClose }: Props) {
  const { t } = useTranslation();
  const detail = useQuery(read.request(id));
  const live = useSyncExternalStore(rows.subscribe, () => rows.get(id));
  const row = live ?? detail.data;
  const title = (
    <span className="flex min-w-0 items-center gap-2">
      <span className="truncate">{row?.model ?? row?.path ?? id}</span>
      {row && <OutcomeBadge outcome={row.outcome} />}
    </span>
  );
  return (
    <Inspector title={title} onClose={onClose}>
      {detail.error && !detail.data && (
        <ErrorState title={t("requests.error.detail")} error={detail.error} onRetry={() => void detail.refetch()} />
      )}
      {detail.isPending && !row && <Skeleton lines={6} />}
      {row && (
        <div className="flex flex-col gap-5">
          <Actions row={row} body={detail.data?.body} />
          {(row.error || row.code) && row.outcome !== "ok" && <Failure row={row} />}
          <Summary row={row} />
          {detail.data && <Way row={row} detail={detail.data} />}
          {detail.data && <RequestBody body={detail.data.body} />}
        </div>
      )}
    </Inspector>
  );
}

function Actions({ row, body }: { row: RequestRow; body: string | null | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { busy: cancelling, run } = useAction();
  const curl = useQuery({
    queryKey: ["request", row.id, "curl"],
    queryFn: () => answer(client.GET("/api/requests/{id}/curl", { params: { path: { id: row.id } }, parseAs: "text" })),
    enabled: Boolean(body),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const cancel = () => answer(client.POST("/api/requests/{id}/cancel", { params: { path: { id: row.id } } }));
  const press = () => run(cancel, (error) => notify.problem(t("requests.error.cancel"), error));
  const gone = body === undefined ? t("common.loading") : body ? null : t("requests.body.gone");
  const replayable = row.path.endsWith("/chat/completions");
  return (
    <div className="flex flex-wrap items-center gap-2">
      {row.outcome === "running" && (
        <Button busy={cancelling} onClick={() => void press()}>
          <Ban aria-hidden />
          {t("requests.action.cancel")}
        </Button>
      )}
      {replayable && (
        <Button disabledReason={gone} onClick={() => void navigate({ to: "/playground", search: { replay: row.id } })}>
          <FlaskConical aria-hidden />
          {t("requests.action.replay")}
        </Button>
      )}
      {curl.data && (
        <CopyButton text={curl.data} what={t("requests.action.curl")}>
          {t("requests.action.curl")}
        </CopyButton>
      )}
      <CopyButton text={row.id} what={t("requests.action.id")}>
        {t("requests.action.id")}
      </CopyButton>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

function Summary({ row }: { row: RequestRow }) {
  const { t } = useTranslation();
  const mapped = mappedModel(row);
  const tokens = (count: number | null | undefined) => (count == null ? undefined : formatNumber(count));
  const facts: [Exclude<keyof (typeof texts)["requests"]["summary"], "title">, ReactNode][] = [
    ["time", formatMoment(row.at_ms)],
    ["request", `${row.method} ${row.path}`],
    ["status", row.status],
    ["model", mapped ? `${row.model} → ${mapped}` : row.model],
    ["upstream", row.upstream],
    ["account", row.account],
    ["key", row.source === "console" ? t("requests.source.console") : row.key_name],
    ["mode", t(row.stream ? "requests.mode.stream" : "requests.mode.whole")],
    ["prompt", tokens(row.prompt_tokens)],
    ["completion", tokens(row.completion_tokens)],
    ["reasoning", tokens(row.reasoning_tokens)],
    ["first", row.first_ms == null ? undefined : formatDuration(row.first_ms)],
    ["total", row.total_ms == null ? undefined : formatDuration(row.total_ms)],
    ["id", <code key="id" className="text-xs break-all">{row.id}</code>],
  ];
  return (
    <Section title={t("requests.summary.title")}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
        {facts.map(
          ([name, value]) =>
            value != null && (
              <div key={name} className="contents">
                <dt className="text-muted">{t(`requests.summary.${name}`)}</dt>
                <dd className="tabular min-w-0 break-words select-text">{value}</dd>
              </div>
            ),
        )}
      </dl>
    </Section>
  );
}

function Way({ row, detail }: { row: RequestRow; detail: RequestDetail }) {
  const { t } = useTranslation();
  const running = row.outcome === "running";
  const { marks } = detail.timeline;
  return (
    <Section title={t("requests.timeline.title")}>
      {marks.length === 0 ? (
        <p className="text-sm text-muted">{t("requests.timeline.none")}</p>
      ) : running ? (
        <RunningWay detail={detail} />
      ) : (
        <DoneWay detail={detail} />
      )}
    </Section>
  );
}

function DoneWay({ detail }: { detail: RequestDetail }) {
  return <Waterfall spans={useMemo(() => spans(detail.timeline.marks), [detail])} />;
}

function RunningWay({ detail }: { detail: RequestDetail }) {
  const now = useNow(500);
  return <Waterfall spans={spans(detail.timeline.marks, Math.max(0, now - detail.at_ms))} />;
}
