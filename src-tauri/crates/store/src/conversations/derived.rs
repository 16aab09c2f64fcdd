//! What is made of an exchange by those who understand it, and can be made again.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The hash of a conversation up to and including one of its turns.
pub type Prefix = [u8; 16];

/// How a conversation's last answer ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is complete.
    #[default]
    Ok,
    /// A limit of length cut it.
    Truncated,
    /// The client went away before its end.
    ClientAbort,
    /// The upstream failed.
    UpstreamError,
    /// A filter withheld it, or the request was refused.
    Blocked,
}

/// What one exchange says. The store keeps `body` without looking into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Derived {
    /// The conversation, as JSON of whoever derives.
    pub body: Vec<u8>,
    /// The hash after each of its turns, in order. Two conversations that begin alike have the same hashes at first.
    /// Instructions (turns of the system and the developer) leave the hash as it was before them; before the first turn
    /// it is all zeros.
    pub prefixes: Vec<Prefix>,
    /// The hash of all instructions: it tells whether they changed while the conversation went on.
    pub instructions: u64,
    /// How many of the turns the client sent; the rest is the answer.
    pub asked: usize,
    /// What to search in, one text for each turn. Empty texts are not indexed.
    pub texts: Vec<String>,
    /// What is shown and filtered by.
    pub facts: Facts,
    /// The provider's id of the answer, by which a later request may continue it.
    pub answer_id: Option<String>,
    /// The provider's id of the answer that this one continues. The turns before are not in `body`.
    pub continues: Option<String>,
    /// The provider's id of the conversation in which it was asked and answered. The turns before are not in `body`
    /// either: they are those of the exchange before it there that was answered.
    pub kept_in: Option<String>,
}

/// What is shown of a conversation in a list, and what it is filtered by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Facts {
    /// What it is about: the beginning of the first thing a user said.
    pub title: String,
    /// The beginning of the last answer.
    pub preview: String,
    /// What kind of exchange: `chat`, `embedding`, `rerank`, `image`, `audio` or `other`.
    pub kind: String,
    /// The dialect it was held in.
    pub dialect: String,
    /// The model, as the answer says or else as it was asked for.
    pub model: String,
    /// The language of its text, as ISO 639-3; empty when it is not clear.
    pub language: String,
    /// How the last answer ended.
    pub standing: Standing,
    /// How many turns it has.
    pub turns: u32,
    /// How many characters it has.
    pub chars: u64,
    /// Tokens of the request and of the answer, as the provider says or else estimated.
    pub tokens_in: u64,
    /// The same of the answer.
    pub tokens_out: u64,
    /// What stands out, one bit for each flag of whoever derives.
    pub flags: u64,
    /// Conversations with the same text have the same; zero for those without text.
    #[serde(skip)]
    pub text_hash: u64,
    /// Bands of its MinHash signature: conversations that share one are nearly the same. Empty for short ones.
    #[serde(skip)]
    pub bands: Vec<u64>,
}
