//! Why a conversation is left out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a conversation is left out.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    thiserror::Error,
)]
#[schema(as = DropCode)]
pub enum Code {
    /// Nobody answers, or a turn says nothing.
    #[serde(rename = "E_EMPTY")]
    #[error("E_EMPTY")]
    Empty,
    /// The turns are not in an order the trainer takes.
    #[serde(rename = "E_ALTERNATION")]
    #[error("E_ALTERNATION")]
    Alternation,
    /// A result without its call.
    #[serde(rename = "E_ORPHAN_RESULT")]
    #[error("E_ORPHAN_RESULT")]
    OrphanResult,
    /// A call without its result, before the last turn.
    #[serde(rename = "E_UNANSWERED_CALL")]
    #[error("E_UNANSWERED_CALL")]
    UnansweredCall,
    /// Arguments of a call are no JSON object and cannot be made one.
    #[serde(rename = "E_ARGS_JSON")]
    #[error("E_ARGS_JSON")]
    ArgsJson,
    /// Something has no place in the form, or does not follow a schema.
    #[serde(rename = "E_SCHEMA")]
    #[error("E_SCHEMA")]
    Schema,
    /// The answer was cut off or broken off.
    #[serde(rename = "E_TRUNCATED")]
    #[error("E_TRUNCATED")]
    Truncated,
    /// A filter withheld the answer.
    #[serde(rename = "E_BLOCKED")]
    #[error("E_BLOCKED")]
    Blocked,
    /// Another row says the same.
    #[serde(rename = "E_DUP")]
    #[error("E_DUP")]
    Dup,
    /// There is a secret or personal data in it, and such rows were to be left out.
    #[serde(rename = "E_PII")]
    #[error("E_PII")]
    Pii,
    /// It is longer than was allowed.
    #[serde(rename = "E_TOO_LONG")]
    #[error("E_TOO_LONG")]
    TooLong,
    /// A picture, recording or file is missing, or has no place in the form.
    #[serde(rename = "E_MEDIA")]
    #[error("E_MEDIA")]
    Media,
}

/// Why, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub(crate) struct Fault {
    pub(crate) code: Code,
    /// In plain words.
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// A conversation that was left out, as `invalid.jsonl` says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Dropped {
    /// The conversation.
    pub id: String,
    /// Why.
    pub code: Code,
    /// Where, in plain words.
    pub detail: String,
    /// The conversation as it would have gone in, cut when it is long.
    pub sample: String,
}
