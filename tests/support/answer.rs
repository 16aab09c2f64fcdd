use std::fmt::Write as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::scenario::milliseconds;
use crate::wire;

/// What a request is answered with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Made from the prompt: [`echo_thought`] if the model thinks, then [`echo_text`] in three frames.
    #[default]
    Echo,
    /// Written by the test.
    Script(Script),
}

impl From<Script> for Answer {
    fn from(script: Script) -> Self {
        Self::Script(script)
    }
}

/// The text that [`Answer::Echo`] gives to a prompt: its length in bytes, its SHA-256 and its beginning.
pub fn echo_text(prompt: &str) -> String {
    let head: String = prompt.chars().take(80).collect();
    format!("You sent {} bytes with SHA-256 {}.\n\nThey begin: {head}", prompt.len(), hex_sha256(prompt))
}

/// The thought that [`Answer::Echo`] has about a prompt.
pub fn echo_thought(prompt: &str) -> String {
    format!("**Counting**\n\nThe prompt has {} characters.", prompt.chars().count())
}

fn hex_sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Token counts of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt: u64,
    /// Tokens of the visible answer.
    pub output: u64,
    /// Tokens of the thoughts.
    pub thoughts: u64,
    /// Prompt tokens that came from a cache.
    pub cached: u64,
}

/// One part of a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Text of the answer.
    Text(String),
    /// Text of a thought.
    Thought(String),
    /// Text that carries a thought signature: a part of length 15.
    SignedText {
        /// The text.
        text: String,
        /// The signature.
        signature: String,
    },
    /// A function call.
    Call {
        /// The function.
        name: String,
        /// Its arguments.
        arguments: Map<String, Value>,
        /// The call's id.
        id: Option<String>,
        /// The thought signature; with it the part has length 15.
        signature: Option<String>,
    },
    /// Bytes, such as an image.
    Inline {
        /// Their type.
        mime: String,
        /// Base64.
        data: String,
    },
    /// Anything else, as it goes over the wire.
    Raw(Value),
}

impl Part {
    fn value(&self) -> Value {
        match self {
            Self::Text(text) => wire::slots([(1, json!(text))]),
            Self::Thought(text) => wire::slots([(1, json!(text)), (12, json!(1))]),
            Self::SignedText { text, signature } => wire::slots([(1, json!(text)), (14, json!(signature))]),
            Self::Call { name, arguments, id, signature } => {
                let call = wire::slots([(0, json!(name)), (1, wire::arguments(arguments)), (2, json!(id))]);
                wire::slots([(10, call), (14, json!(signature))])
            }
            Self::Inline { mime, data } => wire::slots([(2, json!([mime, data]))]),
            Self::Raw(value) => value.clone(),
        }
    }
}

/// One element of the streamed array.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Frame {
    /// What it carries.
    pub parts: Vec<Part>,
    /// Finish code, in the closing frame.
    pub finish: Option<u32>,
    /// Finish message.
    pub message: Option<String>,
    /// Token counts so far.
    pub usage: Option<Usage>,
}

impl Frame {
    fn value(&self) -> Value {
        let parts: Vec<Value> = self.parts.iter().map(Part::value).collect();
        let content = if parts.is_empty() { Value::Null } else { json!([parts, "model"]) };
        let candidate = wire::slots([(0, content), (1, json!(self.finish)), (3, json!(self.message))]);
        let usage = self.usage.map_or(Value::Null, |usage| {
            let total = usage.prompt + usage.output + usage.thoughts;
            json!([
                usage.prompt,
                usage.output,
                total,
                usage.cached,
                null,
                null,
                null,
                null,
                null,
                usage.thoughts
            ])
        });
        let response_id = if usage.is_null() { Value::Null } else { json!("v1_standin") };
        wire::slots([(0, json!([candidate])), (2, usage), (7, response_id)])
    }
}

/// One step of a scripted answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Sends a frame.
    Frame(Frame),
    /// Waits until the test opens the gate of this name ([`crate::Control::open_gate`]).
    Gate(String),
    /// Waits for a time (milliseconds in JSON).
    Pause(#[serde(with = "milliseconds")] Duration),
}

/// An answer, step by step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Script {
    /// The steps. The array is opened before the first frame and closed after the last step.
    pub steps: Vec<Step>,
    /// Sizes in bytes, used in turn and over again, of the network chunks in which frames are sent;
    /// borders fall where they fall, also inside a character. Empty for one chunk per frame, which is
    /// then sent as the site sends it, compressed.
    pub chunk_bytes: Vec<usize>,
    /// Begins with the guard `)]}'` and a line break.
    pub guard: bool,
    /// Leaves out nulls that stand before another element.
    pub elide_nulls: bool,
}

impl Script {
    /// An answer without any step yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a frame of one text part.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.parts([Part::Text(text.into())])
    }

    /// Adds a frame of one thought.
    #[must_use]
    pub fn thought(self, text: impl Into<String>) -> Self {
        self.parts([Part::Thought(text.into())])
    }

    /// Adds a frame of several parts.
    #[must_use]
    pub fn parts(self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.frame(Frame { parts: parts.into_iter().collect(), ..Frame::default() })
    }

    /// Adds the closing frame.
    #[must_use]
    pub fn finish(self, code: u32, usage: Usage) -> Self {
        self.frame(Frame { finish: Some(code), usage: Some(usage), ..Frame::default() })
    }

    /// Adds any frame.
    #[must_use]
    pub fn frame(self, frame: Frame) -> Self {
        self.step(Step::Frame(frame))
    }

    /// Waits for the gate of this name.
    #[must_use]
    pub fn gate(self, name: &str) -> Self {
        self.step(Step::Gate(name.to_owned()))
    }

    /// Waits for a time.
    #[must_use]
    pub fn pause(self, duration: Duration) -> Self {
        self.step(Step::Pause(duration))
    }

    /// Cuts the frames into network chunks of these sizes.
    #[must_use]
    pub fn chunked(self, sizes: impl Into<Vec<usize>>) -> Self {
        Self { chunk_bytes: sizes.into(), ..self }
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The whole answer to a prompt, scripted.
    pub(crate) fn echo(prompt: &str, thinks: bool, finish: u32) -> Self {
        let text = echo_text(prompt);
        let thought = if thinks { echo_thought(prompt) } else { String::new() };
        let usage =
            Usage { prompt: tokens(prompt), output: tokens(&text), thoughts: tokens(&thought), cached: 0 };
        let script = if thinks { Self::new().thought(thought) } else { Self::new() };
        thirds(&text).into_iter().fold(script, Self::text).finish(finish, usage)
    }

    /// Only the thoughts of the answer, and the end.
    pub(crate) fn thoughts(prompt: &str) -> Self {
        let thought = echo_thought(prompt);
        let usage = Usage { prompt: tokens(prompt), thoughts: tokens(&thought), ..Usage::default() };
        Self::new().thought(thought).finish(1, usage)
    }

    /// Nothing but the closing frame.
    pub(crate) fn closing(prompt: &str, finish: u32) -> Self {
        Self::new().finish(finish, Usage { prompt: tokens(prompt), ..Usage::default() })
    }

    /// The text of the stream before the first frame.
    pub(crate) fn opening(&self) -> &'static str {
        if self.guard { ")]}'\n[[" } else { "[[" }
    }

    /// A frame as text.
    pub(crate) fn render(&self, frame: &Frame) -> String {
        let value = frame.value();
        if self.elide_nulls { wire::elided(&value) } else { value.to_string() }
    }
}

/// The number of tokens that the stand-in counts in a text.
pub(crate) fn tokens(text: &str) -> u64 {
    text.len().div_ceil(4) as u64
}

fn thirds(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(characters.len().div_ceil(3).max(1)).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_the_shape_of_the_wire() {
        let thought = Frame { parts: vec![Part::Thought("t".into())], ..Frame::default() };
        assert_eq!(
            thought.value().to_string(),
            r#"[[[[[[null,"t",null,null,null,null,null,null,null,null,null,null,1]],"model"]]]]"#
        );
        let usage = Usage { prompt: 11, output: 6, thoughts: 9, cached: 0 };
        let closing = Frame { finish: Some(1), usage: Some(usage), ..Frame::default() };
        assert_eq!(
            closing.value().to_string(),
            r#"[[[null,1]],null,[11,6,26,0,null,null,null,null,null,9],null,null,null,null,"v1_standin"]"#
        );
    }

    #[test]
    fn signed_parts_are_fifteen_long() {
        let text = Part::SignedText { text: "a".into(), signature: "s".into() };
        let call = Part::Call {
            name: "f".into(),
            arguments: Map::new(),
            id: Some("c".into()),
            signature: Some("s".into()),
        };
        for part in [text, call] {
            assert_eq!(part.value().as_array().map(Vec::len), Some(15));
        }
    }

    #[test]
    fn an_echo_in_thirds_is_the_whole_echo() {
        let text = echo_text("Grüße 🌍");
        assert_eq!(thirds(&text).len(), 3);
        assert_eq!(thirds(&text).concat(), text);
    }
}
