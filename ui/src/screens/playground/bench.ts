import { reasoningTime } from "./answer";
import type { Attachment } from "./attachments";
import { type Draft, emptyDraft, freshId, type Made, toRequest, turn, type Turn, wantsAnswer } from "./draft";
import { type Exchange, exchange, type Fetch } from "./exchange";

/** What the playground holds; a new object whenever something to be seen changed. */
export interface BenchState {
  draft: Draft;
  /** The text being written below the conversation. */
  input: string;
  /** Files that go with it. */
  files: Attachment[];
  /** The last request; its answer moves into the conversation when it is whole. */
  exchange?: Exchange;
  /** Whether an answer is awaited. */
  busy: boolean;
}

/** Where the draft outlives a reload of the page: the tab's own storage. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const SHELF_KEY = "postern.playground";
/** Typing is stored once it pauses. */
const KEEP_MS = 300;
/** A stream is shown at most this often; parsing Markdown at every chunk would cost more than the answer. */
const SHOW_MS = 100;

/** The playground outside React, so that an answer goes on while another page is looked at. */
export class Bench {
  private current: BenchState;
  private listeners = new Set<() => void>();
  private aborting: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private keeping: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly fetch: Fetch,
    private readonly shelf: Shelf,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.current = { ...stored(shelf), busy: false };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly state = (): BenchState => this.current;

  /** Changes the draft. */
  edit(change: Partial<Draft>): void {
    this.set({ draft: { ...this.current.draft, ...change } });
    this.keep();
  }

  /** Changes the text being written. */
  write(input: string): void {
    this.set({ input });
    this.keep();
  }

  /** Changes the files that go with it. */
  attach(change: (files: Attachment[]) => Attachment[]): void {
    this.set({ files: change(this.current.files) });
    this.keep();
  }

  /** Puts what was written at the end of the conversation, as a message of this role. */
  put(role: Turn["role"]): void {
    const { input, files } = this.current;
    if (input.trim() === "" && files.length === 0) return;
    this.set({ input: "", files: [] });
    this.add(turn(role, input, role === "user" ? files : []));
  }

  /** Puts what was written into the conversation and asks for an answer. */
  async ask(): Promise<void> {
    if (this.current.busy) return;
    this.put("user");
    await this.send();
  }

  /** Puts a message at the end of the conversation. */
  add(message: Turn): void {
    this.edit({ turns: [...this.current.draft.turns, message] });
  }

  change(id: string, text: string): void {
    const turns = this.current.draft.turns.map((one) => (one.id === id ? { ...one, text } : one));
    this.edit({ turns });
  }

  remove(id: string): void {
    this.edit({ turns: this.current.draft.turns.filter((one) => one.id !== id) });
  }

  /** Begins anew with this draft. */
  open(draft: Draft): void {
    const leaving = this.aborting;
    // Nobody waits for that answer any more: it must not come into the new conversation.
    this.aborting = undefined;
    leaving?.abort();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.current = { draft, input: "", files: [], busy: false };
    this.edit(draft);
  }

  /** An empty conversation with the same model, system prompt and parameters. */
  clear(): void {
    this.open({ ...this.current.draft, turns: [] });
  }

  /** Asks for an answer to the conversation as it is. */
  async send(): Promise<void> {
    if (this.current.busy || !wantsAnswer(this.current.draft.turns)) return;
    const aborting = new AbortController();
    this.aborting = aborting;
    this.set({ busy: true });
    const { signal } = aborting;
    const changed = (one: Exchange) => {
      if (this.aborting === aborting) this.show(one);
    };
    const ended = await exchange(toRequest(this.current.draft), { fetch: this.fetch, signal, now: this.now, changed });
    if (this.aborting === aborting) this.finish(ended);
  }

  /** Asks again for the last answer. */
  async again(): Promise<void> {
    const { turns } = this.current.draft;
    if (this.current.busy) return;
    if (turns.at(-1)?.role === "assistant") this.edit({ turns: turns.slice(0, -1) });
    await this.send();
  }

  /** Ends the running answer; what has come of it stays. */
  stop(): void {
    this.aborting?.abort();
  }

  private finish(ended: Exchange): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.aborting = undefined;
    const { text, calls, images } = ended.answer;
    const something = text !== "" || calls.length > 0 || images.length > 0;
    this.set({ busy: false, exchange: { ...ended } });
    if (ended.phase !== "failed" && something) this.add(answered(ended));
  }

  private show(one: Exchange): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      if (this.current.busy) this.set({ exchange: { ...one, answer: { ...one.answer } } });
    }, SHOW_MS);
    if (one.phase === "asking") this.set({ exchange: { ...one } });
  }

  private set(change: Partial<BenchState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener();
  }

  private keep(): void {
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.store(), KEEP_MS);
  }

  private store(): void {
    const { draft, input, files } = this.current;
    try {
      this.shelf.setItem(SHELF_KEY, JSON.stringify({ draft, input, files }));
    } catch {
      // Too much for the storage: the draft lives in this page alone.
      this.shelf.removeItem(SHELF_KEY);
    }
  }
}

function answered(ended: Exchange): Turn {
  const { answer } = ended;
  const reasoningMs = reasoningTime(answer, ended.totalMs ?? 0);
  const cut = ended.phase === "stopped" ? "stopped" : cuts[answer.finish ?? ""];
  const made: Made = {
    model: String(ended.request.model),
    totalMs: ended.totalMs ?? 0,
    ...(ended.requestId && { requestId: ended.requestId }),
    ...(reasoningMs !== undefined && { reasoningMs }),
    ...(answer.usage && { completionTokens: answer.usage.completion }),
    ...(ended.warnings.length > 0 && { warnings: ended.warnings.length }),
    ...(cut && { cut }),
  };
  const pictures = answer.images.map((data, index) => ({
    id: freshId(),
    kind: "made" as const,
    name: `image ${index + 1}`,
    bytes: data.length,
    data,
  }));
  const raw = answer.calls.length > 0 && {
    raw: { role: "assistant", content: answer.text || null, tool_calls: answer.calls },
  };
  return { ...turn("assistant", answer.text, pictures), ...(answer.reasoning && { reasoning: answer.reasoning }), ...raw, made };
}

const cuts: Record<string, Made["cut"]> = { length: "length", content_filter: "filter" };

function stored(shelf: Shelf): Pick<BenchState, "draft" | "input" | "files"> {
  try {
    const { draft, input, files } = JSON.parse(shelf.getItem(SHELF_KEY) ?? "") as Partial<BenchState>;
    if (draft && Array.isArray(draft.turns) && typeof draft.system === "string" && draft.parameters) {
      const parameters = { ...emptyDraft.parameters, ...draft.parameters };
      return { draft: { ...emptyDraft, ...draft, parameters }, input: input ?? "", files: files ?? [] };
    }
  } catch {
    // Nothing was stored, or by another version.
  }
  return { draft: emptyDraft, input: "", files: [] };
}
