import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useEscape } from "../../../lib/shortcuts";
import { ErrorState } from "../../../parts/ErrorState";
import { Notice } from "../../../parts/Notice";
import { Segmented } from "../../../parts/Segmented";
import { Skeleton } from "../../../parts/Skeleton";
import type { ThreadList } from "../list";
import { readings } from "../queries";
import type { Review } from "../useReview";
import type { ThreadDetail } from "../types";
import { Compared } from "./Compared";
import { type BarHandle, DecisionBar } from "./DecisionBar";
import { DetailHead } from "./DetailHead";
import { Exchanges } from "./Exchanges";
import { History } from "./History";
import { RedactionChoice } from "./RedactionChoice";
import { RedactContext, useRedacting } from "./redact";
import { Toggle } from "./Toggle";
import { Turns, type TurnsHandle } from "./Turns";
import { useEdits } from "./useEdits";

/** What the keys ask of the open conversation. */
export interface DetailHandle {
  bar: RefObject<BarHandle | null>;
  turns: RefObject<TurnsHandle | null>;
}

interface Props {
  id: number;
  /** What was searched for. */
  text: string;
  list: ThreadList;
  review: Review;
  back: boolean;
  handle: DetailHandle;
  /** Lists, exports or deletes: what concerns more than this pane. */
  on: { close: () => void; open: (id: number) => void; like: (id: number) => void; export: () => void; delete: () => void };
}

/** The open conversation. */
export function Detail({ id, text, back, ...rest }: Props) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery(readings.detail(id, text));
  const panel = useRef<HTMLElement>(null);
  useEscape(rest.on.close);
  return (
    <section ref={panel} id="conversation" tabIndex={-1} aria-label={data?.row.title || t("conversations.title")} className="flex min-h-0 min-w-0 flex-1 flex-col bg-card outline-offset-[-2px]">
      {error && !data ? (
        <ErrorState title={t("conversations.failed.detail")} error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <Loaded key={id} detail={data} back={back} {...rest} />
      ) : (
        <Skeleton lines={9} className="mx-4 mt-3 h-6" />
      )}
    </section>
  );
}

type Shown = "turns" | "exchanges" | "history";
type Version = "edited" | "original" | "diff";

function Loaded({ detail, list, review, back, handle, on }: Omit<Props, "id" | "text"> & { detail: ThreadDetail }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>("turns");
  const [version, setVersion] = useState<Version>("edited");
  const [plain, setPlain] = useState(false);
  const redacting = useRedacting(detail);
  const edits = useEdits(detail, review, list);
  const { row, conversation, original } = detail;
  useEffect(() => {
    if (!original) setVersion("edited");
  }, [original]);
  const asVersion = original ? version : "edited";
  return (
    <RedactContext value={redacting.on}>
      <DetailHead
        detail={detail}
        back={back}
        onClose={on.close}
        onOpen={on.open}
        onLike={() => on.like(row.id)}
        onRevert={original ? () => void edits.revert() : undefined}
        onExport={on.export}
        onDelete={on.delete}
      />
      <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
        <Segmented
          label={t("conversations.tab.title")}
          value={shown}
          onChange={setShown}
          options={[
            { value: "turns", label: t("conversations.tab.turns") },
            { value: "exchanges", label: t("conversations.tab.exchangeCount", { count: detail.exchanges.length }) },
            { value: "history", label: t("conversations.tab.history") },
          ]}
        />
        {shown === "turns" && (
          <div className="ml-auto flex flex-wrap items-center gap-2">
            {detail.findings.length > 0 && <RedactionChoice redacting={redacting} count={detail.findings.length} />}
            <Toggle on={plain} onChange={setPlain} label={t("conversations.plain")} />
          </div>
        )}
      </div>
      {shown === "turns" && original && (
        <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-info-soft/60 px-3 py-1.5 text-sm">
          <span className="mr-auto">{t("conversations.version.note")}</span>
          <Segmented
            label={t("conversations.version.title")}
            value={version}
            onChange={setVersion}
            options={(["edited", "original", "diff"] as const).map((value) => ({ value, label: t(`conversations.version.${value}`) }))}
          />
        </div>
      )}
      {shown === "turns" && redacting.on && redacting.action === "drop" && (
        <Notice tone="warn" className="mx-3 mt-2 shrink-0">
          {t("conversations.finding.dropped")}
        </Notice>
      )}
      {shown === "turns" && redacting.error !== null && <ErrorState compact title={t("conversations.failed.redaction")} error={redacting.error} />}
      {shown === "turns" && conversation.error && (
        <Notice tone="bad" className="mx-3 mt-2 shrink-0" title={t("conversations.errorSaid")}>
          {conversation.error}
        </Notice>
      )}
      {shown === "turns" && asVersion !== "diff" && (
        <Turns
          key={asVersion}
          detail={detail}
          findings={redacting.findings}
          conversation={asVersion === "original" && original ? original : conversation}
          fixed={asVersion === "original"}
          plain={plain}
          edits={edits}
          writing={review.writing}
          handle={handle.turns}
        />
      )}
      {shown === "turns" && asVersion === "diff" && original && <Compared original={original} edited={conversation} />}
      {shown === "exchanges" && <Exchanges seqs={detail.exchanges} />}
      {shown === "history" && <History id={row.id} />}
      <DecisionBar row={row} review={review} handle={handle.bar} />
    </RedactContext>
  );
}
