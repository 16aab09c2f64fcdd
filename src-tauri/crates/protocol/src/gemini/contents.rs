//! The contents of a conversation.

use serde_json::{Map, Value};

use super::words::either;
use crate::blocks::Blocks;
use crate::chat::{Attachment, Message, Part, Role, Source, ToolCall};
use crate::dialect::{Dialect, Signature};
use crate::field::{Field, Object, Read, invalid};
use crate::media::{attached_part, bytes};

/// Takes `systemInstruction`: a content, or its bare text.
pub(super) fn instructions(body: &mut Object) -> Read<Option<Message>> {
    let Some(field) = either(body, "systemInstruction") else { return Ok(None) };
    if field.value.is_string() {
        return Ok(Some(Message::text(Role::System, field.string()?)));
    }
    let mut content = field.object()?;
    let mut told = Told::default();
    if let Some(field) = content.take("parts") {
        told.parts(Role::System, field)?;
    }
    Ok(told.messages.into_iter().next())
}

/// Reads `contents`: at least one. A single content, or the text of one, counts as a list of it.
pub(super) fn contents(field: Field) -> Read<Vec<Message>> {
    let Field { path, value } = field;
    let list = match value {
        Value::String(text) => return Ok(vec![Message::text(Role::User, text)]),
        content @ Value::Object(_) => Value::Array(vec![content]),
        list => list,
    };
    let mut told = Told::default();
    for (index, entry) in (Field { path: path.clone(), value: list }).array()?.enumerate() {
        told.index = index;
        told.content(entry.object()?)?;
    }
    if told.messages.is_empty() {
        return Err(invalid(&path, format!("'{path}' must hold at least one content, but is empty.")));
    }
    Ok(told.messages)
}

/// What was read so far.
#[derive(Default)]
struct Told {
    messages: Vec<Message>,
    /// Calls that no result was given for yet: id and name.
    open: Vec<(String, String)>,
    /// Which content is read.
    index: usize,
}

impl Told {
    fn content(&mut self, mut content: Object) -> Read<()> {
        let role = match content.take("role") {
            None => Role::User,
            Some(field) => match field.value.as_str() {
                Some("user" | "function" | "tool" | "") => Role::User,
                Some("model" | "assistant") => Role::Assistant,
                Some("system") => Role::System,
                _ => return Err(field.wrong("one of user, model and function")),
            },
        };
        let before = self.messages.len();
        if let Some(field) = content.take("parts") {
            self.parts(role, field)?;
        }
        if self.messages.len() == before {
            self.messages.push(Message { role, name: None, parts: Vec::new() });
        }
        Ok(())
    }

    /// The parts of one content. Every result of a call becomes a message of its own; what stands between them is said by
    /// the user.
    fn parts(&mut self, role: Role, field: Field) -> Read<()> {
        let Field { path, value } = field;
        let list = if value.is_object() { Value::Array(vec![value]) } else { value };
        let mut blocks = Blocks::default();
        let mut fresh = true;
        for (place, entry) in (Field { path, value: list }).array()?.enumerate() {
            let mut part = entry.object()?;
            if let Some(response) = either(&mut part, "functionResponse") {
                let message = self.result(response.object()?, place)?;
                self.messages.push(message);
                fresh = true;
                continue;
            }
            let mut said = self.part(part, place, &mut blocks)?;
            match self.messages.last_mut().filter(|_| !fresh) {
                Some(message) => message.parts.append(&mut said),
                None => self.messages.push(Message { role, name: None, parts: said }),
            }
            fresh = false;
        }
        Ok(())
    }

    /// One part, and the seal on it.
    fn part(&mut self, mut part: Object, place: usize, blocks: &mut Blocks) -> Read<Vec<Part>> {
        let seal = either(&mut part, "thoughtSignature").map(Field::non_empty).transpose()?;
        let seal = seal.map(|text| Signature::from_client(Dialect::Gemini, &text));
        let thought = part.take("thought").is_some_and(|thought| thought.value == true);
        let said = match part.take("text") {
            Some(field) => {
                let text = field.string()?;
                match seal {
                    // Only other providers seal a thought without a word of it.
                    Some(seal) if thought && text.is_empty() && seal.by != Dialect::Gemini => {
                        return Ok(vec![Part::Sealed(seal)]);
                    }
                    _ if text.is_empty() => None,
                    _ if thought => Some(Part::Reasoning { text }),
                    _ => Some(Part::Text { text: blocks.words(&text) }),
                }
            }
            None => self.other(&mut part, place, blocks)?,
        };
        Ok(said.into_iter().chain(seal.map(Part::Signature)).collect())
    }

    /// A part that is no text. What is not known says nothing.
    fn other(&mut self, part: &mut Object, place: usize, blocks: &mut Blocks) -> Read<Option<Part>> {
        if let Some(field) = either(part, "functionCall") {
            return self.call(field.object()?, place).map(Some);
        }
        if let Some(part) = media(part)? {
            return Ok(Some(part));
        }
        let code = either(part, "executableCode").map(Field::object).transpose()?;
        let output = either(part, "codeExecutionResult").map(Field::object).transpose()?;
        let text = code.and_then(|code| code_block(&code.rest(), blocks));
        let text = text.or_else(|| output.and_then(|output| output_block(&output.rest(), blocks)));
        Ok(text.map(|text| Part::Text { text }))
    }

    /// Ids are new to this dialect and left out by many; a place in the conversation makes one.
    fn call(&mut self, mut call: Object, place: usize) -> Read<Part> {
        let id = call.take("id").map(Field::string).transpose()?.filter(|id| !id.is_empty());
        let id = id.unwrap_or_else(|| format!("call_{}_{place}", self.index));
        let name = call.need("name")?.non_empty()?;
        let arguments = match call.take("args") {
            Some(field) => field.object()?.into_field().value,
            None => Value::Object(Map::new()),
        };
        self.open.push((id.clone(), name.clone()));
        Ok(Part::ToolCall(ToolCall { id, name, arguments: arguments.to_string() }))
    }

    /// The result of a call, and the media that belong to it.
    fn result(&mut self, mut result: Object, place: usize) -> Read<Message> {
        let id = result.take("id").map(Field::string).transpose()?.filter(|id| !id.is_empty());
        let name = result.need("name")?.non_empty()?;
        let known = self.open.iter().position(|(open, _)| id.as_ref() == Some(open));
        let found = known.or_else(|| self.open.iter().position(|(_, called)| *called == name));
        let call_id = match found.map(|at| self.open.remove(at)) {
            Some((open, _)) => open,
            None => id.unwrap_or_else(|| format!("call_{}_{place}", self.index)),
        };
        let response = result.take("response").map(Field::object).transpose()?.map(Object::rest);
        let (text, failed) = said_by(response.unwrap_or_default());
        let mut parts = vec![Part::ToolResult { call_id, text, failed }];
        if let Some(field) = result.take("parts") {
            for entry in field.array()? {
                parts.extend(media(&mut entry.object()?)?);
            }
        }
        Ok(Message { role: Role::Tool, name: Some(name), parts })
    }
}

/// What a response says. A result that is no object is wrapped, `output` and `error` are Google's words for it.
fn said_by(response: Map<String, Value>) -> (String, bool) {
    if response.len() == 1 {
        for (key, failed) in [("result", false), ("output", false), ("error", true)] {
            match response.get(key) {
                Some(Value::String(text)) => return (text.clone(), failed),
                Some(value) if failed || !value.is_object() => return (value.to_string(), failed),
                _ => {}
            }
        }
    }
    (Value::Object(response).to_string(), false)
}

/// Bytes, or where they are.
fn media(part: &mut Object) -> Read<Option<Part>> {
    if let Some(field) = either(part, "inlineData") {
        let mut data = field.object()?;
        let mime = either(&mut data, "mimeType").map(Field::string).transpose()?;
        let name = either(&mut data, "displayName").map(Field::string).transpose()?;
        let source = bytes(data.need("data")?, mime)?;
        return Ok(Some(attached_part(Attachment { source, name })));
    }
    let Some(field) = either(part, "fileData") else { return Ok(None) };
    let mut file = field.object()?;
    let mime = either(&mut file, "mimeType").map(Field::string).transpose()?.unwrap_or_default();
    let name = either(&mut file, "displayName").map(Field::string).transpose()?;
    let Some(uri) = either(&mut file, "fileUri") else { return file.need("fileUri").map(|_| None) };
    let source = Source::Url(uri.non_empty()?);
    Ok(Some(match mime.split('/').next() {
        Some("image") => Part::Image { source, detail: None },
        Some("audio") => Part::Audio { source },
        Some("video") => Part::Video { source },
        _ => Part::File { source, name },
    }))
}

/// Code that was run, as a block of the text.
pub(super) fn code_block(code: &Map<String, Value>, blocks: &mut Blocks) -> Option<String> {
    let language = code.get("language").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let language =
        if matches!(language.as_str(), "" | "language_unspecified") { "python" } else { &language };
    blocks.block(language, code.get("code")?.as_str()?)
}

/// What it printed.
pub(super) fn output_block(output: &Map<String, Value>, blocks: &mut Blocks) -> Option<String> {
    blocks.block("text", output.get("output")?.as_str()?)
}
