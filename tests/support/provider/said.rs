use serde_json::Value;

use super::received::Received;
use crate::answer::{Usage, echo_text, tokens};

/// What a model says, before it is put into a vendor's wire form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// In this order.
    pub words: Vec<Word>,
    /// Why it ends.
    pub finish: Finish,
    /// Prompt with what was cached of it, visible output, thoughts.
    pub usage: Usage,
}

/// One thing that a model says.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// Visible text.
    Text(String),
    /// Reasoning, with the signature that some vendors put on it.
    Thought {
        /// Its text.
        text: String,
        /// Opaque to everyone but the vendor.
        signature: Option<String>,
    },
    /// A call of a function.
    Call {
        /// Named by the vendor where it is not told.
        id: Option<String>,
        /// The function.
        name: String,
        /// An object.
        arguments: Value,
        /// Gemini puts it on the first call of a step.
        signature: Option<String>,
    },
}

/// Why an answer ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Finish {
    /// By itself: with calls, or with the last word.
    #[default]
    Done,
    /// The allowed length is used up.
    Length,
    /// The vendor's filter stepped in.
    Filtered,
    /// One of the client's stop sequences came.
    StopSequence(String),
    /// In the vendor's own word.
    Native(String),
}

impl Said {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds visible text.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.word(Word::Text(text.into()))
    }

    /// Adds reasoning without a signature.
    #[must_use]
    pub fn thought(self, text: impl Into<String>) -> Self {
        self.word(Word::Thought { text: text.into(), signature: None })
    }

    /// Adds signed reasoning.
    #[must_use]
    pub fn thought_signed(self, text: impl Into<String>, signature: impl Into<String>) -> Self {
        self.word(Word::Thought { text: text.into(), signature: Some(signature.into()) })
    }

    /// Adds a call; the stand-in names and signs it as the vendor does.
    #[must_use]
    pub fn call(self, name: impl Into<String>, arguments: Value) -> Self {
        self.word(Word::Call { id: None, name: name.into(), arguments, signature: None })
    }

    /// Adds a call with this id, signed as the vendor does.
    #[must_use]
    pub fn call_with_id(self, id: impl Into<String>, name: impl Into<String>, arguments: Value) -> Self {
        self.word(Word::Call { id: Some(id.into()), name: name.into(), arguments, signature: None })
    }

    /// Adds anything.
    #[must_use]
    pub fn word(mut self, word: Word) -> Self {
        self.words.push(word);
        self
    }

    /// Ends like this.
    #[must_use]
    pub fn finish(mut self, finish: Finish) -> Self {
        self.finish = finish;
        self
    }

    /// Costs so many tokens: the whole prompt and what was cached of it, visible output, thoughts.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// The answer to a request for which nothing was told: what [`crate::echo_text`] makes of its last words.
    pub(super) fn echo(prompt: &str) -> Self {
        let text = echo_text(prompt);
        let usage = Usage::of(tokens(prompt), tokens(&text));
        Self::new().text(text).usage(usage)
    }

    pub(super) fn calls(&self) -> bool {
        self.words.iter().any(|word| matches!(word, Word::Call { .. }))
    }

    /// Visible text, all of it.
    pub(super) fn visible(&self) -> String {
        let text = self.words.iter().filter_map(|word| match word {
            Word::Text(text) => Some(text.as_str()),
            Word::Thought { .. } | Word::Call { .. } => None,
        });
        text.collect()
    }

    /// Reasoning, all of it.
    pub(super) fn thoughts(&self) -> String {
        let text = self.words.iter().filter_map(|word| match word {
            Word::Thought { text, .. } => Some(text.as_str()),
            Word::Text(_) | Word::Call { .. } => None,
        });
        text.collect()
    }

    /// Counts what can be counted where the turn told nothing.
    pub(super) fn counted(mut self, request: &Received) -> Self {
        if self.usage == Usage::default() {
            self.usage = Usage::of(request.body.len() as u64 / 4, tokens(&self.visible()).max(1));
        }
        self
    }
}

impl Usage {
    pub(super) fn of(prompt: u64, output: u64) -> Self {
        Self { prompt, output, thoughts: 0, cached: 0 }
    }
}

/// Words with what follows them, as tokens come.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(' ')
}

/// Arguments as they are written while a model thinks of them: in fragments that are no JSON by themselves.
pub(super) fn fragments(arguments: &Value) -> Vec<String> {
    let text: Vec<char> = arguments.to_string().chars().collect();
    text.chunks(6).map(|fragment| fragment.iter().collect()).collect()
}
