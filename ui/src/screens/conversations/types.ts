/** What was decided about a conversation. */
export type ReviewState = "new" | "approved" | "rejected" | "later";
export type Standing = "ok" | "truncated" | "client_abort" | "upstream_error" | "blocked";
export type Role = "system" | "developer" | "user" | "assistant" | "tool";
export type Sort = "newest" | "oldest" | "longest" | "rating";

export interface ThreadRow {
  id: number;
  began_ms: number;
  last_ms: number;
  leaf: number;
  parent?: number | null;
  fork_at?: number | null;
  host?: string | null;
  upstream: string;
  key?: number | null;
  total_ms: number;
  title: string;
  preview: string;
  kind: string;
  dialect: string;
  model: string;
  language: string;
  standing: Standing;
  turns: number;
  chars: number;
  tokens_in: number;
  tokens_out: number;
  flags: number;
  state: ReviewState;
  rating?: number | null;
  note: string;
  tags: string[];
  edited: boolean;
  cluster: number;
}

export interface Filter {
  text?: string;
  ids?: number[];
  states?: ReviewState[];
  standings?: Standing[];
  models?: string[];
  hosts?: string[];
  upstreams?: string[];
  keys?: number[];
  dialects?: string[];
  kinds?: string[];
  languages?: string[];
  tags?: string[];
  flags?: number;
  without_flags?: number;
  rating_from?: number | null;
  from_ms?: number | null;
  until_ms?: number | null;
  edited?: boolean | null;
  like?: number | null;
  tokens_from?: number | null;
  tokens_until?: number | null;
}

export type Selection = { ids: number[] } | { matching: Filter };

export interface Change {
  state?: ReviewState;
  rating?: number;
  note?: string;
  add_tags?: string[];
  remove_tags?: string[];
}

export interface Done {
  batch: number;
  changed: number;
}

export type Source = { media: { sha256: string; mime: string; bytes: number } } | { url: string } | { file_id: string };

export type Part =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string; seal?: string | null }
  | { type: "refusal"; text: string }
  | { type: "image"; source: Source }
  | { type: "audio"; source: Source; transcript?: string | null }
  | { type: "video"; source: Source }
  | { type: "file"; source: Source; name?: string | null }
  | { type: "tool_call"; id?: string; name: string; arguments: string }
  | { type: "tool_result"; call_id?: string; name?: string | null; parts: Part[]; failed?: boolean }
  | { type: "citation"; raw: unknown }
  | { type: "other"; raw: unknown };

export interface Turn {
  role: Role;
  name?: string | null;
  parts: Part[];
  train?: boolean | null;
}

export interface Alternative {
  at: number;
  turn: Turn;
  finish?: string;
}

export interface Conversation {
  kind?: string;
  model?: string;
  tools?: { name?: string; description?: string | null; parameters?: unknown }[];
  turns?: Turn[];
  alternatives?: Alternative[];
  parameters?: Record<string, unknown>;
  standing?: Standing;
  finish?: string;
  error?: string | null;
}

export interface Pair {
  id: number;
  at_turn: number;
  chosen: Turn;
  rejected: Turn;
  at_ms: number;
}

export interface Place {
  turn: number;
  part: number;
  start: number;
  end: number;
}

export interface Finding extends Place {
  kind: string;
  replacement: string;
}

export interface ThreadDetail {
  row: ThreadRow;
  conversation: Conversation;
  original?: Conversation | null;
  forks: ThreadRow[];
  pairs: Pair[];
  exchanges: number[];
  findings: Finding[];
  highlights: Place[];
}

export interface Facet {
  field: string;
  values: { value: string; count: number }[];
}

export type Deed = { deed: "changed"; change: Change } | { deed: "edited" | "restored" | "paired" | "unpaired" | "grown" };

export interface AuditRow {
  batch: number;
  at_ms: number;
  what: Deed;
  threads: number;
  undone: boolean;
}

export interface SavedQuery {
  id: number;
  name: string;
  filter: Filter;
}

export interface RawExchange {
  seq: number;
  id: string;
  at_ms: number;
  via: string;
  method: string;
  host?: string | null;
  path: string;
  server: { upstream: string; model: string; account?: string | null };
  status: number;
  ended: string;
  first_byte_ms?: number | null;
  total_ms: number;
  request_headers: [string, string][];
  request: RawBody;
  response_headers: [string, string][];
  response: RawBody;
  curl: string;
}

export interface RawBody {
  bytes: number;
  text: string;
  whole: boolean;
}

export interface Redacted {
  conversation?: Conversation | null;
  findings: Finding[];
}

export type Preset =
  | "llama_factory"
  | "llama_factory_alpaca"
  | "llama_factory_dpo"
  | "llama_factory_kto"
  | "trl"
  | "trl_dpo"
  | "trl_kto"
  | "axolotl"
  | "openai"
  | "openai_dpo"
  | "together"
  | "fireworks"
  | "mistral"
  | "ms_swift"
  | "ms_swift_reranker"
  | "chatml"
  | "markdown"
  | "raw";

export interface Spec {
  preset: Preset;
  format: "jsonl" | "json" | "parquet";
  name: string;
  filter?: Filter | null;
  split: { validation: number; test: number; seed: number };
  duplicates: "keep" | "exact" | "near";
  reasoning: "keep" | "strip" | "last_only";
  system: "keep" | "strip" | { replace: string };
  last_turns?: number | null;
  result_chars?: number | null;
  max_tokens?: number | null;
  max_records?: number | null;
  calls_only: boolean;
  tools: "stored" | "derive" | "none";
  results: "tags" | "list";
  trim: boolean;
  cut_off: boolean;
  invalid_file: boolean;
}

export interface Tally {
  conversations: number;
  passed_over: number;
  rows: Record<string, number>;
  dropped: Record<string, number>;
  redactions: Record<string, number>;
}

export interface Dropped {
  id: string;
  code: string;
  detail: string;
  sample: string;
}

export interface Preview {
  would_write: number;
  tally: Tally;
  examples: Record<string, Dropped[]>;
  first: unknown[];
}

export interface ExportSummary {
  folder: string;
  tally: Tally;
  files: { name: string; bytes: number; sha256: string }[];
}

export type ExportState = { state: "running" } | { state: "done"; summary: ExportSummary } | { state: "failed"; why: string } | { state: "cancelled" };

export interface ExportJob {
  id: number;
  spec: Spec;
  folder: string;
  done: number;
  of: number;
  state: ExportState;
}

export interface RecordingStatus {
  enabled: boolean;
}
