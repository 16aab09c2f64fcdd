//! What is said, and where keys are shown, in each dialect.

use postern_gateway::Config;
use postern_protocol::chat::{Failure, FailureKind, Part};
use postern_store::NewKey;
use serde_json::{Value, json};

use crate::support::{Answer, House, echo, streamed};

const KEY: &str = "sk-the-right-key";

async fn locked() -> House {
    House::with(Config::default(), &[KEY], Vec::new()).await
}

/// Checks an error of Messages.
#[track_caller]
fn assert_messages(answer: &Answer, status: u16, kind: &str) {
    assert_eq!(
        (answer.status, answer.json["error"]["type"].as_str()),
        (status, Some(kind)),
        "{}",
        answer.text
    );
    assert_eq!(answer.json["type"], "error");
    assert_eq!(answer.json["request_id"], answer.header("request-id"));
    assert_eq!(answer.header("request-id"), format!("req_{}", answer.header("x-request-id")));
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.json["error"]["message"].as_str().is_some_and(|text| !text.is_empty()));
}

/// Checks an error of Gemini.
#[track_caller]
fn assert_gemini(answer: &Answer, status: u16, name: &str) {
    let error = &answer.json["error"];
    assert_eq!((answer.status, error["status"].as_str()), (status, Some(name)), "{}", answer.text);
    assert_eq!(error["code"], status);
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()));
}

#[tokio::test]
async fn a_refusal_speaks_the_callers_dialect() {
    let house = locked().await;
    let body = echo("x");
    let messages = Answer::of(house.request("POST", "/v1/messages").json(&body)).await;
    assert_messages(&messages, 401, "authentication_error");
    let gemini = Answer::of(house.request("POST", "/v1beta/models/echo:generateContent").json(&body)).await;
    assert_gemini(&gemini, 401, "UNAUTHENTICATED");
    assert_eq!(gemini.json["error"]["details"][0]["reason"], "API_KEY_INVALID");
    let short = house.request("POST", "/v1/models/echo:streamGenerateContent").json(&body);
    assert_gemini(&Answer::of(short).await, 401, "UNAUTHENTICATED");
    let responses = Answer::of(house.request("POST", "/v1/responses").json(&body)).await;
    responses.assert_error(401, "invalid_api_key");
    let method = Answer::of(house.request("GET", "/v1beta/nothing").header("x-api-key", KEY)).await;
    assert_gemini(&method, 404, "NOT_FOUND");
    let unknown = house.request("GET", "/v1/organizations").header("anthropic-version", "2023-06-01");
    assert_messages(&Answer::of(unknown.header("x-api-key", KEY)).await, 404, "not_found_error");
    let host = house.request("POST", "/v1/messages").header("host", "evil.example").json(&body);
    assert_messages(&Answer::of(host).await, 403, "permission_error");
}

#[tokio::test]
async fn a_key_is_found_where_each_dialect_has_its_own() {
    let house = locked().await;
    let ask = |path: &str| house.request("POST", path).json(&json!({}));
    let call = "/v1beta/models/none:generateContent";
    for admitted in [
        ask("/v1/messages").header("x-api-key", KEY),
        ask("/v1/messages").bearer_auth(KEY),
        ask(call).header("x-goog-api-key", KEY),
        ask(&format!("{call}?alt=sse&key={KEY}")),
        ask("/v1/chat/completions").header("x-goog-api-key", KEY),
    ] {
        let answer = Answer::of(admitted).await;
        assert_ne!(answer.status, 401, "{}", answer.text);
    }
    for refused in [
        ask(&format!("{call}?key=sk-a-wrong-key")),
        ask(&format!("{call}?monkey={KEY}")),
        ask(&format!("/v1/chat/completions?key={KEY}")),
        ask(&format!("/v1/messages?key={KEY}")),
    ] {
        assert_eq!(Answer::of(refused).await.status, 401);
    }
    for row in house.journal().await {
        assert!(!format!("{row:?}").contains(KEY), "{row:?}");
    }
}

#[tokio::test]
async fn pages_may_send_the_headers_of_each_dialect() {
    let house = locked().await;
    for path in ["/v1/messages", "/v1beta/models/echo:generateContent"] {
        let asked = house
            .request("OPTIONS", path)
            .header("origin", "https://chat.example")
            .header("access-control-request-method", "POST");
        let asked = Answer::of(asked).await;
        assert_eq!(
            (asked.status, asked.header("access-control-allow-origin")),
            (204, "https://chat.example")
        );
        for header in ["anthropic-version", "anthropic-dangerous-direct-browser-access", "x-goog-api-key"] {
            assert!(asked.header("access-control-allow-headers").contains(header), "{header}");
        }
    }
}

fn to_echo(text: &str) -> Value {
    json!({ "model": "echo", "max_tokens": 100, "messages": [{ "role": "user", "content": text }] })
}

fn messages(house: &House, body: &Value) -> reqwest::RequestBuilder {
    house.request("POST", "/v1/messages").header("anthropic-version", "2023-06-01").json(body)
}

#[tokio::test]
async fn messages_are_answered_whole_and_in_pieces() {
    let house = House::open().await;
    let whole = Answer::of(messages(&house, &to_echo("one two"))).await;
    assert_eq!((whole.status, &whole.json["type"]), (200, &json!("message")), "{}", whole.text);
    assert_eq!(whole.json["content"], json!([{ "type": "text", "text": "one two" }]));
    assert_eq!(
        (&whole.json["stop_reason"], &whole.json["usage"]["output_tokens"]),
        (&json!("end_turn"), &json!(2))
    );
    assert_eq!(
        (whole.header("x-postern-upstream"), whole.header("content-type")),
        ("postern", "application/json")
    );
    assert_eq!(whole.json["id"], format!("msg_{}", whole.header("x-request-id")));
    assert_eq!(whole.header("request-id"), format!("req_{}", whole.header("x-request-id")));

    let pieces = Answer::of(messages(&house, &streamed(to_echo("one two")))).await;
    assert_eq!(pieces.header("content-type"), "text/event-stream; charset=utf-8");
    let begun = pieces.text.find("event: message_start\ndata: {").expect("a start");
    let end = pieces.text.find("event: message_stop\n").expect("an end");
    assert!(begun < end && pieces.text.contains("\"text_delta\""), "{}", pieces.text);
    let rows = house.journal().await;
    for row in rows.iter().map(|detail| &detail.row) {
        assert_eq!((row.path.as_str(), row.model.as_deref()), ("/v1/messages", Some("echo")));
        assert_eq!((row.upstream.as_deref(), row.completion_tokens), (Some("postern"), Some(2)));
    }
    assert!(!rows[0].row.stream && rows[1].row.stream);
}

#[tokio::test]
async fn what_goes_wrong_with_messages_is_told_in_their_words() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let bad = json!({ "model": "echo", "max_tokens": 1, "messages": "hello" });
    assert_messages(&Answer::of(messages(&house, &bad)).await, 400, "invalid_request_error");
    let mut unknown = to_echo("x");
    unknown["model"] = json!("claude-sonnet-4-5");
    let answer = Answer::of(messages(&house, &unknown)).await;
    assert_messages(&answer, 404, "not_found_error");
    assert!(answer.text.contains("claude-sonnet-4-5") && answer.text.contains("alias"), "{}", answer.text);

    let mut body = to_echo("x");
    body["model"] = json!("play");
    let asked = tokio::spawn(Answer::of(messages(&house, &body)));
    turns.next().await.fail(Failure::new(FailureKind::Quota, "used up"));
    let answer = asked.await.expect("answered");
    assert_messages(&answer, 429, "rate_limit_error");
    assert_eq!(answer.header("retry-after"), "60");

    let asked = tokio::spawn(Answer::of(messages(&house, &streamed(body.clone()))));
    turns.next().await.started().text("so far").fail(Failure::new(FailureKind::UpstreamError, "broken"));
    let answer = asked.await.expect("answered");
    assert_eq!(answer.status, 200);
    assert!(answer.text.contains("event: error\ndata: {\"type\":\"error\""), "{}", answer.text);

    let asked = tokio::spawn(Answer::of(messages(&house, &body)));
    let turn = turns.next().await;
    assert!(house.gateway.cancel(&turn.id));
    assert_messages(&asked.await.expect("answered"), 499, "api_error");
    turn.dropped().await;
}

#[tokio::test]
async fn a_prompt_that_nobody_counts_is_guessed_and_says_so() {
    let house = House::open().await;
    let key = NewKey { per_day: Some(1), ..NewKey::default() };
    let (_, secret) = house.keys.add(key).await.expect("a key");
    let count = |body: Value| {
        house.request("POST", "/v1/messages/count_tokens").header("x-api-key", secret.expose()).json(&body)
    };
    for _ in 0..3 {
        let counted = Answer::of(count(json!({
            "model": "echo", "messages": [{ "role": "user", "content": "x".repeat(400) }]
        })));
        let counted = counted.await;
        assert_eq!((counted.status, &counted.json["input_tokens"]), (200, &json!(100)), "{}", counted.text);
        assert_eq!(counted.header("x-postern-estimated"), "true");
    }
    let unknown =
        Answer::of(count(json!({ "model": "none", "messages": [{ "role": "user", "content": "x" }] })));
    assert_messages(&unknown.await, 404, "not_found_error");
    for status in [200, 429] {
        let asked = messages(&house, &to_echo("x")).header("x-api-key", secret.expose());
        assert_eq!(Answer::of(asked).await.status, status);
    }
}

#[tokio::test]
async fn a_recording_is_written_down_by_a_model_that_hears() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nplay\r\n--x\r\n\
                Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n--x--\r\n";
    for path in ["/v1/audio/transcriptions", "/v1/audio/translations"] {
        let request = house.request("POST", path).header("content-type", "multipart/form-data; boundary=x");
        let asked = tokio::spawn(Answer::of(request.body(form)));
        let turn = turns.next().await;
        assert!(matches!(turn.request.messages[0].parts[1], Part::Audio { .. }));
        turn.started().text("Hello.").finish();
        let answer = asked.await.expect("answered");
        assert_eq!((answer.status, &answer.json["text"]), (200, &json!("Hello.")), "{}", answer.text);
    }
    let none = house.request("POST", "/v1/audio/transcriptions").body("x");
    assert_eq!(Answer::of(none).await.json["error"]["param"], "file");
    for path in ["/v1/embeddings", "/v1/rerank"] {
        let refused =
            Answer::of(house.request("POST", path).json(&json!({ "model": "play", "input": "x" }))).await;
        assert_eq!(
            (refused.status, &refused.json["error"]["param"]),
            (400, &json!("model")),
            "{}",
            refused.text
        );
    }
}

#[tokio::test]
async fn models_are_listed_in_the_callers_dialect() {
    let house = House::open().await;
    let list = Answer::of(house.request("GET", "/v1/models").header("anthropic-version", "2023-06-01")).await;
    assert_eq!((&list.json["data"][0]["type"], &list.json["has_more"]), (&json!("model"), &json!(false)));
    assert_eq!(list.json["first_id"], "postern/echo");
    let one = house.request("GET", "/v1/models/postern/echo").header("anthropic-version", "2023-06-01");
    let one = Answer::of(one).await;
    assert_eq!((&one.json["type"], &one.json["id"]), (&json!("model"), &json!("postern/echo")));
    assert!(one.json["created_at"].as_str().is_some_and(|at| at.ends_with('Z')), "{}", one.text);
    let unknown = house.request("GET", "/v1/models/none").header("anthropic-version", "2023-06-01");
    assert_messages(&Answer::of(unknown).await, 404, "not_found_error");
}

#[tokio::test]
async fn a_body_in_single_bytes_is_a_body() {
    let house = House::open().await;
    let body = to_echo("Grüße 🙂").to_string();
    let bytes: Vec<_> = body.bytes().map(|byte| Ok::<_, std::io::Error>(vec![byte])).collect();
    let body = reqwest::Body::wrap_stream(futures::stream::iter(bytes));
    let answer = Answer::of(house.request("POST", "/v1/messages").body(body)).await;
    assert_eq!(answer.json["content"][0]["text"], "Grüße 🙂", "{}", answer.text);
}

fn responses(house: &House, body: &Value) -> reqwest::RequestBuilder {
    house.request("POST", "/v1/responses").json(body)
}

#[tokio::test]
async fn responses_are_answered_whole_and_in_pieces() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let body = json!({ "model": "echo", "instructions": "Be kind.", "input": "one two", "store": false });
    let whole = Answer::of(responses(&house, &body)).await;
    assert_eq!((whole.status, &whole.json["object"]), (200, &json!("response")), "{}", whole.text);
    assert_eq!(
        (&whole.json["status"], &whole.json["usage"]["output_tokens"]),
        (&json!("completed"), &json!(2))
    );
    let content = &whole.json["output"][0]["content"][0];
    assert_eq!((&content["type"], &content["text"]), (&json!("output_text"), &json!("one two")));
    assert_eq!(whole.json["id"], format!("resp_{}", whole.header("x-request-id")));

    let pieces = Answer::of(responses(&house, &streamed(body))).await;
    assert_eq!(pieces.header("content-type"), "text/event-stream; charset=utf-8");
    let begun = pieces.text.find("event: response.created\n").expect("a start");
    let end = pieces.text.find("event: response.completed\n").expect("an end");
    assert!(begun < end && pieces.text.contains("response.output_text.delta"), "{}", pieces.text);

    let kept = json!({ "model": "echo", "input": "x", "previous_response_id": "resp_1" });
    let refused = Answer::of(responses(&house, &kept)).await;
    assert_eq!((refused.status, &refused.json["error"]["param"]), (400, &json!("previous_response_id")));
    let body = json!({ "model": "play", "input": [{ "role": "user", "content": "x" }], "stream": true });
    let asked = tokio::spawn(Answer::of(responses(&house, &body)));
    turns.next().await.started().text("so far").fail(Failure::new(FailureKind::UpstreamError, "broken"));
    let answer = asked.await.expect("answered");
    assert!(answer.status == 200 && answer.text.contains("broken"), "{}", answer.text);
    assert!(!answer.text.contains("event: response.completed"), "{}", answer.text);
    let asked = tokio::spawn(Answer::of(responses(&house, &body)));
    turns.next().await.fail(Failure::new(FailureKind::Quota, "used up"));
    asked.await.expect("answered").assert_error(429, "rate_limit_exceeded");
}

#[tokio::test]
async fn a_running_response_is_cancelled_by_the_id_its_client_knows() {
    let (house, mut turns) = House::staged(Config::default()).await;
    for prefix in ["chatcmpl-", "resp_", "msg_", ""] {
        let asked = tokio::spawn(Answer::of(responses(&house, &json!({ "model": "play", "input": "x" }))));
        let turn = turns.next().await;
        let cancel = Answer::of(house.request("POST", &format!("/v1/cancel/{prefix}{}", turn.id))).await;
        assert_eq!(cancel.status, 200, "{prefix}");
        asked.await.expect("answered").assert_error(499, "cancelled");
        turn.dropped().await;
    }
}

#[tokio::test]
async fn older_completions_are_answered() {
    let house = House::open().await;
    let body = json!({ "model": "echo", "prompt": "one two" });
    let whole = Answer::of(house.request("POST", "/v1/completions").json(&body)).await;
    assert_eq!((whole.status, &whole.json["object"]), (200, &json!("text_completion")), "{}", whole.text);
    assert_eq!(whole.json["choices"][0]["text"], "one two");
    let pieces = Answer::of(house.request("POST", "/v1/completions").json(&streamed(body))).await;
    let texts = pieces.chunks();
    let said: String = texts.iter().filter_map(|chunk| chunk["choices"][0]["text"].as_str()).collect();
    assert_eq!(said, "one two");
}
