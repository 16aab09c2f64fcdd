import type { components, paths } from "./schema.gen";

/** The console API's words, by their names in the OpenAPI document. */
export type Schemas = components["schemas"];
/** The console API's routes. */
export type { paths };

/** What an account can do now. */
export type AccountState = Schemas["State"];
/** An account. */
export type AccountView = Schemas["AccountView"];
/** An account with what it did. */
export type AccountDetail = Schemas["AccountDetail"];
/** An account on its way into service. */
export type EnrolmentView = Schemas["EnrolmentView"];
/** A step of that way, and how far it is. */
export type StepView = Schemas["StepView"];
/** One event of the event stream. */
export type ConsoleEvent = Schemas["Event"];
/** Everything on the first page. */
export type Overview = Schemas["Overview"];
/** A request in the queue. */
export type QueueEntry = Schemas["QueueEntry"];
/** A request in the journal. */
export type RequestRow = Schemas["RequestRow"];
/** The server: what its listener does, and where it is meant to be. */
export type ServerStatus = Schemas["ServerStatus"];
/** Who is at the console. */
export type Session = Schemas["Session"];
/** How far the first steps are. */
export type Setup = Schemas["Setup"];
