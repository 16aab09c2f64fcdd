//! OpenAI's Responses: the body of `POST /v1/responses`, the response object and the events of a streamed one.
//!
//! Responses are not kept here, so a conversation is always sent whole.

mod input;
mod items;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use self::stream::ResponsesWriter;
use super::decode::{effort, flat_format};
use super::field::{Field, Object, Read, invalid, parse};
use super::tools::tools;
use crate::chat::{self, Completion, Event, Failure, Finish, Message, Part, Role, Sampling, Source, Wishes};
use crate::dialect::{AnswerForm, AnswerWriter, Asked, Dialect, Stamp};

/// A decoded `POST /v1/responses` body.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponsesCall {
    /// What is asked.
    pub request: chat::Request,
    /// Whether the answer comes as events.
    pub stream: bool,
    form: Form,
}

/// What the answer says again of the request, and which tools take a free text.
#[derive(Clone, Debug, PartialEq)]
struct Form {
    echo: Map<String, Value>,
    custom: BTreeSet<String>,
}

impl From<ResponsesCall> for Asked {
    fn from(call: ResponsesCall) -> Self {
        Self { request: call.request, stream: call.stream, form: Box::new(call.form) }
    }
}

impl AnswerForm for Form {
    fn dialect(&self) -> Dialect {
        Dialect::Responses
    }

    fn writer(&self, stamp: Stamp) -> Box<dyn AnswerWriter> {
        Box::new(ResponsesWriter::new(stamp, self.clone()))
    }

    /// The response is what its own events add up to.
    fn whole(&self, stamp: &Stamp, completion: &Completion) -> Vec<u8> {
        let mut writer = ResponsesWriter::new(stamp.clone(), self.clone());
        for event in events(completion) {
            writer.event(&event);
        }
        super::to_json(&writer.response()).into_bytes()
    }
}

/// The events that a whole answer is the fold of. Its sources belong to its last text.
fn events(completion: &Completion) -> Vec<Event> {
    let mut events = Vec::new();
    let candidate = completion.first();
    let parts = candidate.map(|candidate| candidate.parts.as_slice()).unwrap_or_default();
    let last_text = parts.iter().rposition(|part| matches!(part, Part::Text { .. }));
    let mut citations = candidate.map(|candidate| candidate.citations.clone()).unwrap_or_default();
    for (at, part) in parts.iter().enumerate() {
        events.extend(event(part.clone()));
        if last_text == Some(at) {
            events.extend(citations.drain(..).map(|raw| Event::Citation { raw }));
        }
    }
    events.extend(citations.into_iter().map(|raw| Event::Citation { raw }));
    events.extend(completion.usage.map(Event::Usage));
    events.push(Event::Finished(completion.finish().unwrap_or(Finish::Length)));
    events
}

fn event(part: Part) -> Option<Event> {
    match part {
        Part::Text { text } => Some(Event::Text { text }),
        Part::Reasoning { text } => Some(Event::Reasoning { text }),
        Part::Refusal { text } => Some(Event::Refusal { text }),
        Part::Signature(seal) => Some(Event::Signature(seal)),
        Part::Sealed(seal) => Some(Event::Sealed(seal)),
        Part::ToolCall(call) => Some(Event::ToolCall(call)),
        Part::Image { source: Source::Data { mime, base64 }, .. } => {
            Some(Event::Image { mime: mime.unwrap_or_default(), base64 })
        }
        Part::Image { .. }
        | Part::Audio { .. }
        | Part::Video { .. }
        | Part::File { .. }
        | Part::ToolResult { .. } => None,
    }
}

/// Reads a request body.
///
/// # Errors
///
/// A [`chat::FailureKind::BadRequest`] whose `param` names the field, for example `input[2].content[0].type`. So is a
/// request that refers to an earlier response: none is kept.
pub fn decode_responses(body: &[u8]) -> Result<ResponsesCall, Failure> {
    let mut body = Object::root(parse(body)?);
    refuse_kept(&mut body)?;
    let model = body.need("model")?.non_empty()?;
    let stream = body.take("stream").map(Field::boolean).transpose()?.unwrap_or_default();
    let mut echo = echo(&body);
    let mut messages = Vec::new();
    if let Some(field) = body.take("instructions") {
        messages.push(Message::text(Role::System, field.string()?));
    }
    input::read(body.need("input")?, &mut messages)?;
    let custom = custom_tools(&mut body)?;
    let toolbox = tools(&mut body)?;
    let mut request = chat::Request {
        model,
        messages,
        sampling: sampling(&mut body)?,
        tools: toolbox.functions,
        tool_choice: toolbox.choice,
        parallel_tool_calls: body.take("parallel_tool_calls").map(Field::boolean).transpose()?,
        provider_tools: toolbox.provider,
        user: body.take("user").map(Field::string).transpose()?,
        ..chat::Request::default()
    };
    let verbosity = text(&mut body, &mut request)?;
    reasoning(&mut body, &mut request)?;
    pass_over(&mut body)?;
    request.extra = body.rest();
    request.extra.retain(|_, value| !value.is_null());
    request.extra.extend(verbosity.map(|verbosity| ("verbosity".to_owned(), verbosity.into())));
    if !toolbox.others.is_empty() {
        request.extra.insert("tools".to_owned(), Value::Array(toolbox.others));
    }
    echo.entry("parallel_tool_calls").or_insert(true.into());
    Ok(ResponsesCall { request, stream, form: Form { echo, custom } })
}

/// What would need a response, a conversation or a prompt that is kept here.
fn refuse_kept(body: &mut Object) -> Read<()> {
    for key in ["previous_response_id", "conversation"] {
        if body.take(key).is_some() {
            let message = format!(
                "'{key}' refers to what was said before, but responses are not stored here; send the whole \
                 conversation in 'input'."
            );
            return Err(invalid(key, message));
        }
    }
    if body.take("prompt").is_some() {
        let message =
            "'prompt' refers to a stored prompt, but none is stored here; send its text in 'instructions'.";
        return Err(invalid("prompt", message));
    }
    if body.take("background").map(Field::boolean).transpose()? == Some(true) {
        let message =
            "'background' must be false: responses are not stored here, so nobody could fetch one later.";
        return Err(invalid("background", message));
    }
    Ok(())
}

/// What the response object says again.
fn echo(body: &Object) -> Map<String, Value> {
    let mut echo = Map::new();
    let defaults = [
        ("instructions", Value::Null),
        ("max_output_tokens", Value::Null),
        ("metadata", json!({})),
        ("reasoning", json!({ "effort": null, "summary": null })),
        ("temperature", Value::Null),
        ("text", json!({ "format": { "type": "text" } })),
        ("tool_choice", "auto".into()),
        ("tools", json!([])),
        ("top_p", Value::Null),
        ("truncation", "disabled".into()),
    ];
    for (key, default) in defaults {
        echo.insert(key.to_owned(), body.get(key).cloned().unwrap_or(default));
    }
    for key in ["parallel_tool_calls", "user", "top_logprobs", "safety_identifier", "prompt_cache_key"] {
        echo.extend(body.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    if let Some(text) = echo["text"].as_object_mut() {
        text.entry("format").or_insert_with(|| json!({ "type": "text" }));
    }
    echo
}

fn sampling(body: &mut Object) -> Read<Sampling> {
    let logprobs = body.take("top_logprobs").map(|field| field.integer(0..=20)).transpose()?;
    Ok(Sampling {
        temperature: body.take("temperature").map(|field| field.number(0.0..=2.0)).transpose()?,
        top_p: body.take("top_p").map(|field| field.number(0.0..=1.0)).transpose()?,
        max_tokens: body.take("max_output_tokens").map(Field::count).transpose()?,
        top_logprobs: logprobs.and_then(|count| u8::try_from(count).ok()),
        ..Sampling::default()
    })
}

/// Takes `text`: the form of the answer, and how wordy it shall be.
fn text(body: &mut Object, request: &mut chat::Request) -> Read<Option<String>> {
    let Some(field) = body.take("text") else { return Ok(None) };
    let mut text = field.object()?;
    if let Some(format) = text.take("format") {
        request.response_format = flat_format(format)?;
    }
    text.take("verbosity").map(Field::string).transpose()
}

/// Takes `reasoning`: how much to think, and whether to tell of it.
fn reasoning(body: &mut Object, request: &mut chat::Request) -> Read<()> {
    let Some(field) = body.take("reasoning") else { return Ok(()) };
    let mut reasoning = field.object()?;
    request.effort = reasoning.take("effort").map(effort).transpose()?;
    let summary = reasoning.take_any(&["summary", "generate_summary"]).map(Field::string).transpose()?;
    let include_thoughts = summary.map(|word| word != "none");
    request.wishes = Wishes { include_thoughts, ..Wishes::default() };
    Ok(())
}

/// Takes what is right in a request and changes nothing here.
fn pass_over(body: &mut Object) -> Read<()> {
    body.take("store").map(Field::boolean).transpose()?;
    if let Some(field) = body.take("include") {
        for entry in field.array()? {
            entry.string()?;
        }
    }
    if let Some(field) = body.take("truncation") {
        match field.value.as_str() {
            Some("auto" | "disabled") => {}
            _ => return Err(field.wrong("'auto' or 'disabled'")),
        }
    }
    body.take("stream_options").map(Field::object).transpose()?;
    if let Some(field) = body.get("metadata").filter(|value| !value.is_object()) {
        let field = Field { path: "metadata".to_owned(), value: field.clone() };
        return Err(field.wrong("an object"));
    }
    Ok(())
}

/// Custom tools become functions whose only argument is a text. Their names tell them apart in the answer.
fn custom_tools(body: &mut Object) -> Read<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let Some(field) = body.take("tools") else { return Ok(names) };
    let mut entries = Vec::new();
    for entry in field.array()? {
        if entry.value["type"] != "custom" {
            entries.push(entry.value);
            continue;
        }
        let mut tool = entry.object()?;
        let name = tool.need("name")?.non_empty()?;
        let mut description = tool.take("description").map(Field::string).transpose()?.unwrap_or_default();
        if let Some(grammar) = tool.get("format").and_then(|format| format["definition"].as_str()) {
            description = format!("{description}\n\nThe input must follow this grammar:\n{grammar}");
        }
        let parameters = json!({ "type": "object", "properties": { "input": { "type": "string" } },
            "required": ["input"], "additionalProperties": false });
        let function = json!({ "type": "function", "name": name, "description": description.trim(),
            "parameters": parameters });
        entries.push(function);
        names.insert(name);
    }
    body.put_back("tools", entries.into());
    Ok(names)
}
