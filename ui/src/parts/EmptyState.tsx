import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface Props {
  icon: LucideIcon;
  title: string;
  /** Why there is nothing, and what would change that. */
  text?: ReactNode;
  /** The one thing to do about it, and what may help. */
  children?: ReactNode;
}

/** Stands where a list or a page would be while there is nothing in it. */
export function EmptyState({ icon: Icon, title, text, children }: Props) {
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="mb-2 grid size-11 place-items-center rounded-xl bg-accent-soft text-accent">
        <Icon className="size-5" aria-hidden />
      </span>
      <h2 className="text-lg font-semibold text-balance">{title}</h2>
      {text && <div className="text-muted text-balance">{text}</div>}
      {children && <div className="mt-3 flex w-full flex-col items-center gap-3">{children}</div>}
    </div>
  );
}
