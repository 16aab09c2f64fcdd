//! What stands out in a conversation.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that stands out. Each is a place to look at, never a reason to delete by itself.
///
/// The numbers are bits in the store and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
#[schema(as = ConversationFlag)]
pub enum Flag {
    /// A limit of length cut the answer.
    Truncated = 0,
    /// The model declined.
    Refusal = 1,
    /// A filter withheld the answer.
    Blocked = 2,
    /// There is an error in place of an answer, or within it.
    Error = 3,
    /// The client went away before the end.
    Aborted = 4,
    /// The answer says nothing.
    Empty = 5,
    /// The answer is very short.
    Short = 6,
    /// The conversation is very long.
    Long = 7,
    /// The answer repeats itself.
    Loop = 8,
    /// Arguments of a call are no JSON, or do not follow the function's schema.
    BadArguments = 9,
    /// A call of a function that was not offered.
    UnknownTool = 10,
    /// A call without its result, before the last turn.
    UnansweredCall = 11,
    /// A result without its call.
    OrphanResult = 12,
    /// A call failed.
    ToolError = 13,
    /// JSON was asked for and something else came.
    BadJson = 14,
    /// A block of code is not closed.
    OpenCode = 15,
    /// The answer is in another language than the question.
    LanguageMismatch = 16,
    /// The instructions changed while the conversation went on.
    SystemChanged = 17,
    /// There is a secret in it: a key, a token, a password.
    Secret = 18,
    /// There is personal data in it.
    Personal = 19,
    /// The same text stands in another conversation.
    Duplicate = 20,
    /// Another conversation is nearly the same.
    NearDuplicate = 21,
    /// The exchange could not be read in full.
    Unreadable = 22,
    /// It went on after it was reviewed.
    Grown = 23,
}

/// Several of them, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u64);

impl Flags {
    /// Adds one.
    pub fn set(&mut self, flag: Flag) {
        self.0 |= flag.bit();
    }

    /// Whether it is among them.
    pub fn has(self, flag: Flag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// All of them, in their order.
    pub fn list(self) -> Vec<Flag> {
        Flag::ALL.into_iter().filter(|flag| self.has(*flag)).collect()
    }
}

impl Flag {
    /// Every flag there is, in the order of its bits.
    pub const ALL: [Self; 24] = [
        Self::Truncated,
        Self::Refusal,
        Self::Blocked,
        Self::Error,
        Self::Aborted,
        Self::Empty,
        Self::Short,
        Self::Long,
        Self::Loop,
        Self::BadArguments,
        Self::UnknownTool,
        Self::UnansweredCall,
        Self::OrphanResult,
        Self::ToolError,
        Self::BadJson,
        Self::OpenCode,
        Self::LanguageMismatch,
        Self::SystemChanged,
        Self::Secret,
        Self::Personal,
        Self::Duplicate,
        Self::NearDuplicate,
        Self::Unreadable,
        Self::Grown,
    ];

    /// Its bit.
    pub fn bit(self) -> u64 {
        1 << self as u8
    }
}
