//! What a provider answers: the rows of the tables from Messages to OpenAI's Chat Completions.

use serde_json::{Value, json};

use super::{call, events, fold, streamed, text, whole};
use crate::anthropic::{Facts, Names, Reader, ask, read_whole};
use crate::chat::{Event, FailureKind, Finish, Message, Part, Request, Role, Tool, Usage};
use crate::dialect::{AnswerReader as _, Dialect, Signature};

fn start() -> Value {
    json!({ "type": "message_start", "message": { "id": "msg_1", "type": "message", "role": "assistant",
        "model": "claude-x", "content": [], "stop_reason": null, "stop_sequence": null,
        "usage": { "input_tokens": 10, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 3, "output_tokens": 1 } } })
}

fn open(index: u64, block: Value) -> Value {
    json!({ "type": "content_block_start", "index": index, "content_block": block })
}

fn delta(index: u64, kind: &str, key: &str, value: Value) -> Value {
    json!({ "type": "content_block_delta", "index": index, "delta": { "type": kind, key: value } })
}

fn close(index: u64) -> Value {
    json!({ "type": "content_block_stop", "index": index })
}

fn ended(reason: &str) -> Value {
    json!({ "type": "message_delta", "delta": { "stop_reason": reason, "stop_sequence": null }, "usage": { "output_tokens": 20 } })
}

fn stop() -> Value {
    json!({ "type": "message_stop" })
}

fn open_text(index: u64) -> Value {
    open(index, json!({ "type": "text", "text": "" }))
}

fn tool(index: u64, id: &str) -> Value {
    open(index, json!({ "type": "tool_use", "id": id, "name": "f", "input": {} }))
}

fn begun(id: &str) -> Event {
    Event::CallBegun { id: id.into(), name: "f".into() }
}

fn arguments(text: &str) -> Event {
    Event::Arguments { text: text.into() }
}

fn started() -> [Event; 2] {
    let usage = Usage { prompt: 15, completion: 1, cached: 3, reasoning: 0 };
    [Event::Started { model: "claude-x".into(), warnings: Vec::new() }, Event::Usage(usage)]
}

fn finished(finish: Finish) -> [Event; 2] {
    [Event::Usage(Usage { prompt: 15, completion: 20, cached: 3, reasoning: 0 }), Event::Finished(finish)]
}

/// The events between the first and the last of a stream whose blocks are these.
fn told(blocks: &[Value]) -> Vec<Event> {
    let stream = [&[start()], blocks, &[ended("end_turn"), stop()]].concat();
    let events = streamed(&stream).unwrap();
    assert_eq!(events[..2], started());
    assert_eq!(events[events.len() - 2..], finished(Finish::Stop));
    events[2..events.len() - 2].to_vec()
}

#[test]
fn every_block_of_a_stream_becomes_its_events() {
    let seal = Signature::new(Dialect::Messages, "s1");
    let blocks = [
        json!({ "type": "ping" }),
        open(0, json!({ "type": "thinking", "thinking": "", "signature": "" })),
        delta(0, "thinking_delta", "thinking", json!("Hm")),
        delta(0, "signature_delta", "signature", json!("s1")),
        close(0),
        open(1, json!({ "type": "redacted_thinking", "data": "xyz" })),
        close(1),
        open_text(2),
        delta(2, "text_delta", "text", json!("a")),
        json!({ "type": "news", "index": 2 }),
        delta(2, "text_delta", "text", json!("b")),
        close(2),
        tool(3, "t1"),
        delta(3, "input_json_delta", "partial_json", json!("")),
        delta(3, "input_json_delta", "partial_json", json!("{\"a\"")),
        delta(3, "input_json_delta", "partial_json", json!(":1}")),
        close(3),
        tool(4, "t2"),
        close(4),
    ];
    let expected = [
        Event::Reasoning { text: "Hm".into() },
        Event::Signature(seal),
        Event::Sealed(Signature::new(Dialect::Messages, "xyz")),
        text("a"),
        text("b"),
        begun("t1"),
        arguments("{\"a\""),
        arguments(":1}"),
        begun("t2"),
        arguments("{}"),
    ];
    assert_eq!(told(&blocks), expected);
}

#[test]
fn a_call_without_arguments_gets_an_empty_object() {
    let blocks = [tool(0, "t"), delta(0, "input_json_delta", "partial_json", json!("")), close(0)];
    assert_eq!(told(&blocks), [begun("t"), arguments("{}")]);
    let at_once = open(0, json!({ "type": "tool_use", "id": "t", "name": "f", "input": { "a": 1 } }));
    assert_eq!(told(&[at_once, close(0)]), [begun("t"), arguments("{\"a\":1}")]);
}

#[test]
fn what_the_providers_tools_do_is_skipped() {
    let blocks = [
        open(0, json!({ "type": "server_tool_use", "id": "s", "name": "web_search", "input": {} })),
        delta(0, "input_json_delta", "partial_json", json!("{\"query\":\"x\"}")),
        close(0),
        open(1, json!({ "type": "web_search_tool_result", "tool_use_id": "s", "content": [] })),
        close(1),
        open(2, json!({ "type": "mcp_tool_use", "id": "m", "name": "x", "input": {} })),
        close(2),
        open(3, json!({ "type": "compaction", "content": null })),
        delta(3, "compaction_delta", "content", json!("so far")),
        close(3),
        open_text(4),
        delta(4, "text_delta", "text", json!("Found.")),
        close(4),
    ];
    assert_eq!(told(&blocks), [text("Found.")]);
}

#[test]
fn sources_become_annotations_of_their_text() {
    let page = json!({ "type": "web_search_result_location", "url": "https://a.example/", "title": "A",
        "cited_text": "x", "encrypted_index": "e" });
    let place = json!({ "type": "char_location", "cited_text": "x", "document_index": 0 });
    let blocks = [
        open_text(0),
        delta(0, "text_delta", "text", json!("Hé ")),
        close(0),
        open_text(1),
        delta(1, "citations_delta", "citation", page),
        delta(1, "text_delta", "text", json!("wörld")),
        delta(1, "citations_delta", "citation", place.clone()),
        close(1),
    ];
    let annotation = json!({ "type": "url_citation", "url_citation":
        { "url": "https://a.example/", "title": "A", "start_index": 3, "end_index": 8 } });
    let expected =
        [text("Hé "), text("wörld"), Event::Citation { raw: annotation }, Event::Citation { raw: place }];
    assert_eq!(told(&blocks), expected);
}

#[test]
fn a_block_told_into_another_waits_for_its_end() {
    let piece = |index, text: &str| delta(index, "input_json_delta", "partial_json", json!(text));
    let blocks =
        [tool(0, "t1"), piece(0, "{"), tool(1, "t2"), piece(1, "[1"), piece(0, "}"), close(1), close(0)];
    assert_eq!(told(&blocks), [begun("t1"), arguments("{"), arguments("}"), begun("t2"), arguments("[1")]);
}

#[test]
fn every_stop_reason_has_its_finish() {
    let table = [
        ("end_turn", Finish::Stop),
        ("stop_sequence", Finish::Stop),
        ("compaction", Finish::Stop),
        ("pause_turn", Finish::Stop),
        ("thought_of_later", Finish::Stop),
        ("tool_use", Finish::ToolCalls),
        ("max_tokens", Finish::Length),
        ("model_context_window_exceeded", Finish::Length),
        ("refusal", Finish::ContentFilter),
    ];
    for (reason, finish) in table {
        let told = streamed(&[start(), ended(reason), stop()]).unwrap();
        assert_eq!(told.last(), Some(&Event::Finished(finish)), "{reason}");
        let message = json!({ "model": "m", "content": [], "stop_reason": reason });
        assert_eq!(whole(&message).last(), Some(&Event::Finished(finish)), "{reason}");
    }
}

#[test]
fn a_withheld_answer_says_why() {
    let details = json!({ "type": "refusal", "category": "cyber", "explanation": "Not this." });
    let mut end = ended("refusal");
    end["delta"]["stop_details"] = details.clone();
    let declined = [Event::Refusal { text: "Not this.".into() }, Event::Finished(Finish::ContentFilter)];
    let told = streamed(&[start(), end, stop()]).unwrap();
    assert_eq!(told[told.len() - 2..], declined);
    let told =
        whole(&json!({ "model": "m", "content": [], "stop_reason": "refusal", "stop_details": details }));
    assert_eq!(told[1..], declined);
}

#[test]
fn counts_are_summed_and_later_ones_hold() {
    let mut end = ended("end_turn");
    end["usage"] = json!({ "input_tokens": 11, "cache_read_input_tokens": null, "output_tokens": 20,
        "output_tokens_details": { "thinking_tokens": 4 } });
    let usage = fold(streamed(&[start(), end, stop()]).unwrap()).usage;
    assert_eq!(usage, Some(Usage { prompt: 16, completion: 20, cached: 3, reasoning: 4 }));
}

#[test]
fn a_whole_answer_gives_the_same_as_its_stream() {
    let message = json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x", "content": [
        { "type": "thinking", "thinking": "Hm", "signature": "s1" },
        { "type": "redacted_thinking", "data": "xyz" },
        { "type": "server_tool_use", "id": "s", "name": "web_search", "input": { "query": "x" } },
        { "type": "text", "text": "Hi", "citations": [{ "type": "web_search_result_location", "url": "u", "title": null }] },
        { "type": "tool_use", "id": "t1", "name": "f", "input": { "b": 1, "a": 2 } },
    ], "stop_reason": "tool_use", "stop_sequence": null,
        "usage": { "input_tokens": 10, "cache_creation_input_tokens": 2, "cache_read_input_tokens": 3, "output_tokens": 20 } });
    let citation = json!({ "type": "url_citation", "url_citation": { "url": "u", "title": "u", "start_index": 0, "end_index": 2 } });
    let expected = [
        Event::Started { model: "claude-x".into(), warnings: Vec::new() },
        Event::Usage(Usage { prompt: 15, completion: 20, cached: 3, reasoning: 0 }),
        Event::Reasoning { text: "Hm".into() },
        Event::Signature(Signature::new(Dialect::Messages, "s1")),
        Event::Sealed(Signature::new(Dialect::Messages, "xyz")),
        text("Hi"),
        Event::Citation { raw: citation },
        begun("t1"),
        arguments("{\"b\":1,\"a\":2}"),
        Event::Finished(Finish::ToolCalls),
    ];
    assert_eq!(whole(&message), expected);
    assert_eq!(events(&format!("\n {message}")).unwrap(), expected, "in place of a stream");
}

#[test]
fn an_error_in_the_stream_is_a_failure_and_the_last_that_is_said() {
    let error = json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } });
    let mut reader = Reader::new(Names::default());
    let frame = |value: &Value| format!("data: {value}\n\n").into_bytes();
    reader.push(&frame(&start())).unwrap();
    let failure = reader.push(&frame(&error)).unwrap_err();
    let said = "The provider says: Overloaded";
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Unavailable, said));
    assert_eq!(reader.push(&frame(&stop())), Ok(Vec::new()));
    assert_eq!(reader.end(), Ok(Vec::new()));
    let mut reader = Reader::new(Names::default());
    let together = [frame(&start()), frame(&error), frame(&stop())].concat();
    assert_eq!(reader.push(&together).unwrap(), started(), "what came before is told first");
    assert_eq!(reader.end().unwrap_err().kind, FailureKind::Unavailable);
    let whole = read_whole(error.to_string().as_bytes(), Names::default()).unwrap_err();
    assert_eq!(whole.kind, FailureKind::Unavailable);
}

#[test]
fn what_is_no_answer_is_told_as_such() {
    let table = [
        ("", FailureKind::Interrupted),
        ("event: ping\ndata: {\"type\": \"ping\"}\n\n", FailureKind::Interrupted),
        ("data: {oops\n\n", FailureKind::UpstreamError),
        ("{\"oops\": 1}", FailureKind::UpstreamError),
    ];
    for (stream, kind) in table {
        assert_eq!(events(stream).unwrap_err().kind, kind, "{stream}");
    }
    let broken = streamed(&[start(), open_text(0), delta(0, "text_delta", "text", json!("a"))]);
    assert_eq!(broken.unwrap_err().kind, FailureKind::Interrupted);
    for body in [&b""[..], b"{}", b"<html>"] {
        assert_eq!(read_whole(body, Names::default()).unwrap_err().kind, FailureKind::UpstreamError);
    }
}

#[test]
fn providers_that_leave_out_frames_are_understood() {
    let bare = [delta(0, "text_delta", "text", json!("a")), ended("end_turn")];
    let told = fold(streamed(&bare).unwrap());
    assert_eq!((told.text().as_ref(), told.finish()), ("a", Some(Finish::Stop)));
    let unclosed = [start(), tool(0, "t"), ended("tool_use"), stop(), stop(), ended("max_tokens")];
    let told = fold(streamed(&unclosed).unwrap());
    assert_eq!((told.tool_calls(), told.finish()), (vec![call("t", "{}")], Some(Finish::ToolCalls)));
    let done = format!("data: {}\n\ndata: {}\n\ndata: [DONE]\n\n", ended("end_turn"), stop());
    let events = events(&done).unwrap();
    assert!(matches!(events[0], Event::Started { .. }), "{events:?}");
}

#[test]
fn a_function_is_called_as_the_caller_calls_it() {
    let request = Request {
        model: "claude-opus-4-6".into(),
        messages: vec![Message::text(Role::User, "go")],
        tools: vec![Tool { name: "files.read".into(), ..Tool::default() }],
        ..Request::default()
    };
    let (_, names) = ask(&request, &Facts::of(&request.model));
    let message =
        json!({ "content": [{ "type": "tool_use", "id": "t", "name": "files_read", "input": {} }] });
    let events = read_whole(message.to_string().as_bytes(), names).unwrap();
    let told = fold(events);
    assert_eq!(told.tool_calls()[0].name, "files.read");
    assert!(matches!(told.candidates[0].parts[..], [Part::ToolCall(_)]));
}
