import { Bot, EyeOff, type LucideIcon, Settings2, User, Wrench } from "lucide-react";
import { memo, type ReactNode, type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { formatCompact } from "../../../lib/format";
import { Badge } from "../../../parts/Badge";
import type { Role, Turn } from "../types";
import { isTrained, plainText } from "./edit";
import type { Mark } from "./marks";
import { Parts } from "./Parts";

export const roleLooks: Record<Role, { icon: LucideIcon; text: string; edge: string }> = {
  system: { icon: Settings2, text: "text-muted", edge: "border-l-edge" },
  developer: { icon: Settings2, text: "text-muted", edge: "border-l-edge" },
  user: { icon: User, text: "text-info", edge: "border-l-info" },
  assistant: { icon: Bot, text: "text-accent", edge: "border-l-accent" },
  tool: { icon: Wrench, text: "text-good", edge: "border-l-good" },
};

/** Turns beyond the first ones are drawn when they come near: a conversation may have thousands. */
const AT_ONCE = 24;

interface Props {
  turn: Turn;
  at: number;
  tokens: number;
  marks: readonly Mark[];
  plain: boolean;
  /** What was changed about it, where somebody did. */
  changed: boolean;
  actions: ReactNode;
  /** In the place of what it says, while it is written anew. */
  editor: ReactNode;
  /** Below what it says: other answers and pairs. */
  below: ReactNode;
}

function Card({ turn, at, tokens, marks, plain, changed, actions, editor, below }: Props) {
  const { t } = useTranslation();
  const { icon: Icon, text, edge } = roleLooks[turn.role];
  const [near, watch] = useNear(at < AT_ONCE || Boolean(editor));
  const trained = isTrained(turn);
  const unusual = trained !== (turn.role === "assistant");
  const role = t(`conversations.role.${turn.role}`);
  return (
    <article
      ref={watch}
      data-turn={at}
      tabIndex={-1}
      aria-label={t("conversations.turn.label", { turn: at + 1, role })}
      className={cn("group/turn scroll-mt-3 rounded-lg border border-l-[3px] border-line bg-card px-3 pt-1 pb-2.5 outline-offset-1", edge, turn.role === "user" && "bg-sunken", turn.train === false && "opacity-75")}
      {...(!near && { style: { minHeight: Math.min(2400, 60 + plainText(turn).length / 4) } })}
    >
      <header className="flex min-h-8 items-center gap-2">
        <Icon className={cn("size-4 shrink-0", text)} aria-hidden />
        <h3 className={cn("text-sm font-semibold", text)}>{turn.name ? `${role} · ${turn.name}` : role}</h3>
        <span className="tabular text-xs text-muted">≈{formatCompact(tokens)}</span>
        {changed && <Badge tone="info">{t("conversations.turn.changed")}</Badge>}
        {unusual && <Badge icon={EyeOff}>{t(trained ? "conversations.turn.trained" : "conversations.turn.masked")}</Badge>}
        <div className="ml-auto flex shrink-0 opacity-60 transition-opacity duration-100 group-focus-within/turn:opacity-100 group-hover/turn:opacity-100">{!editor && actions}</div>
      </header>
      {near && (editor || <Parts parts={turn.parts} role={turn.role} marks={marks} plain={plain} />)}
      {near && !editor && turn.parts.length === 0 && <p className="text-muted">{t("conversations.turn.empty")}</p>}
      {near && !editor && below}
    </article>
  );
}

/** One turn. */
export const TurnCard = memo(Card);

/** Whether an element came near what is in sight; it stays so. */
function useNear(at: boolean): [boolean, RefObject<HTMLElement | null>] {
  const [near, setNear] = useState(at);
  const element = useState<RefObject<HTMLElement | null>>(() => ({ current: null }))[0];
  useEffect(() => {
    if (near || !element.current) return;
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setNear(true), { rootMargin: "800px" });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [near, element]);
  return [near || at, element];
}
