use std::collections::VecDeque;

use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::Names;
use super::error::read_event;
use crate::chat::{Event, Failure, FailureKind, Finish, Usage};
use crate::dialect::{AnswerReader, Dialect, Signature};
use crate::sse::{SseEvent, SseReader};

/// Reads a provider's event stream.
///
/// Blocks are told one after the other, as the official API sends them; one that is told into another waits for its end.
/// What the provider's own tools do is skipped. The end of a thought tells its seal, the end of a text its sources. A whole
/// answer in place of a stream is read too.
#[derive(Debug)]
pub struct Reader {
    sse: SseReader,
    /// The bytes of an answer that is no stream.
    whole: Option<Vec<u8>>,
    begun: bool,
    answer: Answer,
    /// What went wrong after events that had to be told first.
    failed: Option<Failure>,
}

impl Reader {
    /// A reader of the answer to a request whose functions were called so.
    pub fn new(names: Names) -> Self {
        Self {
            sse: SseReader::default(),
            whole: None,
            begun: false,
            answer: Answer::new(names),
            failed: None,
        }
    }

    fn read(&mut self, events: impl IntoIterator<Item = SseEvent>) -> Result<Vec<Event>, Failure> {
        if let Some(failure) = self.failed.take() {
            return Err(failure);
        }
        let mut out = Vec::new();
        for event in events {
            let Err(failure) = self.answer.read(&event, &mut out) else { continue };
            self.answer.phase = Phase::Ended;
            if out.is_empty() {
                return Err(failure);
            }
            self.failed = Some(failure);
        }
        Ok(out)
    }
}

impl AnswerReader for Reader {
    fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Failure> {
        if let Some(first) = bytes.iter().find(|byte| !byte.is_ascii_whitespace()).filter(|_| !self.begun) {
            self.begun = true;
            self.whole = (*first == b'{').then(Vec::new);
        }
        if let Some(whole) = &mut self.whole {
            whole.extend_from_slice(bytes);
            return Ok(Vec::new());
        }
        let events = self.sse.push(bytes);
        self.read(events)
    }

    fn end(&mut self) -> Result<Vec<Event>, Failure> {
        if let Some(whole) = self.whole.take() {
            let out = self.answer.whole(&whole);
            self.answer.phase = Phase::Ended;
            return out;
        }
        // A frame that was cut off is no wrong one.
        let whole = |event: &SseEvent| serde_json::from_str::<IgnoredAny>(&event.data).is_ok();
        let last = self.sse.end().filter(whole);
        let mut out = self.read(last)?;
        if let Some(failure) = self.failed.take() {
            return Err(failure);
        }
        match self.answer.phase {
            Phase::Ended => {}
            // Some providers leave out the last event.
            Phase::Told if self.answer.finish.is_some() => self.answer.end(&mut out),
            Phase::Fresh | Phase::Told => {
                self.answer.phase = Phase::Ended;
                let message = "The provider's answer broke off.";
                return Err(Failure::new(FailureKind::Interrupted, message));
            }
        }
        Ok(out)
    }
}

/// Reads a provider's whole answer to a request whose functions were called so.
///
/// # Errors
///
/// What the provider said went wrong, or a [`FailureKind::UpstreamError`] for what is no answer.
pub fn read_whole(body: &[u8], names: Names) -> Result<Vec<Event>, Failure> {
    Answer::new(names).whole(body)
}

fn unread() -> Failure {
    Failure::new(FailureKind::UpstreamError, "The provider's answer cannot be read.")
}

/// One answer, as far as it has been read.
#[derive(Debug)]
struct Answer {
    names: Names,
    phase: Phase,
    counts: Counts,
    /// Blocks that are open or wait for one that is.
    blocks: VecDeque<Block>,
    /// How many characters of text have been told, and how many before the first of the blocks.
    said: usize,
    said_before: usize,
    finish: Option<Finish>,
    refusal: String,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Told,
    Ended,
}

#[derive(Debug)]
struct Block {
    index: u64,
    kind: Kind,
    /// What of it has not been told.
    waiting: Vec<Event>,
    closed: bool,
}

#[derive(Debug)]
enum Kind {
    Text { citations: Vec<Value> },
    Thinking { signature: String },
    Call { input: Value, in_pieces: bool },
    Other,
}

impl Answer {
    fn new(names: Names) -> Self {
        Self {
            names,
            phase: Phase::Fresh,
            counts: Counts::default(),
            blocks: VecDeque::new(),
            said: 0,
            said_before: 0,
            finish: None,
            refusal: String::new(),
        }
    }

    fn whole(&mut self, body: &[u8]) -> Result<Vec<Event>, Failure> {
        let message: Value = serde_json::from_slice(body).map_err(|_| unread())?;
        if message["error"].is_object() {
            return Err(read_event(&message));
        }
        let content = message["content"].as_array().ok_or_else(unread)?;
        let mut out = Vec::new();
        self.start(&message, &mut out);
        for (index, block) in (0..).zip(content) {
            self.open(index, block);
            self.close(index);
        }
        self.tell(&mut out);
        self.delta_of_message(&message, &Value::Null, &mut out);
        self.end(&mut out);
        Ok(out)
    }

    fn read(&mut self, event: &SseEvent, out: &mut Vec<Event>) -> Result<(), Failure> {
        if self.phase == Phase::Ended || matches!(event.data.trim(), "" | "[DONE]") {
            return Ok(());
        }
        let value: Value = serde_json::from_str(&event.data).map_err(|_| unread())?;
        if value["error"].is_object() {
            return Err(read_event(&value));
        }
        let kind = value["type"].as_str().or(event.event.as_deref()).unwrap_or_default();
        let index = value["index"].as_u64().unwrap_or_default();
        match kind {
            "message_start" => self.start(&value["message"], out),
            "content_block_start" => self.open(index, &value["content_block"]),
            "content_block_delta" => self.delta(index, &value["delta"]),
            "content_block_stop" => self.close(index),
            "message_delta" => self.delta_of_message(&value["delta"], &value["usage"], out),
            "message_stop" => self.end(out),
            // `ping`, and what will be thought of later.
            _ => {}
        }
        self.tell(out);
        Ok(())
    }

    fn start(&mut self, message: &Value, out: &mut Vec<Event>) {
        self.begin(message["model"].as_str().unwrap_or_default(), out);
        self.count(&message["usage"], out);
    }

    fn begin(&mut self, model: &str, out: &mut Vec<Event>) {
        if self.phase == Phase::Fresh {
            self.phase = Phase::Told;
            out.push(Event::Started { model: model.to_owned(), warnings: Vec::new() });
        }
    }

    fn count(&mut self, usage: &Value, out: &mut Vec<Event>) {
        if usage.is_object() {
            self.begin("", out);
            self.counts.take(usage);
            out.push(Event::Usage(self.counts.usage()));
        }
    }

    /// Opens a block and takes what stands in it from the start, which is all of it in a whole answer.
    fn open(&mut self, index: u64, content: &Value) {
        let word = |key: &str| content[key].as_str().unwrap_or_default().to_owned();
        let mut waiting = Vec::new();
        let kind = match content["type"].as_str().unwrap_or_default() {
            "text" => {
                waiting.push(Event::Text { text: word("text") });
                Kind::Text { citations: content["citations"].as_array().cloned().unwrap_or_default() }
            }
            "thinking" => {
                waiting.push(Event::Reasoning { text: word("thinking") });
                Kind::Thinking { signature: word("signature") }
            }
            "redacted_thinking" => {
                waiting.push(Event::Sealed(Signature::new(Dialect::Messages, word("data"))));
                Kind::Other
            }
            "tool_use" => {
                waiting.push(Event::CallBegun { id: word("id"), name: self.names.told(&word("name")) });
                Kind::Call { input: content["input"].clone(), in_pieces: false }
            }
            // What the provider's own tools do.
            _ => Kind::Other,
        };
        waiting.retain(|event| !is_empty(event));
        self.blocks.push_back(Block { index, kind, waiting, closed: false });
    }

    fn delta(&mut self, index: u64, delta: &Value) {
        let word = |key: &str| delta[key].as_str().unwrap_or_default();
        let kind = delta["type"].as_str().unwrap_or_default();
        if !self.blocks.iter().any(|block| block.index == index && !block.closed) {
            // Some providers open no blocks.
            match kind {
                "text_delta" => self.open(index, &json!({ "type": "text" })),
                "thinking_delta" => self.open(index, &json!({ "type": "thinking" })),
                _ => return,
            }
        }
        let open = self.blocks.iter_mut().find(|block| block.index == index && !block.closed);
        let Some(Block { kind: of, waiting, .. }) = open else { return };
        match (kind, of) {
            ("text_delta", Kind::Text { .. }) => waiting.push(Event::Text { text: word("text").to_owned() }),
            ("citations_delta", Kind::Text { citations }) => citations.push(delta["citation"].clone()),
            ("thinking_delta", Kind::Thinking { .. }) => {
                waiting.push(Event::Reasoning { text: word("thinking").to_owned() });
            }
            ("signature_delta", Kind::Thinking { signature }) => signature.push_str(word("signature")),
            ("input_json_delta", Kind::Call { in_pieces, .. }) => {
                let text = word("partial_json").to_owned();
                *in_pieces |= !text.is_empty();
                waiting.push(Event::Arguments { text });
            }
            _ => {}
        }
        waiting.retain(|event| !is_empty(event));
    }

    fn close(&mut self, index: u64) {
        if let Some(block) = self.blocks.iter_mut().find(|block| block.index == index && !block.closed) {
            block.close();
        }
    }

    /// Tells what does not have to wait for another block.
    fn tell(&mut self, out: &mut Vec<Event>) {
        if !self.blocks.is_empty() {
            // Some providers leave out the first event.
            self.begin("", out);
        }
        while let Some(block) = self.blocks.front_mut() {
            for event in block.waiting.drain(..) {
                if let Event::Text { text } = &event {
                    self.said += text.chars().count();
                }
                out.push(event);
            }
            if !block.closed {
                return;
            }
            if let Some(Block { kind: Kind::Text { citations }, .. }) = self.blocks.pop_front() {
                let place = (self.said_before, self.said);
                out.extend(citations.into_iter().map(|raw| Event::Citation { raw: source(raw, place) }));
            }
            self.said_before = self.said;
        }
    }

    fn delta_of_message(&mut self, delta: &Value, usage: &Value, out: &mut Vec<Event>) {
        if let Some(reason) = delta["stop_reason"].as_str() {
            self.finish = Some(finish(reason));
        }
        if let Some(words) = delta["stop_details"]["explanation"].as_str() {
            words.clone_into(&mut self.refusal);
        }
        self.count(usage, out);
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        self.blocks.iter_mut().filter(|block| !block.closed).for_each(Block::close);
        self.tell(out);
        self.begin("", out);
        self.phase = Phase::Ended;
        let finish = self.finish.unwrap_or(Finish::Stop);
        if finish == Finish::ContentFilter && !self.refusal.is_empty() {
            out.push(Event::Refusal { text: std::mem::take(&mut self.refusal) });
        }
        out.push(Event::Finished(finish));
    }
}

impl Block {
    fn close(&mut self) {
        self.closed = true;
        match &mut self.kind {
            Kind::Thinking { signature } if !signature.is_empty() => {
                let seal = Signature::new(Dialect::Messages, std::mem::take(signature));
                self.waiting.push(Event::Signature(seal));
            }
            Kind::Call { input, in_pieces: false } => {
                let text = if input.is_object() { input.to_string() } else { "{}".to_owned() };
                self.waiting.push(Event::Arguments { text });
            }
            Kind::Text { .. } | Kind::Thinking { .. } | Kind::Call { .. } | Kind::Other => {}
        }
    }
}

fn is_empty(event: &Event) -> bool {
    match event {
        Event::Text { text } | Event::Reasoning { text } | Event::Arguments { text } => text.is_empty(),
        _ => false,
    }
}

fn finish(reason: &str) -> Finish {
    match reason {
        "tool_use" => Finish::ToolCalls,
        "max_tokens" | "model_context_window_exceeded" => Finish::Length,
        "refusal" => Finish::ContentFilter,
        // end_turn, stop_sequence, compaction, pause_turn, and what will be thought of later.
        _ => Finish::Stop,
    }
}

/// A source of a text that stands between these characters of the answer: a page as the annotation that clients of other
/// dialects know, everything else as it came.
fn source(raw: Value, (start, end): (usize, usize)) -> Value {
    let page = (raw["type"] == "web_search_result_location").then(|| raw["url"].as_str()).flatten();
    let Some(url) = page else { return raw };
    let title = raw["title"].as_str().unwrap_or(url);
    json!({
        "type": "url_citation",
        "url_citation": { "url": url, "title": title, "start_index": start, "end_index": end },
    })
}

/// The provider's counts so far. A later one that leaves some out means the earlier ones.
#[derive(Debug, Default)]
struct Counts {
    fresh: u64,
    written_to_cache: u64,
    read_from_cache: u64,
    output: u64,
    thinking: u64,
}

impl Counts {
    fn take(&mut self, usage: &Value) {
        let counts = [
            (&mut self.fresh, &usage["input_tokens"]),
            (&mut self.written_to_cache, &usage["cache_creation_input_tokens"]),
            (&mut self.read_from_cache, &usage["cache_read_input_tokens"]),
            (&mut self.output, &usage["output_tokens"]),
            (&mut self.thinking, &usage["output_tokens_details"]["thinking_tokens"]),
        ];
        for (count, said) in counts {
            *count = said.as_u64().unwrap_or(*count);
        }
    }

    fn usage(&self) -> Usage {
        Usage {
            prompt: self.fresh + self.written_to_cache + self.read_from_cache,
            completion: self.output,
            cached: self.read_from_cache,
            reasoning: self.thinking,
        }
    }
}
