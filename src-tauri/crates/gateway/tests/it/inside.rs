//! The same rooms for the owner, in process.

use axum::body::Body;
use axum::response::Response;
use http::Request;
use http_body_util::BodyExt;
use postern_gateway::{AsClient, Config};
use postern_store::{NewKey, Source};
use serde_json::Value;
use tower::ServiceExt;

use crate::support::{House, echo, play, soon, streamed};

const KEY: &str = "sk-the-right-key";

fn question(body: &Value) -> Request<Body> {
    let request = Request::post("/v1/chat/completions").header("content-type", "application/json");
    request.body(Body::from(body.to_string())).expect("a request")
}

fn as_client(body: &Value, key: Option<&str>) -> Request<Body> {
    let mut request = question(body);
    request.extensions_mut().insert(AsClient);
    if let Some(key) = key {
        let value = format!("Bearer {key}").parse().expect("a header");
        request.headers_mut().insert("authorization", value);
    }
    request
}

async fn ask(house: &House, request: Request<Body>) -> (u16, Value) {
    let response: Response = house.gateway.inside().oneshot(request).await.expect("never fails");
    let status = response.status().as_u16();
    assert_eq!(response.headers()["x-request-id"].len(), 32);
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn the_owner_needs_neither_host_nor_key() {
    let house = House::with(Config::default(), &[KEY], Vec::new()).await;
    let (status, answer) = ask(&house, question(&echo("it is me"))).await;
    assert_eq!((status, &answer["choices"][0]["message"]["content"]), (200, &"it is me".into()));
    let row = &house.journal().await[0].row;
    assert_eq!((row.source, row.key, row.status), (Source::Console, None, Some(200)));
    // From outside nothing has changed.
    house.post(&echo("me too")).await.assert_error(401, "invalid_api_key");
}

#[tokio::test]
async fn as_a_client_the_rules_of_the_key_count() {
    let house = House::with(Config::default(), &[KEY], Vec::new()).await;
    let other = NewKey { models: vec!["gemini-*".to_owned()], per_day: Some(2), ..NewKey::default() };
    let (info, other) = house.keys.add(other).await.expect("a key");
    assert_eq!(ask(&house, as_client(&echo("x"), Some(KEY))).await.0, 200);
    assert_eq!(ask(&house, as_client(&echo("x"), None)).await.0, 401);
    assert_eq!(ask(&house, as_client(&echo("x"), Some("sk-wrong-key"))).await.0, 401);
    let statuses = [
        ask(&house, as_client(&echo("x"), Some(other.expose()))).await.0,
        ask(&house, as_client(&echo("x"), Some(other.expose()))).await.0,
        ask(&house, as_client(&echo("x"), Some(other.expose()))).await.0,
    ];
    assert_eq!(statuses, [403, 403, 429]);
    let rows = house.journal().await;
    assert!(rows.iter().all(|detail| detail.row.source == Source::Console));
    let keys: Vec<_> = rows.iter().map(|detail| detail.row.key).collect();
    let right = house.keys.recognise(KEY).ok().map(|grant| grant.id);
    assert_eq!(keys, [right, None, None, Some(info.id), Some(info.id), Some(info.id)]);
}

#[tokio::test]
async fn without_any_key_a_client_of_this_machine_comes_in() {
    let house = House::open().await;
    assert_eq!(ask(&house, as_client(&echo("x"), None)).await.0, 200);
}

#[tokio::test]
async fn the_owner_waits_in_the_queue_and_can_go_away() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let asked = tokio::spawn(house.gateway.inside().oneshot(question(&streamed(play("x")))));
    let turn = turns.next().await;
    assert_eq!(house.gateway.queue_view()[0].key, None);
    turn.started().text("so far");
    let response = soon(asked).await.expect("runs").expect("never fails");
    drop(response);
    turn.dropped().await;
    assert!(house.gateway.queue_view().is_empty());
}
