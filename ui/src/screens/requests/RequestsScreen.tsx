import { useNavigate, useSearch } from "@tanstack/react-router";
import { ArrowUp, Download, EllipsisVertical, RotateCw, Trash2 } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import { useConnection } from "../../api/events";
import { formatNumber } from "../../lib/format";
import { Button } from "../../parts/Button";
import { ConfirmDialog } from "../../parts/ConfirmDialog";
import { ErrorState } from "../../parts/ErrorState";
import { IconButton } from "../../parts/IconButton";
import { InspectorLayout } from "../../parts/Inspector";
import { Menu } from "../../parts/Menu";
import { Page } from "../../parts/Page";
import { Skeleton } from "../../parts/Skeleton";
import { Switch } from "../../parts/Switch";
import { useColumns } from "./columns";
import { exportRows } from "./exportRows";
import type { Feed, FeedState } from "./feed";
import { type Filter, isFiltered, readSearch, type RequestsSearch, writeSearch } from "./filter";
import { FilterBar } from "./FilterBar";
import { LiveTable } from "./LiveTable";
import { NoRequests } from "./NoRequests";
import { RequestInspector } from "./RequestInspector";
import { useFeed } from "./useFeed";

/** The journal, live. What is listed and what is open stands in the page's address. */
export function RequestsScreen() {
  const { t } = useTranslation();
  const raw = useSearch({ from: "/requests" });
  const navigate = useNavigate();
  const { id, ...filter } = useMemo(() => readSearch(raw), [raw]);
  const { feed, state } = useFeed(filter);
  const go = (search: RequestsSearch, replace: boolean) => void navigate({ to: "/requests", search: writeSearch(search), replace });
  const open = (next: string | undefined) => go({ ...filter, ...(next && { id: next }) }, id !== undefined);
  const inspector = id ? (
    <RequestInspector key={id} id={id} rows={feed.rows} onClose={() => open(undefined)} />
  ) : null;
  const tail = useTail(feed, id !== undefined);
  return (
    <InspectorLayout inspector={inspector}>
      <Page title={t("requests.title")} actions={<Actions feed={feed} tail={tail} />} fill>
        <Listing feed={feed} state={state} tail={tail} filter={filter} openId={id} onOpen={open} onFilter={(next) => go({ ...next, ...(id && { id }) }, false)} />
      </Page>
    </InspectorLayout>
  );
}

/** What is done with the whole list. */
function Actions({ feed, tail }: { feed: Feed; tail: Tail }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const clear = async () => {
    await answer(client.DELETE("/api/requests"));
    await feed.reload();
  };
  return (
    <>
      <label className="mr-1 flex items-center gap-2 text-sm">
        <span className="min-w-16 text-right text-muted">{t(`requests.live.${tail.word}`)}</span>
        <Switch checked={tail.wanted} onChange={tail.want} label={t("requests.live.label")} />
      </label>
      <IconButton icon={RotateCw} label={t("requests.action.refresh")} onClick={() => void feed.reload()} />
      <Menu
        trigger={<IconButton icon={EllipsisVertical} label={t("requests.action.more")} />}
        items={[
          { label: t("requests.action.export"), icon: Download, onSelect: () => void exportRows(feed.rows.all()) },
          "line",
          { label: t("requests.action.clear"), icon: Trash2, danger: true, onSelect: () => setAsking(true) },
        ]}
      />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={t("requests.clear.title")}
        text={t("requests.clear.text")}
        action={t("requests.clear.action")}
        onConfirm={clear}
      />
    </>
  );
}

interface ListingProps {
  feed: Feed;
  state: FeedState;
  tail: Tail;
  filter: Filter;
  openId: string | undefined;
  onOpen: (id: string | undefined) => void;
  onFilter: (filter: Filter) => void;
}

function Listing({ feed, state, tail, filter, openId, onOpen, onFilter }: ListingProps) {
  const { t } = useTranslation();
  const columns = useColumns();
  const { count, waiting } = useSyncExternalStore(feed.rows.subscribe, feed.rows.state);
  const toTop = useRef<() => void>(() => undefined);
  const older = useCallback(() => void feed.older(), [feed]);
  const showNew = () => {
    toTop.current();
    feed.release();
  };

  return (
    <>
      <FilterBar filter={filter} onChange={onFilter} />
      <div className="relative flex min-h-0 flex-1 flex-col border-t border-line bg-card">
        {state.phase === "loading" && <Skeleton lines={8} className="mx-6 my-2 h-5" />}
        {state.phase === "failed" && (
          <ErrorState title={t("requests.error.list")} error={state.error} onRetry={() => void feed.reload()} />
        )}
        {state.phase === "ready" && count === 0 && <NoRequests filtered={isFiltered(filter)} onClear={() => onFilter({})} />}
        {state.phase === "ready" && count > 0 && (
          <LiveTable
            label={t("requests.title")}
            rows={feed.rows}
            columns={columns}
            openId={openId}
            onOpen={(row) => onOpen(row.id)}
            onEnd={older}
            onReading={tail.setReading}
            toTop={toTop}
          />
        )}
        {waiting > 0 && state.phase === "ready" && (
          <Button look="primary" size="sm" onClick={showNew} className="absolute top-10 left-1/2 z-20 -translate-x-1/2 rounded-full shadow-raised">
            <ArrowUp aria-hidden />
            {t("requests.live.new", { count: waiting, shown: formatNumber(waiting) })}
          </Button>
        )}
        {state.phase === "ready" && count > 0 && <Foot feed={feed} state={state} />}
      </div>
    </>
  );
}

/** How much is listed, and what is known of the rest. */
function Foot({ feed, state }: { feed: Feed; state: FeedState }) {
  const { t } = useTranslation();
  const { count, full } = useSyncExternalStore(feed.rows.subscribe, feed.rows.state);
  const rest = full ? "full" : state.reading ? "reading" : state.more ? "more" : "all";
  return (
    <footer className="tabular flex min-h-8 shrink-0 items-center gap-3 border-t border-line px-6 text-xs text-muted">
      {state.olderError === undefined ? (
        <span>{t(`requests.foot.${rest}`, { count, shown: formatNumber(count) })}</span>
      ) : (
        <ErrorState compact title={t("requests.error.older")} error={state.olderError} onRetry={() => void feed.older()} />
      )}
    </footer>
  );
}

type Tail = ReturnType<typeof useTail>;

/** Whether the list runs: it is wanted, and nobody reads a row or further down. */
function useTail(feed: Feed, opened: boolean) {
  const connection = useConnection();
  const [wanted, want] = useState(true);
  const [reading, setReading] = useState(false);
  const held = !wanted || reading || opened;
  useEffect(() => feed.hold(held), [feed, held]);
  const word = connection.state === "lost" ? "lost" : !wanted ? "off" : held ? "paused" : "on";
  return { wanted, want, setReading, word } as const;
}
