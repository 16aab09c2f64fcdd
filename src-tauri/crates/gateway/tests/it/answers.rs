//! Whole and streamed answers, failures in every phase, time limits.

use std::time::Duration;

use postern_gateway::Config;
use postern_protocol::chat::{Event, Failure, FailureKind, Usage};
use serde_json::{Value, json};

use crate::support::{Answer, House, echo, play, post_text, streamed};

const MOMENT: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_whole_answer() {
    let house = House::open().await;
    let answer = house.post(&echo("Hello, Grüße 🙂")).await;
    assert_eq!((answer.status, answer.content()), (200, "Hello, Grüße 🙂"));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("content-length"), answer.text.len().to_string());
    assert_eq!(answer.header("x-postern-upstream"), "postern");
    assert_eq!(answer.json["id"], format!("chatcmpl-{}", answer.header("x-request-id")));
    assert_eq!(answer.json["model"], "postern/echo");
    assert_eq!(
        answer.json["usage"],
        json!({
            "prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6,
            "prompt_tokens_details": answer.json["usage"]["prompt_tokens_details"],
            "completion_tokens_details": answer.json["usage"]["completion_tokens_details"],
        })
    );
}

#[tokio::test]
async fn a_streamed_answer() {
    let house = House::open().await;
    let mut body = streamed(echo("one two three"));
    body["stream_options"] = json!({ "include_usage": true });
    let answer = house.post(&body).await;
    assert_eq!(answer.header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(answer.header("x-accel-buffering"), "no");
    assert!(
        !answer.headers.contains_key("content-encoding") && !answer.headers.contains_key("content-length")
    );
    let chunks = answer.chunks();
    let delta = |chunk: &Value| chunk["choices"][0]["delta"].clone();
    assert_eq!(delta(&chunks[0])["role"], "assistant");
    let text: Vec<Value> = chunks[1..4].iter().map(|chunk| delta(chunk)["content"].clone()).collect();
    assert_eq!(text, ["one ", "two ", "three"]);
    assert_eq!(chunks[4]["choices"][0]["finish_reason"], "stop");
    assert_eq!((&chunks[5]["choices"], &chunks[5]["usage"]["total_tokens"]), (&json!([]), &json!(6)));
    assert_eq!(chunks.len(), 6);
    assert!(chunks.iter().all(|chunk| chunk["id"] == format!("chatcmpl-{}", answer.header("x-request-id"))));
}

#[tokio::test]
async fn pieces_leave_as_they_come() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let mut raw = house.raw(&post_text(&streamed(play("slowly")))).await;
    let turn = turns.next().await;
    turn.started().text("first ");
    assert!(raw.until("\"first \"").await.starts_with("HTTP/1.1 200"));
    turn.text("second ");
    raw.until("\"second \"").await;
    turn.finish();
    raw.until("data: [DONE]").await;
    turn.dropped().await;
}

#[tokio::test]
async fn what_cannot_be_honoured_is_told() {
    let (house, mut turns) = House::staged(Config::default()).await;
    for stream in [false, true] {
        let mut body = play("x");
        body["logit_bias"] = json!({ "1": 5 });
        body["stream"] = json!(stream);
        let asked = house.spawn(&body);
        let turn = turns.next().await;
        assert_eq!(turn.request.model, "play");
        let warnings = vec!["no top-p box\r\nhere".to_owned(), "größe".to_owned()];
        turn.event(Event::Started { model: "play".to_owned(), warnings }).text("ok").finish();
        let answer = asked.await.expect("answered");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-postern-ignored"), "logit_bias, seed");
        assert_eq!(answer.header("x-postern-warnings"), "no top-p box??here; gr??e");
        assert_eq!(answer.header("x-postern-upstream"), "stage");
    }
}

#[tokio::test]
async fn models_by_every_name() {
    let (house, mut turns) = House::staged(Config::default()).await;
    for name in ["play", "stage/play", "models/play", "stage/models/play"] {
        let mut body = play("x");
        body["model"] = json!(name);
        let asked = house.spawn(&body);
        let turn = turns.next().await;
        assert_eq!(turn.request.model, "play");
        turn.answer();
        assert_eq!(asked.await.expect("answered").json["model"], name);
    }
    let mut body = echo("by its short name");
    body["model"] = json!("echo");
    assert_eq!(house.post(&body).await.content(), "by its short name");
}

fn failures() -> [(Failure, u16, &'static str); 4] {
    let failure = |kind| Failure::new(kind, "what happened");
    [
        (failure(FailureKind::Quota).retry_after(Duration::from_millis(61_500)), 429, "rate_limit_exceeded"),
        (failure(FailureKind::Refused), 403, "session_refused"),
        (failure(FailureKind::SignInExpired), 503, "sign_in_expired"),
        (failure(FailureKind::UpstreamError), 502, "upstream_error"),
    ]
}

#[tokio::test]
async fn a_failure_before_the_first_piece_is_an_http_error() {
    let (house, mut turns) = House::staged(Config::default()).await;
    for (failure, status, code) in failures() {
        for stream in [false, true] {
            let mut body = play("x");
            body["stream"] = json!(stream);
            let asked = house.spawn(&body);
            let turn = turns.next().await;
            turn.started().event(Event::Usage(Usage::default())).fail(failure.clone());
            let answer = asked.await.expect("answered");
            answer.assert_error(status, code);
            assert_eq!(
                answer.headers.contains_key("retry-after"),
                failure.retry_after.is_some() || status == 503
            );
            assert_eq!(answer.header("x-postern-upstream"), "stage");
            turn.dropped().await;
        }
    }
}

#[tokio::test]
async fn who_may_come_again_hears_when() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let failure = |kind| Failure::new(kind, "what happened");
    let told = [
        (failure(FailureKind::Quota).retry_after(Duration::from_millis(61_500)), "62"),
        (failure(FailureKind::Quota), "60"),
        (failure(FailureKind::Unavailable), "30"),
        (failure(FailureKind::SignInExpired), "30"),
        (failure(FailureKind::NeedsVerification), "30"),
        (failure(FailureKind::Refused), ""),
        (failure(FailureKind::Timeout), ""),
        (failure(FailureKind::UpstreamError), ""),
    ];
    for (failure, after) in told {
        let asked = house.spawn(&play("x"));
        turns.next().await.fail(failure);
        assert_eq!(asked.await.expect("answered").header("retry-after"), after);
    }
}

#[tokio::test]
async fn a_failure_after_it_ends_the_stream_with_an_error() {
    let (house, mut turns) = House::staged(Config::default()).await;
    for (failure, _, code) in failures() {
        let asked = house.spawn(&streamed(play("x")));
        let turn = turns.next().await;
        turn.started().text("so far").fail(failure);
        let answer = asked.await.expect("answered");
        assert_eq!(answer.status, 200);
        let chunks = answer.chunks();
        let error = &chunks.last().expect("chunks")["error"];
        assert_eq!((error["code"].as_str(), error["message"].as_str()), (Some(code), Some("what happened")));
        assert!(!answer.text.contains("\"finish_reason\":\"stop\""), "{}", answer.text);
        turn.dropped().await;
    }
    for (failure, status, code) in failures() {
        let asked = house.spawn(&play("x"));
        turns.next().await.started().text("so far").fail(failure);
        asked.await.expect("answered").assert_error(status, code);
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_told_as_such() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let asked = house.spawn(&play("x"));
    turns.next().await.started().text("half an ans");
    asked.await.expect("answered").assert_error(502, "interrupted");
}

#[tokio::test]
async fn a_waiting_stream_gets_signs_of_life() {
    let config = Config { keep_alive: MOMENT, ..Config::default() };
    let (house, mut turns) = House::staged(config).await;
    let mut raw = house.raw(&post_text(&streamed(play("think")))).await;
    let turn = turns.next().await;
    let head = raw.until(": keep-alive\n\n").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"), "{head}");
    raw.until(": keep-alive\n\n").await;
    turn.started().text("thought");
    raw.until("thought").await;
    raw.until(": keep-alive\n\n").await;
    turn.fail(Failure::new(FailureKind::Quota, "used up"));
    let end = raw.until("data: [DONE]\n\n").await;
    assert!(end.contains("rate_limit_exceeded"), "{end}");
}

#[tokio::test]
async fn the_queue_counts_as_waiting() {
    let config = Config { keep_alive: MOMENT, ..Config::default() };
    let (house, mut turns) = House::staged(config).await;
    let _first = house.spawn(&play("in front"));
    let first = turns.next().await;
    let mut second = house.raw(&post_text(&streamed(play("behind")))).await;
    second.until(": keep-alive\n\n").await;
    first.answer();
    turns.next().await.answer();
    second.until("data: [DONE]\n\n").await;
}

#[tokio::test]
async fn a_panic_costs_one_request() {
    let (house, mut turns) = House::staged(Config::default()).await;
    house.post(&play("panic at once")).await.assert_error(500, "internal_error");
    let asked = house.spawn(&streamed(play("x")));
    turns.next().await.started().text("so far").text("panic");
    let answer = asked.await.expect("answered");
    assert_eq!(answer.chunks().last().expect("chunks")["error"]["code"], "internal_error");
    let asked = house.spawn(&play("the lane is free again"));
    turns.next().await.answer();
    assert_eq!(asked.await.expect("answered").status, 200);
}

#[tokio::test]
async fn patience_has_an_end() {
    let no_first = Config { first_byte_timeout: MOMENT, ..Config::default() };
    let silence = Config { silence_timeout: MOMENT, ..Config::default() };
    let total = Config { total_timeout: MOMENT, ..Config::default() };
    for (config, speaks, said) in [
        (no_first, false, "No answer began"),
        (silence, true, "stopped coming"),
        (total.clone(), true, "too long"),
        (total, false, "too long"),
    ] {
        let (house, mut turns) = House::staged(config).await;
        let asked = house.spawn(&play("x"));
        let turn = turns.next().await;
        turn.started();
        if speaks {
            turn.text("so far");
        }
        let answer = asked.await.expect("answered");
        answer.assert_error(504, "timeout");
        assert!(answer.text.contains(said), "{}", answer.text);
        turn.dropped().await;
    }
}

#[tokio::test]
async fn the_echo_calls_tools() {
    let house = House::open().await;
    let mut body = echo("Oslo");
    body["tools"] = json!([{ "type": "function", "function": { "name": "weather", "parameters": {
        "type": "object", "properties": { "city": { "type": "string" } }, "required": ["city"]
    } } }]);
    body["tool_choice"] = json!("required");
    let answer = house.post(&body).await;
    let message = &answer.json["choices"][0]["message"];
    assert_eq!(
        message["tool_calls"][0]["function"],
        json!({ "name": "weather", "arguments": "{\"city\":\"Oslo\"}" })
    );
    assert_eq!(answer.json["choices"][0]["finish_reason"], "tool_calls");
    let chunks = house.post(&streamed(body)).await.chunks();
    assert_eq!(chunks[1]["choices"][0]["delta"]["tool_calls"][0]["function"]["name"], "weather");
}

#[tokio::test]
async fn lists_of_models() {
    let (house, _turns) = House::staged(Config::default()).await;
    let list = house.get("/v1/models").await;
    assert_eq!(list.json["object"], "list");
    let models: Vec<(&str, &str)> = list.json["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|model| (model["id"].as_str().expect("an id"), model["owned_by"].as_str().expect("an owner")))
        .collect();
    assert_eq!(models, [("play", "stage"), ("postern/echo", "postern")]);
    for path in [
        "/v1/models/postern/echo",
        "/v1/models/postern%2Fecho",
        "/v1/models/echo",
        "/v1/models/postern/echo/",
    ] {
        let one = house.get(path).await;
        assert_eq!((one.status, one.json["id"].as_str()), (200, Some("postern/echo")), "{path}");
        assert_eq!(one.json["object"], "model");
    }
}

#[tokio::test]
async fn what_a_client_needs_to_connect() {
    let house = House::open().await;
    let request = house.request("GET", "/api/info").header("x-forwarded-proto", "https");
    let info = Answer::of(request).await.json;
    assert_eq!(info["api_base_url"], format!("https://{}/v1", house.address));
    assert_eq!(info["base_urls"]["anthropic"], format!("https://{}", house.address));
    assert_eq!((&info["api_key_required"], &info["auth_header"]), (&json!(false), &json!(null)));
    assert_eq!(info["model_name"], "postern/echo");
    let root = house.get("/").await.json;
    assert_eq!(root["base_url"], format!("http://{}/v1", house.address));
    let health = house.get("/health").await;
    assert_eq!((health.status, &health.json["status"]), (200, &json!("OK")));
    assert_eq!(health.json["details"]["upstreams"][0]["ready"], true);
}
