//! No more is kept than is wanted.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use postern_store::{Call, Change, ConversationStore, Ended, Limits, ReviewState, Selection, Seq, ThreadId};
use tempfile::TempDir;

use super::derived::House;
use super::recorded::{call, every, files, hold, open, say, until_usage};
use super::support::until;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Records an exchange that came so many days ago.
fn say_days_ago(store: &ConversationStore, days: u32, body: Vec<u8>) {
    let recording =
        store.recorder().begin(Call { at: SystemTime::now() - days * DAY, ..call(&format!("{days} days")) });
    recording.answer(200, [("content-type", "image/png")].into_iter().collect());
    recording.response(Bytes::from(body));
    recording.ended(Ended::Whole);
}

/// What cannot be packed.
fn noise(seed: u32) -> Bytes {
    let mut state = seed;
    let noise = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3]
    });
    noise.take(100_000).collect::<Vec<u8>>().into()
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
        let recording = store
            .recorder()
            .begin(Call { at: SystemTime::now() - days * DAY, ..call(&format!("{days} days")) });
        recording.response(noise(days));
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
    for seed in 0..5 {
        store.recorder().begin(call("in the database")).response(noise(seed));
    }
    recorded(&store, 24).await;
    let before = store.conversations().usage().await.expect("readable").stored_bytes;
    store.conversations().erase_all().await.expect("erased");
    let usage = store.conversations().usage().await.expect("readable");
    assert_eq!((usage.exchanges, usage.media_bytes, usage.oldest_ms), (0, 0, None));
    assert_eq!(media(folder.path()), 0);
    // The room is given back while the store is open, and the log holds nothing of it.
    let on_disk: u64 = ["conversations.db", "conversations.db-wal"]
        .iter()
        .filter_map(|name| std::fs::metadata(folder.path().join(name)).ok())
        .map(|file| file.len())
        .sum();
    assert!(
        usage.stored_bytes + 400_000 < before && on_disk <= usage.stored_bytes,
        "{on_disk} {before} {usage:?}"
    );
    store.close();
}

/// Begins to erase everything, and lets it come to where it waits for the database.
async fn erasing(store: &ConversationStore) -> tokio::task::JoinHandle<Result<(), postern_store::Error>> {
    let conversations = store.conversations();
    let erasing = tokio::spawn(async move { conversations.erase_all().await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    erasing
}

async fn until_spooled(folder: &Path) {
    until(|| files(&folder.join("spool")).iter().any(|file| is_of(file, "spool"))).await;
}

#[tokio::test]
async fn what_lies_in_the_spool_is_erased_with_the_rest_and_what_ends_later_is_kept() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    say(&store.recorder(), "first", "an old question", "{}");
    recorded(&store, 1).await;
    let held = hold(folder.path());
    // More than the database takes at once.
    for _ in 0..500 {
        say(&store.recorder(), "spooled", "a question on its way", "{}");
    }
    let large = |id| {
        let recording = store.recorder().begin(call(id));
        recording.response(Bytes::from(vec![b'x'; 2_000_000]));
        recording
    };
    let unfinished = large("unfinished");
    drop(large("large"));
    until_spooled(folder.path()).await;
    let erasing = erasing(&store).await;
    drop(held);
    erasing.await.expect("ends").expect("erased");
    drop(unfinished);
    say(&store.recorder(), "later", "a new question", "{}");
    until_ids(&store, &["unfinished", "later"]).await;
    let usage = store.conversations().usage().await.expect("readable");
    assert_eq!((usage.exchanges, usage.waiting, usage.lost), (2, 0, 0));
    store.close();
    // Nothing of it comes back from the disk either.
    let again = open(folder.path());
    assert_eq!(ids(&again).await, ["unfinished", "later"]);
    assert!(!files(folder.path()).iter().any(|file| is_of(file, "spool") || is_of(file, "body")));
    again.close();
}

#[tokio::test]
async fn what_a_killed_process_left_is_erased_as_well() {
    let folder = TempDir::new().expect("a folder");
    let first = open(folder.path());
    let held = hold(folder.path());
    for _ in 0..500 {
        say(&first.recorder(), "left", "a question to a process that is gone", "{}");
    }
    until_spooled(folder.path()).await;
    let spools = folder.path().join("spool");
    let all = || files(&spools).into_iter().find(|file| is_of(file, "spool")).expect("there");
    let mut length = 0;
    while std::mem::replace(&mut length, std::fs::metadata(all()).expect("there").len()) != length {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // As a killed process leaves it: nobody holds it.
    let left = spools.join("00000000000000aa");
    std::fs::create_dir(&left).expect("made");
    std::fs::copy(all(), left.join("0000000000000001.spool")).expect("copied");
    drop(held);
    first.close();

    let held = hold(folder.path());
    let store = open(folder.path());
    let erasing = erasing(&store).await;
    drop(held);
    erasing.await.expect("ends").expect("erased");
    until(|| !left.exists()).await;
    assert_eq!(ids(&store).await, Vec::<String>::new());
    store.close();
}

#[tokio::test]
async fn whoever_answers_does_not_wait_while_everything_is_erased() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    // No spool can be made, so that what is said waits in memory.
    let spool = folder.path().join("spool");
    std::fs::write(&spool, "in the way").expect("written");
    say(&store.recorder(), "before", "an old question", "{}");
    until_usage(&store, |usage| usage.waiting == 1 && usage.trouble.is_some()).await;
    // The database does not let go of the erasing as long as this lasts.
    let held = hold(folder.path());
    let erasing = erasing(&store).await;
    until_usage(&store, |usage| usage.waiting == 0).await;
    std::fs::remove_file(&spool).expect("removed");
    for number in 0..200 {
        say(&store.recorder(), &format!("meanwhile {number}"), "a question", "{}");
    }
    until_spooled(folder.path()).await;
    assert!(!erasing.is_finished(), "what is answered waits for the erasing");
    drop(held);
    erasing.await.expect("ends").expect("erased");
    let usage = until_usage(&store, |usage| usage.exchanges == 200).await;
    assert_eq!((usage.waiting, usage.lost), (0, 0));
    store.close();
}

fn is_of(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

/// The beginnings of the conversations that are there, in alphabetical order.
async fn titles(house: &House) -> Vec<String> {
    let mut titles: Vec<String> = house.list().await.into_iter().map(|row| row.facts.title).collect();
    titles.sort();
    titles
}

async fn until_exchanges(house: &House, exchanges: u64) {
    until_usage(&house.store, |usage| usage.exchanges == exchanges).await;
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
