//! What was said is in the database, whatever happens.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use postern_store::{Call, ConversationStore, Ended, Exchange, KeyId, Recorder, Seq, Server, Via};
use tempfile::TempDir;

use super::recorded::{all, call, every, open, say};

#[tokio::test]
async fn an_exchange_comes_back_as_it_was() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let recording = store.recorder().begin(Call {
        id: "req-1".to_owned(),
        at: SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123),
        via: Via::Proxy,
        method: "POST".to_owned(),
        host: Some("api.example:8443".to_owned()),
        path: "/v1/chat/completions?stream=1".to_owned(),
        headers: [("Content-Type", "application/json")].into_iter().collect(),
        key: Some(KeyId(4)),
    });
    let clone = recording.clone();
    recording.request(Bytes::from_static(b"{\"model\":"));
    clone.request(Bytes::from_static(b"\"m\"}"));
    recording.answer(201, [("x-a", "1")].into_iter().collect());
    clone.response(Bytes::from_static(b"data: \xff\x00"));
    clone.response(Bytes::from_static(b"\n\n"));
    recording.served(Server {
        upstream: "up".to_owned(),
        model: "m-2".to_owned(),
        account: Some("acc".to_owned()),
    });
    recording.ended(Ended::Broken);
    drop(recording);
    drop(clone);
    let all = all(store, folder.path()).await;
    let [found] = &all[..] else { panic!("one exchange: {all:?}") };
    assert!(found.first_byte.is_some_and(|first| first <= found.total));
    let expected = Exchange {
        seq: Seq(1),
        id: "req-1".to_owned(),
        at_ms: 1_700_000_000_123,
        via: Via::Proxy,
        method: "POST".to_owned(),
        host: Some("api.example:8443".to_owned()),
        path: "/v1/chat/completions?stream=1".to_owned(),
        key: Some(KeyId(4)),
        credential: None,
        server: Server {
            upstream: "up".to_owned(),
            model: "m-2".to_owned(),
            account: Some("acc".to_owned()),
        },
        status: 201,
        ended: Ended::Broken,
        first_byte: found.first_byte,
        total: found.total,
        request_headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        request: Bytes::from_static(b"{\"model\":\"m\"}"),
        response_headers: vec![("x-a".to_owned(), "1".to_owned())],
        response: Bytes::from_static(b"data: \xff\x00\n\n"),
    };
    assert_eq!(*found, expected);
}

#[tokio::test]
async fn two_answers_with_the_same_id_are_two_rows() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for _ in 0..2 {
        say(&store.recorder(), "req", "ask", "{\"id\":\"chatcmpl-7\"}");
    }
    assert_eq!(all(store, folder.path()).await.len(), 2);
}

#[tokio::test]
async fn a_clean_stop_right_after_exchanges_keeps_them_in_the_database() {
    for exchanges in [50, 700] {
        let folder = TempDir::new().expect("a folder");
        let store = open(folder.path());
        for number in 0..exchanges {
            say(&store.recorder(), &number.to_string(), "ask", "answer");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        store.close();
        // Not through the store, which would take over what was left.
        let database = rusqlite::Connection::open(folder.path().join("conversations.db")).expect("opens");
        let rows: u32 =
            database.query_row("SELECT count(*) FROM exchanges", [], |row| row.get(0)).expect("a count");
        assert_eq!(rows, exchanges);
        let spools = std::fs::read_dir(folder.path().join("spool")).expect("a folder");
        assert_eq!(spools.filter(|entry| entry.as_ref().expect("an entry").path().is_dir()).count(), 0);
        drop(database);
        let ids: Vec<_> = every(&open(folder.path())).await.into_iter().map(|exchange| exchange.id).collect();
        assert_eq!(ids, (0..exchanges).map(|number| number.to_string()).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn who_waits_for_exchanges_is_told() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let mut arrivals = store.conversations().arrivals();
    assert_eq!(*arrivals.borrow_and_update(), 0);
    say(&store.recorder(), "req", "ask", "answer");
    arrivals.changed().await.expect("the store is open");
    let last = Seq(i64::try_from(*arrivals.borrow()).expect("small"));
    let found = store.conversations().exchange(last).await.expect("readable").expect("there");
    assert_eq!((found.id.as_str(), found.ended), ("req", Ended::Whole));
    store.close();
}

#[tokio::test]
async fn a_large_body_leaves_memory_and_comes_back_whole() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let recorder: Recorder = store.recorder();
    let recording = recorder.begin(call("large"));
    let mut expected = Vec::new();
    for number in 0..3000_u32 {
        let piece =
            vec![u8::try_from(number % 251).expect("small"); 1 + usize::try_from(number).expect("small")];
        expected.extend_from_slice(&piece);
        recording.response(Bytes::from(piece));
    }
    recording.ended(Ended::Whole);
    drop(recording);
    let all = all(store, folder.path()).await;
    let [found] = &all[..] else { panic!("one exchange") };
    assert!(found.response == expected, "{} bytes of {}", found.response.len(), expected.len());
}

#[tokio::test]
async fn nobody_says_how_it_ended_when_the_client_left() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    drop(store.recorder().begin(call("left")));
    let all = all(store, folder.path()).await;
    assert_eq!((all[0].ended, all[0].status), (Ended::Left, 0));
}

#[tokio::test]
async fn a_row_that_is_refused_harms_no_other() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    refuse(folder.path(), "bad");
    for id in ["a", "bad", "b"] {
        say(&store.recorder(), id, "ask", "answer");
    }
    let conversations = store.conversations();
    super::support::until(|| *conversations.arrivals().borrow() > 0).await;
    let ids: Vec<_> = all(store, folder.path()).await.into_iter().map(|exchange| exchange.id).collect();
    assert_eq!(ids, ["a", "b"]);
}

/// From now on the database refuses this id.
fn refuse(folder: &Path, id: &str) {
    let connection = rusqlite::Connection::open(folder.join("conversations.db")).expect("opens");
    let trigger = format!(
        "CREATE TRIGGER refuse BEFORE INSERT ON exchanges WHEN NEW.id = '{id}'
         BEGIN SELECT RAISE(ABORT, 'refused'); END"
    );
    connection.execute_batch(&trigger).expect("a trigger");
}

#[test]
fn a_store_can_be_opened_twice_at_once() {
    let folder = TempDir::new().expect("a folder");
    let first = open(folder.path());
    let second = ConversationStore::open(folder.path()).expect("opens");
    second.close();
    first.close();
}
