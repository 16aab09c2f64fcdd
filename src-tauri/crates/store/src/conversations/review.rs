//! What people think of conversations.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Seq;
use super::derived::{Facts, Standing};
use crate::KeyId;

/// Names a conversation. It stays the same when the conversation grows and when it is derived again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ThreadId(pub i64);

/// What was decided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Nothing yet.
    #[default]
    New,
    /// It goes into exports.
    Approved,
    /// It does not.
    Rejected,
    /// Somebody wants to see it again.
    Later,
}

/// A conversation as it is listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ThreadRow {
    /// Its id.
    pub id: ThreadId,
    /// When it began, in milliseconds of Unix time.
    pub began_ms: i64,
    /// When it last went on.
    pub last_ms: i64,
    /// The exchange that holds all of it.
    pub leaf: Seq,
    /// The conversation that it parted from.
    pub parent: Option<ThreadId>,
    /// After how many turns it parted.
    pub fork_at: Option<u32>,
    /// The server it went to through the path proxy.
    pub host: Option<String>,
    /// The upstream that answered.
    pub upstream: String,
    /// The client key it came with.
    pub key: Option<KeyId>,
    /// How long its last answer took, in milliseconds.
    pub total_ms: i64,
    /// What was derived.
    #[serde(flatten)]
    pub facts: Facts,
    /// What was decided.
    pub state: ReviewState,
    /// 1 to 5.
    pub rating: Option<u8>,
    /// What somebody wrote about it.
    pub note: String,
    /// Its tags, in alphabetical order.
    pub tags: Vec<String>,
    /// Whether it was edited.
    pub edited: bool,
    /// How many conversations are nearly the same, this one included; 1 for one of its kind.
    pub cluster: u32,
}

/// Which conversations are meant. What is empty or absent excludes none; several values of one field mean any of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Only these; all, when there are none.
    pub ids: Vec<ThreadId>,
    /// Words to be found: all of them, or as they stand within quotes. Any part of a Chinese text is found.
    pub text: String,
    /// These states.
    pub states: Vec<ReviewState>,
    /// These ends of the last answer.
    pub standings: Vec<Standing>,
    /// These models, by their whole names.
    pub models: Vec<String>,
    /// These servers of the path proxy.
    pub hosts: Vec<String>,
    /// These upstreams.
    pub upstreams: Vec<String>,
    /// These client keys.
    pub keys: Vec<KeyId>,
    /// These dialects.
    pub dialects: Vec<String>,
    /// These kinds.
    pub kinds: Vec<String>,
    /// These languages.
    pub languages: Vec<String>,
    /// All of these tags.
    pub tags: Vec<String>,
    /// All of these flags, as bits.
    pub flags: u64,
    /// None of these flags.
    pub without_flags: u64,
    /// At least this rating.
    pub rating_from: Option<u8>,
    /// Last spoken at or after this moment, in milliseconds of Unix time.
    pub from_ms: Option<i64>,
    /// Last spoken before this moment.
    pub until_ms: Option<i64>,
    /// Only those that are edited, or only those that are not.
    pub edited: Option<bool>,
    /// Only those nearly the same as this one.
    pub like: Option<ThreadId>,
    /// At least this many tokens, both ways together.
    pub tokens_from: Option<u64>,
    /// At most this many.
    pub tokens_until: Option<u64>,
}

/// Conversations to be changed together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// These.
    Ids(Vec<ThreadId>),
    /// Everything that matches, whether it was seen or not.
    Matching(Box<Filter>),
}

/// What is changed. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// The decision.
    pub state: Option<ReviewState>,
    /// 1 to 5; 0 takes the rating away.
    pub rating: Option<u8>,
    /// The note; an empty one takes it away.
    pub note: Option<String>,
    /// Tags to add.
    pub add_tags: Vec<String>,
    /// Tags to take away.
    pub remove_tags: Vec<String>,
}

/// What a change did, by which it can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Done {
    /// Names the change; later ones have larger numbers. Zero when nothing was changed.
    pub batch: i64,
    /// How many conversations it changed.
    pub changed: u64,
}
