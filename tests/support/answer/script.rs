//! Answers as tests write them, frame by frame.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Frame, Grounding, Makes, Part, SOUND, Usage, base64_of, echo_picture, echo_sound, echo_text,
    echo_thought, tokens,
};
use crate::scenario::milliseconds;
use crate::wire;

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

    /// Adds a frame of one function call that has neither id nor signature.
    #[must_use]
    pub fn call(self, name: &str, arguments: Value) -> Self {
        self.parts([Part::call(name, arguments)])
    }

    /// Adds a frame of one function call with an id and a thought signature.
    #[must_use]
    pub fn call_signed(self, name: &str, arguments: Value, id: &str, signature: &str) -> Self {
        self.parts([Part::call(name, arguments).with_id(id).signed(signature)])
    }

    /// Adds a frame of one picture, in base64.
    #[must_use]
    pub fn image(self, mime: &str, data: &str) -> Self {
        self.parts([Part::Inline { mime: mime.to_owned(), data: data.to_owned() }])
    }

    /// Adds a frame of a piece of sound.
    #[must_use]
    pub fn audio(self, mime: &str, bytes: &[u8]) -> Self {
        self.parts([Part::Inline { mime: mime.to_owned(), data: base64_of(bytes) }])
    }

    /// Adds a frame of Python that the model had run.
    #[must_use]
    pub fn code(self, source: &str) -> Self {
        self.parts([Part::Code(source.to_owned())])
    }

    /// Adds a frame of what that printed.
    #[must_use]
    pub fn code_result(self, output: &str) -> Self {
        self.parts([Part::CodeResult(output.to_owned())])
    }

    /// Adds a frame that says what the answer leans on.
    #[must_use]
    pub fn grounding(self, grounding: Grounding) -> Self {
        self.frame(Frame { grounding: Some(grounding), ..Frame::default() })
    }

    /// Sends the last frame again, so many times.
    #[must_use]
    pub fn repeated(mut self, times: usize) -> Self {
        if let Some(last @ Step::Frame(_)) = self.steps.last().cloned() {
            self.steps.extend(std::iter::repeat_n(last, times));
        }
        self
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
    pub(crate) fn echo(prompt: &str, thinks: bool, makes: Makes, finish: u32) -> Self {
        let text = echo_text(prompt);
        let thought = if thinks { echo_thought(prompt) } else { String::new() };
        let usage =
            Usage { prompt: tokens(prompt), output: tokens(&text), thoughts: tokens(&thought), cached: 0 };
        let script = if thinks { Self::new().thought(thought) } else { Self::new() };
        let spoken = |script: Self| thirds(&text).into_iter().fold(script, Self::text);
        let script = match makes {
            Makes::Text => spoken(script),
            Makes::Pictures => spoken(script).image("image/png", echo_picture()),
            Makes::Speech => {
                let sound = echo_sound();
                let (one, two) = sound.split_at(sound.len() / 2);
                script.audio(SOUND, one).audio(SOUND, two)
            }
        };
        script.finish(finish, usage)
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

fn thirds(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(characters.len().div_ceil(3).max(1)).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_in_thirds_is_the_whole_echo() {
        let text = echo_text("Grüße 🌍");
        assert_eq!(thirds(&text).len(), 3);
        assert_eq!(thirds(&text).concat(), text);
    }
}
