import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect } from "react";

import type { RowPorts, Selection } from "./model";
import { Row } from "./Row";

/** A row with its id, in the order of the table. */
export interface Entry<T> {
  id: string;
  original: T;
}

interface Props<T> {
  entries: readonly Entry<T>[];
  ports: RowPorts<T>;
  activeId: string | null;
  openId: string | null | undefined;
  selection: Selection | undefined;
}

/** All rows. */
export function PlainRows<T>({ entries, ports, activeId, openId, selection }: Props<T>) {
  return (
    <div role="rowgroup">
      {entries.map(({ id, original }, index) => (
        <Row
          key={id}
          id={id}
          row={original}
          index={index}
          ports={ports}
          active={id === activeId}
          opened={id === openId}
          chosen={selection?.ids.has(id) ?? false}
        />
      ))}
    </div>
  );
}

interface VirtualProps<T> extends Props<T> {
  scroller: RefObject<HTMLDivElement | null>;
  /** The height of a row. */
  height: number;
  /** Brings the row at an index into sight; set here for the table. */
  reveal: RefObject<(index: number) => void>;
  onEnd: (() => void) | undefined;
}

/** Only the rows in sight, and the active one, so that the focus is never lost. */
export function VirtualRows<T>({ entries, ports, activeId, openId, selection, scroller, height, reveal, onEnd }: VirtualProps<T>) {
  const active = activeId === null ? -1 : entries.findIndex((entry) => entry.id === activeId);
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => entries[index]?.id ?? index,
    overscan: 12,
    // The sticky head covers this much.
    scrollPaddingStart: 34,
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return active < 0 || shown.includes(active) ? shown : [...shown, active].sort((a, b) => a - b);
    },
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  useEffect(() => {
    reveal.current = (index) => virtualizer.scrollToIndex(index, { align: "auto" });
  }, [reveal, virtualizer]);

  const items = virtualizer.getVirtualItems();
  const last = virtualizer.range?.endIndex ?? 0;
  useEffect(() => {
    if (entries.length > 0 && last >= entries.length - 20) onEnd?.();
  }, [last, entries.length, onEnd]);

  return (
    <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
      {items.map((item) => {
        const entry = entries[item.index];
        if (!entry) return null;
        return (
          <Row
            key={entry.id}
            id={entry.id}
            row={entry.original}
            index={item.index}
            ports={ports}
            active={item.index === active}
            opened={entry.id === openId}
            chosen={selection?.ids.has(entry.id) ?? false}
            style={{ position: "absolute", top: 0, transform: `translateY(${item.start}px)` }}
          />
        );
      })}
    </div>
  );
}
