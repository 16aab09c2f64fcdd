//! Streams, whole answers and model lists, as they go over the wire.

use serde_json::{Value, json};

use super::{body, call, fold, read, stamp, text};
use crate::anthropic::{Writer, encode_model, encode_models};
use crate::chat::{Event, Failure, FailureKind, Finish, Step, Usage};
use crate::dialect::{AnswerWriter as _, Asked, Dialect, Signature};
use crate::openai::Model;

fn form() -> Asked {
    Asked::from(read(&body(&json!({}))).unwrap())
}

/// The data of the frames, each checked to be named like its object.
fn frames(stream: &str) -> Vec<Value> {
    stream
        .split_terminator("\n\n")
        .map(|frame| {
            let (event, data) = frame.split_once('\n').expect("two lines");
            let value: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            assert_eq!(event.strip_prefix("event: "), value["type"].as_str(), "{frame}");
            value
        })
        .collect()
}

fn stream(events: &[Event]) -> Vec<Value> {
    let mut writer = form().form.writer(stamp());
    frames(&events.iter().map(|event| writer.event(event)).collect::<String>())
}

fn whole(events: &[Event]) -> Value {
    serde_json::from_slice(&form().form.whole(&stamp(), &fold(events.iter().cloned()))).unwrap()
}

fn started() -> Event {
    Event::Started { model: "x".into(), warnings: Vec::new() }
}

fn seal(by: Dialect, text: &str) -> Event {
    Event::Signature(Signature::new(by, text))
}

fn everything() -> Vec<Event> {
    let citation = json!({ "type": "url_citation", "url_citation":
        { "url": "https://a.example/", "title": "A", "start_index": 0, "end_index": 5 } });
    vec![
        Event::Step(Step::Sent),
        started(),
        Event::Reasoning { text: "Hm".into() },
        Event::Reasoning { text: ".".into() },
        seal(Dialect::Messages, "s1"),
        Event::Sealed(Signature::new(Dialect::Messages, "xyz")),
        text("Hé"),
        text(""),
        text("llo"),
        Event::Citation { raw: citation },
        Event::Citation { raw: json!(["unknown"]) },
        Event::ToolCall(call("t1", "{\"a\":1}")),
        Event::CallBegun { id: "t2".into(), name: "g".into() },
        Event::Arguments { text: "{\"b\"".into() },
        Event::Arguments { text: String::new() },
        Event::Arguments { text: ":2}".into() },
        Event::CallBegun { id: "t3".into(), name: "h".into() },
        Event::Image { mime: "image/png".into(), base64: "iVBORw==".into() },
        text("Bye"),
        Event::Usage(Usage { prompt: 12, completion: 34, cached: 5, reasoning: 6 }),
        Event::Finished(Finish::Stop),
    ]
}

#[test]
fn a_stream_with_everything_has_the_official_events() {
    let start = |index: u64, block: Value| json!({ "type": "content_block_start", "index": index, "content_block": block });
    let delta =
        |index: u64, delta: Value| json!({ "type": "content_block_delta", "index": index, "delta": delta });
    let stop = |index: u64| json!({ "type": "content_block_stop", "index": index });
    let tool = |id: &str, name: &str| json!({ "type": "tool_use", "id": id, "name": name, "input": {} });
    let json_delta = |text: &str| json!({ "type": "input_json_delta", "partial_json": text });
    let text_delta = |text: &str| json!({ "type": "text_delta", "text": text });
    let citation = json!({ "type": "web_search_result_location", "url": "https://a.example/", "title": "A",
        "cited_text": "", "encrypted_index": "" });
    let expected = [
        json!({ "type": "message_start", "message": {
            "id": "msg_abc", "type": "message", "role": "assistant", "model": "claude-x", "content": [],
            "stop_reason": null, "stop_sequence": null,
            "usage": { "input_tokens": 1, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 0 },
        } }),
        start(0, json!({ "type": "thinking", "thinking": "", "signature": "" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "Hm" })),
        delta(0, json!({ "type": "thinking_delta", "thinking": "." })),
        delta(0, json!({ "type": "signature_delta", "signature": "s1" })),
        stop(0),
        start(1, json!({ "type": "redacted_thinking", "data": "xyz" })),
        stop(1),
        start(2, json!({ "type": "text", "text": "" })),
        delta(2, text_delta("Hé")),
        delta(2, text_delta("llo")),
        delta(2, json!({ "type": "citations_delta", "citation": citation })),
        stop(2),
        start(3, tool("t1", "f")),
        delta(3, json_delta("{\"a\":1}")),
        stop(3),
        start(4, tool("t2", "g")),
        delta(4, json_delta("{\"b\"")),
        delta(4, json_delta(":2}")),
        stop(4),
        start(5, tool("t3", "h")),
        stop(5),
        start(6, json!({ "type": "text", "text": "" })),
        delta(6, text_delta("Bye")),
        stop(6),
        json!({ "type": "message_delta", "delta": { "stop_reason": "tool_use", "stop_sequence": null },
            "usage": { "input_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 5,
                "output_tokens": 34, "output_tokens_details": { "thinking_tokens": 6 } } }),
        json!({ "type": "message_stop" }),
    ];
    let told = stream(&[everything(), vec![text("too late")]].concat());
    for (at, (told, expected)) in told.iter().zip(&expected).enumerate() {
        assert_eq!(told, expected, "frame {at}");
    }
    assert_eq!(told.len(), expected.len());
}

#[test]
fn a_whole_answer_has_its_blocks_in_order() {
    let citation = json!({ "type": "web_search_result_location", "url": "https://a.example/", "title": "A",
        "cited_text": "", "encrypted_index": "" });
    let expected = json!({
        "id": "msg_abc", "type": "message", "role": "assistant", "model": "claude-x",
        "content": [
            { "type": "thinking", "thinking": "Hm.", "signature": "s1" },
            { "type": "redacted_thinking", "data": "xyz" },
            { "type": "text", "text": "Héllo" },
            { "type": "tool_use", "id": "t1", "name": "f", "input": { "a": 1 } },
            { "type": "tool_use", "id": "t2", "name": "g", "input": { "b": 2 } },
            { "type": "tool_use", "id": "t3", "name": "h", "input": {} },
            { "type": "text", "text": "Bye", "citations": [citation] },
        ],
        "stop_reason": "tool_use", "stop_sequence": null,
        "usage": { "input_tokens": 7, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 5,
            "output_tokens": 34, "output_tokens_details": { "thinking_tokens": 6 } },
    });
    assert_eq!(whole(&everything()), expected);
}

#[test]
fn the_first_bytes_are_those_of_the_official_api() {
    let mut writer = Writer::new(stamp(), 9);
    let told = writer.event(&started());
    let expected = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_abc\",\
        \"type\":\"message\",\"role\":\"assistant\",\"model\":\"claude-x\",\"content\":[],\"stop_reason\":null,\
        \"stop_sequence\":null,\"usage\":{\"input_tokens\":9,\"cache_creation_input_tokens\":0,\
        \"cache_read_input_tokens\":0,\"output_tokens\":0}}}\n\n";
    assert_eq!(told, expected);
    assert_eq!(writer.keep_alive(), "event: ping\ndata: {\"type\": \"ping\"}\n\n");
    let told = writer.event(&text("a"));
    let expected = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\
        \"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\nevent: content_block_delta\ndata: \
        {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n";
    assert_eq!(told, expected);
}

#[test]
fn every_finish_has_its_word() {
    let table = [
        (Finish::Stop, false, "end_turn"),
        (Finish::Stop, true, "tool_use"),
        (Finish::ToolCalls, true, "tool_use"),
        (Finish::ToolCalls, false, "end_turn"),
        (Finish::Length, true, "max_tokens"),
        (Finish::ContentFilter, false, "refusal"),
    ];
    for (finish, calls, word) in table {
        let mut events = vec![started(), text("a")];
        events.extend(calls.then(|| Event::ToolCall(call("t", "{}"))));
        events.push(Event::Finished(finish));
        let told = stream(&events);
        assert_eq!(told[told.len() - 2]["delta"]["stop_reason"], word, "{finish:?}");
        assert_eq!(whole(&events)["stop_reason"], word, "{finish:?}");
    }
}

#[test]
fn declined_words_are_said_as_text_unless_the_answer_was_withheld() {
    let declined = |finish| {
        vec![
            started(),
            Event::Refusal { text: "I can".into() },
            Event::Refusal { text: "not.".into() },
            Event::Finished(finish),
        ]
    };
    let told = stream(&declined(Finish::Stop));
    assert_eq!(told[2]["delta"]["text"], "I cannot.");
    assert_eq!(whole(&declined(Finish::Stop))["content"], json!([{ "type": "text", "text": "I cannot." }]));
    let details = json!({ "type": "refusal", "category": null, "explanation": "I cannot." });
    let told = stream(&declined(Finish::ContentFilter));
    assert_eq!(told[1]["delta"]["stop_details"], details);
    let told = whole(&declined(Finish::ContentFilter));
    assert_eq!((&told["content"], &told["stop_details"]), (&json!([]), &details));
}

#[test]
fn a_foreign_seal_on_a_call_is_a_thought_without_words() {
    let events = [
        started(),
        Event::ToolCall(call("t", "{}")),
        seal(Dialect::Gemini, "abc"),
        Event::Finished(Finish::Stop),
    ];
    let thought = json!({ "type": "thinking", "thinking": "", "signature": "gemini:abc" });
    assert_eq!(whole(&events)["content"][1], thought);
    let told = stream(&events);
    assert_eq!(told[5]["delta"], json!({ "type": "signature_delta", "signature": "gemini:abc" }));
    assert_eq!(told[6]["type"], "content_block_stop");
}

#[test]
fn arguments_that_are_no_object_are_put_into_one() {
    let table = [("", json!({})), ("[1]", json!({ "input": [1] })), ("{oops", json!({ "input": "{oops" }))];
    for (arguments, input) in table {
        let events = [started(), Event::ToolCall(call("t", arguments)), Event::Finished(Finish::Stop)];
        assert_eq!(whole(&events)["content"][0]["input"], input, "{arguments}");
        let told: Value = match stream(&events)[2]["delta"]["partial_json"].as_str() {
            Some(json) => serde_json::from_str(json).unwrap(),
            None => json!({}),
        };
        assert_eq!(told, input, "{arguments}");
    }
}

#[test]
fn only_the_first_of_several_answers_is_told() {
    let events = [
        started(),
        text("a"),
        Event::Candidate { index: 1 },
        text("x"),
        Event::Candidate { index: 0 },
        text("b"),
        Event::CandidateFinished(Finish::Length),
        Event::Candidate { index: 1 },
        Event::Finished(Finish::Stop),
    ];
    let told = stream(&events);
    let texts: Vec<&str> = told.iter().filter_map(|frame| frame["delta"]["text"].as_str()).collect();
    assert_eq!(texts, ["a", "b"]);
    assert_eq!(told[told.len() - 2]["delta"]["stop_reason"], "max_tokens");
    assert_eq!(whole(&events)["content"], json!([{ "type": "text", "text": "ab" }]));
}

#[test]
fn a_failure_ends_the_stream_with_an_error_event() {
    let mut writer = Writer::new(stamp(), 1);
    writer.event(&text("a"));
    let failure = Failure::new(FailureKind::Unavailable, "Nobody is there.");
    let told = frames(&writer.failure(&failure));
    let expected = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Nobody is there." },
        "request_id": "req_abc" });
    assert_eq!(told, [expected]);
    assert_eq!(writer.event(&text("b")), "");
    assert_eq!(writer.failure(&failure), "");
}

#[test]
fn models_are_listed_in_the_official_form() {
    let model = |id: &str, name: Option<&str>| Model {
        id: id.into(),
        created: 1_740_009_600,
        display_name: name.map(str::to_owned),
        context_length: Some(200_000),
        ..Model::default()
    };
    let models = [model("a", Some("A")), model("b", None)];
    let entry = |id: &str, name: &str| {
        json!({ "type": "model", "id": id, "display_name": name, "created_at": "2025-02-20T00:00:00Z",
            "max_input_tokens": 200_000 })
    };
    let listed: Value = serde_json::from_slice(&encode_models(&models)).unwrap();
    let expected = json!({ "data": [entry("a", "A"), entry("b", "b")], "has_more": false, "first_id": "a", "last_id": "b" });
    assert_eq!(listed, expected);
    let nothing: Value = serde_json::from_slice(&encode_models(&[])).unwrap();
    assert_eq!(nothing, json!({ "data": [], "has_more": false, "first_id": null, "last_id": null }));
    let one: Value = serde_json::from_slice(&encode_model(&models[0])).unwrap();
    assert_eq!(one, entry("a", "A"));
}
