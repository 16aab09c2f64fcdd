//! A client that goes takes its request with it: what works for it stops, what waits is gone.

use postern_gateway::Config;

use crate::support::{House, play, post_text, soon, streamed};

#[tokio::test]
async fn in_the_middle_of_a_stream() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let mut raw = house.raw(&post_text(&streamed(play("x")))).await;
    let turn = turns.next().await;
    turn.started().text("so far");
    raw.until("so far").await;
    drop(raw);
    turn.dropped().await;
}

#[tokio::test]
async fn before_the_first_piece_with_nothing_to_write() {
    let (house, mut turns) = House::staged(Config::default()).await;
    for body in [streamed(play("x")), play("x")] {
        let raw = house.raw(&post_text(&body)).await;
        let turn = turns.next().await;
        turn.started();
        assert!(!turn.is_dropped());
        drop(raw);
        turn.dropped().await;
    }
}

#[tokio::test]
async fn with_the_writing_side_only() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let mut raw = house.raw(&post_text(&streamed(play("x")))).await;
    let turn = turns.next().await;
    tokio::io::AsyncWriteExt::shutdown(&mut raw.socket).await.expect("shuts down");
    turn.dropped().await;
}

#[tokio::test]
async fn while_it_waits_in_the_queue() {
    let (house, mut turns) = House::staged(Config::default()).await;
    let _first = house.spawn(&play("first"));
    let first = turns.next().await;
    let gone = house.raw(&post_text(&play("gone"))).await;
    waiting(&house, 1).await;
    drop(gone);
    waiting(&house, 0).await;
    let third = house.spawn(&play("third"));
    waiting(&house, 1).await;
    first.answer();
    let turn = turns.next().await;
    assert_eq!(turn.prompt(), "third");
    turn.answer();
    assert_eq!(third.await.expect("answered").status, 200);
    assert!(turns.none());
}

/// Waits until so many wait.
async fn waiting(house: &House, count: u64) {
    soon(async {
        while house.get("/v1/queue").await.json["queue_length"] != count {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
