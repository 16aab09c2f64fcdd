//! Who is kept out, whatever they ask for.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use http::{HeaderName, HeaderValue, Method};
use postern_console::{ConsoleConfig, Visitor};
use serde_json::json;

use crate::support::{Browser, House, request};

fn with(
    browser: &Browser,
    method: Method,
    headers: &[(&'static str, &'static str)],
) -> http::Request<axum::body::Body> {
    let mut request = browser.request(method, "/api/setup", Some(json!({ "dismissed": true })));
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    request
}

#[tokio::test]
async fn pages_of_other_origins_are_refused_with_the_cookie_too() {
    let house = House::new();
    let owner = house.owner().await;
    for origin in ["http://evil.example", "http://127.0.0.1:3000", "http://localhost:2048", "null"] {
        for method in [Method::GET, Method::PATCH] {
            let answer = house.call(with(&owner, method, &[("origin", origin)])).await;
            assert_eq!(answer.refused(403), "forbidden", "{origin}");
        }
    }
    for site in ["cross-site", "same-site"] {
        let answer = house.call(with(&owner, Method::PATCH, &[("sec-fetch-site", site)])).await;
        assert_eq!(answer.refused(403), "forbidden", "{site}");
    }
    let own = [("origin", "http://127.0.0.1:2048"), ("sec-fetch-site", "same-origin")];
    house.call(with(&owner, Method::PATCH, &own)).await.ok();
}

#[tokio::test]
async fn a_change_needs_the_pages_mark() {
    let house = House::new();
    let owner = house.owner().await;
    let mut request = with(&owner, Method::PATCH, &[]);
    request.headers_mut().remove("x-postern-console");
    assert_eq!(house.call(request).await.refused(403), "forbidden");
    let answer = house.call(with(&owner, Method::PATCH, &[("x-postern-console", "0")])).await;
    assert_eq!(answer.refused(403), "forbidden");
    assert_eq!(house.get("/api/setup").await.ok()["dismissed"], false);
    house.call(with(&owner, Method::PATCH, &[])).await.ok();
    assert_eq!(house.get("/api/setup").await.ok()["dismissed"], true);
}

#[tokio::test]
async fn nothing_over_http_makes_a_window() {
    let house = House::new();
    let mut request = request(Method::GET, "/api/server", None);
    for name in ["x-postern-visitor", "visitor", "x-postern-window"] {
        request.headers_mut().insert(name, HeaderValue::from_static("window"));
    }
    assert_eq!(house.call(request).await.refused(401), "sign_in_needed");
}

#[tokio::test]
async fn beyond_loopback_the_console_is_off_unless_switched_on() {
    let house = House::new();
    let owner = house.owner().await;
    house.desk.open_to_the_network();
    assert_eq!(owner.get(&house, "/api/server").await.refused(403), "forbidden");
    assert_eq!(owner.get(&house, "/api/session").await.refused(403), "forbidden");
    let page = owner.get(&house, "/console/").await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("console.remote = true"), "{}", page.text());
    house.get("/api/server").await.ok();

    house.console.configure(ConsoleConfig { remote: true, session_days: 1 });
    owner.get(&house, "/api/server").await.ok();
    let answer = Browser::default().with_password(&house, crate::support::PASSWORD).await;
    assert!(answer.headers["set-cookie"].to_str().expect("text").contains("Max-Age=86400"));
}

#[tokio::test]
async fn a_caller_from_afar_is_refused_whatever_the_server_says_of_its_address() {
    let house = House::new();
    let owner = house.owner().await;
    let from = |address: Option<[u8; 4]>| {
        let mut request = owner.request(Method::GET, "/api/server", None);
        request.extensions_mut().remove::<ConnectInfo<SocketAddr>>();
        if let Some(address) = address {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((address, 50_000))));
        }
        house.call(request)
    };
    from(Some([127, 0, 0, 1])).await.ok();
    assert_eq!(from(Some([192, 0, 2, 1])).await.refused(403), "forbidden");
    assert_eq!(from(None).await.refused(403), "forbidden");
    house.console.configure(ConsoleConfig { remote: true, session_days: 1 });
    from(Some([192, 0, 2, 1])).await.ok();
}

#[tokio::test]
async fn what_is_not_there_is_told_as_json() {
    let house = House::new();
    assert_eq!(house.get("/api/nothing").await.refused(404), "not_found");
    assert_eq!(house.get("/elsewhere").await.refused(404), "not_found");
    let wrong = house.window(Method::PUT, "/api/server", Some(json!({}))).await;
    assert_eq!(wrong.refused(405), "wrong_method");
    assert_eq!(wrong.headers["allow"], "GET,HEAD");
    let stranger = Browser::default();
    assert_eq!(stranger.get(&house, "/api/nothing").await.refused(401), "sign_in_needed");
    let large = json!({ "text": "x".repeat(2 << 20) });
    assert_eq!(house.post("/api/keys/import", large).await.refused(413), "too_large");
}

#[tokio::test]
async fn a_bad_body_is_told_with_its_place() {
    let house = House::new();
    let answer = house.post("/api/keys", json!({ "models": ["a", 1] })).await;
    assert_eq!((answer.refused(400).as_str(), answer.field().as_str()), ("invalid", "models[1]"));
    let answer = house.post("/api/keys", json!({ "nmae": "typo" })).await;
    assert_eq!((answer.refused(400).as_str(), answer.field().as_str()), ("invalid", "nmae"));
    for broken in ["", "{", "{} {}", "\u{0}"] {
        let mut request = request(Method::POST, "/api/keys", None);
        *request.body_mut() = axum::body::Body::from(broken);
        request.extensions_mut().insert(Visitor::Window);
        assert_eq!(house.call(request).await.refused(400), "invalid", "{broken}");
    }
    assert_eq!(house.get("/api/requests?limit=many").await.refused(400), "invalid");
    assert_eq!(house.get("/api/requests?before=nowhere").await.refused(400), "invalid");
}

#[tokio::test]
async fn every_answer_keeps_to_its_page() {
    let house = House::new();
    let owner = house.owner().await;
    for path in ["/api/server", "/api/nothing", "/api/openapi.json", "/api/events"] {
        let mut request = owner.request(Method::GET, path, None);
        let closed = tokio_util::sync::CancellationToken::new();
        closed.cancel();
        request.extensions_mut().insert(closed);
        let answer = house.call(request).await;
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["referrer-policy"], "no-referrer");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert_eq!(answer.headers["cross-origin-opener-policy"], "same-origin");
        let cors = answer.headers.keys().find(|name| name.as_str().starts_with("access-control"));
        assert_eq!(cors, None, "{path}");
    }
}
