//! Google's Interactions (`POST /v1beta/interactions`). The provider keeps the turns; what is sent and what comes are
//! steps.
//!
//! <https://ai.google.dev/gemini-api/docs/interactions>

use std::collections::BTreeMap;

use postern_store::Standing;
use serde_json::{Map, Value};

use super::body::{Answer, Form, Piece, Request};
use super::ending;
use super::gemini;
use super::page::{Counted, Page, turn};
use super::scribe::{Scribe, by_mime, function, loose_text, other, own_tool, said, thought};
use super::value::{append, as_text, count, extend, field, is_blank, list, merge, text, text_of};
use crate::{Part, Role, Source, Tool, Turn};

pub(super) fn read(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(text_of(asked, &["model", "agent"]));
    page.parameters(asked, &["input", "system_instruction", "previous_interaction_id", "agent"]);
    page.conversation.tools = list(asked, "tools").iter().flat_map(tools).collect();
    let before = text(asked, "previous_interaction_id");
    page.continues = (!before.is_empty()).then(|| before.to_owned());
    let mut turns = Vec::new();
    if let Some(system) = field(asked, "system_instruction").map(loose_text).filter(|words| !words.is_empty())
    {
        turns.push(turn(Role::System, vec![Part::Text { text: system }]));
    }
    match asked.get("input") {
        Some(Value::String(words)) => turns.push(turn(Role::User, said(words).into_iter().collect())),
        Some(Value::Array(items)) => items.iter().for_each(|item| step(item, Role::User, &mut turns, scribe)),
        Some(item @ Value::Object(_)) => step(item, Role::User, &mut turns, scribe),
        _ => {}
    }
    page.ask(turns);
    let made;
    let came = match &answer.form {
        Form::Whole(value) => value,
        Form::Pieces(pieces) => {
            made = whole(pieces);
            &made
        }
        Form::Nothing | Form::Bytes(_) => return page,
    };
    answered(&mut page, came, scribe);
    page
}

fn answered(page: &mut Page, came: &Value, scribe: &mut Scribe<'_>) {
    page.model(text_of(came, &["model", "agent"]));
    let id = text(came, "id");
    page.answer_id = (!id.is_empty()).then(|| id.to_owned());
    let usage = field(came, "usage").unwrap_or(&Value::Null);
    let sum =
        |names: [&str; 2]| names.iter().filter_map(|name| count(usage, name)).reduce(|sum, more| sum + more);
    page.counted = Counted {
        input: sum(["total_input_tokens", "total_tool_use_tokens"]),
        output: sum(["total_output_tokens", "total_thought_tokens"]),
    };
    let status = text(came, "status");
    page.ending = match status {
        "completed" | "requires_action" => Some(Standing::Ok),
        "incomplete" | "budget_exceeded" => Some(Standing::Truncated),
        "failed" => Some(Standing::UpstreamError),
        "cancelled" => Some(Standing::ClientAbort),
        _ => None,
    };
    ending::take(page, came);
    let mut turns = Vec::new();
    // The first version of the API called the steps outputs.
    for item in list(came, "steps").iter().chain(list(came, "outputs")) {
        if text(item, "type") != "user_input" {
            step(item, Role::Assistant, &mut turns, scribe);
        }
    }
    let parts: Vec<Part> = turns.into_iter().flat_map(|turn| turn.parts).collect();
    let told = page.ending.is_some() && page.conversation.error.is_none();
    if !parts.is_empty() || told {
        page.answer(parts, status);
    }
}

fn tools(entry: &Value) -> Vec<Tool> {
    match text(entry, "type") {
        "function" => vec![function(entry, &["parameters"])],
        "" => gemini::tools(entry),
        kind => vec![own_tool(kind)],
    }
}

/// A step, a turn, or a bare piece of content of this role. One that goes on in the same role is of the same turn.
fn step(item: &Value, role: Role, turns: &mut Vec<Turn>, scribe: &mut Scribe<'_>) {
    let (role, parts) = match (text(item, "type"), text(item, "role")) {
        ("user_input", _) => (Role::User, contents(item.get("content"), scribe)),
        ("model_output", _) => (Role::Assistant, contents(item.get("content"), scribe)),
        ("thought" | "function_call", _) => (Role::Assistant, content(item, scribe)),
        ("function_result", _) => (Role::Tool, content(item, scribe)),
        ("", "user") => return turns.push(turn(Role::User, contents(item.get("content"), scribe))),
        ("", "model" | "assistant") => {
            return turns.push(turn(Role::Assistant, contents(item.get("content"), scribe)));
        }
        (kind, _) if kind.ends_with("_call") || kind.ends_with("_result") => {
            (Role::Assistant, content(item, scribe))
        }
        _ => (role, content(item, scribe)),
    };
    match turns.last_mut().filter(|last| last.role == role && role != Role::Tool) {
        Some(last) => last.parts.extend(parts),
        None => turns.push(turn(role, parts)),
    }
}

fn contents(value: Option<&Value>, scribe: &mut Scribe<'_>) -> Vec<Part> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(words)) => said(words).into_iter().collect(),
        Some(Value::Array(items)) => items.iter().flat_map(|item| content(item, scribe)).collect(),
        Some(item) => content(item, scribe),
    }
}

fn content(item: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    if let Value::String(words) = item {
        return said(words).into_iter().collect();
    }
    let kind = text(item, "type");
    let read = match kind {
        "text" => {
            let citations = list(item, "annotations").iter().map(|raw| Part::Citation { raw: raw.clone() });
            return said(text(item, "text")).into_iter().chain(citations).collect();
        }
        "thought" => {
            let words = field(item, "summary").map(loose_text).unwrap_or_default();
            return thought(&words, text(item, "signature")).into_iter().collect();
        }
        "function_call" => Part::ToolCall {
            id: text(item, "id").to_owned(),
            name: text(item, "name").to_owned(),
            arguments: as_text(item.get("arguments")),
        },
        "function_result" => result(item, scribe),
        "image" | "audio" | "video" | "document" => file(item, kind, scribe),
        _ => other(item),
    };
    std::iter::once(read).chain(thought("", text(item, "signature"))).collect()
}

fn result(item: &Value, scribe: &mut Scribe<'_>) -> Part {
    let name = text(item, "name");
    let parts = match item.get("result") {
        Some(Value::Array(items)) if items.iter().all(|item| !text(item, "type").is_empty()) => {
            items.iter().flat_map(|item| content(item, scribe)).collect()
        }
        given => said(&as_text(given)).into_iter().collect(),
    };
    Part::ToolResult {
        call_id: text(item, "call_id").to_owned(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        parts,
        failed: item.get("is_error") == Some(&Value::Bool(true)),
    }
}

fn file(item: &Value, kind: &str, scribe: &mut Scribe<'_>) -> Part {
    let mime = text(item, "mime_type");
    let source = match text(item, "data") {
        "" => Some(text(item, "uri")).filter(|uri| !uri.is_empty()).map(|uri| Source::Url(uri.to_owned())),
        data => scribe.base64(mime, data),
    };
    let kind = if kind == "document" { "application" } else { kind };
    scribe.part(source, item, |source| by_mime(kind, source, None))
}

/// The events of an answer as the whole answer they make.
fn whole(pieces: &[Piece]) -> Value {
    let mut answer = Map::new();
    let mut steps: BTreeMap<u64, Map<String, Value>> = BTreeMap::new();
    for Piece { event, data } in pieces {
        let kind = match text(data, "event_type") {
            "" => event.as_deref().unwrap_or_default(),
            kind => kind,
        };
        if let Some(Value::Object(told)) = field(data, "interaction") {
            let told = told.iter().filter(|(_, value)| !is_blank(value));
            answer.extend(told.map(|(name, value)| (name.clone(), value.clone())));
        } else if kind == "error" || field(data, "error").is_some() {
            answer.insert("error".to_owned(), field(data, "error").unwrap_or(data).clone());
        } else if let Some(index) = count(data, "index") {
            let step = steps.entry(index).or_default();
            for name in ["step", "content"] {
                if let Some(Value::Object(begun)) = field(data, name) {
                    step.clone_from(begun);
                }
            }
            if let Some(delta) = field(data, "delta") {
                go_on(step, delta);
            }
        } else if let Some(status) = field(data, "status") {
            answer.insert("status".to_owned(), status.clone());
        }
    }
    if !steps.is_empty() && !answer.contains_key("steps") && !answer.contains_key("outputs") {
        let steps = steps.into_values().map(Value::Object).collect();
        answer.insert("steps".to_owned(), Value::Array(steps));
    }
    Value::Object(answer)
}

/// Puts a piece behind a step, or behind a bare piece of content of the first version of the API.
fn go_on(step: &mut Map<String, Value>, delta: &Value) {
    let is_output = step.get("type").and_then(Value::as_str) == Some("model_output");
    match text(delta, "type") {
        "text" if is_output => {
            let known =
                step.get_mut("content").and_then(Value::as_array_mut).and_then(|known| known.last_mut());
            match known.filter(|last| text(last, "type") == "text").and_then(Value::as_object_mut) {
                Some(last) => append(last, "text", text(delta, "text")),
                None => extend(step, "content", std::slice::from_ref(delta)),
            }
        }
        "text" => append(step, "text", text(delta, "text")),
        "thought_summary" => {
            let piece =
                field(delta, "content").or_else(|| field(delta, "text")).map(loose_text).unwrap_or_default();
            let known = step.get("summary").map(loose_text).unwrap_or_default();
            step.insert("summary".to_owned(), Value::String(known + &piece));
        }
        "thought_signature" => append(step, "signature", text(delta, "signature")),
        "arguments_delta" => {
            if step.get("arguments").is_some_and(|known| !known.is_string()) {
                step.remove("arguments");
            }
            append(step, "arguments", text_of(delta, &["arguments", "partial_arguments", "delta"]));
        }
        _ if is_output => extend(step, "content", std::slice::from_ref(delta)),
        _ => {
            for (name, value) in delta.as_object().into_iter().flatten().filter(|(name, _)| *name != "type") {
                merge(step, name, value);
            }
        }
    }
}
