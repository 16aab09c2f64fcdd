use postern_store::Standing;
use serde_json::json;

use super::{
    answer, call, exchange, hello, reasoning, result, source, sse, streamed, text, told, turn, whole,
};
use crate::{Part, Role, Source};

const PATH: &str = "/v1/chat/completions";

fn chunk(delta: serde_json::Value) -> serde_json::Value {
    json!({"id": "c", "model": "m-1", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

fn last(finish: &str) -> serde_json::Value {
    json!({"id": "c", "model": "m-1", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
}

fn of(message: serde_json::Value, finish: &str) -> serde_json::Value {
    json!({"id": "c", "model": "m-1", "choices": [{"index": 0, "message": message, "finish_reason": finish}]})
}

#[test]
fn every_turn_of_a_request_keeps_its_role_its_name_and_its_order() {
    let request = json!({"model": "m", "temperature": 0.2, "user": "u", "stream": true,
    "response_format": {"type": "json_object"},
    "messages": [
        {"role": "system", "content": "One."},
        {"role": "developer", "content": [{"type": "text", "text": "Two."}]},
        {"role": "user", "content": "Three?", "name": "ann"},
        {"role": "user", "content": "### Four\n**long** <think>text</think>"},
        {"role": "assistant", "content": null, "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\":  1}"}},
            {"id": "b", "type": "custom", "custom": {"name": "g", "input": "free text"}}]},
        {"role": "tool", "tool_call_id": "b", "content": "second"},
        {"role": "tool", "tool_call_id": "a", "content": [{"type": "text", "text": "first"}]},
        {"role": "assistant", "content": "", "function_call": {"name": "old", "arguments": "{}"}},
        {"role": "function", "name": "old", "content": "done"},
        {"role": "system", "content": "Late."}]});
    let read = whole(PATH, &request, &of(json!({"role": "assistant", "content": "Good."}), "stop"));
    let named = crate::Turn { name: Some("ann".into()), ..turn(Role::User, vec![text("Three?")]) };
    let expected = [
        turn(Role::System, vec![text("One.")]),
        turn(Role::Developer, vec![text("Two.")]),
        named,
        turn(Role::User, vec![text("### Four\n**long** <think>text</think>")]),
        turn(Role::Assistant, vec![call("a", "f", "{\"x\":  1}"), call("b", "g", "free text")]),
        turn(Role::Tool, vec![result("b", None, vec![text("second")])]),
        turn(Role::Tool, vec![result("a", None, vec![text("first")])]),
        turn(Role::Assistant, vec![call("", "old", "{}")]),
        turn(Role::Tool, vec![result("", Some("old"), vec![text("done")])]),
        turn(Role::System, vec![text("Late.")]),
        turn(Role::Assistant, vec![text("Good.")]),
    ];
    assert_eq!(read.conversation.turns, expected);
    assert_eq!((read.asked, read.unreadable), (10, false));
    let parameters = json!({"temperature": 0.2, "response_format": {"type": "json_object"}});
    assert_eq!(serde_json::Value::Object(read.conversation.parameters), parameters);
}

#[test]
fn media_are_kept_beside_and_unknown_parts_as_they_came() {
    let odd = json!({"type": "hologram", "data": {"text": "no text"}});
    let request = json!({"model": "m", "messages": [{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGVsbG8="}},
        {"type": "image_url", "image_url": {"url": "https://example.test/a.png"}},
        {"type": "input_audio", "input_audio": {"data": "aGVsbG8", "format": "wav"}},
        {"type": "file", "file": {"file_data": "data:application/pdf;base64,aGVsbG8=", "filename": "a.pdf"}},
        {"type": "file", "file": {"file_id": "file-1"}},
        odd]}]});
    let read =
        whole(PATH, &request, &of(json!({"role": "assistant", "content": "x", "odd": {"a": [1]}}), "stop"));
    let expected = [
        Part::Image { source: source("image/png", b"hello") },
        Part::Image { source: Source::Url("https://example.test/a.png".into()) },
        Part::Audio { source: source("audio/wav", b"hello"), transcript: None },
        Part::File { source: source("application/pdf", b"hello"), name: Some("a.pdf".into()) },
        Part::File { source: Source::FileId("file-1".into()), name: None },
        Part::Other { raw: odd },
    ];
    assert_eq!(read.conversation.turns[0].parts, expected);
    assert_eq!(answer(&read), [text("x"), Part::Other { raw: json!({"odd": {"a": [1]}}) }]);
}

#[test]
fn calls_without_words_are_an_answer_streamed_or_whole() {
    let calls = json!([
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\": [\"]\"]}"}},
        {"id": "b", "type": "function", "function": {"name": "g", "arguments": ""}}]);
    let at_once = whole(
        PATH,
        &hello(),
        &of(json!({"role": "assistant", "content": null, "tool_calls": calls}), "tool_calls"),
    );
    let begun =
        json!({"index": 0, "id": "a", "type": "function", "function": {"name": "f", "arguments": ""}});
    let in_pieces = streamed(
        PATH,
        &hello(),
        &[
            chunk(json!({"role": "assistant", "content": null, "tool_calls": [begun]})),
            chunk(json!({"tool_calls": [{"index": 0, "function": {"arguments": "{\"x\":"}}]})),
            chunk(json!({"tool_calls": [{"index": 0, "function": {"arguments": " [\"]\"]}"}}]})),
            chunk(
                json!({"tool_calls": [{"index": 1, "id": "b", "type": "function", "function": {"name": "g", "arguments": ""}}]}),
            ),
            last("tool_calls"),
        ],
    );
    assert_eq!(answer(&at_once), [call("a", "f", "{\"x\": [\"]\"]}"), call("b", "g", "")]);
    assert_eq!(at_once.conversation, in_pieces.conversation);
}

#[test]
fn calls_beside_thoughts_lose_neither() {
    let call_of = json!({"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let message =
        json!({"role": "assistant", "content": null, "reasoning_content": "hmm", "tool_calls": [call_of]});
    let read = whole(PATH, &hello(), &of(message, "tool_calls"));
    assert_eq!(answer(&read), [reasoning("hmm", None), call("a", "f", "{}")]);
}

#[test]
fn thoughts_are_read_by_all_of_their_names_and_shapes() {
    let details = json!([{"type": "reasoning.text", "text": "hm", "signature": "s", "index": 0},
        {"type": "reasoning.encrypted", "data": "xx", "index": 1}]);
    let cases = [
        (json!({"reasoning_content": "hm"}), vec![reasoning("hm", None)]),
        (json!({"reasoning": "hm"}), vec![reasoning("hm", None)]),
        (json!({"reasoning_content": {"content": "hm"}}), vec![reasoning("hm", None)]),
        (json!({"reasoning_content": [{"text": "h"}, "m"]}), vec![reasoning("hm", None)]),
        (
            json!({"reasoning": "hm", "reasoning_details": details}),
            vec![reasoning("hm", Some("s")), reasoning("", Some("xx"))],
        ),
        (json!({"reasoning": null, "reasoning_content": ""}), vec![]),
    ];
    for (mut message, mut expected) in cases {
        message["content"] = "Hi".into();
        expected.push(text("Hi"));
        let read = whole(PATH, &hello(), &of(message.clone(), "stop"));
        assert_eq!(answer(&read), expected, "{message}");
    }
    for name in ["reasoning_content", "reasoning"] {
        let read = streamed(
            PATH,
            &hello(),
            &[
                chunk(json!({name: "h"})),
                chunk(json!({name: "m"})),
                chunk(json!({"content": "Hi"})),
                last("stop"),
            ],
        );
        assert_eq!(answer(&read), [reasoning("hm", None), text("Hi")], "{name}");
    }
}

#[test]
fn several_choices_are_alternatives_and_never_one_text() {
    let choice = |index: u32, text: &str| json!({"index": index, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"});
    let at_once = whole(
        PATH,
        &hello(),
        &json!({"model": "m-1", "choices": [choice(2, "CC"), choice(0, "AA"), choice(1, "BB")]}),
    );
    let piece = |index: u32, text: &str| json!({"model": "m-1", "choices": [{"index": index, "delta": {"content": text}, "finish_reason": null}]});
    let end = |index: u32| json!({"model": "m-1", "choices": [{"index": index, "delta": {}, "finish_reason": "stop"}]});
    let in_pieces = streamed(
        PATH,
        &hello(),
        &[
            piece(0, "A"),
            piece(1, "B"),
            piece(2, "C"),
            piece(1, "B"),
            piece(0, "A"),
            end(0),
            piece(2, "C"),
            end(1),
            end(2),
        ],
    );
    assert_eq!(answer(&at_once), [text("AA")]);
    let others: Vec<_> =
        at_once.conversation.alternatives.iter().map(|other| (other.at, &other.turn.parts[..])).collect();
    assert_eq!(others, [(1, &[text("BB")][..]), (1, &[text("CC")][..])]);
    assert_eq!(at_once.conversation, in_pieces.conversation);
}

#[test]
fn events_are_read_without_a_blank_with_comments_and_every_line_end() {
    let events = [chunk(json!({"content": "He"})), chunk(json!({"content": "llo"})), last("stop")];
    let expected = streamed(PATH, &hello(), &events);
    assert_eq!(answer(&expected), [text("Hello")]);
    let usual = sse(&events) + "data: [DONE]\n\n";
    let forms = [
        usual.replace("data: ", "data:"),
        usual.replace('\n', "\r\n"),
        format!(": OPENROUTER PROCESSING\n\n\n{usual}"),
        format!("\u{feff}{usual}"),
        usual.trim_end().to_owned(),
    ];
    for form in forms {
        for kind in ["text/event-stream", "application/json", ""] {
            let read = told(&exchange(PATH, &hello(), kind, form.clone()));
            assert_eq!(
                (&read.conversation, read.unreadable),
                (&expected.conversation, false),
                "{kind} {form}"
            );
        }
    }
}

#[test]
fn a_refusal_and_speech_are_no_text() {
    let message = json!({"role": "assistant", "content": null, "refusal": "I cannot."});
    let read = whole(PATH, &hello(), &of(message, "stop"));
    assert_eq!(answer(&read), [Part::Refusal { text: "I cannot.".into() }]);
    let audio = json!({"id": "audio_1", "data": "aGVsbG8=", "transcript": "Hi.", "expires_at": 1});
    let at_once =
        whole(PATH, &hello(), &of(json!({"role": "assistant", "content": null, "audio": audio}), "stop"));
    let in_pieces = streamed(
        PATH,
        &hello(),
        &[
            chunk(json!({"role": "assistant", "audio": {"id": "audio_1", "transcript": "H"}})),
            chunk(json!({"audio": {"data": "aGU="}})),
            chunk(json!({"audio": {"data": "bGxv", "transcript": "i."}})),
            chunk(json!({"audio": {"expires_at": 1}})),
            last("stop"),
        ],
    );
    let expected = Part::Audio { source: source("", b"hello"), transcript: Some("Hi.".into()) };
    assert_eq!(answer(&at_once), [expected]);
    assert_eq!(at_once.conversation, in_pieces.conversation);
}

#[test]
fn an_error_within_the_stream_keeps_what_was_said_and_is_no_words_of_the_model() {
    let error = json!({"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
        "error": {"code": 502, "message": "Provider disconnected"}});
    let read = streamed(PATH, &hello(), &[chunk(json!({"content": "Hel"})), error]);
    assert_eq!(answer(&read), [text("Hel")]);
    assert_eq!(read.conversation.error.as_deref(), Some("Provider disconnected"));
    assert_eq!(read.conversation.standing, Standing::UpstreamError);
}

#[test]
fn functions_are_one_shape_old_words_or_new() {
    let schema = json!({"type": "object", "properties": {"x": {"type": "integer"}}});
    let named = json!({"name": "f", "description": "Does.", "parameters": schema});
    let mut new = hello();
    new["tools"] = json!([{"type": "function", "function": named}, {"type": "web_search"}]);
    let mut old = hello();
    old["functions"] = json!([named]);
    let answer = of(json!({"content": "x"}), "stop");
    let (new, old) = (whole(PATH, &new, &answer), whole(PATH, &old, &answer));
    assert_eq!(new.conversation.tools[0], old.conversation.tools[0]);
    assert_eq!(
        (new.conversation.tools[0].name.as_str(), &new.conversation.tools[0].parameters),
        ("f", &Some(schema))
    );
    assert_eq!(
        (new.conversation.tools[1].name.as_str(), &new.conversation.tools[1].parameters),
        ("web_search", &None)
    );
}
