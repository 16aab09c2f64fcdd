//! Rows of ShareGPT files: of our own exports, of the program before this one, and of others.
//!
//! Defects of old files are read as they are and marked; what is no text or no call where one should be keeps its form.

use serde_json::{Value, json};

use super::body::Request;
use super::page::{Page, turn};
use super::scribe::{Scribe, loose_text, mask, other};
use super::sharegpt_files::Files;
use super::value::{as_text, field, text, text_of};
use crate::{Alternative, Part, Role, Tool, Turn};

/// Between the results of one turn, as LLaMA-Factory has it.
const BETWEEN: &str = "\n</tool_response>\n<tool_response>\n";

pub(super) fn read(request: &Request<'_>, scribe: &mut Scribe<'_>) -> Page {
    let row = &request.json;
    let mut page = Page::default();
    page.model(text(row, "model"));
    page.conversation.tools = tools(row.get("tools"), scribe);
    let mut files = Files::of(row);
    let mut turns = Vec::new();
    let system = text(row, "system");
    if !system.is_empty() {
        turns.push(turn(Role::System, vec![Part::Text { text: system.to_owned() }]));
    }
    let said =
        ["conversations", "conversation", "messages"].iter().find_map(|name| row.get(*name)?.as_array());
    for one in said.into_iter().flatten() {
        take(one, &mut turns, &mut files, scribe);
    }
    files.rest(&mut turns, scribe);
    scribe.damaged |= said.is_none();
    let ends = ["chosen", "rejected"].map(|name| row.get(name).filter(|end| end.is_object()));
    if let [Some(chosen), Some(rejected)] = ends {
        let mut none = Files::default();
        take(chosen, &mut turns, &mut none, scribe);
        let mut worse = Vec::new();
        take(rejected, &mut worse, &mut none, scribe);
        let at = turns.len() - 1;
        page.conversation.alternatives =
            worse.into_iter().map(|turn| Alternative { at, turn, finish: String::new() }).collect();
    }
    let answers = usize::from(turns.last().is_some_and(|turn| turn.role == Role::Assistant));
    page.asked = turns.len() - answers;
    page.conversation.turns = turns;
    page.ending = Some(postern_store::Standing::Ok);
    page
}

fn take(one: &Value, turns: &mut Vec<Turn>, files: &mut Files, scribe: &mut Scribe<'_>) {
    let value = spoken(one);
    match text_of(one, &["from", "role"]) {
        "human" | "user" => turns.push(turn(Role::User, content(value, files, scribe))),
        "system" => turns.push(turn(Role::System, content(value, files, scribe))),
        "developer" => turns.push(turn(Role::Developer, content(value, files, scribe))),
        "function_call" | "tool_call" => {
            let parts = calls(value, scribe);
            // Old files have a turn for each call of one answer, and for the text before them.
            match turns.last_mut().filter(|last| last.role == Role::Assistant) {
                Some(last) => last.parts.extend(parts),
                None => turns.push(learned(one, parts)),
            }
        }
        "observation" | "tool" | "tool_response" | "function_response" | "function" => {
            let results = results(one, turns, files, scribe);
            turns.push(turn(Role::Tool, results));
        }
        "gpt" | "assistant" | "model" | "chatgpt" | "bot" => turns.push(learned(one, answer(value, scribe))),
        _ => {
            scribe.damaged = true;
            turns.push(turn(Role::User, vec![other(one)]));
        }
    }
}

/// What a turn says.
fn spoken(one: &Value) -> &Value {
    one.get("value").or_else(|| one.get("content")).unwrap_or(&Value::Null)
}

/// An answer, and whether a trainer learns it.
fn learned(one: &Value, parts: Vec<Part>) -> Turn {
    Turn { train: mask(one), ..turn(Role::Assistant, parts) }
}

/// Texts, with files at their marks; what is none keeps its form.
fn content(value: &Value, files: &mut Files, scribe: &mut Scribe<'_>) -> Vec<Part> {
    match value {
        Value::String(text) => files.within(text, scribe),
        Value::Null => Vec::new(),
        Value::Array(items) => {
            scribe.damaged = true;
            let item = |item: &Value| match loose_text(item) {
                text if text.is_empty() => other(item),
                text => Part::Text { text: text.to_owned() },
            };
            items.iter().map(item).collect()
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => {
            scribe.damaged = true;
            vec![other(value)]
        }
    }
}

fn answer(value: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let Value::String(said) = value else { return content(value, &mut Files::default(), scribe) };
    if said == "None" {
        // So the program before this one wrote an answer without a text; it may also have been the answer.
        scribe.damaged = true;
    }
    let (thought, rest) = thought(said);
    let mut parts: Vec<Part> = thought.into_iter().collect();
    if !rest.is_empty() {
        parts.push(Part::Text { text: rest.to_owned() });
    }
    parts
}

/// A thought before what is said, as our own files have it.
fn thought(said: &str) -> (Option<Part>, &str) {
    let found = said.strip_prefix("<think>\n").and_then(|rest| rest.split_once("\n</think>\n\n"));
    match found {
        Some((thought, rest)) => (Some(Part::Reasoning { text: thought.to_owned(), seal: None }), rest),
        None => (None, said),
    }
}

fn calls(value: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let Value::String(said) = value else { return called(value, scribe) };
    let (thought, rest) = thought(said);
    let mut parts: Vec<Part> = thought.into_iter().collect();
    let tagged = rest
        .split_once("<tool_call>")
        .and_then(|(before, calls)| Some((before, calls.strip_suffix("</tool_call>")?)));
    let (before, calls) = tagged.unwrap_or(("", rest));
    if !before.is_empty() {
        parts.push(Part::Text { text: before.to_owned() });
    }
    match serde_json::from_str(calls) {
        Ok(calls) => parts.extend(called(&calls, scribe)),
        Err(_) => {
            scribe.damaged = true;
            parts.push(other(&json!({ "function_call": calls })));
        }
    }
    parts
}

/// Calls in one of three shapes: bare, as OpenAI has them, or a list of either.
fn called(value: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    if let Value::Array(items) = value {
        return items.iter().flat_map(|item| called(item, scribe)).collect();
    }
    let call = value.get("function").filter(|function| function.is_object()).unwrap_or(value);
    let name = text(call, "name");
    if name.is_empty() {
        scribe.damaged = true;
        return vec![other(value)];
    }
    let arguments = as_text(call.get("arguments").or_else(|| call.get("parameters")));
    vec![Part::ToolCall { id: text(value, "id").to_owned(), name: name.to_owned(), arguments }]
}

/// The results of the calls before: one, or as many as there are calls when they stand between the tags of results.
fn results(one: &Value, turns: &[Turn], files: &mut Files, scribe: &mut Scribe<'_>) -> Vec<Part> {
    let value = spoken(one);
    let calls: Vec<&str> =
        turns.iter().rfind(|turn| turn.role == Role::Assistant).map_or(Vec::new(), |turn| {
            let ids = turn.parts.iter().filter_map(|part| match part {
                Part::ToolCall { id, .. } => Some(id.as_str()),
                _ => None,
            });
            ids.collect()
        });
    let name = Some(text(one, "name")).filter(|name| !name.is_empty()).map(str::to_owned);
    let result = |call_id: &str, parts| Part::ToolResult {
        call_id: call_id.to_owned(),
        name: name.clone(),
        parts,
        failed: false,
    };
    if let Value::String(said) = value {
        let each: Vec<&str> = said.split(BETWEEN).collect();
        if each.len() == calls.len() {
            let each = each.into_iter().zip(calls);
            return each.map(|(said, id)| result(id, files.within(said, scribe))).collect();
        }
    }
    // Which call it answers is told by the order, where nothing else tells it.
    vec![result(text(one, "tool_call_id"), content(value, files, scribe))]
}

/// Functions in the shape of any provider, as a list or as JSON text of one.
fn tools(value: Option<&Value>, scribe: &mut Scribe<'_>) -> Vec<Tool> {
    let parsed;
    let value = match value {
        Some(Value::String(text)) if text.trim().is_empty() => return Vec::new(),
        Some(Value::String(text)) => match serde_json::from_str::<Value>(text) {
            Ok(value) => {
                parsed = value;
                &parsed
            }
            Err(_) => {
                scribe.damaged = true;
                return Vec::new();
            }
        },
        Some(value) => value,
        None => return Vec::new(),
    };
    let mut tools = Vec::new();
    for item in value.as_array().into_iter().flatten() {
        let several = item.get("functionDeclarations").or_else(|| item.get("function_declarations"));
        match several.and_then(Value::as_array) {
            Some(several) => tools.extend(several.iter().filter_map(tool)),
            None => tools.extend(tool(item.get("function").unwrap_or(item))),
        }
    }
    tools
}

fn tool(item: &Value) -> Option<Tool> {
    let name = text(item, "name");
    let parameters = ["parameters", "input_schema", "inputSchema", "parametersJsonSchema"];
    let parameters = parameters.iter().find_map(|name| field(item, name)).cloned();
    let description = Some(text(item, "description")).filter(|said| !said.is_empty()).map(str::to_owned);
    (!name.is_empty()).then(|| Tool { name: name.to_owned(), description, parameters })
}
