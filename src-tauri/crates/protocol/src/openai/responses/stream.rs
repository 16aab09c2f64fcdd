//! A response as events.

use serde_json::{Map, Value, json};

use super::Form;
use super::items::{Call, Item, SEAL, Words, annotation, sealed, summary};
use crate::chat::{Event, Failure, FailureKind, Finish, Usage};
use crate::dialect::{AnswerWriter, Signature, Stamp};
use crate::openai::{ErrorBody, to_json};

/// Turns the events of one answer into those of this dialect, and keeps what they add up to.
#[derive(Debug)]
pub(super) struct ResponsesWriter {
    stamp: Stamp,
    form: Form,
    phase: Phase,
    /// The number of the next event.
    sequence: u64,
    /// The items that are complete.
    output: Vec<Value>,
    open: Option<Item>,
    /// Sources that came when no text was open.
    citations: Vec<Value>,
    usage: Option<Usage>,
    /// Which alternative is told. There is room for the first only.
    candidate: u32,
    finish: Option<Finish>,
    error: Option<Value>,
    /// What is to be sent.
    out: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Fresh,
    Open,
    Ended,
}

impl ResponsesWriter {
    pub(super) fn new(stamp: Stamp, form: Form) -> Self {
        Self {
            stamp,
            form,
            phase: Phase::Fresh,
            sequence: 0,
            output: Vec::new(),
            open: None,
            citations: Vec::new(),
            usage: None,
            candidate: 0,
            finish: None,
            error: None,
            out: String::new(),
        }
    }

    /// The response object as it is now.
    pub(super) fn response(&self) -> Value {
        let (status, reason) = match (self.phase, self.finish) {
            (Phase::Fresh | Phase::Open, _) => ("in_progress", None),
            (Phase::Ended, _) if self.error.is_some() => ("failed", None),
            (Phase::Ended, Some(Finish::Length)) => ("incomplete", Some("max_output_tokens")),
            (Phase::Ended, Some(Finish::ContentFilter)) => ("incomplete", Some("content_filter")),
            (Phase::Ended, _) => ("completed", None),
        };
        let mut response = Map::new();
        let mut put = |key: &str, value: Value| response.insert(key.to_owned(), value);
        put("id", format!("resp_{}", self.stamp.id).into());
        put("object", "response".into());
        put("created_at", self.stamp.created.into());
        put("status", status.into());
        put("error", self.error.clone().unwrap_or_default());
        put("incomplete_details", reason.map(|reason| json!({ "reason": reason })).unwrap_or_default());
        put("model", self.stamp.model.as_str().into());
        put("output", self.output.clone().into());
        put("previous_response_id", Value::Null);
        put("background", false.into());
        put("store", false.into());
        if let Some(usage) = self.usage {
            put("usage", wire_usage(usage));
        }
        if self.phase == Phase::Ended && !self.citations.is_empty() {
            put("citations", self.citations.clone().into());
        }
        response.extend(self.form.echo.clone());
        Value::Object(response)
    }

    /// Sends an event of this type with these fields.
    fn send(&mut self, kind: &str, fields: Value) {
        let mut event = json!({ "type": kind, "sequence_number": self.sequence });
        self.sequence += 1;
        if let (Value::Object(event), Value::Object(fields)) = (&mut event, fields) {
            event.extend(fields);
        }
        self.out += &format!("event: {kind}\ndata: {}\n\n", to_json(&event));
    }

    /// Sends an event about the item that is open.
    fn tell(&mut self, kind: &str, fields: Value) {
        let mut event = json!({ "item_id": self.item_id(), "output_index": self.output.len() });
        if let (Value::Object(event), Value::Object(fields)) = (&mut event, fields) {
            event.extend(fields);
        }
        self.send(kind, event);
    }

    fn item_id(&self) -> String {
        let prefix = self.open.as_ref().map_or("item", Item::prefix);
        format!("{prefix}_{}_{}", self.stamp.id, self.output.len())
    }

    fn begin(&mut self) {
        if self.phase == Phase::Fresh {
            self.phase = Phase::Open;
            for kind in ["response.created", "response.in_progress"] {
                self.send(kind, json!({ "response": self.response() }));
            }
        }
    }

    /// Begins an item, after whatever is open.
    fn open(&mut self, item: Item) {
        self.close("completed");
        self.open = Some(item);
        let id = self.item_id();
        let Some(item) = &self.open else { return };
        let mut value = item.value(&id, "in_progress");
        if let Item::Picture { .. } = item {
            value["result"] = Value::Null;
        }
        self.send("response.output_item.added", json!({ "output_index": self.output.len(), "item": value }));
        match &self.open {
            Some(Item::Thought { sealed: None, .. }) => {
                let fields = json!({ "summary_index": 0, "part": summary("") });
                self.tell("response.reasoning_summary_part.added", fields);
            }
            Some(Item::Picture { .. }) => {
                for step in ["in_progress", "completed"] {
                    self.tell(&format!("response.image_generation_call.{step}"), json!({}));
                }
            }
            _ => {}
        }
    }

    /// Ends the item that is open.
    fn close(&mut self, status: &str) {
        self.close_words();
        let id = self.item_id();
        match &mut self.open {
            None => return,
            Some(Item::Message { .. } | Item::Picture { .. }) => {}
            Some(Item::Thought { text, .. }) if text.is_empty() => {}
            Some(Item::Thought { text, .. }) => {
                let text = text.clone();
                self.tell(
                    "response.reasoning_summary_text.done",
                    json!({ "summary_index": 0, "text": text }),
                );
                let fields = json!({ "summary_index": 0, "part": summary(&text) });
                self.tell("response.reasoning_summary_part.done", fields);
            }
            Some(Item::Call(call)) if call.custom => {
                let input = call.input();
                self.tell("response.custom_tool_call_input.delta", json!({ "delta": input }));
                self.tell("response.custom_tool_call_input.done", json!({ "input": input }));
            }
            Some(Item::Call(call)) => {
                let bare = call.arguments.is_empty();
                if bare {
                    // Clients read the arguments as JSON.
                    call.arguments.push_str("{}");
                }
                let (name, arguments) = (call.name.clone(), call.arguments.clone());
                if bare {
                    self.tell("response.function_call_arguments.delta", json!({ "delta": arguments }));
                }
                let fields = json!({ "name": name, "arguments": arguments });
                self.tell("response.function_call_arguments.done", fields);
            }
        }
        let Some(item) = self.open.take() else { return };
        // Pictures have no word for being incomplete.
        let status = if matches!(item, Item::Picture { .. }) { "completed" } else { status };
        let item = item.value(&id, status);
        self.send("response.output_item.done", json!({ "output_index": self.output.len(), "item": item }));
        self.output.push(item);
    }

    /// Ends the content part that is open.
    fn close_words(&mut self) {
        let Some(Item::Message { done, open }) = &mut self.open else { return };
        let Some(words) = open.take() else { return };
        let index = done.len();
        let part = words.part();
        done.push(part.clone());
        if words.refusal {
            let fields = json!({ "content_index": index, "refusal": words.text });
            self.tell("response.refusal.done", fields);
        } else {
            let fields = json!({ "content_index": index, "text": words.text, "logprobs": [] });
            self.tell("response.output_text.done", fields);
        }
        self.tell("response.content_part.done", json!({ "content_index": index, "part": part }));
    }

    /// The next words of a text or a refusal.
    fn words(&mut self, refusal: bool, text: &str) {
        if text.is_empty() {
            return;
        }
        if !matches!(self.open, Some(Item::Message { .. })) {
            self.open(Item::Message { done: Vec::new(), open: None });
        }
        if !matches!(&self.open, Some(Item::Message { open: Some(words), .. }) if words.refusal == refusal) {
            self.close_words();
            self.open_words(refusal);
        }
        let Some(Item::Message { done, open: Some(words) }) = &mut self.open else { return };
        words.text.push_str(text);
        let index = done.len();
        if refusal {
            self.tell("response.refusal.delta", json!({ "content_index": index, "delta": text }));
        } else {
            let fields = json!({ "content_index": index, "delta": text, "logprobs": [] });
            self.tell("response.output_text.delta", fields);
        }
    }

    fn open_words(&mut self, refusal: bool) {
        let Some(Item::Message { done, open }) = &mut self.open else { return };
        let index = done.len();
        let part = open.insert(Words::new(refusal)).part();
        self.tell("response.content_part.added", json!({ "content_index": index, "part": part }));
        if !refusal {
            for raw in std::mem::take(&mut self.citations) {
                self.citation(raw);
            }
        }
    }

    /// A source goes to the text that is open; others wait.
    fn citation(&mut self, raw: Value) {
        let open = match &mut self.open {
            Some(Item::Message { done, open: Some(words) }) if !words.refusal => Some((done.len(), words)),
            _ => None,
        };
        let (Some((index, words)), Some(annotation)) = (open, annotation(&raw)) else {
            self.citations.push(raw);
            return;
        };
        words.annotations.push(annotation.clone());
        let place = words.annotations.len() - 1;
        let fields = json!({ "content_index": index, "annotation_index": place, "annotation": annotation });
        self.tell("response.output_text.annotation.added", fields);
    }

    fn thought(&mut self, text: &str) {
        if !matches!(self.open, Some(Item::Thought { sealed: None, .. })) {
            if text.is_empty() {
                return;
            }
            self.open(Item::Thought { text: String::new(), sealed: None });
        }
        if let Some(Item::Thought { text: said, .. }) = &mut self.open {
            said.push_str(text);
        }
        self.tell("response.reasoning_summary_text.delta", json!({ "summary_index": 0, "delta": text }));
    }

    /// A seal on a thought ends it; one on something else gets an item of its own behind it.
    fn seal(&mut self, seal: &Signature) {
        match &mut self.open {
            Some(Item::Thought { sealed: place @ None, .. }) => *place = Some(sealed(seal)),
            _ => {
                let sealed = Some(format!("{SEAL}{}", sealed(seal)));
                self.open(Item::Thought { text: String::new(), sealed });
            }
        }
        self.close("completed");
    }

    fn call(&mut self, id: &str, name: &str) {
        let custom = self.form.custom.contains(name);
        let (id, name) = (id.to_owned(), name.to_owned());
        self.open(Item::Call(Call { id, name, arguments: String::new(), custom }));
    }

    fn arguments(&mut self, text: &str) {
        let Some(Item::Call(call)) = &mut self.open else { return };
        call.arguments.push_str(text);
        if !call.custom && !text.is_empty() {
            self.tell("response.function_call_arguments.delta", json!({ "delta": text }));
        }
    }

    fn end(&mut self, finish: Finish) {
        self.finish = Some(finish);
        let (status, kind) = match finish {
            Finish::Stop | Finish::ToolCalls => ("completed", "response.completed"),
            Finish::Length | Finish::ContentFilter => ("incomplete", "response.incomplete"),
        };
        self.close(status);
        self.phase = Phase::Ended;
        self.send(kind, json!({ "response": self.response() }));
    }

    fn take(&mut self, event: &Event) {
        match event {
            Event::Candidate { index } => self.candidate = *index,
            Event::CandidateFinished(finish) if self.candidate == 0 => self.finish = Some(*finish),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finished(finish) => self.end(self.finish.unwrap_or(*finish)),
            _ if self.candidate != 0 => {}
            Event::Text { text } => self.words(false, text),
            Event::Refusal { text } => self.words(true, text),
            Event::Reasoning { text } => self.thought(text),
            Event::Signature(seal) => self.seal(seal),
            Event::Sealed(seal) => {
                self.open(Item::Thought { text: String::new(), sealed: Some(sealed(seal)) });
                self.close("completed");
            }
            Event::ToolCall(call) => {
                self.call(&call.id, &call.name);
                self.arguments(&call.arguments);
            }
            Event::CallBegun { id, name } => self.call(id, name),
            Event::Arguments { text } => self.arguments(text),
            Event::Image { mime, base64 } => {
                self.open(Item::Picture { mime: mime.clone(), base64: base64.clone() });
            }
            Event::Citation { raw } => self.citation(raw.clone()),
            // Sound has no place here; its words are told as text.
            Event::Audio { .. } | Event::Started { .. } | Event::Step(_) | Event::CandidateFinished(_) => {}
        }
    }
}

impl AnswerWriter for ResponsesWriter {
    fn event(&mut self, event: &Event) -> String {
        if self.phase == Phase::Ended || matches!(event, Event::Step(_)) {
            return String::new();
        }
        self.begin();
        self.take(event);
        std::mem::take(&mut self.out)
    }

    fn failure(&mut self, failure: &Failure) -> String {
        if self.phase == Phase::Ended {
            return String::new();
        }
        self.begin();
        self.close("incomplete");
        self.phase = Phase::Ended;
        let ErrorBody { message, param, code, .. } = ErrorBody::from(failure);
        // The response object knows a few codes only.
        let known = match failure.kind {
            FailureKind::Quota => "rate_limit_exceeded",
            FailureKind::BadRequest => "invalid_prompt",
            _ => "server_error",
        };
        self.error = Some(json!({ "code": known, "message": message }));
        self.send("error", json!({ "code": code.unwrap_or(known), "message": message, "param": param }));
        self.send("response.failed", json!({ "response": self.response() }));
        std::mem::take(&mut self.out)
    }

    fn keep_alive(&mut self) -> String {
        ": keep-alive\n\n".to_owned()
    }
}

fn wire_usage(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.prompt,
        "input_tokens_details": { "cached_tokens": usage.cached },
        "output_tokens": usage.completion,
        "output_tokens_details": { "reasoning_tokens": usage.reasoning },
        "total_tokens": usage.total(),
    })
}
