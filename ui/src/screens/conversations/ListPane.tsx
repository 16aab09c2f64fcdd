import { ArrowUp } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { ErrorState } from "../../parts/ErrorState";
import { Skeleton } from "../../parts/Skeleton";
import { BulkBar } from "./BulkBar";
import { type View, wordsOf } from "./filter";
import type { ListState, ThreadList } from "./list";
import { ListHead } from "./ListHead";
import { NoConversations } from "./NoConversations";
import { ThreadTable } from "./ThreadTable";
import type { Review } from "./useReview";

interface Props {
  view: View;
  list: ThreadList;
  state: ListState;
  review: Review;
  matching: number | undefined;
  onView: (view: View) => void;
  onOpen: (id: number) => void;
  onEnter: () => void;
  onFacets: (() => void) | undefined;
  onAsk: (what: "export" | "delete") => void;
}

/** The middle: search, what is chosen, and the conversations that match. */
export function ListPane({ view, list, state, review, matching, onView, onOpen, onEnter, onFacets, onAsk }: Props) {
  const { t } = useTranslation();
  const { text = "" } = view.filter;
  const marks = useMemo(() => wordsOf(text).map((word) => ({ text: word, kind: "found" as const })), [text]);
  return (
    <>
      <ListHead view={view} onChange={onView} onFacets={onFacets} />
      <BulkBar review={review} matching={matching} onExport={() => onAsk("export")} onDelete={() => onAsk("delete")} />
      <div className="relative flex min-h-0 flex-1 flex-col">
        {state.phase === "loading" && <Skeleton lines={7} className="mx-4 mt-3 h-14" />}
        {state.phase === "failed" && <ErrorState title={t("conversations.failed.list")} error={state.error} onRetry={() => void list.reload()} />}
        {state.phase === "ready" && state.count === 0 && (
          <NoConversations filter={view.filter} onClear={() => onView({ ...view, filter: {} })} />
        )}
        {state.phase === "ready" && state.count > 0 && (
          <ThreadTable
            label={t("conversations.title")}
            list={list}
            review={review}
            marks={marks}
            openId={view.id}
            onOpen={onOpen}
            onEnter={onEnter}
          />
        )}
        {state.fresh > 0 && state.count > 0 && (
          <Button look="primary" size="sm" onClick={() => void list.reload()} className="absolute top-2 left-1/2 z-20 -translate-x-1/2 rounded-full shadow-raised">
            <ArrowUp aria-hidden />
            {t("conversations.fresh", { count: state.fresh, shown: formatNumber(state.fresh) })}
          </Button>
        )}
        {state.phase === "ready" && state.error !== undefined && (
          <div className="border-t border-line px-3 py-2">
            <ErrorState compact title={t("conversations.failed.further")} error={state.error} onRetry={() => void list.grow()} />
          </div>
        )}
        {state.full && <p className="border-t border-line px-3 py-2 text-xs text-muted">{t("conversations.full", { shown: formatNumber(state.count) })}</p>}
      </div>
    </>
  );
}
