import { Bot, User } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";

interface Props {
  role: "user" | "assistant";
  busy?: boolean;
  /** Beside the name. */
  note?: ReactNode;
  /** What can be done with the message. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A message: who says it, and what. */
export function TurnFrame({ role, busy, note, actions, children }: Props) {
  const { t } = useTranslation();
  const Icon = role === "user" ? User : Bot;
  const name = t(`playground.role.${role}`);
  return (
    <article
      aria-label={name}
      aria-busy={busy ?? false}
      className={cn("group rounded-lg border px-3 pt-1.5 pb-3", role === "user" ? "border-line bg-sunken" : "border-line bg-card")}
    >
      <header className="mb-1 flex min-h-8 items-center gap-2">
        <Icon className={cn("size-4 shrink-0", role === "user" ? "text-muted" : "text-accent")} aria-hidden />
        <h2 className="text-sm font-semibold">{name}</h2>
        {note && <div className="min-w-0 flex-1 truncate text-xs text-muted">{note}</div>}
        {actions && <div className="ml-auto flex shrink-0">{actions}</div>}
      </header>
      {children}
    </article>
  );
}
