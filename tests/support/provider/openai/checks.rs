//! What OpenAI does not take.

use serde_json::{Value, json};

use super::super::refusal::Refused;

/// Messages in an order that makes sense, with arguments as text.
pub(super) fn chat(body: &Value) -> Result<(), Refused> {
    let messages = body["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    if messages.is_empty() {
        return Err(wrong(
            "messages",
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        ));
    }
    let mut open: Vec<&str> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let at = format!("messages.[{index}]");
        let role = message["role"].as_str().unwrap_or_default();
        if !open.is_empty() && role != "tool" {
            return Err(unanswered(&open));
        }
        match role {
            "system" | "developer" | "user" => has_content(message, &at)?,
            "assistant" => open = called(message, &at)?,
            "tool" => {
                let id = message["tool_call_id"].as_str().unwrap_or_default();
                let before = open.len();
                open.retain(|called| *called != id);
                if open.len() == before {
                    return Err(wrong(
                        &format!("{at}.role"),
                        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                    ));
                }
                has_content(message, &at)?;
            }
            other => {
                let message = format!(
                    "Invalid value: '{other}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'."
                );
                return Err(wrong(&format!("{at}.role"), &message));
            }
        }
    }
    if open.is_empty() { functions(body) } else { Err(unanswered(&open)) }
}

fn has_content(message: &Value, at: &str) -> Result<(), Refused> {
    match &message["content"] {
        Value::String(_) => Ok(()),
        Value::Array(parts) if !parts.is_empty() && parts.iter().all(|part| part["type"].is_string()) => {
            Ok(())
        }
        other => {
            let message = format!(
                "Invalid type for '{at}.content': expected one of a string or array of objects, but got {other} instead."
            );
            Err(wrong(&format!("{at}.content"), &message))
        }
    }
}

/// The ids of the calls of an assistant's message.
fn called<'a>(message: &'a Value, at: &str) -> Result<Vec<&'a str>, Refused> {
    let Some(calls) = message["tool_calls"].as_array() else {
        has_content(message, at)?;
        return Ok(Vec::new());
    };
    calls
        .iter()
        .enumerate()
        .map(|(index, call)| {
            let at = format!("{at}.tool_calls[{index}]");
            if !call["function"]["arguments"].is_string() {
                return Err(wrong(
                    &format!("{at}.function.arguments"),
                    "Invalid type: expected a string, but got an object instead.",
                ));
            }
            call["id"].as_str().ok_or_else(|| wrong(&format!("{at}.id"), "Missing required parameter."))
        })
        .collect()
}

fn functions(body: &Value) -> Result<(), Refused> {
    let tools = body["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    if body["tools"].as_array().is_some_and(Vec::is_empty) {
        return Err(wrong(
            "tools",
            "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        ));
    }
    if tools.is_empty() && !body["tool_choice"].is_null() {
        return Err(wrong(
            "tool_choice",
            "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        ));
    }
    for (index, tool) in tools.iter().enumerate() {
        let name = tool["function"]["name"].as_str().unwrap_or_default();
        let sound = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-');
        if name.is_empty() || name.len() > 64 || !name.chars().all(sound) {
            let at = format!("tools[{index}].function.name");
            let message = format!(
                "Invalid '{at}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
            );
            return Err(wrong(&at, &message));
        }
    }
    Ok(())
}

fn unanswered(open: &[&str]) -> Refused {
    let message = format!(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {}",
        open.join(", ")
    );
    wrong("messages", &message)
}

/// 400, about this parameter.
pub(super) fn wrong(param: &str, message: &str) -> Refused {
    Refused::new(400, "invalid_request_error", message).more(json!({ "param": param, "code": null }))
}
