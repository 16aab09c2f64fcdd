//! OpenAI's Responses (`POST /responses`).
//!
//! <https://platform.openai.com/docs/api-reference/responses>

use postern_store::Standing;
use serde_json::Value;

use super::body::{Answer, Form, Request};
use super::chat;
use super::ending;
use super::page::{Counted, Page, turn};
use super::responses_stream::whole;
use super::scribe::{Scribe, other, said, thought};
use super::value::{as_text, count, field, list, text};
use crate::{Part, Role, Turn};

pub(super) fn read(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(text(asked, "model"));
    page.parameters(asked, &["input", "instructions", "previous_response_id", "conversation", "include"]);
    page.conversation.tools = chat::tools(asked);
    let previous = text(asked, "previous_response_id");
    page.continues = (!previous.is_empty()).then(|| previous.to_owned());
    page.kept_in = conversation(asked);
    let mut turns = Vec::new();
    match asked.get("instructions") {
        Some(Value::String(words)) => turns.extend(said(words).map(|part| turn(Role::System, vec![part]))),
        Some(Value::Array(items)) => read_items(items, &mut turns, scribe),
        _ => {}
    }
    match asked.get("input") {
        Some(Value::String(words)) => turns.push(turn(Role::User, said(words).into_iter().collect())),
        Some(Value::Array(items)) => read_items(items, &mut turns, scribe),
        _ => {}
    }
    page.ask(turns);
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

/// The id of the conversation that the provider keeps.
fn conversation(asked: &Value) -> Option<String> {
    let named = field(asked, "conversation")?;
    let id = named.as_str().or_else(|| named.get("id")?.as_str())?;
    (!id.is_empty()).then(|| id.to_owned())
}

fn answered(page: &mut Page, said: &Value, scribe: &mut Scribe<'_>) {
    page.model(text(said, "model"));
    let usage = field(said, "usage").unwrap_or(&Value::Null);
    page.counted = Counted { input: count(usage, "input_tokens"), output: count(usage, "output_tokens") };
    let id = text(said, "id");
    page.answer_id = (!id.is_empty()).then(|| id.to_owned());
    let reason = said.pointer("/incomplete_details/reason").and_then(Value::as_str);
    let status = text(said, "status");
    page.ending = match status {
        "completed" => Some(Standing::Ok),
        "incomplete" => ending::of_openai(reason.unwrap_or("length")),
        "failed" => Some(Standing::UpstreamError),
        "cancelled" => Some(Standing::ClientAbort),
        _ => None,
    };
    ending::take(page, said);
    let mut turns = Vec::new();
    let items = list(said, "output");
    for item in items {
        read_item(item, &mut turns, scribe);
    }
    let parts: Vec<Part> = turns.into_iter().flat_map(|turn| turn.parts).collect();
    let told = said.get("output").is_some() && !matches!(status, "" | "queued" | "in_progress");
    if !parts.is_empty() || told && page.conversation.error.is_none() {
        page.answer(parts, reason.unwrap_or(status));
    }
}

fn read_items(items: &[Value], turns: &mut Vec<Turn>, scribe: &mut Scribe<'_>) {
    // What an assistant did item by item is one turn, and none that went before goes on.
    let from = turns.len();
    for item in items {
        let mut more = Vec::new();
        read_item(item, &mut more, scribe);
        for new in more {
            let goes_on = turns.len() > from && new.role == Role::Assistant && is_one_answer(item);
            match turns.last_mut().filter(|last| goes_on && last.role == Role::Assistant) {
                Some(last) => last.parts.extend(new.parts),
                None => turns.push(new),
            }
        }
    }
}

/// Whether an item belongs to the answer that the items before it are of: everything but a message without an id,
/// which some client put there as a turn of its own.
fn is_one_answer(item: &Value) -> bool {
    !matches!(text(item, "type"), "" | "message")
        || !text(item, "id").is_empty()
        || item.get("status").is_some()
}

fn read_item(item: &Value, turns: &mut Vec<Turn>, scribe: &mut Scribe<'_>) {
    let read = match text(item, "type") {
        "" | "message" => message(item, scribe),
        "reasoning" => turn(Role::Assistant, reasoning(item)),
        "function_call" | "custom_tool_call" => turn(Role::Assistant, vec![call(item)]),
        "function_call_output" | "custom_tool_call_output" => turn(Role::Tool, vec![output(item, scribe)]),
        "image_generation_call" => turn(Role::Assistant, vec![picture(item, scribe)]),
        "mcp_approval_response" => turn(Role::User, vec![other(item)]),
        kind if kind.ends_with("_output") => turn(Role::Tool, vec![other(item)]),
        _ => turn(Role::Assistant, vec![other(item)]),
    };
    turns.push(read);
}

fn message(item: &Value, scribe: &mut Scribe<'_>) -> Turn {
    let role = match text(item, "role") {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        _ => {
            scribe.damaged = true;
            return turn(Role::User, vec![other(item)]);
        }
    };
    let mut parts = Vec::new();
    match item.get("content") {
        Some(Value::Array(contents)) => {
            for content in contents {
                parts.extend(part(content, scribe));
            }
        }
        content => parts.extend(chat::content(content, scribe)),
    }
    turn(role, parts)
}

/// A part of a message, and its sources behind it.
fn part(content: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let read = match (text(content, "type"), text(content, "file_id")) {
        ("output_text" | "input_text" | "text", _) => {
            let citations =
                list(content, "annotations").iter().map(|raw| Part::Citation { raw: raw.clone() });
            return said(text(content, "text")).into_iter().chain(citations).collect();
        }
        ("reasoning_text" | "summary_text", _) => {
            return thought(text(content, "text"), "").into_iter().collect();
        }
        ("input_image", id) if !id.is_empty() => Part::Image { source: crate::Source::FileId(id.to_owned()) },
        _ => return chat::content(Some(&Value::Array(vec![content.clone()])), scribe),
    };
    vec![read]
}

/// Thoughts: summaries and what they sum up, each a part; the sealed whole with the last of them.
fn reasoning(item: &Value) -> Vec<Part> {
    let told = list(item, "summary").iter().chain(list(item, "content"));
    let mut parts: Vec<Part> = told.filter_map(|part| thought(text(part, "text"), "")).collect();
    let sealed = text(item, "encrypted_content");
    match parts.last_mut() {
        Some(Part::Reasoning { seal, .. }) if !sealed.is_empty() => *seal = Some(sealed.to_owned()),
        Some(_) => {}
        None => parts.extend(thought("", sealed)),
    }
    parts
}

fn call(item: &Value) -> Part {
    let arguments = item.get("arguments").or_else(|| item.get("input"));
    Part::ToolCall {
        id: text(item, "call_id").to_owned(),
        name: text(item, "name").to_owned(),
        arguments: as_text(arguments),
    }
}

fn output(item: &Value, scribe: &mut Scribe<'_>) -> Part {
    let parts = match item.get("output") {
        Some(Value::Array(parts)) => parts.iter().flat_map(|content| part(content, scribe)).collect(),
        output => chat::content(output, scribe),
    };
    Part::ToolResult { call_id: text(item, "call_id").to_owned(), name: None, parts, failed: false }
}

/// A picture that the provider's own tool made.
fn picture(item: &Value, scribe: &mut Scribe<'_>) -> Part {
    let form = text(item, "output_format");
    let mime = format!("image/{}", if form.is_empty() { "png" } else { form });
    match text(item, "result") {
        "" => other(item),
        data => {
            let source = scribe.base64(&mime, data);
            scribe.part(source, item, |source| Part::Image { source })
        }
    }
}
