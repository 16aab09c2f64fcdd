import type { Schemas } from "../../api/types";

/** What was decided about a conversation. */
export type ReviewState = Schemas["ReviewState"];
/** How its last answer ended. */
export type Standing = Schemas["Standing"];
/** In which order they are listed. */
export type Sort = Schemas["Sort"];
/** A conversation in the list. */
export type ThreadRow = Schemas["ThreadRow"];
/** Which conversations are meant. What is absent excludes none. */
export type Filter = Partial<Schemas["Filter"]>;
/** Conversations to be changed together. */
export type Selection = { ids: number[] } | { matching: Filter };
/** What is changed about them. What is absent stays. */
export type Change = Partial<Schemas["Change"]>;
/** What was said. */
export type Conversation = Partial<Schemas["Conversation"]>;
/** Something that was said by one of those who speak. */
export type Turn = Schemas["Turn"];
/** Who speaks. */
export type Role = Turn["role"];
/** A piece of a turn. */
export type Part = Schemas["ConversationPart"];
/** Where the bytes of a picture, recording or file are. */
export type Source = Schemas["MediaSource"];
/** Another answer to the turns before it. */
export type Alternative = Schemas["Alternative"];
/** Two answers of which one is better. */
export type Pair = Schemas["PairView"];
/** Where something stands in what was said. */
export type Place = Schemas["Highlight"];
/** A secret, or something personal, and what would stand in its place. */
export type Finding = Schemas["SensitiveFinding"];
/** A conversation with all that belongs to it. */
export type ThreadDetail = Omit<Schemas["ConversationView"], "conversation" | "original"> & {
  conversation: Conversation;
  original?: Conversation | null;
};
/** What was done to conversations. */
export type Deed = Schemas["Deed"];
/** A filter with a name. */
export type SavedQuery = Schemas["SavedQuery"];
/** An exchange as it was recorded. */
export type RawExchange = Schemas["ExchangeView"];
/** A body as it went over the wire. */
export type RawBody = Schemas["RawBody"];
/** What becomes of secrets and personal data; nothing, when there is none. Every kind is looked for unless some are named. */
export type Redaction = Partial<Schemas["Profile"]>;
/** What becomes of each. */
export type RedactionAction = NonNullable<Redaction["action"]>;
type Limits = "filter" | "last_turns" | "max_records" | "max_tokens" | "result_chars";
/** What is to be exported, and how. Without a filter the approved ones, without a limit all of it. */
export type Spec = Omit<Schemas["Spec"], Limits | "redaction"> & { redaction: Redaction | null } & { filter?: Filter | null } & Partial<Pick<Schemas["Spec"], Exclude<Limits, "filter">>>;
/** The trainer or the form that rows are made for. */
export type Preset = Schemas["Preset"];
/** What an export would write. */
export type Preview = Schemas["Preview"];
/** An export, running or ended. */
export type ExportJob = Schemas["Job"];
/** What an export wrote. */
export type ExportSummary = Schemas["Summary"];
