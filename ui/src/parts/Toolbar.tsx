import type { ReactNode } from "react";

import { cn } from "../lib/cn";

/** A line of search, filters and actions above a list. Wraps where there is little room. */
export function Toolbar({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} className={cn("flex shrink-0 flex-wrap items-center gap-2", className)}>
      {children}
    </div>
  );
}
