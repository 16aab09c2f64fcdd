//! The event stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant, SystemTime};

use futures::{Stream, StreamExt};
use http::Method;
use postern_console::Visitor;
use postern_protocol::RequestId;
use postern_store::{Opening, Source};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::desk::bump;
use crate::support::{Browser, House, PASSWORD, request};

/// How long something may take that is only waited for.
const PATIENCE: Duration = Duration::from_secs(30);

async fn next(events: &mut (impl Stream<Item = Value> + Unpin)) -> Option<Value> {
    tokio::time::timeout(PATIENCE, events.next()).await.expect("nothing was told")
}

async fn watched(house: &House) -> impl Stream<Item = Value> + Unpin + use<> {
    let mut request = request(Method::GET, "/api/events", None);
    request.extensions_mut().insert(Visitor::Window);
    let mut events = house.events(request, CancellationToken::new()).await;
    assert_eq!(next(&mut events).await, Some(json!({ "event": "hello" })));
    events
}

#[tokio::test]
async fn each_change_is_told_by_its_name() {
    let house = House::new();
    let mut events = watched(&house).await;
    house.post("/api/server/stop", json!({})).await.ok();
    let told = next(&mut events).await.expect("an event");
    assert_eq!((&told["event"], &told["server"]["state"]), (&json!("server"), &json!("stopped")));

    bump(&house.desk.changes[1]);
    let told = next(&mut events).await.expect("an event");
    assert_eq!((&told["event"], &told["accounts"][0]["name"]), (&json!("accounts"), &json!("ada")));

    bump(&house.desk.changes[5]);
    assert_eq!(next(&mut events).await.expect("an event")["event"], "enrolments");

    house.desk.push_queue("waiting");
    let told = next(&mut events).await.expect("an event");
    assert_eq!((&told["event"], &told["queue"][0]["id"]), (&json!("queue"), &json!("waiting")));

    house.desk.changes[4].send_replace(42);
    assert_eq!(next(&mut events).await, Some(json!({ "event": "logs", "last": 42 })));

    house.post("/api/keys", json!({})).await.ok();
    assert_eq!(next(&mut events).await, Some(json!({ "event": "keys" })));

    house.post("/api/models/refresh", json!({})).await.ok();
    assert_eq!(next(&mut events).await, Some(json!({ "event": "models" })));

    bump(&house.desk.changes[7]);
    assert_eq!(next(&mut events).await, Some(json!({ "event": "refusals" })));

    let change = json!({ "changes": [{ "key": "server.port", "value": 4096 }] });
    house.window(Method::PATCH, "/api/settings", Some(change)).await.ok();
    assert_eq!(next(&mut events).await, Some(json!({ "event": "settings" })));
}

#[tokio::test]
async fn requests_are_told_as_they_go_on() {
    let house = House::new();
    let mut events = watched(&house).await;
    let body = json!({ "model": "postern/echo", "messages": [{ "role": "user", "content": "hi" }] });
    house.post("/api/playground/chat", body).await.ok();
    let mut last = json!(null);
    while last["outcome"] != "ok" {
        let told = next(&mut events).await.expect("an event");
        if told["event"] == "requests" {
            let rows = told["rows"].as_array().expect("rows");
            assert_eq!((rows.len(), &told["gap"]), (1, &json!(false)), "one request is one row");
            last = rows[0].clone();
        }
    }
    assert_eq!((&last["model"], &last["source"]), (&json!("postern/echo"), &json!("console")));
}

#[tokio::test]
async fn many_changes_are_told_at_most_ten_times_a_second_and_the_last_one_always() {
    let house = House::new();
    let mut events = watched(&house).await;
    let mut times = Vec::new();
    let mut told = 0;
    for round in 1..=3 {
        for number in 0..1000 {
            house.desk.changes[4].send_replace(round * 1000 + number);
            bump(&house.desk.changes[1]);
        }
        while told < round * 1000 + 999 {
            let event = next(&mut events).await.expect("an event");
            if event["event"] == "logs" {
                told = event["last"].as_u64().expect("a number");
                times.push(Instant::now());
            }
        }
    }
    assert_eq!((told, times.len()), (3999, 3), "a thousand changes are one event");
    for pair in times.windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_millis(95), "{:?}", pair[1] - pair[0]);
    }
}

/// Counts how often a task would have run.
#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn what_changes_between_two_tellings_wakes_nobody() {
    let house = House::new();
    let mut events = watched(&house).await;
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let begun = Instant::now();
    for _ in 0..2000 {
        bump(&house.desk.changes[1]);
        while events.poll_next_unpin(&mut Context::from_waker(&waker)).is_ready() {}
        tokio::task::yield_now().await;
    }
    // Each telling may take a wake for the first change after it, and one for the time that has passed.
    let tellings = begun.elapsed().as_millis() / 95 + 1;
    let wakes = wakes.0.load(Ordering::Relaxed);
    assert!(wakes as u128 <= 2 * tellings, "{wakes} wakes for {tellings} tellings");
}

#[tokio::test]
async fn what_a_slow_page_missed_is_told_as_a_gap() {
    let house = House::new();
    let mut events = watched(&house).await;
    // More changes than the journal keeps for somebody who does not listen.
    for number in 0..5000 {
        let id = RequestId::new(format!("r{number}"));
        let (method, path) = ("GET".to_owned(), "/v1/models".to_owned());
        let (at, source) = (SystemTime::now(), Source::Client);
        drop(house.requests.open(Opening { id, at, method, path, key: None, source }));
    }
    let told = next(&mut events).await.expect("an event");
    assert_eq!((&told["event"], &told["gap"]), (&json!("requests"), &json!(true)));
}

#[tokio::test]
async fn the_stream_ends_with_its_listener() {
    let house = House::new();
    let mut request = request(Method::GET, "/api/events", None);
    request.extensions_mut().insert(Visitor::Window);
    let closing = CancellationToken::new();
    let mut events = house.events(request, closing.clone()).await;
    assert_eq!(next(&mut events).await, Some(json!({ "event": "hello" })));
    closing.cancel();
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn the_stream_ends_with_its_session() {
    let house = House::new();
    let owner = house.owner().await;
    let mut other = Browser::default();
    other.with_password(&house, PASSWORD).await.ok();
    let watch = |browser: &Browser| {
        house.events(browser.request(Method::GET, "/api/events", None), CancellationToken::new())
    };
    let (mut kept, mut ended) = (watch(&owner).await, watch(&other).await);
    for events in [&mut kept, &mut ended] {
        assert_eq!(next(events).await, Some(json!({ "event": "hello" })));
    }
    owner.ask(&house, Method::DELETE, "/api/session/others", None).await.ok();
    assert_eq!(next(&mut ended).await, None);
    house.desk.changes[4].send_replace(1);
    assert_eq!(next(&mut kept).await, Some(json!({ "event": "logs", "last": 1 })));
}
