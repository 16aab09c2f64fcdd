//! What becomes of recorded exchanges: conversations that people review and trainers load.
//!
//! In come exchanges as the store's recorder kept them. Each is read in the dialect it was held in and becomes a
//! [`Conversation`]: turns of typed parts, in order, with the roles exactly as they were sent and nothing guessed. Out
//! go the facts by which conversations are listed, linked to threads, searched and flagged, and files in the formats
//! that trainers take, each row checked by the trainer's own rules. All of it is pure but for [`Deriving`], the task that
//! does it for whatever is recorded. Nothing here changes what was recorded: when a rule
//! improves, everything is derived again.

mod conversation;
mod derive;
mod deriving;
pub mod export;
mod flag;
pub mod flags;
pub mod hash;
pub mod import;
mod language;
pub mod read;
pub mod redact;
mod text;

pub use conversation::{Alternative, Conversation, Kind, Part, Role, Source, Tool, Turn};
pub use derive::{VERSION, derive, join};
pub use deriving::Deriving;
pub use flag::{Flag, Flags};
pub use text::searchable;
