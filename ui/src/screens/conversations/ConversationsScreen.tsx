import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useMedia } from "../../lib/hooks";
import { Page } from "../../parts/Page";
import { Actions } from "./Actions";
import { DeleteDialog } from "./DeleteDialog";
import { Detail, type DetailHandle } from "./detail/Detail";
import type { BarHandle } from "./detail/DecisionBar";
import type { TurnsHandle } from "./detail/Turns";
import { ExportDialog } from "./export/ExportDialog";
import { Facets } from "./Facets";
import { readSearch, type View, writeSearch } from "./filter";
import { ListPane } from "./ListPane";
import { Panes } from "./Panes";
import { Pick } from "./Pick";
import { readings } from "./queries";
import type { Selection } from "./types";
import { nothing, useReview } from "./useReview";
import { useReviewKeys } from "./useReviewKeys";
import { useThreads } from "./useThreads";

const ADVANCE = "postern.conversations.advance";

/** Recorded conversations, to be looked through, decided about and exported. What is listed and open stands in the address. */
export function ConversationsScreen() {
  const { t } = useTranslation();
  const raw = useSearch({ from: "/conversations" });
  const navigate = useNavigate();
  const view = useMemo(() => readSearch(raw), [raw]);
  const { filter, sort, id } = view;
  const { list, state } = useThreads(filter, sort);
  const matching = useQuery(readings.count(filter)).data?.count;
  const [advance, setAdvance] = useState(() => localStorage.getItem(ADVANCE) !== "off");
  const [asking, setAsking] = useState<{ what: "export" | "delete"; selection: Selection | undefined }>();
  const [drawer, setDrawer] = useState(false);
  const wide = useMedia("(min-width: 1100px)");

  const go = (next: View, replace: boolean) => void navigate({ to: "/conversations", search: writeSearch(next), replace });
  const open = (next: number | undefined) => go({ ...view, id: next }, id !== undefined);
  const review = useReview({ list, view, advance, open });
  const { choose } = review;
  // Another list is another choice.
  useEffect(() => choose(nothing), [list, choose]);
  const filterBy = (next: View["filter"]) => go({ ...view, filter: next }, false);

  const bar = useRef<BarHandle>(null);
  const turns = useRef<TurnsHandle>(null);
  const handle = useMemo<DetailHandle>(() => ({ bar, turns }), []);
  const facets = useRef<HTMLDivElement>(null);
  const toFacets = () => {
    setDrawer(true);
    requestAnimationFrame(() => (facets.current?.querySelector<HTMLElement>("[aria-pressed]") ?? facets.current)?.focus());
  };
  const enter = () => document.getElementById("conversation")?.focus();
  const ask = (what: "export" | "delete", selection: Selection | undefined) => setAsking({ what, selection });
  const leave = () => {
    open(undefined);
    requestAnimationFrame(() => document.querySelector<HTMLElement>("[role=grid] [role=row][tabindex='0']")?.focus());
  };

  useReviewKeys(review, {
    open: () => {
      const target = review.target();
      if (id !== undefined) enter();
      else if (target && "ids" in target && target.ids[0] !== undefined) open(target.ids[0]);
    },
    tags: () => bar.current?.tags(),
    note: () => bar.current?.note(),
    edit: () => turns.current?.edit(),
    turn: (by) => turns.current?.go(by),
    facets: toFacets,
    export: () => ask("export", chosen(review.choice, filter)),
    remove: () => review.target() && ask("delete", review.target()),
  });

  const count = asking?.selection && "ids" in asking.selection ? asking.selection.ids.length : (matching ?? 0);
  return (
    <Page
      title={t("conversations.title")}
      fill
      actions={
        <Actions
          review={review}
          advance={advance}
          onAdvance={(on) => {
            setAdvance(on);
            localStorage.setItem(ADVANCE, on ? "on" : "off");
          }}
          onRefresh={() => void list.reload()}
          onExport={() => ask("export", chosen(review.choice, filter))}
        />
      }
    >
      <Panes
        open={id !== undefined}
        drawer={drawer}
        onDrawer={setDrawer}
        facets={<Facets filter={filter} onChange={filterBy} panel={facets} />}
        list={
          <ListPane
            view={view}
            list={list}
            state={state}
            review={review}
            matching={matching}
            onView={(next) => go(next, false)}
            onOpen={open}
            onEnter={enter}
            onFacets={wide ? undefined : toFacets}
            onAsk={(what) => ask(what, review.target())}
          />
        }
        detail={(back) =>
          id === undefined ? (
            <Pick />
          ) : (
            <Detail
              id={id}
              text={filter.text ?? ""}
              list={list}
              review={review}
              back={back}
              handle={handle}
              on={{
                close: leave,
                open,
                like: (like) => go({ ...view, filter: { like } }, false),
                export: () => ask("export", { ids: [id] }),
                delete: () => ask("delete", { ids: [id] }),
              }}
            />
          )
        }
      />
      {asking?.what === "export" && <ExportDialog filter={filter} selection={asking.selection} matching={matching} onClose={() => setAsking(undefined)} />}
      {asking?.what === "delete" && asking.selection && (
        <DeleteDialog
          selection={asking.selection}
          count={count}
          list={list}
          onClose={() => setAsking(undefined)}
          onGone={() => {
            choose(nothing);
            if (id !== undefined) open(undefined);
          }}
        />
      )}
    </Page>
  );
}

/** What is chosen in the list, if anything is. */
function chosen(choice: { ids: ReadonlySet<number>; all: boolean }, filter: View["filter"]): Selection | undefined {
  if (choice.all) return { matching: filter };
  return choice.ids.size > 0 ? { ids: [...choice.ids] } : undefined;
}
