//! Recorded conversations: lists, reading, review.

use std::collections::BTreeMap;

use postern_curation::redact::{Finding, Profile};
use postern_curation::{Conversation, Turn};
use postern_store::{Change, Filter, KeyId, Pair, Selection, Seq, Server, Snippet, Sort, ThreadRow, Via};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which page of which conversations.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConversationSearch {
    /// Which.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Most rows; 100 without it, 500 at most.
    pub limit: Option<u32>,
}

/// Rows of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationPage {
    /// The rows, in order.
    pub rows: Vec<ThreadRow>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
    /// Of rows that were searched for by a text: where it stands first, by the row's id.
    pub snippets: BTreeMap<i64, Snippet>,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationCount {
    /// How many.
    pub count: u64,
}

/// A part of a text, in UTF-16 units: the way in which a page counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Highlight {
    /// The turn, from zero.
    pub turn: usize,
    /// The part within the turn, from zero.
    pub part: usize,
    /// Where it begins.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
}

/// How a conversation is to be read.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct ConversationQuery {
    /// What was searched for: where it stands is told.
    pub text: String,
}

/// A conversation with all that belongs to it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationView {
    /// As it is listed.
    pub row: ThreadRow,
    /// What was said; as somebody edited it, where somebody did.
    pub conversation: Conversation,
    /// What was said before somebody edited it.
    pub original: Option<Conversation>,
    /// Conversations that parted from this one, and the one it parted from.
    pub forks: Vec<ThreadRow>,
    /// Pairs of answers that were made of it.
    pub pairs: Vec<PairView>,
    /// The exchanges it was held in, oldest first.
    pub exchanges: Vec<Seq>,
    /// Secrets and personal data in it.
    pub findings: Vec<Finding>,
    /// Where it says what was searched for.
    pub highlights: Vec<Highlight>,
}

/// Two answers to the same turns, of which one is better.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PairView {
    /// Its number.
    pub id: i64,
    /// How many turns are answered.
    pub at_turn: u32,
    /// The better one.
    pub chosen: Turn,
    /// The other one.
    pub rejected: Turn,
    /// When the pair was made, in milliseconds of Unix time.
    pub at_ms: i64,
}

impl PairView {
    /// The pair, if it can be read.
    pub(crate) fn of(pair: &Pair) -> Option<Self> {
        let turn = |text: &str| serde_json::from_str(text).ok();
        let (chosen, rejected) = (turn(&pair.chosen)?, turn(&pair.rejected)?);
        Some(Self { id: pair.id, at_turn: pair.at_turn, chosen, rejected, at_ms: pair.at_ms })
    }
}

/// A pair to be made.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPair {
    /// How many turns are answered.
    pub at_turn: u32,
    /// The better answer.
    pub chosen: Turn,
    /// The other one.
    pub rejected: Turn,
}

/// A change of several conversations at once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationChange {
    /// Which.
    pub selection: Selection,
    /// What becomes of them.
    pub change: Change,
}

/// Conversations to be deleted with what was recorded of them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationDeletion {
    /// Which.
    pub selection: Selection,
}

/// What was deleted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationsDeleted {
    /// How many conversations.
    pub deleted: u64,
}

/// What is derived anew.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConversationsRederived {
    /// How many exchanges.
    pub exchanges: u64,
}

/// Which changes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct ChangesQuery {
    /// Those of this conversation only.
    pub thread: Option<i64>,
    /// Those before this one.
    pub before: Option<i64>,
    /// Most; 50 without it, 500 at most.
    pub limit: Option<u32>,
}

/// A query to be kept.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQuery {
    /// What to call it. A query of this name is replaced.
    pub name: String,
    /// Which conversations.
    pub filter: Filter,
}

/// A body as it went over the wire, its content encoding undone.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RawBody {
    /// How many bytes it has.
    pub bytes: u64,
    /// The text; of a long one the beginning. Empty when it is none.
    pub text: String,
    /// Whether `text` is all of it.
    pub whole: bool,
}

/// An exchange as it was recorded.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ExchangeView {
    /// Its number.
    pub seq: Seq,
    /// The request's id in the journal.
    pub id: String,
    /// When it came, in milliseconds of Unix time.
    pub at_ms: i64,
    /// By which way.
    pub via: Via,
    /// The method.
    pub method: String,
    /// The server it went to through the path proxy.
    pub host: Option<String>,
    /// Path and query, without credentials.
    pub path: String,
    /// The client key it came with.
    pub key: Option<KeyId>,
    /// Who answered.
    pub server: Server,
    /// The status of the answer; zero when there was none.
    pub status: u16,
    /// How it ended.
    pub ended: postern_store::Ended,
    /// Until the first byte of the answer, in milliseconds.
    pub first_byte_ms: Option<u64>,
    /// Until its end.
    pub total_ms: u64,
    /// Headers of the request, without credentials.
    pub request_headers: Vec<(String, String)>,
    /// What was asked.
    pub request: RawBody,
    /// Headers of the answer, without cookies.
    pub response_headers: Vec<(String, String)>,
    /// What was answered.
    pub response: RawBody,
    /// The request as a command for curl, without credentials.
    pub curl: String,
}

/// A redaction to be looked at before it is used.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedactionTrial {
    /// What is looked for, and what becomes of it.
    pub profile: Profile,
}

/// What a redaction would leave.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Redacted {
    /// What would be exported; `None` when the whole conversation is left out.
    pub conversation: Option<Conversation>,
    /// What was found.
    pub findings: Vec<Finding>,
}
