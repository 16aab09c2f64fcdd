//! The keys as their owner and the door see them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postern_protocol::Secret;
use postern_store::{Error, KeyChange, KeyRefusal, Keys, NewKey, Per, Store};

use crate::support::{database, until};

const KEY: &str = "sk-client-key-0123456789";
const HOUR: Duration = Duration::from_secs(3600);

/// A moment in the middle of a day of UTC.
fn noon() -> SystemTime {
    UNIX_EPOCH + 20_000 * 24 * HOUR + 12 * HOUR
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn unix_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("fits")
}

#[tokio::test]
async fn keys_outlive_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    assert!(store.keys().is_empty());
    let (info, secret) = store.keys().add(NewKey::named("laptop")).await.expect("added");
    store.close();

    let store = Store::open(&database(&folder)).expect("opens again");
    assert_eq!(store.keys().whose(secret.expose()), Some(info.id));
    assert_eq!(store.keys().list().await.expect("a list"), [info]);
}

#[tokio::test]
async fn a_new_key_is_long_random_and_never_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let (info, secret) = store.keys().add(NewKey::default()).await.expect("added");
    let (_, other) = store.keys().add(NewKey::default()).await.expect("added");
    store.close();

    assert_ne!(secret, other);
    let random = secret.expose().strip_prefix("sk-").expect("the usual start");
    assert!(random.len() >= 40 && random.chars().all(|c| c.is_ascii_alphanumeric()));
    assert_eq!((info.name.as_str(), info.masked), ("key-1", secret.masked()));
    for file in std::fs::read_dir(database(&folder).parent().expect("a parent")).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
        assert!(!bytes.windows(random.len()).any(|window| window == random.as_bytes()));
    }
}

#[test]
fn only_the_whole_key_opens() {
    let keys = Keys::in_memory(&[KEY, "sk-another-key-0123456789"]).expect("opens");
    assert!(!keys.is_empty());
    assert!(keys.whose(KEY).is_some());
    assert_ne!(keys.whose(KEY), keys.whose("sk-another-key-0123456789"));
    for wrong in ["", "sk-", &KEY[..KEY.len() - 1], "sk-client-key-01234567890", "SK-CLIENT-KEY-0123456789"] {
        assert_eq!(keys.whose(wrong), None, "{wrong}");
    }
    assert_eq!(Keys::in_memory(&[]).expect("opens").whose(""), None);
}

#[tokio::test]
async fn names_are_unique_and_fit_to_show() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let (info, _) = keys.add(NewKey::named("  laptop ")).await.expect("added");
    assert_eq!(info.name, "laptop");
    assert!(
        matches!(keys.add(NewKey::named("laptop")).await, Err(Error::NameTaken(name)) if name == "laptop")
    );
    for bad in ["", " ", "7", "a\nb", &"x".repeat(65)] {
        assert!(matches!(keys.add(NewKey::named(bad)).await, Err(Error::BadName(_))), "{bad:?}");
    }
    assert_eq!(keys.list().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn a_removed_key_opens_nothing_and_its_id_is_not_used_again() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let (first, secret) = keys.add(NewKey::named("first")).await.expect("added");
    let (second, _) = keys.add(NewKey::named("second")).await.expect("added");
    let (third, _) = keys.add(NewKey::named("third")).await.expect("added");

    assert_eq!(keys.find("first").await.expect("by name"), first);
    assert_eq!(keys.find(&third.id.to_string()).await.expect("by id"), third);
    assert_eq!(keys.find(&second.masked).await.expect("by what is shown of it"), second);
    assert_eq!(keys.remove(first.id).await.expect("removed"), first);
    assert_eq!(keys.whose(secret.expose()), None);
    for left in [&second, &third] {
        assert!(!keys.is_empty());
        keys.remove(left.id).await.expect("removed");
    }
    assert!(keys.is_empty());
    assert!(matches!(keys.remove(third.id).await, Err(Error::NoSuchKey(_))));

    let (fourth, _) = keys.add(NewKey::named("fourth")).await.expect("added");
    assert!(fourth.id > third.id);
}

#[tokio::test]
async fn a_key_is_found_when_it_is_clear_which() {
    let keys = Keys::in_memory(&["sk-same-start-0001", "sk-same-start-0002", "short-one"]).expect("opens");
    let names = match keys.find("sk-sa").await {
        Err(Error::Ambiguous { names, .. }) => names,
        other => panic!("should be ambiguous: {other:?}"),
    };
    assert_eq!(names, ["key-1", "key-2"]);
    for nothing in ["sk", "sk-xx", "", "*", "****", "4"] {
        assert!(matches!(keys.find(nothing).await, Err(Error::NoSuchKey(_))), "{nothing:?}");
    }
    assert_eq!(keys.list().await.expect("a list").len(), 3);
}

#[tokio::test]
async fn a_key_file_is_imported_once() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let text = "\u{feff}first-key-of-the-file\r\n\n  # a comment\n  second-key-of-the-file  \nshort\nfirst-key-of-the-file\n";
    let report = keys.import(text).await.expect("imported");
    let names: Vec<&str> = report.added.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(names, ["imported-1", "imported-2"]);
    assert_eq!((report.already_there, report.too_short), (1, vec![5]));
    let report = keys
        .import("old-mac-key-1\rold-mac-key-2\rschlüssel-mit-umlaut\rtwo words in one")
        .await
        .expect("imported");
    assert_eq!((report.added.len(), report.unsendable), (2, vec![3, 4]));
    assert!(keys.whose("old-mac-key-1").is_some() && keys.whose("old-mac-key-2").is_some());
    assert!(keys.whose("first-key-of-the-file").is_some() && keys.whose("second-key-of-the-file").is_some());
    assert_eq!((keys.whose("short"), keys.whose("# a comment")), (None, None));

    let again = keys.import(text).await.expect("imported");
    assert_eq!((again.added.len(), again.already_there), (0, 3));
}

#[tokio::test]
async fn what_another_process_changes_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = Store::open(&database(&folder)).expect("opens");
    let there = Store::open(&database(&folder)).expect("opens beside it");
    let keys = here.keys();
    assert!(keys.is_empty());

    let (info, secret) = there.keys().add(NewKey::named("from outside")).await.expect("added");
    until(|| keys.whose(secret.expose()) == Some(info.id)).await;

    there.keys().remove(info.id).await.expect("removed");
    until(|| keys.is_empty()).await;
}

#[tokio::test]
async fn many_processes_write_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = database(&folder);
    let opening: Vec<_> = (0..4)
        .map(|_| path.clone())
        .map(|path| std::thread::spawn(move || Store::open(&path).expect("opens beside the others")))
        .collect();
    let stores: Vec<Store> = opening.into_iter().map(|thread| thread.join().expect("no panic")).collect();
    let handles: Vec<Keys> = (0..40).map(|n| stores[n % 4].keys()).collect();
    let adding: Vec<_> = handles
        .into_iter()
        .map(|keys| tokio::spawn(async move { keys.add(NewKey::default()).await }))
        .collect();
    for added in adding {
        added.await.expect("no panic").expect("added");
    }
    assert_eq!(stores[0].keys().list().await.expect("a list").len(), 40);
}

#[tokio::test]
async fn a_key_that_opens_nothing_says_why() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let (info, secret) = keys.add(NewKey::default()).await.expect("added");
    assert!(keys.recognise(secret.expose()).is_ok());
    assert_eq!(keys.recognise("sk-nobody-knows-me"), Err(KeyRefusal::Unknown));

    let off = KeyChange { enabled: Some(false), ..KeyChange::default() };
    assert!(!keys.change(info.id, off).await.expect("changed").enabled);
    assert_eq!(keys.recognise(secret.expose()), Err(KeyRefusal::Disabled));
    assert_eq!(keys.admit(secret.expose()), Err(KeyRefusal::Disabled));
    assert!(!keys.is_empty(), "the server must not be open because its only key is off");
    assert_eq!(keys.whose(secret.expose()), Some(info.id));

    let ended = unix_now() - 10;
    let ends = KeyChange { enabled: Some(true), expires_at: Some(Some(ended)), ..KeyChange::default() };
    keys.change(info.id, ends).await.expect("changed");
    assert_eq!(keys.admit(secret.expose()), Err(KeyRefusal::Expired { at: ended }));

    let lasts = KeyChange { expires_at: Some(None), ..KeyChange::default() };
    assert_eq!(keys.change(info.id, lasts).await.expect("changed").expires_at, None);
    assert!(keys.admit(secret.expose()).is_ok());
}

#[tokio::test]
async fn a_key_ends_at_its_moment() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let at = unix_now() + 7200;
    let (_, secret) = keys.add(NewKey { expires_at: Some(at), ..NewKey::default() }).await.expect("added");
    let end = UNIX_EPOCH + Duration::from_secs(u64::try_from(at).expect("fits"));
    assert!(keys.admit_at(secret.expose(), end - Duration::from_secs(1)).is_ok());
    assert_eq!(keys.admit_at(secret.expose(), end), Err(KeyRefusal::Expired { at }));
}

#[tokio::test]
async fn what_is_asked_with_a_key_may_be_recorded_unless_its_owner_says_no() {
    let keys = Keys::in_memory(&[KEY]).expect("opens");
    assert!(keys.recognise(KEY).expect("opens").record);
    let (info, secret) = keys.add(NewKey { record: false, ..NewKey::default() }).await.expect("added");
    assert!(!info.record && !keys.admit(secret.expose()).expect("opens").record);
    let yes = KeyChange { record: Some(true), ..KeyChange::default() };
    assert!(keys.change(info.id, yes).await.expect("changed").record);
    assert!(keys.recognise(secret.expose()).expect("opens").record, "the door knows it at once");
}

#[tokio::test]
async fn a_key_may_use_the_models_it_is_for() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let models = vec!["gemini-3*".to_owned(), " postern/echo ".to_owned(), "gemini-3*".to_owned()];
    let (info, secret) = keys.add(NewKey { models, ..NewKey::default() }).await.expect("added");
    assert_eq!(info.models, ["gemini-3*", "postern/echo"]);
    let grant = keys.recognise(secret.expose()).expect("opens");
    for (model, allowed) in [
        ("gemini-3-pro", true),
        ("gemini-3", true),
        ("postern/echo", true),
        ("gemini-2", false),
        ("postern/echoes", false),
        ("my-gemini-3", false),
        ("", false),
    ] {
        assert_eq!(grant.allows(model), allowed, "{model}");
    }
    let all = KeyChange { models: Some(Vec::new()), ..KeyChange::default() };
    keys.change(info.id, all).await.expect("changed");
    assert!(keys.recognise(secret.expose()).expect("opens").allows("gemini-2"));
}

#[tokio::test]
async fn what_cannot_be_a_rule_changes_nothing() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let (info, _) = keys.add(NewKey::named("one")).await.expect("added");
    keys.add(NewKey::named("other")).await.expect("added");
    let named =
        |name: &str| KeyChange { name: Some(name.to_owned()), enabled: Some(false), ..KeyChange::default() };
    assert!(matches!(keys.change(info.id, named("other")).await, Err(Error::NameTaken(_))));
    assert!(matches!(keys.change(info.id, named("12")).await, Err(Error::BadName(_))));
    let zero = KeyChange { name: Some("new".to_owned()), per_minute: Some(Some(0)), ..KeyChange::default() };
    assert!(matches!(keys.change(info.id, zero).await, Err(Error::BadLimit)));
    for bad in ["", "a\nb", &"x".repeat(300)] {
        let models = KeyChange { models: Some(vec![bad.to_owned()]), ..KeyChange::default() };
        assert!(matches!(keys.change(info.id, models).await, Err(Error::BadModel(_))), "{bad:?}");
    }
    assert_eq!(keys.find("one").await.expect("the same as before"), info);
    let same = KeyChange { name: Some("one".to_owned()), ..KeyChange::default() };
    assert_eq!(keys.change(info.id, same).await.expect("its own name is free"), info);
}

#[tokio::test]
async fn a_rotated_key_opens_with_both_secrets_until_the_grace_ends() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let (info, old) = keys.add(NewKey::default()).await.expect("added");
    let (rotated, new) = keys.rotate(info.id, HOUR).await.expect("rotated");
    assert_eq!((rotated.id, rotated.masked), (info.id, new.masked()));
    let until = rotated.old_until.expect("a grace");
    assert!((unix_now() + 3500..=unix_now() + 3600).contains(&until));

    let end = UNIX_EPOCH + Duration::from_secs(u64::try_from(until).expect("fits"));
    for secret in [&old, &new] {
        assert_eq!(keys.admit_at(secret.expose(), end - Duration::from_secs(1)).expect("opens").id, info.id);
    }
    assert_eq!(keys.admit_at(old.expose(), end), Err(KeyRefusal::Unknown));
    assert!(keys.admit_at(new.expose(), end).is_ok());

    let (twice, newest) = keys.rotate(info.id, 24 * HOUR).await.expect("rotated");
    assert!(twice.old_until > Some(until));
    assert_eq!(keys.admit_at(old.expose(), end), Err(KeyRefusal::Unknown), "its grace is not made longer");
    assert!(keys.admit_at(new.expose(), end).is_ok());

    assert_eq!(keys.end_grace(info.id).await.expect("ended").old_until, None);
    for secret in [&old, &new] {
        assert_eq!(keys.recognise(secret.expose()), Err(KeyRefusal::Unknown));
    }
    assert!(keys.recognise(newest.expose()).is_ok());
}

#[tokio::test]
async fn a_rotation_without_grace_ends_the_old_secret_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let keys = store.keys();
    let (info, old) = keys.add(NewKey::default()).await.expect("added");
    let (rotated, new) = keys.rotate(info.id, Duration::ZERO).await.expect("rotated");
    assert_eq!(rotated.old_until, None);
    assert_eq!(keys.whose(old.expose()), None);
    assert_eq!(keys.whose(new.expose()), Some(info.id));
    let connection = rusqlite::Connection::open(database(&folder)).expect("opens");
    let count = "SELECT count(*) FROM key_secrets";
    let kept: i64 = connection.query_row(count, [], |row| row.get(0)).expect("counted");
    assert_eq!(kept, 1, "what opens nothing is not kept");
    assert!(keys.knows(old.expose()), "but as what it was");
}

#[tokio::test]
async fn what_was_a_key_is_known_as_one_when_it_opens_nothing_any_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let keys = Store::open(&database(&folder)).expect("opens").keys();
    let (info, first) = keys.add(NewKey::default()).await.expect("added");
    let (_, second) = keys.rotate(info.id, HOUR).await.expect("rotated");
    keys.end_grace(info.id).await.expect("ended");
    keys.remove(info.id).await.expect("removed");
    for secret in [&first, &second] {
        assert_eq!((keys.knows(secret.expose()), keys.whose(secret.expose())), (true, None));
    }
    assert!(!keys.knows("sk-another-key-0123456789"));
    // The same secret can be brought anew, and the oldest of many is forgotten.
    let again = keys.bring(NewKey::default(), second.clone()).await.expect("brought");
    assert_eq!(keys.whose(second.expose()), Some(again.id));
    for _ in 0..64 {
        keys.rotate(again.id, Duration::ZERO).await.expect("rotated");
    }
    assert!(!keys.knows(first.expose()) && keys.knows(second.expose()));
}

#[tokio::test]
async fn limits_count_requests_and_nothing_else() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let new = NewKey { per_minute: Some(2), per_day: Some(3), ..NewKey::default() };
    let (info, secret) = keys.add(new).await.expect("added");
    let at = |seconds| keys.admit_at(secret.expose(), noon() + Duration::from_secs(seconds));
    for _ in 0..5 {
        keys.recognise(secret.expose()).expect("looking is free");
    }
    at(0).expect("the first");
    at(20).expect("the second");
    let refused = KeyRefusal::TooMany { per: Per::Minute, limit: 2, retry_after: Duration::from_secs(30) };
    assert_eq!(at(30), Err(refused));
    at(60).expect("the first is a minute ago");
    let refused = at(90).expect_err("the day's limit");
    assert!(matches!(refused, KeyRefusal::TooMany { per: Per::Day, limit: 3, .. }), "{refused:?}");

    let more = KeyChange { per_day: Some(None), ..KeyChange::default() };
    let info = keys.change(info.id, more).await.expect("changed");
    assert_eq!((info.requests, info.per_minute, info.per_day), (3, Some(2), None));
    assert_eq!(keys.list().await.expect("a list"), [info], "each is written once");
    at(90).expect("one a minute ago at most");
    at(12 * 3600).expect("the next day");
}

#[tokio::test]
async fn a_restart_does_not_reset_the_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let new = NewKey { per_day: Some(2), ..NewKey::default() };
    let (info, secret) = store.keys().add(new).await.expect("added");
    store.keys().admit_at(secret.expose(), noon()).expect("the first");
    store.close();

    let store = Store::open(&database(&folder)).expect("opens again");
    let keys = store.keys();
    keys.admit_at(secret.expose(), noon()).expect("the second");
    assert!(keys.admit_at(secret.expose(), noon()).is_err(), "both count");
    let shown = keys.find(&info.name).await.expect("the key");
    let last = noon().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    assert_eq!((shown.requests, shown.last_used_at), (2, Some(i64::try_from(last).expect("fits"))));
    keys.admit_at(secret.expose(), noon() + 24 * HOUR).expect("the next day");
}

#[tokio::test]
async fn another_process_sees_how_much_a_key_is_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = Store::open(&database(&folder)).expect("opens");
    let there = Store::open(&database(&folder)).expect("opens beside it");
    let (info, secret) = here.keys().add(NewKey::default()).await.expect("added");
    here.keys().admit(secret.expose()).expect("opens");
    here.keys().admit(secret.expose()).expect("opens");
    let wait = async {
        while there.keys().find(&info.name).await.expect("the key").requests != 2 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("never written");
}

#[tokio::test]
async fn an_owner_may_bring_a_key() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let bring = |text: &str| keys.bring(NewKey::named("mine"), Secret::new(text));
    let info = bring(KEY).await.expect("taken");
    assert_eq!(keys.whose(KEY), Some(info.id));
    let again = keys.bring(NewKey::default(), Secret::new(KEY)).await;
    assert!(matches!(again, Err(Error::KnownKey(name)) if name == "mine"));
    for bad in ["short", "two words in one", "schlüssel-mit-umlaut"] {
        assert!(matches!(bring(bad).await, Err(Error::BadKey)), "{bad}");
    }
    assert_eq!(keys.list().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn changes_are_heard_also_from_another_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = Store::open(&database(&folder)).expect("opens");
    let there = Store::open(&database(&folder)).expect("opens beside it");
    let mut changes = here.keys().changes();
    here.keys().list().await.expect("a list");
    let link = there.logins().add_link(HOUR).await.expect("made");
    assert!(here.logins().use_link(link.expose()).await.expect("asked"));
    // By the time this answers, the other process's commit was noticed: the worker looks between two jobs.
    here.keys().list().await.expect("a list");
    assert!(!changes.has_changed().expect("open"), "looking changes nothing, and a link is no key");
    here.keys().add(NewKey::default()).await.expect("added");
    assert!(changes.has_changed().expect("open"));
    changes.mark_unchanged();
    there.keys().add(NewKey::default()).await.expect("added");
    tokio::time::timeout(Duration::from_secs(60), changes.changed()).await.expect("heard").expect("open");
}
