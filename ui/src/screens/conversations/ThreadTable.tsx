import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { useLatest } from "../../lib/hooks";
import { useRowHeight } from "../../parts/DataTable";
import type { Mark } from "./detail/marks";
import type { ThreadList } from "./list";
import { type LinePorts, ThreadLine } from "./ThreadLine";
import type { Choice, Review } from "./useReview";

interface Props {
  label: string;
  list: ThreadList;
  review: Review;
  marks: readonly Mark[];
  openId: number | undefined;
  onOpen: (id: number) => void;
  /** Enter on what is open already goes into it. */
  onEnter: () => void;
}

/** Whether a row is chosen. */
const has = (choice: Choice, id: number | undefined) => choice.all || (id !== undefined && choice.ids.has(id));

/** The conversations. Only lines in sight are drawn, and only rows near them are in memory. */
export function ThreadTable({ label, list, review, marks, openId, onOpen, onEnter }: Props) {
  const { count } = useSyncExternalStore(list.subscribe, list.state);
  const scroller = useRef<HTMLDivElement>(null);
  const height = useRowHeight() * 2 + 8;
  const [at, setAt] = useState<number>();
  const openIndex = openId === undefined ? -1 : list.indexOf(openId);
  const active = openIndex >= 0 ? openIndex : Math.min(Math.max(0, at ?? 0), count - 1);
  const anchor = useRef<number>(undefined);

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 6,
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return active < 0 || indexes.includes(active) ? indexes : [...indexes, active].sort((a, b) => a - b);
    },
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  const { startIndex = 0, endIndex = 0 } = virtualizer.range ?? {};
  useEffect(() => list.need(startIndex, endIndex), [list, startIndex, endIndex, count]);
  const activeId = list.at(active)?.id;
  useEffect(() => review.activate(activeId), [review, activeId]);
  // What was opened from elsewhere, by a key or an address, comes into sight.
  useEffect(() => {
    if (openIndex >= 0) virtualizer.scrollToIndex(openIndex, { align: "auto" });
  }, [virtualizer, openIndex]);

  const focusNext = useRef(false);
  useEffect(() => {
    if (!focusNext.current || activeId === undefined) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${activeId}"]`);
    if (!row) return;
    focusNext.current = false;
    row.focus({ preventScroll: true });
  });

  const toggle = (index: number, through: boolean) => {
    const { choice, choose } = review;
    const ids = new Set(choice.all ? [] : choice.ids);
    const id = list.at(index)?.id;
    if (id === undefined) return;
    const [from, to] = through && anchor.current !== undefined ? [anchor.current, index].sort((a, b) => a - b) : [index, index];
    const on = through || !has(choice, id);
    for (let place = from ?? index; place <= (to ?? index); place += 1) {
      const one = list.at(place)?.id;
      if (one !== undefined) on ? ids.add(one) : ids.delete(one);
    }
    anchor.current = index;
    choose({ ids, all: false });
  };
  const latest = useLatest({ toggle, onOpen });
  const ports = useMemo<LinePorts>(
    () => ({
      activate: (id, focus) => {
        focusNext.current ||= focus;
        setAt(list.indexOf(id));
      },
      open: (row) => latest.current.onOpen(row.id),
      toggle: (id, through) => latest.current.toggle(list.indexOf(id), through),
    }),
    [list, latest],
  );

  const go = (index: number) => {
    const to = Math.min(count - 1, Math.max(0, index));
    focusNext.current = true;
    setAt(to);
    virtualizer.scrollToIndex(to, { align: "auto" });
    list.need(to, to);
    const row = list.at(to);
    if (openId !== undefined && row) onOpen(row.id);
    return to;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.nativeEvent.isComposing) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 1);
    const mod = event.ctrlKey || event.metaKey;
    const step = mod ? undefined : stepOf(event.key, active, page, count);
    if (mod && event.key.toLowerCase() === "a") review.choose({ ids: new Set(), all: true });
    else if (mod) return;
    else if (step !== undefined && event.shiftKey && event.key.startsWith("Arrow")) {
      anchor.current = active;
      toggle(Math.min(count - 1, Math.max(0, step)), true);
      go(step);
    } else if (step !== undefined && !event.shiftKey) go(step);
    else if (event.key === " ") toggle(active, event.shiftKey);
    else if (event.key === "Enter" && activeId !== undefined) activeId === openId ? onEnter() : onOpen(activeId);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={count}
      aria-multiselectable
      onKeyDown={onKeyDown}
      className="relative min-h-0 min-w-0 flex-1 overflow-auto overscroll-contain [overflow-anchor:none]"
    >
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = list.at(index);
          return (
            row && (
              <ThreadLine
                key={index}
                row={row}
                index={index}
                ports={ports}
                marks={marks}
                active={index === active}
                opened={row.id === openId}
                chosen={has(review.choice, row.id)}
                top={start}
                height={height}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** Where a key leads. */
function stepOf(key: string, at: number, page: number, count: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    j: at + 1,
    ArrowUp: at - 1,
    k: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  return steps[key];
}
