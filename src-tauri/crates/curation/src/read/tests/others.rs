use postern_store::Standing;
use serde_json::{Value, json};

use super::{Kept, answer, call, exchange, reasoning, result, source, streamed, text, told, turn, whole};
use crate::read::read;
use crate::{Kind, Part, Role};

#[test]
fn ollama_is_read_whole_and_line_by_line() {
    let request = json!({"model": "q", "options": {"temperature": 0}, "messages": [
        {"role": "user", "content": "Look", "images": ["aGVsbG8="]},
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]},
        {"role": "tool", "tool_name": "f", "content": "r"}]});
    let at_once = json!({"model": "q", "message": {"role": "assistant", "content": "Hey", "thinking": "hm",
        "tool_calls": [{"function": {"name": "g", "arguments": {}}}]}, "done": true, "done_reason": "stop", "eval_count": 5});
    let lines = [
        json!({"model": "q", "message": {"role": "assistant", "content": "", "thinking": "h"}, "done": false}),
        json!({"model": "q", "message": {"role": "assistant", "content": "", "thinking": "m"}, "done": false}),
        json!({"model": "q", "message": {"role": "assistant", "content": "He"}, "done": false}),
        json!({"model": "q", "message": {"role": "assistant", "content": "y", "tool_calls": [{"function": {"name": "g", "arguments": {}}}]}, "done": false}),
        json!({"model": "q", "message": {"role": "assistant", "content": ""}, "done": true, "done_reason": "stop", "eval_count": 5}),
    ];
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let at_once = whole("/api/chat", &request, &at_once);
    let in_lines = told(&exchange("/api/chat", &request, "application/x-ndjson", lines.clone()));
    let expected = [
        turn(Role::User, vec![text("Look"), Part::Image { source: source("", b"hello") }]),
        turn(Role::Assistant, vec![call("", "f", "{\"x\":1}")]),
        turn(Role::Tool, vec![result("", Some("f"), vec![text("r")])]),
        turn(Role::Assistant, vec![reasoning("hm", None), text("Hey"), call("", "g", "{}")]),
    ];
    assert_eq!(at_once.conversation.turns, expected);
    assert_eq!(in_lines.conversation, at_once.conversation);
    assert_eq!(
        told(&exchange("/odd", &request, "application/x-ndjson", lines)).dialect.name(),
        "ollama_chat"
    );
}

#[test]
fn texts_that_go_on_are_read_in_both_words() {
    let request = json!({"model": "q", "system": "Be.", "prompt": "Once"});
    let line = |text: &str, done: bool| json!({"model": "q", "response": text, "done": done});
    let lines = format!("{}\n{}\n", line(" upon", false), line(" a time", true));
    let read = told(&exchange("/api/generate", &request, "application/x-ndjson", lines));
    let expected = [
        turn(Role::System, vec![text("Be.")]),
        turn(Role::User, vec![text("Once")]),
        turn(Role::Assistant, vec![text(" upon a time")]),
    ];
    assert_eq!((read.conversation.turns, read.conversation.standing), (expected.to_vec(), Standing::Ok));

    let request = json!({"model": "m", "prompt": "Once", "n": 2});
    let choice = |index: u32, text: &str| json!({"index": index, "text": text, "finish_reason": "length"});
    let at_once = whole(
        "/v1/completions",
        &request,
        &json!({"model": "m", "choices": [choice(0, " upon"), choice(1, " more")]}),
    );
    let piece = |index: u32, text: &str| json!({"model": "m", "choices": [{"index": index, "text": text, "finish_reason": null}]});
    let end = json!({"model": "m", "choices": [choice(1, "re"), choice(0, "on")]});
    let in_pieces = streamed("/v1/completions", &request, &[piece(0, " up"), piece(1, " mo"), end]);
    assert_eq!(answer(&at_once), [text(" upon")]);
    assert_eq!(at_once.conversation.alternatives[0].turn.parts, [text(" more")]);
    assert_eq!(at_once.conversation, in_pieces.conversation);
    assert_eq!(at_once.conversation.standing, Standing::Truncated);
}

#[test]
fn steps_of_interactions_are_read_whole_and_in_pieces() {
    let request = json!({"model": "gemini-3", "system_instruction": "Be.", "previous_interaction_id": "i0", "input": [
        {"type": "text", "text": "Hi"}, {"type": "image", "mime_type": "image/png", "data": "aGVsbG8="},
        {"type": "function_result", "call_id": "c0", "name": "f", "result": {"ok": true}}]});
    let steps = json!([
        {"type": "thought", "summary": [{"type": "text", "text": "hm"}], "signature": "s"},
        {"type": "model_output", "content": [{"type": "text", "text": "Hello"}]},
        {"type": "function_call", "id": "c1", "name": "g", "arguments": {"x": 1}}]);
    let at_once = whole(
        "/v1beta/interactions",
        &request,
        &json!({"id": "i1", "object": "interaction", "model": "gemini-3", "status": "requires_action", "steps": steps}),
    );
    let in_pieces = streamed(
        "/v1beta/interactions",
        &request,
        &[
            json!({"event_type": "interaction.created", "interaction": {"id": "i1", "status": "in_progress", "model": "gemini-3"}}),
            json!({"event_type": "step.start", "index": 0, "step": {"type": "thought"}}),
            json!({"event_type": "step.delta", "index": 0, "delta": {"type": "thought_summary", "content": {"type": "text", "text": "hm"}}}),
            json!({"event_type": "step.delta", "index": 0, "delta": {"type": "thought_signature", "signature": "s"}}),
            json!({"event_type": "step.start", "index": 1, "step": {"type": "model_output"}}),
            json!({"event_type": "step.delta", "index": 1, "delta": {"type": "text", "text": "Hel"}}),
            json!({"event_type": "step.delta", "index": 1, "delta": {"type": "text", "text": "lo"}}),
            json!({"event_type": "step.start", "index": 2, "step": {"type": "function_call", "id": "c1", "name": "g", "arguments": {}}}),
            json!({"event_type": "step.delta", "index": 2, "delta": {"type": "arguments_delta", "arguments": "{\"x\""}}),
            json!({"event_type": "step.delta", "index": 2, "delta": {"type": "arguments_delta", "arguments": ":1}"}}),
            json!({"event_type": "interaction.completed", "interaction": {"id": "i1", "status": "requires_action"}}),
        ],
    );
    let expected = [
        turn(Role::System, vec![text("Be.")]),
        turn(Role::User, vec![text("Hi"), Part::Image { source: source("image/png", b"hello") }]),
        turn(Role::Tool, vec![result("c0", Some("f"), vec![text("{\"ok\":true}")])]),
        turn(Role::Assistant, vec![reasoning("hm", Some("s")), text("Hello"), call("c1", "g", "{\"x\":1}")]),
    ];
    assert_eq!(at_once.conversation.turns, expected);
    assert_eq!(in_pieces.conversation, at_once.conversation);
    assert_eq!((at_once.continues.as_deref(), at_once.answer_id.as_deref()), (Some("i0"), Some("i1")));
}

#[test]
fn of_vectors_only_the_length_and_a_hash_is_kept() {
    let cases: [(&str, Value, Value); 4] = [
        (
            "/v1/embeddings",
            json!({"model": "e", "input": ["a", "b"]}),
            json!({"data": [{"embedding": [0.1, 0.2, 0.3]}, {"embedding": "AACAPwAAgD8AAIA/"}], "model": "e"}),
        ),
        (
            "/v1beta/models/e:embedContent",
            json!({"content": {"parts": [{"text": "a"}, {"text": "b"}]}}),
            json!({"embedding": {"values": [0.1, 0.2, 0.3]}}),
        ),
        (
            "/v1beta/models/e:batchEmbedContents",
            json!({"requests": [{"content": {"parts": [{"text": "a"}]}}, {"content": {"parts": [{"text": "b"}]}}]}),
            json!({"embeddings": [{"values": [0.1, 0.2, 0.3]}]}),
        ),
        ("/api/embed", json!({"model": "e", "input": "ab"}), json!({"embeddings": [[0.1, 0.2, 0.3]]})),
    ];
    for (path, request, response) in cases {
        let read = whole(path, &request, &response);
        let said: String = read.conversation.turns[0]
            .parts
            .iter()
            .map(|part| if let Part::Text { text } = part { text } else { "?" })
            .collect();
        assert_eq!(
            (read.conversation.kind, said.as_str(), read.conversation.model.as_str()),
            (Kind::Embedding, "ab", "e"),
            "{path}"
        );
        for part in answer(&read) {
            let Part::Other { raw } = part else { panic!("{part:?}") };
            assert_eq!(
                (raw["type"].as_str(), raw["dimensions"].as_u64()),
                (Some("vector"), Some(3)),
                "{path}"
            );
            assert!(
                raw["hash"].as_str().is_some_and(|hash| hash.len() == 32) && !raw.to_string().contains("0.1")
            );
        }
    }
}

#[test]
fn documents_put_in_order_are_a_question_and_scores() {
    let request = json!({"model": "r", "query": "q", "documents": ["a", {"text": "b"}], "top_n": 2});
    let response = json!({"results": [{"index": 1, "relevance_score": 0.9, "document": {"text": "b"}}, {"index": 0, "relevance_score": 0.1}]});
    let read = whole("/v2/rerank", &request, &response);
    assert_eq!(read.conversation.turns[0], turn(Role::User, vec![text("q"), text("a"), text("b")]));
    let score = |raw: Value| Part::Other { raw };
    assert_eq!(
        answer(&read),
        [
            score(json!({"index": 1, "relevance_score": 0.9})),
            score(json!({"index": 0, "relevance_score": 0.1}))
        ]
    );
    assert_eq!((read.conversation.kind, read.dialect.name()), (Kind::Rerank, "rerank"));
    assert_eq!(whole("/odd", &request, &response).dialect.name(), "rerank");
}

/// A form as clients send it: words, and a file.
fn form(words: &[(&str, &str)], file: (&str, &str)) -> Vec<u8> {
    let mut body = String::new();
    for (name, value) in words {
        body += &format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let (name, kind) = file;
    body += &format!(
        "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.bin\"\r\nContent-Type: {kind}\r\n\r\n"
    );
    let mut body = body.into_bytes();
    body.extend(b"\xff\x00hello\r\n--x--\r\n");
    body
}

#[test]
fn pictures_and_recordings_come_and_go_as_files() {
    let mut media = Kept::default();
    let picture =
        json!({"data": [{"b64_json": "aGVsbG8=", "revised_prompt": "A cat."}], "output_format": "webp"});
    let made = exchange(
        "/v1/images/generations",
        &json!({"model": "i", "prompt": "cat", "size": "1x1"}),
        "application/json",
        picture.to_string(),
    );
    let made = read(&made, &mut media).expect("read");
    assert_eq!(made.conversation.turns[0].parts, [text("cat")]);
    assert_eq!(answer(&made), [Part::Image { source: source("image/webp", b"hello") }, text("A cat.")]);
    assert_eq!(made.conversation.kind, Kind::Image);

    let multipart = |path: &str, body: Vec<u8>, kind: &str, response: &[u8]| {
        let mut exchange = exchange(path, &Value::Null, kind, response.to_vec());
        exchange.request = body.into();
        exchange.request_headers = vec![("content-type".into(), "multipart/form-data; boundary=x".into())];
        told(&exchange)
    };
    let body = form(&[("model", "i"), ("prompt", "A hat."), ("n", "1")], ("image[]", "image/png"));
    let edited = multipart("/v1/images/edits", body, "application/json", picture.to_string().as_bytes());
    let given = source("image/png", b"\xff\x00hello");
    assert_eq!(edited.conversation.turns[0].parts, [text("A hat."), Part::Image { source: given }]);
    assert_eq!(
        (edited.conversation.model.as_str(), edited.conversation.parameters["n"].as_str(), edited.unreadable),
        ("i", Some("1"), false)
    );

    let body = form(&[("model", "w"), ("response_format", "srt")], ("file", "audio/mpeg"));
    let heard = multipart("/v1/audio/transcriptions", body.clone(), "text/plain", b"1\n00:00 Hi");
    let given = source("audio/mpeg", b"\xff\x00hello");
    assert_eq!(heard.conversation.turns[0].parts, [Part::Audio { source: given, transcript: None }]);
    assert_eq!(answer(&heard), [text("1\n00:00 Hi")]);
    let heard = multipart("/v1/audio/transcriptions", body, "application/json", br#"{"text": "Hi"}"#);
    assert_eq!((answer(&heard), heard.conversation.kind), (&[text("Hi")][..], Kind::Audio));

    let spoken = exchange(
        "/v1/audio/speech",
        &json!({"model": "t", "input": "Hi", "voice": "v"}),
        "audio/mpeg",
        vec![0xff, 0xf3, 0],
    );
    let spoken = told(&spoken);
    assert_eq!(spoken.conversation.turns[0].parts, [text("Hi")]);
    assert_eq!(
        answer(&spoken),
        [Part::Audio { source: source("audio/mpeg", &[0xff, 0xf3, 0]), transcript: None }]
    );
    assert!(!spoken.unreadable);
}
