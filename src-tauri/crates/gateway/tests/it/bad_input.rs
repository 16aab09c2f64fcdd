//! What is wrong is refused in the official shape, and nothing else is disturbed by it.

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use postern_gateway::Config;
use serde_json::json;
use tokio::io::AsyncWriteExt;

use crate::support::{Answer, House, echo, post_text, soon};

async fn send(house: &House, body: impl Into<reqwest::Body>) -> Answer {
    Answer::of(house.request("POST", "/v1/chat/completions").body(body)).await
}

#[tokio::test]
async fn requests_that_are_no_chat_request() {
    let house = House::open().await;
    let bodies: [&[u8]; 8] = [
        b"",
        b"{",
        b"[]",
        b"{\"model\":\"postern/echo\",\"messages\":[{\"role\":\"user\",\"content\":\"\xff\xfe\"}]}",
        br#"{"model":"postern/echo","messages":"hello"}"#,
        br#"{"model":"postern/echo","messages":[]}"#,
        br#"{"model":"postern/echo","messages":[{"role":"system","content":"Be kind."}]}"#,
        br#"{"model":"postern/echo","messages":[{"role":"user","content":"x"}],"temperature":"hot"}"#,
    ];
    for body in bodies {
        let answer = send(&house, body).await;
        let shown = String::from_utf8_lossy(body);
        assert_eq!(answer.status, 400, "{shown}: {}", answer.text);
        assert_eq!(answer.json["error"]["type"], "invalid_request_error", "{shown}");
        house.assert_well().await;
    }
}

#[tokio::test]
async fn the_field_at_fault_is_named() {
    let house = House::open().await;
    let mut body = echo("x");
    body["temperature"] = json!(7);
    let answer = house.post(&body).await;
    assert_eq!((answer.status, answer.json["error"]["param"].as_str()), (400, Some("temperature")));
}

#[tokio::test]
async fn an_unknown_model_is_answered_with_those_there_are() {
    let house = House::open().await;
    for model in ["gpt-none", "postern/none", "nobody/echo", "../../etc"] {
        let mut body = echo("x");
        body["model"] = json!(model);
        let answer = house.post(&body).await;
        answer.assert_error(404, "model_not_found");
        assert!(answer.text.contains("postern/echo") && answer.text.contains(model), "{}", answer.text);
    }
}

fn small() -> Config {
    Config { body_bytes: 2000, ..Config::default() }
}

#[tokio::test]
async fn a_body_above_the_limit_however_it_comes() {
    let house = House::with(small(), &[], Vec::new()).await;
    let large = echo(&"x".repeat(5000)).to_string();
    let pieces = large.as_bytes().chunks(700).map(|piece| Ok::<_, std::io::Error>(piece.to_vec()));
    let pieces: Vec<_> = pieces.collect();
    let chunked = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
    for answer in [send(&house, large.clone()).await, send(&house, chunked).await] {
        answer.assert_error(413, "request_too_large");
        assert!(answer.text.contains("2000") && answer.text.contains("body_bytes"), "{}", answer.text);
    }
    house.assert_well().await;
}

#[tokio::test]
async fn the_limit_counts_what_is_unpacked() {
    let house = House::with(small(), &[], Vec::new()).await;
    let packed = gzip(echo(&"x".repeat(1_000_000)).to_string().as_bytes());
    assert!(packed.len() < 2000);
    // Damaged at its end, where the reading must not come to.
    let damaged = packed[..packed.len() - 20].to_vec();
    for packed in [packed, damaged] {
        let request = house.request("POST", "/v1/chat/completions").header("content-encoding", "gzip");
        Answer::of(request.body(packed)).await.assert_error(413, "request_too_large");
    }
    house.assert_well().await;
}

#[tokio::test]
async fn the_rest_of_a_refused_body_is_read_so_that_the_answer_arrives() {
    let house = House::with(small(), &["sk-the-right-key"], Vec::new()).await;
    let long = "Content-Length: 9000";
    for (line, key, length, status) in [
        ("POST /v1/chat/completions", "sk-the-right-key", long, "413"),
        ("POST /v1/chat/completions", "sk-the-right-key", "Transfer-Encoding: chunked", "413"),
        ("POST /v1/chat/completions", "sk-a-wrong-key", long, "401"),
        ("POST /v1/nothing", "sk-the-right-key", long, "404"),
        ("PUT /v1/chat/completions", "sk-the-right-key", long, "405"),
        ("POST /v1/cancel/x", "sk-the-right-key", long, "404"),
    ] {
        let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {key}\r\n{length}\r\n\r\n");
        let mut raw = house.raw(&head).await;
        let chunked = length != long;
        let (half, end) = if chunked { ("1194\r\n", "\r\n") } else { ("", "") };
        let half = format!("{half}{}{end}", "x".repeat(4500));
        raw.write(&half).await;
        assert!(raw.until("\r\n\r\n").await.starts_with(&format!("HTTP/1.1 {status}")), "{line} {status}");
        raw.write(&half).await;
        if chunked {
            raw.write("0\r\n\r\n").await;
        }
        raw.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        raw.until("HTTP/1.1 200").await;
    }
}

#[tokio::test]
async fn a_client_that_waits_for_leave_is_refused_before_it_sends() {
    let house = House::with(small(), &[], Vec::new()).await;
    let head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\
                Expect: 100-continue\r\n\r\n";
    let mut raw = house.raw(head).await;
    assert!(raw.until("request_too_large").await.starts_with("HTTP/1.1 413"));
    // What it sends all the same is not read, nor what follows.
    let rest = "x".repeat(5000) + "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let _ = raw.socket.write_all(rest.as_bytes()).await;
    let text = raw.rest().await;
    assert!(!text.contains("HTTP/1.1"), "{text}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("packs");
    encoder.finish().expect("packs")
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("packs");
    encoder.finish().expect("packs")
}

#[tokio::test]
async fn packed_bodies() {
    let house = House::open().await;
    let body = echo("packed").to_string();
    let damaged = gzip(body.as_bytes())[..20].to_vec();
    let cases = [
        ("gzip", gzip(body.as_bytes()), 200),
        ("GZIP", gzip(body.as_bytes()), 200),
        ("deflate", deflate(body.as_bytes()), 200),
        ("identity", body.clone().into_bytes(), 200),
        ("gzip", damaged, 400),
        ("gzip", body.clone().into_bytes(), 400),
        ("br", body.clone().into_bytes(), 415),
        ("gzip, gzip", gzip(&gzip(body.as_bytes())), 415),
    ];
    for (encoding, bytes, status) in cases {
        let request =
            house.request("POST", "/v1/chat/completions").header("content-encoding", encoding).body(bytes);
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{encoding}: {}", answer.text);
        assert_eq!(answer.json["error"].is_object(), status != 200);
        assert_eq!(answer.header("accept-encoding").contains("gzip"), status == 415);
    }
}

#[tokio::test]
async fn names_this_server_does_not_answer_to() {
    let house = House::with(
        Config { allowed_hosts: vec!["gate.example".to_owned()], ..Config::default() },
        &[],
        Vec::new(),
    )
    .await;
    let port = house.address.port();
    let get = |line: &str, hosts: &str| format!("GET {line} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
    let cases = [
        (get("/health", "Host: evil.example\r\n"), 403),
        (get("/health", "Host: 192.168.1.5\r\n"), 403),
        (get("/health", "Host: localhost\r\nHost: evil.example\r\n"), 400),
        (get("/health", ""), 400),
        (get("http://evil.example/health", "Host: localhost\r\n"), 403),
        (get("http://localhost/health", "Host: localhost\r\n"), 200),
        (get("/health", &format!("Host: [::1]:{port}\r\n")), 200),
        (get("/health", "Host: gate.example\r\n"), 200),
    ];
    for (request, status) in cases {
        let text = house.raw(&request).await.rest().await;
        assert!(text.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {text}");
        assert_eq!(text.contains("\"error\":{\"message\""), status != 200, "{text}");
        assert!(status != 403 || text.contains("allowed_hosts"), "{text}");
    }
}

#[tokio::test]
async fn the_refused_name_is_told() {
    let house = House::open().await;
    for request in [
        "GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ] {
        let text = house.raw(request).await.until("}}").await;
        assert!(text.contains("`evil.example`") && !text.contains("`localhost`"), "{text}");
    }
}

#[tokio::test]
async fn paths_and_methods_that_are_not() {
    let house = House::open().await;
    let answer = house.get("/v1/nothing").await;
    answer.assert_error(404, "unknown_url");
    assert!(answer.text.contains("/v1/chat/completions"));
    for (method, path) in [("POST", "/chat/completions"), ("GET", "/models"), ("GET", "/models/x")] {
        let answer = Answer::of(house.request(method, path)).await;
        answer.assert_error(404, "unknown_url");
        assert!(answer.text.contains("must end in /v1"), "{}", answer.text);
    }
    for (method, path, allow) in [
        ("GET", "/v1/chat/completions", "POST"),
        ("DELETE", "/v1/models", "GET,HEAD"),
        ("POST", "/health", "GET,HEAD"),
    ] {
        let answer = Answer::of(house.request(method, path)).await;
        answer.assert_error(405, "method_not_supported");
        assert_eq!(answer.header("allow"), allow);
    }
    house.get("/v1/models/%ff").await.assert_error(400, "invalid_url");
    house.get("/v1/models/none").await.assert_error(404, "model_not_found");
}

#[tokio::test]
async fn a_body_that_breaks_off_disturbs_nobody() {
    let house = House::open().await;
    let text = post_text(&echo("cut"));
    drop(house.raw(&text[..text.len() - 5]).await);
    let malformed =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n";
    let text = house.raw(malformed).await.rest().await;
    assert!(text.starts_with("HTTP/1.1 400"), "{text}");
    soon(house.assert_well()).await;
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for_forever() {
    let config = Config { total_timeout: std::time::Duration::from_millis(50), ..Config::default() };
    let house = House::with(config, &[], Vec::new()).await;
    let text = post_text(&echo("slow"));
    let text = house.raw(&text[..text.len() - 5]).await.until("\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 408"), "{text}");
}
