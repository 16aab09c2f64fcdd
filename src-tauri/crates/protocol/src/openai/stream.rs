use serde::Serialize;
use serde_json::Value;

use super::answer::{WireCall, WireImage, WireUsage, finish_reason, is_annotation};
use super::{ErrorBody, Stamp, to_json};
use crate::chat::{Event, Failure, Finish, Usage};

/// An SSE comment that keeps a waiting connection open; clients skip it.
pub const KEEP_ALIVE: &str = ": keep-alive\n\n";

const DONE: &str = "data: [DONE]\n\n";

/// Turns the events of one answer into SSE text.
///
/// The chunk with the role goes out with the first event. Usage waits for [`Event::Finished`], after
/// which come the finish chunk, the usage chunk if it was asked for, and `[DONE]`. Once the stream has
/// ended, by that or by a failure, everything further is ignored.
#[derive(Debug)]
pub struct StreamEncoder {
    id: String,
    created: u64,
    model: String,
    include_usage: bool,
    phase: Phase,
    calls: usize,
    images: usize,
    usage: Option<Usage>,
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
            created: stamp.created,
            model: stamp.model,
            include_usage,
            phase: Phase::Fresh,
            calls: 0,
            images: 0,
            usage: None,
        }
    }

    /// The complete frames to send for this event; may be empty.
    pub fn event(&mut self, event: &Event) -> String {
        if self.phase == Phase::Ended || matches!(event, Event::Step(_)) {
            return String::new();
        }
        let mut out = self.open();
        match event {
            Event::Started { .. } | Event::Step(_) => {}
            Event::Text { text } if text.is_empty() => {}
            Event::Text { text } => out += &self.delta(Delta::Content { content: text }),
            Event::Reasoning { text } if text.is_empty() => {}
            Event::Reasoning { text } => out += &self.delta(Delta::Reasoning { reasoning_content: text }),
            Event::ToolCall(call) => {
                out += &self.delta(Delta::ToolCalls { tool_calls: [WireCall::new(Some(self.calls), call)] });
                self.calls += 1;
            }
            Event::Image { mime, base64 } => {
                out += &self.delta(Delta::Images { images: [WireImage::new(self.images, mime, base64)] });
                self.images += 1;
            }
            Event::Audio { .. } => {}
            Event::Citation { raw } if is_annotation(raw) => {
                out += &self.delta(Delta::Annotations { annotations: [raw] });
            }
            Event::Citation { raw } => out += &self.delta(Delta::Citations { citations: [raw] }),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finished(finish) => out += &self.end(*finish),
        }
        out
    }

    /// The frames that end the stream with an error: the error object, then `[DONE]`.
    pub fn failure(&mut self, failure: &Failure) -> String {
        if self.phase == Phase::Ended {
            return String::new();
        }
        self.phase = Phase::Ended;
        frame(&ErrorBody::from(failure).to_text()) + DONE
    }

    fn open(&mut self) -> String {
        if self.phase != Phase::Fresh {
            return String::new();
        }
        self.phase = Phase::Open;
        self.delta(Delta::Role { role: "assistant", content: "" })
    }

    fn end(&mut self, finish: Finish) -> String {
        self.phase = Phase::Ended;
        let reason = finish_reason(finish, self.calls > 0);
        let mut out = self.chunk(&[Choice::new(Delta::Nothing {}, Some(reason))], None);
        if let Some(usage) = self.usage.filter(|_| self.include_usage) {
            out += &self.chunk(&[], Some(usage.into()));
        }
        out + DONE
    }

    fn delta(&self, delta: Delta<'_>) -> String {
        self.chunk(&[Choice::new(delta, None)], None)
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
    index: u8,
    delta: Delta<'a>,
    logprobs: (),
    finish_reason: Option<&'static str>,
}

impl<'a> Choice<'a> {
    fn new(delta: Delta<'a>, finish_reason: Option<&'static str>) -> Self {
        Self { index: 0, delta, logprobs: (), finish_reason }
    }
}

/// What one chunk adds. A chunk never carries two kinds at once.
#[derive(Serialize)]
#[serde(untagged)]
enum Delta<'a> {
    Role { role: &'static str, content: &'static str },
    Content { content: &'a str },
    Reasoning { reasoning_content: &'a str },
    ToolCalls { tool_calls: [WireCall<'a>; 1] },
    Images { images: [WireImage; 1] },
    Annotations { annotations: [&'a Value; 1] },
    Citations { citations: [&'a Value; 1] },
    Nothing {},
}
