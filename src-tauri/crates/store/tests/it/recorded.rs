//! What the tests of the recorder share.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use postern_store::{Call, ConversationStore, Ended, Exchange, Headers, Recorder, RecordingUsage, Seq, Via};

#[expect(clippy::expect_used, reason = "a helper of tests")]
pub(crate) fn open(folder: &Path) -> ConversationStore {
    ConversationStore::open(folder).expect("opens")
}

pub(crate) fn call(id: &str) -> Call {
    Call {
        id: id.to_owned(),
        at: SystemTime::now(),
        via: Via::Api,
        method: "POST".to_owned(),
        host: None,
        path: "/v1/chat/completions".to_owned(),
        headers: Headers::default(),
        key: None,
    }
}

/// Records a whole exchange.
pub(crate) fn say(recorder: &Recorder, id: &str, request: &str, response: &str) {
    let recording = recorder.begin(call(id));
    recording.request(Bytes::copy_from_slice(request.as_bytes()));
    recording.answer(200, Headers::default());
    recording.response(Bytes::copy_from_slice(response.as_bytes()));
    recording.ended(Ended::Whole);
}

/// Closes the store, and what is found in its folder afterwards, oldest first.
pub(crate) async fn all(store: ConversationStore, folder: &Path) -> Vec<Exchange> {
    store.close();
    let again = open(folder);
    let found = every(&again).await;
    again.close();
    found
}

/// All exchanges, oldest first.
#[expect(clippy::expect_used, reason = "a helper of tests")]
pub(crate) async fn every(store: &ConversationStore) -> Vec<Exchange> {
    let conversations = store.conversations();
    let last = *conversations.arrivals().borrow();
    let mut all = Vec::new();
    for seq in 1..=i64::try_from(last).expect("small") {
        all.extend(conversations.exchange(Seq(seq)).await.expect("readable"));
    }
    all
}

/// Every file below the folder.
#[expect(clippy::expect_used, reason = "a helper of tests")]
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Holds the database as another program would, until it is dropped.
#[expect(clippy::expect_used, reason = "a helper of tests")]
pub(crate) fn hold(folder: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(folder.join("conversations.db")).expect("opens");
    connection.execute_batch("BEGIN IMMEDIATE").expect("free");
    connection
}

/// Waits until the state of the recorder is such.
#[expect(clippy::expect_used, reason = "a helper of tests")]
pub(crate) async fn until_usage(
    store: &ConversationStore,
    holds: impl Fn(&RecordingUsage) -> bool,
) -> RecordingUsage {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let usage = store.conversations().usage().await.expect("readable");
        if holds(&usage) {
            return usage;
        }
        assert!(Instant::now() < until, "it never came to that: {usage:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
