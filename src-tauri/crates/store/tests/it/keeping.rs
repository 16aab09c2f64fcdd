//! No more is kept than is wanted.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use postern_store::{Call, Change, ConversationStore, Ended, Limits, ReviewState, Selection, Seq, ThreadId};
use tempfile::TempDir;

use super::derived::House;
use super::recorded::{call, every, files, open};
use super::support::until;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Records an exchange that came so many days ago.
fn say_days_ago(store: &ConversationStore, days: u32, body: Vec<u8>) {
    let recording =
        store.recorder().begin(Call { at: SystemTime::now() - days * DAY, ..call(&format!("{days} days")) });
    recording.answer(200, vec![("content-type".to_owned(), Bytes::from_static(b"image/png"))]);
    recording.response(Bytes::from(body));
    recording.ended(Ended::Whole);
}

async fn recorded(store: &ConversationStore, exchanges: u64) {
    let mut arrivals = store.conversations().arrivals();
    arrivals.wait_for(|last| *last >= exchanges).await.expect("open");
}

async fn ids(store: &ConversationStore) -> Vec<String> {
    every(store).await.into_iter().map(|exchange| exchange.id).collect()
}

async fn until_ids(store: &ConversationStore, expected: &[&str]) {
    for _ in 0..3000 {
        if ids(store).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(ids(store).await, expected);
}

fn media(folder: &Path) -> usize {
    files(&folder.join("media")).len()
}

#[tokio::test]
async fn what_is_too_old_goes_with_its_media() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for days in [40, 20, 10] {
        say_days_ago(&store, days, vec![days.to_le_bytes()[0]; 10_000]);
    }
    // The same picture as the oldest one.
    say_days_ago(&store, 1, vec![40; 10_000]);
    recorded(&store, 4).await;
    let before = store.conversations().usage().await.expect("readable");
    assert_eq!((before.exchanges, before.media_bytes, media(folder.path())), (4, 30_000, 3));
    store.conversations().keep(Limits { days: Some(15), max_bytes: None });
    until_ids(&store, &["10 days", "1 days"]).await;
    until(|| media(folder.path()) == 2).await;
    let found = every(&store).await;
    assert_eq!(found[1].response, vec![40; 10_000], "what somebody has stays");
    store.close();
}

#[tokio::test]
async fn the_oldest_go_when_there_is_too_much_and_the_room_is_given_back() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for days in (1_u32..=30).rev() {
        let mut state = days;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_le_bytes()[3]
        });
        let recording = store
            .recorder()
            .begin(Call { at: SystemTime::now() - days * DAY, ..call(&format!("{days} days")) });
        recording.response(noise.take(100_000).collect::<Vec<u8>>().into());
        drop(recording);
    }
    recorded(&store, 30).await;
    let size = |folder: &Path| std::fs::metadata(folder.join("conversations.db")).expect("there").len();
    let conversations = store.conversations();
    conversations.keep(Limits { days: None, max_bytes: Some(1_500_000) });
    let mut usage = conversations.usage().await.expect("readable");
    for _ in 0..3000 {
        if usage.stored_bytes + usage.media_bytes <= 1_500_000 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        usage = conversations.usage().await.expect("readable");
    }
    assert!((5..15).contains(&usage.exchanges), "{usage:?}");
    let newest: Vec<String> = (1..=usage.exchanges).rev().map(|days| format!("{days} days")).collect();
    assert_eq!(ids(&store).await, newest);
    store.close();
    assert!(size(folder.path()) < 2_500_000, "{}", size(folder.path()));
}

#[tokio::test]
async fn media_of_an_exchange_are_found_and_kept_as_long_as_it() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    say_days_ago(&store, 9, b"small".to_vec());
    recorded(&store, 1).await;
    let conversations = store.conversations();
    let sha =
        conversations.keep_media(Seq(1), "image/png".to_owned(), Bytes::from_static(b"a picture")).await;
    let sha = sha.expect("kept");
    let kept = conversations.media(&sha).await.expect("readable").expect("there");
    assert_eq!((kept.mime.as_str(), kept.bytes), ("image/png", 9));
    assert_eq!(std::fs::read(&kept.path).expect("readable"), b"a picture");
    assert_eq!(conversations.media("../../etc/passwd").await.expect("readable"), None);
    conversations.keep(Limits { days: Some(5), max_bytes: None });
    until(|| !kept.path.exists()).await;
    assert_eq!(conversations.media(&sha).await.expect("readable"), None);
    store.close();
}

#[tokio::test]
async fn nothing_is_left_when_everything_is_erased() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for days in 1..20 {
        say_days_ago(&store, days, format!("{days}{}", "a very particular text".repeat(500)).into_bytes());
    }
    recorded(&store, 19).await;
    store.conversations().erase_all().await.expect("erased");
    let usage = store.conversations().usage().await.expect("readable");
    assert_eq!((usage.exchanges, usage.media_bytes, usage.oldest_ms), (0, 0, None));
    assert_eq!(media(folder.path()), 0);
    store.close();
}

/// The beginnings of the conversations that are there, in alphabetical order.
async fn titles(house: &House) -> Vec<String> {
    let mut titles: Vec<String> = house.list().await.into_iter().map(|row| row.facts.title).collect();
    titles.sort();
    titles
}

async fn until_exchanges(house: &House, exchanges: u64) {
    for _ in 0..3000 {
        if house.conversations().usage().await.expect("readable").exchanges == exchanges {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("there are never {exchanges} exchanges");
}

#[tokio::test]
async fn what_somebody_decided_outlives_what_it_was_made_of() {
    let house = House::new();
    let conversations = house.conversations();
    let decide = async |title: &str, change: Change| {
        let row = house.list().await.into_iter().find(|row| row.facts.title == title).expect("there");
        conversations.change(Selection::Ids(vec![row.id]), change).await.expect("changed");
        row.id
    };
    for title in ["approved", "later", "rated", "tagged", "untouched"] {
        house.said(&[title, "an answer"]).await;
    }
    let state = |state| Change { state: Some(state), ..Change::default() };
    let approved: ThreadId = decide("approved", state(ReviewState::Approved)).await;
    decide("later", state(ReviewState::Later)).await;
    decide("rated", Change { rating: Some(4), ..Change::default() }).await;
    decide("tagged", Change { add_tags: vec!["t".to_owned()], ..Change::default() }).await;
    let leaf = house.thread(approved).await.exchanges[0];
    let sha = conversations
        .keep_media(leaf, "image/png".to_owned(), Bytes::from_static(b"seen"))
        .await
        .expect("kept");

    conversations.keep(Limits { days: Some(0), max_bytes: None });
    until_exchanges(&house, 2).await;
    until_titles(&house, &["approved", "later", "rated", "tagged"]).await;
    assert_eq!(house.search("untouched").await, Vec::<String>::new());

    conversations.keep(Limits { days: None, max_bytes: Some(1) });
    until_exchanges(&house, 0).await;
    assert_eq!(titles(&house).await, ["approved", "later", "rated", "tagged"]);
    assert_eq!(house.thread(approved).await.body, b"approved\nan answer");
    assert!(conversations.media(&sha).await.expect("readable").is_some_and(|kept| kept.path.exists()));

    conversations.delete(Selection::Ids(vec![approved])).await.expect("deleted");
    conversations.keep(Limits::default());
    for _ in 0..3000 {
        if conversations.media(&sha).await.expect("readable").is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("media of nobody stays");
}

async fn until_titles(house: &House, expected: &[&str]) {
    for _ in 0..3000 {
        if titles(house).await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(titles(house).await, expected);
}
