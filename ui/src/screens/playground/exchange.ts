import { eventData } from "../../lib/sse";
import { type Answer, type AnswerError, emptyAnswer, errorOf, takeFrame, takeWhole } from "./answer";
import type { ChatRequest } from "./draft";

export type Phase = "asking" | "answering" | "done" | "stopped" | "failed";

/** One request of the playground and what came of it. */
export interface Exchange {
  phase: Phase;
  request: ChatRequest;
  answer: Answer;
  status?: number;
  requestId?: string;
  upstream?: string;
  ignored: string[];
  warnings: string[];
  /** Milliseconds since the request was sent. */
  headersMs?: number;
  firstMs?: number;
  totalMs?: number;
}

export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

interface Sending {
  fetch: Fetch;
  signal: AbortSignal;
  now: () => number;
  /** Told after every piece, with an object that is changed in place. */
  changed: (exchange: Exchange) => void;
}

const PATH = "/api/playground/chat";

/** Sends a request and follows the answer to its end. Never rejects: what went wrong is in the exchange. */
export async function exchange(request: ChatRequest, sending: Sending): Promise<Exchange> {
  const begun = sending.now();
  const since = () => sending.now() - begun;
  const one: Exchange = { phase: "asking", request, answer: emptyAnswer(), ignored: [], warnings: [] };
  sending.changed(one);
  try {
    const response = await sending.fetch(PATH, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
      signal: sending.signal,
    });
    readHeaders(one, response, since());
    sending.changed(one);
    await readBody(one, response, since, sending);
    one.phase = one.answer.error ? "failed" : "done";
  } catch (error) {
    one.phase = sending.signal.aborted ? "stopped" : "failed";
    if (one.phase === "failed") one.answer.error ??= brokenOff(one, error);
  }
  one.totalMs = since();
  sending.changed(one);
  return one;
}

function readHeaders(one: Exchange, response: Response, at: number): void {
  const names = (header: string, separator: string) =>
    (response.headers.get(header) ?? "").split(separator).map((name) => name.trim()).filter(Boolean);
  const requestId = response.headers.get("x-request-id");
  const upstream = response.headers.get("x-postern-upstream");
  one.status = response.status;
  one.headersMs = at;
  one.ignored = names("x-postern-ignored", ",");
  one.warnings = names("x-postern-warnings", ";");
  if (requestId) one.requestId = requestId;
  if (upstream) one.upstream = upstream;
}

async function readBody(one: Exchange, response: Response, since: () => number, sending: Sending): Promise<void> {
  if (!response.ok) {
    one.answer.error = errorOf(parsed(await response.text()), response.status);
    return;
  }
  one.phase = "answering";
  if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
    const body = parsed(await response.text());
    one.firstMs = since();
    takeWhole(one.answer, body, one.firstMs);
    return;
  }
  await readStream(one, response, since, sending);
}

async function readStream(one: Exchange, response: Response, since: () => number, sending: Sending): Promise<void> {
  let done = false;
  if (response.body) {
    for await (const data of eventData(response.body)) {
      const at = since();
      one.firstMs ??= at;
      takeFrame(one.answer, { data, at });
      done ||= data === "[DONE]";
      sending.changed(one);
    }
  }
  // The code says it all; there are no words of the server.
  if (!done) one.answer.error ??= { message: "", code: "interrupted" };
}

/** What to call it when the connection fails: before the head, nobody answered at all. */
function brokenOff(one: Exchange, error: unknown): AnswerError {
  return { message: error instanceof Error ? error.message : String(error), code: one.status === undefined ? "offline" : "interrupted" };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
