import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type KeyboardEvent, type RefObject, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";

import { useLatest, useMedia } from "../../lib/hooks";
import { type Column, useRowHeight } from "../../parts/DataTable";
import { Head } from "../../parts/table/Head";
import type { RowPorts } from "../../parts/table/model";
import { Row } from "../../parts/table/Row";
import type { RequestRow } from "./filter";
import type { Rows } from "./rows";

interface Props {
  label: string;
  rows: Rows<RequestRow>;
  columns: readonly Column<RequestRow>[];
  openId: string | undefined;
  onOpen: (row: RequestRow) => void;
  /** Called when the end of the list comes near. */
  onEnd: () => void;
  /** Told whether somebody reads: the list is scrolled away from its beginning, or a row has the focus. */
  onReading: (reading: boolean) => void;
  /** Takes a function that scrolls to the beginning. */
  toTop: RefObject<() => void>;
}

const nothing = () => undefined;

/**
 * The live list. Unlike a `DataTable` it takes its rows one by one from a store and never holds a list of all of them,
 * so that a change costs what is in sight and nothing more.
 */
export function LiveTable({ label, rows, columns, openId, onOpen, onEnd, onReading, toTop }: Props) {
  const { count } = useSyncExternalStore(rows.subscribe, rows.state);
  // The open details take the room of the columns that are in them anyway.
  const roomy = useMedia("(min-width: 68rem)") && openId === undefined;
  const shown = useMemo(() => columns.filter((column) => roomy || !column.wide), [columns, roomy]);
  const scroller = useRef<HTMLDivElement>(null);
  const [chosen, setChosen] = useState<string>();
  const activeId = chosen !== undefined && rows.indexOf(chosen) >= 0 ? chosen : rows.at(0)?.id;
  const active = activeId === undefined ? -1 : rows.indexOf(activeId);
  const height = useRowHeight();
  const reading = useReading(scroller, height, onReading);

  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => rows.at(index)?.id ?? index,
    overscan: 10,
    scrollPaddingStart: 34,
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return active < 0 || indexes.includes(active) ? indexes : [...indexes, active].sort((a, b) => a - b);
    },
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  useEffect(() => {
    toTop.current = () => scroller.current?.scrollTo({ top: 0 });
  }, [toTop]);
  const last = virtualizer.range?.endIndex ?? 0;
  useEffect(() => {
    if (count > 0 && last >= count - 30) onEnd();
  }, [last, count, onEnd]);

  const focusNext = useRef(false);
  useEffect(() => {
    if (!focusNext.current || activeId === undefined) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(activeId)}"]`);
    if (!row) return;
    focusNext.current = false;
    row.focus({ preventScroll: true });
  });

  const latest = useLatest({ onOpen });
  const ports = useMemo<RowPorts<RequestRow>>(
    () => ({
      columns: shown,
      selectable: false,
      activate: (id, focus) => {
        focusNext.current ||= focus;
        setChosen(id);
      },
      open: (row) => latest.current.onOpen(row),
      toggle: nothing,
    }),
    [shown, latest],
  );
  const go = (index: number) => {
    const row = rows.at(index);
    if (!row) return;
    focusNext.current = true;
    setChosen(row.id);
    virtualizer.scrollToIndex(index, { align: "auto" });
    if (openId !== undefined) onOpen(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 2);
    const row = rows.at(active);
    const step = stepOf(event.key, active, page, count);
    if (step !== undefined) go(Math.min(count - 1, Math.max(0, step)));
    else if ((event.key === "Enter" || event.key === " ") && row && (event.target as Element).matches("[role=row]")) {
      if (row.id === openId) document.getElementById("inspector")?.focus();
      else onOpen(row);
    } else return;
    event.preventDefault();
  };

  const tracks = shown.map((column) => column.width ?? "minmax(6rem, 1fr)");
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={count + 1}
      onKeyDown={onKeyDown}
      {...reading}
      style={{ "--columns": tracks.join(" "), "--spacing-pad": "1.5rem" } as CSSProperties}
      className="relative min-h-0 min-w-0 flex-1 overflow-auto overscroll-contain [overflow-anchor:none]"
    >
      <div role="presentation" className="w-full min-w-min">
        <Head columns={shown} sorting={[]} onSort={nothing} chosen={undefined} onChooseAll={nothing} />
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => {
            const row = rows.at(index);
            return (
              row && (
                <Row
                  // By place, not by row: while rows pour in, the lines in sight are written anew instead of made anew.
                  key={index}
                  id={row.id}
                  row={row}
                  index={index}
                  ports={ports}
                  active={index === active}
                  opened={row.id === openId}
                  chosen={false}
                  style={{ position: "absolute", top: 0, transform: `translateY(${start}px)` }}
                />
              )
            );
          })}
        </div>
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

/** Watches whether somebody reads the list. */
function useReading(scroller: RefObject<HTMLDivElement | null>, height: number, onReading: (reading: boolean) => void) {
  const was = useRef(false);
  const look = (focused: boolean) => {
    const reading = focused || (scroller.current?.scrollTop ?? 0) >= height;
    if (reading !== was.current) onReading(reading);
    was.current = reading;
  };
  const hasFocus = () => document.activeElement?.matches("[role=row]") === true && scroller.current?.contains(document.activeElement) === true;
  return {
    onScroll: () => look(hasFocus()),
    onFocus: () => look(hasFocus()),
    onBlur: (event: { relatedTarget: EventTarget | null }) =>
      look(event.relatedTarget instanceof Node && scroller.current?.contains(event.relatedTarget) === true),
  };
}
