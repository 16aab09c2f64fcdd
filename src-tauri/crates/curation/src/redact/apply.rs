//! Replaces what was found, the same thing by the same word throughout a conversation.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest, Sha256};

use super::detect::{Span, spans};
use super::{Action, Finding, Profile, Sensitive};
use crate::{Conversation, Part, Turn};

/// Takes out of conversations what a profile names.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    profile: Profile,
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
    inner: Option<usize>,
}

impl Redactor {
    /// One that follows this profile.
    pub fn new(profile: Profile) -> Self {
        Self { profile }
    }

    /// The conversation without what the profile names, and what was taken out, in places of the original. Where the
    /// profile says to leave the whole conversation out, it comes back as it is: look at [`Redactor::drops`].
    pub fn apply(&self, conversation: &Conversation) -> (Conversation, Vec<Finding>) {
        let mut words = Words {
            profile: &self.profile,
            known: HashMap::new(),
            counts: BTreeMap::new(),
            found: Vec::new(),
        };
        let mut redacted = conversation.clone();
        let count = redacted.turns.len();
        for (at, turn) in redacted.turns.iter_mut().enumerate() {
            words.turn(at, turn);
        }
        for (at, other) in redacted.alternatives.iter_mut().enumerate() {
            words.turn(count + at, &mut other.turn);
        }
        (redacted, words.found)
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

impl Words<'_> {
    fn turn(&mut self, at: usize, turn: &mut Turn) {
        for (part, said) in turn.parts.iter_mut().enumerate() {
            let place = Place { turn: at, part, inner: None };
            match said {
                Part::Text { text } | Part::Reasoning { text, .. } | Part::Refusal { text } => {
                    self.text(place, text)
                }
                Part::Audio { transcript: Some(text), .. } => self.text(place, text),
                Part::ToolCall { arguments, .. } => self.text(place, arguments),
                Part::ToolResult { parts, .. } => {
                    for (inner, part) in parts.iter_mut().enumerate() {
                        if let Part::Text { text } = part {
                            self.text(Place { inner: Some(inner), ..place }, text);
                        }
                    }
                }
                Part::Audio { .. }
                | Part::Image { .. }
                | Part::Video { .. }
                | Part::File { .. }
                | Part::Citation { .. }
                | Part::Other { .. } => {}
            }
        }
    }

    fn text(&mut self, place: Place, text: &mut String) {
        let spans: Vec<Span> =
            spans(text).into_iter().filter(|span| self.profile.kinds.contains(&span.kind)).collect();
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
            let Place { turn, part, inner } = place;
            self.found.push(Finding {
                kind,
                turn,
                part,
                inner,
                start: units,
                end: units + length,
                replacement,
            });
            units += length;
            at = end;
        }
        redacted.push_str(&text[at..]);
        *text = redacted;
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

/// One form of what can be written in several.
fn same(kind: Sensitive, original: &str) -> String {
    match kind {
        Sensitive::Email => original.to_lowercase(),
        Sensitive::Phone | Sensitive::CreditCard | Sensitive::Iban | Sensitive::ChineseId => original
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric())
            .collect::<String>()
            .to_uppercase(),
        Sensitive::Ip
        | Sensitive::HomeUser
        | Sensitive::Jwt
        | Sensitive::PrivateKey
        | Sensitive::ApiKey
        | Sensitive::Bearer
        | Sensitive::UrlCredentials
        | Sensitive::Cookie
        | Sensitive::Password => original.to_owned(),
    }
}
