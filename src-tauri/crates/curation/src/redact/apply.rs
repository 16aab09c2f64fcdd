//! Replaces what was found, the same thing by the same word throughout a conversation.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::detect::{Span, spans};
use super::{Action, Finding, Profile, Sensitive};
use crate::{Conversation, Part, Turn};

/// Takes out of conversations what a profile names.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    profile: Profile,
}

impl Redactor {
    /// One that follows this profile.
    pub fn new(profile: Profile) -> Self {
        Self { profile }
    }

    /// The conversation without what the profile names, and what was taken out, in places of the original. Where the
    /// profile says to leave the whole conversation out, it comes back as it is: look at [`Redactor::drops`].
    pub fn apply(&self, conversation: &Conversation) -> (Conversation, Vec<Finding>) {
        let mut redacted = conversation.clone();
        let found = self.clean(&mut redacted);
        (redacted, found)
    }

    /// The same to the conversation itself. Where nothing is found nothing is copied.
    pub(crate) fn clean(&self, redacted: &mut Conversation) -> Vec<Finding> {
        let mut words = Words::new(&self.profile);
        let count = redacted.turns.len();
        for (at, turn) in redacted.turns.iter_mut().enumerate() {
            words.turn(at, turn);
        }
        for (at, other) in redacted.alternatives.iter_mut().enumerate() {
            words.turn(count + at, &mut other.turn);
        }
        let found = std::mem::take(&mut words.found);
        if let Some(error) = &mut redacted.error {
            words.text(error, None);
        }
        redacted.parameters.values_mut().for_each(|value| words.json(value, None));
        for tool in &mut redacted.tools {
            tool.description.iter_mut().for_each(|text| words.text(text, None));
            tool.parameters.iter_mut().for_each(|schema| words.json(schema, None));
        }
        found
    }

    /// What would be taken out.
    pub fn findings(&self, conversation: &Conversation) -> Vec<Finding> {
        self.apply(conversation).1
    }

    /// Whether the whole conversation is to be left out for what was found.
    pub fn drops(&self, findings: &[Finding]) -> bool {
        self.profile.action == Action::Drop && !findings.is_empty()
    }
}

/// What stands for what, within one conversation.
struct Words<'a> {
    profile: &'a Profile,
    known: HashMap<(Sensitive, String), usize>,
    counts: BTreeMap<Sensitive, usize>,
    found: Vec<Finding>,
}

/// Where a text is.
#[derive(Clone, Copy)]
struct Place {
    turn: usize,
    part: usize,
    /// Where in the text of the part it begins, in UTF-16 units; `None` where the part has no text to speak of.
    from: Option<usize>,
}

impl<'a> Words<'a> {
    fn new(profile: &'a Profile) -> Self {
        Self { profile, known: HashMap::new(), counts: BTreeMap::new(), found: Vec::new() }
    }

    fn turn(&mut self, turn: usize, said: &mut Turn) {
        for (at, part) in said.parts.iter_mut().enumerate() {
            self.part(Place { turn, part: at, from: Some(0) }, part);
        }
    }

    fn part(&mut self, place: Place, part: &mut Part) {
        let nowhere = Some(Place { from: None, ..place });
        match part {
            Part::Text { text } | Part::Reasoning { text, .. } | Part::Refusal { text } => {
                self.text(text, Some(place));
            }
            Part::Audio { transcript: Some(text), .. } => self.text(text, Some(place)),
            Part::ToolCall { arguments, .. } => self.text(arguments, Some(place)),
            Part::ToolResult { parts, .. } => {
                let mut from = 0;
                for part in parts {
                    let units = words_of(part).encode_utf16().count();
                    self.part(Place { from: place.from.map(|before| before + from), ..place }, part);
                    from += units + 1;
                }
            }
            Part::File { name: Some(name), .. } => self.text(name, nowhere),
            Part::Citation { raw } | Part::Other { raw } => self.json(raw, nowhere),
            Part::Audio { .. } | Part::File { .. } | Part::Image { .. } | Part::Video { .. } => {}
        }
    }

    /// Every text in what is kept as it came.
    fn json(&mut self, value: &mut Value, place: Option<Place>) {
        match value {
            Value::String(text) => self.text(text, place),
            Value::Array(items) => items.iter_mut().for_each(|item| self.json(item, place)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.json(field, place)),
            Value::Number(number) => {
                let mut text = number.to_string();
                let before = self.found.len();
                self.text(&mut text, place);
                if self.found.len() > before && self.profile.action != Action::Drop {
                    *value = Value::String(text);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn text(&mut self, text: &mut String, place: Option<Place>) {
        let mut spans = spans(text);
        spans.retain(|span| self.profile.kinds.contains(&span.kind));
        if spans.is_empty() {
            return;
        }
        let (mut redacted, mut at, mut units) = (String::with_capacity(text.len()), 0, 0);
        for Span { kind, start, end } in spans {
            let original = &text[start..end];
            let replacement = self.replacement(kind, original);
            units += text[at..start].encode_utf16().count();
            let length = original.encode_utf16().count();
            redacted.push_str(&text[at..start]);
            redacted.push_str(if self.profile.action == Action::Drop { original } else { &replacement });
            // What is in no turn is replaced and not shown.
            if let Some(Place { turn, part, from }) = place {
                let (start, end) = from.map_or((0, 0), |from| (from + units, from + units + length));
                self.found.push(Finding { kind, turn, part, start, end, replacement });
            }
            units += length;
            at = end;
        }
        redacted.push_str(&text[at..]);
        *text = self.still_json(text, redacted);
    }

    /// JSON stays JSON: a number that is replaced becomes a text.
    fn still_json(&self, original: &str, redacted: String) -> String {
        let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        if !original.trim_start().starts_with(['{', '[']) || is_json(&redacted) {
            return redacted;
        }
        let Ok(mut value) = serde_json::from_str::<Value>(original) else { return redacted };
        let mut inner =
            Words { known: self.known.clone(), counts: self.counts.clone(), ..Words::new(self.profile) };
        let somewhere = Place { turn: 0, part: 0, from: None };
        inner.json(&mut value, Some(somewhere));
        value.to_string()
    }

    fn replacement(&mut self, kind: Sensitive, original: &str) -> String {
        match self.profile.action {
            Action::Placeholder => {
                let counts = &mut self.counts;
                let number = *self.known.entry((kind, same(kind, original))).or_insert_with(|| {
                    let count = counts.entry(kind).or_default();
                    *count += 1;
                    *count
                });
                format!("<{}_{number}>", kind.word())
            }
            Action::Mask => "*".repeat(original.chars().count()),
            Action::Hash => {
                let digest = Sha256::digest(same(kind, original));
                let hash: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
                format!("<{}:{hash}>", kind.word())
            }
            Action::Drop => String::new(),
        }
    }
}

/// The text of a part of a result, as it counts for places.
fn words_of(part: &Part) -> &str {
    match part {
        Part::Text { text } | Part::Reasoning { text, .. } | Part::Refusal { text } => text,
        Part::Audio { transcript, .. } => transcript.as_deref().unwrap_or_default(),
        Part::ToolCall { arguments, .. } => arguments,
        Part::Image { .. }
        | Part::Video { .. }
        | Part::File { .. }
        | Part::ToolResult { .. }
        | Part::Citation { .. }
        | Part::Other { .. } => "",
    }
}

/// One form of what can be written in several.
fn same(kind: Sensitive, original: &str) -> String {
    match kind {
        Sensitive::Email => original.to_lowercase(),
        Sensitive::Phone | Sensitive::CreditCard | Sensitive::Iban | Sensitive::ChineseId => {
            original.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase()
        }
        Sensitive::Ip
        | Sensitive::HomeUser
        | Sensitive::Jwt
        | Sensitive::PrivateKey
        | Sensitive::ApiKey
        | Sensitive::Bearer
        | Sensitive::UrlCredentials
        | Sensitive::Cookie
        | Sensitive::Password
        | Sensitive::RandomToken => original.to_owned(),
    }
}
