//! The journal of requests, from the first mark to the last page.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use postern_protocol::RequestId;
use postern_protocol::chat::{Step, ToolMode, Usage};
use postern_store::{
    Error, Mark, MarkName, NewKey, Opening, Outcome, Page, PageQuery, RequestRow, Requests, Retention,
    StatusClass, Store,
};

use crate::support::{asked, database, journal, on_disk, opening};

const DAY: Duration = Duration::from_secs(86_400);
const NOW: Duration = Duration::ZERO;

fn ids(rows: &[RequestRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
async fn page(requests: &Requests, query: PageQuery) -> Page {
    requests.page(query).await.expect("a page")
}

async fn all(requests: &Requests) -> Vec<RequestRow> {
    page(requests, PageQuery { limit: Some(500), ..PageQuery::default() }).await.rows
}

#[tokio::test]
async fn a_request_is_written_down_from_its_first_mark_to_its_last() {
    let store = Store::in_memory().expect("opens");
    let (requests, keys) = (store.requests(), store.keys());
    let (key, _) = keys.add(NewKey::named("laptop")).await.expect("added");
    requests.keep(Retention { keep_days: 30, max_rows: 100, replay_bytes: 10_000 });
    let pen = requests.open(opening("one", NOW));
    pen.key(key.id);
    pen.asked(asked("fast", "{\"model\":\"fast\"}"));
    pen.planned("aistudio", "gemini-3-pro");
    pen.queued();
    pen.admitted();
    pen.step(Step::Account { name: "elsewhere".into() });
    for step in [Step::Account { name: "work".into() }, Step::Browser, Step::Page, Step::Form, Step::Sent] {
        pen.step(step);
    }
    pen.first_byte();
    pen.first_byte();
    pen.usage(Usage { prompt: 10, completion: 20, cached: 3, reasoning: 5 });

    let running = requests.get(&RequestId::new("one")).await.expect("asked").expect("known while it runs");
    assert_eq!((running.row.outcome, running.row.total_ms), (Outcome::Running, None));
    assert_eq!(running.timeline.marks.last().map(|mark| mark.name), Some(MarkName::FirstByte));
    assert_eq!(requests.running(), [running.row]);
    pen.answered(200);
    drop(pen);
    keys.remove(key.id).await.expect("removed");

    assert!(requests.running().is_empty());
    let detail = requests.get(&RequestId::new("one")).await.expect("asked").expect("known");
    let row = &detail.row;
    assert_eq!((row.outcome, row.status, row.stream), (Outcome::Ok, Some(200), true));
    assert_eq!((row.key, row.key_name.as_deref()), (Some(key.id), Some("laptop")), "also of a key now gone");
    assert_eq!((row.model.as_deref(), row.upstream_model.as_deref()), (Some("fast"), Some("gemini-3-pro")));
    assert_eq!((row.upstream.as_deref(), row.account.as_deref()), (Some("aistudio"), Some("work")));
    assert_eq!(
        (row.prompt_tokens, row.completion_tokens, row.reasoning_tokens),
        (Some(10), Some(20), Some(5))
    );
    assert!(row.first_ms.is_some() && row.first_ms <= row.total_ms);
    assert_eq!(detail.body.as_deref(), Some("{\"model\":\"fast\"}"));
    let names: Vec<_> = detail.timeline.marks.iter().map(|mark| mark.name).collect();
    let accounts: Vec<_> = detail.timeline.marks.iter().filter_map(|mark| mark.account.as_deref()).collect();
    assert_eq!(accounts, ["elsewhere", "work"]);
    assert_eq!(
        names,
        [
            MarkName::Received,
            MarkName::Queued,
            MarkName::Admitted,
            MarkName::Account,
            MarkName::Account,
            MarkName::Browser,
            MarkName::Page,
            MarkName::Form,
            MarkName::Sent,
            MarkName::FirstByte,
            MarkName::End
        ]
    );
    assert!(detail.timeline.marks.is_sorted_by_key(|mark| mark.at_ms));
    assert_eq!(all(&requests).await, [detail.row]);
    assert_eq!(requests.get(&RequestId::new("two")).await.expect("asked"), None);
}

#[tokio::test]
async fn the_way_of_functions_stays_with_their_mark_and_older_marks_are_read_without() {
    let store = Store::in_memory().expect("opens");
    let requests = store.requests();
    let pen = requests.open(opening("one", NOW));
    for step in [Step::Form, Step::Tools { mode: ToolMode::Emulated }, Step::Sent] {
        pen.step(step);
    }
    pen.answered(200);
    drop(pen);
    let detail = requests.get(&RequestId::new("one")).await.expect("asked").expect("known");
    let modes: Vec<_> = detail.timeline.marks.iter().map(|mark| (mark.name, mark.mode)).collect();
    let expected = [
        (MarkName::Received, None),
        (MarkName::Form, None),
        (MarkName::Tools, Some(ToolMode::Emulated)),
        (MarkName::Sent, None),
        (MarkName::End, None),
    ];
    assert_eq!(modes, expected);
    let older: Mark = serde_json::from_str(r#"{"name":"tools","at_ms":3}"#).expect("read");
    assert_eq!(older.mode, None);
}

#[tokio::test]
async fn a_row_tells_how_its_request_ended() {
    let requests = journal();
    let pen = requests.open(opening("failed", NOW));
    pen.failed("upstream_error", "The provider failed.", 502);
    pen.failed("internal_error", "What came of it.", 500);
    pen.answered(200);
    drop(pen);
    requests.open(opening("cancelled", NOW)).failed("cancelled", "Cancelled here.", 499);
    drop(requests.open(opening("gone", NOW)));
    requests.open(opening("refused", NOW)).answered(401);
    let pen = requests.open(opening("shared", NOW));
    let other = pen.clone();
    pen.answered(200);
    drop(pen);
    assert_eq!(ids(&requests.running()), ["shared"], "somebody still works for it");
    drop(other);

    let of = async |id: &str| requests.get(&RequestId::new(id)).await.expect("asked").expect("known").row;
    let failed = of("failed").await;
    assert_eq!((failed.outcome, failed.status), (Outcome::Failed, Some(502)));
    assert_eq!(failed.code.as_deref(), Some("upstream_error"), "the first failure is the cause");
    assert_eq!(failed.error.as_deref(), Some("The provider failed."));
    let ends = [of("cancelled").await, of("gone").await, of("refused").await, of("shared").await];
    assert_eq!(
        ends.map(|row| (row.outcome, row.status)),
        [
            (Outcome::Cancelled, Some(499)),
            (Outcome::ClientGone, None),
            (Outcome::Failed, Some(401)),
            (Outcome::Ok, Some(200))
        ]
    );
}

#[tokio::test]
async fn listeners_hear_every_change_once() {
    let requests = journal();
    let mut changes = requests.subscribe();
    let pen = requests.open(opening("one", NOW));
    pen.asked(asked("fast", "{}"));
    for _ in 0..3 {
        pen.first_byte();
        pen.usage(Usage { prompt: 1, completion: 2, cached: 0, reasoning: 0 });
    }
    pen.answered(200);
    drop(pen);
    let mut heard = Vec::new();
    while let Ok(row) = changes.try_recv() {
        heard.push((
            row.outcome,
            row.model.is_some(),
            row.first_ms.is_some(),
            row.completion_tokens,
            row.status,
        ));
    }
    assert_eq!(
        heard,
        [
            (Outcome::Running, false, false, None, None),
            (Outcome::Running, true, false, None, None),
            (Outcome::Running, true, true, None, None),
            (Outcome::Running, true, true, Some(2), None),
            (Outcome::Running, true, true, Some(2), Some(200)),
            (Outcome::Ok, true, true, Some(2), Some(200)),
        ]
    );
}

#[tokio::test]
async fn who_listens_to_ends_hears_of_nothing_else() {
    let requests = journal();
    let mut ends = requests.ends();
    let pen = requests.open(opening("one", NOW));
    pen.first_byte();
    pen.answered(200);
    ends.try_recv().expect_err("it runs");
    drop(pen);
    assert_eq!(ends.try_recv().expect("it ended").outcome, Outcome::Ok);
    ends.try_recv().expect_err("nothing more");
}

#[tokio::test]
async fn pages_show_every_row_once_while_others_arrive() {
    let requests = journal();
    let slow = requests.open(opening("slow", Duration::from_secs(30)));
    let past = SystemTime::now() - Duration::from_secs(100);
    for n in 0..95_u64 {
        // Several of the same moment, and not in the order in which they came.
        let at = past - Duration::from_secs(n % 7);
        drop(requests.open(Opening { at, ..opening(&format!("old-{n}"), NOW) }));
    }
    let mut seen = Vec::new();
    let mut query = PageQuery { limit: Some(10), ..PageQuery::default() };
    for round in 0..50 {
        let Page { rows, next } = page(&requests, query.clone()).await;
        assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(row.at_ms)));
        seen.extend(rows.into_iter().map(|row| row.id.as_str().to_owned()));
        drop(requests.open(opening(&format!("new-{round}"), NOW)));
        let Some(next) = next else { break };
        query.before = Some(next.to_string().parse().expect("a cursor survives its text"));
    }
    drop(slow);
    let old: HashSet<_> = seen.iter().filter(|id| id.starts_with("old-")).collect();
    assert_eq!((seen.len(), old.len()), (96, 95), "each once, and what ran at the time of the first page");
    assert_eq!(seen[0], "slow");
    assert_eq!(all(&requests).await.len(), 106);
    assert!("".parse::<postern_store::Cursor>().is_err() && "1.x".parse::<postern_store::Cursor>().is_err());
}

/// Queries, and the requests each of them shows.
fn questions(key: postern_store::KeyId) -> Vec<(PageQuery, &'static [&'static str])> {
    let none = PageQuery::default;
    let search = |text: &str| PageQuery { search: Some(text.to_owned()), ..none() };
    vec![
        (none(), &["c", "b", "a"]),
        (PageQuery { status: Some(429), ..none() }, &["b"]),
        (PageQuery { class: Some(StatusClass::ClientError), ..none() }, &["b"]),
        (PageQuery { class: Some(StatusClass::ServerError), ..none() }, &["c"]),
        (PageQuery { class: Some(StatusClass::Success), ..none() }, &["a"]),
        (PageQuery { model: Some("fast".to_owned()), ..none() }, &["b", "a"]),
        (PageQuery { model: Some("fas".to_owned()), ..none() }, &[]),
        (PageQuery { key: Some(key), ..none() }, &["a"]),
        (PageQuery { account: Some("home".to_owned()), ..none() }, &["b"]),
        (PageQuery { upstream: Some("echo".to_owned()), ..none() }, &["c"]),
        (search(""), &["c", "b", "a"]),
        (search("QUOTA"), &["b"]),
        (search("100%"), &["c"]),
        (search("1%wrong"), &[]),
        (search("GEMINI_3"), &["a"]),
        (search("laptop"), &["a"]),
        (search("/v1/CHAT"), &["c", "b", "a"]),
        (search("\\"), &[]),
        (PageQuery { model: Some("fast".to_owned()), account: Some("work".to_owned()), ..none() }, &["a"]),
    ]
}

#[tokio::test]
async fn filters_mean_the_same_for_what_runs_and_what_is_over() {
    let store = Store::in_memory().expect("opens");
    let requests = store.requests();
    let (key, _) = store.keys().add(NewKey::named("laptop")).await.expect("added");
    let a = requests.open(opening("a", Duration::from_secs(3)));
    a.key(key.id);
    a.asked(asked("fast", ""));
    a.planned("aistudio", "gemini_3");
    a.account("work");
    a.answered(200);
    let b = requests.open(opening("b", Duration::from_secs(2)));
    b.asked(asked("fast", ""));
    b.planned("aistudio", "gemini-3");
    b.account("home");
    b.failed("rate_limit_exceeded", "The quota is used up.", 429);
    let c = requests.open(opening("c", Duration::from_secs(1)));
    c.asked(asked("postern/echo", ""));
    c.planned("echo", "echo");
    c.failed("upstream_error", "100% wrong", 502);

    for (query, expected) in questions(key.id) {
        assert_eq!(ids(&page(&requests, query.clone()).await.rows), expected, "running: {query:?}");
    }
    drop((a, b, c));
    for (query, expected) in questions(key.id) {
        assert_eq!(ids(&page(&requests, query.clone()).await.rows), expected, "over: {query:?}");
    }
    for (outcome, expected) in
        [(Outcome::Running, vec![]), (Outcome::Ok, vec!["a"]), (Outcome::Failed, vec!["c", "b"])]
    {
        let query = PageQuery { outcome: Some(outcome), ..PageQuery::default() };
        assert_eq!(ids(&page(&requests, query).await.rows), expected);
    }
}

#[tokio::test]
async fn ten_thousand_requests_at_once_are_all_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let writing: Vec<_> = (0..4)
        .map(|thread| (thread, store.requests()))
        .map(|(thread, requests)| {
            std::thread::spawn(move || {
                for n in 0..2500 {
                    let pen = requests.open(opening(&format!("{thread}-{n}"), NOW));
                    pen.asked(asked("fast", "{}"));
                    pen.answered(200);
                }
            })
        })
        .collect();
    for thread in writing {
        thread.join().expect("no panic");
    }
    let usage = store.requests().usage().await.expect("asked");
    assert_eq!((usage.rows, usage.lost), (10_000, 0));
    store.close();
}

#[tokio::test]
async fn what_gathered_is_written_when_the_store_closes() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let requests = store.requests();
    requests.open(opening("in time", NOW)).answered(200);
    let late = requests.open(opening("late", NOW));
    store.close();

    late.answered(200);
    drop(late);
    drop(requests.open(opening("later", NOW)));
    assert!(matches!(requests.page(PageQuery::default()).await, Err(Error::Closed)));
    let store = Store::open(&database(&folder)).expect("opens again");
    assert_eq!(ids(&all(&store.requests()).await), ["intime"]);
}

#[tokio::test]
async fn what_is_too_old_or_too_much_goes() {
    let requests = journal();
    for (id, ago) in [("ancient", 40 * DAY), ("old", 20 * DAY), ("new", DAY), ("newest", NOW)] {
        drop(requests.open(opening(id, ago)));
    }
    assert_eq!(all(&requests).await.len(), 4, "nothing goes before the limits are known");
    requests.keep(Retention { keep_days: 30, max_rows: 100, replay_bytes: 0 });
    assert_eq!(ids(&all(&requests).await), ["newest", "new", "old"]);
    requests.keep(Retention { keep_days: 30, max_rows: 2, replay_bytes: 0 });
    assert_eq!(ids(&all(&requests).await), ["newest", "new"]);
}

#[tokio::test]
async fn a_full_journal_stays_about_its_limit() {
    let requests = journal();
    requests.keep(Retention { keep_days: 30, max_rows: 500, replay_bytes: 0 });
    for n in 0..2000 {
        drop(requests.open(opening(&n.to_string(), NOW)));
    }
    // What is asked for is written, and deleted by the next chores.
    let wait = async {
        while requests.usage().await.expect("asked").rows > 505 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("never tidied");
    assert!(ids(&all(&requests).await).contains(&"1999"));
}

#[tokio::test]
async fn what_was_asked_stays_in_memory_within_its_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let requests = store.requests();
    let body = "a private question ".repeat(10);
    let ask = async |id: &str| {
        let pen = requests.open(opening(id, NOW));
        pen.asked(asked("fast", &body));
        pen.answered(200);
    };
    let kept =
        async |id: &str| requests.get(&RequestId::new(id)).await.expect("asked").and_then(|one| one.body);
    ask("before").await;
    assert_eq!(kept("before").await, None, "nothing is kept before the limits are known");

    let limit = |replay_bytes| requests.keep(Retention { keep_days: 30, max_rows: 100, replay_bytes });
    limit(700);
    for id in ["first", "second", "third"] {
        ask(id).await;
        assert!(requests.usage().await.expect("asked").body_bytes <= 700);
    }
    assert_eq!(kept("first").await, None);
    assert_eq!([kept("second").await, kept("third").await], [Some(body.clone()), Some(body.clone())]);
    limit(400);
    assert_eq!([kept("second").await, kept("third").await], [None, Some(body.clone())]);
    limit(0);
    assert_eq!((kept("third").await, requests.usage().await.expect("asked").body_bytes), (None, 0));
    store.close();
    assert!(!on_disk(&folder, "a private question"));
}

#[tokio::test]
async fn a_cleared_journal_gives_its_space_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let (key, secret) = store.keys().add(NewKey::default()).await.expect("added");
    let requests = store.requests();
    requests.keep(Retention { keep_days: 30, max_rows: 10_000, replay_bytes: 10_000 });
    for n in 0..2000 {
        let pen = requests.open(opening(&n.to_string(), NOW));
        pen.asked(asked("fast", "{}"));
        pen.failed("upstream_error", "Something long that takes some space. ".repeat(5), 502);
    }
    let before = requests.usage().await.expect("asked");
    assert!(before.rows == 2000 && before.bytes > 400_000 && before.body_bytes > 0, "{before:?}");
    assert!(before.oldest_ms > Some(1_700_000_000_000));
    let size = || std::fs::metadata(database(&folder)).expect("there").len();

    let running = requests.open(opening("running", NOW));
    requests.clear().await.expect("cleared");
    let after = requests.usage().await.expect("asked");
    assert_eq!((after.rows, after.oldest_ms, after.body_bytes), (0, None, 0));
    assert!(after.bytes < 20_000 && size() < before.bytes / 2, "{after:?}, {}", size());
    drop(running);
    assert_eq!(ids(&all(&requests).await), ["running"]);
    assert_eq!(store.keys().whose(secret.expose()), Some(key.id));
}

#[tokio::test]
async fn a_disk_that_takes_nothing_hides_nothing_that_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let requests = store.requests();
    drop(requests.open(opening("written", NOW)));
    assert_eq!(ids(&all(&requests).await), ["written"]);

    let disk = rusqlite::Connection::open(database(&folder)).expect("opens");
    disk.busy_timeout(Duration::from_secs(60)).expect("set");
    disk.execute_batch(
        "CREATE TRIGGER full BEFORE INSERT ON requests BEGIN SELECT RAISE(ABORT, 'full'); END",
    )
    .expect("full");
    drop(requests.open(opening("late", NOW)));
    assert_eq!(ids(&all(&requests).await), ["written"]);
    assert!(requests.get(&RequestId::new("written")).await.expect("asked").is_some());
    assert_eq!(requests.usage().await.expect("asked").rows, 1);
    assert_eq!(requests.today(0).await.expect("asked").requests, 1);

    disk.execute_batch("DROP TRIGGER full").expect("emptied");
    assert_eq!(all(&requests).await.len(), 2, "what waited is not lost");
}
