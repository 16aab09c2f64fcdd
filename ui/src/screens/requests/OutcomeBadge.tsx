import { Ban, CircleCheck, CirclePlay, CircleX, type LucideIcon, Unplug } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Badge, type Tone, toneText } from "../../parts/Badge";
import { cn } from "../../lib/cn";
import type { Outcome, RequestRow } from "./filter";

const looks: Record<Outcome, { tone: Tone; icon: LucideIcon }> = {
  running: { tone: "info", icon: CirclePlay },
  ok: { tone: "good", icon: CircleCheck },
  failed: { tone: "bad", icon: CircleX },
  cancelled: { tone: "neutral", icon: Ban },
  client_gone: { tone: "warn", icon: Unplug },
};

/** What became of a request, in a cell of the list: icon, word, and the status of a failure. */
export function OutcomeCell({ row }: { row: RequestRow }) {
  const { t } = useTranslation();
  const { tone, icon: Icon } = looks[row.outcome];
  return (
    <span className={cn("flex items-center gap-1.5", toneText[tone])}>
      <Icon className="size-4 shrink-0" aria-hidden />
      <span className="truncate">{t(`requests.outcome.${row.outcome}`)}</span>
      {row.outcome === "failed" && row.status && <span className="tabular text-xs">{row.status}</span>}
    </span>
  );
}

/** The same as a badge. */
export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation();
  const { tone, icon } = looks[outcome];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`requests.outcome.${outcome}`)}
    </Badge>
  );
}
