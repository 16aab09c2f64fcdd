//! OpenAI's Chat Completions, and what others have added to it (`POST /chat/completions`).
//!
//! <https://platform.openai.com/docs/api-reference/chat>

use postern_store::Standing;
use serde_json::Value;

use super::body::{Answer, Form, Request};
use super::chat_stream::whole;
use super::ending;
use super::page::{Counted, Page, turn};
use super::scribe::{MASKS, Scribe, by_mime, function, loose_text, mask, other, own_tool, said, thought};
use super::value::{as_text, count, field, is_blank, list, single, text, text_of};
use crate::{Part, Role, Tool, Turn};

/// What a message is made of apart from its words. What is not here and has something in it is kept as it came.
const KNOWN: [&str; 21] = [
    "role",
    "content",
    "name",
    "tool_calls",
    "function_call",
    "tool_call_id",
    "refusal",
    "audio",
    "images",
    "annotations",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "extra_content",
    "cache_control",
    "prefix",
    "partial",
    "index",
    "id",
    "status",
    "tool_name",
];

pub(super) fn read(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(text(asked, "model"));
    page.parameters(asked, &["messages"]);
    page.conversation.tools = tools(asked);
    page.ask(list(asked, "messages").iter().map(|message| message_turn(message, scribe)).collect());
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
    if page.ending.is_none() && answer.done && matches!(answer.form, Form::Pieces(_)) {
        page.ending = Some(Standing::Ok);
    }
    page
}

/// The choices of a whole answer.
fn answered(page: &mut Page, said: &Value, scribe: &mut Scribe<'_>) {
    page.model(text(said, "model"));
    page.counted = counted(said);
    let error = field(said, "error");
    let mut choices: Vec<&Value> = list(said, "choices").iter().collect();
    choices.sort_by_key(|choice| count(choice, "index").unwrap_or_default());
    for (at, choice) in choices.into_iter().enumerate() {
        let finish = text(choice, "finish_reason");
        let parts = field(choice, "message").map(|message| parts(message, scribe)).unwrap_or_default();
        if at == 0 {
            page.ending = ending::of_openai(finish);
        }
        ending::take(page, choice);
        if !parts.is_empty() || page.conversation.error.is_none() && error.is_none() {
            page.answer(parts, finish);
            if let Some(turn) = page.conversation.turns.last_mut().filter(|_| at == 0) {
                turn.train = field(choice, "message").and_then(mask);
            }
        }
    }
    if let Some(error) = error {
        ending::note(page, error);
    }
}

/// Tokens of an answer in OpenAI's words.
pub(super) fn counted(said: &Value) -> Counted {
    let usage = field(said, "usage").unwrap_or(&Value::Null);
    Counted { input: count(usage, "prompt_tokens"), output: count(usage, "completion_tokens") }
}

/// The functions that were offered, old words and new ones.
pub(super) fn tools(asked: &Value) -> Vec<Tool> {
    let offered = list(asked, "tools").iter().map(|tool| {
        match (field(tool, "function"), field(tool, "custom")) {
            (Some(named), _) => function(named, &["parameters"]),
            (None, Some(named)) => function(named, &[]),
            // The flat form of Responses, which some take here as well.
            (None, None) if !text(tool, "name").is_empty() => function(tool, &["parameters", "input_schema"]),
            (None, None) => own_tool(text(tool, "type")),
        }
    });
    let older = list(asked, "functions").iter().map(|named| function(named, &["parameters"]));
    offered.chain(older).collect()
}

fn message_turn(message: &Value, scribe: &mut Scribe<'_>) -> Turn {
    let role = match text(message, "role") {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        "tool" | "function" => return result(message, scribe),
        _ => {
            scribe.damaged = true;
            return turn(Role::User, vec![other(message)]);
        }
    };
    let name = text(message, "name");
    let name = (!name.is_empty()).then(|| name.to_owned());
    let train = mask(message).filter(|_| role == Role::Assistant);
    Turn { name, train, ..turn(role, parts(message, scribe)) }
}

/// What a call gave back; the older kind has the function's name and no id.
fn result(message: &Value, scribe: &mut Scribe<'_>) -> Turn {
    let name = text_of(message, &["name", "tool_name"]);
    let result = Part::ToolResult {
        call_id: text(message, "tool_call_id").to_owned(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        parts: content(message.get("content"), scribe),
        failed: false,
    };
    let mut parts = vec![result];
    parts.extend(unknown(message));
    turn(Role::Tool, parts)
}

/// Everything that one message says, in the order of a finished answer: thoughts, words, media, calls.
pub(super) fn parts(message: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let mut parts = reasoning(message);
    parts.extend(content(message.get("content"), scribe));
    if let Some(seal) = google_seal(message) {
        parts.push(seal);
    }
    let refusal = text(message, "refusal");
    if !refusal.is_empty() {
        parts.push(Part::Refusal { text: refusal.to_owned() });
    }
    parts.extend(field(message, "audio").map(|audio| answer_audio(audio, scribe)));
    parts.extend(list(message, "images").iter().map(|image| content_part(image, scribe)));
    for call in list(message, "tool_calls") {
        parts.push(tool_call(call));
        parts.extend(google_seal(call));
    }
    parts.extend(field(message, "function_call").map(|call| Part::ToolCall {
        id: String::new(),
        name: text(call, "name").to_owned(),
        arguments: as_text(call.get("arguments")),
    }));
    parts.extend(list(message, "annotations").iter().map(|raw| Part::Citation { raw: raw.clone() }));
    parts.extend(unknown(message));
    parts
}

/// Fields that have no word here.
fn unknown(message: &Value) -> impl Iterator<Item = Part> {
    let fields = message.as_object().into_iter().flatten();
    fields
        .filter(|(name, value)| !KNOWN.contains(&name.as_str()) && !is_blank(value))
        .filter(|(name, _)| !(MASKS.contains(&name.as_str()) && mask(message).is_some()))
        .map(|(name, value)| Part::Other { raw: single(name, value) })
}

/// The thoughts before the words, by whichever of the names that are in use. What `reasoning_details` has is more than
/// what the others have.
fn reasoning(message: &Value) -> Vec<Part> {
    let details: Vec<Part> = list(message, "reasoning_details").iter().filter_map(detail).collect();
    if details.iter().any(|part| matches!(part, Part::Reasoning { text, .. } if !text.is_empty())) {
        return details;
    }
    let words = ["reasoning_content", "reasoning"]
        .iter()
        .map(|name| field(message, name).map(loose_text).unwrap_or_default())
        .find(|words| !words.is_empty());
    words.and_then(|words| thought(&words, "")).into_iter().chain(details).collect()
}

fn detail(detail: &Value) -> Option<Part> {
    match text(detail, "type") {
        "reasoning.text" => thought(text(detail, "text"), text(detail, "signature")),
        "reasoning.summary" => thought(text(detail, "summary"), ""),
        "reasoning.encrypted" => thought("", text(detail, "data")),
        _ => Some(other(detail)),
    }
}

/// Google's seal on what comes before it, as its layer for OpenAI's clients has it.
fn google_seal(value: &Value) -> Option<Part> {
    thought("", value.pointer("/extra_content/google/thought_signature")?.as_str()?)
}

fn tool_call(call: &Value) -> Part {
    let id = text(call, "id").to_owned();
    match (field(call, "function"), field(call, "custom")) {
        (Some(named), _) => Part::ToolCall {
            id,
            name: text(named, "name").to_owned(),
            arguments: as_text(named.get("arguments")),
        },
        (None, Some(named)) => Part::ToolCall {
            id,
            name: text(named, "name").to_owned(),
            arguments: as_text(named.get("input")),
        },
        (None, None) => other(call),
    }
}

/// The content of a message: a text, a list of parts, or nothing.
pub(super) fn content(content: Option<&Value>, scribe: &mut Scribe<'_>) -> Vec<Part> {
    match content {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => said(text).into_iter().collect(),
        Some(Value::Array(items)) => items.iter().map(|item| content_part(item, scribe)).collect(),
        Some(raw) => vec![other(raw)],
    }
}

/// One part of a content.
fn content_part(part: &Value, scribe: &mut Scribe<'_>) -> Part {
    if let Some(text) = part.as_str() {
        return Part::Text { text: text.to_owned() };
    }
    match text(part, "type") {
        "text" | "input_text" | "output_text" if part.get("text").is_some_and(Value::is_string) => {
            Part::Text { text: text(part, "text").to_owned() }
        }
        "refusal" => Part::Refusal { text: text(part, "refusal").to_owned() },
        // Mistral's, and Anthropic's where somebody hands them through.
        "thinking" => thought(&loose_text(part), text(part, "signature")).unwrap_or_else(|| other(part)),
        "image_url" | "input_image" => {
            let source = scribe.address(url(part, "image_url"));
            scribe.part(source, part, |source| Part::Image { source })
        }
        "video_url" => {
            let source = scribe.address(url(part, "video_url"));
            scribe.part(source, part, |source| Part::Video { source })
        }
        "input_audio" | "audio_url" => audio(part, scribe),
        "file" | "input_file" => file(part, scribe),
        _ => other(part),
    }
}

/// An address, bare or within an object.
fn url<'a>(part: &'a Value, name: &str) -> &'a str {
    match text(part, name) {
        "" => part.get(name).map_or("", |holder| text(holder, "url")),
        url => url,
    }
}

fn audio(part: &Value, scribe: &mut Scribe<'_>) -> Part {
    let inner = field(part, "input_audio").unwrap_or(part);
    let source = match text(inner, "data") {
        "" => scribe.address(url(part, "audio_url")),
        data => scribe.base64(&audio_mime(text(inner, "format")), data),
    };
    scribe.part(source, part, |source| Part::Audio { source, transcript: None })
}

/// The media type of a sound in a form that is said in one word.
pub(super) fn audio_mime(form: &str) -> String {
    match form {
        "" => String::new(),
        "mp3" => "audio/mpeg".to_owned(),
        form => format!("audio/{form}"),
    }
}

/// A file, by its bytes, its id or its address; in the words of Chat or of Responses.
pub(super) fn file(part: &Value, scribe: &mut Scribe<'_>) -> Part {
    let inner = field(part, "file").unwrap_or(part);
    let name = text_of(inner, &["filename", "name"]);
    let source = match (text(inner, "file_data"), text(inner, "file_id"), text(inner, "file_url")) {
        ("", "", url) => scribe.address(url),
        ("", id, _) => Some(crate::Source::FileId(id.to_owned())),
        (data, _, _) => scribe.base64("", data),
    };
    let name = (!name.is_empty()).then(|| name.to_owned());
    scribe.part(source, part, |source| match &source {
        crate::Source::Media { mime, .. } => by_mime(&mime.clone(), source, name),
        crate::Source::Url(_) | crate::Source::FileId(_) => Part::File { source, name },
    })
}

/// Speech of the model. A client that sends it back has only its id.
fn answer_audio(audio: &Value, scribe: &mut Scribe<'_>) -> Part {
    let transcript = text(audio, "transcript");
    let transcript = (!transcript.is_empty()).then(|| transcript.to_owned());
    let source = match text(audio, "data") {
        "" => {
            Some(text(audio, "id")).filter(|id| !id.is_empty()).map(|id| crate::Source::FileId(id.to_owned()))
        }
        data => scribe.base64("", data),
    };
    match source {
        Some(source) => Part::Audio { source, transcript },
        None => other(&single("audio", audio)),
    }
}
