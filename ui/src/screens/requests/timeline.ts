import type { Schemas } from "../../api/types";

/** A point of a request's way. Steps of the page come again when it tries anew. */
export type Mark = Schemas["Mark"];
type MarkName = Schemas["MarkName"];

/** What a request was doing between two marks; named after what it reached, or what it is still at. */
export type SpanName =
  | "read"
  | "queue"
  | "account"
  | "turn"
  | "browser"
  | "page"
  | "form"
  | "tools"
  | "send"
  | "wait"
  | "answer"
  | "broken"
  | "running";

export interface Span {
  name: SpanName;
  /** Milliseconds since the request came. */
  from: number;
  length: number;
  /** 1, or more when the page did this step again. */
  round: number;
  /** The account that was chosen at its end. */
  account?: string;
  /** How functions are offered from its end on. */
  mode?: Schemas["ToolMode"];
}

const reached: Record<Exclude<MarkName, "received" | "end">, SpanName> = {
  queued: "read",
  admitted: "queue",
  account: "account",
  turn: "turn",
  browser: "browser",
  page: "page",
  form: "form",
  tools: "tools",
  sent: "send",
  first_byte: "wait",
};

/** The spans between the marks. `now` is the present age of a request that still runs. */
export function spans(marks: readonly Mark[], now?: number): Span[] {
  const found: Span[] = [];
  const rounds = new Map<SpanName, number>();
  const add = (name: SpanName, from: number, to: number, { account, mode }: Partial<Mark> = {}) => {
    const round = (rounds.get(name) ?? 0) + 1;
    rounds.set(name, round);
    found.push({ name, from, length: Math.max(0, to - from), round, ...(account && { account }), ...(mode && { mode }) });
  };
  let from = 0;
  let answering = false;
  let ended = false;
  for (const mark of marks) {
    if (mark.name === "end") {
      add(answering ? "answer" : "broken", from, mark.at_ms);
      ended = true;
    } else if (mark.name !== "received") {
      add(reached[mark.name], from, mark.at_ms, mark);
      answering ||= mark.name === "first_byte";
    }
    from = Math.max(from, mark.at_ms);
  }
  if (!ended && now !== undefined) add(answering ? "answer" : "running", from, Math.max(now, from));
  return found;
}

/** The length of the whole way, at least one millisecond, so that shares of it can be taken. */
export function wholeLength(list: readonly Span[]): number {
  return Math.max(1, ...list.map((span) => span.from + span.length));
}
