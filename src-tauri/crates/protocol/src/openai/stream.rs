use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::answer::{WireCall, WireImage, WireUsage, finish_reason, is_annotation, samples};
use super::seals::{ExtraContent, ThinkingBlock};
use super::{ErrorBody, Stamp, to_json};
use crate::chat::{Event, Failure, Finish, Usage};
use crate::dialect::{AnswerWriter, Signature};

/// An SSE comment that keeps a waiting connection open; clients skip it.
const KEEP_ALIVE: &str = ": keep-alive\n\n";

const DONE: &str = "data: [DONE]\n\n";

/// Turns the events of one answer into SSE text.
///
/// The chunk with the role goes out with the first event. Sources and usage wait for [`Event::Finished`]: official
/// clients put lists without an index together only when they come in one piece. After them come the finish chunk, the usage chunk if it was asked for, and `[DONE]`. Once the stream has
/// ended, by that or by a failure, everything further is ignored.
#[derive(Debug)]
pub struct StreamEncoder {
    id: String,
    /// Goes out with the first piece of sound only, because clients join the texts of all.
    audio_id: Option<String>,
    /// Of the sound, what does not fill a group of base64 yet.
    sound: Vec<u8>,
    created: u64,
    model: String,
    include_usage: bool,
    phase: Phase,
    /// Which of several alternatives is being told.
    candidate: u32,
    /// What was told of each of them.
    told: BTreeMap<u32, Told>,
    images: usize,
    usage: Option<Usage>,
}

/// What was told of one of several alternatives, as far as later chunks depend on it.
#[derive(Debug, Default)]
struct Told {
    calls: usize,
    /// How many thoughts were sealed.
    seals: usize,
    /// The thought since the last seal.
    thought: String,
    last: Last,
    /// The text was sealed. Clients join the texts of all seals, so there is only one.
    sealed: bool,
    citations: Vec<Value>,
}

/// What a seal that comes now would be for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Last {
    Thought,
    Call,
    #[default]
    Other,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Open,
    Ended,
}

impl StreamEncoder {
    /// An encoder for one answer. `include_usage` is what the caller asked for in `stream_options`.
    pub fn new(stamp: Stamp, include_usage: bool) -> Self {
        Self {
            id: stamp.completion_id(),
            audio_id: Some(stamp.audio_id()),
            sound: Vec::new(),
            created: stamp.created,
            model: stamp.model,
            include_usage,
            phase: Phase::Fresh,
            candidate: 0,
            told: BTreeMap::new(),
            images: 0,
            usage: None,
        }
    }

    fn open(&mut self) -> String {
        if self.phase != Phase::Fresh {
            return String::new();
        }
        self.phase = Phase::Open;
        self.delta(Delta::Role { role: "assistant", content: "" })
    }

    /// The next so many bytes of the sound.
    fn sound(&mut self, length: usize) -> String {
        if length == 0 {
            return String::new();
        }
        let data = STANDARD.encode(&self.sound[..length]);
        self.sound.drain(..length);
        let id = self.audio_id.take();
        self.delta(Delta::Audio { audio: WireSound { id, data } })
    }

    fn sources(&mut self) -> String {
        let (annotations, citations): (Vec<Value>, Vec<Value>) =
            std::mem::take(&mut self.told().citations).into_iter().partition(is_annotation);
        let mut out = String::new();
        if !annotations.is_empty() {
            out += &self.delta(Delta::Annotations { annotations: &annotations });
        }
        if !citations.is_empty() {
            out += &self.delta(Delta::Citations { citations: &citations });
        }
        out
    }

    fn end(&mut self, finish: Finish) -> String {
        self.phase = Phase::Ended;
        let mut out = self.close(finish);
        if let Some(usage) = self.usage.filter(|_| self.include_usage) {
            out += &self.chunk(&[], Some(usage.into()));
        }
        out + DONE
    }

    /// What ends one of the alternatives.
    fn close(&mut self, finish: Finish) -> String {
        let mut out = self.sound(self.sound.len());
        out += &self.sources();
        let reason = finish_reason(finish, self.told().calls > 0);
        out + &self.chunk(&[Choice::new(self.candidate, Delta::Nothing {}, Some(reason))], None)
    }

    /// What was told of the alternative that is being told.
    fn told(&mut self) -> &mut Told {
        self.told.entry(self.candidate).or_default()
    }

    /// The number of its next call.
    fn next_call(&mut self) -> usize {
        let told = self.told();
        told.last = Last::Call;
        told.calls += 1;
        told.calls - 1
    }

    fn thought(&mut self, text: &str) -> String {
        let told = self.told();
        if told.last != Last::Thought {
            told.thought.clear();
            told.last = Last::Thought;
        }
        if text.is_empty() {
            return String::new();
        }
        told.thought.push_str(text);
        self.delta(Delta::Reasoning { reasoning_content: text })
    }

    /// The seal of what came last.
    fn seal(&mut self, seal: &Signature) -> String {
        let Told { last, sealed, .. } = *self.told();
        match last {
            Last::Thought => {
                let thought = std::mem::take(&mut self.told().thought);
                self.thinking_block(ThinkingBlock::sealed(&thought, seal))
            }
            Last::Call => {
                let index = self.told().calls.saturating_sub(1);
                let call = WireCall::arguments(index, "").sealed(Some(ExtraContent::of(seal)));
                self.delta(Delta::ToolCalls { tool_calls: [call] })
            }
            Last::Other if sealed => String::new(),
            Last::Other => {
                self.told().sealed = true;
                self.delta(Delta::Seal { content: "", extra_content: ExtraContent::of(seal) })
            }
        }
    }

    fn thinking_block(&mut self, mut block: ThinkingBlock<'_>) -> String {
        let told = self.told();
        told.last = Last::Other;
        block.index = Some(told.seals);
        told.seals += 1;
        self.delta(Delta::Thinking { thinking_blocks: [block] })
    }

    /// A piece that can bear a seal only as the text does.
    fn other(&mut self, delta: Delta<'_>) -> String {
        self.told().last = Last::Other;
        self.delta(delta)
    }

    fn delta(&self, delta: Delta<'_>) -> String {
        self.chunk(&[Choice::new(self.candidate, delta, None)], None)
    }

    fn chunk(&self, choices: &[Choice<'_>], usage: Option<WireUsage>) -> String {
        let chunk = Chunk {
            id: &self.id,
            object: "chat.completion.chunk",
            created: self.created,
            model: &self.model,
            choices,
            usage: self.include_usage.then_some(usage),
        };
        frame(&to_json(&chunk))
    }
}

impl AnswerWriter for StreamEncoder {
    fn event(&mut self, event: &Event) -> String {
        if self.phase == Phase::Ended || matches!(event, Event::Step(_)) {
            return String::new();
        }
        let mut out = self.open();
        match event {
            Event::Started { .. } | Event::Step(_) => {}
            Event::Text { text } if text.is_empty() => {}
            Event::Text { text } => out += &self.other(Delta::Content { content: text }),
            Event::Reasoning { text } => out += &self.thought(text),
            Event::Refusal { text } => out += &self.other(Delta::Refusal { refusal: text }),
            Event::ToolCall(call) => {
                let index = self.next_call();
                out += &self.delta(Delta::ToolCalls { tool_calls: [WireCall::new(Some(index), call)] });
            }
            Event::CallBegun { id, name } => {
                let index = self.next_call();
                out += &self.delta(Delta::ToolCalls { tool_calls: [WireCall::begun(index, id, name)] });
            }
            Event::Arguments { text } => {
                let index = self.told().calls.saturating_sub(1);
                out += &self.delta(Delta::ToolCalls { tool_calls: [WireCall::arguments(index, text)] });
            }
            Event::Signature(seal) => out += &self.seal(seal),
            Event::Sealed(seal) => out += &self.thinking_block(ThinkingBlock::redacted(seal)),
            Event::Candidate { index } => self.candidate = *index,
            Event::CandidateFinished(finish) => out += &self.close(*finish),
            Event::Image { mime, base64 } => {
                out += &self.other(Delta::Images { images: [WireImage::new(self.images, mime, base64)] });
                self.images += 1;
            }
            Event::Audio { mime, base64 } => {
                self.told().last = Last::Other;
                // A file cannot come in pieces, bare samples can.
                self.sound.extend(samples(mime, base64));
                let whole = self.sound.len() - self.sound.len() % 3;
                out += &self.sound(whole);
            }
            Event::Citation { raw } => self.told().citations.push(raw.clone()),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finished(finish) => out += &self.end(*finish),
        }
        out
    }

    fn failure(&mut self, failure: &Failure) -> String {
        if self.phase == Phase::Ended {
            return String::new();
        }
        self.phase = Phase::Ended;
        frame(&ErrorBody::from(failure).to_text()) + DONE
    }

    fn keep_alive(&mut self) -> String {
        KEEP_ALIVE.to_owned()
    }
}

fn frame(json: &str) -> String {
    format!("data: {json}\n\n")
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: &'a [Choice<'a>],
    /// Absent unless usage was asked for; then `null` in every chunk but the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<WireUsage>>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    delta: Delta<'a>,
    logprobs: (),
    finish_reason: Option<&'static str>,
}

impl<'a> Choice<'a> {
    fn new(index: u32, delta: Delta<'a>, finish_reason: Option<&'static str>) -> Self {
        Self { index, delta, logprobs: (), finish_reason }
    }
}

/// The next samples of the sound.
#[derive(Serialize)]
struct WireSound {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    data: String,
}

/// What one chunk adds. A chunk never carries two kinds at once.
#[derive(Serialize)]
#[serde(untagged)]
enum Delta<'a> {
    Role { role: &'static str, content: &'static str },
    Content { content: &'a str },
    Reasoning { reasoning_content: &'a str },
    Thinking { thinking_blocks: [ThinkingBlock<'a>; 1] },
    Seal { content: &'static str, extra_content: ExtraContent },
    Refusal { refusal: &'a str },
    ToolCalls { tool_calls: [WireCall<'a>; 1] },
    Images { images: [WireImage; 1] },
    Audio { audio: WireSound },
    Annotations { annotations: &'a [Value] },
    Citations { citations: &'a [Value] },
    Nothing {},
}
