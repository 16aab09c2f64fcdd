use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::counts::metadata_of;
use super::failure::error_of;
use super::finish::reason;
use super::grounding::metadata;
use crate::chat::{Candidate, Completion, Event, Failure, Finish, Part, Source, Usage, WholeCalls};
use crate::dialect::{AnswerForm, AnswerWriter, Dialect, Stamp};

/// In what shape an answer comes in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamShape {
    /// Server-sent events (`alt=sse`).
    Sse,
    /// A JSON array that grows.
    Array,
}

/// How an answer is wanted.
pub(super) struct Form {
    pub(super) shape: StreamShape,
}

impl AnswerForm for Form {
    fn dialect(&self) -> Dialect {
        Dialect::Gemini
    }

    fn writer(&self, stamp: Stamp) -> Box<dyn AnswerWriter> {
        Box::new(Writer::new(stamp, self.shape))
    }

    fn content_type(&self) -> &'static str {
        match self.shape {
            StreamShape::Sse => "text/event-stream; charset=utf-8",
            StreamShape::Array => "application/json; charset=utf-8",
        }
    }

    fn whole(&self, stamp: &Stamp, completion: &Completion) -> Vec<u8> {
        let nothing = [Candidate::default()];
        let told = if completion.candidates.is_empty() { &nothing[..] } else { &completion.candidates[..] };
        let candidates = (0..).zip(told).map(|(index, told)| whole_candidate(index, told));
        let mut answer = json!({ "candidates": candidates.collect::<Value>() });
        if let Some(usage) = completion.usage {
            answer["usageMetadata"] = metadata_of(usage);
        }
        signed(answer, stamp).to_string().into_bytes()
    }
}

/// Adds what every object of an answer carries.
fn signed(mut answer: Value, stamp: &Stamp) -> Value {
    answer["modelVersion"] = json!(stamp.model);
    answer["responseId"] = json!(stamp.id.to_string());
    answer
}

/// A candidate without a finish is one that broke off. Should one come here all the same, it ends as one that is not all
/// there.
fn whole_candidate(index: u32, told: &Candidate) -> Value {
    let mut parts: Vec<Value> = Vec::new();
    for part in &told.parts {
        if let Part::Signature(seal) = part
            && let Some(last) = parts.last_mut().filter(|last| last.get(SEAL).is_none())
        {
            last[SEAL] = json!(seal.for_client(Dialect::Gemini));
            continue;
        }
        let Some(part) = wire(part) else { continue };
        match parts.last_mut() {
            Some(last) if goes_on(last, &part) => join_sound(last, &part),
            _ => parts.push(part),
        }
    }
    let finish = reason(told.finish.unwrap_or(Finish::Length));
    let content = json!({ "parts": parts, "role": "model" });
    let mut candidate = json!({ "content": content, "finishReason": finish, "index": index });
    if let Value::Object(members) = &mut candidate {
        members.extend(metadata(&told.citations, &told.text()));
    }
    candidate
}

/// Where a part carries its seal.
const SEAL: &str = "thoughtSignature";

fn wire(part: &Part) -> Option<Value> {
    match part {
        Part::Text { text } | Part::Refusal { text } => Some(json!({ "text": text })),
        Part::Reasoning { text } => Some(json!({ "text": text, "thought": true })),
        Part::Signature(seal) => Some(json!({ "text": "", SEAL: seal.for_client(Dialect::Gemini) })),
        Part::Sealed(seal) => {
            Some(json!({ "text": "", "thought": true, SEAL: seal.for_client(Dialect::Gemini) }))
        }
        Part::ToolCall(call) => {
            let arguments = serde_json::from_str(&call.arguments).ok().filter(Value::is_object);
            let arguments = arguments.unwrap_or_else(|| Map::new().into());
            Some(json!({ "functionCall": { "id": call.id, "name": call.name, "args": arguments } }))
        }
        Part::Image { source, .. }
        | Part::Audio { source }
        | Part::Video { source }
        | Part::File { source, .. } => match source {
            Source::Data { mime, base64 } => {
                Some(json!({ "inlineData": { "mimeType": mime, "data": base64 } }))
            }
            Source::Url(url) | Source::FileId(url) => Some(json!({ "fileData": { "fileUri": url } })),
        },
        Part::ToolResult { .. } => None,
    }
}

/// Whether a part is more of the same bare sound: clients read the first piece only.
fn goes_on(last: &Value, part: &Value) -> bool {
    let mime = |part: &Value| part["inlineData"]["mimeType"].as_str().map(str::to_ascii_lowercase);
    let bare = |mime: &String| mime.starts_with("audio/l16") || mime.starts_with("audio/pcm");
    last.get(SEAL).is_none()
        && mime(part).filter(bare).is_some_and(|mime_of_part| mime(last) == Some(mime_of_part))
}

fn join_sound(last: &mut Value, part: &Value) {
    let bytes = |part: &Value| {
        STANDARD.decode(part["inlineData"]["data"].as_str().unwrap_or_default()).unwrap_or_default()
    };
    last["inlineData"]["data"] = json!(STANDARD.encode([bytes(last), bytes(part)].concat()));
}

/// Turns the events of one answer into the text of a stream.
///
/// Calls come whole, and with the seal on them, so a call waits for what comes next. Sources and usage wait for the end.
struct Writer {
    stamp: Stamp,
    shape: StreamShape,
    calls: WholeCalls,
    /// Which of several alternatives is being told, and what is kept of each until its end.
    candidate: u32,
    kept: BTreeMap<u32, Kept>,
    /// A part that may still get a seal.
    pending: Option<Value>,
    usage: Option<Usage>,
    /// Whether the array has begun.
    open: bool,
    ended: bool,
}

#[derive(Default)]
struct Kept {
    said: String,
    citations: Vec<Value>,
}

impl Writer {
    fn new(stamp: Stamp, shape: StreamShape) -> Self {
        Self {
            stamp,
            shape,
            calls: WholeCalls::default(),
            candidate: 0,
            kept: BTreeMap::new(),
            pending: None,
            usage: None,
            open: false,
            ended: false,
        }
    }

    fn kept(&mut self) -> &mut Kept {
        self.kept.entry(self.candidate).or_default()
    }

    fn write(&mut self, event: Event) -> String {
        if let (Event::Signature(seal), Some(pending)) = (&event, &mut self.pending) {
            pending[SEAL] = json!(seal.for_client(Dialect::Gemini));
            return self.flush();
        }
        let mut out = if is_quiet(&event) { String::new() } else { self.flush() };
        match event {
            Event::Started { .. } | Event::Step(_) | Event::CallBegun { .. } | Event::Arguments { .. } => {}
            Event::Text { text } if text.is_empty() => {}
            Event::Text { text } => {
                self.kept().said.push_str(&text);
                out += &self.part(&Part::Text { text });
            }
            Event::Reasoning { text } if text.is_empty() => {}
            Event::Reasoning { text } => out += &self.part(&Part::Reasoning { text }),
            Event::Refusal { text } => out += &self.part(&Part::Refusal { text }),
            Event::Signature(seal) => out += &self.part(&Part::Signature(seal)),
            Event::Sealed(seal) => out += &self.part(&Part::Sealed(seal)),
            Event::ToolCall(call) => self.pending = wire(&Part::ToolCall(call)),
            Event::Image { mime, base64 } => {
                self.pending = Some(json!({ "inlineData": { "mimeType": mime, "data": base64 } }));
            }
            Event::Audio { mime, base64 } => {
                let source = Source::Data { mime: Some(mime), base64 };
                out += &self.part(&Part::Audio { source });
            }
            Event::Citation { raw } => self.kept().citations.push(raw),
            Event::Usage(usage) => self.usage = Some(usage),
            Event::Candidate { index } => self.candidate = index,
            Event::CandidateFinished(finish) => {
                let answer = self.finished(finish);
                out += &self.frame(&answer);
            }
            Event::Finished(finish) => {
                let mut answer = self.finished(finish);
                if let Some(usage) = self.usage {
                    answer["usageMetadata"] = metadata_of(usage);
                }
                out += &self.frame(&answer);
                out += self.close();
            }
        }
        out
    }

    /// The part that waited, without a seal.
    fn flush(&mut self) -> String {
        match self.pending.take() {
            Some(part) => {
                let answer = self.chunk(part);
                self.frame(&answer)
            }
            None => String::new(),
        }
    }

    fn part(&mut self, part: &Part) -> String {
        match wire(part) {
            Some(part) => {
                let answer = self.chunk(part);
                self.frame(&answer)
            }
            None => String::new(),
        }
    }

    fn chunk(&self, part: Value) -> Value {
        json!({ "candidates": [{ "content": { "parts": [part], "role": "model" }, "index": self.candidate }] })
    }

    fn finished(&mut self, finish: Finish) -> Value {
        let mut answer = self.chunk(json!({ "text": "" }));
        let kept = self.kept.remove(&self.candidate).unwrap_or_default();
        let candidate = &mut answer["candidates"][0];
        candidate["finishReason"] = json!(reason(finish));
        if let Value::Object(members) = candidate {
            members.extend(metadata(&kept.citations, &kept.said));
        }
        answer
    }

    fn frame(&mut self, answer: &Value) -> String {
        let text = signed(answer.clone(), &self.stamp).to_string();
        self.framed(&text)
    }

    fn framed(&mut self, text: &str) -> String {
        match self.shape {
            StreamShape::Sse => format!("data: {text}\n\n"),
            StreamShape::Array if std::mem::replace(&mut self.open, true) => format!("\n,\n{text}"),
            StreamShape::Array => format!("[{text}"),
        }
    }

    fn close(&mut self) -> &'static str {
        self.ended = true;
        match self.shape {
            StreamShape::Sse => "",
            StreamShape::Array => "\n]",
        }
    }
}

/// Whether an event neither says something nor leads elsewhere, so that a seal may still come.
fn is_quiet(event: &Event) -> bool {
    matches!(event, Event::Started { .. } | Event::Step(_) | Event::Usage(_))
}

impl AnswerWriter for Writer {
    fn event(&mut self, event: &Event) -> String {
        if self.ended {
            return String::new();
        }
        let events: Vec<Event> = self.calls.push(event.clone()).collect();
        events.into_iter().map(|event| self.write(event)).collect()
    }

    fn failure(&mut self, failure: &Failure) -> String {
        if self.ended {
            return String::new();
        }
        let mut out = self.flush();
        out += &self.framed(&error_of(failure).to_string());
        out + self.close()
    }

    /// A piece without a word: clients of this dialect read comments as broken objects. Between the members of an array
    /// they skip white space.
    fn keep_alive(&mut self) -> String {
        match self.shape {
            _ if self.ended => String::new(),
            StreamShape::Sse => {
                let answer = self.chunk(json!({ "text": "" }));
                self.frame(&answer)
            }
            StreamShape::Array => "\n".to_owned(),
        }
    }
}
