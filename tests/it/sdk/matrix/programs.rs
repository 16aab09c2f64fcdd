//! Requests in the very form of the programs that people code with, which send more than any SDK by itself does.

use postern_tests::{Part, Scenario, Script};
use serde_json::{Value, json};

use super::super::{declared, last, product_with};
use super::COST;
use crate::product::Product;

pub(super) const MODEL: &str = "gemini-3-flash-preview";

/// The events of a stream, by the names in their data.
pub(super) fn events(text: &str) -> anyhow::Result<Vec<Value>> {
    let data = text.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    data.map(|data| Ok(serde_json::from_str(data)?)).collect()
}

fn calls_bash() -> Scenario {
    let call = Part::call("Bash", json!({ "command": "ls -l 'a b'" })).with_id("a").signed("Zmlyc3Q=");
    let first = Script::new().thought("I look.").text("Looking.").parts([call]).finish(1, COST);
    Scenario::answering_in_turn([first, Script::new().text("Two files.").finish(1, COST)])
}

/// A question of Claude Code, with what it sends of itself.
async fn claude_code(product: &Product, messages: &Value) -> anyhow::Result<Vec<Value>> {
    let bash = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "properties": {
            "command": { "description": "The command to execute", "type": "string" },
            "timeout": { "description": "Milliseconds (max 600000)", "type": "number", "exclusiveMinimum": 0 },
            "run_in_background": { "type": "boolean", "default": false },
        },
        "required": ["command"], "additionalProperties": false,
    });
    let body = json!({
        "model": MODEL, "max_tokens": 32_000, "stream": true, "messages": messages,
        "system": [
            { "type": "text", "text": "You are a coding agent.", "cache_control": { "type": "ephemeral" } },
            { "type": "text", "text": "Working directory: /src", "cache_control": { "type": "ephemeral", "ttl": "1h" } },
        ],
        "tools": [
            { "name": "Bash", "description": "Runs a command.", "input_schema": bash },
            { "name": "TodoRead", "description": "Reads.", "input_schema": { "type": "object", "properties": {}, "additionalProperties": false } },
        ],
        "metadata": { "user_id": "user_0_account__session_0" },
        "thinking": { "type": "adaptive" }, "output_config": { "effort": "medium" },
        "context_management": { "edits": [{ "type": "clear_thinking_20251015", "keep": "all" }] },
    });
    let request = reqwest::Client::new()
        .post(format!("{}/v1/messages?beta=true", product.base_url))
        .bearer_auth("none")
        .header("user-agent", "claude-cli/2.1.136 (external, cli)")
        .header("x-app", "cli")
        .header("anthropic-version", "2023-06-01")
        .header("anthropic-dangerous-direct-browser-access", "true")
        .header("anthropic-beta", "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,effort-2025-11-24")
        .header("x-stainless-helper-method", "stream");
    let answer = request.json(&body).send().await?;
    let (status, text) = (answer.status(), answer.text().await?);
    anyhow::ensure!(status.is_success(), "{status} {text}");
    events(&text)
}

/// The blocks of an answer, put together as the program does.
fn blocks(events: &[Value]) -> Vec<Value> {
    let mut blocks: Vec<Value> = Vec::new();
    let mut input = String::new();
    for event in events {
        let delta = &event["delta"];
        match event["type"].as_str() {
            Some("content_block_start") => {
                input.clear();
                blocks.push(event["content_block"].clone());
            }
            Some("content_block_delta") => {
                let Some(block) = blocks.last_mut() else { continue };
                for (field, piece) in [("text", "text"), ("thinking", "thinking"), ("signature", "signature")]
                {
                    if let Some(piece) = delta[piece].as_str() {
                        block[field] = format!("{}{piece}", block[field].as_str().unwrap_or_default()).into();
                    }
                }
                input += delta["partial_json"].as_str().unwrap_or_default();
            }
            Some("content_block_stop") if !input.is_empty() => {
                if let Some(block) = blocks.last_mut() {
                    block["input"] = serde_json::from_str(&input).unwrap_or_default();
                }
                input.clear();
            }
            _ => {}
        }
    }
    blocks
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_code_runs_its_tools() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    site.set_scenario(calls_bash());
    let question = json!({ "role": "user", "content": [
        { "type": "text", "text": "<system-reminder>\nBe brief.\n</system-reminder>" },
        { "type": "text", "text": "What is here?", "cache_control": { "type": "ephemeral" } },
    ] });
    let said = claude_code(&product, &json!([question])).await?;
    let content = blocks(&said);
    let kinds: Vec<_> = content.iter().map(|block| block["type"].as_str().unwrap_or_default()).collect();
    assert_eq!(kinds, ["thinking", "text", "tool_use"]);
    assert_eq!(
        (&content[2]["name"], &content[2]["input"]),
        (&json!("Bash"), &json!({ "command": "ls -l 'a b'" }))
    );
    let ended = said.iter().find(|event| event["type"] == "message_delta").cloned().unwrap_or_default();
    assert_eq!(ended["delta"]["stop_reason"], "tool_use");
    assert_eq!(said.last().map(|event| event["type"].clone()), Some(json!("message_stop")));
    assert_eq!(declared(&last(&site)), ["Bash", "TodoRead"]);
    assert_eq!(
        last(&site).system.as_deref().map(|text| text.contains("coding agent") && text.contains("/src")),
        Some(true)
    );

    let result = json!({ "role": "user", "content": [
        { "type": "tool_result", "tool_use_id": content[2]["id"], "content": [{ "type": "text", "text": "a b\nc" }], "is_error": false },
        { "type": "text", "text": "<system-reminder>\nStill brief.\n</system-reminder>" },
    ] });
    let history = json!([question, { "role": "assistant", "content": content }, result]);
    let said = claude_code(&product, &history).await?;
    assert_eq!(
        blocks(&said).iter().filter_map(|block| block["text"].as_str()).collect::<String>(),
        "Two files."
    );
    let record = last(&site);
    let told = record.function_responses();
    assert_eq!((told.len(), told[0].name.as_str()), (1, "Bash"));
    assert!(told[0].response.to_string().contains("a b"), "{told:?}");
    Ok(())
}

/// A question of Gemini CLI, with what it sends of itself; the text, the calls and the contents to go on with.
async fn gemini_cli(product: &Product, contents: &Value) -> anyhow::Result<(String, Vec<Value>, Value)> {
    let shell = json!({
        "name": "Bash", "description": "Runs a command.",
        "parametersJsonSchema": {
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
            "properties": { "command": { "type": "string" }, "dir_path": { "type": ["string", "null"] } },
            "required": ["command"], "additionalProperties": false,
        },
    });
    let body = json!({
        "contents": contents,
        "systemInstruction": { "role": "user", "parts": [{ "text": "You are an agent on the command line." }] },
        "tools": [{ "functionDeclarations": [shell] }],
        "generationConfig": {
            "temperature": 1, "topP": 0.95, "topK": 64,
            "thinkingConfig": { "includeThoughts": true, "thinkingLevel": "HIGH" },
        },
    });
    let url = format!("{}/v1beta/models/{MODEL}:streamGenerateContent?alt=sse", product.base_url);
    let request = reqwest::Client::new()
        .post(url)
        .header("x-goog-api-key", "none")
        .header(
            "user-agent",
            "GeminiCLI/0.33.1/gemini-3-flash-preview (linux; x64) google-genai-sdk/1.30.0 gl-node/v22.16.0",
        )
        .header("x-goog-api-client", "google-genai-sdk/1.30.0 gl-node/v22.16.0");
    let answer = request.json(&body).send().await?;
    let (status, text) = (answer.status(), answer.text().await?);
    anyhow::ensure!(status.is_success(), "{status} {text}");
    let events = events(&text)?;
    let parts: Vec<Value> = (events.iter())
        .flat_map(|event| event["candidates"][0]["content"]["parts"].as_array().cloned().unwrap_or_default())
        .collect();
    let spoken = parts.iter().filter(|part| part["thought"] != true).filter_map(|part| part["text"].as_str());
    let calls =
        parts.iter().map(|part| part["functionCall"].clone()).filter(|call| !call.is_null()).collect();
    let ended = events.iter().rev().find_map(|event| event["candidates"][0]["finishReason"].as_str());
    anyhow::ensure!(ended == Some("STOP"), "{text}");
    Ok((spoken.collect(), calls, json!({ "role": "model", "parts": parts })))
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_cli_runs_its_tools() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    site.set_scenario(calls_bash());
    let question = json!({ "role": "user", "parts": [{ "text": "What is here?" }] });
    let (text, calls, said) = gemini_cli(&product, &json!([question])).await?;
    assert_eq!(text, "Looking.");
    assert_eq!(
        (calls.len(), &calls[0]["name"], &calls[0]["args"]),
        (1, &json!("Bash"), &json!({ "command": "ls -l 'a b'" }))
    );
    let response = json!({ "id": calls[0]["id"], "name": "Bash", "response": { "output": "a b\nc" } });
    let result = json!({ "role": "user", "parts": [{ "functionResponse": response }] });
    let (text, calls, _) = gemini_cli(&product, &json!([question, said, result])).await?;
    assert_eq!((text.as_str(), calls.len()), ("Two files.", 0));
    let record = last(&site);
    let told = record.function_responses();
    assert_eq!((told.len(), told[0].name.as_str()), (1, "Bash"));
    assert!(told[0].response.to_string().contains("a b"), "{told:?}");
    Ok(())
}
