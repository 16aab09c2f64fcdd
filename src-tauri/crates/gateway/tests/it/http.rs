//! The manners of HTTP: methods, slashes, connections, many at once.

use std::time::Duration;

use futures::future::join_all;
use postern_gateway::Config;
use serde_json::json;

use crate::support::{Answer, House, echo, post_text, streamed};

#[tokio::test]
async fn head_is_get_without_a_body() {
    let house = House::open().await;
    for path in ["/v1/models", "/v1/models/postern/echo", "/v1/queue", "/health", "/api/info", "/"] {
        let answer = Answer::of(house.request("HEAD", path)).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""), "{path}");
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(answer.header("content-length").parse::<u64>().is_ok_and(|length| length > 2));
    }
}

#[tokio::test]
async fn options_tell_the_methods() {
    let house = House::with(Config::default(), &["sk-a-needed-key"], Vec::new()).await;
    for (path, allow) in
        [("/v1/chat/completions", "POST"), ("/v1/models", "GET,HEAD"), ("/health", "GET,HEAD")]
    {
        let answer = Answer::of(house.request("OPTIONS", path)).await;
        assert_eq!((answer.status, answer.header("allow")), (204, allow), "{path}");
    }
}

#[tokio::test]
async fn slashes_too_many_are_forgiven() {
    let house = House::open().await;
    for path in ["/v1/models/", "//v1/models", "/v1//models//", "/v1/models/?limit=3", "/health/"] {
        assert_eq!(house.get(path).await.status, 200, "{path}");
    }
    let request = house.request("POST", "/v1//chat/completions/").json(&echo("slashes"));
    assert_eq!(Answer::of(request).await.content(), "slashes");
}

#[tokio::test]
async fn every_response_has_its_own_id() {
    let house = House::open().await;
    let mut ids = Vec::new();
    for path in ["/health", "/v1/models", "/nothing"] {
        ids.push(house.get(path).await.header("x-request-id").to_owned());
    }
    ids.push(house.post(&streamed(echo("x"))).await.header("x-request-id").to_owned());
    ids.push(house.post(&json!({})).await.header("x-request-id").to_owned());
    assert!(ids.iter().all(|id| id.len() == 32), "{ids:?}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let house = House::open().await;
    let mut raw = house.raw("").await;
    for text in ["one", "two"] {
        raw.write(&post_text(&echo(text))).await;
        assert!(raw.until("\"total_tokens\":2").await.contains(text));
        raw.until("}}").await;
    }
    raw.write(&post_text(&streamed(echo("three")))).await;
    raw.until("0\r\n\r\n").await;
    // Two at once, answered in order.
    raw.write(&(post_text(&echo("four")) + &post_text(&echo("five")))).await;
    assert!(raw.until("four").await.starts_with(|_: char| true));
    raw.until("five").await;
}

#[tokio::test]
async fn bodies_come_in_chunks_and_without_a_content_type() {
    let house = House::open().await;
    let body = echo("in chunks").to_string();
    let (front, back) = body.split_at(20);
    let text = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n\
         {:x}\r\n{front}\r\n{:x}\r\n{back}\r\n0\r\n\r\n",
        front.len(),
        back.len()
    );
    assert!(house.raw(&text).await.until("in chunks").await.starts_with("HTTP/1.1 200"));
    let request = house.request("POST", "/v1/chat/completions").header("content-type", "text/plain");
    assert_eq!(Answer::of(request.body(echo("plain").to_string())).await.content(), "plain");
}

#[tokio::test]
async fn an_older_client_is_answered_too() {
    let house = House::open().await;
    for body in [echo("from long ago"), streamed(echo("from long ago"))] {
        let text = post_text(&body).replace("HTTP/1.1", "HTTP/1.0");
        let answer = house.raw(&text).await.rest().await;
        assert!(answer.starts_with("HTTP/1.0 200") && answer.contains("long "), "{answer}");
        assert!(!answer.to_ascii_lowercase().contains("transfer-encoding"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_at_once() {
    let house = House::open().await;
    let ask = async |number: usize| {
        let text = format!("question {number}");
        if number.is_multiple_of(2) {
            assert_eq!(house.post(&echo(&text)).await.content(), text);
        } else {
            let chunks = house.post(&streamed(echo(&text))).await.chunks();
            let said: String =
                chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
            assert_eq!(said, text);
        }
    };
    join_all((0..100).map(ask)).await;
    assert_eq!(house.get("/v1/queue").await.json["items"], json!([]));
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection() {
    let house = House::with(
        Config { header_timeout: Duration::from_millis(20), ..Config::default() },
        &[],
        Vec::new(),
    )
    .await;
    let text = house.raw("GET /health HT").await.rest().await;
    assert!(!text.contains("200"), "{text}");
    house.assert_well().await;
}
