use std::ops::Add;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::ToolCall;

/// What happens on the way to an answer and in it. [`Event::Step`]s come first, if at all; the answer begins
/// with [`Event::Started`] and ends with [`Event::Finished`], or with one [`super::Failure`] in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The upstream accepted the request and works on it. May come again, to tell of what else it could not do.
    Started {
        /// The model that answers, as the caller would ask for it again.
        model: String,
        /// What the upstream could not do as asked, in plain words; empty as a rule.
        warnings: Vec<String>,
    },
    /// The upstream got further on its way to the answer. Nothing of the answer itself.
    Step(Step),
    /// The next piece of the answer.
    Text {
        /// The piece.
        text: String,
    },
    /// The next piece of the model's thinking.
    Reasoning {
        /// The piece.
        text: String,
    },
    /// One whole call of a function.
    ToolCall(ToolCall),
    /// A picture the model made.
    Image {
        /// Media type.
        mime: String,
        /// The bytes in base64.
        base64: String,
    },
    /// Speech or another sound the model made.
    Audio {
        /// Media type, for example `audio/wav` or `audio/L16;rate=24000`.
        mime: String,
        /// The bytes in base64; a further one goes on where the last ended.
        base64: String,
    },
    /// A source the answer rests on, as the upstream told it.
    Citation {
        /// The upstream's own form.
        raw: Value,
    },
    /// Token counts so far. The last one holds.
    Usage(Usage),
    /// The answer is complete.
    Finished(Finish),
}

/// What an upstream does before an answer begins, in this order. A request that is tried again passes
/// some of them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// An account was chosen.
    Account {
        /// Its name.
        name: String,
    },
    /// The account had to wait, and its turn came: there is room for its browser, or the pause after its last
    /// request is over. May come at any place.
    Turn,
    /// The account's browser runs.
    Browser,
    /// The page, or a new chat in it, is ready.
    Page,
    /// The page holds the request.
    Form,
    /// The functions are offered to the model in this way. Only where there are some.
    Tools {
        /// The way.
        mode: ToolMode,
    },
    /// The page sent the request.
    Sent,
    /// It waits for something that says nothing meanwhile, such as a function that is being run. May come at any place,
    /// and from time to time as long as it lasts.
    Waits,
}

/// How functions are offered to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ToolMode {
    /// The provider knows of them and says calls in a form of its own.
    Native,
    /// They are described in the instructions, and calls are read from the answer's text.
    Emulated,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model was done, or met a stop text.
    Stop,
    /// The token limit was reached.
    Length,
    /// The model waits for the results of its calls.
    ToolCalls,
    /// The provider withheld the rest.
    ContentFilter,
}

/// Token counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt, cached ones included.
    pub prompt: u64,
    /// Tokens of the answer, reasoning included.
    pub completion: u64,
    /// Of the prompt: served from a cache.
    pub cached: u64,
    /// Of the completion: spent on thinking.
    pub reasoning: u64,
}

impl Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            prompt: self.prompt + other.prompt,
            completion: self.completion + other.completion,
            cached: self.cached + other.cached,
            reasoning: self.reasoning + other.reasoning,
        }
    }
}

impl Usage {
    /// Prompt and completion together.
    pub fn total(&self) -> u64 {
        self.prompt + self.completion
    }
}

/// A whole answer: the fold of its events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    /// The model that answered.
    pub model: String,
    /// What the upstream could not do as asked.
    pub warnings: Vec<String>,
    /// The answer's text.
    pub text: String,
    /// The model's thinking.
    pub reasoning: String,
    /// Its calls, in order.
    pub tool_calls: Vec<ToolCall>,
    /// Pictures it made: media type and base64.
    pub images: Vec<(String, String)>,
    /// Sounds it made: media type and base64, in order.
    pub audio: Vec<(String, String)>,
    /// Its sources, in the upstream's own form.
    pub citations: Vec<Value>,
    /// Token counts, if the upstream told them.
    pub usage: Option<Usage>,
    /// Why it ended; `None` while it has not.
    pub finish: Option<Finish>,
}

impl Completion {
    /// Takes in the next event.
    pub fn push(&mut self, event: Event) {
        match event {
            Event::Started { model, warnings } => {
                self.model = model;
                self.warnings.extend(warnings);
            }
            Event::Step(_) => {}
            Event::Text { text } => self.text.push_str(&text),
            Event::Reasoning { text } => self.reasoning.push_str(&text),
            Event::ToolCall(call) => self.tool_calls.push(call),
            Event::Image { mime, base64 } => self.images.push((mime, base64)),
            Event::Audio { mime, base64 } => self.audio.push((mime, base64)),
            Event::Citation { raw } => self.citations.push(raw),
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Finished(finish) => self.finish = Some(finish),
        }
    }
}
