//! Google's dialect on the wire.

use postern_gateway::Config;
use postern_protocol::chat::{Failure, FailureKind};
use postern_store::NewKey;
use serde_json::{Value, json};

use crate::support::{Answer, House};

fn contents(text: &str) -> Value {
    json!({ "contents": [{ "role": "user", "parts": [{ "text": text }] }] })
}

fn ask(house: &House, model_and_method: &str, body: &Value) -> reqwest::RequestBuilder {
    house.request("POST", &format!("/v1beta/models/{model_and_method}")).json(body)
}

/// Checks an error object of Google's.
#[track_caller]
fn assert_google(answer: &Answer, status: u16, name: &str) {
    let error = &answer.json["error"];
    assert_eq!((answer.status, error["status"].as_str()), (status, Some(name)), "{}", answer.text);
    assert_eq!((&error["code"], answer.header("content-type")), (&json!(status), "application/json"));
}

#[tokio::test]
async fn a_whole_answer_by_every_way_to_name_the_model() {
    let house = House::open().await;
    let paths = [
        "/v1beta/models/echo:generateContent",
        "/v1/models/echo:generateContent",
        "/v1beta/models/postern/echo:generateContent",
        "/v1beta/models/postern%2Fecho%3AgenerateContent",
    ];
    for path in paths {
        let answer = Answer::of(house.request("POST", path).json(&contents("one two"))).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let candidate = &answer.json["candidates"][0];
        assert_eq!(
            candidate["content"],
            json!({ "parts": [{ "text": "one two" }], "role": "model" }),
            "{path}"
        );
        assert_eq!(
            (&candidate["finishReason"], answer.header("x-postern-upstream")),
            (&json!("STOP"), "postern")
        );
        assert_eq!(answer.json["usageMetadata"]["candidatesTokenCount"], 2);
    }
    for detail in house.journal().await {
        let row = detail.row;
        assert_eq!((row.upstream.as_deref(), row.upstream_model.as_deref()), (Some("postern"), Some("echo")));
        assert_eq!((row.completion_tokens, row.stream), (Some(2), false));
    }
}

fn said(answers: &[Value]) -> String {
    let texts =
        answers.iter().filter_map(|answer| answer["candidates"][0]["content"]["parts"][0]["text"].as_str());
    texts.collect()
}

#[tokio::test]
async fn pieces_come_as_events_or_as_an_array() {
    let house = House::open().await;
    let array = Answer::of(ask(&house, "echo:streamGenerateContent", &contents("one two three"))).await;
    assert!(array.header("content-type").starts_with("application/json"));
    let pieces = array.json.as_array().expect("an array");
    assert!(pieces.len() > 2 && said(pieces) == "one two three", "{}", array.text);

    let events = ask(&house, "echo:streamGenerateContent?alt=sse&key=none", &contents("one two three"));
    let events = Answer::of(events).await;
    assert_eq!(events.header("content-type"), "text/event-stream; charset=utf-8");
    let frames =
        events.text.split_terminator("\n\n").map(|frame| frame.strip_prefix("data: ").expect("data"));
    let pieces: Vec<Value> = frames.map(|json| serde_json::from_str(json).expect("JSON")).collect();
    assert_eq!(said(&pieces), "one two three");
    assert_eq!(pieces.last().expect("pieces")["candidates"][0]["finishReason"], "STOP");
    assert!(house.journal().await.iter().all(|detail| detail.row.stream));
}

#[tokio::test]
async fn what_goes_wrong_is_told_in_googles_words() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let bad = Answer::of(ask(&house, "echo:generateContent", &json!({ "contents": 7 }))).await;
    assert_google(&bad, 400, "INVALID_ARGUMENT");
    assert_eq!(bad.json["error"]["details"][0]["fieldViolations"][0]["field"], "contents");
    let unknown = Answer::of(ask(&house, "gemini-none:generateContent", &contents("x"))).await;
    assert_google(&unknown, 404, "NOT_FOUND");
    assert_google(&Answer::of(ask(&house, "echo:sing", &contents("x"))).await, 404, "NOT_FOUND");
    let get = Answer::of(house.request("DELETE", "/v1beta/models/echo:generateContent")).await;
    assert_google(&get, 405, "UNIMPLEMENTED");

    let asked = tokio::spawn(Answer::of(ask(&house, "play:generateContent", &contents("x"))));
    turns.next().await.fail(Failure::new(FailureKind::Quota, "used up"));
    let answer = asked.await.expect("answered");
    assert_google(&answer, 429, "RESOURCE_EXHAUSTED");
    assert_eq!(
        (answer.header("retry-after"), &answer.json["error"]["details"][0]["retryDelay"]),
        ("60", &json!("60s"))
    );

    for (query, begin) in [("?alt=sse", "data: "), ("", "[")] {
        let request = ask(&house, &format!("play:streamGenerateContent{query}"), &contents("x"));
        let asked = tokio::spawn(Answer::of(request));
        turns.next().await.started().text("so far").fail(Failure::new(FailureKind::Timeout, "too long"));
        let answer = asked.await.expect("answered");
        assert_eq!(answer.status, 200);
        assert!(answer.text.starts_with(begin) && answer.text.contains("so far"), "{}", answer.text);
        assert!(answer.text.contains("DEADLINE_EXCEEDED"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_waiting_array_stays_an_array() {
    let config = Config { keep_alive: std::time::Duration::from_millis(20), ..Config::default() };
    let (house, mut turns) = House::staged(config).await;
    let body = contents("think").to_string();
    let head =
        "POST /v1beta/models/play:streamGenerateContent HTTP/1.1\r\nHost: localhost\r\nContent-Length: ";
    let mut raw = house.raw(&format!("{head}{}\r\n\r\n{body}", body.len())).await;
    let turn = turns.next().await;
    // The head comes without a piece of the answer.
    assert!(raw.until("\r\n\r\n").await.contains("200 OK"));
    turn.started().text("thought");
    raw.until("thought").await;
    turn.finish();
    let end = raw.until("\r\n0\r\n\r\n").await;
    assert!(end.contains("\n]"), "{end}");
}

#[tokio::test]
async fn tokens_are_guessed_where_nobody_counts_and_cost_nothing() {
    let house = House::open().await;
    let key = NewKey { per_day: Some(1), ..NewKey::default() };
    let (_, secret) = house.keys.add(key).await.expect("a key");
    for _ in 0..2 {
        let counted = ask(&house, "echo:countTokens", &contents(&"x".repeat(40)));
        let counted = Answer::of(counted.header("x-goog-api-key", secret.expose())).await;
        assert_eq!((counted.status, &counted.json["totalTokens"]), (200, &json!(10)), "{}", counted.text);
        assert_eq!(counted.header("x-postern-estimated"), "true");
    }
    for (model_and_method, status) in [("echo:generateContent", 200), ("echo%3AgenerateContent", 429)] {
        let asked = ask(&house, &format!("{model_and_method}?key={}", secret.expose()), &contents("x"));
        let answer = Answer::of(asked).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
}

#[tokio::test]
async fn a_body_in_single_bytes_is_a_body() {
    let house = House::open().await;
    let body = contents("Grüße 🙂").to_string();
    let bytes: Vec<_> = body.bytes().map(|byte| Ok::<_, std::io::Error>(vec![byte])).collect();
    let body = reqwest::Body::wrap_stream(futures::stream::iter(bytes));
    let answer = Answer::of(house.request("POST", "/v1beta/models/echo:generateContent").body(body)).await;
    assert_eq!(answer.json["candidates"][0]["content"]["parts"][0]["text"], "Grüße 🙂", "{}", answer.text);
}

#[tokio::test]
async fn models_are_listed_as_google_lists_them() {
    let house = House::open().await;
    let list = house.get("/v1beta/models").await;
    let model = &list.json["models"][0];
    assert_eq!(
        (&model["name"], &model["thinking"]),
        (&json!("models/postern/echo"), &json!(true)),
        "{}",
        list.text
    );
    assert_eq!(model["supportedGenerationMethods"], json!(["generateContent", "countTokens"]));
    let one = house.get("/v1beta/models/postern/echo").await;
    assert_eq!(one.json["name"], "models/postern/echo");
    assert_google(&house.get("/v1beta/models/none").await, 404, "NOT_FOUND");
    let embed = ask(&house, "echo:embedContent", &json!({ "content": { "parts": [{ "text": "x" }] } }));
    assert_google(&Answer::of(embed).await, 400, "INVALID_ARGUMENT");
}
