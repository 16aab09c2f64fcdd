//! What a provider answers.

use serde_json::{Value, json};

use super::{facts, reading, sse, started, streamed, text, told};
use crate::chat::{
    Event, FailureKind, Finish, Message, Request, ResponseFormat, Role, Tool, ToolCall, Usage,
};
use crate::dialect::{Dialect, Signature};
use crate::gemini::{Reading, ask, read_whole};

fn chunk(parts: &Value) -> Value {
    json!({ "candidates": [{ "content": { "role": "model", "parts": parts }, "index": 0 }] })
}

fn ending(reason: &str) -> Value {
    json!({ "candidates": [{ "content": { "role": "model", "parts": [{ "text": "" }] }, "finishReason": reason }] })
}

fn seal(text: &str) -> Event {
    Event::Signature(Signature::new(Dialect::Gemini, text))
}

fn call(id: &str, name: &str, arguments: &str) -> Event {
    Event::ToolCall(ToolCall { id: id.into(), name: name.into(), arguments: arguments.into() })
}

/// What these parts say, between the beginning and the end.
fn said(parts: Value) -> Vec<Event> {
    let events = streamed(&[chunk(&parts), ending("STOP")]);
    assert_eq!(events.first(), Some(&started()));
    events[1..events.len() - 1].to_vec()
}

fn finish(reason: &str) -> Finish {
    match streamed(&[chunk(&json!([{ "text": "a" }])), ending(reason)]).pop() {
        Some(Event::Finished(finish)) => finish,
        other => panic!("no end: {other:?}"),
    }
}

#[test]
fn every_kind_of_part_is_told() {
    let table: Vec<(Value, Vec<Event>)> = vec![
        (json!([{ "text": "He" }, { "text": "llo" }]), vec![text("He"), text("llo")]),
        (json!([{ "text": "h", "thought": true }]), vec![Event::Reasoning { text: "h".into() }]),
        (json!([{ "text": "a", "thoughtSignature": "s" }]), vec![text("a"), seal("s")]),
        (
            json!([{ "thoughtSignature": "s" }, { "text": "", "thoughtSignature": "t" }]),
            vec![seal("s"), seal("t")],
        ),
        (
            json!([
                { "functionCall": { "id": "x", "name": "f", "args": { "b": 1, "a": [2] } }, "thoughtSignature": "s" },
                { "functionCall": { "name": "g" } },
            ]),
            vec![call("x", "f", r#"{"b":1,"a":[2]}"#), seal("s"), call("call_r_1", "g", "{}")],
        ),
        (
            json!([{ "inlineData": { "mimeType": "image/png", "data": "AQID" } }]),
            vec![Event::Image { mime: "image/png".into(), base64: "AQID".into() }],
        ),
        (
            json!([{ "inlineData": { "mimeType": "audio/L16;rate=24000", "data": "AQID" } }]),
            vec![Event::Audio { mime: "audio/L16;rate=24000".into(), base64: "AQID".into() }],
        ),
        (
            json!([{ "executableCode": { "language": "PYTHON", "code": "print(4)" } },
                   { "codeExecutionResult": { "outcome": "OUTCOME_OK", "output": "4\n" } }, { "text": "Four." }]),
            vec![text("```python\nprint(4)\n```"), text("\n\n```text\n4\n```"), text("\n\nFour.")],
        ),
        (json!([{ "inlineData": { "mimeType": "image/png", "data": "AQID" }, "thought": true }]), vec![]),
        (json!([{ "toolCall": { "toolType": "X" } }, {}]), vec![]),
    ];
    for (parts, expected) in table {
        assert_eq!(said(parts.clone()), expected, "{parts}");
    }
}

#[test]
fn a_call_counts_even_when_the_end_comes_later() {
    let events = streamed(&[
        chunk(&json!([{ "functionCall": { "name": "f", "args": {} } }])),
        chunk(&json!([{ "functionCall": { "name": "f", "args": {} } }])),
        ending("STOP"),
    ]);
    let expected = [
        started(),
        call("call_r_0", "f", "{}"),
        call("call_r_1", "f", "{}"),
        Event::Finished(Finish::ToolCalls),
    ];
    assert_eq!(events, expected);
}

#[test]
fn the_names_lead_back() {
    let mut request = Request { messages: vec![Message::text(Role::User, "Hi")], ..Request::default() };
    request.tools = vec![Tool { name: "get/weather".into(), ..Tool::default() }];
    let (_, back) = ask(&request, &facts("gemini-x"));
    let body = sse(&[chunk(&json!([{ "functionCall": { "name": "get_weather" } }])), ending("STOP")]);
    let (events, _) = told(&[body.as_bytes()], Reading { back, ..reading() });
    assert_eq!(events[1], call("call_r_0", "get/weather", "{}"));
}

#[test]
fn code_stays_out_of_an_answer_with_a_form() {
    let mut request = Request { messages: vec![Message::text(Role::User, "Hi")], ..Request::default() };
    request.response_format = ResponseFormat::JsonObject;
    let (_, back) = ask(&request, &facts("gemini-x"));
    let parts = json!([{ "executableCode": { "code": "x" } }, { "text": "{}" }]);
    let (events, _) =
        told(&[sse(&[chunk(&parts), ending("STOP")]).as_bytes()], Reading { back, ..reading() });
    assert_eq!(events[1], text("{}"));
}

#[test]
fn every_reason_to_end_is_known() {
    let stops = ["STOP", "OTHER", "IMAGE_OTHER", "NO_IMAGE", "FINISH_REASON_UNSPECIFIED", "A_NEW_ONE"];
    let failed = [
        "MALFORMED_FUNCTION_CALL",
        "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS",
        "MISSING_THOUGHT_SIGNATURE",
        "MALFORMED_RESPONSE",
    ];
    let filtered = [
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "ESCALATION",
        "LANGUAGE",
    ];
    for reason in stops.iter().chain(&failed) {
        assert_eq!(finish(reason), Finish::Stop, "{reason}");
    }
    for reason in filtered {
        assert_eq!(finish(reason), Finish::ContentFilter, "{reason}");
    }
    assert_eq!(finish("MAX_TOKENS"), Finish::Length);
    for reason in failed {
        let thought = chunk(&json!([{ "text": "h", "thought": true }]));
        let (events, failure) = told(&[sse(&[thought, ending(reason)]).as_bytes()], reading());
        assert_eq!(events.len(), 2, "{reason}");
        let failure = failure.expect("there is no answer");
        assert_eq!(failure.kind, FailureKind::UpstreamError);
        assert!(failure.message.contains(reason), "{failure}");
    }
}

#[test]
fn an_odd_end_is_told() {
    let mut end = ending("OTHER");
    end["candidates"][0]["finishMessage"] = json!("why");
    let events = streamed(&[chunk(&json!([{ "text": "a" }])), end]);
    let warning = "The model ended its answer with OTHER: why.".to_owned();
    assert_eq!(events[2], Event::Started { model: "gemini-x".into(), warnings: vec![warning] });
}

#[test]
fn a_blocked_prompt_is_a_refusal() {
    let blocked = json!({ "promptFeedback": { "blockReason": "PROHIBITED_CONTENT" }, "usageMetadata": { "promptTokenCount": 3 } });
    let expected = [
        started(),
        Event::Usage(Usage { prompt: 3, ..Usage::default() }),
        Event::Refusal { text: "The provider did not answer this prompt: PROHIBITED_CONTENT".into() },
        Event::Finished(Finish::ContentFilter),
    ];
    assert_eq!(streamed(std::slice::from_ref(&blocked)), expected);
    assert_eq!(read_whole(blocked.to_string().as_bytes(), reading()).unwrap(), expected);
}

#[test]
fn usage_adds_up() {
    let mut chunks = [chunk(&json!([{ "text": "a" }])), ending("STOP")];
    chunks[0]["usageMetadata"] = json!({ "promptTokenCount": 10 });
    chunks[1]["usageMetadata"] = json!({
        "promptTokenCount": 10, "toolUsePromptTokenCount": 5, "candidatesTokenCount": 20, "thoughtsTokenCount": 7,
        "cachedContentTokenCount": 4, "totalTokenCount": 42,
    });
    let events = streamed(&chunks);
    let last = Usage { prompt: 15, completion: 27, cached: 4, reasoning: 7 };
    assert_eq!(last.total(), 42);
    let usages: Vec<&Event> = events.iter().filter(|event| matches!(event, Event::Usage(_))).collect();
    assert_eq!(usages, [&Event::Usage(Usage { prompt: 10, ..Usage::default() }), &Event::Usage(last)]);
}

#[test]
fn several_candidates_are_kept_apart() {
    let candidate = |index: u32, text: &str, reason: Option<&str>| json!({ "content": { "parts": [{ "text": text }] }, "index": index, "finishReason": reason });
    let events = streamed(&[
        json!({ "candidates": [candidate(0, "a", None), candidate(1, "x", None)] }),
        json!({ "candidates": [candidate(0, "b", Some("MAX_TOKENS")), candidate(1, "y", Some("STOP"))] }),
    ]);
    let to = |index| Event::Candidate { index };
    let expected = [
        started(),
        text("a"),
        to(1),
        text("x"),
        to(0),
        text("b"),
        to(1),
        text("y"),
        to(0),
        Event::CandidateFinished(Finish::Length),
        to(1),
        Event::Finished(Finish::Stop),
    ];
    assert_eq!(events, expected);
}

#[test]
fn sources_become_annotations() {
    let grounding = json!({
        "webSearchQueries": ["q"],
        "groundingChunks": [
            { "web": { "uri": "https://a.example/", "title": "A" } }, { "maps": { "uri": "https://b.example/" } },
        ],
        "groundingSupports": [{
            "segment": { "startIndex": 8, "endIndex": 14, "text": "Oslo." }, "groundingChunkIndices": [0],
        }],
    });
    let mut end = ending("STOP");
    end["candidates"][0]["groundingMetadata"] = grounding.clone();
    let events = streamed(&[chunk(&json!([{ "text": "Grüße, " }, { "text": "Oslo. Ja." }])), end]);
    let annotation = |url: &str, title: &str, start: u32, end: u32| Event::Citation {
        raw: json!({ "type": "url_citation", "url_citation": {
            "url": url, "title": title, "start_index": start, "end_index": end,
        } }),
    };
    let expected = [
        Event::Citation { raw: grounding },
        annotation("https://a.example/", "A", 7, 12),
        annotation("https://b.example/", "https://b.example/", 0, 16),
        Event::Finished(Finish::Stop),
    ];
    assert_eq!(events[3..], expected);
}

#[test]
fn quotes_and_pages_that_were_read_are_sources_too() {
    let mut end = ending("STOP");
    end["candidates"][0]["citationMetadata"] =
        json!({ "citationSources": [{ "endIndex": 2, "uri": "https://q.example/" }] });
    end["candidates"][0]["urlContextMetadata"] = json!({ "urlMetadata": [
        { "retrievedUrl": "https://r.example/", "urlRetrievalStatus": "URL_RETRIEVAL_STATUS_SUCCESS" },
        { "retrievedUrl": "https://e.example/", "urlRetrievalStatus": "URL_RETRIEVAL_STATUS_ERROR" },
    ] });
    let events = streamed(&[chunk(&json!([{ "text": "Hallo" }])), end]);
    let cited: Vec<(String, u64)> = events
        .iter()
        .filter_map(|event| match event {
            Event::Citation { raw } if raw["type"] == "url_citation" => {
                let citation = &raw["url_citation"];
                Some((citation["url"].as_str()?.to_owned(), citation["end_index"].as_u64()?))
            }
            _ => None,
        })
        .collect();
    assert_eq!(cited, [("https://q.example/".to_owned(), 2), ("https://r.example/".to_owned(), 5)]);
}

#[test]
fn arrays_and_single_objects_are_streams_too() {
    let values = [chunk(&json!([{ "text": "a}],[\"{\\" }])), ending("STOP")];
    let expected = streamed(&values);
    let array = format!("[{}\n,\r\n{}\n]\n", values[0], values[1]);
    assert_eq!(told(&[array.as_bytes()], reading()), (expected.clone(), None));
    let pretty = serde_json::to_string_pretty(&values).unwrap();
    assert_eq!(told(&[pretty.as_bytes()], reading()), (expected, None));
    let mut whole = chunk(&json!([{ "text": "a" }]));
    whole["candidates"][0]["finishReason"] = json!("STOP");
    let events = read_whole(whole.to_string().as_bytes(), reading()).unwrap();
    assert_eq!(events, [started(), text("a"), Event::Finished(Finish::Stop)]);
}

#[test]
fn an_error_on_the_way_is_the_end() {
    let error = json!({ "error": { "code": 503, "message": "Overloaded.", "status": "UNAVAILABLE" } });
    let values = [chunk(&json!([{ "text": "a" }])), error.clone(), ending("STOP")];
    let array = format!("[{}\n,\n{}\n,\n{}]", values[0], values[1], values[2]);
    for body in [sse(&values), array] {
        let (events, failure) = told(&[body.as_bytes()], reading());
        assert_eq!(events, [started(), text("a")]);
        let failure = failure.expect("there was an error");
        assert_eq!(
            (failure.kind, failure.message.as_str()),
            (FailureKind::Unavailable, "The provider says: Overloaded.")
        );
    }
    for body in [error.to_string(), format!("[{error}]"), format!("data: [{error}]\n\n")] {
        let (events, failure) = told(&[body.as_bytes()], reading());
        assert!(events.is_empty());
        assert_eq!(failure.map(|failure| failure.kind), Some(FailureKind::Unavailable), "{body}");
    }
}

#[test]
fn an_answer_that_breaks_off_says_so() {
    let first = chunk(&json!([{ "text": "a" }]));
    let cut = format!("[{first}\n,\n{{\"candid");
    let after_end = format!("[{first}\n,\n{}\n,\n{{\"cand", ending("STOP"));
    for body in [sse(std::slice::from_ref(&first)), cut, after_end] {
        let (events, failure) = told(&[body.as_bytes()], reading());
        assert_eq!(events[..2], [started(), text("a")]);
        assert_eq!(failure.map(|failure| failure.kind), Some(FailureKind::Interrupted), "{body}");
    }
    assert_eq!(told(&[], reading()).1.map(|failure| failure.kind), Some(FailureKind::Interrupted));
    let (_, failure) = told(&[b"data: <html>\n\n"], reading());
    assert_eq!(failure.map(|failure| failure.kind), Some(FailureKind::UpstreamError));
}

#[test]
fn a_stream_may_end_without_an_empty_line_or_as_others_end_it() {
    let body = sse(&[chunk(&json!([{ "text": "a" }])), ending("STOP")]);
    let expected = told(&[body.as_bytes()], reading());
    assert_eq!(expected.1, None);
    assert_eq!(told(&[body.trim_end().as_bytes()], reading()), expected);
    assert_eq!(told(&[format!("{body}data: [DONE]\n\n").as_bytes()], reading()), expected);
}
