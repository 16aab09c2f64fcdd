use serde_json::{Value, json};

use super::{ChatReader, read_models, read_whole};
use crate::RequestId;
use crate::chat::{Event, Failure, FailureKind, Finish, ToolCall, Usage};
use crate::dialect::{AnswerReader, Dialect, Signature};
use crate::openai::Stamp;

fn stamp() -> Stamp {
    Stamp { id: RequestId::new("abc"), created: 1, model: "p/m".to_owned() }
}

/// What a reader tells of these pieces, and how it ends.
fn read(pieces: &[&[u8]]) -> (Vec<Event>, Option<Failure>) {
    let mut reader = ChatReader::new(&stamp());
    let mut events = Vec::new();
    let mut take = |told: Result<Vec<Event>, Failure>| match told {
        Ok(told) => {
            events.extend(told);
            None
        }
        Err(failure) => Some(failure),
    };
    let mut failure = pieces.iter().find_map(|piece| take(reader.push(piece)));
    if failure.is_none() {
        failure = take(reader.end());
    }
    (events, failure)
}

/// The same, for a whole stream; single bytes must tell the same.
fn stream(text: &str) -> (Vec<Event>, Option<Failure>) {
    let told = read(&[text.as_bytes()]);
    let singly: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(read(&singly), told, "single bytes tell something else");
    told
}

fn chunk(choices: &Value) -> String {
    format!("data: {}\n\n", json!({ "id": "x", "model": "m", "choices": choices }))
}

fn delta(delta: &Value) -> String {
    chunk(&json!([{ "index": 0, "delta": delta, "finish_reason": null }]))
}

fn finish(reason: &str) -> String {
    chunk(&json!([{ "index": 0, "delta": {}, "finish_reason": reason }])) + "data: [DONE]\n\n"
}

/// What these deltas tell, without beginning and end.
fn told(deltas: &[Value]) -> Vec<Event> {
    let text: String = deltas.iter().map(delta).collect();
    let (mut events, failure) = stream(&(text + &finish("stop")));
    assert_eq!(failure, None);
    assert!(matches!(events.remove(0), Event::Started { .. }));
    assert!(matches!(events.pop(), Some(Event::Finished(_))));
    events
}

fn text(text: &str) -> Event {
    Event::Text { text: text.to_owned() }
}

fn thought(text: &str) -> Event {
    Event::Reasoning { text: text.to_owned() }
}

fn begun(id: &str, name: &str) -> Event {
    Event::CallBegun { id: id.to_owned(), name: name.to_owned() }
}

fn arguments(text: &str) -> Event {
    Event::Arguments { text: text.to_owned() }
}

fn fragment(index: Option<u64>, id: &str, name: &str, arguments: &str) -> Value {
    let mut call = json!({ "function": { "arguments": arguments } });
    if let Some(index) = index {
        call["index"] = index.into();
    }
    if !id.is_empty() {
        call["id"] = id.into();
    }
    if !name.is_empty() {
        call["function"]["name"] = name.into();
    }
    json!({ "tool_calls": [call] })
}

#[test]
fn a_plain_stream() {
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12,
        "prompt_tokens_details": { "cached_tokens": 2 }, "completion_tokens_details": { "reasoning_tokens": 3 } } });
    let body = format!(
        ": PROCESSING\n\n{}data:{}\r\n\r\n{}data: {usage}\n\ndata: [DONE]\n\nignored\n\n",
        delta(&json!({ "role": "assistant", "content": "" })),
        json!({ "choices": [{ "delta": { "content": "Hé🦀" } }] }),
        chunk(&json!([{ "index": 0, "delta": {}, "finish_reason": "stop" }])),
    );
    let expected = vec![
        Event::Started { model: "p/m".to_owned(), warnings: Vec::new() },
        text("Hé🦀"),
        Event::Usage(Usage { prompt: 5, completion: 7, cached: 2, reasoning: 3 }),
        Event::Finished(Finish::Stop),
    ];
    assert_eq!(stream(&body), (expected, None));
}

#[test]
fn ends_and_breaks() {
    let said = delta(&json!({ "content": "a" }));
    let ended = chunk(&json!([{ "delta": {}, "finish_reason": "length" }]));
    let kind = |text: &str| stream(text).1.map(|failure| failure.kind);
    assert_eq!(kind(&(said.clone() + &ended)), None, "without [DONE]");
    assert_eq!(kind(&(said.clone() + ended.trim_end())), None, "without the last empty line");
    assert_eq!(kind(&(said.clone() + "data: [DONE]\n\n")), None, "without a reason");
    assert_eq!(kind(&said), Some(FailureKind::Interrupted));
    assert_eq!(kind(""), Some(FailureKind::Interrupted));
    assert_eq!(kind("data: [DONE]\n\n"), Some(FailureKind::Interrupted));
    assert_eq!(kind("data: {\"a\n\n"), Some(FailureKind::UpstreamError));
}

#[test]
fn an_answer_that_is_cut_off_anywhere_broke_off() {
    let body = delta(&json!({ "content": "a" })) + &delta(&json!({ "content": "é" }));
    for end in 0..body.len() {
        let (_, failure) = read(&[&body.as_bytes()[..end]]);
        assert_eq!(failure.map(|failure| failure.kind), Some(FailureKind::Interrupted), "after {end} bytes");
    }
}

#[test]
fn reasons_to_end() {
    let reasons = [
        ("stop", Finish::Stop),
        ("eos", Finish::Stop),
        ("end_turn", Finish::Stop),
        ("length", Finish::Length),
        ("MAX_TOKENS", Finish::Length),
        ("tool_calls", Finish::ToolCalls),
        ("function_call", Finish::ToolCalls),
        ("content_filter", Finish::ContentFilter),
        ("SAFETY", Finish::ContentFilter),
        ("brand_new", Finish::Stop),
    ];
    for (word, expected) in reasons {
        let (events, _) = stream(&(delta(&json!({ "content": "a" })) + &finish(word)));
        assert_eq!(events.last(), Some(&Event::Finished(expected)), "{word}");
    }
    let (_, failure) = stream(&(delta(&json!({ "content": "a" })) + &finish("error")));
    assert_eq!(failure.map(|failure| failure.kind), Some(FailureKind::UpstreamError));
}

#[test]
fn thinking_in_every_field_is_told_once() {
    let cases = [
        json!({ "reasoning_content": "Hm" }),
        json!({ "reasoning": "Hm" }),
        json!({ "reasoning": "Hm", "reasoning_content": "Hm" }),
        json!({ "reasoning": "Hm", "reasoning_details": [{ "type": "reasoning.text", "text": "Hm" }] }),
        json!({ "reasoning_details": [{ "type": "reasoning.summary", "summary": "Hm" }] }),
        json!({ "content": [{ "type": "thinking", "thinking": [{ "type": "text", "text": "Hm" }] }] }),
        json!({ "reasoning_content": "Hm", "thinking_blocks": [{ "type": "thinking", "thinking": "Hm" }] }),
        json!({ "thinking_blocks": [{ "type": "thinking", "thinking": "Hm" }] }),
    ];
    for case in cases {
        assert_eq!(told(std::slice::from_ref(&case)), [thought("Hm")], "{case}");
    }
}

#[test]
fn seals_belong_to_their_makers() {
    let google = json!({ "google": { "thought_signature": "g" } });
    let mut call = fragment(Some(0), "c", "f", "{}");
    call["tool_calls"][0]["extra_content"] = google.clone();
    let events = told(&[
        json!({ "thinking_blocks": [{ "thinking": "Hm", "signature": "a" }, { "data": "r" }] }),
        json!({ "reasoning_details": [{ "text": "So", "signature": "o" }, { "data": "gemini:e" }] }),
        json!({ "content": "Yes", "extra_content": google }),
        call,
    ]);
    let seal = |by, text: &str| Event::Signature(Signature::new(by, text));
    let expected = [
        thought("Hm"),
        seal(Dialect::Messages, "a"),
        Event::Sealed(Signature::new(Dialect::Messages, "r")),
        thought("So"),
        seal(Dialect::Chat, "o"),
        Event::Sealed(Signature::new(Dialect::Gemini, "e")),
        text("Yes"),
        seal(Dialect::Gemini, "g"),
        begun("c", "f"),
        arguments("{}"),
        seal(Dialect::Gemini, "g"),
    ];
    assert_eq!(events, expected);
}

#[test]
fn a_call_grows_as_it_is_said() {
    let pieces = [
        fragment(Some(0), "c", "f", ""),
        fragment(Some(0), "", "", "{\"a\":"),
        fragment(Some(0), "", "", "1}"),
        fragment(Some(0), "", "", ""),
    ];
    let expected = [begun("c", "f"), arguments("{\"a\":"), arguments("1}")];
    assert_eq!(told(&pieces), expected);
    let body: String = pieces.iter().map(delta).collect();
    let (events, _) = stream(&(body + &finish("stop")));
    assert_eq!(
        events.last(),
        Some(&Event::Finished(Finish::ToolCalls)),
        "calls decide, whatever the word is"
    );
}

#[test]
fn interleaved_calls_are_told_one_after_the_other() {
    let pieces = [
        fragment(Some(0), "c", "f", "{\"a\":"),
        fragment(Some(1), "d", "g", "{\"b\""),
        json!({ "content": "meanwhile" }),
        fragment(Some(0), "", "", "1}"),
        fragment(Some(1), "", "", ":2}"),
        fragment(Some(0), "", "", " "),
    ];
    let expected = [
        begun("c", "f"),
        arguments("{\"a\":"),
        arguments("1}"),
        begun("d", "g"),
        arguments("{\"b\""),
        arguments(":2}"),
        text("meanwhile"),
    ];
    assert_eq!(told(&pieces), expected);
}

#[test]
fn calls_are_told_apart_however_they_are_numbered() {
    let whole = [begun("c", "f"), arguments("{\"a\":1}"), begun("d", "f"), arguments("{\"a\":2}")];
    let cases = [
        [fragment(None, "c", "f", "{\"a\":1}"), fragment(None, "d", "f", "{\"a\":2}")],
        [fragment(Some(0), "c", "f", "{\"a\":1}"), fragment(Some(0), "d", "f", "{\"a\":2}")],
        [fragment(Some(3), "c", "f", "{\"a\":1}"), fragment(Some(1), "d", "f", "{\"a\":2}")],
    ];
    for case in cases {
        assert_eq!(told(&case), whole, "{case:?}");
    }
    let made =
        [begun("call_abc_0", "f"), arguments("{\"a\":1}"), begun("call_abc_1", "f"), arguments("{\"a\":2}")];
    for index in [None, Some(0)] {
        let case = [fragment(index, "", "f", "{\"a\":1}"), fragment(index, "", "f", "{\"a\":2}")];
        assert_eq!(told(&case), made, "without ids, index {index:?}");
    }
    let repeated = [fragment(None, "c", "f", "{\"a\":"), fragment(None, "c", "f", "1}")];
    assert_eq!(told(&repeated), [begun("c", "f"), arguments("{\"a\":"), arguments("1}")]);
    let empty_first = [fragment(Some(0), "c", "f", "{}"), fragment(Some(1), "d", "f", "{\"a\":2}")];
    let expected = [begun("c", "f"), arguments("{}"), begun("d", "f"), arguments("{\"a\":2}")];
    assert_eq!(told(&empty_first), expected);
}

#[test]
fn what_comes_late_for_a_call_begins_no_other() {
    let call = fragment(Some(0), "c", "f", "{\"a\":1}");
    for late in [fragment(Some(0), "c", "f", ""), fragment(Some(0), "", "", "x"), fragment(None, "", "", "")]
    {
        let events = told(&[call.clone(), json!({ "content": "so" }), late]);
        assert_eq!(events, [begun("c", "f"), arguments("{\"a\":1}"), text("so")]);
    }
}

#[test]
fn older_and_custom_calls() {
    let older = [
        json!({ "function_call": { "name": "f", "arguments": "{\"a\":" } }),
        json!({ "function_call": { "arguments": "1}" } }),
    ];
    assert_eq!(told(&older), [begun("call_abc_0", "f"), arguments("{\"a\":"), arguments("1}")]);
    let custom = |id: &str, name: &str, input: &str| json!({ "tool_calls": [{ "index": 0, "id": id, "type": "custom", "custom": { "name": name, "input": input } }] });
    let pieces = [custom("c", "sh", "ls "), custom("", "", "\"x\"")];
    assert_eq!(told(&pieces), [begun("c", "sh"), arguments(r#"{"input":"ls \"x\""}"#)]);
}

#[test]
fn a_call_without_a_name_is_a_defect_of_the_provider() {
    let (_, failure) = stream(&(delta(&fragment(Some(0), "c", "", "{}")) + &finish("tool_calls")));
    assert_eq!(failure.map(|failure| failure.kind), Some(FailureKind::UpstreamError));
}

#[test]
fn pictures_sound_refusals_and_sources() {
    let source = json!({ "type": "url_citation", "url_citation": { "url": "https://a.example/" } });
    let events = told(&[
        json!({ "refusal": "No" }),
        json!({ "images": [{ "type": "image_url", "image_url": { "url": "data:image/png;base64,AAAA" } }] }),
        json!({ "images": [{ "type": "image_url", "image_url": { "url": "https://a.example/a.png" } }] }),
        json!({ "audio": { "id": "x", "transcript": "Hello" } }),
        json!({ "audio": { "data": "AAAA" } }),
        json!({ "annotations": [source] }),
    ]);
    let expected = [
        Event::Refusal { text: "No".to_owned() },
        Event::Image { mime: "image/png".to_owned(), base64: "AAAA".to_owned() },
        text("![](https://a.example/a.png)"),
        text("Hello"),
        Event::Audio { mime: "audio/L16;rate=24000".to_owned(), base64: "AAAA".to_owned() },
        Event::Citation { raw: source },
    ];
    assert_eq!(events, expected);
}

#[test]
fn several_alternatives_end_one_by_one() {
    let say = |index: u32, word: &str| chunk(&json!([{ "index": index, "delta": { "content": word } }]));
    let end = |index: u32, why: &str| chunk(&json!([{ "index": index, "delta": {}, "finish_reason": why }]));
    let body = say(0, "a") + &say(1, "x") + &say(0, "b") + &end(0, "length") + &say(1, "y") + &end(1, "stop");
    let turn = |index| Event::Candidate { index };
    let expected = vec![
        Event::Started { model: "p/m".to_owned(), warnings: Vec::new() },
        text("a"),
        turn(1),
        text("x"),
        turn(0),
        text("b"),
        turn(1),
        text("y"),
        turn(0),
        Event::CandidateFinished(Finish::Length),
        turn(1),
        Event::Finished(Finish::Stop),
    ];
    assert_eq!(stream(&body), (expected, None));
    assert_eq!(
        stream(&body[..body.len() - end(1, "stop").len()]).1.map(|f| f.kind),
        Some(FailureKind::Interrupted)
    );
}

#[test]
fn an_error_in_the_stream_comes_after_what_was_said() {
    let errors = [
        (r#"data: {"error":{"message":"Slow down","type":"rate_limit_error"}}"#, FailureKind::Quota),
        (r#"data: {"error":{"message":"No","code":502}}"#, FailureKind::UpstreamError),
        (r#"data: {"error":"No"}"#, FailureKind::UpstreamError),
        ("event: error\ndata: {\"message\":\"No\",\"type\":\"overloaded_error\"}", FailureKind::Unavailable),
        (
            r#"data: {"choices":[{"error":{"code":429,"message":"No"},"finish_reason":"error"}]}"#,
            FailureKind::Quota,
        ),
    ];
    for (error, kind) in errors {
        let (events, failure) = stream(&format!("{}{error}\n\n", delta(&json!({ "content": "a" }))));
        assert_eq!(events.last(), Some(&text("a")), "{error}");
        assert_eq!(failure.map(|failure| failure.kind), Some(kind), "{error}");
        assert!(stream(&format!("{error}\n\n")).0.is_empty(), "nothing has started: {error}");
    }
}

#[test]
fn usage_is_the_last_that_was_told_and_adds_up() {
    let cases = [
        (json!({ "prompt_tokens": 5, "completion_tokens": 7, "prompt_cache_hit_tokens": 4 }), (7, 4, 0)),
        (
            json!({ "prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 15,
                "completion_tokens_details": { "reasoning_tokens": 3 } }),
            (10, 0, 3),
        ),
    ];
    for (told, (completion, cached, reasoning)) in cases {
        let early = json!({ "choices": [], "usage": { "prompt_tokens": 1, "completion_tokens": 1 } });
        let late = json!({ "choices": [], "usage": told });
        let body = format!("data: {early}\n\n{}data: {late}\n\n", delta(&json!({ "content": "a" })));
        let (events, _) = stream(&(body + &finish("stop")));
        let expected = Event::Usage(Usage { prompt: 5, completion, cached, reasoning });
        assert_eq!(
            events.iter().filter(|event| matches!(event, Event::Usage(_))).collect::<Vec<_>>(),
            [&expected]
        );
    }
}

#[test]
fn a_whole_answer() {
    let body = json!({
        "id": "x", "model": "m", "citations": ["https://a.example/"],
        "choices": [{ "index": 0, "finish_reason": "stop", "message": {
            "role": "assistant", "reasoning_content": "Hm", "content": "Yes",
            "tool_calls": [
                { "id": "", "function": { "name": "f", "arguments": "" } },
                { "id": "d", "function": { "name": "f", "arguments": { "a": 1 } } },
            ],
        } }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 2 },
    });
    let events = read_whole(&stamp(), body.to_string().as_bytes());
    let expected = vec![
        Event::Started { model: "p/m".to_owned(), warnings: Vec::new() },
        thought("Hm"),
        text("Yes"),
        begun("call_abc_0", "f"),
        begun("d", "f"),
        arguments("{\"a\":1}"),
        Event::Citation { raw: json!("https://a.example/") },
        Event::Usage(Usage { prompt: 1, completion: 2, cached: 0, reasoning: 0 }),
        Event::Finished(Finish::ToolCalls),
    ];
    assert_eq!(events, Ok(expected.clone()));
    assert_eq!(stream(&body.to_string()), (expected, None), "a whole answer in place of a stream");
}

#[test]
fn what_is_no_whole_answer() {
    let kind = |body: &str| read_whole(&stamp(), body.as_bytes()).map_err(|failure| failure.kind);
    assert_eq!(kind("{\"choices\":[]}"), Err(FailureKind::UpstreamError));
    assert_eq!(kind("<html>"), Err(FailureKind::UpstreamError));
    assert_eq!(kind(r#"[{"error":{"code":429,"message":"x"}}]"#), Err(FailureKind::Quota));
}

#[test]
fn lists_of_models() {
    let body = json!({ "object": "list", "data": [
        { "id": "a", "created": 5, "owned_by": "x", "max_model_len": 4096 },
        { "id": "models/g", "display_name": "G", "top_provider": { "max_completion_tokens": 10 },
            "supported_parameters": ["reasoning"] },
        { "no": "id" },
    ] });
    let models = read_models(body.to_string().as_bytes()).unwrap();
    assert_eq!(models.len(), 2);
    assert_eq!((models[0].id.as_str(), models[0].created, models[0].context_length), ("a", 5, Some(4096)));
    assert_eq!((models[1].id.as_str(), models[1].raw_model_path.as_deref()), ("g", Some("models/g")));
    assert_eq!((models[1].display_name.as_deref(), models[1].thinking), (Some("G"), Some(true)));
    assert_eq!(models[1].supported_max_output_tokens, Some(10));
    assert_eq!(read_models(b"[{\"id\":\"b\"}]").unwrap()[0].id, "b");
    assert_eq!(read_models(b"{\"models\":[{\"name\":\"c\"}]}").unwrap()[0].id, "c");
    assert!(read_models(b"{}").is_err() && read_models(b"<html>").is_err());
}

#[test]
fn a_call_in_a_chunk_is_the_same_whole() {
    let mut whole = crate::chat::WholeCalls::default();
    let events = told(&[fragment(Some(0), "c", "f", "{\"a\":1}"), json!({ "content": "x" })]);
    let events: Vec<Event> =
        events.into_iter().flat_map(|event| whole.push(event).collect::<Vec<_>>()).collect();
    let call = ToolCall { id: "c".to_owned(), name: "f".to_owned(), arguments: "{\"a\":1}".to_owned() };
    assert_eq!(events, [Event::ToolCall(call), text("x")]);
}
