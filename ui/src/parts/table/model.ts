import {
  createSortedRowModel,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_basic,
  tableFeatures,
} from "@tanstack/react-table";
import type { ReactNode } from "react";

/** One column of a [`DataTable`]. Define columns outside of render or memoise them. */
export interface Column<T> {
  id: string;
  /** The name of the column. */
  header: string;
  cell: (row: T) => ReactNode;
  /** What the column is sorted by; without it, it cannot be. */
  sort?: (row: T) => string | number | null | undefined;
  /** Its track in the grid, such as `minmax(10rem, 2fr)` or `6rem`; `minmax(6rem, 1fr)` without it. */
  width?: string;
  align?: "right";
  /** Left out where there is little room. */
  wide?: boolean;
}

/** Which rows are chosen, by id. */
export interface Selection {
  ids: ReadonlySet<string>;
  onChange: (ids: ReadonlySet<string>) => void;
}

/** What of TanStack Table is used. */
export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, basic: sortFn_basic },
});

/** What a row needs to draw itself and to tell what is done to it. */
export interface RowPorts<T> {
  columns: readonly Column<T>[];
  selectable: boolean;
  activate: (id: string, focus: boolean) => void;
  open?: ((row: T) => void) | undefined;
  toggle: (id: string) => void;
}
