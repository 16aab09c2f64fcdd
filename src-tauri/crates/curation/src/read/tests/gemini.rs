use postern_store::Standing;
use serde_json::{Value, json};

use super::{answer, call, exchange, reasoning, result, source, streamed, text, told, turn, whole};
use crate::{Part, Role, Source};

const WHOLE: &str = "/v1beta/models/gemini-3:generateContent";
const STREAM: &str = "/v1beta/models/gemini-3:streamGenerateContent?alt=sse";

fn hello() -> Value {
    json!({"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]})
}

fn candidate(parts: Value, finish: Option<&str>) -> Value {
    let mut candidate = json!({"content": {"role": "model", "parts": parts}, "index": 0});
    if let Some(finish) = finish {
        candidate["finishReason"] = finish.into();
    }
    json!({"candidates": [candidate], "modelVersion": "gemini-3-x"})
}

#[test]
fn contents_are_read_in_both_ways_of_writing() {
    let camel = json!({"systemInstruction": {"parts": [{"text": "Be brief."}]},
        "generationConfig": {"temperature": 0.5},
        "tools": [{"functionDeclarations": [{"name": "f", "parametersJsonSchema": {"type": "object"}}]}, {"googleSearch": {}}],
        "contents": [
            {"role": "user", "parts": [{"text": "Look"}, {"inlineData": {"mimeType": "image/png", "data": "aGVsbG8="}},
                {"fileData": {"mimeType": "video/mp4", "fileUri": "files/1"}}]},
            {"role": "model", "parts": [{"text": "hm", "thought": true, "thoughtSignature": "s1"},
                {"functionCall": {"id": "1", "name": "f", "args": {"x": 1}}, "thoughtSignature": "s2"}]},
            {"role": "user", "parts": [{"functionResponse": {"id": "1", "name": "f", "response": {"ok": [1]}}}]}]});
    let words = camel.to_string();
    let snake = [
        "systemInstruction",
        "functionDeclarations",
        "inlineData",
        "mimeType",
        "fileData",
        "fileUri",
        "thoughtSignature",
        "functionCall",
        "functionResponse",
        "parametersJsonSchema",
    ];
    let snake = snake.iter().fold(words, |words, name| {
        words.replace(&format!("\"{name}\""), &format!("\"{}\"", super::super::value::snake(name)))
    });
    let snake: Value = serde_json::from_str(&snake).expect("json");
    let last = candidate(json!([{"text": "Done"}]), Some("STOP"));
    let read = whole(WHOLE, &camel, &last);
    let expected = [
        turn(Role::System, vec![text("Be brief.")]),
        turn(
            Role::User,
            vec![
                text("Look"),
                Part::Image { source: source("image/png", b"hello") },
                Part::Video { source: Source::Url("files/1".into()) },
            ],
        ),
        turn(
            Role::Assistant,
            vec![reasoning("hm", Some("s1")), call("1", "f", "{\"x\":1}"), reasoning("", Some("s2"))],
        ),
        turn(Role::User, vec![result("1", Some("f"), vec![text("{\"ok\":[1]}")])]),
        turn(Role::Assistant, vec![text("Done")]),
    ];
    assert_eq!(read.conversation.turns, expected);
    assert_eq!(read.conversation.model, "gemini-3-x");
    let tools: Vec<_> = read.conversation.tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(tools, ["f", "googleSearch"]);
    assert_eq!(whole(WHOLE, &snake, &last).conversation.turns, read.conversation.turns);
}

#[test]
fn events_a_growing_list_and_one_answer_say_the_same() {
    let pieces = [
        candidate(json!([{"text": "h", "thought": true}]), None),
        candidate(json!([{"text": "m", "thought": true}]), None),
        candidate(json!([{"text": "A \"quo"}]), None),
        candidate(
            json!([{"text": "te\"."}, {"functionCall": {"id": "1", "name": "f", "args": {"x": "]"}}, "thoughtSignature": "s"}]),
            None,
        ),
        candidate(json!([{"text": ""}]), Some("STOP")),
    ];
    let at_once = whole(
        WHOLE,
        &hello(),
        &candidate(
            json!([
        {"text": "hm", "thought": true}, {"text": "A \"quote\"."},
        {"functionCall": {"id": "1", "name": "f", "args": {"x": "]"}}, "thoughtSignature": "s"}]),
            Some("STOP"),
        ),
    );
    let list = Value::Array(pieces.to_vec());
    let grown = told(&exchange(
        STREAM,
        &hello(),
        "application/json",
        serde_json::to_string_pretty(&list).expect("json"),
    ));
    let events = streamed(STREAM, &hello(), &pieces);
    assert_eq!(
        answer(&at_once),
        [
            reasoning("hm", None),
            text("A \"quote\"."),
            call("1", "f", "{\"x\":\"]\"}"),
            reasoning("", Some("s"))
        ]
    );
    assert_eq!(events.conversation, at_once.conversation);
    assert_eq!(grown.conversation, at_once.conversation);
}

#[test]
fn a_list_that_broke_off_is_read_up_to_there() {
    let pieces =
        [candidate(json!([{"text": "Hel"}]), None), candidate(json!([{"text": "lo"}]), Some("STOP"))];
    let list = Value::Array(pieces.to_vec()).to_string();
    for cut in 1..list.len() {
        let mut exchange = exchange(STREAM, &hello(), "application/json", list[..cut].to_owned());
        exchange.ended = postern_store::Ended::Broken;
        let read = told(&exchange);
        let said: Vec<&Part> = read.conversation.turns[1..].iter().flat_map(|turn| &turn.parts).collect();
        assert!([&[][..], &[&text("Hel")], &[&text("Hello")]].contains(&&said[..]), "{cut}: {said:?}");
    }
}

#[test]
fn a_partial_answer_is_kept_as_it_is_whatever_ended_it() {
    let cases = [
        ("MAX_TOKENS", Standing::Truncated),
        ("SAFETY", Standing::Blocked),
        ("RECITATION", Standing::Blocked),
        ("MALFORMED_FUNCTION_CALL", Standing::UpstreamError),
        ("LANGUAGE", Standing::Ok),
        ("STOP", Standing::Ok),
    ];
    for (finish, standing) in cases {
        let read = whole(WHOLE, &hello(), &candidate(json!([{"text": "Half an ans"}]), Some(finish)));
        assert_eq!(answer(&read), [text("Half an ans")], "{finish}");
        assert_eq!((read.conversation.finish.as_str(), read.conversation.standing), (finish, standing));
    }
}

#[test]
fn a_blocked_prompt_has_no_answer_and_says_why() {
    let read = whole(WHOLE, &hello(), &json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}));
    assert_eq!((read.conversation.turns.len(), read.asked), (1, 1));
    assert_eq!(
        (read.conversation.finish.as_str(), read.conversation.standing),
        ("PROHIBITED_CONTENT", Standing::Blocked)
    );
}

#[test]
fn candidates_are_alternatives_code_is_kept_and_sources_are_cited() {
    let grounding = json!({"webSearchQueries": ["x"]});
    let code = json!({"executableCode": {"language": "PYTHON", "code": "1+1"}});
    let read = whole(
        WHOLE,
        &hello(),
        &json!({"candidates": [
        {"index": 0, "content": {"parts": [code, {"text": "2"}]}, "finishReason": "STOP", "groundingMetadata": grounding},
        {"index": 1, "content": {"parts": [{"text": "two"}]}, "finishReason": "STOP"}]}),
    );
    let cited = Part::Citation { raw: json!({"groundingMetadata": grounding}) };
    assert_eq!(answer(&read), [Part::Other { raw: code }, text("2"), cited]);
    assert_eq!(read.conversation.alternatives[0].turn.parts, [text("two")]);
}

#[test]
fn an_error_in_a_list_is_an_error() {
    let error =
        json!([{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}]);
    let mut exchange = exchange(STREAM, &hello(), "application/json", error.to_string());
    exchange.status = 400;
    let read = told(&exchange);
    assert_eq!(read.conversation.error.as_deref(), Some("API key not valid."));
    assert_eq!((read.conversation.standing, read.conversation.turns.len()), (Standing::UpstreamError, 1));
}
