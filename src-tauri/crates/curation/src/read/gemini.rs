//! Google's generateContent and streamGenerateContent.
//!
//! <https://ai.google.dev/api/generate-content>

use std::collections::BTreeMap;

use postern_store::Standing;
use serde_json::{Map, Value, json};

use super::body::{Answer, Form, Piece, Request};
use super::ending;
use super::page::{Counted, Page, turn};
use super::scribe::{Scribe, by_mime, function, other, own_tool, thought};
use super::value::{append, as_text, count, either, field, list, single, snake, text};
use crate::{Part, Role, Source, Tool, Turn};

pub(super) fn read(path: &str, request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(model_of(path).unwrap_or_else(|| text(asked, "model").trim_start_matches("models/")));
    page.parameters(
        asked,
        &["contents", "systemInstruction", "system_instruction", "cachedContent", "labels"],
    );
    page.conversation.tools = list(asked, "tools").iter().flat_map(tools).collect();
    let system =
        either(asked, "systemInstruction").map(|system| turn(Role::System, instruction(system, scribe)));
    let turns: Vec<Turn> = match asked.get("contents") {
        Some(Value::Array(contents)) => {
            contents.iter().map(|content| content_turn(content, scribe)).collect()
        }
        Some(Value::String(words)) => vec![turn(Role::User, vec![Part::Text { text: words.clone() }])],
        Some(content @ Value::Object(_)) => vec![content_turn(content, scribe)],
        _ => Vec::new(),
    };
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

/// The model's name in a path such as `/v1beta/models/NAME:generateContent`.
pub(super) fn model_of(path: &str) -> Option<&str> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let (before, _) = path.rsplit_once(':')?;
    before.rsplit('/').next().filter(|name| !name.is_empty())
}

fn answered(page: &mut Page, said: &Value, scribe: &mut Scribe<'_>) {
    if let Some(model) = either(said, "modelVersion").and_then(Value::as_str) {
        page.model(model);
    }
    page.counted = counted(said);
    let mut candidates: Vec<&Value> = list(said, "candidates").iter().collect();
    candidates.sort_by_key(|candidate| count(candidate, "index").unwrap_or_default());
    let error = field(said, "error");
    for (at, candidate) in candidates.into_iter().enumerate() {
        let finish = either(candidate, "finishReason").and_then(Value::as_str).unwrap_or_default();
        let content = field(candidate, "content").unwrap_or(&Value::Null);
        let mut parts: Vec<Part> =
            list(content, "parts").iter().flat_map(|part| part_of(part, scribe)).collect();
        parts.extend(citations(candidate));
        if at == 0 {
            page.ending = ending_of(finish);
            let failed = matches!(page.ending, Some(Standing::Blocked | Standing::UpstreamError));
            let words = either(candidate, "finishMessage").filter(|_| failed);
            page.conversation.error = words.and_then(Value::as_str).map(str::to_owned);
        }
        let withheld = matches!(page.ending, Some(Standing::Blocked | Standing::UpstreamError));
        if !parts.is_empty() || !withheld && error.is_none() {
            page.answer(parts, finish);
        } else if at == 0 {
            finish.clone_into(&mut page.conversation.finish);
        }
    }
    let feedback = either(said, "promptFeedback").unwrap_or(&Value::Null);
    if let Some(reason) = either(feedback, "blockReason").and_then(Value::as_str) {
        page.ending = Some(Standing::Blocked);
        reason.clone_into(&mut page.conversation.finish);
        let words = either(feedback, "blockReasonMessage").and_then(Value::as_str);
        page.conversation.error = words.map(str::to_owned);
    }
    if let Some(error) = error {
        page.conversation.error = None;
        ending::note(page, error);
    }
}

/// What Google's reason to finish means.
fn ending_of(finish: &str) -> Option<Standing> {
    Some(match finish {
        "" => return None,
        "MAX_TOKENS" => Standing::Truncated,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "ESCALATION" => Standing::Blocked,
        "MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MISSING_THOUGHT_SIGNATURE"
        | "MALFORMED_RESPONSE" => Standing::UpstreamError,
        _ => Standing::Ok,
    })
}

fn counted(said: &Value) -> Counted {
    let Some(usage) = either(said, "usageMetadata") else { return Counted::default() };
    let sum = |names: [&str; 2]| {
        let found = names.iter().filter_map(|name| either(usage, name)?.as_u64());
        found.reduce(|sum, more| sum + more)
    };
    Counted {
        input: sum(["promptTokenCount", "toolUsePromptTokenCount"]),
        output: sum(["candidatesTokenCount", "thoughtsTokenCount"]),
    }
}

/// Where the answer has its words from.
fn citations(candidate: &Value) -> impl Iterator<Item = Part> {
    let names = ["groundingMetadata", "citationMetadata", "urlContextMetadata"];
    let found = names.into_iter().filter_map(|name| Some((name, either(candidate, name)?)));
    found
        .filter(|(_, raw)| !super::value::is_blank(raw))
        .map(|(name, raw)| Part::Citation { raw: single(name, raw) })
}

/// The functions in one entry of the toolbox; what is not one is a tool of Google's own.
pub(super) fn tools(entry: &Value) -> Vec<Tool> {
    let declared = either(entry, "functionDeclarations").and_then(Value::as_array).into_iter().flatten();
    let schemas = ["parametersJsonSchema", "parameters_json_schema", "parameters"];
    let own = entry.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    declared
        .map(|declaration| function(declaration, &schemas))
        .chain(own.filter(|name| snake(name) != "function_declarations").map(own_tool))
        .collect()
}

fn instruction(system: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    match system {
        Value::String(words) => vec![Part::Text { text: words.clone() }],
        Value::Array(parts) => parts.iter().flat_map(|part| part_of(part, scribe)).collect(),
        content => parts(content, scribe),
    }
}

fn content_turn(content: &Value, scribe: &mut Scribe<'_>) -> Turn {
    if let Value::String(words) = content {
        return turn(Role::User, vec![Part::Text { text: words.clone() }]);
    }
    let role = match text(content, "role") {
        "" | "user" => Role::User,
        "model" | "assistant" => Role::Assistant,
        "system" => Role::System,
        "function" | "tool" => Role::Tool,
        _ => {
            scribe.damaged = true;
            return turn(Role::User, vec![other(content)]);
        }
    };
    turn(role, parts(content, scribe))
}

fn parts(content: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    match content.get("parts") {
        Some(Value::Array(parts)) => parts.iter().flat_map(|part| part_of(part, scribe)).collect(),
        Some(part @ (Value::Object(_) | Value::String(_))) => part_of(part, scribe),
        _ => Vec::new(),
    }
}

/// A part, and Google's seal on it behind it.
fn part_of(part: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let seal = either(part, "thoughtSignature").and_then(Value::as_str).unwrap_or_default();
    if let Some(words) = part.get("text").and_then(Value::as_str).or(part.as_str()) {
        if part.get("thought") == Some(&Value::Bool(true)) {
            return thought(words, seal).into_iter().collect();
        }
        return super::scribe::said(words).into_iter().chain(thought("", seal)).collect();
    }
    let read = if let Some(call) = either(part, "functionCall") {
        Part::ToolCall {
            id: text(call, "id").to_owned(),
            name: text(call, "name").to_owned(),
            arguments: as_text(call.get("args")),
        }
    } else if let Some(result) = either(part, "functionResponse") {
        response(result, scribe)
    } else if let Some(data) = either(part, "inlineData") {
        let mime = either(data, "mimeType").and_then(Value::as_str).unwrap_or_default();
        let source = scribe.base64(mime, text(data, "data"));
        scribe.part(source, part, |source| by_mime(mime, source, name(data)))
    } else if let Some(file) = either(part, "fileData") {
        let mime = either(file, "mimeType").and_then(Value::as_str).unwrap_or_default();
        let uri = either(file, "fileUri").and_then(Value::as_str).unwrap_or_default();
        by_mime(mime, Source::Url(uri.to_owned()), name(file))
    } else if part
        .as_object()
        .is_some_and(|fields| fields.keys().all(|name| snake(name) == "thought_signature"))
    {
        return thought("", seal).into_iter().collect();
    } else {
        return vec![other(part)];
    };
    std::iter::once(read).chain(thought("", seal)).collect()
}

fn name(file: &Value) -> Option<String> {
    either(file, "displayName").and_then(Value::as_str).map(str::to_owned)
}

/// What a call gave back: JSON, and files beside it.
fn response(result: &Value, scribe: &mut Scribe<'_>) -> Part {
    let given = field(result, "response");
    let words = given.map(|given| Part::Text { text: as_text(Some(given)) });
    let files = list(result, "parts").iter().flat_map(|part| part_of(part, scribe));
    Part::ToolResult {
        call_id: text(result, "id").to_owned(),
        name: Some(text(result, "name")).filter(|name| !name.is_empty()).map(str::to_owned),
        parts: words.into_iter().chain(files).collect(),
        failed: given.and_then(|given| field(given, "error")).is_some(),
    }
}

/// The pieces of an answer as the whole answer they make.
fn whole(pieces: &[Piece]) -> Value {
    let mut answer = Map::new();
    let mut candidates: BTreeMap<u64, Map<String, Value>> = BTreeMap::new();
    for Piece { data, .. } in pieces {
        for (name, value) in data.as_object().into_iter().flatten().filter(|(name, _)| *name != "candidates")
        {
            answer.insert(name.clone(), value.clone());
        }
        for candidate in list(data, "candidates") {
            let known = candidates.entry(count(candidate, "index").unwrap_or_default()).or_default();
            for (name, value) in candidate.as_object().into_iter().flatten() {
                if name == "content" {
                    go_on(known, list(value, "parts"));
                } else if !value.is_null() {
                    known.insert(name.clone(), value.clone());
                }
            }
        }
    }
    if !candidates.is_empty() {
        let candidates = candidates.into_values().map(Value::Object).collect();
        answer.insert("candidates".to_owned(), Value::Array(candidates));
    }
    Value::Object(answer)
}

/// Puts parts behind those of a candidate. The first goes on where the last ended if both are text of one kind.
fn go_on(candidate: &mut Map<String, Value>, parts: &[Value]) {
    let content = candidate.entry("content").or_insert_with(|| json!({"parts": []}));
    let Some(Value::Array(known)) = content.get_mut("parts") else { return };
    for (at, part) in parts.iter().enumerate() {
        let goes_on = |last: &&mut Value| {
            let both = last.get("text").is_some() && part.get("text").is_some();
            let sealed = either(last, "thoughtSignature").is_some();
            at == 0 && both && !sealed && last.get("thought") == part.get("thought")
        };
        match known.last_mut().filter(goes_on).and_then(Value::as_object_mut) {
            None => known.push(part.clone()),
            Some(last) => {
                append(last, "text", text(part, "text"));
                for (name, value) in
                    part.as_object().into_iter().flatten().filter(|(name, _)| *name != "text")
                {
                    last.insert(name.clone(), value.clone());
                }
            }
        }
    }
}
