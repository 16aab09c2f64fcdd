//! Turns of the same speaker made one, for trainers that want them to alternate.

use super::super::sample::{Message, Piece, Speaker};

/// Makes one message of several that follow each other from the same speaker. A mask stays where they agree on it.
pub(super) fn merged(messages: Vec<Message>) -> Vec<Message> {
    let mut out: Vec<Message> = Vec::with_capacity(messages.len());
    for message in messages {
        match out.last_mut() {
            Some(last) if joins(last, &message) => join(last, message),
            _ => out.push(message),
        }
    }
    out
}

fn joins(last: &Message, next: &Message) -> bool {
    last.speaker == next.speaker
        && matches!(last.speaker, Speaker::User | Speaker::Assistant)
        && last.calls.is_empty()
}

fn join(last: &mut Message, next: Message) {
    if last.speaker == Speaker::Assistant && !last.pieces.is_empty() && !next.pieces.is_empty() {
        last.pieces.push(Piece::Text("\n".to_owned()));
    }
    last.pieces.extend(next.pieces);
    if !last.reasoning.is_empty() && !next.reasoning.is_empty() {
        last.reasoning.push('\n');
    }
    last.reasoning.push_str(&next.reasoning);
    last.calls = next.calls;
    if last.train != next.train {
        last.train = None;
    }
}
