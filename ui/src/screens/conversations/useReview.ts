import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { type RefObject, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useLatest } from "../../lib/hooks";
import { notify } from "../../parts/toast";
import { calls } from "./calls";
import type { View } from "./filter";
import type { ThreadList } from "./list";
import { forget, patchDetails, readings } from "./queries";
import type { Change, ReviewState, Selection, ThreadRow } from "./types";

/** What is chosen in the list: these, or everything that matches. */
export interface Choice {
  ids: ReadonlySet<number>;
  all: boolean;
}

export const nothing: Choice = { ids: new Set(), all: false };

/** The row after a change. */
export function changed(row: ThreadRow, change: Change): ThreadRow {
  const tags = [...new Set([...row.tags, ...(change.add_tags ?? [])])].filter((tag) => !change.remove_tags?.includes(tag)).sort();
  return {
    ...row,
    tags,
    ...(change.state != null && { state: change.state }),
    ...(change.rating != null && { rating: change.rating === 0 ? null : change.rating }),
    ...(change.note != null && { note: change.note }),
  };
}

/** What the page does to conversations. */
export interface Review {
  choice: Choice;
  choose: (choice: Choice) => void;
  /** Changes what is meant, at once on the page; resolves to whether the console did it too. */
  change: (selection: Selection, change: Change) => Promise<boolean>;
  /** Decides about what is chosen, or else about what is open, and goes on to the next one. */
  decide: (state: ReviewState, always?: boolean) => Promise<void>;
  /** Changes what is chosen, or else what is open or stands in the list. */
  amend: (change: Change) => Promise<boolean>;
  undo: () => Promise<void>;
  redo: () => Promise<void>;
  /** Goes some steps through the list. */
  step: (by: 1 | -1) => Promise<void>;
  /** What is chosen, or else open or active. */
  target: () => Selection | undefined;
  /** The row that has the list's focus. */
  activate: (id: number | undefined) => void;
  /** Writes what is being written, before anything else happens; undefined when nothing is. */
  writing: RefObject<(() => Promise<boolean>) | undefined>;
}

interface Ports {
  list: ThreadList;
  view: View;
  /** Whether a decision leads to the next conversation. */
  advance: boolean;
  open: (id: number | undefined) => void;
}

/** What one change was, to be taken back on the page as well. */
type Kept = Map<number, ThreadRow[]>;

export function useReview(ports: Ports): Review {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [choice, choose] = useState<Choice>(nothing);
  const active = useRef<number>(undefined);
  const kept = useRef<Kept>(new Map());
  const writing = useRef<(() => Promise<boolean>) | undefined>(undefined);
  const latest = useLatest({ ...ports, choice, t });

  return useMemo(
    () => ({ choice, choose, writing, ...actions({ queries, latest, active, kept, writing }) }),
    [choice, queries, latest],
  );
}

interface Inner {
  queries: QueryClient;
  latest: { readonly current: Ports & { choice: Choice; t: TFunction } };
  active: RefObject<number | undefined>;
  kept: RefObject<Kept>;
  writing: RefObject<(() => Promise<boolean>) | undefined>;
}

function actions({ queries, latest, active, kept, writing }: Inner): Omit<Review, "choice" | "choose" | "writing"> {
  const put = (rows: readonly ThreadRow[]) => {
    const byId = new Map(rows.map((row) => [row.id, row]));
    const back = (row: ThreadRow) => byId.get(row.id) ?? row;
    latest.current.list.patch(back);
    patchDetails(queries, back);
  };

  const change: Review["change"] = async (selection, wish) => {
    const { list, t } = latest.current;
    const ids = "ids" in selection ? new Set(selection.ids) : undefined;
    const before: ThreadRow[] = [];
    const write = (row: ThreadRow) => {
      if (ids && !ids.has(row.id)) return row;
      before.push(row);
      return changed(row, wish);
    };
    list.patch(write);
    if (ids) patchDetails(queries, write);
    try {
      const done = await calls.change(selection, wish);
      if (done.batch !== 0) kept.current.set(done.batch, before);
      if (!ids || ids.size > 1) notify.undo(t("conversations.did.changed", { count: done.changed }), t("common.undo"), () => void undo(), "conversations");
      forget(queries);
      return true;
    } catch (error) {
      put(before);
      notify.problem(t("conversations.failed.change"), error);
      return false;
    }
  };

  /** Takes the last change back, or makes it again. */
  const travel = async (way: "undo" | "redo") => {
    const { list, t, open } = latest.current;
    try {
      const done = await calls[way]();
      if (!done || done.batch === 0) return notify.info(way === "undo" ? t("conversations.did.nothing.undo") : t("conversations.did.nothing.redo"));
      const before = way === "undo" ? kept.current.get(done.batch) : undefined;
      if (before && before.length > 0) put(before);
      else void list.reload();
      forget(queries);
      notify.done(way === "undo" ? t("conversations.did.undo", { count: done.changed }) : t("conversations.did.redo", { count: done.changed }));
      const ids = new Set(before?.map((row) => row.id));
      const [only] = ids;
      // Somebody who went on to the next one sees what the undone change was about.
      if (only !== undefined && ids.size === 1 && latest.current.view.id !== undefined) open(only);
    } catch (error) {
      notify.problem(way === "undo" ? t("conversations.failed.undo") : t("conversations.failed.redo"), error);
    }
  };
  const undo = () => travel("undo");

  const target: Review["target"] = () => {
    const { choice, view } = latest.current;
    if (choice.all) return { matching: view.filter };
    if (choice.ids.size > 0) return { ids: [...choice.ids] };
    const id = view.id ?? active.current;
    return id === undefined ? undefined : { ids: [id] };
  };

  /** Whether the open conversation is seen: what nobody saw is not decided about. */
  const seen = () => {
    const { view, choice } = latest.current;
    if (view.id === undefined || choice.all || choice.ids.size > 0) return true;
    const known = queries.getQueryData(readings.detail(view.id, view.filter.text ?? "").queryKey);
    return known?.row.id === view.id;
  };

  const step: Review["step"] = async (by) => {
    const { list, view, open, t } = latest.current;
    // The first step opens what stands in the list.
    const at = active.current === undefined ? list.at(0) : list.row(active.current);
    const next = view.id === undefined ? at : await list.step(view.id, by);
    if (next) open(next.id);
    else notify.info(t(by > 0 ? "conversations.did.last" : "conversations.did.first"));
  };

  return {
    change,
    target,
    step,
    undo,
    redo: () => travel("redo"),
    activate: (id) => void (active.current = id),
    amend: async (wish) => {
      const selection = target();
      return selection !== undefined && seen() ? change(selection, wish) : false;
    },
    decide: async (state, always = false) => {
      const { choice, view, advance } = latest.current;
      const selection = target();
      if (!selection || !seen()) return;
      if (writing.current && !(await writing.current())) return;
      const one = !choice.all && choice.ids.size === 0 && view.id !== undefined;
      const done = change(selection, { state });
      if (one && (advance || always) && latest.current.view.id === view.id) await step(1);
      await done;
    },
  };
}
