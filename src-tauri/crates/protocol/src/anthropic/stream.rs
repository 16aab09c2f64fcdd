use serde::Serialize;
use serde_json::{Value, json};

use super::blocks::{Block, WireUsage, citation, input, stop_details, stop_reason};
use super::error::error_text;
use super::to_json;
use crate::chat::{Event, Failure, Finish, ToolCall, Usage};
use crate::dialect::{AnswerWriter, Dialect, Signature, Stamp};

/// Clients skip it.
const PING: &str = "event: ping\ndata: {\"type\": \"ping\"}\n\n";

/// Turns the events of one answer into the event stream of `POST /v1/messages`.
///
/// `message_start` goes out with the first event. A content block is opened by what belongs into it and closed by what does
/// not. Of several alternative answers the first is told. Once the stream has ended, by [`Event::Finished`] or by a failure,
/// everything further is ignored.
#[derive(Debug)]
pub struct Writer {
    stamp: Stamp,
    /// How many tokens the prompt was guessed to have.
    prompt: u64,
    phase: Phase,
    open: Open,
    /// The number of the next block.
    next: usize,
    calls: usize,
    /// Sources that wait for a text.
    citations: Vec<Value>,
    refusal: String,
    usage: Option<Usage>,
    /// Which of several alternatives is being told.
    candidate: u32,
    /// Why the first of them ended, while others are told.
    finished: Option<Finish>,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Told,
    Ended,
}

/// The block that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    Text,
    Thinking,
    Call,
}

impl Writer {
    /// A writer for one answer. `prompt` is how many tokens its prompt has, as far as that can be guessed: the first event
    /// tells it, before anybody has counted.
    pub fn new(stamp: Stamp, prompt: u64) -> Self {
        Self {
            stamp,
            prompt,
            phase: Phase::Fresh,
            open: Open::Nothing,
            next: 0,
            calls: 0,
            citations: Vec::new(),
            refusal: String::new(),
            usage: None,
            candidate: 0,
            finished: None,
        }
    }

    fn start(&mut self) -> String {
        if self.phase != Phase::Fresh {
            return String::new();
        }
        self.phase = Phase::Told;
        let message = json!({
            "id": format!("msg_{}", self.stamp.id),
            "type": "message",
            "role": "assistant",
            "model": self.stamp.model,
            "content": [],
            "stop_reason": null,
            "stop_sequence": null,
            "usage": WireUsage::of(self.usage, self.prompt),
        });
        frame("message_start", &json!({ "type": "message_start", "message": message }))
    }

    /// Closes what is open, unless it is of this kind, and opens this block.
    fn open(&mut self, kind: Open, block: &Block<'_>) -> String {
        if self.open == kind && kind != Open::Call {
            return String::new();
        }
        let mut out = self.close();
        out += &frame(
            "content_block_start",
            &BlockStart { kind: "content_block_start", index: self.next, content_block: block },
        );
        self.open = kind;
        out
    }

    fn close(&mut self) -> String {
        if self.open == Open::Nothing {
            return String::new();
        }
        let mut out = if self.open == Open::Text { self.cite() } else { String::new() };
        out += &frame("content_block_stop", &json!({ "type": "content_block_stop", "index": self.next }));
        self.open = Open::Nothing;
        self.next += 1;
        out
    }

    fn delta(&self, delta: &Delta<'_>) -> String {
        frame("content_block_delta", &BlockDelta { kind: "content_block_delta", index: self.next, delta })
    }

    /// The sources of the text that is open.
    fn cite(&mut self) -> String {
        std::mem::take(&mut self.citations)
            .iter()
            .map(|citation| self.delta(&Delta::Citations { citation }))
            .collect()
    }

    fn text(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let out = self.open(Open::Text, &Block::Text { text: "", citations: Vec::new() });
        out + &self.delta(&Delta::Text { text })
    }

    fn thinking(&mut self, thinking: &str) -> String {
        if thinking.is_empty() {
            return String::new();
        }
        let out = self.open(Open::Thinking, &Block::Thinking { thinking: "", signature: String::new() });
        out + &self.delta(&Delta::Thinking { thinking })
    }

    /// The seal of a thought ends it. Every other seal is a thought without words, because there is no other place for it.
    fn seal(&mut self, seal: &Signature) -> String {
        let mut out = self.open(Open::Thinking, &Block::Thinking { thinking: "", signature: String::new() });
        out += &self.delta(&Delta::Signature { signature: &seal.for_client(Dialect::Messages) });
        out + &self.close()
    }

    fn sealed(&mut self, seal: &Signature) -> String {
        let block = Block::RedactedThinking { data: seal.for_client(Dialect::Messages) };
        let out = self.open(Open::Call, &block);
        out + &self.close()
    }

    fn begin(&mut self, id: &str, name: &str) -> String {
        self.calls += 1;
        self.open(Open::Call, &Block::ToolUse { id, name, input: json!({}) })
    }

    fn arguments(&self, partial_json: &str) -> String {
        if partial_json.is_empty() || self.open != Open::Call {
            return String::new();
        }
        self.delta(&Delta::InputJson { partial_json })
    }

    fn call(&mut self, call: &ToolCall) -> String {
        let mut out = self.begin(&call.id, &call.name);
        let input = input(&call.arguments);
        // What is an object already goes out as it was said.
        let is_object = serde_json::from_str::<serde_json::Map<String, Value>>(&call.arguments).is_ok();
        out += &if is_object { self.arguments(&call.arguments) } else { self.arguments(&input.to_string()) };
        out + &self.close()
    }

    fn end(&mut self, finish: Finish) -> String {
        let refusal = std::mem::take(&mut self.refusal);
        let mut out = if finish == Finish::ContentFilter { String::new() } else { self.text(&refusal) };
        out += &self.close();
        self.phase = Phase::Ended;
        let mut delta = json!({ "stop_reason": stop_reason(finish, self.calls > 0), "stop_sequence": null });
        if let Some(details) = stop_details(finish, &refusal) {
            delta["stop_details"] = details;
        }
        let usage = WireUsage::of(self.usage, self.prompt);
        out += &frame("message_delta", &json!({ "type": "message_delta", "delta": delta, "usage": usage }));
        out + &frame("message_stop", &json!({ "type": "message_stop" }))
    }

    /// What is said of the first alternative.
    fn said(&mut self, event: &Event) -> String {
        match event {
            Event::Text { text } => self.text(text),
            Event::Reasoning { text } => self.thinking(text),
            Event::Refusal { text } => {
                self.refusal += text;
                String::new()
            }
            Event::Signature(seal) => self.seal(seal),
            Event::Sealed(seal) => self.sealed(seal),
            Event::ToolCall(call) => self.call(call),
            Event::CallBegun { id, name } => self.begin(id, name),
            Event::Arguments { text } => self.arguments(text),
            Event::Citation { raw } => {
                self.citations.extend(citation(raw));
                String::new()
            }
            // Pictures and sound have no place in this dialect; the rest is not said.
            Event::Image { .. }
            | Event::Audio { .. }
            | Event::Started { .. }
            | Event::Step(_)
            | Event::Usage(_)
            | Event::Candidate { .. }
            | Event::CandidateFinished(_)
            | Event::Finished(_) => String::new(),
        }
    }
}

impl AnswerWriter for Writer {
    fn event(&mut self, event: &Event) -> String {
        if self.phase == Phase::Ended || matches!(event, Event::Step(_)) {
            return String::new();
        }
        if let Event::Usage(usage) = event {
            self.usage = Some(*usage);
        }
        let mut out = self.start();
        match event {
            Event::Candidate { index } => self.candidate = *index,
            Event::CandidateFinished(finish) if self.candidate == 0 => self.finished = Some(*finish),
            Event::Finished(finish) => out += &self.end(self.finished.unwrap_or(*finish)),
            _ if self.candidate == 0 => out += &self.said(event),
            _ => {}
        }
        out
    }

    fn failure(&mut self, failure: &Failure) -> String {
        if self.phase == Phase::Ended {
            return String::new();
        }
        self.phase = Phase::Ended;
        format!("event: error\ndata: {}\n\n", error_text(failure, Some(&self.stamp.id)))
    }

    fn keep_alive(&mut self) -> String {
        PING.to_owned()
    }
}

fn frame(event: &str, data: &impl Serialize) -> String {
    format!("event: {event}\ndata: {}\n\n", to_json(data))
}

#[derive(Serialize)]
struct BlockStart<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    index: usize,
    content_block: &'a Block<'a>,
}

#[derive(Serialize)]
struct BlockDelta<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    index: usize,
    delta: &'a Delta<'a>,
}

/// What a delta adds to the block that is open.
#[derive(Serialize)]
#[serde(tag = "type")]
enum Delta<'a> {
    #[serde(rename = "text_delta")]
    Text { text: &'a str },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: &'a str },
    #[serde(rename = "signature_delta")]
    Signature { signature: &'a str },
    #[serde(rename = "input_json_delta")]
    InputJson { partial_json: &'a str },
    #[serde(rename = "citations_delta")]
    Citations { citation: &'a Value },
}
