import type { KeyboardEvent, MouseEvent } from "react";
import { useTranslation } from "react-i18next";

import { cn } from "../../../lib/cn";
import { formatCompact, formatNumber } from "../../../lib/format";
import type { Role, Turn } from "../types";

const grounds: Record<Role, string> = {
  system: "bg-edge",
  developer: "bg-edge",
  user: "bg-info",
  assistant: "bg-accent",
  tool: "bg-good",
};

interface Props {
  turns: readonly Turn[];
  tokens: readonly number[];
  /** The turn in sight. */
  current: number;
  onJump: (turn: number) => void;
}

/** Where in the conversation its tokens are, by the height of each turn. A press, or the arrow keys, lead there. */
export function TokenRuler({ turns, tokens, current, onJump }: Props) {
  const { t } = useTranslation();
  const total = tokens.reduce((sum, one) => sum + one, 0);
  if (turns.length < 2) return null;
  const words = (at: number) =>
    t("conversations.ruler.turn", {
      turn: at + 1,
      of: turns.length,
      role: t(`conversations.role.${turns[at]?.role ?? "user"}`),
      tokens: formatNumber(tokens[at] ?? 0),
    });
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: turns.length - 1 };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onJump(Math.min(turns.length - 1, Math.max(0, to)));
  };
  const press = (event: MouseEvent) => {
    const at = (event.target as HTMLElement).dataset.at;
    if (at !== undefined) onJump(Number(at));
  };
  return (
    <div className="flex w-10 shrink-0 flex-col items-center gap-1 border-l border-line py-2">
      <div
        role="slider"
        tabIndex={0}
        aria-label={t("conversations.ruler.label")}
        aria-orientation="vertical"
        aria-valuemin={1}
        aria-valuemax={turns.length}
        aria-valuenow={current + 1}
        aria-valuetext={words(current)}
        onKeyDown={onKeyDown}
        onClick={press}
        className="flex min-h-0 w-6 flex-1 cursor-pointer flex-col gap-px overflow-hidden rounded"
      >
        {turns.map((turn, index) => (
          <div
            key={index}
            data-at={index}
            title={words(index)}
            style={{ flexGrow: Math.max(tokens[index] ?? 0, total / 200) }}
            className={cn("mx-auto w-2.5 basis-0 rounded-[2px] transition-[width,opacity] duration-100 hover:w-4 forced-colors:bg-[CanvasText]", grounds[turn.role], index === current ? "w-4" : "opacity-45")}
          />
        ))}
      </div>
      <span className="tabular text-[0.6875rem] text-muted" title={t("conversations.ruler.total", { tokens: formatNumber(total) })}>
        ≈{formatCompact(total)}
      </span>
    </div>
  );
}
