//! Messages: roles, calls and their results.

use serde_json::json;

use super::{parts, refusal, request};
use crate::chat::{Message, Part, Role, Source, ToolCall};

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall(ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() })
}

fn result(call_id: &str, text: &str) -> Part {
    Part::ToolResult { call_id: call_id.to_owned(), text: text.to_owned(), failed: false }
}

#[test]
fn roles() {
    let messages = request(&json!({ "messages": [
        { "role": "developer", "content": "D" },
        { "role": "system", "content": "S" },
        { "role": "user", "content": "U", "name": "ada" },
        { "role": "assistant", "content": "A" },
        { "role": "tool", "tool_call_id": "c", "content": "T" },
    ] }))
    .messages;
    let expected = [
        Message::text(Role::System, "D"),
        Message::text(Role::System, "S"),
        Message { name: Some("ada".to_owned()), ..Message::text(Role::User, "U") },
        Message::text(Role::Assistant, "A"),
        Message { role: Role::Tool, name: None, parts: vec![result("c", "T")] },
    ];
    assert_eq!(messages, expected);
}

#[test]
fn an_assistant_message_keeps_all_it_said() {
    let message = json!({
        "role": "assistant",
        "reasoning_content": "Hm.",
        "content": "Yes.",
        "refusal": "But no more.",
        "audio": { "id": "audio-1" },
        "tool_calls": [
            { "id": "c1", "type": "function", "function": { "name": "f", "arguments": "{\"a\": 1}" } },
            { "id": "c2", "function": { "name": "g" } },
            { "id": "c3", "type": "custom", "custom": { "name": "sh", "input": "ls \"x\"" } },
        ],
        "annotations": [],
    });
    let expected = [
        Part::Reasoning { text: "Hm.".to_owned() },
        Part::Text { text: "Yes.".to_owned() },
        Part::Refusal { text: "But no more.".to_owned() },
        Part::Audio { source: Source::FileId("audio-1".to_owned()) },
        call("c1", "f", "{\"a\": 1}"),
        call("c2", "g", ""),
        call("c3", "sh", r#"{"input":"ls \"x\""}"#),
    ];
    assert_eq!(parts(&message), expected);
}

#[test]
fn reasoning_is_the_assistants_only() {
    let message = json!({ "role": "user", "content": "Hi", "reasoning_content": "Hm." });
    assert_eq!(parts(&message), [Part::Text { text: "Hi".to_owned() }]);
}

#[test]
fn the_texts_of_a_tool_result_become_one() {
    let message = json!({ "role": "tool", "tool_call_id": "c", "content": [
        { "type": "text", "text": "a" },
        { "type": "image_url", "image_url": "https://a.example/a.png" },
        { "type": "text", "text": "b" },
    ] });
    let picture = Part::Image { source: Source::Url("https://a.example/a.png".to_owned()), detail: None };
    assert_eq!(parts(&message), [result("c", "a\nb"), picture]);
}

#[test]
fn the_older_function_messages_find_each_other() {
    let messages = request(&json!({ "messages": [
        { "role": "user", "content": "Hi" },
        { "role": "assistant", "content": null, "function_call": { "name": "f", "arguments": "{}" } },
        { "role": "function", "name": "f", "content": "1" },
        { "role": "assistant", "content": null, "function_call": { "name": "f", "arguments": "{}" } },
        { "role": "function", "name": "f", "content": "2" },
        { "role": "function", "name": "g", "content": "3" },
    ] }))
    .messages;
    let parts: Vec<Part> = messages.into_iter().skip(1).flat_map(|message| message.parts).collect();
    let expected = [
        call("call_1", "f", "{}"),
        result("call_1", "1"),
        call("call_3", "f", "{}"),
        result("call_3", "2"),
        result("g", "3"),
    ];
    assert_eq!(parts, expected);
}

#[test]
fn a_conversation_needs_more_than_instructions() {
    let (param, message) = refusal(&json!({ "messages": [] }));
    assert_eq!(param, "messages");
    assert!(message.contains("empty"), "{message}");
    let instructions = json!([{ "role": "system", "content": "S" }, { "role": "developer", "content": "D" }]);
    let (param, message) = refusal(&json!({ "messages": instructions }));
    assert_eq!(param, "messages");
    assert!(message.contains("only system messages"), "{message}");
    assert_eq!(refusal(&json!({ "messages": null })).0, "messages");
    assert_eq!(refusal(&json!({ "messages": "Hi" })).0, "messages");
}

#[test]
fn a_wrong_message_is_named_with_its_way() {
    let wrong = [
        (json!("Hi"), "messages[1]"),
        (json!({ "content": "Hi" }), "messages[1].role"),
        (json!({ "role": "narrator", "content": "Hi" }), "messages[1].role"),
        (json!({ "role": 5 }), "messages[1].role"),
        (json!({ "role": "user", "content": "Hi", "name": 5 }), "messages[1].name"),
        (json!({ "role": "user", "images": "a" }), "messages[1].images"),
        (json!({ "role": "tool", "content": "Hi" }), "messages[1].tool_call_id"),
        (json!({ "role": "function", "content": "Hi" }), "messages[1].name"),
        (json!({ "role": "assistant", "reasoning_content": [] }), "messages[1].reasoning_content"),
        (json!({ "role": "assistant", "refusal": 5 }), "messages[1].refusal"),
        (json!({ "role": "assistant", "audio": {} }), "messages[1].audio.id"),
        (json!({ "role": "assistant", "tool_calls": {} }), "messages[1].tool_calls"),
        (json!({ "role": "assistant", "tool_calls": [{}] }), "messages[1].tool_calls[0].id"),
        (
            json!({ "role": "assistant", "tool_calls": [{ "id": "c", "type": "magic" }] }),
            "messages[1].tool_calls[0].type",
        ),
        (json!({ "role": "assistant", "tool_calls": [{ "id": "c" }] }), "messages[1].tool_calls[0].function"),
        (
            json!({ "role": "assistant", "tool_calls": [{ "id": "c", "function": { "name": "f", "arguments": {} } }] }),
            "messages[1].tool_calls[0].function.arguments",
        ),
    ];
    for (message, param) in wrong {
        let messages = json!([{ "role": "user", "content": "Hi" }, message]);
        assert_eq!(refusal(&json!({ "messages": messages })).0, param, "{message}");
    }
}
