import { useNavigate } from "@tanstack/react-router";
import { type RefObject, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { notify } from "../../../parts/toast";
import type { Review } from "../useReview";
import type { Conversation, Finding, ThreadDetail, Turn } from "../types";
import { Alternatives, Pairs } from "./Alternatives";
import { cutAfter, dropTurn, masked, swapped, withTurn } from "./edit";
import { marksOf } from "./marks";
import { TokenRuler } from "./TokenRuler";
import { tokensOfTurns } from "./tokens";
import { TurnActions } from "./TurnActions";
import { TurnCard } from "./TurnCard";
import { TurnEditor } from "./TurnEditor";
import type { Edits } from "./useEdits";

/** What the keys ask of the turns. */
export interface TurnsHandle {
  edit: () => void;
  go: (by: 1 | -1) => void;
}

interface Props {
  detail: ThreadDetail;
  /** What is secret or personal in it. */
  findings: readonly Finding[];
  /** The version that is shown. */
  conversation: Conversation;
  /** Whether it can be changed: only the latest version can. */
  fixed: boolean;
  plain: boolean;
  edits: Edits;
  writing: Review["writing"];
  handle: RefObject<TurnsHandle | null>;
}

const asText = (value: unknown) => JSON.stringify(value);

/** What was said, turn by turn. */
export function Turns({ detail, findings, conversation, fixed, plain, edits, writing, handle }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const turns = useMemo(() => conversation.turns ?? [], [conversation]);
  const tokens = useMemo(() => tokensOfTurns(turns), [turns]);
  const marks = useMemo(
    () => turns.map((turn, at) => (fixed ? [] : marksOf(turn, at, findings, detail.highlights))),
    [turns, fixed, findings, detail.highlights],
  );
  const [editing, setEditing] = useState<{ at: number; better: boolean }>();
  const [current, setCurrent] = useState(0);
  const scroller = useRef<HTMLDivElement>(null);

  const card = (at: number) => scroller.current?.querySelector<HTMLElement>(`[data-turn="${at}"]`);
  const jump = (at: number) => {
    setCurrent(at);
    card(at)?.scrollIntoView({ block: "start" });
  };
  const focusedTurn = () => {
    const focused = document.activeElement?.closest<HTMLElement>("[data-turn]");
    return focused && scroller.current?.contains(focused) ? Number(focused.dataset.turn) : undefined;
  };
  handle.current = {
    edit: () => {
      const at = focusedTurn() ?? turns.findLastIndex((turn) => turn.role === "assistant");
      if (!fixed && at >= 0) setEditing({ at, better: false });
    },
    go: (by) => {
      const from = focusedTurn();
      const to = Math.min(turns.length - 1, Math.max(0, from === undefined ? current : from + by));
      setCurrent(to);
      card(to)?.focus();
    },
  };
  const onScroll = () => {
    const top = scroller.current?.getBoundingClientRect().top ?? 0;
    const cards = [...(scroller.current?.querySelectorAll<HTMLElement>("[data-turn]") ?? [])];
    const passed = cards.findLastIndex((one) => one.getBoundingClientRect().top <= top + 24);
    setCurrent(Math.max(0, passed));
  };

  const attempt = (job: Promise<unknown>) => void job.catch((error: unknown) => notify.problem(t("conversations.failed.edit"), error));
  const save = (next: Conversation, told: string) => attempt(edits.save(next, told));
  const stop = () => {
    const at = editing?.at;
    setEditing(undefined);
    if (at !== undefined) requestAnimationFrame(() => card(at)?.focus({ preventScroll: true }));
  };

  const actions = (turn: Turn, at: number) => {
    const before = detail.original?.turns?.[at];
    const answer = turn.role === "assistant";
    const edited = answer && before?.role === "assistant" && asText(before.parts) !== asText(turn.parts);
    return (
      <TurnActions
        turn={turn}
        last={at === turns.length - 1}
        onEdit={() => setEditing({ at, better: false })}
        onCut={() => save(cutAfter(conversation, at), t("conversations.did.cut"))}
        onDrop={() => save(dropTurn(conversation, at), t("conversations.did.dropped"))}
        onMask={() => save(withTurn(conversation, at, masked(turn)), t("conversations.did.masked"))}
        onReplay={() => void navigate({ to: "/playground", search: { conversation: String(detail.row.id), turns: String(at + 1) } })}
        onBetter={answer ? () => setEditing({ at, better: true }) : undefined}
        onPreferEdit={edited ? () => attempt(edits.pair(at, turn, before)) : undefined}
      />
    );
  };
  const editor = (turn: Turn, at: number) => {
    const pair = (better: Turn) => edits.pair(at, better, turn);
    return (
      <TurnEditor
        turn={turn}
        original={detail.original?.turns?.length === turns.length ? detail.original.turns[at] : undefined}
        onSave={(next) => (editing?.better ? pair(next) : edits.save(withTurn(conversation, at, next)))}
        onPrefer={turn.role === "assistant" && !editing?.better ? pair : undefined}
        onClose={stop}
        writing={writing}
      />
    );
  };
  const below = (turn: Turn, at: number) => {
    const others = (conversation.alternatives ?? []).map((one, which) => ({ one, which })).filter(({ one }) => one.at === at);
    const pairs = detail.pairs.filter((pair) => pair.at_turn === at);
    return (
      <>
        {others.length > 0 && !fixed && (
          <Alternatives
            turn={turn}
            alternatives={others}
            onUse={(which) => save(swapped(conversation, at, which), t("conversations.did.swapped"))}
            onPrefer={(chosen, rejected) => attempt(edits.pair(at, chosen, rejected))}
          />
        )}
        {pairs.length > 0 && <Pairs pairs={pairs} onRemove={(id) => attempt(edits.removePair(id))} />}
      </>
    );
  };

  return (
    <div className="flex min-h-0 flex-1">
      <div ref={scroller} onScroll={onScroll} tabIndex={0} role="region" aria-label={t("conversations.turn.all")} className="min-h-0 min-w-0 flex-1 overflow-y-auto px-3 py-3 outline-offset-[-2px]">
        <div className="mx-auto flex max-w-[52rem] flex-col gap-2.5">
          {turns.map((turn, at) => (
            <TurnCard
              key={at}
              turn={turn}
              at={at}
              tokens={tokens[at] ?? 0}
              marks={marks[at] ?? []}
              plain={plain}
              changed={!fixed && detail.original != null && !detail.original.turns?.some((one) => asText(one) === asText(turn))}
              actions={!fixed && actions(turn, at)}
              editor={editing?.at === at && editor(turn, at)}
              below={below(turn, at)}
            />
          ))}
          {turns.length === 0 && <p className="py-8 text-center text-muted">{t("conversations.turn.none")}</p>}
        </div>
      </div>
      <TokenRuler turns={turns} tokens={tokens} current={current} onJump={jump} />
    </div>
  );
}
