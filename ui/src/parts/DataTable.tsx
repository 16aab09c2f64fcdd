import { type ColumnDef, type SortingState, useTable } from "@tanstack/react-table";
import { type CSSProperties, type UIEvent, useEffect, useMemo, useRef, useState } from "react";

import { useAppearance } from "../lib/appearance";
import { cn } from "../lib/cn";
import { useLatest, useMedia } from "../lib/hooks";
import { Head } from "./table/Head";
import { type Column, features, type RowPorts, type Selection } from "./table/model";
import { PlainRows, VirtualRows } from "./table/Rows";
import { useRowKeys } from "./table/useRowKeys";

export type { Column, Selection } from "./table/model";

/** From this many rows on, only those in sight are drawn. */
const many = 100;

interface Props<T> {
  /** What the table lists. */
  label: string;
  /** Stable while nothing changes. */
  rows: T[];
  /** Stable too: define them outside of render or memoise them. */
  columns: readonly Column<T>[];
  rowId: (row: T) => string;
  /** Opens the details of a row: click and Enter. While a row is open, moving the focus opens the next one. */
  onOpen?: (row: T) => void;
  /** The row whose details are open. */
  openId?: string | null;
  selection?: Selection;
  /** The Delete key on a row. */
  onDelete?: (row: T) => void;
  /** The column it is sorted by at first. */
  sortedBy?: { id: string; desc: boolean };
  /** Called when the end of a long list comes near. */
  onEnd?: () => void;
  /** Told whether the beginning of the list is in sight. */
  onTop?: (atTop: boolean) => void;
  className?: string;
}

/**
 * Rows and columns, for the mouse and the keyboard alike. It scrolls within itself, so give it a height
 * (`min-h-0 flex-1`) where the list may be long.
 */
export function DataTable<T extends object>(props: Props<T>) {
  const { label, rows, columns, rowId, openId, selection, onEnd, onTop, className } = props;
  const roomy = useMedia("(min-width: 68rem)");
  const shown = useMemo(() => columns.filter((column) => roomy || !column.wide), [columns, roomy]);
  const [sorting, setSorting] = useState<SortingState>(props.sortedBy ? [props.sortedBy] : []);
  const [active, setActive] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const reveal = useRef<(index: number) => void>(() => undefined);
  const height = useRowHeight();

  const defs = useMemo<ColumnDef<typeof features, T>[]>(
    () => shown.map(({ id, sort }) => ({ id, accessorFn: (row: T) => sort?.(row) ?? undefined, sortUndefined: "last" as const })),
    [shown],
  );
  const table = useTable({ features, columns: defs, data: rows, getRowId: rowId, state: { sorting }, onSortingChange: setSorting });
  const entries = table.getRowModel().rows;
  const activeId = entries.some((entry) => entry.id === active) ? active : (entries[0]?.id ?? null);

  const focusNext = useRef(false);
  useEffect(() => {
    if (!focusNext.current || activeId === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(activeId)}"]`);
    if (!row) return;
    focusNext.current = false;
    row.focus({ preventScroll: entries.length > many });
  });

  const latest = useLatest(props);
  const toggle = useToggle(selection);
  const ports = useMemo<RowPorts<T>>(
    () => ({
      columns: shown,
      selectable: selection !== undefined,
      activate: (id, focus) => {
        focusNext.current ||= focus;
        setActive(id);
      },
      open: latest.current.onOpen && ((row) => latest.current.onOpen?.(row)),
      toggle,
    }),
    [shown, selection === undefined, props.onOpen === undefined, toggle, latest],
  );
  const onKeyDown = useRowKeys({
    entries,
    activeId,
    page: Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / height) - 2),
    go: (index) => {
      const entry = entries[index];
      if (!entry) return;
      focusNext.current = true;
      setActive(entry.id);
      reveal.current(index);
      if (openId != null) props.onOpen?.(entry.original);
    },
    open: openRow(openId, rowId, props.onOpen),
    remove: props.onDelete,
    toggle: selection && toggle,
  });

  const tracks = [...(selection ? ["2.5rem"] : []), ...shown.map((column) => column.width ?? "minmax(6rem, 1fr)")];
  const body = { entries, ports, activeId, openId, selection };
  const chosen = selection && howMany(entries.filter((entry) => selection.ids.has(entry.id)).length, entries.length);
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={entries.length + 1}
      {...(selection && { "aria-multiselectable": true })}
      onKeyDown={onKeyDown}
      onScroll={(event: UIEvent<HTMLDivElement>) => onTop?.(event.currentTarget.scrollTop < height)}
      style={{ "--columns": tracks.join(" ") } as CSSProperties}
      className={cn("relative min-w-0 overflow-auto overscroll-contain", className)}
    >
      <div role="presentation" className="w-full min-w-min">
        <Head
          columns={shown}
          sorting={sorting}
          onSort={(id) => table.getColumn(id)?.toggleSorting()}
          chosen={chosen}
          onChooseAll={() => selection?.onChange(new Set(chosen === "all" ? [] : entries.map((entry) => entry.id)))}
        />
        {entries.length > many ? (
          <VirtualRows {...body} scroller={scroller} height={height} reveal={reveal} onEnd={onEnd} />
        ) : (
          <PlainRows {...body} />
        )}
      </div>
    </div>
  );
}

const howMany = (chosen: number, all: number) => (chosen === 0 ? "none" : chosen === all ? "all" : "some");

/** Opens a row; a row that is open already hands the focus on to its details. */
function openRow<T>(openId: string | null | undefined, rowId: (row: T) => string, onOpen: ((row: T) => void) | undefined) {
  return onOpen && ((row: T) => (openId === rowId(row) ? document.getElementById("inspector")?.focus() : onOpen(row)));
}

function useToggle(selection: Selection | undefined): (id: string) => void {
  const latest = useLatest(selection);
  return useMemo(
    () => (id) => {
      if (!latest.current) return;
      const ids = new Set(latest.current.ids);
      if (!ids.delete(id)) ids.add(id);
      latest.current.onChange(ids);
    },
    [latest],
  );
}

/** The height of a row in pixels, as density and text size make it. */
export function useRowHeight(): number {
  const { density } = useAppearance();
  return useMemo(() => {
    const root = getComputedStyle(document.documentElement);
    return (parseFloat(root.getPropertyValue("--row")) || 2.5) * (parseFloat(root.fontSize) || 16);
    // Read anew whenever the density changed.
  }, [density]);
}
