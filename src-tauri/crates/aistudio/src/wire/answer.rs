//! Frames of an answer to canonical events.

use postern_protocol::blocks::Blocks;
use postern_protocol::chat::{Event, Failure, FailureKind, Finish, ToolCall, Usage};
use serde_json::{Map, Value};

use super::code::block_of;
use super::grounding::Grounding;
use super::loose::{at, dig};
use super::{Splitter, failure_of};

/// Where a part keeps what it is.
mod part {
    pub(super) const TEXT: usize = 1;
    pub(super) const INLINE_DATA: usize = 2;
    pub(super) const OLD_CALL: usize = 3;
    pub(super) const CALL: usize = 10;
    pub(super) const THOUGHT: usize = 12;
}

/// Reads one answer from its bytes.
#[derive(Debug)]
pub struct Answer {
    splitter: Splitter,
    /// Makes the ids of calls that came without one unique.
    id_base: String,
    calls: Vec<Call>,
    /// Which of the calls the frame that is read has shown.
    seen: Vec<usize>,
    /// The parts of the last frame, if the site may send them all once more.
    repeatable: Option<Vec<Value>>,
    /// Code in the text; `None` keeps it out.
    blocks: Option<Blocks>,
    grounding: Grounding,
    usage: Option<Usage>,
    finish: Option<(u64, Option<String>)>,
    said: bool,
}

#[derive(Debug)]
struct Call {
    id: Option<String>,
    name: String,
    arguments: String,
}

impl Answer {
    /// An answer of which nothing has come yet. Calls without an id are named after `id_base`.
    pub fn new(id_base: impl Into<String>) -> Self {
        Self {
            splitter: Splitter::default(),
            id_base: id_base.into(),
            calls: Vec::new(),
            seen: Vec::new(),
            repeatable: None,
            blocks: Some(Blocks::default()),
            grounding: Grounding::default(),
            usage: None,
            finish: None,
            said: false,
        }
    }

    /// The same where the text must have a form of its own, which code that was run on the way would break.
    #[must_use]
    pub fn without_code(mut self) -> Self {
        self.blocks = None;
        self
    }

    /// Takes the next bytes and returns what they say.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for frame in self.splitter.push(bytes) {
            self.frame(&frame, &mut events);
        }
        if self.ended() {
            events.extend(self.grounding.annotations());
        }
        events
    }

    /// Whether the site said why the answer ended, so that nothing of weight follows.
    pub fn ended(&self) -> bool {
        self.finish.is_some() || self.splitter.status().is_some() || self.splitter.closed()
    }

    /// What the end of the bytes means, given the HTTP status they came with.
    pub fn finish(&self, http: u16) -> Result<Finish, Failure> {
        if let Some(status) = self.splitter.status() {
            return Err(failure_of(Some(http), Some(status)));
        }
        match &self.finish {
            Some((code, message)) => self.finish_of(*code, message.as_deref()),
            None if self.splitter.closed() && self.said => Ok(self.stop()),
            None if self.splitter.unreadable() > 0 => Err(Failure::new(
                FailureKind::PageChanged,
                "AI Studio answered in a form Postern does not know",
            )),
            None if self.splitter.closed() => {
                Err(Failure::new(FailureKind::UpstreamError, "AI Studio sent an empty answer"))
            }
            None => Err(Failure::new(FailureKind::Interrupted, "AI Studio's answer broke off")),
        }
    }

    fn frame(&mut self, frame: &Value, events: &mut Vec<Event>) {
        self.seen.clear();
        if let Some(blocks) = &mut self.blocks {
            blocks.frame();
        }
        if let Some(candidate) = dig(frame, &[0, 0]) {
            let parts = dig(candidate, &[0, 0]).and_then(Value::as_array).filter(|parts| !parts.is_empty());
            if let Some(parts) = parts.filter(|parts| !self.repeats(parts)) {
                self.repeatable = parts.iter().any(is_repeated).then(|| parts.clone());
                for part in parts {
                    self.part(part, events);
                }
            }
            if let Some(code) = at(candidate, 1).and_then(Value::as_u64) {
                let message = at(candidate, 3).and_then(Value::as_str).map(str::to_owned);
                self.finish = Some((code, message));
            }
            events.extend(self.grounding.saw(candidate));
        }
        if let Some(usage) = at(frame, 2).map(usage_of).filter(|usage| self.usage.as_ref() != Some(usage)) {
            self.usage = Some(usage);
            events.push(Event::Usage(usage));
        }
    }

    /// Whether these are the parts of the frame before, come again.
    fn repeats(&self, parts: &[Value]) -> bool {
        let before = self.repeatable.as_deref().unwrap_or_default();
        before.len() == parts.len() && before.iter().zip(parts).all(|(before, part)| same_part(before, part))
    }

    fn part(&mut self, part: &Value, events: &mut Vec<Event>) {
        let before = events.len();
        let thought = at(part, part::THOUGHT).is_some_and(|flag| flag == 1 || flag == true);
        if let Some(text) = at(part, part::TEXT).and_then(Value::as_str).filter(|text| !text.is_empty()) {
            if thought {
                events.push(Event::Reasoning { text: text.to_owned() });
            } else {
                let text = self.blocks.as_mut().map_or_else(|| text.to_owned(), |blocks| blocks.words(text));
                self.text(text, events);
            }
        }
        // What the model ran, drew or spoke while thinking is a draft, not the answer.
        if let Some(block) =
            self.blocks.as_mut().filter(|_| !thought).and_then(|blocks| block_of(part, blocks))
        {
            self.text(block, events);
        }
        events.extend(at(part, part::INLINE_DATA).and_then(made).filter(|_| !thought));
        let call = at(part, part::CALL).and_then(call_of);
        if let Some(call) = call.or_else(|| at(part, part::OLD_CALL).and_then(call_of)) {
            events.extend(self.call(call));
        }
        self.said |= events[before..].iter().any(|event| !matches!(event, Event::Reasoning { .. }));
    }

    fn text(&mut self, text: String, events: &mut Vec<Event>) {
        self.grounding.heard(&text);
        events.push(Event::Text { text });
    }

    /// The site repeats a call in several frames; only the first counts. Two alike in one frame are two.
    fn call(&mut self, call: Call) -> Option<Event> {
        let same = |known: &Call| match (&known.id, &call.id) {
            (Some(known), Some(new)) => known == new,
            _ => known.name == call.name && known.arguments == call.arguments,
        };
        let known = self.calls.iter().enumerate().find(|(at, known)| !self.seen.contains(at) && same(known));
        if let Some((at, _)) = known {
            self.seen.push(at);
            return None;
        }
        let by_id = |known: &Call| known.id.is_some() && known.id == call.id;
        if self.calls.iter().any(by_id) {
            return None;
        }
        self.seen.push(self.calls.len());
        let id = call.id.clone().unwrap_or_else(|| format!("call_{}_{}", self.id_base, self.calls.len()));
        let event = ToolCall { id, name: call.name.clone(), arguments: call.arguments.clone() };
        self.calls.push(call);
        Some(Event::ToolCall(event))
    }

    fn stop(&self) -> Finish {
        if self.calls.is_empty() { Finish::Stop } else { Finish::ToolCalls }
    }

    fn finish_of(&self, code: u64, message: Option<&str>) -> Result<Finish, Failure> {
        match code {
            2 => Ok(Finish::Length),
            3 | 4 | 7 | 8 | 9 | 11 | 14 | 17 | 19 => Ok(Finish::ContentFilter),
            // The model meant to call a tool and failed; without any answer but thoughts that is all there is to tell.
            10 | 12 | 13 | 18 if !self.said => {
                let why = message.map(|message| format!(": {message}")).unwrap_or_default();
                let text =
                    format!("The model made a tool call that cannot be read (finish code {code}){why}");
                Err(Failure::new(FailureKind::UpstreamError, text))
            }
            _ => Ok(self.stop()),
        }
    }
}

/// Whether the site may send a part like this again in the next frame: a call or a picture. A text that comes twice was
/// said twice, and one moment of silence sounds like the next.
fn is_repeated(part: &Value) -> bool {
    let picture =
        || at(part, part::INLINE_DATA).and_then(made).is_some_and(|made| matches!(made, Event::Image { .. }));
    at(part, part::CALL).is_some() || at(part, part::OLD_CALL).is_some() || picture()
}

/// Whether two parts say the same, whatever they are signed with.
fn same_part(one: &Value, other: &Value) -> bool {
    (0..=part::THOUGHT).all(|place| at(one, place) == at(other, place))
}

fn usage_of(value: &Value) -> Usage {
    let count = |index| at(value, index).and_then(Value::as_u64).unwrap_or(0);
    Usage {
        prompt: count(0) + count(7),
        completion: count(1) + count(9),
        cached: count(3),
        reasoning: count(9),
    }
}

/// A picture or a piece of sound.
fn made(value: &Value) -> Option<Event> {
    let mime = at(value, 0)?.as_str()?.to_owned();
    let base64 = at(value, 1)?.as_str()?.to_owned();
    match mime.split_once('/')?.0 {
        "image" => Some(Event::Image { mime, base64 }),
        "audio" => Some(Event::Audio { mime, base64 }),
        _ => None,
    }
}

fn call_of(value: &Value) -> Option<Call> {
    let name = at(value, 0)?.as_str().filter(|name| !name.is_empty())?;
    let arguments = match at(value, 1) {
        Some(fields) => object_of(fields)?,
        None => Value::Object(Map::new()),
    };
    Some(Call {
        id: at(value, 2).and_then(Value::as_str).map(str::to_owned),
        name: name.to_owned(),
        arguments: arguments.to_string(),
    })
}

/// `[[[key, value], …]]` to an object.
fn object_of(value: &Value) -> Option<Value> {
    let mut object = Map::new();
    for pair in at(value, 0).and_then(Value::as_array).into_iter().flatten() {
        object.insert(at(pair, 0)?.as_str()?.to_owned(), pair.get(1).map_or(Value::Null, value_of));
    }
    Some(Value::Object(object))
}

/// One value: which place of the array is filled says of which type it is.
fn value_of(value: &Value) -> Value {
    if let Some(number) = at(value, 1) {
        return number.clone();
    }
    if let Some(text) = at(value, 2) {
        return text.clone();
    }
    if let Some(flag) = at(value, 3) {
        return Value::Bool(flag == 1 || flag == true);
    }
    if let Some(fields) = at(value, 4) {
        return object_of(fields).unwrap_or(Value::Null);
    }
    if let Some(list) = at(value, 5) {
        let items = at(list, 0).and_then(Value::as_array).into_iter().flatten();
        return Value::Array(items.map(value_of).collect());
    }
    Value::Null
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
