//! Requests in the very form of Codex CLI, which speaks Responses and keeps nothing at the server.

use postern_tests::{Part, Scenario, Script};
use serde_json::{Value, json};

use super::super::{declared, last, product_with};
use super::COST;
use super::programs::{MODEL, events};
use crate::product::Product;

/// A question of Codex CLI, with what it sends of itself.
async fn codex(product: &Product, input: &Value) -> anyhow::Result<Vec<Value>> {
    let shell = json!({
        "type": "function", "name": "shell", "description": "Runs a shell command and returns its output.", "strict": false,
        "parameters": {
            "type": "object",
            "properties": {
                "command": { "type": "array", "items": { "type": "string" }, "description": "The command to execute" },
                "timeout_ms": { "type": "number", "description": "The timeout for the command in milliseconds" },
            },
            "required": ["command"], "additionalProperties": false,
        },
    });
    let patch = json!({
        "type": "custom", "name": "apply_patch", "description": "Edits files.",
        "format": { "type": "grammar", "syntax": "lark", "definition": "start: \"*** Begin Patch\" LF" },
    });
    let body = json!({
        "model": MODEL, "instructions": "You are a coding agent on the command line.", "input": input,
        "tools": [shell, patch], "tool_choice": "auto", "parallel_tool_calls": true,
        "reasoning": { "effort": "medium", "summary": "auto" }, "text": { "verbosity": "low" },
        "store": false, "stream": true, "include": ["reasoning.encrypted_content"],
        "prompt_cache_key": "0199a213-81c0-7800-8aa1-bbab2a035a53",
        "client_metadata": { "x-codex-installation-id": "0199a213-81c0-7800-8aa1-bbab2a035a54" },
    });
    let request = reqwest::Client::new()
        .post(format!("{}/v1/responses", product.base_url))
        .bearer_auth("none")
        .header("user-agent", "codex_cli_rs/0.101.0 (Linux 6.8.0; x86_64) xterm")
        .header("originator", "codex_cli_rs")
        .header("session_id", "0199a213-81c0-7800-8aa1-bbab2a035a53")
        .header("accept", "text/event-stream");
    let answer = request.json(&body).send().await?;
    let (status, text) = (answer.status(), answer.text().await?);
    anyhow::ensure!(status.is_success(), "{status} {text}");
    events(&text)
}

/// The items that were told to be done, from which the program makes its history.
fn items(events: &[Value]) -> Vec<Value> {
    let done = events.iter().filter(|event| event["type"] == "response.output_item.done");
    done.map(|event| event["item"].clone()).collect()
}

fn words(items: &[Value]) -> String {
    let parts = items.iter().filter_map(|item| item["content"].as_array()).flatten();
    parts.filter_map(|part| part["text"].as_str()).collect()
}

fn message(role: &str, text: &str) -> Value {
    json!({ "type": "message", "role": role, "content": [{ "type": "input_text", "text": text }] })
}

#[tokio::test(flavor = "multi_thread")]
async fn codex_cli_runs_its_tools() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    let command = json!({ "command": ["bash", "-lc", "ls -l 'a b'"] });
    let edit = "*** Begin Patch\n*** End Patch";
    site.set_scenario(Scenario::answering_in_turn([
        Script::new()
            .thought("I look.")
            .text("Looking.")
            .parts([Part::call("shell", command.clone()).with_id("a").signed("Zmlyc3Q=")])
            .finish(1, COST),
        Script::new()
            .parts([Part::call("apply_patch", json!({ "input": edit })).with_id("b")])
            .finish(1, COST),
        Script::new().text("Two files.").finish(1, COST),
    ]));
    let mut history = vec![
        message("developer", "<permissions instructions>Ask first.</permissions instructions>"),
        message("user", "<environment_context>\n  <cwd>/src</cwd>\n</environment_context>"),
        message("user", "What is here?"),
    ];
    let said = codex(&product, &json!(history)).await?;
    let done = items(&said);
    let kinds: Vec<_> = done.iter().map(|item| item["type"].as_str().unwrap_or_default()).collect();
    assert_eq!(kinds, ["reasoning", "message", "function_call"], "{done:?}");
    assert_eq!(said.last().map(|event| event["type"].clone()), Some(json!("response.completed")));
    let called = &done[2];
    let arguments: Value = serde_json::from_str(called["arguments"].as_str().unwrap_or_default())?;
    assert_eq!((&called["name"], &arguments), (&json!("shell"), &command));
    let record = last(&site);
    assert_eq!(declared(&record), ["shell", "apply_patch"]);
    let system = record.system.clone().unwrap_or_default();
    assert!(system.contains("coding agent") && system.contains("Ask first"), "{system}");

    history.extend(done.clone());
    let output = "{\"output\":\"a b\\nc\",\"metadata\":{\"exit_code\":0}}";
    history.push(json!({ "type": "function_call_output", "call_id": called["call_id"], "output": output }));
    let done = items(&codex(&product, &json!(history)).await?);
    let patched = done.iter().find(|item| item["type"] == "custom_tool_call").cloned().unwrap_or_default();
    assert_eq!((&patched["name"], &patched["input"]), (&json!("apply_patch"), &json!(edit)), "{done:?}");
    let told =
        last(&site).function_responses().iter().map(|told| told.response.to_string()).collect::<String>();
    assert!(told.contains("a b"), "{told}");
    let calls = last(&site).contents.into_iter().flat_map(|turn| turn.calls);
    assert_eq!(
        calls.filter_map(|call| call.signature).collect::<Vec<_>>(),
        ["Zmlyc3Q="],
        "the site gets its signature back"
    );

    history.extend(done);
    history
        .push(json!({ "type": "custom_tool_call_output", "call_id": patched["call_id"], "output": "Done." }));
    assert_eq!(words(&items(&codex(&product, &json!(history)).await?)), "Two files.");
    Ok(())
}
