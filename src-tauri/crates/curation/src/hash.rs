//! Hashes by which conversations are linked: two that begin alike have the same hashes at first.
//!
//! What a client changes on its way to the next request changes no hash: ids, seals, thoughts, sources, marks of caches,
//! surrounding blanks, the form of the JSON of arguments, whether a text came in one part or several. Instructions change
//! none either, for the conversation is the same when they change.

use std::borrow::Cow;

use postern_store::Prefix;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::text::collapsed;
use crate::{Conversation, Part, Role, Source, Turn};

/// The hash after each of the turns, in order; all zeros before the first that is no instruction.
pub fn prefixes(conversation: &Conversation) -> Vec<Prefix> {
    let mut last = Prefix::default();
    let chained = conversation.turns.iter().map(|turn| {
        if let Some(words) = canonical(turn) {
            last = cut(Sha256::new().chain_update(last).chain_update(words).finalize());
        }
        last
    });
    chained.collect()
}

/// A hash of all instructions, by which it is seen that they changed.
pub fn instructions(conversation: &Conversation) -> u64 {
    let mut words = String::new();
    for turn in conversation.turns.iter().filter(|turn| matches!(turn.role, Role::System | Role::Developer)) {
        turn.parts.iter().for_each(|part| spoken(part, &mut words));
        words.push('\0');
    }
    let digest = Sha256::digest(collapsed(&words).as_bytes());
    u64::from_be_bytes(std::array::from_fn(|at| digest[at]))
}

/// A hash of all that is said, whatever its case and its blanks. Roles count, and so does what was called.
pub fn text_hash(conversation: &Conversation) -> u64 {
    let mut hash = Sha256::new();
    for turn in &conversation.turns {
        hash.update([mark(turn.role), 0]);
        let mut words = String::new();
        for part in &turn.parts {
            spoken(part, &mut words);
        }
        hash.update(collapsed(&words.to_lowercase()).as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    u64::from_be_bytes(std::array::from_fn(|at| digest[at]))
}

/// The words of a part, with the calls and files among them.
fn spoken(part: &Part, words: &mut String) {
    match part {
        Part::Text { text } | Part::Refusal { text } => words.push_str(text),
        Part::ToolCall { name, arguments, .. } => {
            words.extend(["\n", name, "\n", &canonical_json(arguments), "\n"]);
        }
        Part::ToolResult { parts, .. } => {
            words.push('\n');
            parts.iter().for_each(|part| spoken(part, words));
            words.push('\n');
        }
        Part::Image { source }
        | Part::Audio { source, .. }
        | Part::Video { source }
        | Part::File { source, .. } => {
            words.extend(["\n", address(source), "\n"]);
        }
        Part::Reasoning { .. } | Part::Citation { .. } | Part::Other { .. } => {}
    }
}

fn cut(digest: impl AsRef<[u8]>) -> Prefix {
    let digest = digest.as_ref();
    std::array::from_fn(|at| digest[at])
}

fn mark(role: Role) -> u8 {
    match role {
        Role::System => b's',
        Role::Developer => b'd',
        Role::User => b'u',
        Role::Assistant => b'a',
        Role::Tool => b't',
    }
}

/// The form of a turn that no client changes; `None` for instructions.
fn canonical(turn: &Turn) -> Option<Vec<u8>> {
    if matches!(turn.role, Role::System | Role::Developer) {
        return None;
    }
    let mut form =
        Form { bytes: vec![mark(turn.role)], text: String::new(), answer: turn.role == Role::Assistant };
    turn.parts.iter().for_each(|part| form.part(part));
    form.end_text();
    Some(form.bytes)
}

struct Form {
    bytes: Vec<u8>,
    /// The text so far that nothing but text followed.
    text: String,
    /// Whether it is an answer. Clients do not send back all that is in one.
    answer: bool,
}

impl Form {
    fn part(&mut self, part: &Part) {
        match part {
            Part::Text { text } | Part::Refusal { text } => self.text.push_str(text),
            Part::ToolCall { name, arguments, .. } => self.field(b'c', &[name, &canonical_json(arguments)]),
            Part::ToolResult { parts, .. } => {
                self.end_text();
                self.bytes.push(b'r');
                parts.iter().for_each(|part| self.part(part));
                self.end_text();
            }
            Part::Image { source }
            | Part::Audio { source, .. }
            | Part::Video { source }
            | Part::File { source, .. }
                if !self.answer =>
            {
                self.field(b'm', &[address(source)]);
            }
            Part::Other { raw } if !self.answer => self.field(b'o', &[&sorted(raw).to_string()]),
            Part::Image { .. }
            | Part::Audio { .. }
            | Part::Video { .. }
            | Part::File { .. }
            | Part::Reasoning { .. }
            | Part::Citation { .. }
            | Part::Other { .. } => {}
        }
    }

    fn field(&mut self, kind: u8, texts: &[&str]) {
        self.end_text();
        self.put(kind, texts);
    }

    fn end_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        let said = if self.answer { without_thoughts(&text) } else { &text }.trim();
        if !said.is_empty() {
            self.put(b'x', &[said]);
        }
    }

    /// Each text with its length, so that no two lists of texts look alike.
    fn put(&mut self, kind: u8, texts: &[&str]) {
        self.bytes.push(kind);
        for text in texts {
            self.bytes.extend((text.len() as u64).to_be_bytes());
            self.bytes.extend(text.as_bytes());
        }
    }
}

/// An answer without the thoughts that some put before its words, and some clients cut off.
fn without_thoughts(text: &str) -> &str {
    let begun = text.trim_start();
    for (open, close) in [("<think>", "</think>"), ("<thought>", "</thought>")] {
        if let Some((_, rest)) = begun.strip_prefix(open).and_then(|inner| inner.split_once(close)) {
            return rest;
        }
    }
    text
}

fn address(source: &Source) -> &str {
    match source {
        Source::Media { sha256, .. } => sha256,
        Source::Url(address) | Source::FileId(address) => address,
    }
}

/// Arguments in one form: fields in order, no blanks; what is no JSON without what surrounds it.
fn canonical_json(arguments: &str) -> Cow<'_, str> {
    match serde_json::from_str::<Value>(arguments) {
        Ok(value) => Cow::Owned(sorted(&value).to_string()),
        Err(_) if arguments.trim().is_empty() => Cow::Borrowed("{}"),
        Err(_) => Cow::Borrowed(arguments.trim()),
    }
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().filter(|(name, _)| *name != "cache_control").collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            Value::Object(fields.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests;
