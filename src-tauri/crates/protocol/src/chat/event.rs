use std::ops::Add;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::ToolCall;
use crate::dialect::Signature;

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
    /// The model declines in these words; a further piece goes on where the last ended.
    Refusal {
        /// The piece.
        text: String,
    },
    /// The provider's seal on the piece before it: a call, a thought, or a text. The seal of a thought ends the thought.
    Signature(Signature),
    /// A thought that only its provider can read, sealed as a whole.
    Sealed(Signature),
    /// One whole call of a function.
    ToolCall(ToolCall),
    /// A call of a function that is told in pieces. It is whole with the next event that is not one of its
    /// [`Event::Arguments`].
    CallBegun {
        /// Identifies the call within the conversation.
        id: String,
        /// The function's name.
        name: String,
    },
    /// The next piece of the arguments of the call that began last.
    Arguments {
        /// The piece of JSON text.
        text: String,
    },
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
    /// Of several alternative answers, what follows belongs to this one. Without it everything belongs to the first.
    Candidate {
        /// Its number, from 0.
        index: u32,
    },
    /// This one of several alternative answers is complete, and the whole is not.
    CandidateFinished(Finish),
    /// The answer is complete, with the alternative that was told last.
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
