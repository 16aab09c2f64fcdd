use postern_store::{Ended, Standing};
use serde_json::{Value, json};

use super::{Kept, exchange, hello, sse, text, told};
use crate::read::read;

const PATH: &str = "/v1/chat/completions";

fn half() -> String {
    sse(&[json!({"choices": [{"index": 0, "delta": {"content": "Half"}, "finish_reason": null}]})])
}

#[test]
fn an_answer_that_broke_off_is_never_taken_for_a_whole_one() {
    let cases = [
        (Ended::Whole, Standing::UpstreamError),
        (Ended::Broken, Standing::UpstreamError),
        (Ended::Left, Standing::ClientAbort),
    ];
    for (ended, standing) in cases {
        let mut exchange = exchange(PATH, &hello(), "text/event-stream", half());
        exchange.ended = ended;
        let read = told(&exchange);
        assert_eq!(
            (read.conversation.standing, &read.conversation.turns[1].parts[..]),
            (standing, &[text("Half")][..])
        );
    }
}

#[test]
fn a_client_that_leaves_after_the_end_got_all() {
    let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
    for tail in [sse(&[end]), "data: [DONE]\n\n".to_owned()] {
        let mut exchange = exchange(PATH, &hello(), "text/event-stream", half() + &tail);
        exchange.ended = Ended::Left;
        assert_eq!(told(&exchange).conversation.standing, Standing::Ok, "{tail}");
    }
}

#[test]
fn a_refused_request_has_no_answer_although_pieces_were_asked_for() {
    let mut request = hello();
    request["stream"] = true.into();
    let error = json!({"error": {"message": "Incorrect API key provided.", "code": "invalid_api_key"}});
    let mut exchange = exchange(PATH, &request, "application/json", error.to_string());
    exchange.status = 401;
    let read = told(&exchange);
    assert_eq!((read.conversation.turns.len(), read.conversation.standing), (1, Standing::UpstreamError));
    assert_eq!(read.conversation.error.as_deref(), Some("Incorrect API key provided."));
    exchange.ended = Ended::Refused;
    exchange.status = 400;
    assert_eq!(told(&exchange).conversation.standing, Standing::Blocked);
}

#[test]
fn errors_in_every_shape_are_kept_in_their_words() {
    let cases: [(Value, &str); 5] = [
        (json!({"error": "plain"}), "plain"),
        (json!({"detail": "Not Found"}), "Not Found"),
        (json!({"message": "no"}), "no"),
        (json!([{"error": {"message": "list"}}]), "list"),
        (json!({"odd": 1}), "{\"odd\":1}"),
    ];
    for (body, words) in cases {
        let mut exchange = exchange(PATH, &hello(), "application/json", body.to_string());
        exchange.status = 500;
        assert_eq!(told(&exchange).conversation.error.as_deref(), Some(words), "{body}");
    }
    let mut page = exchange(PATH, &hello(), "text/html", "<h1>Bad gateway</h1>");
    page.status = 502;
    let read = told(&page);
    assert_eq!((read.conversation.error.as_deref(), read.unreadable), (Some("<h1>Bad gateway</h1>"), false));
}

#[test]
fn a_filter_is_told_from_a_failure() {
    let error = json!({"error": {"message": "The response was filtered", "code": "content_filter"}});
    let mut exchange = exchange(PATH, &hello(), "application/json", error.to_string());
    exchange.status = 400;
    assert_eq!(told(&exchange).conversation.standing, Standing::Blocked);
}

#[test]
fn what_is_no_conversation_is_none() {
    let models = json!({"data": [{"id": "m"}]});
    for (method, path, request) in [
        ("GET", "/v1/models", Value::Null),
        ("POST", "/v1/messages/count_tokens", hello()),
        ("POST", "/v1beta/models/m:countTokens", json!({"contents": []})),
        ("GET", "/v1/responses/resp_1", Value::Null),
        ("POST", "/v1/threads/t/messages", json!({"role": "user", "content": "x"})),
        ("POST", "/v1/files", Value::Null),
        ("POST", "/odd", json!({"a": 1})),
    ] {
        let mut exchange = exchange(path, &request, "application/json", models.to_string());
        exchange.method = method.into();
        assert_eq!(read(&exchange, &mut Kept::default()), None, "{method} {path}");
    }
}

#[test]
fn what_cannot_be_read_says_so_and_keeps_the_rest() {
    let answer = json!({"choices": [{"message": {"content": "Hey"}, "finish_reason": "stop"}]});
    let mut broken = exchange(PATH, &hello(), "application/json", answer.to_string());
    broken.request = "{\"model\": \"m\", \"messages\": [".into();
    let read_it = told(&broken);
    assert!(read_it.unreadable);
    assert_eq!(read_it.conversation.turns[0].parts, [text("Hey")]);
    let foreign = exchange(PATH, &hello(), "text/plain", "Hello?");
    let read_it = told(&foreign);
    assert!(read_it.unreadable);
    assert_eq!(read_it.conversation.turns.len(), 1);
    let silent = told(&exchange(PATH, &hello(), "application/json", "{\"odd\": 1}"));
    assert_eq!((silent.unreadable, silent.conversation.turns.len()), (true, 1));
    let odd = json!({"model": "m", "messages": [{"role": "narrator", "content": "Once"}]});
    let read_it = told(&exchange(PATH, &odd, "application/json", answer.to_string()));
    assert!(read_it.unreadable);
    assert_eq!(read_it.conversation.turns[0].parts, [crate::Part::Other { raw: odd["messages"][0].clone() }]);
}

#[test]
fn packed_bodies_are_unpacked() {
    let answer = json!({"choices": [{"message": {"content": "Hey"}, "finish_reason": "stop"}]});
    let pack = |text: &[u8]| zstd::encode_all(text, 3).expect("packed");
    let mut packed = exchange(PATH, &hello(), "application/json", pack(answer.to_string().as_bytes()));
    packed.response_headers.push(("content-encoding".into(), "zstd".into()));
    packed.request = pack(&packed.request).into();
    packed.request_headers.push(("Content-Encoding".into(), "zstd".into()));
    let plain = told(&exchange(PATH, &hello(), "application/json", answer.to_string()));
    assert_eq!(told(&packed), plain);
}
