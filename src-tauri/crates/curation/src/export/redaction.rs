//! Conversations without what is not to leave the house.

use serde_json::Value;

use super::fault::{Code, Fault};
use super::origin::Record;
use crate::conversation::{Alternative, Conversation, Part, Role, Tool, Turn};
use crate::redact::{Finding, Profile, Redactor, Sensitive};

/// Takes out what a profile names.
pub(crate) struct Redaction(Redactor);

impl Redaction {
    pub(crate) fn new(profile: Profile) -> Self {
        Self(Redactor::new(profile))
    }

    /// Takes it out of the conversation, and says what was found. A fault where the whole is to be left out.
    pub(crate) fn clean(&self, record: &mut Record) -> (Result<(), Fault>, Vec<Sensitive>) {
        let mut found = Vec::new();
        for pair in &mut record.pairs {
            // Behind the turns as they were said, so that the same thing is called the same.
            let ends = [&pair.chosen, &pair.rejected].map(|turn| Alternative {
                at: pair.at,
                turn: turn.clone(),
                finish: String::new(),
            });
            let mut whole = Conversation { alternatives: ends.to_vec(), ..record.conversation.clone() };
            self.one(&mut whole, &mut found);
            let mut ends = whole.alternatives.into_iter();
            if let (Some(chosen), Some(rejected)) = (ends.next(), ends.next()) {
                (pair.chosen, pair.rejected) = (chosen.turn, rejected.turn);
            }
        }
        self.one(&mut record.conversation, &mut found);
        if let Some(original) = &mut record.original {
            self.one(original, &mut found);
        }
        let kinds: Vec<Sensitive> = found.iter().map(|finding| finding.kind).collect();
        if self.0.drops(&found) {
            let mut words: Vec<String> = kinds.iter().map(|kind| word(*kind)).collect();
            words.sort();
            words.dedup();
            return (Err(Fault::new(Code::Pii, format!("there is in it: {}", words.join(", ")))), kinds);
        }
        (Ok(()), kinds)
    }

    /// The conversation, its functions and its error as well; what has no word here loses its form.
    fn one(&self, conversation: &mut Conversation, found: &mut Vec<Finding>) {
        let turns = conversation.turns.len();
        let text = |text: String| Turn {
            role: Role::System,
            name: None,
            parts: vec![Part::Text { text }],
            train: None,
        };
        let tools = std::mem::take(&mut conversation.tools);
        let error = conversation.error.take();
        if !tools.is_empty() {
            conversation.turns.push(text(serde_json::to_string(&tools).unwrap_or_default()));
        }
        conversation.turns.extend(error.iter().cloned().map(text));
        conversation.parameters.clear();
        found.extend(self.0.clean(conversation));
        let mut extra =
            conversation.turns.split_off(turns).into_iter().map(|turn| match turn.parts.into_iter().next() {
                Some(Part::Text { text }) => text,
                _ => String::new(),
            });
        if !tools.is_empty() {
            let tools: Option<Vec<Tool>> = extra.next().and_then(|tools| serde_json::from_str(&tools).ok());
            // A placeholder within a word of the schema itself would break it; then there are no functions.
            conversation.tools = tools.unwrap_or_default();
        }
        conversation.error = extra.next().filter(|error| !error.is_empty());
        let others = conversation.alternatives.iter_mut().map(|other| &mut other.turn);
        for part in conversation.turns.iter_mut().chain(others).flat_map(|turn| &mut turn.parts) {
            forget_raw(part);
        }
    }
}

/// Scores of documents are numbers; everything else of the provider's own may say anything.
fn forget_raw(part: &mut Part) {
    match part {
        Part::Citation { raw } => *raw = Value::Null,
        Part::Other { raw } if raw.get("index").is_none() => *raw = Value::Null,
        _ => {}
    }
}

/// The kind as it is counted.
pub(crate) fn word(kind: Sensitive) -> String {
    match serde_json::to_value(kind) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}
