import { memo, type CSSProperties, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import type { RowPorts } from "./model";

interface Props<T> {
  id: string;
  row: T;
  index: number;
  ports: RowPorts<T>;
  /** Takes the focus when the table gets it. */
  active: boolean;
  opened: boolean;
  chosen: boolean;
  style?: CSSProperties;
}

/** Whether a click was meant for something within the row. */
function isForInner(event: MouseEvent): boolean {
  const inner = (event.target as Element).closest("button, a, input, select, label");
  return inner !== null && event.currentTarget.contains(inner);
}

function DataRow<T>({ id, row, index, ports, active, opened, chosen, style }: Props<T>) {
  const { t } = useTranslation();
  const press = (event: MouseEvent) => {
    if (isForInner(event)) return;
    ports.activate(id, true);
    ports.open?.(row);
  };
  return (
    <div
      role="row"
      data-row={id}
      aria-rowindex={index + 2}
      {...(ports.selectable ? { "aria-selected": chosen } : ports.open && { "aria-selected": opened })}
      tabIndex={active ? 0 : -1}
      onClick={press}
      onFocus={() => ports.activate(id, false)}
      style={style}
      className={cn(
        "grid h-row w-full grid-cols-(--columns) items-center border-b border-line/70 outline-offset-[-2px]",
        ports.open && "hover:bg-hover",
        chosen && "bg-accent-soft/60",
        opened && "bg-accent-soft",
      )}
    >
      {ports.selectable && (
        <div role="gridcell" className="flex justify-center">
          <input
            type="checkbox"
            tabIndex={-1}
            checked={chosen}
            onChange={() => ports.toggle(id)}
            aria-label={t("common.table.select")}
            className="size-4 accent-accent"
          />
        </div>
      )}
      {ports.columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={cn("min-w-0 truncate px-2.5 first:pl-pad last:pr-pad", column.align === "right" && "tabular text-right")}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

/** A row; drawn anew only when something in it changed. */
export const Row = memo(DataRow, (before, after) => {
  return (
    before.row === after.row &&
    before.index === after.index &&
    before.ports === after.ports &&
    before.active === after.active &&
    before.opened === after.opened &&
    before.chosen === after.chosen &&
    before.style?.transform === after.style?.transform
  );
}) as typeof DataRow;
