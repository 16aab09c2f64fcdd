//! What was said is there after a kill, a full disk, a lock and damage, and recording says what happens.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use postern_store::{
    Change, Ended, Filter, Recorder, Recording, ReviewState, Selection, Seq, ThreadId, TroubleKind,
};
use tempfile::TempDir;

use super::derived::{House, said};
use super::recorded::{all, call, every, files, hold, open, say, until_usage};
use super::support::until;

/// Set in the process that is killed.
const CHILD: &str = "POSTERN_TEST_RECORDER";
/// After so many exchanges it sees to it that they are in files.
const EXCHANGES: &str = "POSTERN_TEST_EXCHANGES";
/// What it says then.
const WRITTEN: &str = "all are written";

fn ids(found: &[postern_store::Exchange]) -> Vec<String> {
    found.iter().map(|exchange| exchange.id.clone()).collect()
}

/// Not a test by itself: records as fast as it can until it is killed, and says when what it was told to is in files.
#[test]
fn a_process_to_be_killed() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let exchanges: u64 =
        std::env::var(EXCHANGES).expect("a number of exchanges").parse().expect("a number of exchanges");
    let folder = Path::new(&folder);
    let store = open(folder);
    let recorder = store.recorder();
    let mut begun = None;
    for number in 0_u64.. {
        if number == exchanges {
            begun = Some(begun_in_a_file(&recorder, folder));
            let mut out = std::io::stdout().lock();
            writeln!(out, "{WRITTEN}").and_then(|()| out.flush()).expect("somebody listens");
        }
        let recording = recorder.begin(call(&number.to_string()));
        recording.request(Bytes::from(vec![b'q'; usize::try_from(number % 5000).expect("small")]));
        let large = number % 200 == 199;
        for _ in 0..if large { 15 } else { 1 } {
            recording.response(Bytes::from(vec![b'a'; if large { 100_000 } else { 300 }]));
        }
        recording.ended(Ended::Whole);
        drop(recording);
        std::thread::sleep(Duration::from_micros(500));
    }
    drop(begun);
}

/// An exchange that does not end, whose answer has grown into a file. Everything is written in the order in which it
/// came, so what ended before is in files by then.
fn begun_in_a_file(recorder: &Recorder, folder: &Path) -> Recording {
    const WORD: &str = "begun ";
    let recording = recorder.begin(call("begun"));
    for _ in 0..3 {
        recording.response(Bytes::from(WORD.repeat(200_000)));
    }
    let until = Instant::now() + Duration::from_secs(60);
    let is_it = |file: &PathBuf| std::fs::read(file).is_ok_and(|body| body.starts_with(WORD.as_bytes()));
    while !files(folder).iter().filter(|file| file.extension().is_some_and(|end| end == "body")).any(is_it) {
        assert!(Instant::now() < until, "it is never written");
        std::thread::sleep(Duration::from_millis(5));
    }
    recording
}

/// Kills a process that records, once so many exchanges are in files.
fn kill_after(folder: &Path, exchanges: u64) {
    let mut child = Command::new(std::env::current_exe().expect("a test"))
        .args(["--exact", "faults::a_process_to_be_killed", "--nocapture"])
        .env(CHILD, folder)
        .env(EXCHANGES, exchanges.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let written = lines.any(|line| line.expect("text") == WRITTEN);
    child.kill().expect("runs");
    child.wait().expect("ends");
    assert!(written, "it ended before");
}

#[tokio::test]
async fn what_was_in_a_file_before_a_kill_is_there_once() {
    for exchanges in [1, 1031, 1777] {
        let folder = TempDir::new().expect("a folder");
        kill_after(folder.path(), exchanges);
        // Twice: what was taken over is not taken over again.
        all(open(folder.path()), folder.path()).await;
        let found = all(open(folder.path()), folder.path()).await;
        let mut numbers: Vec<u64> = ids(&found).iter().map(|id| id.parse().expect("a number")).collect();
        numbers.sort_unstable();
        // Some that came later may be there too, without a gap.
        let there = numbers.len() as u64;
        assert!(there >= exchanges, "{there} of {exchanges} are there");
        assert_eq!(numbers, (0..there).collect::<Vec<_>>(), "each is there once");
        for exchange in &found {
            let number: u64 = exchange.id.parse().expect("a number");
            assert_eq!(exchange.request.len() as u64, number % 5000);
            assert_eq!(exchange.response.len(), if number % 200 == 199 { 1_500_000 } else { 300 });
        }
        assert!(
            !files(folder.path())
                .iter()
                .any(|file| file.extension().is_some_and(|end| end == "body" || end == "spool"))
        );
    }
}

#[tokio::test]
async fn a_locked_database_loses_nothing() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let held = hold(folder.path());
    for number in 0..300 {
        say(&store.recorder(), &number.to_string(), "ask", "answer");
    }
    let during = until_usage(&store, |usage| usage.trouble.is_some()).await;
    assert_eq!(during.trouble.map(|trouble| trouble.kind), Some(TroubleKind::Locked));
    assert_eq!((during.waiting, during.exchanges, during.lost), (300, 0, 0));
    drop(held);
    let after = until_usage(&store, |usage| usage.exchanges == 300).await;
    assert_eq!((after.waiting, after.lost, after.trouble), (0, 0, None));
    assert_eq!(every(&store).await.len(), 300);
    store.close();
}

#[tokio::test]
async fn a_store_that_closes_while_the_database_is_locked_leaves_everything_to_the_next() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let held = hold(folder.path());
    say(&store.recorder(), "kept", "ask", "answer");
    store.close();
    drop(held);
    let store = open(folder.path());
    until_usage(&store, |usage| usage.exchanges == 1).await;
    assert_eq!(ids(&every(&store).await), ["kept"]);
    store.close();
}

#[tokio::test]
async fn a_torn_end_of_the_spool_is_skipped() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    let held = hold(folder.path());
    say(&store.recorder(), "whole", "ask", "answer");
    let spools =
        || files(folder.path()).into_iter().filter(|file| file.extension().is_some_and(|end| end == "spool"));
    until(|| spools().next().is_some_and(|file| std::fs::metadata(file).is_ok_and(|file| file.len() > 8)))
        .await;
    store.close();
    drop(held);
    let spool = spools().next().expect("a file");
    let whole = std::fs::read(&spool).expect("readable");
    // The same again, but for its end; and another file that has not even a beginning.
    std::fs::write(&spool, [&whole[..], &whole[8..whole.len() - 1]].concat()).expect("writable");
    std::fs::write(spool.with_file_name("ffffffffffffffff.spool"), b"PSP").expect("writable");
    assert_eq!(ids(&all(open(folder.path()), folder.path()).await), ["whole"]);
    assert_eq!(spools().count(), 0);
}

#[test]
fn what_is_closed_leaves_no_log_of_the_database_behind() {
    let folder = TempDir::new().expect("a folder");
    // Threads that end at once meet in one of some ways.
    for number in 0..100 {
        let store = open(folder.path());
        say(&store.recorder(), &number.to_string(), "ask", "answer");
        store.close();
        assert!(!folder.path().join("conversations.db-wal").exists(), "left behind by the {number}th");
    }
}

#[tokio::test]
async fn a_damaged_page_costs_only_what_was_on_it() {
    let folder = TempDir::new().expect("a folder");
    let store = open(folder.path());
    for number in 0..2000 {
        say(&store.recorder(), &number.to_string(), &format!("ask {number} {}", noise(number)), "answer");
    }
    until_usage(&store, |usage| usage.exchanges == 2000).await;
    store.close();
    damage(folder.path(), b"/v1/chat/completions");
    let store = open(folder.path());
    // Whoever reads or writes there finds it.
    let conversations = store.conversations();
    for number in 0..2000 {
        say(&store.recorder(), &format!("later {number}"), "ask", "answer");
        let _ = conversations.exchange(postern_store::Seq(number)).await;
    }
    let usage = until_usage(&store, |usage| usage.repaired.is_some() && usage.waiting == 0).await;
    let repaired = usage.repaired.clone().expect("just seen");
    assert!(Path::new(&repaired.moved_to).exists());
    assert!(!repaired.whole && usage.trouble.is_none() && usage.lost == 0, "{usage:?}");
    let found = ids(&every(&store).await);
    let later = found.iter().filter(|id| id.starts_with("later")).count();
    assert_eq!(later, 2000, "what came meanwhile is there");
    assert!(found.len() > 3900 && found.len() as u64 == usage.exchanges, "{} exchanges", found.len());
    store.close();
}

#[tokio::test]
async fn decisions_outlive_a_damaged_database() {
    let house = House::new();
    let conversations = house.conversations();
    for number in 0..20 {
        house.said(&[&format!("question {number}"), "an answer"]).await;
    }
    let id = house.list().await[7].id;
    let change = Change {
        state: Some(ReviewState::Approved),
        note: Some("a good one".to_owned()),
        add_tags: vec!["kept".to_owned()],
        ..Change::default()
    };
    conversations.change(Selection::Ids(vec![id]), change).await.expect("changed");
    house.record(1000).await;
    let folder = house.close();
    damage(folder.path(), b"/v1/chat/completions");

    let store = open(folder.path());
    let conversations = store.conversations();
    for number in 0..1020 {
        say(&store.recorder(), &format!("later {number}"), "ask", "answer");
        let _ = conversations.exchange(Seq(number)).await;
    }
    until_usage(&store, |usage| usage.repaired.is_some() && usage.waiting == 0).await;
    let thread = conversations.thread(id).await.expect("readable").expect("there");
    assert_eq!((thread.row.state, thread.row.note.as_str()), (ReviewState::Approved, "a good one"));
    assert_eq!(thread.row.tags, ["kept"]);
    let approved = Filter { states: vec![ReviewState::Approved], ..Filter::default() };
    assert_eq!(conversations.count(approved).await.expect("counted"), 1);
    assert_eq!(conversations.count(Filter::default()).await.expect("counted"), 20);
    // Everything is to be derived once more, and is what it was before.
    let first = conversations.underived(1, 1).await.expect("read");
    assert_eq!(first.first().map(|exchange| exchange.seq), Some(Seq(1)));
    conversations.put(1, vec![(Seq(1), said(&["question 0", "an answer"]))]).await.expect("put");
    assert_eq!(conversations.count(Filter::default()).await.expect("counted"), 20);
    let found = Filter { text: "question".to_owned(), ..Filter::default() };
    assert_eq!(conversations.count(found).await.expect("counted"), 1, "the index is made anew");
    store.close();
}

#[tokio::test]
async fn damage_that_only_a_list_meets_is_repaired() {
    let house = House::new();
    for number in 0..20 {
        house.said(&[&format!("question {number}"), "an answer"]).await;
    }
    let folder = house.close();
    damage(folder.path(), b"question 1");
    let store = open(folder.path());
    for number in 1..=20 {
        let _ = store.conversations().thread(ThreadId(number)).await;
    }
    until_usage(&store, |usage| usage.repaired.is_some()).await;
    store.close();
}

/// Spoils a page of a closed store on which this stands, one of those that came late.
fn damage(folder: &Path, what: &[u8]) {
    const PAGE: usize = 4096;
    /// The first byte of a leaf of a table.
    const LEAF: u8 = 13;
    let database = folder.join("conversations.db");
    let wal = std::fs::metadata(folder.join("conversations.db-wal")).map_or(0, |wal| wal.len());
    assert_eq!(wal, 0, "pages that wait in the log would hide the damage");
    let mut bytes = std::fs::read(&database).expect("readable");
    let holds = |page: &[u8]| page[0] == LEAF && page.windows(what.len()).any(|part| part == what);
    let pages: Vec<_> = (0..bytes.len() / PAGE).filter(|at| holds(&bytes[at * PAGE..][..PAGE])).collect();
    bytes[pages[pages.len() * 2 / 3] * PAGE..][..PAGE].fill(0xa5);
    std::fs::write(&database, bytes).expect("writable");
}

/// Text that packs badly.
fn noise(seed: u32) -> String {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + u8::try_from(state >> 26).expect("small"))
    })
    .take(600)
    .collect()
}

#[tokio::test]
async fn a_file_that_is_no_database_is_moved_aside() {
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("conversations.db"), [0x5a; 8192]).expect("writable");
    let store = open(folder.path());
    say(&store.recorder(), "new", "ask", "answer");
    let usage = until_usage(&store, |usage| usage.exchanges == 1).await;
    let repaired = usage.repaired.expect("told");
    assert_eq!(std::fs::read(repaired.moved_to).expect("readable"), [0x5a; 8192]);
    store.close();
}

/// A small disk, where the test may make one.
struct Disk {
    folder: TempDir,
}

impl Disk {
    fn new(size: &str) -> Option<Self> {
        let folder = TempDir::new().expect("a folder");
        let size = format!("size={size}");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(folder.path()).output();
        mounted.is_ok_and(|mounted| mounted.status.success()).then_some(Self { folder })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).output();
    }
}

/// Fills the disk; the file is to be removed.
fn fill(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("filler");
    let mut file = std::fs::File::create(&path).expect("a file");
    let mut piece = vec![1; 1 << 16];
    while !piece.is_empty() {
        if file.write_all(&piece).is_err() {
            piece.truncate(piece.len() / 2);
        }
    }
    path
}

#[tokio::test]
async fn a_full_disk_loses_nothing_that_fits_into_memory() {
    let Some(disk) = Disk::new("96m") else {
        eprintln!("skipped: only root can make a small disk");
        return;
    };
    let store = open(disk.path());
    say(&store.recorder(), "before", "ask", "answer");
    until_usage(&store, |usage| usage.exchanges == 1).await;
    let filler = fill(disk.path());
    for number in 0..100 {
        say(&store.recorder(), &number.to_string(), &noise(number), "answer");
    }
    let during = until_usage(&store, |usage| usage.trouble.is_some()).await;
    assert_eq!(during.trouble.map(|trouble| trouble.kind), Some(TroubleKind::DiskFull));
    // More than memory may hold: one body, which cannot wait at all, and many, of which the last ones cannot.
    let large = store.recorder().begin(call("large"));
    for _ in 0..50 {
        large.response(Bytes::from(vec![b'x'; 1 << 20]));
    }
    drop(large);
    for number in 0..140 {
        let recording = store.recorder().begin(call(&format!("many {number}")));
        recording.response(Bytes::from(vec![b'x'; 500_000]));
    }
    let full = until_usage(&store, |usage| usage.lost > 1).await;
    assert!(full.trouble.is_some());
    std::fs::remove_file(filler).expect("removed");
    let after = until_usage(&store, |usage| usage.waiting == 0).await;
    assert_eq!(after.lost, full.lost, "nothing more is lost");
    assert_eq!(after.exchanges + after.lost, 1 + 100 + 1 + 140);
    let found = ids(&every(&store).await);
    for number in 0..100 {
        assert!(found.contains(&number.to_string()), "{number} is lost");
    }
    say(&store.recorder(), "after", "ask", "answer");
    let after = until_usage(&store, |usage| usage.exchanges + usage.lost == 243).await;
    assert_eq!((after.trouble, after.lost), (None, full.lost));
    store.close();
}
