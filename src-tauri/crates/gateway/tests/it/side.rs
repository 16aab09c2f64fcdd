//! What goes through the side door, and what stays outside of it.

use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::response::Response;
use axum::routing::{any, get, post};
use axum::{Extension, Router};
use futures::{StreamExt, stream};
use http::Uri;
use postern_gateway::{Config, Ending};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::log::keep;
use crate::support::{Answer, House, echo, post_text, soon};

/// A stream that ends when the listener closes.
async fn events(Extension(closing): Extension<CancellationToken>) -> Response {
    let begun = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"data: begun\n\n")) });
    let rest = stream::pending().take_until(closing.cancelled_owned());
    Response::new(Body::from_stream(begun.chain(rest)))
}

async fn panics() -> String {
    assert!(std::env::args().count() == 0, "told to panic");
    String::new()
}

fn side() -> Router {
    Router::new()
        .route("/api/events", get(events))
        .route("/api/panic", get(panics))
        .route("/api/peer", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string()))
        .route("/api/echo", post(async |body: String| body))
        .route("/console/", get(async || "the page"))
        .fallback(any(async |uri: Uri| format!("side {uri}")))
}

async fn house() -> House {
    let house = House::open().await;
    house.gateway.open_side_door(side());
    house
}

#[tokio::test]
async fn the_console_goes_through_the_side_door() {
    let house = house().await;
    for (path, text) in [
        ("/console/", "the page"),
        ("/console", "side /console"),
        ("/console/a/b/?x=1", "side /console/a/b/?x=1"),
        ("/api/keys", "side /api/keys"),
        ("/api/peer", "127.0.0.1"),
    ] {
        let answer = house.get(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, text), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
    let sent = Answer::of(house.request("POST", "/api/echo").body("a body")).await;
    assert_eq!(sent.text, "a body");
    for path in ["/api/info", "/api/info/", "/health", "/v1/models"] {
        let answer = house.get(path).await;
        assert!(answer.json.is_object(), "{path} is not the console's: {}", answer.text);
    }
    for path in ["/consoles", "/apix", "/api"] {
        house.get(path).await.assert_error(404, "unknown_url");
    }
    assert!(
        house.requests.running().is_empty()
            && house.journal().await.iter().all(|d| d.row.path == "/v1/models")
    );
}

#[tokio::test]
async fn without_a_side_door_there_is_no_console() {
    let house = House::open().await;
    for path in ["/console", "/console/", "/api/keys"] {
        house.get(path).await.assert_error(404, "unknown_url");
    }
    let root = house.request("GET", "/").header("accept", "text/html");
    assert_eq!(Answer::of(root).await.json["name"], "Postern");
}

#[tokio::test]
async fn foreign_names_and_pages_get_nothing_from_it() {
    let house = house().await;
    let foreign = house.request("GET", "/api/keys").header("host", "evil.example");
    Answer::of(foreign).await.assert_error(403, "host_not_allowed");
    // Who may not ask is for the console to say; that a page may read the answer is never said.
    for (method, origin) in
        [("GET", "https://evil.example"), ("GET", "http://localhost:3000"), ("OPTIONS", "null")]
    {
        let request = house.request(method, "/api/keys").header("origin", origin);
        let answer = Answer::of(request.header("access-control-request-method", "POST")).await;
        assert_eq!(answer.text, "side /api/keys");
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{origin}");
    }
}

#[tokio::test]
async fn a_person_who_opens_the_address_sees_the_console() {
    let house = house().await;
    let browser = house.request("GET", "/").header("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    let sent_on = Answer::of(browser).await;
    assert_eq!((sent_on.status, sent_on.header("location")), (303, "/console/"));
    assert_eq!(house.get("/").await.json["name"], "Postern");
}

#[tokio::test]
async fn a_panic_behind_it_costs_one_request() {
    let lines = keep();
    let house = house().await;
    house.get("/api/panic?secret=hidden").await.assert_error(500, "internal_error");
    assert_eq!(house.get("/console/").await.text, "the page");
    let lines = lines.taken();
    assert_eq!((lines[0]["path"].as_str(), lines[0]["status"].as_str()), ("/api/panic", "500"));
    assert!(!format!("{lines:?}").contains("hidden"));
}

#[tokio::test]
async fn looking_leaves_no_line_and_changing_does() {
    let lines = keep();
    let house = house().await;
    assert_eq!(house.get("/api/peer").await.status, 200);
    assert_eq!(Answer::of(house.request("POST", "/api/echo").body("x")).await.status, 200);
    assert_eq!(house.get("/health").await.status, 200);
    let taken = lines.taken();
    let paths: Vec<&str> = taken.iter().filter_map(|line| line.get("path")).map(String::as_str).collect();
    assert_eq!(paths, ["/api/echo", "/health"]);
}

#[tokio::test]
async fn a_long_stream_does_not_hold_up_the_end() {
    let config = Config { shutdown_timeout: std::time::Duration::from_secs(3600), ..Config::default() };
    let mut house = House::with(config, &[], Vec::new()).await;
    house.gateway.open_side_door(side());
    let mut raw = house.raw("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    raw.until("data: begun\n\n").await;
    house.shutdown.cancel();
    soon(&mut house.server).await.expect("runs").expect("serves");
    assert!(raw.rest().await.ends_with("0\r\n\r\n"), "the stream ended in order");
}

#[tokio::test]
async fn while_the_server_is_stopped_only_the_side_door_is_open() {
    let mut house = house().await;
    house.shutdown.cancel();
    soon(&mut house.server).await.expect("runs").expect("serves");
    let listener = TcpListener::bind(house.address).await.expect("the same port");
    let ending = Ending::default();
    let (gateway, end) = (house.gateway.clone(), ending.clone());
    let serving = tokio::spawn(async move { gateway.serve_side_only(listener, end).await });
    assert_eq!(house.get("/console/").await.text, "the page");
    let health = house.get("/health").await;
    assert_eq!((health.status, &health.json["status"]), (503, &"stopped".into()));
    for path in ["/v1/models", "/api/info", "/", "/nothing"] {
        let refused = house.get(path).await;
        refused.assert_error(503, "stopped");
        assert!(refused.text.contains("start it from the console"));
    }
    house.post(&echo("x")).await.assert_error(503, "stopped");
    let foreign = house.request("GET", "/console/").header("host", "evil.example");
    Answer::of(foreign).await.assert_error(403, "host_not_allowed");
    let raw = house.raw(&post_text(&echo("a whole request"))).await;
    ending.shutdown.cancel();
    soon(serving).await.expect("runs").expect("serves");
    drop(raw);
    let listener = TcpListener::bind(house.address).await.expect("the same port");
    let gateway = house.gateway.clone();
    tokio::spawn(async move { gateway.serve(listener, CancellationToken::new()).await });
    house.assert_well().await;
}
