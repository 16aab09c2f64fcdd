//! Anthropic's Messages (`POST /v1/messages`).
//!
//! <https://docs.anthropic.com/en/api/messages>

use std::collections::BTreeMap;

use postern_store::Standing;
use serde_json::{Map, Value, json};

use super::body::{Answer, Form, Piece, Request};
use super::ending;
use super::page::{Counted, Page, turn};
use super::scribe::{Scribe, by_mime, function, other, own_tool, said, thought};
use super::value::{append, count, extend, field, list, merge, text, text_of};
use crate::{Part, Role, Source, Turn};

pub(super) fn read(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(text(asked, "model"));
    page.parameters(asked, &["messages", "system", "anthropic_version", "anthropic_beta", "mcp_servers"]);
    let tools = list(asked, "tools").iter();
    page.conversation.tools = tools
        .map(|tool| match (field(tool, "input_schema"), text(tool, "type")) {
            (None, kind) if !matches!(kind, "" | "custom") => own_tool(kind),
            _ => function(tool, &["input_schema"]),
        })
        .collect();
    let system = field(asked, "system").map(|system| turn(Role::System, content(Some(system), scribe)));
    let messages = list(asked, "messages").iter();
    let turns: Vec<Turn> = messages.map(|message| message_turn(message, scribe)).collect();
    page.ask(system.into_iter().chain(turns).collect());
    let made;
    let said = match &answer.form {
        Form::Whole(value) => value,
        Form::Pieces(pieces) => {
            made = whole(pieces);
            &made
        }
        Form::Nothing | Form::Bytes(_) => return page,
    };
    answered(&mut page, said, scribe);
    page
}

fn answered(page: &mut Page, said: &Value, scribe: &mut Scribe<'_>) {
    page.model(text(said, "model"));
    let usage = field(said, "usage").unwrap_or(&Value::Null);
    let input = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"];
    let input: Vec<u64> = input.iter().filter_map(|name| count(usage, name)).collect();
    page.counted = Counted {
        input: (!input.is_empty()).then(|| input.iter().sum()),
        output: count(usage, "output_tokens"),
    };
    let finish = text(said, "stop_reason");
    page.ending = match finish {
        "" => None,
        "max_tokens" | "model_context_window_exceeded" => Some(Standing::Truncated),
        "refusal" => Some(Standing::Blocked),
        _ => Some(Standing::Ok),
    };
    let parts = content(said.get("content"), scribe);
    ending::take(page, said);
    if !parts.is_empty() || said.get("content").is_some() && page.conversation.error.is_none() {
        page.answer(parts, finish);
    }
}

fn message_turn(message: &Value, scribe: &mut Scribe<'_>) -> Turn {
    let role = match text(message, "role") {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "system" => Role::System,
        _ => {
            scribe.damaged = true;
            return turn(Role::User, vec![other(message)]);
        }
    };
    turn(role, content(message.get("content"), scribe))
}

fn content(content: Option<&Value>, scribe: &mut Scribe<'_>) -> Vec<Part> {
    match content {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => said(text).into_iter().collect(),
        Some(Value::Array(blocks)) => blocks.iter().flat_map(|block| block_parts(block, scribe)).collect(),
        Some(raw) => vec![other(raw)],
    }
}

/// A block, and its sources behind it.
fn block_parts(block: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let part = match text(block, "type") {
        "text" => return spoken(block),
        "thinking" => {
            return thought(text(block, "thinking"), text(block, "signature")).into_iter().collect();
        }
        "redacted_thinking" => return thought("", text(block, "data")).into_iter().collect(),
        "tool_use" => Part::ToolCall {
            id: text(block, "id").to_owned(),
            name: text(block, "name").to_owned(),
            arguments: super::value::as_text(block.get("input")),
        },
        "tool_result" => Part::ToolResult {
            call_id: text(block, "tool_use_id").to_owned(),
            name: None,
            parts: content(block.get("content"), scribe),
            failed: block.get("is_error") == Some(&Value::Bool(true)),
        },
        "image" => file(block, scribe, |source| Part::Image { source }),
        "document" => {
            let name = text_of(block, &["title", "filename"]).to_owned();
            file(block, scribe, |source| Part::File { source, name: (!name.is_empty()).then_some(name) })
        }
        // What the provider's own tools do and find is nobody's to answer.
        _ => other(block),
    };
    vec![part]
}

fn spoken(block: &Value) -> Vec<Part> {
    let citations = list(block, "citations").iter().map(|raw| Part::Citation { raw: raw.clone() });
    said(text(block, "text")).into_iter().chain(citations).collect()
}

fn file(block: &Value, scribe: &mut Scribe<'_>, make: impl FnOnce(Source) -> Part) -> Part {
    let place = field(block, "source").unwrap_or(&Value::Null);
    let mime = text(place, "media_type");
    let source = match text(place, "type") {
        "base64" => scribe.base64(mime, text(place, "data")),
        "text" => Some(scribe.bytes(mime, text(place, "data").as_bytes())),
        "url" => scribe.address(text(place, "url")),
        "file" => Some(Source::FileId(text(place, "file_id").to_owned())),
        // A document that is made of blocks itself.
        _ => return other(block),
    };
    let is_image = text(block, "type") == "image";
    scribe.part(source, block, |source| match &source {
        Source::Media { mime, .. } if is_image && !mime.starts_with("image/") && !mime.is_empty() => {
            by_mime(&mime.clone(), source, None)
        }
        Source::Media { .. } | Source::Url(_) | Source::FileId(_) => make(source),
    })
}

/// The events of an answer as the whole answer they make.
fn whole(pieces: &[Piece]) -> Value {
    let mut message = Map::new();
    let mut blocks: BTreeMap<u64, Block> = BTreeMap::new();
    for Piece { event, data } in pieces {
        let index = count(data, "index").unwrap_or_default();
        match text(data, "type") {
            "message_start" => {
                if let Some(Value::Object(begun)) = data.get("message") {
                    message = begun.clone();
                }
            }
            "content_block_start" => {
                let begun = data.get("content_block").and_then(Value::as_object).cloned().unwrap_or_default();
                blocks.insert(index, Block { fields: begun, input: String::new() });
            }
            "content_block_delta" => {
                if let Some(delta) = data.get("delta") {
                    blocks.entry(index).or_default().delta(delta);
                }
            }
            "message_delta" => message_delta(&mut message, data),
            "error" => {
                message.insert("error".to_owned(), data.get("error").unwrap_or(data).clone());
            }
            _ if event.as_deref() == Some("error") => {
                message.insert("error".to_owned(), data.get("error").unwrap_or(data).clone());
            }
            // A list with an error in it, or a whole answer where pieces were asked for.
            "message" => message = data.as_object().cloned().unwrap_or_default(),
            _ => {}
        }
    }
    if !blocks.is_empty() {
        let blocks: Vec<Value> = blocks.into_values().map(Block::whole).collect();
        message.insert("content".to_owned(), Value::Array(blocks));
    }
    Value::Object(message)
}

fn message_delta(message: &mut Map<String, Value>, data: &Value) {
    for (name, value) in data.get("delta").and_then(Value::as_object).into_iter().flatten() {
        message.insert(name.clone(), value.clone());
    }
    let usage = message.entry("usage").or_insert_with(|| json!({}));
    if let (Value::Object(usage), Some(Value::Object(more))) = (usage, data.get("usage")) {
        usage.extend(
            more.iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }
}

/// A block as far as it was told.
#[derive(Default)]
struct Block {
    fields: Map<String, Value>,
    input: String,
}

impl Block {
    fn delta(&mut self, delta: &Value) {
        match text(delta, "type") {
            "text_delta" => append(&mut self.fields, "text", text(delta, "text")),
            "thinking_delta" => append(&mut self.fields, "thinking", text(delta, "thinking")),
            "signature_delta" => append(&mut self.fields, "signature", text(delta, "signature")),
            "input_json_delta" => self.input += text(delta, "partial_json"),
            "citations_delta" => {
                let citation = delta.get("citation").cloned().into_iter().collect::<Vec<_>>();
                extend(&mut self.fields, "citations", &citation);
            }
            _ => {
                for (name, value) in
                    delta.as_object().into_iter().flatten().filter(|(name, _)| *name != "type")
                {
                    merge(&mut self.fields, name, value);
                }
            }
        }
    }

    /// The block as it had come in one. An input that is no JSON stays the text it is.
    fn whole(mut self) -> Value {
        if !self.input.trim().is_empty() {
            let input = serde_json::from_str(&self.input).unwrap_or(Value::String(self.input));
            self.fields.insert("input".to_owned(), input);
        }
        if !self.fields.contains_key("type") {
            let kind = if self.fields.contains_key("thinking") { "thinking" } else { "text" };
            self.fields.insert("type".to_owned(), kind.into());
        }
        Value::Object(self.fields)
    }
}
