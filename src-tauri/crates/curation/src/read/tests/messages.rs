use postern_store::Standing;
use serde_json::{Value, json};

use super::{answer, call, exchange, reasoning, result, source, streamed, text, told, turn, whole};
use crate::{Part, Role};

const PATH: &str = "/v1/messages";

fn hello() -> Value {
    json!({"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]})
}

fn start() -> Value {
    json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m-1", "content": [],
        "stop_reason": null, "usage": {"input_tokens": 3, "cache_read_input_tokens": 4, "output_tokens": 1}}})
}

fn begin(index: u32, block: Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn delta(index: u32, delta: Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn end(reason: &str) -> Value {
    json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 7}})
}

#[test]
fn every_piece_of_a_text_is_read_once() {
    let pieces =
        ["He", "llo", " wor", "ld"].map(|piece| delta(0, json!({"type": "text_delta", "text": piece})));
    let mut events = vec![start(), begin(0, json!({"type": "text", "text": ""}))];
    events.extend(pieces);
    events.extend([
        json!({"type": "content_block_stop", "index": 0}),
        end("end_turn"),
        json!({"type": "message_stop"}),
    ]);
    let read = streamed(PATH, &hello(), &events);
    assert_eq!(answer(&read), [text("Hello world")]);
    assert_eq!((read.conversation.finish.as_str(), read.conversation.standing), ("end_turn", Standing::Ok));
    assert_eq!((read.counted.input, read.counted.output), (Some(7), Some(7)));
}

#[test]
fn thoughts_words_calls_and_the_providers_own_tools_keep_their_order_streamed_or_whole() {
    let search = json!({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}});
    let found = json!({"type": "web_search_tool_result", "tool_use_id": "s", "content": []});
    let citation = json!({"type": "char_location", "cited_text": "c"});
    let at_once = whole(
        PATH,
        &hello(),
        &json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m-1",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "sig"},
            {"type": "redacted_thinking", "data": "xx"},
            search, found,
            {"type": "text", "text": "I look.", "citations": [citation]},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"x": ["]", 1.0], "y": null}},
            {"type": "tool_use", "id": "u", "name": "g", "input": {}}],
        "stop_reason": "tool_use", "usage": {"input_tokens": 7, "output_tokens": 7}}),
    );
    let in_pieces = streamed(
        PATH,
        &hello(),
        &[
            start(),
            begin(0, json!({"type": "thinking", "thinking": "", "signature": ""})),
            delta(0, json!({"type": "thinking_delta", "thinking": "hm"})),
            delta(0, json!({"type": "signature_delta", "signature": "sig"})),
            begin(1, json!({"type": "redacted_thinking", "data": "xx"})),
            begin(2, json!({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}})),
            delta(2, json!({"type": "input_json_delta", "partial_json": "{\"query\": \"x\"}"})),
            json!({"type": "ping"}),
            begin(3, found.clone()),
            begin(4, json!({"type": "text", "text": ""})),
            delta(4, json!({"type": "citations_delta", "citation": citation})),
            delta(4, json!({"type": "text_delta", "text": "I look."})),
            begin(5, json!({"type": "tool_use", "id": "t", "name": "f", "input": {}})),
            delta(5, json!({"type": "input_json_delta", "partial_json": ""})),
            delta(5, json!({"type": "input_json_delta", "partial_json": "{\"x\": [\"]\", 1"})),
            delta(5, json!({"type": "input_json_delta", "partial_json": ".0], \"y\": null}"})),
            begin(6, json!({"type": "tool_use", "id": "u", "name": "g", "input": {}})),
            end("tool_use"),
            json!({"type": "message_stop"}),
        ],
    );
    let expected = [
        reasoning("hm", Some("sig")),
        reasoning("", Some("xx")),
        Part::Other { raw: search },
        Part::Other { raw: found },
        text("I look."),
        Part::Citation { raw: citation },
        call("t", "f", "{\"x\":[\"]\",1.0],\"y\":null}"),
        call("u", "g", "{}"),
    ];
    assert_eq!(answer(&at_once), expected);
    assert_eq!(at_once.conversation, in_pieces.conversation);
}

#[test]
fn results_stay_before_the_words_of_the_same_turn_with_their_ids_and_their_order() {
    let request = json!({"model": "m", "max_tokens": 9, "temperature": 1,
        "system": [{"type": "text", "text": "Be.", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "Brief."}],
        "tools": [{"name": "f", "description": "Does.", "input_schema": {"type": "object"}}, {"type": "web_search_20250305", "name": "web_search"}],
        "messages": [
            {"role": "user", "content": "Go"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "f", "input": {}}, {"type": "tool_use", "id": "b", "name": "f", "input": {}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "b", "content": "B", "is_error": true},
                {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "A"},
                    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "aGVsbG8="}}]},
                {"type": "text", "text": "And now?"},
                {"type": "document", "title": "d", "source": {"type": "text", "media_type": "text/plain", "data": "words"}}]}]});
    let read = whole(
        PATH,
        &request,
        &json!({"type": "message", "content": [{"type": "text", "text": "Done"}], "stop_reason": "end_turn"}),
    );
    let failed = Part::ToolResult { call_id: "b".into(), name: None, parts: vec![text("B")], failed: true };
    let expected = [
        turn(Role::System, vec![text("Be."), text("Brief.")]),
        turn(Role::User, vec![text("Go")]),
        turn(Role::Assistant, vec![call("a", "f", "{}"), call("b", "f", "{}")]),
        turn(
            Role::User,
            vec![
                failed,
                result("a", None, vec![text("A"), Part::Image { source: source("image/png", b"hello") }]),
                text("And now?"),
                Part::File { source: source("text/plain", b"words"), name: Some("d".into()) },
            ],
        ),
        turn(Role::Assistant, vec![text("Done")]),
    ];
    assert_eq!(read.conversation.turns, expected);
    let tools: Vec<_> =
        read.conversation.tools.iter().map(|tool| (tool.name.as_str(), tool.parameters.is_some())).collect();
    assert_eq!(tools, [("f", true), ("web_search_20250305", false)]);
}

#[test]
fn an_error_event_leaves_what_was_said_and_says_why() {
    let read = streamed(
        PATH,
        &hello(),
        &[
            start(),
            begin(0, json!({"type": "text", "text": ""})),
            delta(0, json!({"type": "text_delta", "text": "Hel"})),
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        ],
    );
    assert_eq!(answer(&read), [text("Hel")]);
    assert_eq!(read.conversation.error.as_deref(), Some("Overloaded"));
    assert_eq!(read.conversation.standing, Standing::UpstreamError);
}

#[test]
fn arguments_that_are_no_json_stay_what_they_are() {
    let read = streamed(
        PATH,
        &hello(),
        &[
            start(),
            begin(0, json!({"type": "tool_use", "id": "t", "name": "f", "input": {}})),
            delta(0, json!({"type": "input_json_delta", "partial_json": "{\"x\": \"cut"})),
            end("max_tokens"),
        ],
    );
    assert_eq!(answer(&read), [call("t", "f", "{\"x\": \"cut")]);
    assert_eq!(read.conversation.standing, Standing::Truncated);
}

/// The same server speaks both, and its name says nothing.
#[test]
fn the_path_says_the_dialect_and_not_the_server() {
    let request = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]});
    let chat = json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hey"}, "finish_reason": "stop"}]});
    for host in ["api.anthropic.com", "generativelanguage.googleapis.com", "api.moonshot.cn"] {
        for path in ["/v1/chat/completions", "/v1beta/openai/chat/completions", "/odd"] {
            let mut exchange = exchange(path, &request, "application/json", chat.to_string());
            exchange.host = Some(host.into());
            assert_eq!(answer(&told(&exchange)), [text("Hey")], "{host} {path}");
        }
    }
    let message =
        json!({"type": "message", "content": [{"type": "text", "text": "Hey"}], "stop_reason": "end_turn"});
    let read = whole("/odd/invoke", &request, &message);
    assert_eq!((read.dialect.name(), answer(&read)), ("messages", &[text("Hey")][..]));
}
