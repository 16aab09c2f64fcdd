//! The pieces that whole answers and streams have in common, as they go over the wire.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::chat::{Finish, Usage};

/// A block of an answer's content. In a stream it begins empty, and deltas fill it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block<'a> {
    Text {
        text: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        citations: Vec<Value>,
    },
    Thinking {
        thinking: &'a str,
        signature: String,
    },
    RedactedThinking {
        data: String,
    },
    ToolUse {
        id: &'a str,
        name: &'a str,
        input: Value,
    },
}

/// Token counts. What was read from a cache is not among the input tokens.
#[derive(Clone, Copy, Serialize)]
pub(super) struct WireUsage {
    input_tokens: u64,
    cache_creation_input_tokens: u64,
    cache_read_input_tokens: u64,
    output_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_tokens_details: Option<OutputDetails>,
}

#[derive(Clone, Copy, Serialize)]
struct OutputDetails {
    thinking_tokens: u64,
}

impl WireUsage {
    /// What is known of an answer's tokens; `prompt` is what its prompt was guessed to have.
    pub(super) fn of(usage: Option<Usage>, prompt: u64) -> Self {
        let usage = usage.unwrap_or(Usage { prompt, ..Usage::default() });
        let details = OutputDetails { thinking_tokens: usage.reasoning };
        Self {
            input_tokens: usage.prompt.saturating_sub(usage.cached),
            cache_creation_input_tokens: 0,
            cache_read_input_tokens: usage.cached,
            output_tokens: usage.completion,
            output_tokens_details: (usage.reasoning > 0).then_some(details),
        }
    }
}

/// Why an answer ended. A client runs its tools when it reads `tool_use`, so whether there are calls decides that,
/// whatever the provider's own word was.
pub(super) fn stop_reason(finish: Finish, has_calls: bool) -> &'static str {
    match finish {
        Finish::Stop | Finish::ToolCalls if has_calls => "tool_use",
        Finish::Stop | Finish::ToolCalls => "end_turn",
        Finish::Length => "max_tokens",
        Finish::ContentFilter => "refusal",
    }
}

/// What the provider said about withholding an answer.
pub(super) fn stop_details(finish: Finish, refusal: &str) -> Option<Value> {
    (finish == Finish::ContentFilter && !refusal.is_empty())
        .then(|| json!({ "type": "refusal", "category": null, "explanation": refusal }))
}

/// The arguments of a call as the object that the dialect wants. Text that is no JSON object becomes its only member, so
/// that nothing of it is lost.
pub(super) fn input(arguments: &str) -> Value {
    if arguments.trim().is_empty() {
        return Value::Object(Map::new());
    }
    match serde_json::from_str(arguments) {
        Ok(Value::Object(members)) => Value::Object(members),
        Ok(other) => json!({ "input": other }),
        Err(_) => json!({ "input": arguments }),
    }
}

/// A source in the dialect's own form; `None` for one it has no form for.
pub(super) fn citation(raw: &Value) -> Option<Value> {
    if raw["type"].as_str().is_some_and(|kind| kind.ends_with("_location")) {
        return Some(raw.clone());
    }
    let cited = &raw["url_citation"];
    let (url, title) = (cited["url"].as_str()?, cited["title"].as_str());
    Some(json!({
        "type": "web_search_result_location",
        "url": url,
        "title": title,
        "cited_text": "",
        "encrypted_index": "",
    }))
}
