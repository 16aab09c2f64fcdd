//! The items of a response, as they grow.

use serde_json::{Value, json};

use crate::dialect::{Dialect, Signature};
use crate::openai::answer::is_annotation;

/// Marks a seal that is for the item before it. Only thoughts have a place for seals in this dialect.
pub(super) const SEAL: &str = "seal:";

/// The item that is being told.
#[derive(Debug)]
pub(super) enum Item {
    Message { done: Vec<Value>, open: Option<Words> },
    Thought { text: String, sealed: Option<String> },
    Call(Call),
    Picture { mime: String, base64: String },
}

/// A call of a function, or of a custom tool, whose arguments are told once they are whole.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
    pub(super) custom: bool,
}

/// A content part of a message: text, or the words in which the model declined.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) refusal: bool,
    pub(super) text: String,
    pub(super) annotations: Vec<Value>,
}

impl Words {
    pub(super) fn new(refusal: bool) -> Self {
        Self { refusal, text: String::new(), annotations: Vec::new() }
    }

    pub(super) fn part(&self) -> Value {
        if self.refusal {
            return json!({ "type": "refusal", "refusal": self.text });
        }
        json!({ "type": "output_text", "text": self.text, "annotations": self.annotations, "logprobs": [] })
    }
}

impl Call {
    /// The free text of a custom tool.
    pub(super) fn input(&self) -> String {
        let arguments: Value = serde_json::from_str(&self.arguments).unwrap_or_default();
        arguments["input"].as_str().unwrap_or(&self.arguments).to_owned()
    }
}

impl Item {
    /// What the ids of such items begin with.
    pub(super) fn prefix(&self) -> &'static str {
        match self {
            Self::Message { .. } => "msg",
            Self::Thought { .. } => "rs",
            Self::Call(call) if call.custom => "ctc",
            Self::Call(_) => "fc",
            Self::Picture { .. } => "ig",
        }
    }

    /// The item as it is now.
    pub(super) fn value(&self, id: &str, status: &str) -> Value {
        match self {
            Self::Message { done, .. } => {
                json!({ "id": id, "type": "message", "status": status, "role": "assistant", "content": done })
            }
            Self::Thought { text, sealed } => {
                let summary = if text.is_empty() { json!([]) } else { json!([summary(text)]) };
                let mut item = json!({ "id": id, "type": "reasoning", "status": status, "summary": summary });
                if let Some(sealed) = sealed {
                    item["encrypted_content"] = sealed.as_str().into();
                }
                item
            }
            Self::Call(call) if call.custom => {
                json!({ "id": id, "type": "custom_tool_call", "status": status,
                "call_id": call.id, "name": call.name, "input": call.input() })
            }
            Self::Call(call) => {
                json!({ "id": id, "type": "function_call", "status": status, "call_id": call.id,
                "name": call.name, "arguments": call.arguments })
            }
            Self::Picture { mime, base64 } => {
                let format = mime.strip_prefix("image/").unwrap_or(mime);
                json!({ "id": id, "type": "image_generation_call", "status": status, "result": base64,
                    "output_format": format })
            }
        }
    }
}

pub(super) fn summary(text: &str) -> Value {
    json!({ "type": "summary_text", "text": text })
}

/// A seal in the place for sealed thoughts.
pub(super) fn sealed(seal: &Signature) -> String {
    seal.for_client(Dialect::Responses)
}

/// A source in the form of this dialect; `None` for one that has no such form.
pub(super) fn annotation(raw: &Value) -> Option<Value> {
    if is_annotation(raw) {
        let mut annotation = json!({ "type": "url_citation" });
        for key in ["url", "title", "start_index", "end_index"] {
            annotation[key] = raw["url_citation"][key].clone();
        }
        return Some(annotation);
    }
    None
}
