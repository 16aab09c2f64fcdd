import type { Conversation, Part, Turn } from "../types";

const turnsOf = (conversation: Conversation): Turn[] => conversation.turns ?? [];

/** The conversation with one turn written anew. */
export function withTurn(conversation: Conversation, at: number, turn: Turn): Conversation {
  return { ...conversation, turns: turnsOf(conversation).map((old, index) => (index === at ? turn : old)) };
}

/** The conversation that ends with this turn. Other answers to later turns go with them. */
export function cutAfter(conversation: Conversation, at: number): Conversation {
  const alternatives = (conversation.alternatives ?? []).filter((one) => one.at <= at);
  return { ...conversation, turns: turnsOf(conversation).slice(0, at + 1), alternatives };
}

/** The conversation without a turn. */
export function dropTurn(conversation: Conversation, at: number): Conversation {
  const alternatives = (conversation.alternatives ?? [])
    .filter((one) => one.at !== at)
    .map((one) => (one.at > at ? { ...one, at: one.at - 1 } : one));
  return { ...conversation, turns: turnsOf(conversation).filter((_, index) => index !== at), alternatives };
}

/** Whether trainers learn a turn: as somebody decided, or else the assistant's. */
export const isTrained = (turn: Turn): boolean => turn.train ?? turn.role === "assistant";

/** The turn that trainers learn if they did not, and the other way round. */
export function masked(turn: Turn): Turn {
  const { train: _, ...rest } = turn;
  const wanted = !isTrained(turn);
  return wanted === (turn.role === "assistant") ? rest : { ...rest, train: wanted };
}

/** The conversation in which another answer stands in the place of a turn; that turn becomes another answer. */
export function swapped(conversation: Conversation, at: number, which: number): Conversation {
  const others = conversation.alternatives ?? [];
  const chosen = others[which];
  const before = turnsOf(conversation)[at];
  if (!chosen || !before) return conversation;
  return {
    ...withTurn(conversation, at, chosen.turn),
    alternatives: others.map((one, index) => (index === which ? { ...one, turn: before, finish: "" } : one)),
  };
}

/** A part that can be written anew, and what is written there. */
export function textIn(part: Part): string | undefined {
  if (part.type === "text" || part.type === "refusal") return part.text;
  if (part.type === "reasoning") return part.seal ? undefined : part.text;
  if (part.type === "tool_call") return part.arguments;
  return undefined;
}

/** The part with another text; an empty text takes it out. */
export function withText(part: Part, text: string): Part {
  if (part.type === "tool_call") return { ...part, arguments: text };
  return part.type === "text" || part.type === "refusal" || part.type === "reasoning" ? { ...part, text } : part;
}

/** Everything of a turn that is text, as it is compared and copied. */
export function plainText(turn: Turn | undefined): string {
  const texts = (turn?.parts ?? []).map((part): string => {
    if (part.type === "tool_call") return `${part.name}(${part.arguments})`;
    if (part.type === "tool_result") return plainText({ role: "tool", parts: part.parts });
    if (part.type === "audio") return part.transcript ?? "";
    return textIn(part) ?? "";
  });
  return texts.filter(Boolean).join("\n\n");
}

/** Turns of two versions of a conversation beside each other: where they differ, and which only one of them has. */
export interface Compared {
  kind: "same" | "changed" | "gone";
  before: Turn | undefined;
  after: Turn | undefined;
}

const alike = (a: Turn | undefined, b: Turn | undefined) => JSON.stringify(a) === JSON.stringify(b);

/** How the edited conversation differs from the one that was. */
export function compared(original: Conversation, edited: Conversation): Compared[] {
  const [before, after] = [turnsOf(original), turnsOf(edited)];
  const out: Compared[] = [];
  let at = 0;
  for (const turn of before) {
    const now = after[at];
    const left = before.length - out.length - (after.length - at);
    const dropped = now === undefined || (left > 0 && !alike(turn, now) && plainText(turn) !== plainText(now) && resembles(turn, now) < 0.3);
    if (dropped) out.push({ kind: "gone", before: turn, after: undefined });
    else {
      out.push({ kind: alike(turn, now) ? "same" : "changed", before: turn, after: now });
      at += 1;
    }
  }
  return out;
}

/** How much two turns have in common, between 0 and 1. */
function resembles(a: Turn, b: Turn): number {
  if (a.role !== b.role) return 0;
  const words = (turn: Turn) => new Set(plainText(turn).toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  const [left, right] = [words(a), words(b)];
  const both = [...left].filter((word) => right.has(word)).length;
  return both / Math.max(1, Math.max(left.size, right.size));
}
