//! Contents become messages.

use serde_json::{Value, json};

use super::request;
use crate::chat::{Message, Part, Role, Source, ToolCall};
use crate::dialect::{Dialect, Signature};

fn messages(contents: &Value) -> Vec<Message> {
    request(&json!({ "contents": contents })).messages
}

/// The parts of the only message.
fn parts(part: &Value) -> Vec<Part> {
    let mut messages = messages(&json!([{ "role": "model", "parts": [part] }]));
    assert_eq!(messages.len(), 1);
    messages.remove(0).parts
}

fn seal(text: &str) -> Part {
    Part::Signature(Signature::new(Dialect::Gemini, text))
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall(ToolCall { id: id.into(), name: name.into(), arguments: arguments.into() })
}

fn result(call_id: &str, text: &str, failed: bool) -> Part {
    Part::ToolResult { call_id: call_id.into(), text: text.into(), failed }
}

#[test]
fn every_kind_of_part_is_read() {
    let data = |mime: Option<&str>| Source::Data { mime: mime.map(str::to_owned), base64: "AQID".into() };
    let inline = |mime: &str| json!({ "inlineData": { "mimeType": mime, "data": "AQID" } });
    let url = || Source::Url("https://a.example/b".into());
    let file = |mime: &str| json!({ "fileData": { "mimeType": mime, "fileUri": "https://a.example/b" } });
    let text = |text: &str| Part::Text { text: text.into() };
    let table: Vec<(Value, Vec<Part>)> = vec![
        (json!({ "text": "a" }), vec![text("a")]),
        (json!({ "text": "" }), vec![]),
        (json!({ "text": "a", "thoughtSignature": "s" }), vec![text("a"), seal("s")]),
        (json!({ "text": "", "thought_signature": "s" }), vec![seal("s")]),
        (json!({ "thoughtSignature": "s" }), vec![seal("s")]),
        (json!({ "text": "h", "thought": true }), vec![Part::Reasoning { text: "h".into() }]),
        (
            json!({ "text": "h", "thought": true, "thoughtSignature": "messages:s" }),
            vec![
                Part::Reasoning { text: "h".into() },
                Part::Signature(Signature::new(Dialect::Messages, "s")),
            ],
        ),
        (
            json!({ "text": "", "thought": true, "thoughtSignature": "messages:s" }),
            vec![Part::Sealed(Signature::new(Dialect::Messages, "s"))],
        ),
        (inline("image/png"), vec![Part::Image { source: data(Some("image/png")), detail: None }]),
        (inline("audio/mpeg"), vec![Part::Audio { source: data(Some("audio/mpeg")) }]),
        (inline("video/mp4"), vec![Part::Video { source: data(Some("video/mp4")) }]),
        (inline("application/pdf"), vec![Part::File { source: data(Some("application/pdf")), name: None }]),
        (
            json!({ "inline_data": { "mime_type": "text/csv", "data": "AQID", "displayName": "n" } }),
            vec![Part::File { source: data(Some("text/csv")), name: Some("n".into()) }],
        ),
        (file("image/png"), vec![Part::Image { source: url(), detail: None }]),
        (file("audio/mpeg"), vec![Part::Audio { source: url() }]),
        (file("video/mp4"), vec![Part::Video { source: url() }]),
        (
            json!({ "file_data": { "file_uri": "https://a.example/b" } }),
            vec![Part::File { source: url(), name: None }],
        ),
        (
            json!({ "functionCall": { "id": "1", "name": "f", "args": { "b": 1, "a": 2 } }, "thoughtSignature": "s" }),
            vec![call("1", "f", r#"{"b":1,"a":2}"#), seal("s")],
        ),
        (json!({ "function_call": { "name": "f" } }), vec![call("call_0_0", "f", "{}")]),
        (
            json!({ "executableCode": { "language": "PYTHON", "code": "print(4)" } }),
            vec![text("```python\nprint(4)\n```")],
        ),
        (
            json!({ "codeExecutionResult": { "outcome": "OUTCOME_OK", "output": "4\n" } }),
            vec![text("```text\n4\n```")],
        ),
        (json!({ "toolCall": { "x": 1 } }), vec![]),
    ];
    for (part, expected) in table {
        assert_eq!(parts(&part), expected, "{part}");
    }
}

#[test]
fn results_find_their_calls() {
    let said = messages(&json!([
        { "role": "user", "parts": [{ "text": "Go" }] },
        { "role": "model", "parts": [
            { "functionCall": { "name": "f", "args": {} } },
            { "functionCall": { "name": "g", "args": {} } },
            { "functionCall": { "name": "f", "args": { "x": 1 } } },
            { "functionCall": { "id": "own", "name": "f" } },
        ] },
        { "role": "function", "parts": [
            { "functionResponse": { "id": "own", "name": "f", "response": { "result": "by id" } } },
            { "functionResponse": { "name": "g", "response": { "output": "by name" } } },
            { "functionResponse": { "name": "f", "response": { "a": 1 } } },
            { "functionResponse": { "name": "f", "response": { "error": "no" } } },
            { "functionResponse": { "name": "h", "response": {} } },
            { "text": "And?" },
        ] },
    ]));
    let roles: Vec<Role> = said.iter().map(|message| message.role).collect();
    assert_eq!(roles, [&[Role::User, Role::Assistant][..], &[Role::Tool; 5], &[Role::User]].concat());
    let calls = [call("call_1_0", "f", "{}"), call("call_1_1", "g", "{}")];
    assert_eq!(said[1].parts[..2], calls);
    let results: Vec<Part> = said[2..7].iter().flat_map(|message| message.parts.clone()).collect();
    let expected = [
        result("own", "by id", false),
        result("call_1_1", "by name", false),
        result("call_1_0", r#"{"a":1}"#, false),
        result("call_1_2", "no", true),
        result("call_2_4", "{}", false),
    ];
    assert_eq!(results, expected);
    assert_eq!(said[7].plain_text(), "And?");
}

#[test]
fn media_of_a_result_stand_beside_it() {
    let said = messages(&json!([
        { "role": "model", "parts": [{ "functionCall": { "id": "1", "name": "f" } }] },
        { "role": "user", "parts": [{ "functionResponse": {
            "id": "1", "name": "f", "response": { "result": "see" },
            "parts": [{ "inlineData": { "mimeType": "image/png", "data": "AQID" } }],
        } }] },
    ]));
    assert_eq!(said[1].parts[0], result("1", "see", false));
    assert!(matches!(said[1].parts[1], Part::Image { .. }));
}

#[test]
fn a_single_content_and_a_bare_text_count_as_a_list() {
    for contents in
        [json!("Hi"), json!({ "parts": { "text": "Hi" } }), json!([{ "parts": [{ "text": "Hi" }] }])]
    {
        let said = messages(&contents);
        assert_eq!((said.len(), said[0].role, said[0].plain_text().as_str()), (1, Role::User, "Hi"));
    }
}

#[test]
fn an_empty_content_is_still_a_turn() {
    assert_eq!(messages(&json!([{ "role": "model", "parts": [] }]))[0].role, Role::Assistant);
}
