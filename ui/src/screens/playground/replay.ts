import type { Attachment } from "./attachments";
import { type Draft, emptyParameters, freshId, type Parameters, turn, type Turn } from "./draft";

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The text of a message's content, if it is nothing but text. */
function textOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  const texts = content.map((part) => (isFields(part) && part.type === "text" ? part.text : undefined));
  return texts.every((text) => typeof text === "string") ? texts.join("\n") : undefined;
}

function imageOf(part: unknown): string | undefined {
  if (!isFields(part) || part.type !== "image_url" || !isFields(part.image_url)) return undefined;
  return typeof part.image_url.url === "string" && Object.keys(part.image_url).length === 1 ? part.image_url.url : undefined;
}

/** A user's message of text and images, as it can be edited here. */
function withImages(content: unknown): { text: string; attachments: Attachment[] } | undefined {
  if (!Array.isArray(content)) return undefined;
  const texts: string[] = [];
  const attachments: Attachment[] = [];
  for (const part of content) {
    const text = textOf([part]);
    const url = imageOf(part);
    if (text !== undefined) texts.push(text);
    else if (url === undefined) return undefined;
    else attachments.push({ id: freshId(), kind: "image", name: `image ${attachments.length + 1}`, bytes: url.length, data: url });
  }
  return { text: texts.join("\n"), attachments };
}

function toTurn(message: Fields): Turn {
  const plain = Object.keys(message).every((key) => key === "role" || key === "content");
  const { role, content } = message;
  if (plain && (role === "user" || role === "assistant")) {
    const text = textOf(content);
    if (text !== undefined) return turn(role, text);
    const mixed = role === "user" ? withImages(content) : undefined;
    if (mixed) return turn(role, mixed.text, mixed.attachments);
  }
  return { ...turn(role === "assistant" ? "assistant" : "user", ""), raw: message };
}

const numberText = (value: unknown) => (typeof value === "number" ? String(value) : "");

function toParameters(fields: Fields): Parameters {
  const { temperature, top_p, max_tokens, max_completion_tokens, stop, reasoning_effort, stream, ...rest } = fields;
  // Asked for here anyway; kept only when it says something else.
  if (stream === true && JSON.stringify(rest.stream_options) === '{"include_usage":true}') delete rest.stream_options;
  const stops = typeof stop === "string" ? [stop] : Array.isArray(stop) ? stop.filter((one) => typeof one === "string") : [];
  const lines = stops.every((one) => !one.includes("\n"));
  const other = { ...rest, ...(!lines && { stop }) };
  return {
    ...emptyParameters,
    temperature: numberText(temperature),
    topP: numberText(top_p),
    maxTokens: numberText(max_tokens ?? max_completion_tokens),
    stop: lines ? stops.join("\n") : "",
    effort: typeof reasoning_effort === "string" ? reasoning_effort : numberText(reasoning_effort),
    stream: stream === true,
    other: Object.keys(other).length > 0 ? JSON.stringify(other, null, 2) : "",
  };
}

/** A recorded request body as a draft, or nothing when it is not a chat request. */
export function fromRequest(body: unknown): Draft | undefined {
  if (!isFields(body) || !Array.isArray(body.messages) || !body.messages.every(isFields)) return undefined;
  const { model, messages, ...fields } = body;
  const [first, ...rest] = messages as Fields[];
  const system = first?.role === "system" && Object.keys(first).length === 2 ? textOf(first.content) : undefined;
  const turns = (system === undefined ? messages : rest) as Fields[];
  return {
    model: typeof model === "string" ? model : "",
    system: system ?? "",
    turns: turns.map(toTurn),
    parameters: toParameters(fields),
  };
}
