//! Order, fairness, limits and cancelling.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::BodyExt;
use postern_gateway::{Config, QueueState};
use postern_protocol::account;
use postern_protocol::chat::{Failure, Request};
use postern_upstream::{Call, EventStream, Lane, ModelCard, Upstream};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::support::{Answer, House, Stage, Turns, play, soon, streamed};

const ONE: &str = "sk-first-client";
const TWO: &str = "sk-second-client";

/// Sends a chat and waits until it has its place.
async fn enqueue(house: &House, body: Value, key: &str) -> JoinHandle<Answer> {
    let before = items(house).await.len();
    let asked = tokio::spawn(Answer::of(house.chat(&body).bearer_auth(key)));
    soon(async {
        while items(house).await.len() == before {
            tokio::task::yield_now().await;
        }
    })
    .await;
    asked
}

/// The queue as its owner sees it.
async fn items(house: &House) -> Vec<Value> {
    let asked = http::Request::get("/v1/queue").body(Body::empty()).expect("a request");
    let response = house.gateway.inside().oneshot(asked).await.expect("never fails");
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    let queue: Value = serde_json::from_slice(&bytes).expect("JSON");
    queue["items"].as_array().expect("items").clone()
}

async fn two_clients(lanes: usize, config: Config) -> (House, Arc<Stage>, Turns) {
    let (stage, turns) = Stage::new(lanes);
    let house = House::with(config, &[ONE, TWO], vec![Arc::clone(&stage) as _]).await;
    (house, stage, turns)
}

async fn cancel(house: &House, id: &str) -> Answer {
    Answer::of(house.request("POST", &format!("/v1/cancel/{id}")).bearer_auth(ONE)).await
}

#[tokio::test]
async fn one_after_the_other_and_visible() {
    let (house, _stage, mut turns) = two_clients(1, Config::default()).await;
    let first = enqueue(&house, play("first"), ONE).await;
    let second = enqueue(&house, streamed(play("second")), ONE).await;
    let turn = turns.next().await;
    assert!(turns.none());
    let queue = Answer::of(house.request("GET", "/v1/queue").bearer_auth(ONE)).await.json;
    assert_eq!((&queue["queue_length"], &queue["is_processing_locked"]), (&json!(1), &json!(true)));
    let seen: Vec<Value> = items(&house).await;
    assert_eq!(seen[0]["req_id"], turn.id);
    for (item, state, position, stream) in
        [(&seen[0], "running", json!(null), false), (&seen[1], "waiting", json!(1), true)]
    {
        assert_eq!((&item["state"], &item["position"]), (&json!(state), &position));
        assert_eq!((&item["is_streaming"], &item["cancelled"]), (&json!(stream), &json!(false)));
        assert_eq!((&item["model"], &item["upstream"]), (&json!("play"), &json!("stage")));
        assert!(item["wait_time_seconds"].is_f64() && item["enqueue_time"].is_f64());
    }
    turn.answer();
    turns.next().await.answer();
    assert_eq!((first.await.expect("first").status, second.await.expect("second").status), (200, 200));
    assert_eq!(items(&house).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_owner_sees_the_queue_and_cancels_in_it() {
    let (house, _stage, mut turns) = two_clients(1, Config::default()).await;
    let mut changes = house.gateway.queue_changes();
    let _first = enqueue(&house, play("first"), ONE).await;
    let running = turns.next().await;
    let second = enqueue(&house, streamed(play("second")), TWO).await;
    assert!(changes.has_changed().expect("open"));
    changes.mark_unchanged();
    let seen = house.gateway.queue_view();
    assert_eq!((seen[0].state, seen[0].position), (QueueState::Running, None));
    assert_eq!((seen[1].state, seen[1].position), (QueueState::Waiting, Some(1)));
    assert_eq!((seen[0].id.as_str(), seen[1].stream), (running.id.as_str(), true));
    assert_eq!((seen[1].model.as_str(), seen[1].upstream.as_str()), ("play", "stage"));
    assert_eq!(seen[1].key, house.keys.recognise(TWO).ok().map(|grant| grant.id));
    assert!(seen[1].since_ms >= seen[0].since_ms && seen[0].since_ms > 0);
    assert!(house.gateway.cancel(seen[1].id.as_str()));
    second.await.expect("answered").assert_error(499, "cancelled");
    soon(changes.wait_for(|_| house.gateway.queue_view().len() == 1)).await.expect("open");
    assert!(!house.gateway.cancel(seen[1].id.as_str()));
    running.answer();
    soon(changes.wait_for(|_| house.gateway.queue_view().is_empty())).await.expect("open");
}

#[tokio::test]
async fn callers_take_turns() {
    let (house, _stage, mut turns) = two_clients(1, Config::default()).await;
    let mut asked = Vec::new();
    for (text, key) in [("1a", ONE), ("1b", ONE), ("1c", ONE), ("2a", TWO), ("2b", TWO), ("1d", ONE)] {
        asked.push(enqueue(&house, play(text), key).await);
    }
    let told: Vec<Value> = items(&house).await.iter().map(|item| item["position"].clone()).collect();
    assert_eq!(told, [json!(null), json!(1), json!(2), json!(3), json!(4), json!(5)]);
    let ids: Vec<Value> = items(&house).await.iter().map(|item| item["req_id"].clone()).collect();
    let mut order = Vec::new();
    for id in ids {
        let turn = turns.next().await;
        assert_eq!(turn.id, id, "the positions told the order");
        order.push(turn.prompt());
        turn.answer();
    }
    assert_eq!(order, ["1a", "1b", "2a", "1c", "2b", "1d"]);
    for answer in asked {
        assert_eq!(answer.await.expect("answered").status, 200);
    }
}

#[tokio::test]
async fn as_many_at_once_as_there_are_lanes() {
    let (house, stage, mut turns) = two_clients(2, Config::default()).await;
    let mut asked = Vec::new();
    for text in ["a", "b", "c", "d"] {
        asked.push(enqueue(&house, play(text), ONE).await);
    }
    let (a, b) = (turns.next().await, turns.next().await);
    assert!(turns.none());
    // A lane that opens by itself is found.
    stage.set_lanes(3);
    let c = turns.next().await;
    assert_eq!([a.prompt(), b.prompt(), c.prompt()], ["a", "b", "c"]);
    assert!(turns.none());
    for turn in [a, b, c] {
        turn.answer();
    }
    turns.next().await.answer();
    for answer in asked {
        assert_eq!(answer.await.expect("answered").status, 200);
    }
}

#[tokio::test]
async fn who_comes_to_a_new_lane_does_not_pass_who_waits_for_it() {
    let (house, stage, mut turns) = two_clients(1, Config::default()).await;
    let _running = enqueue(&house, play("running"), ONE).await;
    let _first = turns.next().await;
    let _waiting = enqueue(&house, play("waiting"), ONE).await;
    stage.set_lanes(2);
    let _coming = enqueue(&house, play("coming"), TWO).await;
    assert_eq!(turns.next().await.prompt(), "waiting");
}

#[tokio::test]
async fn an_upstream_without_lanes_says_itself_why() {
    let (house, _stage, mut turns) = two_clients(0, Config::default()).await;
    let asked = tokio::spawn(Answer::of(house.chat(&play("x")).bearer_auth(ONE)));
    turns.next().await.answer();
    assert_eq!(asked.await.expect("answered").status, 200);
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_again() {
    let (house, _stage, mut turns) = two_clients(1, Config { queue_length: 1, ..Config::default() }).await;
    let _running = enqueue(&house, play("running"), ONE).await;
    let waiting = enqueue(&house, play("waiting"), ONE).await;
    for body in [play("x"), streamed(play("x"))] {
        let refused = Answer::of(house.chat(&body).bearer_auth(TWO)).await;
        refused.assert_error(503, "unavailable");
        assert_eq!(refused.header("retry-after"), "30");
    }
    turns.next().await.answer();
    turns.next().await.answer();
    assert_eq!(waiting.await.expect("answered").status, 200);
}

#[tokio::test]
async fn cancelling_what_waits() {
    let (house, _stage, mut turns) = two_clients(1, Config::default()).await;
    let _running = enqueue(&house, play("running"), ONE).await;
    let turn = turns.next().await;
    for body in [play("x"), streamed(play("x"))] {
        let waiting = enqueue(&house, body, ONE).await;
        let id = items(&house).await[1]["req_id"].as_str().expect("an id").to_owned();
        let cancelled = cancel(&house, &format!("chatcmpl-{id}")).await;
        let message = format!("Request {id} marked as cancelled.");
        assert_eq!(
            (cancelled.status, &cancelled.json),
            (200, &json!({ "success": true, "message": message }))
        );
        waiting.await.expect("answered").assert_error(499, "cancelled");
        let again = cancel(&house, &id).await;
        let message = format!("Request {id} not found in queue.");
        assert_eq!((again.status, &again.json), (404, &json!({ "success": false, "message": message })));
    }
    assert!(!turn.is_dropped() && turns.none());
}

#[tokio::test]
async fn cancelling_what_runs() {
    let (house, _stage, mut turns) = two_clients(1, Config::default()).await;
    for (body, speaks) in [(play("x"), false), (play("x"), true), (streamed(play("x")), false)] {
        let running = enqueue(&house, body, ONE).await;
        let turn = turns.next().await;
        turn.started();
        if speaks {
            turn.text("so far");
        }
        assert_eq!(cancel(&house, &turn.id).await.status, 200);
        running.await.expect("answered").assert_error(499, "cancelled");
        turn.dropped().await;
    }
    let running = house.chat(&streamed(play("x"))).bearer_auth(ONE).send();
    let running = tokio::spawn(running);
    let turn = turns.next().await;
    turn.started().text("so far");
    let response = soon(running).await.expect("runs").expect("a response");
    assert_eq!(cancel(&house, &turn.id).await.status, 200);
    let text = response.text().await.expect("text");
    assert!(text.contains("\"code\":\"cancelled\"") && text.ends_with("data: [DONE]\n\n"), "{text}");
    turn.dropped().await;
}

/// The stage with a second model, whose lanes may all be taken.
struct TwoModels {
    stage: Arc<Stage>,
    taken: AtomicBool,
}

impl Upstream for TwoModels {
    fn name(&self) -> &str {
        self.stage.name()
    }

    fn lanes(&self) -> Option<usize> {
        self.stage.lanes()
    }

    fn lane(&self, call: &Call, running: usize) -> Option<Lane> {
        let taken = call.request.model == "rare" && self.taken.load(Ordering::SeqCst);
        if taken { None } else { self.stage.lane(call, running) }
    }

    fn accounts(&self) -> Vec<account::Status> {
        self.stage.accounts()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        let card = |id: &str| ModelCard { id: id.to_owned(), ..ModelCard::default() };
        async move { Ok(vec![card("play"), card("rare")]) }.boxed()
    }

    fn ignores(&self, request: &Request) -> Vec<&'static str> {
        self.stage.ignores(request)
    }

    fn chat(&self, call: Call) -> EventStream {
        self.stage.chat(call)
    }
}

#[tokio::test]
async fn a_request_that_can_use_no_lane_lets_others_past() {
    let (stage, mut turns) = Stage::new(1);
    let upstream = Arc::new(TwoModels { stage, taken: AtomicBool::new(true) });
    let upstreams = vec![Arc::clone(&upstream) as Arc<dyn Upstream>];
    let house = House::with(Config::default(), &[ONE, TWO], upstreams).await;
    let rare = |text: &str| json!({ "model": "rare", "messages": [{ "role": "user", "content": text }] });
    let first = enqueue(&house, rare("first"), ONE).await;
    let second = enqueue(&house, rare("second"), TWO).await;
    // The same caller has to wait for no lane that would do its first request no good.
    let past = enqueue(&house, play("past"), ONE).await;
    let turn = turns.next().await;
    assert_eq!(turn.request.messages[0].plain_text(), "past");
    upstream.taken.store(false, Ordering::SeqCst);
    turn.answer();
    // Who was let past has had a turn.
    for waited in ["second", "first"] {
        let turn = turns.next().await;
        assert_eq!(turn.request.messages[0].plain_text(), waited);
        assert!(turns.none(), "there is one lane");
        turn.answer();
    }
    for asked in [first, second, past] {
        assert_eq!(asked.await.expect("answered").status, 200);
    }
}

#[tokio::test]
async fn lanes_come_from_the_upstream_that_is_waited_for_and_not_from_another_of_its_name() {
    let (old, mut turns) = Stage::new(1);
    let house = House::with(Config::default(), &[ONE, TWO], vec![old]).await;
    let first = enqueue(&house, play("first"), ONE).await;
    let running = turns.next().await;
    let second = enqueue(&house, play("second"), ONE).await;
    // The settings change.
    let (new, mut new_turns) = Stage::new(9);
    house.registry.set_upstreams(vec![new]);
    let third = enqueue(&house, play("third"), ONE).await;
    new_turns.next().await.answer();
    assert_eq!(third.await.expect("answered").status, 200);
    assert!(turns.none(), "the old one has one lane, and it is taken");
    running.answer();
    turns.next().await.answer();
    for asked in [first, second] {
        assert_eq!(asked.await.expect("answered").status, 200);
    }
}

#[tokio::test]
async fn who_has_a_key_sees_and_cancels_what_came_with_it_and_nothing_else() {
    let (house, _stage, mut turns) = two_clients(1, Config::default()).await;
    let _mine = enqueue(&house, play("mine"), ONE).await;
    let mine = turns.next().await;
    let theirs = enqueue(&house, play("theirs"), TWO).await;
    let theirs_id = items(&house).await[1]["req_id"].as_str().expect("an id").to_owned();
    let seen = Answer::of(house.request("GET", "/v1/queue").bearer_auth(TWO)).await.json;
    let seen = seen["items"].as_array().expect("items");
    assert_eq!(seen.iter().map(|item| &item["req_id"]).collect::<Vec<_>>(), [&json!(theirs_id)]);
    assert_eq!(seen[0]["position"], 1);
    assert_eq!(cancel(&house, &theirs_id).await.status, 404, "the other key asks");
    assert_eq!(items(&house).await.len(), 2);
    assert_eq!(cancel(&house, &mine.id).await.status, 200);
    turns.next().await.answer();
    assert_eq!(theirs.await.expect("answered").status, 200);
}
