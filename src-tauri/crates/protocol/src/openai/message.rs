//! The messages of a conversation.

use super::content::{content, item};
use super::field::{Field, Object, Read, invalid};
use super::media::{attached_part, attachment};
use super::seals::{extra_content, thoughts};
use crate::chat::{Message, Part, Role, Source, ToolCall};

/// Reads `messages`: at least one, and not only instructions.
pub(super) fn messages(field: Field) -> Read<Vec<Message>> {
    let mut messages = Vec::new();
    for (index, entry) in field.array()?.enumerate() {
        let next = message(entry.object()?, index, &messages)?;
        messages.push(next);
    }
    check(&messages, "messages")?;
    Ok(messages)
}

/// A conversation has at least one message, and not only instructions.
pub(super) fn check(messages: &[Message], field: &str) -> Read<()> {
    if messages.is_empty() {
        return Err(invalid(field, format!("'{field}' must hold at least one message, but is empty.")));
    }
    if messages.iter().all(|message| message.role == Role::System) {
        let message = format!("'{field}' holds only system messages; add at least one user message.");
        return Err(invalid(field, message));
    }
    Ok(())
}

fn message(mut object: Object, index: usize, before: &[Message]) -> Read<Message> {
    let role = object.need("role")?;
    let word = role.value.as_str().unwrap_or_default();
    let (role, parts) = match word {
        "system" | "developer" => (Role::System, spoken(&mut object)?),
        "user" => (Role::User, spoken(&mut object)?),
        "assistant" => (Role::Assistant, assistant(&mut object, index)?),
        "tool" => {
            let call_id = object.need("tool_call_id")?.string()?;
            (Role::Tool, tool_result(&mut object, call_id)?)
        }
        "function" => {
            let call_id = legacy_call_id(object.need("name")?.string()?, before);
            return Ok(Message { role: Role::Tool, name: None, parts: tool_result(&mut object, call_id)? });
        }
        _ => return Err(role.wrong("one of developer, system, user, assistant, tool and function")),
    };
    let name = object.take("name").map(Field::string).transpose()?;
    Ok(Message { role, name, parts })
}

/// The content and the files beside it.
fn spoken(object: &mut Object) -> Read<Vec<Part>> {
    let mut parts = object.take("content").map(content).transpose()?.unwrap_or_default();
    for key in ["attachments", "images", "files", "media"] {
        let Some(field) = object.take(key) else { continue };
        for entry in field.array()? {
            parts.push(beside(entry, key)?);
        }
    }
    Ok(parts)
}

/// A file beside the content: a content item, or an address with or without a word about it.
fn beside(entry: Field, list: &str) -> Read<Part> {
    if entry.value["type"].is_string() {
        return item(entry.object()?);
    }
    Ok(match attached_part(attachment(entry)?) {
        Part::File { source, .. } if list == "images" => Part::Image { source, detail: None },
        part => part,
    })
}

fn assistant(object: &mut Object, index: usize) -> Read<Vec<Part>> {
    let mut parts = thoughts(object)?;
    parts.extend(spoken(object)?);
    parts.extend(extra_content(object)?);
    if let Some(field) = object.take("refusal") {
        parts.push(Part::Refusal { text: field.string()? });
    }
    if let Some(field) = object.take("audio") {
        let id = field.object()?.need("id")?.string()?;
        parts.push(Part::Audio { source: Source::FileId(id) });
    }
    if let Some(field) = object.take("tool_calls") {
        for call in field.array()? {
            let mut call = call.object()?;
            let seal = extra_content(&mut call)?;
            parts.push(Part::ToolCall(tool_call(call)?));
            parts.extend(seal);
        }
    }
    if let Some(field) = object.take("function_call") {
        // The older form has no ids; the place in the conversation makes one that later results find.
        parts.push(Part::ToolCall(called(field.object()?, format!("call_{index}"))?));
    }
    Ok(parts)
}

fn tool_call(mut call: Object) -> Read<ToolCall> {
    let id = call.need("id")?.string()?;
    let kind = call.take("type");
    match kind.as_ref().map_or(Some("function"), |kind| kind.value.as_str()) {
        Some("function") => called(call.need("function")?.object()?, id),
        Some("custom") => {
            let mut custom = call.need("custom")?.object()?;
            let name = custom.need("name")?.non_empty()?;
            // Arguments are JSON; the free text of a custom tool becomes its only one.
            let arguments = serde_json::json!({ "input": custom.need("input")?.string()? }).to_string();
            Ok(ToolCall { id, name, arguments })
        }
        _ => Err(kind.map_or_else(
            || invalid(call.path_of("type"), "The type of a tool call is missing."),
            |kind| kind.wrong("'function' or 'custom'"),
        )),
    }
}

fn called(mut function: Object, id: String) -> Read<ToolCall> {
    let name = function.need("name")?.non_empty()?;
    let arguments = function.take("arguments").map(Field::string).transpose()?.unwrap_or_default();
    Ok(ToolCall { id, name, arguments })
}

/// The texts of a result become one, media stays beside it.
fn tool_result(object: &mut Object, call_id: String) -> Read<Vec<Part>> {
    let (texts, media): (Vec<Part>, Vec<Part>) =
        spoken(object)?.into_iter().partition(|part| matches!(part, Part::Text { .. }));
    let text = Message { role: Role::Tool, name: None, parts: texts }.plain_text();
    let mut parts = vec![Part::ToolResult { call_id, text, failed: false }];
    parts.extend(media);
    Ok(parts)
}

/// The id of the latest call of this function; the name itself when the call is not in the conversation.
fn legacy_call_id(name: String, before: &[Message]) -> String {
    let calls = before.iter().rev().flat_map(|message| message.parts.iter().rev());
    calls
        .filter_map(|part| if let Part::ToolCall(call) = part { Some(call) } else { None })
        .find(|call| call.name == name)
        .map_or(name, |call| call.id.clone())
}
