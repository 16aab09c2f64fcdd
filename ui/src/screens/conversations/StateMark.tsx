import { Circle, CircleCheck, CircleX, Clock3, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";

import { cn } from "../../lib/cn";
import { type Tone, toneText } from "../../parts/Badge";
import type { ReviewState } from "./types";

/** How each decision looks, everywhere on the page. */
export const stateLooks: Record<ReviewState, { icon: LucideIcon; tone: Tone }> = {
  new: { icon: Circle, tone: "neutral" },
  approved: { icon: CircleCheck, tone: "good" },
  rejected: { icon: CircleX, tone: "bad" },
  later: { icon: Clock3, tone: "info" },
};

/** What was decided, as a sign with its word for screen readers. */
export function StateMark({ state, className }: { state: ReviewState; className?: string }) {
  const { t } = useTranslation();
  const { icon: Icon, tone } = stateLooks[state];
  const word = t(`conversations.state.${state}`);
  return (
    <span title={word} className={cn("inline-flex shrink-0", toneText[tone], className)}>
      <Icon className="size-4" aria-hidden />
      <span className="sr-only">{word}</span>
    </span>
  );
}
