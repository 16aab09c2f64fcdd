//! Secrets and personal data: where they are in a conversation, and the conversation without them.
//!
//! The database keeps what was said. What is found here is marked for people, and replaced on the way out. Every detector
//! rather misses something than takes ordinary prose or code for a secret: numbers have their check digits checked, keys
//! the lengths their makers give them.

mod apply;
mod checks;
mod detect;
mod random;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use apply::Redactor;

use crate::{Conversation, Part};
use detect::Span;

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sensitive {
    /// An address of e-mail.
    Email,
    /// A telephone number, with a country's code or in the form of Chinese mobile numbers.
    Phone,
    /// An address of the internet, of either version, that is somebody's: none of a private or documented range.
    Ip,
    /// The number of a payment card.
    CreditCard,
    /// An international bank account number.
    Iban,
    /// The number on a Chinese identity card.
    ChineseId,
    /// A user's name in the path of their home directory.
    HomeUser,
    /// A JSON web token.
    Jwt,
    /// A private key in PEM.
    PrivateKey,
    /// A key or token of a service, by its form.
    ApiKey,
    /// A token behind `Bearer`.
    Bearer,
    /// Credentials within a URL.
    UrlCredentials,
    /// The value of a cookie.
    Cookie,
    /// What is called a secret, key, password or token beside it, and looks random.
    Password,
    /// A long random token that nothing beside it calls secret.
    RandomToken,
}

/// Why something is sensitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// Whoever has it can do something with it.
    Secret,
    /// It says who somebody is.
    Personal,
}

impl Sensitive {
    /// Every kind there is.
    pub const ALL: [Self; 15] = [
        Self::Email,
        Self::Phone,
        Self::Ip,
        Self::CreditCard,
        Self::Iban,
        Self::ChineseId,
        Self::HomeUser,
        Self::Jwt,
        Self::PrivateKey,
        Self::ApiKey,
        Self::Bearer,
        Self::UrlCredentials,
        Self::Cookie,
        Self::Password,
        Self::RandomToken,
    ];

    /// Why it is sensitive.
    pub fn danger(self) -> Danger {
        match self {
            Self::Email
            | Self::Phone
            | Self::Ip
            | Self::CreditCard
            | Self::Iban
            | Self::ChineseId
            | Self::HomeUser => Danger::Personal,
            Self::Jwt
            | Self::PrivateKey
            | Self::ApiKey
            | Self::Bearer
            | Self::UrlCredentials
            | Self::Cookie
            | Self::Password
            | Self::RandomToken => Danger::Secret,
        }
    }

    /// Its word within a placeholder.
    fn word(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Ip => "IP",
            Self::CreditCard => "CARD",
            Self::Iban => "IBAN",
            Self::ChineseId => "ID_NUMBER",
            Self::HomeUser => "USER",
            Self::Jwt => "JWT",
            Self::PrivateKey => "PRIVATE_KEY",
            Self::ApiKey => "API_KEY",
            Self::Bearer => "TOKEN",
            Self::UrlCredentials => "CREDENTIALS",
            Self::Cookie => "COOKIE",
            Self::Password => "SECRET",
            Self::RandomToken => "RANDOM",
        }
    }
}

/// What becomes of what is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A placeholder that says what it was, the same for the same thing within a conversation: `<EMAIL_1>`.
    #[default]
    Placeholder,
    /// As many stars.
    Mask,
    /// The beginning of its hash, the same for the same thing in all conversations. Short numbers can be guessed by it.
    Hash,
    /// The whole conversation is left out.
    Drop,
}

/// What to look for, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// These kinds.
    pub kinds: BTreeSet<Sensitive>,
    /// And this becomes of them.
    pub action: Action,
}

impl Default for Profile {
    /// Everything, by placeholders.
    fn default() -> Self {
        Self { kinds: Sensitive::ALL.into_iter().collect(), action: Action::default() }
    }
}

/// Something that was found, for marking it. Places are counted in UTF-16 units, as JavaScript does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SensitiveFinding)]
pub struct Finding {
    /// What it is.
    pub kind: Sensitive,
    /// In which of the turns; a further answer counts on from the last of them.
    pub turn: usize,
    /// In which part of the turn.
    pub part: usize,
    /// Where it begins: in the text of a part, in the arguments of a call, in the texts of a result's parts, joined by line
    /// breaks. Both places are zero in what is kept as it came, where there is no text to mark.
    pub start: usize,
    /// Where it ends; the first unit behind it.
    pub end: usize,
    /// What would stand there; empty where the whole conversation would be left out.
    pub replacement: String,
}

/// Why this conversation is dangerous to hand out.
pub(crate) fn dangers(conversation: &Conversation) -> BTreeSet<Danger> {
    let mut dangers = BTreeSet::new();
    let turns = conversation.turns.iter().chain(conversation.alternatives.iter().map(|other| &other.turn));
    for part in turns.flat_map(|turn| &turn.parts) {
        each_text(part, &mut |text| {
            dangers.extend(detect::spans(text).into_iter().map(|Span { kind, .. }| kind.danger()));
        });
    }
    dangers
}

/// Shows every text of a part.
fn each_text(part: &Part, see: &mut impl FnMut(&str)) {
    match part {
        Part::Text { text } | Part::Reasoning { text, .. } | Part::Refusal { text } => see(text),
        Part::Audio { transcript: Some(text), .. } => see(text),
        Part::ToolCall { arguments, .. } => see(arguments),
        // A result has no results within it.
        Part::ToolResult { parts, .. } => parts.iter().for_each(|part| {
            if let Part::Text { text } = part {
                see(text);
            }
        }),
        Part::Citation { raw } | Part::Other { raw } => each_json_text(raw, see),
        Part::Audio { .. } | Part::Image { .. } | Part::Video { .. } | Part::File { .. } => {}
    }
}

fn each_json_text(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| each_json_text(item, see)),
        Value::Object(fields) => fields.values().for_each(|field| each_json_text(field, see)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests;
