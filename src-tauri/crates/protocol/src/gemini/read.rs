use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::back::Back;
use super::contents::{code_block, output_block};
use super::counts::usage_of;
use super::failure::failure_in;
use super::finish::{Ended, ended};
use super::grounding::{LISTS, listed};
use super::values::Values;
use crate::blocks::Blocks;
use crate::chat::{Event, Failure, FailureKind, Finish, ToolCall, Usage};
use crate::dialect::{AnswerReader, Dialect, Signature};
use crate::sources::Sources;
use crate::sse::SseReader;

/// What an answer is read with.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Makes the ids of calls that come without one unique.
    pub id: String,
    /// The model, as the caller would ask for it again.
    pub model: String,
    /// What is told with [`Event::Started`]: what the request could not be given.
    pub warnings: Vec<String>,
    /// What asking left behind.
    pub back: Back,
}

/// Reads the answer of a provider: server-sent events, a JSON array that grows, or a whole answer.
#[derive(Debug)]
pub struct Reader {
    reading: Reading,
    input: Input,
    started: bool,
    ended: bool,
    /// A failure that is told next.
    failed: Option<Failure>,
    candidates: BTreeMap<u32, Told>,
    /// Which of them is being told.
    current: u32,
    calls: usize,
    usage: Option<Usage>,
    /// Why the prompt was not answered.
    blocked: Option<String>,
}

#[derive(Debug)]
enum Input {
    /// Nothing came yet that shows which it is.
    Unknown,
    Sse(SseReader),
    Json(Values),
}

/// What one candidate said so far.
#[derive(Debug)]
struct Told {
    /// Code in the text; `None` keeps it out.
    blocks: Option<Blocks>,
    sources: Sources,
    called: bool,
    /// Something other than thoughts.
    said: bool,
    finish: Option<(String, Option<String>)>,
}

/// Reads a whole answer.
///
/// # Errors
///
/// As [`Reader`] has them.
pub fn read_whole(body: &[u8], reading: Reading) -> Result<Vec<Event>, Failure> {
    let mut reader = Reader::new(reading);
    let mut events = reader.push(body)?;
    events.extend(reader.end()?);
    Ok(events)
}

impl Reader {
    /// A reader of which nothing has come yet.
    pub fn new(reading: Reading) -> Self {
        Self {
            reading,
            input: Input::Unknown,
            started: false,
            ended: false,
            failed: None,
            candidates: BTreeMap::new(),
            current: 0,
            calls: 0,
            usage: None,
            blocked: None,
        }
    }

    /// The texts of the objects that are complete with these bytes.
    fn split(&mut self, mut bytes: &[u8]) -> Vec<Vec<u8>> {
        if let Input::Unknown = self.input {
            let Some(first) = bytes.iter().position(|byte| !byte.is_ascii_whitespace()) else {
                return Vec::new();
            };
            bytes = &bytes[first..];
            self.input = match bytes.first() {
                Some(b'[' | b'{') => Input::Json(Values::default()),
                _ => Input::Sse(SseReader::default()),
            };
        }
        match &mut self.input {
            Input::Unknown => Vec::new(),
            Input::Sse(sse) => sse.push(bytes).into_iter().map(|event| event.data.into_bytes()).collect(),
            Input::Json(values) => values.push(bytes),
        }
    }

    fn read(&mut self, texts: Vec<Vec<u8>>) -> Result<Vec<Event>, Failure> {
        let mut events = Vec::new();
        for text in texts {
            // Some servers end their stream as OpenAI does.
            if text == b"[DONE]" {
                continue;
            }
            let read = match serde_json::from_slice(&text) {
                Ok(value) => self.value(&value, &mut events),
                Err(_) => Err(unreadable()),
            };
            if let Err(failure) = read {
                self.failed = Some(failure);
                break;
            }
        }
        // What was said before the failure is told first, wherever the bytes were split.
        if events.is_empty() { self.fail() } else { Ok(events) }
    }

    /// Fails, if there is a failure to be told.
    fn fail(&mut self) -> Result<Vec<Event>, Failure> {
        match self.failed.take() {
            Some(failure) => {
                self.ended = true;
                Err(failure)
            }
            None => Ok(Vec::new()),
        }
    }

    /// One `GenerateContentResponse`, or an error in its place.
    fn value(&mut self, value: &Value, events: &mut Vec<Event>) -> Result<(), Failure> {
        if let Some(failure) = failure_in(value, 500) {
            return Err(failure);
        }
        let Some(answer) = value.as_object() else { return Err(unreadable()) };
        if !std::mem::replace(&mut self.started, true) {
            let (model, warnings) = (self.reading.model.clone(), std::mem::take(&mut self.reading.warnings));
            events.push(Event::Started { model, warnings });
        }
        for candidate in answer.get("candidates").and_then(Value::as_array).into_iter().flatten() {
            self.candidate(candidate, events);
        }
        if let Some(feedback) = answer.get("promptFeedback") {
            let message = feedback["blockReasonMessage"].as_str();
            let reason = feedback["blockReason"].as_str();
            self.blocked = message.or(reason).map(str::to_owned).or(self.blocked.take());
        }
        let usage = answer.get("usageMetadata").map(usage_of);
        if let Some(usage) = usage.filter(|usage| self.usage.as_ref() != Some(usage)) {
            self.usage = Some(usage);
            events.push(Event::Usage(usage));
        }
        Ok(())
    }

    fn candidate(&mut self, candidate: &Value, events: &mut Vec<Event>) {
        let index = candidate["index"].as_u64().and_then(|index| u32::try_from(index).ok()).unwrap_or(0);
        let formed = self.reading.back.formed;
        let told = self.candidates.entry(index).or_insert_with(|| Told::new(formed));
        let mut said = Vec::new();
        for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
            told.part(part, &mut said);
        }
        for raw in LISTS.iter().filter_map(|key| candidate.get(*key)) {
            if raw.as_object().is_some_and(|raw| !raw.is_empty()) {
                said.extend(told.sources.saw(raw, listed));
            }
        }
        if let Some(reason) = candidate["finishReason"].as_str() {
            told.finish = Some((reason.to_owned(), candidate["finishMessage"].as_str().map(str::to_owned)));
        }
        for event in &mut said {
            if let Event::ToolCall(call) = event {
                if call.id.is_empty() {
                    call.id = format!("call_{}_{}", self.reading.id, self.calls);
                }
                call.name = self.reading.back.name(&call.name).to_owned();
                self.calls += 1;
            }
        }
        if !said.is_empty() {
            self.turn_to(index, events);
            events.append(&mut said);
        }
    }

    fn turn_to(&mut self, index: u32, events: &mut Vec<Event>) {
        if index != self.current {
            self.current = index;
            events.push(Event::Candidate { index });
        }
    }

    /// What the end means: the annotations of every candidate, and how it finished.
    fn close(&mut self) -> Result<Vec<Event>, Failure> {
        if let Some(reason) = self.blocked.take().filter(|_| self.candidates.is_empty()) {
            let text = format!("The provider did not answer this prompt: {reason}");
            return Ok(vec![Event::Refusal { text }, Event::Finished(Finish::ContentFilter)]);
        }
        let broken = matches!(&self.input, Input::Json(values) if values.broken());
        let unfinished = self.candidates.values().any(|told| told.finish.is_none());
        if broken || unfinished || self.candidates.is_empty() {
            return Err(Failure::new(FailureKind::Interrupted, "The provider's answer broke off."));
        }
        let silent = !self.candidates.values().any(|told| told.said);
        let mut events = Vec::new();
        let mut warnings = Vec::new();
        let mut candidates = std::mem::take(&mut self.candidates);
        let last = candidates.keys().next_back().copied();
        let mut closing = Vec::new();
        for (index, told) in &mut candidates {
            let (finish, warning) = told.end(silent)?;
            warnings.extend(warning);
            let annotations = told.sources.annotations();
            self.turn_to(*index, &mut closing);
            closing.extend(annotations);
            let is_last = Some(*index) == last;
            closing.push(if is_last { Event::Finished(finish) } else { Event::CandidateFinished(finish) });
        }
        if !warnings.is_empty() {
            events.push(Event::Started { model: self.reading.model.clone(), warnings });
        }
        events.append(&mut closing);
        Ok(events)
    }
}

impl AnswerReader for Reader {
    fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Failure> {
        if self.ended {
            return Ok(Vec::new());
        }
        if self.failed.is_some() {
            return self.fail();
        }
        let texts = self.split(bytes);
        self.read(texts)
    }

    fn end(&mut self) -> Result<Vec<Event>, Failure> {
        if self.ended {
            return Ok(Vec::new());
        }
        if self.failed.is_some() {
            return self.fail();
        }
        let rest = match &mut self.input {
            Input::Sse(sse) => sse.end().map(|event| event.data.into_bytes()),
            Input::Json(_) | Input::Unknown => None,
        };
        let mut events = self.read(rest.into_iter().collect())?;
        self.fail()?;
        self.ended = true;
        events.extend(self.close()?);
        Ok(events)
    }
}

impl Told {
    fn new(formed: bool) -> Self {
        Self {
            blocks: (!formed).then(Blocks::default),
            sources: Sources::default(),
            called: false,
            said: false,
            finish: None,
        }
    }

    fn part(&mut self, part: &Value, events: &mut Vec<Event>) {
        let before = events.len();
        let thought = part["thought"] == true;
        if let Some(text) = part["text"].as_str().filter(|text| !text.is_empty()) {
            if thought {
                events.push(Event::Reasoning { text: text.to_owned() });
            } else {
                let text = self.blocks.as_mut().map_or_else(|| text.to_owned(), |blocks| blocks.words(text));
                self.text(text, events);
            }
        }
        // What the model ran, drew or spoke while thinking is a draft, not the answer.
        if !thought {
            if let Some(block) = self.blocks.as_mut().and_then(|blocks| block_of(part, blocks)) {
                self.text(block, events);
            }
            events.extend(made(&part["inlineData"]));
            if let Some(call) = call_of(&part["functionCall"]) {
                self.called = true;
                events.push(Event::ToolCall(call));
            }
        }
        self.said |= events[before..].iter().any(|event| !matches!(event, Event::Reasoning { .. }));
        if let Some(seal) = part["thoughtSignature"].as_str().filter(|seal| !seal.is_empty()) {
            events.push(Event::Signature(Signature::new(Dialect::Gemini, seal)));
        }
    }

    fn text(&mut self, text: String, events: &mut Vec<Event>) {
        self.sources.heard(&text);
        events.push(Event::Text { text });
    }

    /// How it finished, and what is to be said about it. `silent` is whether there is no answer at all.
    fn end(&self, silent: bool) -> Result<(Finish, Option<String>), Failure> {
        let Some((reason, message)) = &self.finish else { return Ok((Finish::Stop, None)) };
        let stop = if self.called { Finish::ToolCalls } else { Finish::Stop };
        let why = message.as_ref().map(|message| format!(": {message}")).unwrap_or_default();
        match ended(reason) {
            Ended::As(Finish::Stop) => Ok((stop, None)),
            Ended::As(finish) => Ok((finish, None)),
            Ended::Failed if silent => {
                let text = format!("The model ended without an answer ({reason}){why}");
                Err(Failure::new(FailureKind::UpstreamError, text))
            }
            Ended::Failed | Ended::Oddly => {
                Ok((stop, Some(format!("The model ended its answer with {reason}{why}."))))
            }
        }
    }
}

fn block_of(part: &Value, blocks: &mut Blocks) -> Option<String> {
    let object = |key: &str| part.get(key).and_then(Value::as_object);
    match object("executableCode") {
        Some(code) => code_block(code, blocks),
        None => output_block(object("codeExecutionResult")?, blocks),
    }
}

/// A picture or a piece of sound.
fn made(data: &Value) -> Option<Event> {
    let mime = data["mimeType"].as_str()?.to_owned();
    let base64 = data["data"].as_str()?.to_owned();
    match mime.split_once('/')?.0 {
        "image" => Some(Event::Image { mime, base64 }),
        "audio" => Some(Event::Audio { mime, base64 }),
        _ => None,
    }
}

/// A call; without an id it has an empty one.
fn call_of(call: &Value) -> Option<ToolCall> {
    let name = call["name"].as_str().filter(|name| !name.is_empty())?;
    let arguments = match &call["args"] {
        Value::Object(arguments) => arguments.clone(),
        _ => Map::new(),
    };
    Some(ToolCall {
        id: call["id"].as_str().unwrap_or_default().to_owned(),
        name: name.to_owned(),
        arguments: Value::Object(arguments).to_string(),
    })
}

fn unreadable() -> Failure {
    Failure::new(FailureKind::UpstreamError, "The provider answered with something that cannot be read.")
}
