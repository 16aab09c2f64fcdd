import type { SortingState } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import type { Column } from "./model";

interface Props<T> {
  columns: readonly Column<T>[];
  sorting: SortingState;
  onSort: (column: string) => void;
  /** Whether all, some or none of the rows are chosen; `undefined` where rows cannot be chosen. */
  chosen: "all" | "some" | "none" | undefined;
  onChooseAll: () => void;
}

/** The names of the columns; stays in sight. */
export function Head<T>({ columns, sorting, onSort, chosen, onChooseAll }: Props<T>) {
  const { t } = useTranslation();
  return (
    <div role="rowgroup" className="sticky top-0 z-10 bg-card">
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-8 w-full grid-cols-(--columns) items-center border-b border-line text-xs font-medium text-muted"
      >
        {chosen && (
          <div role="columnheader" className="flex justify-center">
            <input
              type="checkbox"
              aria-label={t("common.table.selectAll")}
              ref={(box) => {
                if (box) box.indeterminate = chosen === "some";
              }}
              checked={chosen === "all"}
              onChange={onChooseAll}
              className="size-4 accent-accent"
            />
          </div>
        )}
        {columns.map((column) => (
          <HeadCell key={column.id} column={column} order={sorting.find((by) => by.id === column.id)} onSort={onSort} />
        ))}
      </div>
    </div>
  );
}

function HeadCell<T>({ column, order, onSort }: { column: Column<T>; order: { desc: boolean } | undefined; onSort: (id: string) => void }) {
  const className = cn("min-w-0 truncate px-2.5 first:pl-pad last:pr-pad", column.align === "right" && "text-right");
  if (!column.sort) {
    return (
      <div role="columnheader" className={className}>
        {column.header}
      </div>
    );
  }
  const Icon = order ? (order.desc ? ArrowDown : ArrowUp) : ChevronsUpDown;
  return (
    <div role="columnheader" aria-sort={order ? (order.desc ? "descending" : "ascending") : "none"} className={className}>
      <button
        type="button"
        onClick={() => onSort(column.id)}
        className={cn("group -mx-1 inline-flex h-6 max-w-full items-center gap-1 rounded px-1 hover:text-ink", order && "text-ink")}
      >
        <span className="truncate">{column.header}</span>
        <Icon className={cn("size-3.5 shrink-0", !order && "opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100")} aria-hidden />
      </button>
    </div>
  );
}
