import { type ReactNode, useId } from "react";

import { cn } from "../lib/cn";

interface Props {
  title?: ReactNode;
  /** What stands at the right of the title. */
  actions?: ReactNode;
  className?: string;
  /** Without inner margins, for lists and tables. */
  flush?: boolean;
  children: ReactNode;
}

/** A named region on its own ground. */
export function Card({ title, actions, className, flush, children }: Props) {
  const id = useId();
  return (
    <section
      {...(title && { "aria-labelledby": id })}
      className={cn("min-w-0 rounded-lg border border-line bg-card shadow-card", className)}
    >
      {(title || actions) && (
        <header className="flex min-h-11 items-center justify-between gap-3 px-pad pt-2.5 pb-1.5">
          <h2 id={id} className="min-w-0 truncate text-base font-semibold">
            {title}
          </h2>
          {actions && <div className="flex items-center gap-1.5">{actions}</div>}
        </header>
      )}
      <div className={flush ? "pb-1" : cn("px-pad pb-pad", !title && !actions && "pt-pad")}>{children}</div>
    </section>
  );
}
