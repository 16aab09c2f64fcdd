//! The end of the server: who waits hears of it at once, who is being answered when time is up.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, pending};
use postern_gateway::Config;
use postern_protocol::account;
use postern_protocol::chat::{Failure, Request};
use postern_upstream::{Call, EventStream, ModelCard, Upstream};
use serde_json::Value;
use tokio::sync::Notify;

use crate::log::{Line, keep};
use crate::support::{Answer, House, Raw, Stage, Turns, play, post_text, soon, streamed};

const A_DAY: Duration = Duration::from_secs(24 * 3600);
const A_MOMENT: Duration = Duration::from_millis(20);

#[tokio::test]
async fn stopping_lets_running_answers_end() {
    let config = Config { shutdown_timeout: Duration::from_secs(3600), ..Config::default() };
    let (mut house, mut turns) = House::staged(config).await;
    let mut running = house.raw(&post_text(&streamed(play("x")))).await;
    let turn = turns.next().await;
    turn.started().text("before ");
    running.until("before ").await;
    let idle = house.raw("").await;
    house.shutdown.cancel();
    assert_eq!(idle.rest().await, "");
    turn.text("after").finish();
    let rest = running.rest().await;
    assert!(rest.contains("after") && rest.contains("data: [DONE]"), "{rest}");
    soon(&mut house.server).await.expect("runs").expect("serves");
    assert!(tokio::net::TcpStream::connect(house.address).await.is_err());
}

#[tokio::test]
async fn stopping_does_not_wait_forever() {
    let config = Config { shutdown_timeout: Duration::from_millis(20), ..Config::default() };
    let (mut house, mut turns) = House::staged(config).await;
    let _running = house.raw(&post_text(&play("x"))).await;
    let turn = turns.next().await;
    house.shutdown.cancel();
    soon(&mut house.server).await.expect("runs").expect("serves");
    turn.dropped().await;
}

/// A server whose running answers have a day, or next to no time, to end.
async fn with_time(left: Duration) -> (House, Turns) {
    House::staged(Config { shutdown_timeout: left, ..Config::default() }).await
}

/// Checks that a response is the whole refusal of a server that stops.
#[track_caller]
fn assert_stopping(response: &str) {
    let (head, body) = response.split_once("\r\n\r\n").expect("a response");
    assert!(head.starts_with("HTTP/1.1 503"), "{response}");
    let head = head.to_ascii_lowercase();
    assert!(head.contains("\r\nretry-after: 5") && head.contains("\r\nconnection: close"), "{response}");
    let body: Value = serde_json::from_str(body).expect("a whole body");
    assert_error(&body["error"]);
}

#[track_caller]
fn assert_error(error: &Value) {
    assert_eq!((&error["code"], &error["type"]), (&"unavailable".into(), &"server_error".into()));
    assert!(error["message"].as_str().is_some_and(|text| text.starts_with("The server is stopping. ")));
}

async fn waiting(house: &House, count: u64) {
    soon(async {
        while house.get("/v1/queue").await.json["queue_length"] != count {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn who_waits_in_the_queue_hears_of_it_at_once() {
    let (mut house, mut turns) = with_time(A_DAY).await;
    let running = house.spawn(&play("runs"));
    let turn = turns.next().await;
    let whole = house.raw(&post_text(&play("waits"))).await;
    let stream = house.raw(&post_text(&streamed(play("waits")))).await;
    waiting(&house, 2).await;
    house.shutdown.cancel();
    assert_stopping(&whole.rest().await);
    assert_stopping(&stream.rest().await);
    assert!(!turn.is_dropped() && turns.none());
    turn.answer();
    assert_eq!(running.await.expect("answered").content(), "runs");
    soon(&mut house.server).await.expect("runs").expect("serves");
}

#[tokio::test]
async fn who_was_told_to_wait_hears_of_it_in_the_stream() {
    let config = Config { shutdown_timeout: A_DAY, keep_alive: A_MOMENT, ..Config::default() };
    let (house, mut turns) = House::staged(config).await;
    let _running = house.spawn(&play("runs"));
    let _turn = turns.next().await;
    let mut waits = house.raw(&post_text(&streamed(play("waits")))).await;
    waits.until(": ").await;
    house.shutdown.cancel();
    assert_ended_in_order(waits).await;
}

/// An upstream that never knows its models.
#[derive(Default)]
struct Unsure {
    asked: Notify,
}

impl Upstream for Unsure {
    fn name(&self) -> &str {
        "unsure"
    }

    fn lanes(&self) -> Option<usize> {
        None
    }

    fn accounts(&self) -> Vec<account::Status> {
        Vec::new()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        self.asked.notify_one();
        pending().boxed()
    }

    fn ignores(&self, _: &Request) -> Vec<&'static str> {
        Vec::new()
    }

    fn chat(&self, _: Call) -> EventStream {
        unreachable!("it has no models")
    }
}

async fn unsure(left: Duration) -> (House, Arc<Unsure>) {
    let upstream = Arc::new(Unsure::default());
    let config = Config { shutdown_timeout: left, ..Config::default() };
    (House::with(config, &[], vec![Arc::clone(&upstream) as _]).await, upstream)
}

#[tokio::test]
async fn who_waits_for_a_model_hears_of_it_at_once() {
    let (house, upstream) = unsure(A_DAY).await;
    let asked = house.raw(&post_text(&play("x"))).await;
    soon(upstream.asked.notified()).await;
    house.shutdown.cancel();
    assert_stopping(&asked.rest().await);
}

#[tokio::test]
async fn what_is_no_chat_gets_a_response_too() {
    let (house, upstream) = unsure(A_MOMENT).await;
    let list = house.raw("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    soon(upstream.asked.notified()).await;
    house.shutdown.cancel();
    assert_stopping(&list.rest().await);
}

#[tokio::test]
async fn running_answers_end_with_a_failure_when_time_is_up() {
    let lines = keep();
    let (stage, mut turns) = Stage::new(2);
    let config = Config { shutdown_timeout: A_MOMENT, ..Config::default() };
    let mut house = House::with(config, &[], vec![stage]).await;
    let whole = house.raw(&post_text(&play("whole"))).await;
    let first = turns.next().await;
    first.started().text("lost");
    let mut stream = house.raw(&post_text(&streamed(play("stream")))).await;
    let second = turns.next().await;
    second.started().text("so far");
    stream.until("so far").await;
    house.shutdown.cancel();
    assert_stopping(&whole.rest().await);
    assert_ended_in_order(stream).await;
    first.dropped().await;
    second.dropped().await;
    soon(&mut house.server).await.expect("runs").expect("serves");
    let told: Vec<Line> = lines.taken().into_iter().filter(|line| line.contains_key("status")).collect();
    let mut told: Vec<&str> = told.iter().map(|line| line.get("error").map_or("", String::as_str)).collect();
    told.dedup();
    assert_eq!(told, ["unavailable"]);
}

/// Checks that a streamed answer ends with the failure, `[DONE]` and the end of its chunks.
async fn assert_ended_in_order(stream: Raw) {
    let rest = stream.rest().await;
    let data: Vec<&str> = rest.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    let [.., error, "[DONE]"] = data[..] else { unreachable!("no failure: {rest}") };
    let error: Value = serde_json::from_str(error).expect("JSON");
    assert_error(&error["error"]);
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "{rest}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let (mut house, mut turns) = with_time(A_MOMENT).await;
    let mut stream = house.raw(&post_text(&streamed(play("x")))).await;
    let turn = turns.next().await;
    turn.started().text("so far");
    stream.until("so far").await;
    // More than the buffers of a connection hold.
    turn.text(&"much ".repeat(4 * 1024 * 1024));
    house.shutdown.cancel();
    soon(&mut house.server).await.expect("runs").expect("serves");
    turn.dropped().await;
}

#[tokio::test]
async fn it_can_be_started_again() {
    let (mut house, mut turns) = with_time(A_MOMENT).await;
    let cut = house.raw(&post_text(&play("cut"))).await;
    turns.next().await;
    house.shutdown.cancel();
    soon(&mut house.server).await.expect("runs").expect("serves");
    cut.rest().await;
    let again = house.again().await;
    let asked = again.spawn(&play("again"));
    let waits = again.spawn(&play("next"));
    turns.next().await.answer();
    turns.next().await.answer();
    let answers: Vec<Answer> = vec![asked.await.expect("answered"), waits.await.expect("answered")];
    assert!(answers.iter().all(|answer| answer.status == 200));
}
