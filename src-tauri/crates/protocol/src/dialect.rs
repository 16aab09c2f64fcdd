//! What all dialects have in common: a dialect decodes a request into an [`Asked`], writes events as the bytes its
//! clients expect, and reads the bytes a provider of that dialect answers with.
//!
//! Writers and readers are incremental and indifferent to where a network chunk ends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::RequestId;
use crate::chat::{Completion, Event, Failure, Request};
use crate::media;

/// The words in which a conversation is held over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// OpenAI's Chat Completions.
    Chat,
    /// OpenAI's Responses.
    Responses,
    /// OpenAI's older Completions.
    Completions,
    /// Anthropic's Messages.
    Messages,
    /// Google's generateContent.
    Gemini,
}

impl Dialect {
    /// Its name within signatures that are handed to clients of another dialect.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Responses => "responses",
            Self::Completions => "completions",
            Self::Messages => "messages",
            Self::Gemini => "gemini",
        }
    }

    /// The dialect of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Chat, Self::Responses, Self::Completions, Self::Messages, Self::Gemini]
            .into_iter()
            .find(|dialect| dialect.name() == name)
    }
}

/// What every object of one answer carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Names the request; ids of the answer are made of it.
    pub id: RequestId,
    /// When the answer began, in Unix seconds.
    pub created: u64,
    /// The model as the caller asked for it.
    pub model: String,
}

/// A decoded request of a conversation, and the form in which its answer is wanted.
pub struct Asked {
    /// What is asked.
    pub request: Request,
    /// Whether the answer comes in pieces.
    pub stream: bool,
    /// How the answer is written.
    pub form: Box<dyn AnswerForm>,
}

/// How the answer to one request is written: what the dialect says, and what the caller chose.
pub trait AnswerForm: Send + Sync {
    /// The dialect.
    fn dialect(&self) -> Dialect;

    /// A writer for an answer that comes in pieces.
    fn writer(&self, stamp: Stamp) -> Box<dyn AnswerWriter>;

    /// The media type of an answer that comes in pieces.
    fn content_type(&self) -> &'static str {
        "text/event-stream; charset=utf-8"
    }

    /// The media type of a whole answer.
    fn whole_type(&self) -> &'static str {
        "application/json"
    }

    /// The whole answer, as JSON bytes where [`Self::whole_type`] says nothing else. One without a finish broke off; that is a failure to be told as such.
    fn whole(&self, stamp: &Stamp, completion: &Completion) -> Vec<u8>;
}

/// A request in the words of the provider that is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    /// The body to send.
    pub body: Value,
    /// What of the request the provider cannot be told, in plain words; empty as a rule.
    pub warnings: Vec<String>,
}

/// Turns the events of one answer into the text that a client of the dialect reads. Once the answer has ended, by
/// [`Event::Finished`] or by a failure, everything further is ignored.
pub trait AnswerWriter: Send {
    /// The complete frames to send for this event; may be empty.
    fn event(&mut self, event: &Event) -> String;

    /// The frames that end the answer with an error.
    fn failure(&mut self, failure: &Failure) -> String;

    /// What keeps a waiting connection open; clients skip it. May be empty where the dialect has no such thing.
    fn keep_alive(&mut self) -> String;
}

/// Reads the answer of a provider. It gives the same events wherever the bytes are split: [`Event::Started`] first,
/// [`Event::Finished`] last.
pub trait AnswerReader: Send {
    /// The events that are complete with these bytes.
    ///
    /// # Errors
    ///
    /// What the provider said went wrong, or a [`crate::chat::FailureKind::UpstreamError`] for what it should not have
    /// said. Nothing comes after it.
    fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Failure>;

    /// The events that only the end of the bytes completes.
    ///
    /// # Errors
    ///
    /// A [`crate::chat::FailureKind::Interrupted`] when the answer is not complete, and what [`Self::push`] fails with.
    fn end(&mut self) -> Result<Vec<Event>, Failure>;
}

/// A provider's seal on what it said just before. Only the provider can read it; it wants it back with the
/// conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The dialect of the provider that made it. To others it means nothing.
    pub by: Dialect,
    /// The seal itself.
    pub text: String,
}

impl Signature {
    /// A seal that a provider of this dialect made.
    pub fn new(by: Dialect, text: impl Into<String>) -> Self {
        Self { by, text: text.into() }
    }

    /// As it is handed to a client of this dialect: a foreign seal says whose it is. Google's clients take seals for
    /// bytes, so theirs are base64 to the last letter.
    pub fn for_client(&self, dialect: Dialect) -> String {
        if self.by == dialect {
            return self.text.clone();
        }
        let foreign = format!("{}:{}", self.by.name(), self.text);
        if dialect == Dialect::Gemini { STANDARD.encode(foreign) } else { foreign }
    }

    /// What a client of this dialect handed back. Real seals are base64, which has no colon.
    pub fn from_client(dialect: Dialect, text: &str) -> Self {
        let packed = (dialect == Dialect::Gemini).then(|| media::unpacked(text)).flatten();
        let packed = packed.and_then(|bytes| String::from_utf8(bytes).ok());
        packed
            .as_deref()
            .and_then(Self::foreign)
            .or_else(|| Self::foreign(text))
            .unwrap_or_else(|| Self::new(dialect, text))
    }

    /// A seal that says whose it is.
    fn foreign(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once(':')?;
        Some(Self::new(Dialect::named(name)?, rest))
    }

    /// The seal, if a provider of this dialect made it.
    pub fn meant_for(&self, dialect: Dialect) -> Option<&str> {
        (self.by == dialect).then_some(self.text.as_str())
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn a_foreign_seal_comes_back_as_what_it_was() {
        let seal = Signature::new(Dialect::Gemini, "CiQB+/=");
        assert_eq!(seal.for_client(Dialect::Gemini), "CiQB+/=");
        for dialect in [Dialect::Messages, Dialect::Chat, Dialect::Gemini] {
            let back = Signature::from_client(dialect, &seal.for_client(dialect));
            assert_eq!(back, seal, "{dialect:?}");
        }
        assert_eq!(seal.meant_for(Dialect::Messages), None);
        assert_eq!(Signature::from_client(Dialect::Messages, "strange:abc").by, Dialect::Messages);
    }
    /// Google's SDK for Python decodes them, and encodes them again with the letters of URLs.
    #[test]
    fn a_foreign_seal_is_bytes_to_googles_clients() {
        let seal = Signature::new(Dialect::Messages, "EqQB\u{3bf}?>~");
        let given = seal.for_client(Dialect::Gemini);
        let bytes = STANDARD.decode(&given).expect("base64");
        for back in [given, URL_SAFE.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            assert_eq!(Signature::from_client(Dialect::Gemini, &back), seal, "{back}");
        }
        let own = Signature::from_client(Dialect::Gemini, "CiQB-_8=");
        assert_eq!((own.by, own.text.as_str()), (Dialect::Gemini, "CiQB-_8="));
    }
}
