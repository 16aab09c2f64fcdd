import { CircleCheck, CircleX, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "../lib/cn";
import { type Tone, toneStyle } from "./Badge";

const icons: Record<Tone, LucideIcon> = { good: CircleCheck, info: Info, warn: TriangleAlert, bad: CircleX, neutral: Info };

interface Props {
  tone?: Tone;
  title?: ReactNode;
  /** What can be done about it. */
  actions?: ReactNode;
  className?: string;
  children?: ReactNode;
}

/** Something to know while one is here, in place. Not for what a toast or the frame's banner says. */
export function Notice({ tone = "info", title, actions, className, children }: Props) {
  const Icon = icons[tone];
  return (
    <div
      role={tone === "bad" ? "alert" : "note"}
      className={cn("flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md px-3 py-2.5 forced-colors:border", toneStyle[tone], className)}
    >
      <div className="flex min-w-0 flex-1 basis-64 gap-2.5">
        <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
        <div className="min-w-0">
          {title && <p className="font-medium">{title}</p>}
          {children && <div className="break-words text-ink">{children}</div>}
        </div>
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2 text-ink">{actions}</div>}
    </div>
  );
}
