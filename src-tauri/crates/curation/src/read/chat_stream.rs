//! The chunks of a Chat answer as the whole answer they make.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::body::Piece;
use super::scribe::decoded;
use super::value::{append, count, field, list, merge, text};

/// The answer as it had come in one.
pub(super) fn whole(pieces: &[Piece]) -> Value {
    let mut answer = Map::new();
    let mut choices: BTreeMap<u64, Choice> = BTreeMap::new();
    for piece in pieces {
        for name in ["id", "model", "usage", "error"] {
            if let Some(value) = field(&piece.data, name).filter(|value| value.as_str() != Some("")) {
                answer.insert(name.to_owned(), value.clone());
            }
        }
        if piece.event.as_deref() == Some("error") && !answer.contains_key("error") {
            answer.insert("error".to_owned(), piece.data.clone());
        }
        for choice in list(&piece.data, "choices") {
            // Moonshot counts within the last choice.
            if let Some(usage) = field(choice, "usage") {
                answer.insert("usage".to_owned(), usage.clone());
            }
            choices.entry(count(choice, "index").unwrap_or_default()).or_default().take(choice);
        }
    }
    let choices = choices.into_iter().map(|(index, choice)| choice.whole(index));
    answer.insert("choices".to_owned(), Value::Array(choices.collect()));
    Value::Object(answer)
}

#[derive(Default)]
struct Choice {
    message: Map<String, Value>,
    calls: Vec<Call>,
    finish: Option<Value>,
    error: Option<Value>,
    text: String,
}

/// A call as far as it was told.
#[derive(Default)]
struct Call {
    index: Option<u64>,
    fields: Map<String, Value>,
    name: String,
    arguments: String,
    custom: bool,
}

impl Choice {
    fn take(&mut self, choice: &Value) {
        if let Some(finish) = field(choice, "finish_reason") {
            self.finish = Some(finish.clone());
        }
        if let Some(error) = field(choice, "error") {
            self.error = Some(error.clone());
        }
        // The older Completions have no message.
        self.text += text(choice, "text");
        match (field(choice, "delta"), field(choice, "message")) {
            (Some(delta), _) => self.delta(delta),
            // Some send the whole message once more at the end.
            (None, Some(message)) if self.message.is_empty() && self.calls.is_empty() => self.delta(message),
            (None, _) => {}
        }
    }

    fn delta(&mut self, delta: &Value) {
        let is_thought = delta.pointer("/extra_content/google/thought") == Some(&Value::Bool(true));
        for (name, value) in delta.as_object().into_iter().flatten() {
            match (name.as_str(), value) {
                ("role" | "id" | "index" | "name", value) => {
                    self.message.insert(name.clone(), value.clone());
                }
                ("content", Value::String(words)) if is_thought => {
                    append(&mut self.message, "reasoning_content", untagged(words));
                }
                ("content", Value::Array(parts)) => self.parts(parts),
                ("content", Value::String(words)) => self.words(words),
                ("tool_calls", Value::Array(calls)) => calls.iter().for_each(|call| self.call(call)),
                ("function_call", Value::Object(call)) => self.older_call(call),
                ("reasoning_details", Value::Array(details)) => self.details(details),
                ("audio", Value::Object(audio)) => self.audio(audio),
                // Of thoughts only the words are of use, of everything else the seal.
                ("extra_content", value) if !is_thought => merge(&mut self.message, name, value),
                ("extra_content", _) => {}
                (_, value) => merge(&mut self.message, name, value),
            }
        }
    }

    /// Words behind the words so far, which may be a list of parts.
    fn words(&mut self, words: &str) {
        if matches!(self.message.get("content"), Some(Value::Array(_))) {
            self.parts(&[json!({"type": "text", "text": words})]);
        } else {
            append(&mut self.message, "content", words);
        }
    }

    /// Parts behind the content so far. A part of the same kind goes on where the last ended.
    fn parts(&mut self, parts: &[Value]) {
        let content = self.message.entry("content").or_insert(Value::Null);
        if let Value::String(words) = content {
            *content = if words.is_empty() { json!([]) } else { json!([{"type": "text", "text": words}]) };
        } else if content.is_null() {
            *content = json!([]);
        }
        let Value::Array(known) = content else { return };
        for part in parts {
            let same = known.last_mut().filter(|last| last.get("type") == part.get("type"));
            match (text(part, "type"), same) {
                ("text", Some(Value::Object(last))) => append(last, "text", text(part, "text")),
                ("thinking", Some(Value::Object(last))) => {
                    let more = list(part, "thinking").to_vec();
                    super::value::extend(last, "thinking", &more);
                }
                _ => known.push(part.clone()),
            }
        }
    }

    fn details(&mut self, details: &[Value]) {
        let known = self.message.entry("reasoning_details").or_insert_with(|| json!([]));
        let Value::Array(known) = known else { return };
        for detail in details {
            let same = |last: &&mut Value| {
                last.get("type") == detail.get("type") && last.get("index") == detail.get("index")
            };
            let Some(last) = known.last_mut().filter(same).and_then(Value::as_object_mut) else {
                known.push(detail.clone());
                continue;
            };
            for (name, value) in detail.as_object().into_iter().flatten() {
                match (name.as_str(), value) {
                    ("text" | "summary" | "data" | "signature", Value::String(more)) => {
                        append(last, name, more)
                    }
                    (_, Value::Null) => {}
                    (_, value) => {
                        last.insert(name.clone(), value.clone());
                    }
                }
            }
        }
    }

    fn older_call(&mut self, call: &Map<String, Value>) {
        let known = self.message.entry("function_call").or_insert_with(|| json!({}));
        let Value::Object(known) = known else { return };
        for (name, value) in call {
            merge(known, name, value);
        }
    }

    /// Sound comes in pieces that are base64 each on their own.
    fn audio(&mut self, audio: &Map<String, Value>) {
        let known = self.message.entry("audio").or_insert_with(|| json!({}));
        let Value::Object(known) = known else { return };
        for (name, value) in audio {
            match (name.as_str(), value) {
                ("data", Value::String(more)) => {
                    let mut bytes =
                        known.get("data").and_then(Value::as_str).and_then(decoded).unwrap_or_default();
                    bytes.extend(decoded(more).unwrap_or_default());
                    known.insert("data".to_owned(), STANDARD.encode(bytes).into());
                }
                ("transcript", value) => merge(known, name, value),
                (_, Value::Null) => {}
                (_, value) => {
                    known.insert(name.clone(), value.clone());
                }
            }
        }
    }

    fn call(&mut self, piece: &Value) {
        let at = self.place(piece).unwrap_or_else(|| {
            self.calls.push(Call::default());
            self.calls.len() - 1
        });
        let Some(call) = self.calls.get_mut(at) else { return };
        call.index = call.index.or_else(|| count(piece, "index"));
        for (name, value) in piece.as_object().into_iter().flatten() {
            let is_new = call.fields.get(name).is_none_or(|known| known.as_str() == Some(""));
            if is_new && !matches!(name.as_str(), "function" | "custom" | "index") && !value.is_null() {
                call.fields.insert(name.clone(), value.clone());
            }
        }
        call.custom |= piece.get("custom").is_some();
        let named = field(piece, "function").or_else(|| field(piece, "custom")).unwrap_or(&Value::Null);
        if call.name.is_empty() {
            text(named, "name").clone_into(&mut call.name);
        }
        match named.get("arguments").or_else(|| named.get("input")) {
            Some(Value::String(more)) => call.arguments += more,
            None | Some(Value::Null) => {}
            Some(whole) => call.arguments += &whole.to_string(),
        }
    }

    /// Which call a piece goes on; `None` for the beginning of a new one. Not everybody numbers them, and not everybody
    /// gives them ids.
    fn place(&self, piece: &Value) -> Option<usize> {
        let id = text(piece, "id");
        let name = piece.pointer("/function/name").or_else(|| piece.pointer("/custom/name"));
        let name = name.and_then(Value::as_str).unwrap_or_default();
        let same_id = |call: &Call| call.fields.get("id").and_then(Value::as_str) == Some(id);
        if !id.is_empty()
            && let Some(at) = self.calls.iter().rposition(same_id)
        {
            return Some(at);
        }
        let at = match count(piece, "index") {
            Some(index) => self.calls.iter().rposition(|call| call.index == Some(index))?,
            None if id.is_empty() && name.is_empty() => self.calls.len().checked_sub(1)?,
            None => return None,
        };
        let known = &self.calls[at];
        let known_id = known.fields.get("id").and_then(Value::as_str).unwrap_or_default();
        let other_id = !id.is_empty() && !known_id.is_empty();
        let again = !name.is_empty() && !known.name.is_empty() && is_whole(&known.arguments);
        (!other_id && !again).then_some(at)
    }

    fn whole(mut self, index: u64) -> Value {
        if !self.calls.is_empty() {
            let calls = self.calls.into_iter().map(Call::whole).collect();
            self.message.insert("tool_calls".to_owned(), Value::Array(calls));
        }
        let mut choice = Map::from_iter([
            ("index".to_owned(), index.into()),
            ("message".to_owned(), Value::Object(self.message)),
            ("text".to_owned(), self.text.into()),
        ]);
        choice.extend(self.finish.map(|finish| ("finish_reason".to_owned(), finish)));
        choice.extend(self.error.map(|error| ("error".to_owned(), error)));
        Value::Object(choice)
    }
}

impl Call {
    fn whole(mut self) -> Value {
        let (kind, body) = if self.custom { ("custom", "input") } else { ("function", "arguments") };
        self.fields.insert(kind.to_owned(), json!({"name": self.name, body: self.arguments}));
        Value::Object(self.fields)
    }
}

/// Whether these arguments can be all there are. Some begin every call with `{}` and mean nothing by it.
fn is_whole(arguments: &str) -> bool {
    let text = arguments.trim();
    text != "{}" && text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// A thought without the tags that Google's layer puts around it.
fn untagged(words: &str) -> &str {
    let words = words.strip_prefix("<thought>").unwrap_or(words);
    words.strip_suffix("</thought>").unwrap_or(words)
}
