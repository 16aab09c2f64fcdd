//! Ollama's own API (`POST /api/chat`, `POST /api/generate`).
//!
//! <https://github.com/ollama/ollama/blob/main/docs/api.md>

use postern_store::Standing;
use serde_json::{Map, Value};

use super::body::{Answer, Form, Piece, Request};
use super::chat::tools;
use super::ending;
use super::page::{Counted, Page, turn};
use super::scribe::{Scribe, other, said, thought};
use super::value::{as_text, count, extend, field, list, merge, text, text_of};
use crate::{Part, Role, Turn};

/// A conversation.
pub(super) fn chat(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(text(asked, "model"));
    page.parameters(asked, &["messages", "keep_alive"]);
    page.conversation.tools = tools(asked);
    page.ask(list(asked, "messages").iter().map(|message| message_turn(message, scribe)).collect());
    answered(&mut page, answer, |came| match field(came, "message") {
        Some(message) => parts(message, scribe),
        None => Vec::new(),
    });
    page
}

/// A text that goes on.
pub(super) fn generate(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(text(asked, "model"));
    page.parameters(asked, &["prompt", "system", "images", "context", "keep_alive"]);
    let system = said(text(asked, "system")).map(|part| turn(Role::System, vec![part]));
    let mut parts: Vec<Part> = said(text(asked, "prompt")).into_iter().collect();
    parts.extend(images(asked, scribe));
    page.ask(system.into_iter().chain([turn(Role::User, parts)]).collect());
    answered(&mut page, answer, |came| {
        thought(text(came, "thinking"), "").into_iter().chain(said(text(came, "response"))).collect()
    });
    page
}

fn answered(page: &mut Page, answer: &Answer, parts: impl FnOnce(&Value) -> Vec<Part>) {
    let made;
    let came = match &answer.form {
        Form::Whole(value) => value,
        Form::Pieces(pieces) => {
            made = whole(pieces);
            &made
        }
        Form::Nothing | Form::Bytes(_) => return,
    };
    page.model(text(came, "model"));
    page.counted = Counted { input: count(came, "prompt_eval_count"), output: count(came, "eval_count") };
    let is_over = came.get("done") == Some(&Value::Bool(true));
    let finish = text(came, "done_reason");
    page.ending = ending::of_openai(finish).or(is_over.then_some(Standing::Ok));
    let parts = parts(came);
    if !parts.is_empty() || field(came, "error").is_none() {
        page.answer(parts, finish);
    }
    ending::take(page, came);
}

fn message_turn(message: &Value, scribe: &mut Scribe<'_>) -> Turn {
    let role = match text(message, "role") {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" => {
            let name = text_of(message, &["tool_name", "name"]);
            let result = Part::ToolResult {
                call_id: text(message, "tool_call_id").to_owned(),
                name: (!name.is_empty()).then(|| name.to_owned()),
                parts: said(text(message, "content")).into_iter().collect(),
                failed: false,
            };
            return turn(Role::Tool, vec![result]);
        }
        _ => {
            scribe.damaged = true;
            return turn(Role::User, vec![other(message)]);
        }
    };
    turn(role, parts(message, scribe))
}

fn parts(message: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> = thought(text(message, "thinking"), "").into_iter().collect();
    parts.extend(said(text(message, "content")));
    parts.extend(images(message, scribe));
    parts.extend(list(message, "tool_calls").iter().map(|call| match field(call, "function") {
        Some(named) => Part::ToolCall {
            id: text(call, "id").to_owned(),
            name: text(named, "name").to_owned(),
            arguments: as_text(named.get("arguments")),
        },
        None => other(call),
    }));
    parts
}

/// Pictures: base64 without a word about what it is.
fn images(message: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let images = list(message, "images").iter();
    let read = images.map(|image| {
        let source = image.as_str().and_then(|data| scribe.base64("", data));
        scribe.part(source, image, |source| Part::Image { source })
    });
    read.collect()
}

/// The lines of an answer as the whole answer they make.
fn whole(pieces: &[Piece]) -> Value {
    let mut answer = Map::new();
    let mut message = Map::new();
    for Piece { data, .. } in pieces {
        for (name, value) in data.as_object().into_iter().flatten() {
            match (name.as_str(), value) {
                ("message", Value::Object(piece)) => go_on(&mut message, piece),
                ("response" | "thinking", value) => merge(&mut answer, name, value),
                (_, value) => {
                    answer.insert(name.clone(), value.clone());
                }
            }
        }
    }
    if !message.is_empty() {
        answer.insert("message".to_owned(), Value::Object(message));
    }
    Value::Object(answer)
}

fn go_on(message: &mut Map<String, Value>, piece: &Map<String, Value>) {
    for (name, value) in piece {
        match (name.as_str(), value) {
            ("content" | "thinking", value) => merge(message, name, value),
            ("tool_calls" | "images", Value::Array(items)) => extend(message, name, items),
            (_, value) => {
                message.insert(name.clone(), value.clone());
            }
        }
    }
}
