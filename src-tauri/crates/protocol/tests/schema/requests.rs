//! What the official document allows is read, and what it forbids is refused by name.

use postern_protocol::chat::FailureKind;
use postern_protocol::openai::decode;
use serde_json::{Value, json};

use crate::spec::Spec;

#[test]
fn the_documents_own_examples_are_read() {
    let Some(spec) = Spec::load() else { return };
    let examples = &spec.document["paths"]["/chat/completions"]["post"]["x-oaiMeta"]["examples"];
    let mut bodies = 0;
    for example in examples.as_array().expect("examples") {
        let curl = example["request"]["curl"].as_str().expect("a curl command");
        let (_, rest) = curl.split_once("-d '").expect("a body");
        let (body, _) = rest.rsplit_once('\'').expect("the end of the body");
        decode(body.as_bytes()).unwrap_or_else(|failure| panic!("{failure}: {body}"));
        bodies += 1;
    }
    assert!(bodies >= 4, "only {bodies} examples were found");
}

#[test]
fn a_request_with_every_official_field_is_read() {
    let Some(spec) = Spec::load() else { return };
    let request = every_field();
    spec.component("CreateChatCompletionRequest").check(&request);
    for name in spec.properties("CreateChatCompletionRequest").keys() {
        // The two deprecated ones are read in their own test, for they exclude the newer ones.
        let covered = request.get(name).is_some() || matches!(name.as_str(), "functions" | "function_call");
        assert!(covered, "the request of this test lacks the official field '{name}'");
    }
    let call = decode(request.to_string().as_bytes()).unwrap_or_else(|failure| panic!("{failure:?}"));
    assert!(call.stream && call.include_usage);
    assert_eq!(call.request.messages.len(), 7);
}

/// Each official field knows its type: of the values that the document forbids, one at least is refused,
/// and the refusal names the field.
#[test]
fn every_official_field_is_typed() {
    let Some(spec) = Spec::load() else { return };
    let probes = [json!(true), json!("neither"), json!(-7.5), json!({}), json!([[]])];
    for (name, schema) in spec.properties("CreateChatCompletionRequest") {
        let official = spec.compile(&name, json!({ "allOf": [schema] }));
        let forbidden: Vec<&Value> = probes.iter().filter(|probe| !official.accepts(probe)).collect();
        assert!(!forbidden.is_empty(), "no probe is wrong for '{name}'");
        let refused = forbidden.iter().any(|probe| refuses(&name, probe));
        assert!(refused, "'{name}' takes all of {forbidden:?}");
    }
}

fn refuses(name: &str, value: &Value) -> bool {
    let mut body = json!({ "model": "m", "messages": [{ "role": "user", "content": "Hi" }] });
    body[name] = value.clone();
    match decode(body.to_string().as_bytes()) {
        Ok(_) => false,
        Err(failure) => {
            assert_eq!(failure.kind, FailureKind::BadRequest);
            let param = failure.param.unwrap_or_default();
            assert!(param.starts_with(name), "the refusal of '{name}' names '{param}'");
            true
        }
    }
}

fn every_field() -> Value {
    json!({
        "model": "gemini-x",
        "messages": [
            { "role": "developer", "content": "Be brief.", "name": "dev" },
            { "role": "system", "content": [{ "type": "text", "text": "Be kind." }] },
            { "role": "user", "name": "ada", "content": [
                { "type": "text", "text": "What is this?" },
                { "type": "image_url", "image_url": { "url": "https://a.example/a.png", "detail": "low" } },
                { "type": "input_audio", "input_audio": { "data": "AAAA", "format": "wav" } },
                { "type": "file", "file": { "file_data": "AAAA", "filename": "a.pdf" } },
                { "type": "file", "file": { "file_id": "file-1" } },
            ] },
            { "role": "assistant", "content": null, "refusal": null, "audio": { "id": "audio-1" }, "tool_calls": [
                { "id": "c1", "type": "function", "function": { "name": "look", "arguments": "{}" } },
                { "id": "c2", "type": "custom", "custom": { "name": "shell", "input": "ls" } },
            ] },
            { "role": "tool", "tool_call_id": "c1", "content": "A cat." },
            { "role": "tool", "tool_call_id": "c2", "content": [{ "type": "text", "text": "a.png" }] },
            { "role": "assistant", "content": [
                { "type": "text", "text": "A cat?" }, { "type": "refusal", "refusal": "No more." },
            ] },
        ],
        "audio": { "voice": "alloy", "format": "wav" },
        "frequency_penalty": 0.5,
        "logit_bias": { "42": -100 },
        "logprobs": true,
        "max_completion_tokens": 100,
        "max_tokens": 100,
        "metadata": { "a": "b" },
        "modalities": ["text"],
        "n": 1,
        "parallel_tool_calls": false,
        "prediction": { "type": "content", "content": "A cat." },
        "presence_penalty": -0.5,
        "prompt_cache_key": "k",
        "prompt_cache_retention": "24h",
        "reasoning_effort": "xhigh",
        "response_format": { "type": "json_schema", "json_schema": { "name": "animal", "schema": {}, "strict": true } },
        "safety_identifier": "s",
        "seed": 7,
        "service_tier": "auto",
        "stop": ["END"],
        "store": false,
        "stream": true,
        "stream_options": { "include_usage": true, "include_obfuscation": false },
        "temperature": 0.4,
        "tool_choice": { "type": "function", "function": { "name": "look" } },
        "tools": [
            { "type": "function", "function":
                { "name": "look", "description": "Looks.", "parameters": { "type": "object" }, "strict": false } },
            { "type": "custom", "custom": { "name": "shell", "format": { "type": "text" } } },
        ],
        "top_logprobs": 3,
        "top_p": 0.9,
        "user": "ada",
        "verbosity": "low",
        "web_search_options": { "search_context_size": "low" },
    })
}
