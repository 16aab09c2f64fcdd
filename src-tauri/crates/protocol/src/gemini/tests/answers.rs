//! Answers as the official API would send them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{body, stamp, started, text};
use crate::chat::{Completion, Event, Failure, FailureKind, Finish, ToolCall, Usage};
use crate::dialect::{AnswerForm, Asked, Dialect, Signature};
use crate::gemini::{StreamShape, decode};

fn form(stream: Option<StreamShape>) -> Box<dyn AnswerForm> {
    let body = body(&json!({}));
    Asked::from(decode("gemini-x", stream, body.to_string().as_bytes()).unwrap()).form
}

fn written(shape: StreamShape, events: &[Event]) -> String {
    let mut writer = form(Some(shape)).writer(stamp());
    events.iter().map(|event| writer.event(event)).collect()
}

/// The objects of a stream.
fn chunks(events: &[Event]) -> Vec<Value> {
    let text = written(StreamShape::Sse, events);
    let frames = text.split_terminator("\n\n");
    frames.map(|frame| serde_json::from_str(frame.strip_prefix("data: ").unwrap()).unwrap()).collect()
}

fn whole(events: &[Event]) -> Value {
    let mut completion = Completion::default();
    events.iter().for_each(|event| completion.push(event.clone()));
    serde_json::from_slice(&form(None).whole(&stamp(), &completion)).unwrap()
}

/// The parts that a stream of these events has, without what is the same everywhere.
fn parts(events: &[Event]) -> Vec<Value> {
    let chunks = chunks(&[&[started()], events, &[Event::Finished(Finish::Stop)]].concat());
    chunks[..chunks.len() - 1]
        .iter()
        .map(|chunk| chunk["candidates"][0]["content"]["parts"][0].clone())
        .collect()
}

fn seal(by: Dialect, text: &str) -> Event {
    Event::Signature(Signature::new(by, text))
}

fn call(id: &str, arguments: &str) -> Event {
    Event::ToolCall(ToolCall { id: id.into(), name: "f".into(), arguments: arguments.into() })
}

fn citation() -> Event {
    Event::Citation {
        raw: json!({ "type": "url_citation", "url_citation": {
            "url": "https://a.example/", "title": "A", "start_index": 2, "end_index": 5,
        } }),
    }
}

#[test]
fn a_stream_is_written_in_chunks() {
    let usage = Usage { prompt: 10, completion: 27, cached: 4, reasoning: 7 };
    let events = [started(), text("He"), text("llo"), Event::Usage(usage), Event::Finished(Finish::Length)];
    let chunk = |text: &str| {
        json!({
            "candidates": [{ "content": { "parts": [{ "text": text }], "role": "model" }, "index": 0 }],
            "modelVersion": "gemini-x",
            "responseId": "abc123",
        })
    };
    let mut last = chunk("");
    last["candidates"][0]["finishReason"] = json!("MAX_TOKENS");
    last["usageMetadata"] = json!({
        "promptTokenCount": 10, "candidatesTokenCount": 20, "totalTokenCount": 37, "thoughtsTokenCount": 7,
        "cachedContentTokenCount": 4,
    });
    assert_eq!(chunks(&events), [chunk("He"), chunk("llo"), last]);
}

#[test]
fn an_array_grows_as_googles_does() {
    let events = [started(), text("a"), Event::Finished(Finish::Stop)];
    let text = written(StreamShape::Array, &events);
    assert!(text.starts_with("[{") && text.contains("}\n,\n{") && text.ends_with("}\n]"), "{text}");
    let values: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(values, chunks(&events));
}

#[test]
fn every_event_has_its_part() {
    let table: Vec<(Vec<Event>, Vec<Value>)> = vec![
        (vec![text("")], vec![]),
        (vec![Event::Reasoning { text: "h".into() }], vec![json!({ "text": "h", "thought": true })]),
        (vec![Event::Refusal { text: "No.".into() }], vec![json!({ "text": "No." })]),
        (
            vec![text("a"), seal(Dialect::Gemini, "s")],
            vec![json!({ "text": "a" }), json!({ "text": "", "thoughtSignature": "s" })],
        ),
        (
            vec![Event::Sealed(Signature::new(Dialect::Messages, "s"))],
            vec![json!({ "text": "", "thought": true, "thoughtSignature": "bWVzc2FnZXM6cw==" })],
        ),
        (
            vec![call("1", r#"{"x":1}"#), seal(Dialect::Gemini, "s"), call("2", "")],
            vec![
                json!({ "functionCall": { "id": "1", "name": "f", "args": { "x": 1 } }, "thoughtSignature": "s" }),
                json!({ "functionCall": { "id": "2", "name": "f", "args": {} } }),
            ],
        ),
        (
            vec![
                Event::CallBegun { id: "1".into(), name: "f".into() },
                Event::Arguments { text: "{\"x\":".into() },
                Event::Arguments { text: "1}".into() },
                seal(Dialect::Messages, "s"),
            ],
            vec![json!({
                "functionCall": { "id": "1", "name": "f", "args": { "x": 1 } }, "thoughtSignature": "bWVzc2FnZXM6cw==",
            })],
        ),
        (
            vec![
                Event::Image { mime: "image/png".into(), base64: "AQID".into() },
                seal(Dialect::Gemini, "s"),
            ],
            vec![
                json!({ "inlineData": { "mimeType": "image/png", "data": "AQID" }, "thoughtSignature": "s" }),
            ],
        ),
        (
            vec![Event::Audio { mime: "audio/L16;rate=24000".into(), base64: "AQID".into() }],
            vec![json!({ "inlineData": { "mimeType": "audio/L16;rate=24000", "data": "AQID" } })],
        ),
    ];
    for (events, expected) in table {
        assert_eq!(parts(&events), expected, "{events:?}");
    }
}

#[test]
fn a_whole_answer_says_the_same() {
    let sound = |base64: &str| Event::Audio { mime: "audio/L16;rate=24000".into(), base64: base64.into() };
    let answer = whole(&[
        started(),
        Event::Reasoning { text: "h".into() },
        seal(Dialect::Gemini, "r"),
        text("a"),
        text("b"),
        sound("AQI="),
        sound("AwQ="),
        call("1", "{}"),
        seal(Dialect::Gemini, "s"),
        Event::Usage(Usage { prompt: 1, completion: 2, ..Usage::default() }),
        Event::Finished(Finish::ToolCalls),
    ]);
    let expected = json!({
        "candidates": [{
            "content": { "parts": [
                { "text": "h", "thought": true, "thoughtSignature": "r" },
                { "text": "ab" },
                { "inlineData": { "mimeType": "audio/L16;rate=24000", "data": "AQIDBA==" } },
                { "functionCall": { "id": "1", "name": "f", "args": {} }, "thoughtSignature": "s" },
            ], "role": "model" },
            "finishReason": "STOP",
            "index": 0,
        }],
        "usageMetadata": { "promptTokenCount": 1, "candidatesTokenCount": 2, "totalTokenCount": 3 },
        "modelVersion": "gemini-x",
        "responseId": "abc123",
    });
    assert_eq!(answer, expected);
    assert_eq!(whole(&[])["candidates"][0]["content"]["parts"], json!([]));
}

#[test]
fn every_end_has_its_word() {
    let table = [
        (Finish::Stop, "STOP"),
        (Finish::ToolCalls, "STOP"),
        (Finish::Length, "MAX_TOKENS"),
        (Finish::ContentFilter, "SAFETY"),
    ];
    for (finish, reason) in table {
        let events = [started(), Event::Finished(finish)];
        assert_eq!(chunks(&events)[0]["candidates"][0]["finishReason"], reason);
        assert_eq!(whole(&events)["candidates"][0]["finishReason"], reason);
    }
}

#[test]
fn several_candidates_have_their_numbers() {
    let events = [
        started(),
        text("a"),
        Event::Candidate { index: 1 },
        text("x"),
        Event::Candidate { index: 0 },
        Event::CandidateFinished(Finish::Length),
        Event::Candidate { index: 1 },
        Event::Finished(Finish::Stop),
    ];
    let told: Vec<(Value, Value)> = chunks(&events)
        .into_iter()
        .map(|chunk| {
            (chunk["candidates"][0]["index"].clone(), chunk["candidates"][0]["finishReason"].clone())
        })
        .collect();
    let null = Value::Null;
    let expected = [
        (json!(0), null.clone()),
        (json!(1), null),
        (json!(0), json!("MAX_TOKENS")),
        (json!(1), json!("STOP")),
    ];
    assert_eq!(told, expected);
    let whole = whole(&events);
    assert_eq!(whole["candidates"][1]["content"]["parts"][0]["text"], "x");
}

#[test]
fn googles_own_lists_of_sources_come_as_they_were() {
    let own = json!({ "webSearchQueries": ["q"], "groundingChunks": [] });
    let events = |citations: &[Event]| {
        [&[started(), text("äöü!!")], citations, &[Event::Finished(Finish::Stop)]].concat()
    };
    let of = |events: &[Event]| {
        let streamed = chunks(events).pop().unwrap()["candidates"][0]["groundingMetadata"].clone();
        assert_eq!(whole(events)["candidates"][0]["groundingMetadata"], streamed);
        streamed
    };
    assert_eq!(of(&events(&[Event::Citation { raw: own.clone() }, citation()])), own);
    let made = json!({
        "groundingChunks": [{ "web": { "uri": "https://a.example/", "title": "A" } }],
        "groundingSupports": [{
            "segment": { "startIndex": 4, "endIndex": 8, "text": "ü!!" }, "groundingChunkIndices": [0],
        }],
    });
    assert_eq!(of(&events(&[citation()])), made);
    assert_eq!(of(&events(&[Event::Citation { raw: json!([null, 1]) }])), Value::Null);
}

#[test]
fn a_failure_ends_a_stream_in_its_shape() {
    let failure = Failure::new(FailureKind::Quota, "Wait.").retry_after(Duration::from_secs(3));
    let ended = |shape, events: &[Event]| {
        let mut writer = form(Some(shape)).writer(stamp());
        let mut text: String = events.iter().map(|event| writer.event(event)).collect();
        text += &writer.failure(&failure);
        assert_eq!(writer.failure(&failure) + &writer.event(&super::text("x")) + &writer.keep_alive(), "");
        text
    };
    let sse = ended(StreamShape::Sse, &[started(), call("1", "{}")]);
    assert!(sse.contains("functionCall"), "{sse}");
    assert!(sse.ends_with("\n\n") && sse.contains("data: {\"error\":{\"code\":429"), "{sse}");
    let said: Vec<Value> = serde_json::from_str(&ended(StreamShape::Array, &[started(), text("a")])).unwrap();
    assert_eq!(said[1]["error"]["status"], "RESOURCE_EXHAUSTED");
    let alone: Vec<Value> = serde_json::from_str(&ended(StreamShape::Array, &[])).unwrap();
    assert_eq!(alone[0]["error"]["details"][0]["retryDelay"], "3s");
}

#[test]
fn what_keeps_a_connection_open_says_nothing() {
    for shape in [StreamShape::Sse, StreamShape::Array] {
        let mut writer = form(Some(shape)).writer(stamp());
        let mut out = writer.keep_alive();
        out += &writer.event(&text("a"));
        out += &writer.keep_alive();
        out += &writer.event(&Event::Finished(Finish::Stop));
        let (events, failure) = super::told(&[out.as_bytes()], super::reading());
        assert_eq!(
            (events, failure),
            (vec![started(), text("a"), Event::Finished(Finish::Stop)], None),
            "{out}"
        );
    }
}
