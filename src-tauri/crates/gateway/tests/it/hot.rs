//! Choices that change while the server runs.

use std::time::Duration;

use postern_gateway::Config;

use crate::support::{Answer, House, echo, play, soon, streamed};

#[tokio::test]
async fn new_choices_count_from_the_next_request_on() {
    let house = House::open().await;
    let from = |host: &str, origin: &str| {
        Answer::of(house.chat(&echo("hi")).header("host", host).header("origin", origin))
    };
    from("gate.example", "https://chat.example").await.assert_error(403, "host_not_allowed");
    from("localhost", "https://chat.example").await.assert_error(403, "origin_not_allowed");
    house.gateway.configure(Config {
        allowed_hosts: vec!["gate.example".to_owned()],
        allowed_origins: vec!["https://chat.example".to_owned()],
        body_bytes: 200,
        version: "7.7.7",
        ..Config::default()
    });
    assert_eq!(from("gate.example", "https://chat.example").await.status, 200);
    house.post(&echo(&"x".repeat(200))).await.assert_error(413, "request_too_large");
    assert_eq!(house.get("/health").await.json["details"]["version"], "7.7.7");
    house.gateway.configure(Config::default());
    assert_eq!(house.post(&echo(&"x".repeat(200))).await.status, 200);
    from("gate.example", "https://chat.example").await.assert_error(403, "host_not_allowed");
}

#[tokio::test]
async fn the_queue_grows_and_shrinks_for_those_who_come() {
    let (house, mut turns) = House::staged(Config { queue_length: 0, ..Config::default() }).await;
    let running = house.spawn(&play("running"));
    let turn = turns.next().await;
    house.post(&play("full")).await.assert_error(503, "unavailable");
    house.gateway.configure(Config { queue_length: 1, ..Config::default() });
    let waiting = house.spawn(&play("waiting"));
    let mut changes = house.gateway.queue_changes();
    soon(changes.wait_for(|_| house.gateway.queue_view().len() == 2)).await.expect("open");
    house.gateway.configure(Config { queue_length: 0, ..Config::default() });
    house.post(&play("full again")).await.assert_error(503, "unavailable");
    turn.answer();
    turns.next().await.answer();
    assert_eq!((running.await.expect("ends").status, waiting.await.expect("ends").status), (200, 200));
}

#[tokio::test]
async fn who_is_being_answered_keeps_the_limits_of_the_beginning() {
    let patient = Config { silence_timeout: Duration::from_secs(3600), ..Config::default() };
    let (house, mut turns) = House::staged(patient).await;
    let before = house.spawn(&streamed(play("before")));
    let turn = turns.next().await;
    turn.started().text("so far ");
    house.gateway.configure(Config {
        first_byte_timeout: Duration::from_millis(20),
        silence_timeout: Duration::from_millis(20),
        ..Config::default()
    });
    // Who comes now has the new limits, and would wait for the lane of the other for ever.
    let after = house.spawn(&play("after"));
    turn.text("and on").finish();
    assert!(before.await.expect("ends").text.contains("and on"));
    let _silent = turns.next().await;
    after.await.expect("ends").assert_error(504, "timeout");
}
