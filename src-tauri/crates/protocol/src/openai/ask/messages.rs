//! The conversation as `messages`.

use serde_json::{Map, Value, json};

use super::media::{item, text_item};
use super::{Habits, is_custom};
use crate::chat::{Message, Part, Request, Role, Source, ToolCall};
use crate::dialect::{Dialect, Signature};
use crate::openai::media::attached_part;

/// All messages. Results of tools and the model's own messages hold text only, so media of theirs go to the user's next
/// message.
pub(super) fn messages(request: &Request, habits: Habits) -> Vec<Value> {
    let mut script = Script { request, habits, out: Vec::new(), held: Vec::new() };
    let last_user = request.messages.iter().rposition(|message| message.role == Role::User);
    for (index, message) in request.messages.iter().enumerate() {
        script.add(message, last_user == Some(index));
    }
    if last_user.is_none() {
        script.hold_attachments();
    }
    script.release();
    script.out
}

struct Script<'a> {
    request: &'a Request,
    habits: Habits,
    out: Vec<Value>,
    /// Content items that wait for a message of the user.
    held: Vec<Value>,
}

impl Script<'_> {
    fn add(&mut self, message: &Message, last_user: bool) {
        match message.role {
            Role::System => {
                self.release();
                self.say("system", message, content(items(message)));
            }
            Role::User => {
                self.held.extend(items(message));
                if last_user {
                    self.hold_attachments();
                }
                let items = std::mem::take(&mut self.held);
                self.say("user", message, content(items));
            }
            Role::Assistant => {
                self.release();
                self.assistant(message);
            }
            Role::Tool => self.results(message),
        }
    }

    fn say(&mut self, role: &str, message: &Message, content: Value) {
        let mut out = Map::from_iter([("role".to_owned(), role.into()), ("content".to_owned(), content)]);
        out.extend(message.name.as_deref().map(|name| ("name".to_owned(), name.into())));
        self.out.push(Value::Object(out));
    }

    fn hold_attachments(&mut self) {
        let attached = self.request.attachments.iter().cloned();
        self.held.extend(attached.filter_map(|attachment| item(&attached_part(attachment))));
    }

    /// What waits becomes a message of its own.
    fn release(&mut self) {
        let items = std::mem::take(&mut self.held);
        if !items.is_empty() {
            self.out.push(json!({ "role": "user", "content": content(items) }));
        }
    }

    fn results(&mut self, message: &Message) {
        for part in &message.parts {
            match part {
                Part::ToolResult { call_id, text, .. } => {
                    self.out.push(json!({ "role": "tool", "tool_call_id": call_id, "content": text }));
                }
                part => self.held.extend(item(part)),
            }
        }
    }

    fn assistant(&mut self, message: &Message) {
        let mut said = Said::default();
        for (at, part) in message.parts.iter().enumerate() {
            match part {
                Part::Text { text } => said.texts.push(text_item(text)),
                Part::Refusal { text } => said.refusal += text,
                Part::Reasoning { text } => said.think(text),
                Part::Signature(seal) => {
                    let before = at.checked_sub(1).map(|at| &message.parts[at]);
                    self.seal(&mut said, before, seal);
                }
                Part::Sealed(seal) => {
                    let data = seal.meant_for(Dialect::Chat);
                    said.details
                        .extend(data.map(|data| json!({ "type": "reasoning.encrypted", "data": data })));
                }
                Part::ToolCall(call) => said.calls.push(self.call(call)),
                Part::Audio { source: Source::FileId(id) } => said.audio = Some(json!({ "id": id })),
                // Sound that the model made is told by its words.
                Part::Audio { .. } | Part::ToolResult { .. } => {}
                part @ (Part::Image { .. } | Part::Video { .. } | Part::File { .. }) => {
                    self.held.extend(item(part));
                }
            }
        }
        let name = message.name.as_deref();
        self.out.push(said.message(name, self.habits));
    }

    fn call(&self, call: &ToolCall) -> Value {
        if is_custom(self.request, &call.name) {
            let input: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
            let input = input["input"].as_str().unwrap_or(&call.arguments);
            return json!({ "id": call.id, "type": "custom", "custom": { "name": call.name, "input": input } });
        }
        let arguments = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
        json!({ "id": call.id, "type": "function", "function": { "name": call.name, "arguments": arguments } })
    }

    /// A seal goes where its maker looks for it: Google's at the call or the message, others at the thought.
    fn seal(&self, said: &mut Said, before: Option<&Part>, seal: &Signature) {
        let google = seal.meant_for(Dialect::Gemini).filter(|_| self.habits.google);
        let extra = google.map(|text| json!({ "google": { "thought_signature": text } }));
        match (before, extra) {
            (Some(Part::ToolCall(_)), Some(extra)) => {
                if let Some(call) = said.calls.last_mut() {
                    call["extra_content"] = extra;
                }
            }
            (_, Some(extra)) => said.extra = Some(extra),
            (_, None) => {
                if let (Some(text), Some(thought)) = (seal.meant_for(Dialect::Chat), said.details.last_mut())
                {
                    thought["signature"] = text.into();
                }
            }
        }
    }
}

/// What a message of the model is made of.
#[derive(Default)]
struct Said {
    texts: Vec<Value>,
    refusal: String,
    reasoning: String,
    details: Vec<Value>,
    calls: Vec<Value>,
    audio: Option<Value>,
    extra: Option<Value>,
}

impl Said {
    fn think(&mut self, text: &str) {
        self.reasoning += text;
        self.details.push(json!({ "type": "reasoning.text", "text": text }));
    }

    fn message(self, name: Option<&str>, habits: Habits) -> Value {
        let mut out = Map::from_iter([("role".to_owned(), "assistant".into())]);
        let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
        let wordless = self.texts.is_empty()
            && (!self.calls.is_empty() || !self.refusal.is_empty() || self.audio.is_some());
        put("content", if wordless { Value::Null } else { content(self.texts) });
        name.into_iter().for_each(|name| drop(put("name", name.into())));
        if habits.wants_reasoning {
            // One that wants thinking back wants it beside calls even if there was none.
            if !self.reasoning.is_empty() || !self.calls.is_empty() {
                put("reasoning_content", self.reasoning.into());
            }
            let sealed = |detail: &Value| detail.get("signature").is_some() || detail.get("data").is_some();
            if self.details.iter().any(sealed) {
                put("reasoning_details", self.details.into());
            }
        }
        if !self.refusal.is_empty() {
            put("refusal", self.refusal.into());
        }
        self.audio.into_iter().for_each(|audio| drop(put("audio", audio)));
        if !self.calls.is_empty() {
            put("tool_calls", self.calls.into());
        }
        self.extra.into_iter().for_each(|extra| drop(put("extra_content", extra)));
        Value::Object(out)
    }
}

fn items(message: &Message) -> Vec<Value> {
    message.parts.iter().filter_map(item).collect()
}

/// One text is a bare string, which every provider reads.
fn content(mut items: Vec<Value>) -> Value {
    match items.as_mut_slice() {
        [] => "".into(),
        [only] if only["type"] == "text" => only["text"].take(),
        _ => items.into(),
    }
}
