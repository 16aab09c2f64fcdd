//! What happened in an answer and its caller was not told: calls that servers ran. When an answer ends with calls for
//! the caller, the caller comes back with their results, and the model is to find everything as it was.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use postern_protocol::chat::{Message, Part, Request, Role, ToolCall};

/// Most answers that are remembered, and most bytes of text in them. The oldest go first.
const MOST: usize = 500;
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// What was not told, in memory only.
#[derive(Default)]
pub(super) struct Past {
    kept: Mutex<Kept>,
    mark: RandomState,
}

#[derive(Default)]
struct Kept {
    entries: VecDeque<Entry>,
    bytes: usize,
}

struct Entry {
    mark: u64,
    /// What stands in the place of the message that the caller knows.
    untold: Vec<Message>,
    bytes: usize,
}

impl Past {
    /// Whether the conversation has an answer of which more is known.
    pub(super) fn knows(&self, request: &Request) -> bool {
        let kept = self.kept();
        !kept.entries.is_empty() && self.marks(&request.messages).any(|(_, mark)| kept.find(mark).is_some())
    }

    /// Whether nothing is kept.
    pub(super) fn is_empty(&self) -> bool {
        self.kept().entries.is_empty()
    }

    /// Keeps what really happened where the caller is told `calls` after these messages.
    pub(super) fn keep(&self, before: &[Message], calls: &[ToolCall], untold: Vec<Message>) {
        let bytes = untold.iter().flat_map(|message| &message.parts).map(size).sum();
        let mark = self.mark(before, calls.iter());
        let mut kept = self.kept();
        kept.bytes += bytes;
        kept.entries.push_back(Entry { mark, untold, bytes });
        while kept.entries.len() > MOST || kept.bytes > MOST_BYTES {
            let Some(oldest) = kept.entries.pop_front() else { break };
            kept.bytes -= oldest.bytes;
        }
    }

    /// Puts what really happened in the place of what the caller knows.
    pub(super) fn restore(&self, messages: &mut Vec<Message>) {
        let kept = self.kept();
        let found: Vec<(usize, Vec<Message>)> = self
            .marks(messages)
            .filter_map(|(place, mark)| Some((place, kept.find(mark)?.untold.clone())))
            .collect();
        drop(kept);
        for (place, untold) in found.into_iter().rev() {
            messages.splice(place..=place, untold);
        }
    }

    /// The answers with calls in a conversation: where they stand, and what they are known by.
    fn marks<'a>(&'a self, messages: &'a [Message]) -> impl Iterator<Item = (usize, u64)> + 'a {
        messages.iter().enumerate().filter(|(_, message)| message.role == Role::Assistant).filter_map(
            move |(place, message)| {
                let mut calls = calls_of(message).peekable();
                calls.peek()?;
                Some((place, self.mark(messages.get(..place)?, calls)))
            },
        )
    }

    /// An answer is known by its calls and by what was asked: nobody who knows less gets what is kept.
    fn mark<'a>(&self, before: &[Message], calls: impl Iterator<Item = &'a ToolCall>) -> u64 {
        let asked = before.iter().rev().find(|message| message.role == Role::User).map(Message::plain_text);
        let calls: Vec<(&str, &str, &str)> =
            calls.map(|call| (call.id.as_str(), call.name.as_str(), call.arguments.as_str())).collect();
        self.mark.hash_one((asked, calls))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&self, mark: u64) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.mark == mark)
    }
}

fn calls_of(message: &Message) -> impl Iterator<Item = &ToolCall> {
    message.parts.iter().filter_map(|part| if let Part::ToolCall(call) = part { Some(call) } else { None })
}

fn size(part: &Part) -> usize {
    match part {
        Part::Text { text }
        | Part::Reasoning { text }
        | Part::Refusal { text }
        | Part::ToolResult { text, .. } => text.len(),
        Part::ToolCall(call) => call.name.len() + call.arguments.len(),
        Part::Signature(seal) | Part::Sealed(seal) => seal.text.len(),
        Part::Image { .. } | Part::Audio { .. } | Part::Video { .. } | Part::File { .. } => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(id: &str) -> ToolCall {
        ToolCall { id: id.to_owned(), name: "f".to_owned(), arguments: "{}".to_owned() }
    }

    fn answer(id: &str) -> Message {
        Message { role: Role::Assistant, name: None, parts: vec![Part::ToolCall(call(id))] }
    }

    fn asked(text: &str, answers: &[&str]) -> Vec<Message> {
        let answers = answers.iter().map(|id| answer(id));
        std::iter::once(Message::text(Role::User, text)).chain(answers).collect()
    }

    #[test]
    fn what_was_not_told_comes_back_in_its_place() {
        let past = Past::default();
        let untold = |text: &str| vec![Message::text(Role::Tool, text), answer(text)];
        past.keep(&asked("Hi", &[]), &[call("one")], untold("first"));
        past.keep(&asked("Hi", &["one"]), &[call("two")], untold("second"));
        let mut messages = asked("Hi", &["one", "two", "three"]);
        assert!(past.knows(&Request { messages: messages.clone(), ..Request::default() }));
        past.restore(&mut messages);
        let expected: Vec<Message> = asked("Hi", &[])
            .into_iter()
            .chain(untold("first"))
            .chain(untold("second"))
            .chain([answer("three")])
            .collect();
        assert_eq!(messages, expected);
    }

    #[test]
    fn who_does_not_know_the_conversation_gets_nothing() {
        let past = Past::default();
        past.keep(&asked("Hi", &[]), &[call("one")], vec![Message::text(Role::Tool, "secret")]);
        for messages in [asked("Ho", &["one"]), asked("Hi", &["two"]), asked("Hi", &[])] {
            let mut restored = messages.clone();
            past.restore(&mut restored);
            assert_eq!(restored, messages);
            assert!(!past.knows(&Request { messages, ..Request::default() }));
        }
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let past = Past::default();
        let large = || vec![Message::text(Role::Tool, "x".repeat(MOST_BYTES / 2))];
        for id in ["one", "two", "three"] {
            past.keep(&asked("Hi", &[]), &[call(id)], large());
        }
        let knows = |id: &str| past.knows(&Request { messages: asked("Hi", &[id]), ..Request::default() });
        assert_eq!([knows("one"), knows("two"), knows("three")], [false, true, true]);
    }
}
