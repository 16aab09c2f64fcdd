/** One event of a streamed answer, and when it came. */
export interface Frame {
  data: string;
  /** Milliseconds since the request was sent. */
  at: number;
}

/** An error as the server says it. */
export interface AnswerError {
  message: string;
  code?: string;
  param?: string;
  /** The HTTP status; absent when the error came within the stream or from this side. */
  status?: number;
}

export interface Usage {
  prompt: number;
  completion: number;
  reasoning?: number;
}

/** What has come of an answer so far. */
export interface Answer {
  text: string;
  reasoning: string;
  /** Tool calls as they go back in the next request. */
  calls: unknown[];
  /** URLs of images that the model made; they are data URLs. */
  images: string[];
  sources: { url: string; title: string }[];
  finish?: string;
  usage?: Usage;
  error?: AnswerError;
  /** When reasoning and text began, in milliseconds since the request was sent. */
  reasoningAt?: number;
  textAt?: number;
  /** Events as they came; the first ones and the last ones when there are very many. */
  frames: Frame[];
  /** How many events were left out of `frames`. */
  skipped: number;
}

export const MOST_FRAMES = 5000;

export const emptyAnswer = (): Answer => ({ text: "", reasoning: "", calls: [], images: [], sources: [], frames: [], skipped: 0 });

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const count = (value: unknown): number => (typeof value === "number" ? value : 0);

/** Takes in one event of the stream. */
export function takeFrame(answer: Answer, frame: Frame): void {
  if (answer.frames.length < MOST_FRAMES) answer.frames.push(frame);
  else answer.skipped += 1;
  if (frame.data === "[DONE]") return;
  try {
    takeChunk(answer, fields(JSON.parse(frame.data)), frame.at);
  } catch {
    answer.error ??= { message: frame.data };
  }
}

function takeChunk(answer: Answer, chunk: Fields, at: number): void {
  if (chunk.error) answer.error = errorOf(chunk);
  takeUsage(answer, chunk.usage);
  const choice = fields(list(chunk.choices)[0]);
  takeMessage(answer, fields(choice.delta), at);
  if (text(choice.finish_reason)) answer.finish = text(choice.finish_reason);
}

/** Takes in a whole answer that was not streamed. */
export function takeWhole(answer: Answer, body: unknown, at: number): void {
  answer.frames.push({ data: JSON.stringify(body), at });
  const whole = fields(body);
  takeUsage(answer, whole.usage);
  const choice = fields(list(whole.choices)[0]);
  takeMessage(answer, fields(choice.message), at);
  if (text(choice.finish_reason)) answer.finish = text(choice.finish_reason);
}

function takeMessage(answer: Answer, message: Fields, at: number): void {
  const reasoning = text(message.reasoning_content);
  const content = text(message.content) + text(message.refusal);
  if (reasoning) answer.reasoningAt ??= at;
  if (content) answer.textAt ??= at;
  answer.reasoning += reasoning;
  answer.text += content;
  for (const call of list(message.tool_calls)) {
    const { index: _, ...rest } = fields(call);
    answer.calls.push(rest);
  }
  for (const image of list(message.images)) {
    const url = text(fields(fields(image).image_url).url);
    if (url.startsWith("data:image/")) answer.images.push(url);
  }
  for (const annotation of list(message.annotations)) {
    const { url, title } = fields(fields(annotation).url_citation);
    if (/^https?:/.test(text(url))) answer.sources.push({ url: text(url), title: text(title) || text(url) });
  }
}

function takeUsage(answer: Answer, usage: unknown): void {
  if (!usage) return;
  const { prompt_tokens, completion_tokens, completion_tokens_details } = fields(usage);
  const reasoning = count(fields(completion_tokens_details).reasoning_tokens);
  answer.usage = { prompt: count(prompt_tokens), completion: count(completion_tokens), ...(reasoning > 0 && { reasoning }) };
}

/** The error of an error body; of anything else the text itself. */
export function errorOf(body: unknown, status?: number): AnswerError {
  const { message, code, param, action } = fields(fields(body).error);
  return {
    message: [text(message), text(action)].filter(Boolean).join(" ") || (typeof body === "string" ? body : JSON.stringify(body)),
    ...(text(code) && { code: text(code) }),
    ...(text(param) && { param: text(param) }),
    ...(status !== undefined && { status }),
  };
}

/** How long the model thought before the first word of the answer, or has been thinking. */
export function reasoningTime(answer: Answer, now: number): number | undefined {
  return answer.reasoningAt === undefined ? undefined : (answer.textAt ?? now) - answer.reasoningAt;
}
