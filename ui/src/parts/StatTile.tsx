import type { ReactNode } from "react";

interface Props {
  label: string;
  /** The number in words, or what stands in its place while there is none. */
  value: ReactNode;
  /** What belongs to it, such as a second number. */
  note?: ReactNode;
  /** A [`Sparkline`]. */
  children?: ReactNode;
}

/** One number that says how it goes. */
export function StatTile({ label, value, note, children }: Props) {
  return (
    <div role="group" aria-label={label} className="flex min-w-0 flex-col gap-1 rounded-lg border border-line bg-card p-pad shadow-card">
      <p className="truncate text-sm text-muted">{label}</p>
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        <p className="tabular truncate text-2xl font-semibold tracking-tight">{value}</p>
        {note && <p className="tabular text-sm text-muted">{note}</p>}
      </div>
      {children && <div className="mt-auto pt-2">{children}</div>}
    </div>
  );
}
