//! What is asked of lists of conversations and what they answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Seq;
use super::review::{Change, Filter, ThreadId, ThreadRow};

/// In which order conversations are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What went on last comes first.
    #[default]
    Newest,
    /// It comes last.
    Oldest,
    /// By the number of characters, most first.
    Longest,
    /// By rating, the best first; equal ones as in [`Sort::Newest`].
    Rating,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PageOf {
    /// Which conversations.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// Behind which place: [`ThreadPage::next`] of the page before, in the same order.
    pub after: Option<String>,
    /// At most so many rows; 1 to 500.
    pub limit: u32,
}

/// Rows of a list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ThreadPage {
    /// The rows, in order.
    pub rows: Vec<ThreadRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// How often each value of a field occurs among what is listed. The selection within the field itself is left out of
/// account, so that its other values can be seen and chosen too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facet {
    /// The field, as it is called in [`Filter`].
    pub field: String,
    /// Its values, the most frequent first.
    pub values: Vec<FacetValue>,
}

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FacetValue {
    /// The value as [`Filter`] takes it; of flags the number of the bit.
    pub value: String,
    /// How many conversations have it.
    pub count: u64,
}

/// All of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct ThreadDetail {
    /// Its row.
    pub row: ThreadRow,
    /// What was derived, as JSON of whoever derives.
    pub body: Vec<u8>,
    /// What somebody made of it, in the same form.
    pub edited: Option<Vec<u8>>,
    /// The exchanges it was made of, oldest first.
    pub exchanges: Vec<Seq>,
    /// What it parted from, what else parted from there, and what parted from it.
    pub forks: Vec<ThreadRow>,
    /// Pairs of a better and a worse answer, oldest first.
    pub pairs: Vec<Pair>,
}

/// A better and a worse answer to the same turns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pair {
    /// Names it.
    pub id: i64,
    /// The conversation it belongs to.
    pub thread: ThreadId,
    /// How many turns both answer.
    pub at_turn: u32,
    /// The better one, a turn as JSON.
    pub chosen: String,
    /// The worse one, a turn as JSON.
    pub rejected: String,
    /// When it was made, in milliseconds of Unix time.
    pub at_ms: i64,
}

/// A conversation as it goes into files.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// Its row.
    pub row: ThreadRow,
    /// What somebody made of it, or else what was derived.
    pub body: Vec<u8>,
    /// What was derived, where somebody made something else of it.
    pub original: Option<Vec<u8>>,
    /// Pairs of a better and a worse answer.
    pub pairs: Vec<Pair>,
}

/// When two conversations are taken to say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Their texts are the same.
    Exact,
    /// Their texts are nearly the same.
    Near,
}

/// A conversation that may say the same as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alike {
    /// Which it is.
    pub id: ThreadId,
    /// Those that say the same have the same.
    pub group: i64,
    /// 1 to 5.
    pub rating: Option<u8>,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "deed")]
pub enum Deed {
    /// Conversations were decided, rated, noted or tagged.
    Changed {
        /// How.
        change: Change,
    },
    /// A conversation was edited.
    Edited,
    /// An edit was taken back.
    Restored,
    /// A pair was made.
    Paired,
    /// A pair was removed.
    Unpaired,
    /// A conversation that was decided went on, and is to be decided again.
    Grown,
}

/// Something that was done, with all that it changed at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditRow {
    /// Names it; later ones have larger numbers.
    pub batch: i64,
    /// When, in milliseconds of Unix time.
    pub at_ms: i64,
    /// What.
    pub what: Deed,
    /// How many conversations it changed.
    pub threads: u64,
    /// Whether it was undone.
    pub undone: bool,
}

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SavedQuery {
    /// Names it.
    pub id: i64,
    /// What its owner calls it; no two have the same.
    pub name: String,
    /// The filter.
    pub filter: Filter,
}

/// How far the exchanges are understood by certain rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// So many are.
    pub done: u64,
    /// So many there are.
    pub total: u64,
}

/// Where a word was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The conversation.
    pub thread: ThreadId,
    /// The turn whose text has it, the first of them.
    pub turn: u32,
    /// The conversation as it was derived.
    pub body: Vec<u8>,
}

/// An answer that a later request may continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The exchange that brought it.
    pub seq: Seq,
    /// How many turns the conversation had with it.
    pub turns: u32,
    /// The conversation it belongs to, if it was derived by the rules that were asked for. It may have gone on since.
    pub body: Option<Vec<u8>>,
}
