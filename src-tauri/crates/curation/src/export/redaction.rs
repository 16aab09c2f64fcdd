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

    /// The conversation without it, and what was found. A fault where the whole is to be left out.
    pub(crate) fn of(&self, record: &Record) -> (Result<Record, Fault>, Vec<Sensitive>) {
        let mut found = Vec::new();
        let mut clean = record.clone();
        clean.conversation = self.clean(&record.conversation, &mut found);
        clean.original = record.original.as_ref().map(|original| self.clean(original, &mut found));
        for pair in &mut clean.pairs {
            // Behind the turns, so that the same thing is called the same.
            let ends = [&pair.chosen, &pair.rejected].map(|turn| Alternative {
                at: pair.at,
                turn: turn.clone(),
                finish: String::new(),
            });
            let whole = Conversation { alternatives: ends.to_vec(), ..record.conversation.clone() };
            let mut ends = self.clean(&whole, &mut found).alternatives.into_iter();
            if let (Some(chosen), Some(rejected)) = (ends.next(), ends.next()) {
                (pair.chosen, pair.rejected) = (chosen.turn, rejected.turn);
            }
        }
        let kinds: Vec<Sensitive> = found.iter().map(|finding| finding.kind).collect();
        if self.0.drops(&found) {
            let mut words: Vec<String> = kinds.iter().map(|kind| word(*kind)).collect();
            words.sort();
            words.dedup();
            return (Err(Fault::new(Code::Pii, format!("there is in it: {}", words.join(", ")))), kinds);
        }
        (Ok(clean), kinds)
    }

    /// The conversation, its functions and its error as well; what has no word here loses its form.
    fn clean(&self, conversation: &Conversation, found: &mut Vec<Finding>) -> Conversation {
        let mut whole = conversation.clone();
        let turns = whole.turns.len();
        let text = |text: String| Turn {
            role: Role::System,
            name: None,
            parts: vec![Part::Text { text }],
            train: None,
        };
        whole.turns.push(text(serde_json::to_string(&whole.tools).unwrap_or_default()));
        whole.turns.push(text(whole.error.take().unwrap_or_default()));
        let (mut clean, findings) = self.0.apply(&whole);
        found.extend(findings);
        let mut extra =
            clean.turns.split_off(turns).into_iter().map(|turn| match turn.parts.into_iter().next() {
                Some(Part::Text { text }) => text,
                _ => String::new(),
            });
        let tools: Option<Vec<Tool>> = extra.next().and_then(|tools| serde_json::from_str(&tools).ok());
        // A placeholder within a word of the schema itself would break it; then there are no functions.
        clean.tools = tools.unwrap_or_default();
        clean.error = extra.next().filter(|error| !error.is_empty());
        clean.parameters.clear();
        let others = clean.alternatives.iter_mut().map(|other| &mut other.turn);
        for part in clean.turns.iter_mut().chain(others).flat_map(|turn| &mut turn.parts) {
            forget_raw(part);
        }
        clean
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
