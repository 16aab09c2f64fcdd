import { ChevronRight, type LucideIcon } from "lucide-react";
import { type ReactNode, useState } from "react";

import { cn } from "../../../lib/cn";

interface Props {
  icon: LucideIcon;
  title: ReactNode;
  /** Beside the title, as far as there is room. */
  note?: ReactNode;
  /** Whether it begins unfolded. */
  open?: boolean;
  tone?: string;
  children: ReactNode;
}

/** A part of a turn that is folded until somebody wants to see it. What is folded is not drawn. */
export function Fold({ icon: Icon, title, note, open = false, tone = "text-muted", children }: Props) {
  const [unfolded, setUnfolded] = useState(open);
  return (
    <details open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)} className="group/fold rounded-md border border-line bg-sunken text-sm">
      <summary className="flex min-h-8 items-center gap-2 rounded-md px-2.5 outline-offset-[-2px] hover:bg-hover">
        <Icon className={cn("size-4 shrink-0", tone)} aria-hidden />
        <span className="shrink-0 font-medium">{title}</span>
        {note && <span className="min-w-0 truncate text-xs text-muted">{note}</span>}
        <ChevronRight className="ml-auto size-4 shrink-0 text-muted transition-transform duration-100 group-open/fold:rotate-90" aria-hidden />
      </summary>
      {unfolded && <div className="flex flex-col gap-2 px-2.5 pb-2.5">{children}</div>}
    </details>
  );
}
