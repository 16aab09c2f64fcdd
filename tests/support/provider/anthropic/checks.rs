//! What Anthropic does not take.

use serde_json::Value;

use super::super::Vendor;
use super::super::desk::Desk;
use super::super::refusal::{Refusal, Refused};
use super::MODELS;

/// What both requests may hold.
const COMMON: [&str; 11] = [
    "model",
    "messages",
    "system",
    "tools",
    "tool_choice",
    "thinking",
    "output_config",
    "output_format",
    "mcp_servers",
    "context_management",
    "cache_control",
];
/// What only a question may hold.
const ASKING: [&str; 9] = [
    "max_tokens",
    "stream",
    "stop_sequences",
    "metadata",
    "service_tier",
    "container",
    "inference_geo",
    "speed",
    "diagnostics",
];
/// What only the older version of the interface knows.
const SAMPLING: [&str; 3] = ["temperature", "top_p", "top_k"];

/// A question, in the newer version of the interface or the older.
pub(super) fn message(desk: &Desk, body: &Value, newer: bool) -> Result<(), Refused> {
    let sampled = |name: &str| !newer && SAMPLING.contains(&name);
    fields(body, &|name| COMMON.contains(&name) || ASKING.contains(&name) || sampled(name))?;
    let most = body["max_tokens"].as_u64().ok_or_else(|| wrong("max_tokens: Field required"))?;
    if most == 0 {
        return Err(wrong("max_tokens: Input should be greater than or equal to 1"));
    }
    sampling(body)?;
    thinking(body, most)?;
    both(desk, body)
}

/// A question that is only counted.
pub(super) fn count(desk: &Desk, body: &Value) -> Result<(), Refused> {
    fields(body, &|name| COMMON.contains(&name))?;
    both(desk, body)
}

fn fields(body: &Value, known: &dyn Fn(&str) -> bool) -> Result<(), Refused> {
    let given = body.as_object().ok_or_else(|| wrong("The request body is not valid JSON"))?;
    match given.keys().find(|name| !known(name)) {
        Some(name) => Err(wrong(format!("{name}: Extra inputs are not permitted"))),
        None => Ok(()),
    }
}

fn both(desk: &Desk, body: &Value) -> Result<(), Refused> {
    let model = body["model"].as_str().ok_or_else(|| wrong("model: Field required"))?;
    if !MODELS.iter().any(|(known, _)| *known == model) {
        return Err(Refusal::Model(model.to_owned()).by(Vendor::Anthropic));
    }
    tools(body)?;
    let messages = body["messages"].as_array().ok_or_else(|| wrong("messages: Field required"))?;
    match messages.first() {
        None => return Err(wrong("messages: at least one message is required")),
        Some(first) if first["role"] != "user" => {
            return Err(wrong("messages: first message must use the \"user\" role"));
        }
        Some(_) => {}
    }
    for (index, message) in messages.iter().enumerate() {
        turn(desk, messages, index, message)?;
    }
    let enabled = body["thinking"]["type"] == "enabled";
    let last = messages.iter().rev().find(|message| message["role"] == "assistant");
    let first = last.map(|message| &message["content"][0]["type"]);
    if enabled && first.is_some_and(|first| first == "tool_use") {
        return Err(wrong(
            "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`. When `thinking` is enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks).",
        ));
    }
    Ok(())
}

fn newer(body: &Value) -> bool {
    body["model"] == "claude-opus-4-7"
}

fn sampling(body: &Value) -> Result<(), Refused> {
    let given = |name: &str| !body[name].is_null();
    if newer(body)
        && let Some(name) = SAMPLING.into_iter().find(|name| given(name))
    {
        return Err(wrong(format!("{name}: this model does not support sampling parameters")));
    }
    if body["temperature"].as_f64().is_some_and(|value| !(0.0..=1.0).contains(&value)) {
        return Err(wrong("temperature: range: 0..1"));
    }
    if given("temperature") && given("top_p") {
        return Err(wrong(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        ));
    }
    let stops = body["stop_sequences"].as_array().map(Vec::as_slice).unwrap_or_default();
    if stops.iter().any(|stop| stop.as_str().is_none_or(|stop| stop.trim().is_empty())) {
        return Err(wrong("stop_sequences: each stop sequence must contain non-whitespace"));
    }
    Ok(())
}

fn thinking(body: &Value, most: u64) -> Result<(), Refused> {
    match body["thinking"]["type"].as_str() {
        None | Some("disabled" | "adaptive") => Ok(()),
        Some("enabled") if newer(body) => Err(wrong(
            "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and \"output_config.effort\" to control thinking behavior.",
        )),
        Some("enabled") => {
            let budget = body["thinking"]["budget_tokens"].as_u64().unwrap_or_default();
            let choice = body["tool_choice"]["type"].as_str();
            if budget < 1_024 {
                Err(wrong("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"))
            } else if budget >= most {
                Err(wrong("`max_tokens` must be greater than `thinking.budget_tokens`."))
            } else if body["temperature"].as_f64().is_some_and(|value| value < 1.0) {
                Err(wrong("`temperature` may only be set to 1 when thinking is enabled."))
            } else if matches!(choice, Some("any" | "tool")) {
                Err(wrong("Thinking may not be enabled when tool_choice forces tool use."))
            } else {
                Ok(())
            }
        }
        Some(other) => Err(wrong(format!(
            "thinking: Input tag '{other}' found using 'type' does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'"
        ))),
    }
}

fn tools(body: &Value) -> Result<(), Refused> {
    let tools = body["tools"].as_array().map(Vec::as_slice).unwrap_or_default();
    if tools.is_empty() && !body["tool_choice"].is_null() {
        return Err(wrong("tool_choice: tool_choice may only be specified while providing tools."));
    }
    for (index, tool) in tools.iter().enumerate() {
        let own = tool["type"].as_str().is_none_or(|kind| kind == "custom");
        if own && !word(tool["name"].as_str().unwrap_or_default(), 128) {
            return Err(wrong(format!(
                "tools.{index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
            )));
        }
        if own && tool["input_schema"]["type"] != "object" {
            return Err(wrong(format!("tools.{index}.custom.input_schema.type: Field required")));
        }
    }
    Ok(())
}

/// One message with its neighbours.
fn turn(desk: &Desk, messages: &[Value], index: usize, message: &Value) -> Result<(), Refused> {
    if !matches!(message["role"].as_str(), Some("user" | "assistant")) {
        return Err(wrong(format!("messages.{index}.role: Input should be 'user' or 'assistant'")));
    }
    let blocks = match &message["content"] {
        Value::String(text) if text.is_empty() && index + 1 < messages.len() => {
            return Err(wrong(format!(
                "messages.{index}: all messages must have non-empty content except for the optional final assistant message"
            )));
        }
        Value::Array(blocks) => blocks.as_slice(),
        _ => &[],
    };
    for (place, block) in blocks.iter().enumerate() {
        content(desk, block).map_err(|why| wrong(format!("messages.{index}.content.{place}{why}")))?;
    }
    let ids = |message: Option<&Value>, kind: &str, name: &str| -> Vec<String> {
        let blocks =
            message.and_then(|message| message["content"].as_array()).map(Vec::as_slice).unwrap_or_default();
        let blocks = blocks.iter().filter(|block| block["type"] == kind);
        blocks.filter_map(|block| block[name].as_str().map(str::to_owned)).collect()
    };
    let called = ids(Some(message), "tool_use", "id");
    let answered = ids(messages.get(index + 1), "tool_result", "tool_use_id");
    if let Some(open) = called.iter().find(|id| !answered.contains(id)) {
        return Err(wrong(format!(
            "messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {open}. Each `tool_use` block must have a corresponding `tool_result` block in the next message."
        )));
    }
    let before = index.checked_sub(1).and_then(|before| messages.get(before));
    let (results, asked) = (ids(Some(message), "tool_result", "tool_use_id"), ids(before, "tool_use", "id"));
    if let Some(orphan) = results.iter().find(|id| !asked.contains(id)) {
        return Err(wrong(format!(
            "messages.{index}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: {orphan}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
        )));
    }
    Ok(())
}

/// What is wrong with one block, as the end of a path.
fn content(desk: &Desk, block: &Value) -> Result<(), String> {
    match block["type"].as_str() {
        Some("text") if block["text"].as_str().is_none_or(str::is_empty) => {
            Err(".text: text content blocks must be non-empty".to_owned())
        }
        Some("thinking") => match block["signature"].as_str() {
            None => Err(".thinking.signature: Field required".to_owned()),
            Some(signature) if !desk.gave_out(signature) => {
                Err(": Invalid `signature` in `thinking` block".to_owned())
            }
            Some(_) => Ok(()),
        },
        Some("tool_use") if !word(block["id"].as_str().unwrap_or_default(), 256) => {
            Err(".tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'".to_owned())
        }
        Some("tool_use") if !block["input"].is_object() => {
            Err(".tool_use.input: Input should be a valid dictionary".to_owned())
        }
        Some(_) => Ok(()),
        None => Err(": Unable to extract tag using discriminator 'type'".to_owned()),
    }
}

fn word(text: &str, longest: usize) -> bool {
    let sound = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-');
    !text.is_empty() && text.len() <= longest && text.chars().all(sound)
}

fn wrong(message: impl Into<String>) -> Refused {
    Refused::new(400, "invalid_request_error", message)
}
