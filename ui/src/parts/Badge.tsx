import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { cn } from "../lib/cn";

/** What a colour means, the same everywhere. */
export type Tone = "good" | "info" | "warn" | "bad" | "neutral";

/** Text and ground of a tone. */
export const toneStyle: Record<Tone, string> = {
  good: "bg-good-soft text-good",
  info: "bg-info-soft text-info",
  warn: "bg-warn-soft text-warn",
  bad: "bg-bad-soft text-bad",
  neutral: "bg-sunken text-muted",
};

/** The text of a tone alone. */
export const toneText: Record<Tone, string> = {
  good: "text-good",
  info: "text-info",
  warn: "text-warn",
  bad: "text-bad",
  neutral: "text-muted",
};

interface Props {
  tone?: Tone;
  icon?: LucideIcon;
  className?: string;
  children: ReactNode;
}

/** A word that stands for a state or a kind. Never colour alone: give it an icon when the tone means something. */
export function Badge({ tone = "neutral", icon: Icon, className, children }: Props) {
  return (
    <span
      className={cn(
        "inline-flex h-5.5 max-w-full items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap forced-colors:border",
        toneStyle[tone],
        className,
      )}
    >
      {Icon && <Icon className="size-3.5 shrink-0" aria-hidden />}
      <span className="truncate">{children}</span>
    </span>
  );
}
