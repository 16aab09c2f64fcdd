import { type ReactNode, useEffect, useRef } from "react";

import { cn } from "../lib/cn";

let navigated = false;

/** The router says that the page changed by an action of the user: from now on a new page takes the focus. */
export function pageWillChange(): void {
  navigated = true;
}

interface Props {
  title: string;
  /** One sentence below the title, where the page needs it. */
  text?: ReactNode;
  /** At the right of the title: search, and the page's one primary action last. */
  actions?: ReactNode;
  /** The page fills the window and scrolls within itself, as tables do. */
  fill?: boolean;
  className?: string;
  children: ReactNode;
}

/** A page: its title and actions, and below what it is about. Every screen's outermost part. */
export function Page({ title, text, actions, fill, className, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Postern`;
  }, [title]);
  useEffect(() => {
    // The focus on the title tells a screen reader where one is now; at the first page it stays where it is.
    if (navigated) heading.current?.focus({ preventScroll: true });
  }, []);

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex min-h-14 shrink-0 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-6 pt-4 pb-3">
        <div className="min-w-0">
          <h1 ref={heading} tabIndex={-1} className="truncate text-xl font-semibold outline-none">
            {title}
          </h1>
          {text && <div className="mt-0.5 text-sm text-muted">{text}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {fill ? (
        <div className={cn("flex min-h-0 flex-1 flex-col", className)}>{children}</div>
      ) : (
        <div tabIndex={-1} className="min-h-0 flex-1 overflow-auto px-6 pb-8 outline-none">
          <div className={cn("mx-auto w-full max-w-[90rem]", className)}>{children}</div>
        </div>
      )}
    </div>
  );
}
