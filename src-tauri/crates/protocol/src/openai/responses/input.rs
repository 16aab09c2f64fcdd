//! The items of `input`.

use serde_json::json;

use super::items::SEAL;
use crate::chat::{Message, Part, Role, Source, ToolCall};
use crate::dialect::{Dialect, Signature};
use crate::openai::content::content;
use crate::openai::field::{Field, Object, Read, invalid};
use crate::openai::message::check;

/// Reads `input` onto the messages that are there.
pub(super) fn read(field: Field, messages: &mut Vec<Message>) -> Read<()> {
    if field.value.is_string() {
        messages.push(Message::text(Role::User, field.string()?));
        return Ok(());
    }
    if !field.value.is_array() {
        return Err(field.wrong("a string or an array of items"));
    }
    for entry in field.array()? {
        item(entry.object()?, messages)?;
    }
    check(messages, "input")
}

fn item(mut item: Object, messages: &mut Vec<Message>) -> Read<()> {
    let kind = item.take("type").map(Field::string).transpose()?;
    let reference = item.get("role").is_none() && item.get("id").is_some();
    let kind = kind.unwrap_or_else(|| if reference { "item_reference" } else { "message" }.to_owned());
    match kind.as_str() {
        "message" => message(item, messages),
        "reasoning" => {
            let parts = reasoning(item)?;
            said(messages, parts);
            Ok(())
        }
        "function_call" => {
            let arguments = item.take("arguments").map(Field::string).transpose()?.unwrap_or_default();
            call(item, arguments, messages)
        }
        "custom_tool_call" => {
            let arguments = json!({ "input": item.need("input")?.string()? }).to_string();
            call(item, arguments, messages)
        }
        "function_call_output" | "custom_tool_call_output" => {
            messages.push(result(item)?);
            Ok(())
        }
        "image_generation_call" => {
            if let Some(field) = item.take("result") {
                let source = Source::Data { mime: Some("image/png".to_owned()), base64: field.non_empty()? };
                said(messages, [Part::Image { source, detail: None }]);
            }
            Ok(())
        }
        // What the provider's own tools did is part of what the model said next.
        "web_search_call"
        | "file_search_call"
        | "code_interpreter_call"
        | "computer_call"
        | "computer_call_output"
        | "local_shell_call"
        | "local_shell_call_output"
        | "shell_call"
        | "shell_call_output"
        | "mcp_call"
        | "mcp_list_tools"
        | "mcp_approval_request"
        | "mcp_approval_response"
        | "tool_search_call"
        | "tool_search_output"
        | "apply_patch_call"
        | "apply_patch_call_output" => Ok(()),
        "item_reference" => {
            let message = format!(
                "'{}' refers to an item of an earlier response, but responses are not stored here; send the item \
                 itself.",
                item.path
            );
            Err(invalid(&item.path, message))
        }
        _ => {
            let path = item.path_of("type");
            Err(invalid(&path, format!("'{path}' is '{kind}', which is not a known type of item.")))
        }
    }
}

fn message(mut item: Object, messages: &mut Vec<Message>) -> Read<()> {
    let role = item.need("role")?;
    let role = match role.value.as_str() {
        Some("user") => Role::User,
        Some("system" | "developer") => Role::System,
        Some("assistant") => Role::Assistant,
        _ => return Err(role.wrong("one of user, assistant, system and developer")),
    };
    let parts = content(item.need("content")?)?;
    match role {
        Role::Assistant => said(messages, parts),
        role => messages.push(Message { role, name: None, parts }),
    }
    Ok(())
}

/// The items of one answer follow each other and are one message.
fn said(messages: &mut Vec<Message>, parts: impl IntoIterator<Item = Part>) {
    match messages.last_mut() {
        Some(message) if message.role == Role::Assistant => message.parts.extend(parts),
        _ => {
            let parts = parts.into_iter().collect();
            messages.push(Message { role: Role::Assistant, name: None, parts });
        }
    }
}

/// A thought: its summary or its words, and what seals it.
fn reasoning(mut item: Object) -> Read<Vec<Part>> {
    let mut texts = Vec::new();
    for key in ["content", "summary"] {
        let Some(field) = item.take(key) else { continue };
        let found = field.array()?.map(|entry| entry.object()?.need("text")?.string());
        let found: Vec<String> = found.collect::<Read<_>>()?;
        if texts.is_empty() {
            texts = found;
        }
    }
    let text = texts.join("\n\n");
    let mut parts = Vec::new();
    let sealed =
        item.take("encrypted_content").map(Field::string).transpose()?.filter(|text| !text.is_empty());
    let worded = !text.is_empty();
    parts.extend(worded.then_some(Part::Reasoning { text }));
    if let Some(sealed) = sealed {
        let marked = sealed.strip_prefix(SEAL);
        let seal = Signature::from_client(Dialect::Responses, marked.unwrap_or(&sealed));
        let on_what_was = worded || marked.is_some();
        parts.push(if on_what_was { Part::Signature(seal) } else { Part::Sealed(seal) });
    }
    Ok(parts)
}

fn call(mut item: Object, arguments: String, messages: &mut Vec<Message>) -> Read<()> {
    let id = item.need("call_id")?.non_empty()?;
    let name = item.need("name")?.non_empty()?;
    said(messages, [Part::ToolCall(ToolCall { id, name, arguments })]);
    Ok(())
}

/// The texts of a result become one, media stays beside it.
fn result(mut item: Object) -> Read<Message> {
    let call_id = item.need("call_id")?.string()?;
    let parts = item.take("output").map(content).transpose()?.unwrap_or_default();
    let (texts, media): (Vec<Part>, Vec<Part>) =
        parts.into_iter().partition(|part| matches!(part, Part::Text { .. }));
    let text = Message { role: Role::Tool, name: None, parts: texts }.plain_text();
    let mut parts = vec![Part::ToolResult { call_id, text, failed: false }];
    parts.extend(media);
    Ok(Message { role: Role::Tool, name: None, parts })
}
