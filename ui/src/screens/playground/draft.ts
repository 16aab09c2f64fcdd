import { type Attachment, inlined } from "./attachments";

/** A message of the conversation. */
export interface Turn {
  id: string;
  role: "user" | "assistant";
  text: string;
  attachments: Attachment[];
  /** What the model thought before it answered; shown, never sent back. */
  reasoning?: string;
  /** A message of a kind that is not edited here (tool calls and their results); sent as it is. */
  raw?: Record<string, unknown>;
  /** How the answer came about, for an answer of this conversation. */
  made?: Made;
}

/** What is known of an answer once it is there. */
export interface Made {
  model: string;
  requestId?: string;
  totalMs: number;
  reasoningMs?: number;
  completionTokens?: number;
  /** How many things could not be done as asked. */
  warnings?: number;
  /** Why it is not whole. */
  cut?: "stopped" | "length" | "filter";
}

/** Parameters as they are typed; an empty one is not sent. */
export interface Parameters {
  temperature: string;
  topP: string;
  maxTokens: string;
  /** One stop text per line. */
  stop: string;
  effort: string;
  stream: boolean;
  /** Other fields of the request, as a JSON object. */
  other: string;
}

/** Everything that a request is made of. */
export interface Draft {
  model: string;
  system: string;
  turns: Turn[];
  parameters: Parameters;
}

export const emptyParameters: Parameters = {
  temperature: "",
  topP: "",
  maxTokens: "",
  stop: "",
  effort: "",
  stream: true,
  other: "",
};

export const emptyDraft: Draft = { model: "", system: "", turns: [], parameters: emptyParameters };

export type ParameterName = Exclude<keyof Parameters, "stream">;
/** What is wrong with a parameter; the words are in the locales. */
export type Problem = "temperature" | "topP" | "maxTokens" | "other" | "otherTaken";
export type Problems = Partial<Record<ParameterName, Problem>>;
export type ChatRequest = Record<string, unknown>;

let counted = 0;
/** An id that is new in this page and unlikely in a stored one. */
export const freshId = (): string => `${Date.now().toString(36)}-${(counted += 1).toString(36)}`;

export function turn(role: Turn["role"], text: string, attachments: Attachment[] = []): Turn {
  return { id: freshId(), role, text, attachments };
}

function numberIn(text: string, least: number, most: number): number | undefined {
  if (!/^\d*\.?\d+$/.test(text.trim())) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

/** Fields that have a place of their own, so that "other" must not name them. */
const placed = ["model", "messages", "temperature", "top_p", "max_tokens", "stop", "reasoning_effort", "stream"];

function otherFields(text: string): Record<string, unknown> | Problem {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "other";
    return Object.keys(value).some((key) => placed.includes(key)) ? "otherTaken" : (value as Record<string, unknown>);
  } catch {
    return "other";
  }
}

/** What is wrong with the parameters, by field. */
export function problems(parameters: Parameters): Problems {
  const { temperature, topP, maxTokens, other } = parameters;
  const found: Problems = {};
  if (temperature.trim() && numberIn(temperature, 0, 2) === undefined) found.temperature = "temperature";
  if (topP.trim() && numberIn(topP, 0, 1) === undefined) found.topP = "topP";
  if (maxTokens.trim() && !/^[1-9]\d{0,8}$/.test(maxTokens.trim())) found.maxTokens = "maxTokens";
  const fields = otherFields(other);
  if (typeof fields === "string") found.other = fields;
  return found;
}

function content(one: Turn): unknown {
  const text = inlined(one.text, one.attachments);
  const images = one.attachments.filter((attachment) => attachment.kind === "image");
  if (images.length === 0) return text;
  const parts = images.map((image) => ({ type: "image_url", image_url: { url: image.data } }));
  return text === "" ? parts : [{ type: "text", text }, ...parts];
}

function message(one: Turn): Record<string, unknown> {
  return one.raw ?? { role: one.role, content: content(one) };
}

/** The request body: only what was set is in it. */
export function toRequest(draft: Draft): ChatRequest {
  const { temperature, topP, maxTokens, stop, effort, stream, other } = draft.parameters;
  const request: ChatRequest = { model: draft.model };
  const system = draft.system.trim() === "" ? [] : [{ role: "system", content: draft.system }];
  request.messages = [...system, ...draft.turns.map(message)];
  if (temperature.trim()) request.temperature = Number(temperature);
  if (topP.trim()) request.top_p = Number(topP);
  if (maxTokens.trim()) request.max_tokens = Number(maxTokens);
  const stops = stop.split("\n").filter((line) => line !== "");
  if (stops.length > 0) request.stop = stops.length === 1 ? stops[0] : stops;
  if (effort) request.reasoning_effort = effort;
  const fields = otherFields(other);
  if (typeof fields !== "string") Object.assign(request, fields);
  if (stream) {
    request.stream = true;
    request.stream_options ??= { include_usage: true };
  }
  return request;
}

/** Whether a request with these messages can be sent: the last one must want an answer. */
export function wantsAnswer(turns: readonly Turn[]): boolean {
  const last = turns.at(-1);
  if (!last) return false;
  return last.raw ? last.raw.role === "tool" || last.raw.role === "user" : last.role === "user";
}
