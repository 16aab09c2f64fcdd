//! What stands out in one conversation, as far as it can be told from that one alone.
//!
//! Every flag is a place to look at. None is a reason to delete, and so each rather stays silent than cries wolf.

mod answers;
mod calls;
mod near;

use postern_store::Standing;

pub use near::bands;

use crate::redact::{self, Danger};
use crate::text::words;
use crate::{Conversation, Flag, Flags, Kind, Part, Role, Turn};

/// A conversation of more characters than this is long.
const LONG_CHARS: usize = 200_000;
/// One of more turns is as well.
const LONG_TURNS: usize = 100;
/// An answer of fewer letters than this is short, unless it answers by a call.
const SHORT: usize = 4;

/// Everything that stands out.
pub fn flags(conversation: &Conversation) -> Flags {
    let mut flags = Flags::default();
    of_the_end(conversation, &mut flags);
    of_size(conversation, &mut flags);
    if conversation.kind == Kind::Chat {
        answers::look(conversation, &mut flags);
        calls::look(conversation, &mut flags);
    }
    of_instructions(conversation, &mut flags);
    for danger in redact::dangers(conversation) {
        flags.set(match danger {
            Danger::Secret => Flag::Secret,
            Danger::Personal => Flag::Personal,
        });
    }
    flags
}

/// How it ended, by what was found when it was read.
fn of_the_end(conversation: &Conversation, flags: &mut Flags) {
    match conversation.standing {
        Standing::Ok => {}
        Standing::Truncated => flags.set(Flag::Truncated),
        Standing::ClientAbort => flags.set(Flag::Aborted),
        Standing::UpstreamError => flags.set(Flag::Error),
        Standing::Blocked => flags.set(Flag::Blocked),
    }
    if conversation.error.is_some() && conversation.standing != Standing::Blocked {
        flags.set(Flag::Error);
    }
}

fn of_size(conversation: &Conversation, flags: &mut Flags) {
    let chars: usize =
        conversation.turns.iter().map(|turn| crate::text::searchable(turn).chars().count()).sum();
    if chars > LONG_CHARS || conversation.turns.len() > LONG_TURNS {
        flags.set(Flag::Long);
    }
    let Some(answer) = answer(conversation) else { return };
    if answer
        .parts
        .iter()
        .all(|part| matches!(part, Part::Text { text } if text.trim().is_empty()) || is_beside(part))
    {
        flags.set(Flag::Empty);
    } else if conversation.kind == Kind::Chat
        && answer.parts.iter().all(|part| matches!(part, Part::Text { .. }) || is_beside(part))
    {
        let said = words(answer);
        let letters: usize =
            said.trim().chars().map(|letter| if crate::text::is_dense(letter) { 2 } else { 1 }).sum();
        if letters < SHORT {
            flags.set(Flag::Short);
        }
    }
}

/// Whether a part says nothing by itself.
fn is_beside(part: &Part) -> bool {
    matches!(part, Part::Reasoning { .. } | Part::Citation { .. })
}

/// Instructions that come after somebody spoke.
fn of_instructions(conversation: &Conversation, flags: &mut Flags) {
    let is_instruction = |turn: &&Turn| matches!(turn.role, Role::System | Role::Developer);
    let later = conversation.turns.iter().skip_while(is_instruction);
    if later.clone().any(|turn| is_instruction(&turn))
        && later.clone().any(|turn| turn.role == Role::Assistant)
    {
        flags.set(Flag::SystemChanged);
    }
}

/// The last answer.
fn answer(conversation: &Conversation) -> Option<&Turn> {
    conversation.turns.last().filter(|turn| turn.role == Role::Assistant)
}

#[cfg(test)]
mod tests;
