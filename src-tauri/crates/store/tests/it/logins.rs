//! The console's password, sessions and links, and the flags of the first steps.

use std::time::Duration;

use postern_store::{Flag, Logins, NewSession, SetFlags, Store};

use crate::support::{database, on_disk};

const HOUR: Duration = Duration::from_secs(3600);

fn visit(agent: &str) -> NewSession {
    NewSession { agent: agent.to_owned(), peer: "127.0.0.1".to_owned(), by_link: false, lasts: HOUR }
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn logins() -> Logins {
    Store::in_memory().expect("opens").logins()
}

/// Sets the database's clock back, so to speak.
#[expect(clippy::expect_used, reason = "a helper of tests")]
fn alter(folder: &tempfile::TempDir, sql: &str) {
    let connection = rusqlite::Connection::open(database(folder)).expect("opens");
    connection.busy_timeout(Duration::from_secs(60)).expect("set");
    connection.execute_batch(sql).expect("altered");
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let logins = logins();
    assert_eq!(logins.password().await.expect("asked"), None);
    let (own, token) = logins.begin(NewSession { by_link: true, ..visit("own") }).await.expect("begun");
    let (_, other) = logins.begin(visit("other")).await.expect("begun");
    assert!(own.by_link);
    let link = logins.add_link(HOUR).await.expect("made");

    logins.set_password("first hash".to_owned(), Some(own.id)).await.expect("set");
    assert_eq!(logins.password().await.expect("asked").as_deref(), Some("first hash"));
    assert_eq!(logins.session(other.expose(), HOUR).await.expect("asked"), None);
    let stays = logins.session(token.expose(), HOUR).await.expect("asked").expect("stays");
    assert!(stays.id == own.id && !stays.by_link, "the link's right is used up");
    assert!(!logins.use_link(link.expose()).await.expect("asked"), "links from before let nobody in");

    logins.set_password("second hash".to_owned(), None).await.expect("set");
    assert_eq!(logins.password().await.expect("asked").as_deref(), Some("second hash"));
    assert!(logins.sessions().await.expect("a list").is_empty());
}

#[tokio::test]
async fn a_session_is_known_by_its_token_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let logins = store.logins();
    let (session, token) = logins.begin(visit(&"x".repeat(1000))).await.expect("begun");
    let link = logins.add_link(HOUR).await.expect("made");
    assert_eq!(session.agent.len(), 200);
    assert_eq!(session.ends_at - session.created_at, 3600);
    assert_eq!(logins.session(token.expose(), HOUR).await.expect("asked"), Some(session.clone()));
    assert_eq!(logins.session("", HOUR).await.expect("asked"), None);
    assert_eq!(logins.session(&token.expose()[1..], HOUR).await.expect("asked"), None);
    assert_eq!(logins.session(link.expose(), HOUR).await.expect("asked"), None);

    assert!(logins.end(session.id).await.expect("ended"));
    assert!(!logins.end(session.id).await.expect("ended before"));
    assert_eq!(logins.session(token.expose(), HOUR).await.expect("asked"), None);
    store.close();
    assert!(!on_disk(&folder, token.expose()) && !on_disk(&folder, link.expose()));
}

#[tokio::test]
async fn sessions_end_when_idle_and_when_their_time_is_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let logins = store.logins();
    let (idle, idle_token) = logins.begin(visit("idle")).await.expect("begun");
    let (ended, ended_token) = logins.begin(visit("ended")).await.expect("begun");
    let (well, _) = logins.begin(visit("well")).await.expect("begun");
    alter(&folder, "UPDATE console_sessions SET seen_at = seen_at - 1000 WHERE agent = 'idle'");
    alter(&folder, "UPDATE console_sessions SET ends_at = seen_at WHERE agent = 'ended'");

    let limit = Duration::from_secs(500);
    assert_eq!(logins.session(idle_token.expose(), limit).await.expect("asked"), None);
    assert!(logins.session(idle_token.expose(), HOUR).await.expect("asked").is_some());
    assert_eq!(logins.session(ended_token.expose(), HOUR).await.expect("asked"), None);
    logins.prune(HOUR).await.expect("pruned");
    let left: Vec<_> = logins.sessions().await.expect("a list").into_iter().map(|one| one.id).collect();
    assert_eq!(left, [well.id, idle.id], "the one seen last first, and {ended:?} gone");

    logins.touch(idle.id).await.expect("touched");
    assert!(logins.session(idle_token.expose(), limit).await.expect("asked").is_some());
    alter(&folder, "UPDATE console_sessions SET seen_at = seen_at - 1000 WHERE agent = 'idle'");
    logins.prune(limit).await.expect("pruned");
    assert_eq!(logins.sessions().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn signing_out_the_others_leaves_ones_own() {
    let logins = logins();
    let (own, _) = logins.begin(visit("own")).await.expect("begun");
    for _ in 0..3 {
        logins.begin(visit("other")).await.expect("begun");
    }
    assert_eq!(logins.end_others(Some(own.id)).await.expect("ended"), 3);
    assert_eq!(logins.sessions().await.expect("a list"), [own]);
    assert_eq!(logins.end_others(None).await.expect("ended"), 1);
}

#[tokio::test]
async fn a_link_from_another_process_lets_one_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let stores: Vec<Store> = (0..4).map(|_| Store::open(&database(&folder)).expect("opens")).collect();
    for _ in 0..10 {
        let link = stores[0].logins().add_link(HOUR).await.expect("made");
        let trying: Vec<_> = stores
            .iter()
            .map(|store| (store.logins(), link.clone()))
            .map(|(logins, link)| tokio::spawn(async move { logins.use_link(link.expose()).await }))
            .collect();
        let mut let_in = 0;
        for tried in trying {
            let_in += usize::from(tried.await.expect("no panic").expect("asked"));
        }
        assert_eq!(let_in, 1);
    }
    assert!(!stores[0].logins().use_link("never made").await.expect("asked"));
}

#[tokio::test]
async fn a_link_ends_and_is_cleared_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let logins = store.logins();
    let late = logins.add_link(Duration::ZERO).await.expect("made");
    assert!(!logins.use_link(late.expose()).await.expect("asked"));
    let used = logins.add_link(HOUR).await.expect("made");
    assert!(logins.use_link(used.expose()).await.expect("asked"));
    let good = logins.add_link(HOUR).await.expect("made");
    logins.prune(HOUR).await.expect("pruned");
    let connection = rusqlite::Connection::open(database(&folder)).expect("opens");
    let left: i64 =
        connection.query_row("SELECT count(*) FROM console_links", [], |row| row.get(0)).expect("counted");
    assert_eq!(left, 1);
    assert!(!logins.use_link(used.expose()).await.expect("asked"));
    assert!(logins.use_link(good.expose()).await.expect("asked"));
}

#[tokio::test]
async fn a_flag_keeps_its_first_moment() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let flags = store.flags();
    assert_eq!(flags.all().await.expect("read"), SetFlags::default());
    flags.set(Flag::Consent).await.expect("set");
    alter(&folder, "UPDATE flags SET set_at = 1700000000");
    flags.set(Flag::Consent).await.expect("set again");
    flags.set(Flag::FirstAnswer).await.expect("set");
    store.close();

    let flags = Store::open(&database(&folder)).expect("opens again").flags();
    let set = flags.all().await.expect("read");
    assert_eq!((set.consent_at, set.setup_dismissed_at), (Some(1_700_000_000), None));
    assert!(set.first_answer_at > Some(1_700_000_000));
    flags.clear(Flag::Consent).await.expect("cleared");
    flags.set(Flag::SetupDismissed).await.expect("set");
    let set = flags.all().await.expect("read");
    assert_eq!(set.consent_at, None);
    assert!(set.setup_dismissed_at.is_some());
}
