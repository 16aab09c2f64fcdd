//! The messages of a conversation and the blocks they consist of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::chat::{Message, Part, Role, Source, ToolCall};
use crate::dialect::{Dialect, Signature};
use crate::field::{Field, Object, Read, invalid};
use crate::media;

/// `system`: a string or blocks of text; `None` when it says nothing.
pub(super) fn system(field: Field) -> Read<Option<Message>> {
    let parts = match field.value {
        Value::String(_) | Value::Array(_) => blocks(field)?,
        _ => return Err(field.wrong("a string or an array of text blocks")),
    };
    Ok((!parts.is_empty()).then_some(Message { role: Role::System, name: None, parts }))
}

/// Reads `messages`: at least one. The results of a user's message become messages of their own.
pub(super) fn messages(field: Field) -> Read<Vec<Message>> {
    let mut messages = Vec::new();
    for entry in field.array()? {
        let mut entry = entry.object()?;
        let role = entry.need("role")?;
        let role = match role.value.as_str() {
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            Some("system") => Role::System,
            _ => return Err(role.wrong("one of user, assistant and system")),
        };
        said(entry.need("content")?, role, &mut messages)?;
    }
    if messages.is_empty() {
        return Err(invalid("messages", "'messages' must hold at least one message, but is empty."));
    }
    Ok(messages)
}

/// One message of the caller's: several, where it holds results of calls.
fn said(content: Field, role: Role, messages: &mut Vec<Message>) -> Read<()> {
    let message = |role, parts| Message { role, name: None, parts };
    if !content.value.is_array() {
        messages.push(message(role, blocks(content)?));
        return Ok(());
    }
    let first = messages.len();
    let mut speaks = false;
    for item in content.array()? {
        let mut item = item.object()?;
        let kind = item.need("type")?.string()?;
        if kind == "tool_result" {
            messages.push(message(Role::Tool, tool_result(item)?));
            speaks = false;
            continue;
        }
        let parts = block(item, &kind)?;
        match messages.last_mut().filter(|_| speaks) {
            Some(open) => open.parts.extend(parts),
            None if parts.is_empty() => {}
            None => {
                messages.push(message(role, parts));
                speaks = true;
            }
        }
    }
    if messages.len() == first {
        messages.push(message(role, Vec::new()));
    }
    Ok(())
}

/// Content that holds no results: a string, or an array of blocks. An empty string is no part at all.
fn blocks(field: Field) -> Read<Vec<Part>> {
    if field.value.is_string() {
        return Ok(text(field.string()?));
    }
    if !field.value.is_array() {
        return Err(field.wrong("a string or an array of content blocks"));
    }
    let mut parts = Vec::new();
    for item in field.array()? {
        let mut item = item.object()?;
        let kind = item.need("type")?.string()?;
        parts.extend(block(item, &kind)?);
    }
    Ok(parts)
}

fn text(text: String) -> Vec<Part> {
    if text.is_empty() { Vec::new() } else { vec![Part::Text { text }] }
}

/// One content block. What the provider's own tools said in an earlier answer is skipped: only the provider that ran
/// them can read it.
fn block(mut item: Object, kind: &str) -> Read<Vec<Part>> {
    match kind {
        "text" => Ok(text(item.need("text")?.string()?)),
        "image" => Ok(vec![Part::Image { source: source(item.need("source")?.object()?)?, detail: None }]),
        "document" => document(item),
        "search_result" => found(item),
        "thinking" => thought(item),
        "redacted_thinking" => {
            let data = item.need("data")?.string()?;
            Ok(vec![Part::Sealed(Signature::from_client(Dialect::Messages, &data))])
        }
        "tool_use" => Ok(vec![Part::ToolCall(call(item)?)]),
        "tool_reference" => Ok(text(item.need("tool_name")?.string()?)),
        // It stands for everything before it.
        "compaction" => Ok(text(item.take("content").map(Field::string).transpose()?.unwrap_or_default())),
        "server_tool_use" | "mcp_tool_use" | "container_upload" => Ok(Vec::new()),
        _ if kind.ends_with("_tool_result") => Ok(Vec::new()),
        _ => {
            let path = item.path_of("type");
            let message = format!(
                "'{path}' is '{kind}', which is not a known content type. Known are text, image, document, \
                 search_result, thinking, redacted_thinking, tool_use and tool_result."
            );
            Err(invalid(path, message))
        }
    }
}

fn call(mut item: Object) -> Read<ToolCall> {
    let id = item.need("id")?.non_empty()?;
    let name = item.need("name")?.non_empty()?;
    let arguments = match item.take("input") {
        Some(field) if field.value.is_object() => field.value.to_string(),
        Some(field) => return Err(field.wrong("an object")),
        None => "{}".to_owned(),
    };
    Ok(ToolCall { id, name, arguments })
}

/// A thought and its seal. Where the caller got no thought, only a seal, the seal is all there is.
fn thought(mut item: Object) -> Read<Vec<Part>> {
    let thought = item.need("thinking")?.string()?;
    let mut parts = Vec::new();
    if !thought.is_empty() {
        parts.push(Part::Reasoning { text: thought });
    }
    if let Some(field) = item.take("signature") {
        let seal = field.string()?;
        if !seal.is_empty() {
            parts.push(Part::Signature(Signature::from_client(Dialect::Messages, &seal)));
        }
    }
    Ok(parts)
}

/// The texts of a result become one, media stays beside it.
fn tool_result(mut item: Object) -> Read<Vec<Part>> {
    let call_id = item.need("tool_use_id")?.non_empty()?;
    let failed = item.take("is_error").map(Field::boolean).transpose()?.unwrap_or_default();
    let content = item.take("content").map(blocks).transpose()?.unwrap_or_default();
    let (texts, media): (Vec<Part>, Vec<Part>) =
        content.into_iter().partition(|part| matches!(part, Part::Text { .. }));
    let text = Message { role: Role::Tool, name: None, parts: texts }.plain_text();
    let mut parts = vec![Part::ToolResult { call_id, text, failed }];
    parts.extend(media);
    Ok(parts)
}

/// Where the bytes of a picture or document are.
fn source(mut source: Object) -> Read<Source> {
    let kind = source.need("type")?;
    match kind.value.as_str() {
        Some("base64") => {
            let mime = source.need("media_type")?.non_empty()?;
            media::bytes(source.need("data")?, Some(mime))
        }
        Some("url") => media::address(source.need("url")?),
        Some("file") => Ok(Source::FileId(source.need("file_id")?.non_empty()?)),
        _ => Err(kind.wrong("one of base64, url and file")),
    }
}

/// A document; what is said about it becomes text before it.
fn document(mut item: Object) -> Read<Vec<Part>> {
    let name = item.take("title").map(Field::string).transpose()?;
    let mut parts = text(item.take("context").map(Field::string).transpose()?.unwrap_or_default());
    let mut from = item.need("source")?.object()?;
    let file = |source| Part::File { source, name: name.clone() };
    match from.get("type").and_then(Value::as_str) {
        Some("text") => {
            let said = from.need("data")?.string()?;
            parts.push(file(plain(&said)));
        }
        Some("content") => {
            let content = from.need("content")?;
            match content.value.as_str() {
                Some(said) => parts.push(file(plain(said))),
                None => parts.extend(blocks(content)?),
            }
        }
        _ => parts.push(file(source(from)?)),
    }
    Ok(parts)
}

fn plain(text: &str) -> Source {
    Source::Data { mime: Some("text/plain".to_owned()), base64: STANDARD.encode(text) }
}

/// What the caller's own search found, as text that says where it is from.
fn found(mut item: Object) -> Read<Vec<Part>> {
    let title = item.need("title")?.string()?;
    let from = item.need("source")?.string()?;
    let mut parts = text(format!("{title} ({from}):"));
    parts.extend(blocks(item.need("content")?)?);
    Ok(parts)
}
