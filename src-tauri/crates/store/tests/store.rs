//! The store as its callers see it, on real files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use postern_store::{Error, Keys, Store};

const KEY: &str = "sk-client-key-0123456789";

fn database(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("data").join("postern.db")
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn user_version(path: &Path) -> i64 {
    let connection = rusqlite::Connection::open(path).expect("opens");
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a number")
}

/// Waits for another process's change to arrive.
#[expect(clippy::expect_used, reason = "a helper of tests")]
async fn until(holds: impl Fn() -> bool) {
    let wait = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), wait).await.expect("the change never arrived");
}

#[tokio::test]
async fn keys_outlive_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    assert!(store.keys().is_empty());
    let (info, secret) = store.keys().add(Some("laptop")).await.expect("added");
    store.close();

    let store = Store::open(&database(&folder)).expect("opens again");
    assert_eq!(store.keys().check(secret.expose()), Some(info.id));
    assert_eq!(store.keys().list().await.expect("a list"), [info]);
}

#[tokio::test]
async fn a_new_key_is_long_random_and_never_stored() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let (info, secret) = store.keys().add(None).await.expect("added");
    let (_, other) = store.keys().add(None).await.expect("added");
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
    assert!(keys.check(KEY).is_some());
    assert_ne!(keys.check(KEY), keys.check("sk-another-key-0123456789"));
    for wrong in ["", "sk-", &KEY[..KEY.len() - 1], "sk-client-key-01234567890", "SK-CLIENT-KEY-0123456789"] {
        assert_eq!(keys.check(wrong), None, "{wrong}");
    }
    assert_eq!(Keys::in_memory(&[]).expect("opens").check(""), None);
}

#[tokio::test]
async fn names_are_unique_and_fit_to_show() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let (info, _) = keys.add(Some("  laptop ")).await.expect("added");
    assert_eq!(info.name, "laptop");
    assert!(matches!(keys.add(Some("laptop")).await, Err(Error::NameTaken(name)) if name == "laptop"));
    for bad in ["", " ", "7", "a\nb", &"x".repeat(65)] {
        assert!(matches!(keys.add(Some(bad)).await, Err(Error::BadName(_))), "{bad:?}");
    }
    assert_eq!(keys.list().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn a_removed_key_opens_nothing_and_its_id_is_not_used_again() {
    let keys = Keys::in_memory(&[]).expect("opens");
    let (first, secret) = keys.add(Some("first")).await.expect("added");
    let (second, _) = keys.add(Some("second")).await.expect("added");
    let (third, _) = keys.add(Some("third")).await.expect("added");

    assert_eq!(keys.remove("first").await.expect("by name"), first);
    assert_eq!(keys.check(secret.expose()), None);
    assert_eq!(keys.remove(&third.id.0.to_string()).await.expect("by id"), third);
    assert_eq!(keys.remove(&second.masked[..5]).await.expect("by what is shown of it"), second);
    assert!(keys.is_empty());

    let (fourth, _) = keys.add(Some("fourth")).await.expect("added");
    assert!(fourth.id > third.id);
}

#[tokio::test]
async fn removing_needs_to_know_which() {
    let keys = Keys::in_memory(&["sk-same-start-0001", "sk-same-start-0002", "short-one"]).expect("opens");
    let names = match keys.remove("sk-sa").await {
        Err(Error::Ambiguous { names, .. }) => names,
        other => panic!("should be ambiguous: {other:?}"),
    };
    assert_eq!(names, ["key-1", "key-2"]);
    for nothing in ["sk", "sk-xx", "", "*", "****", "4"] {
        assert!(matches!(keys.remove(nothing).await, Err(Error::NoSuchKey(_))), "{nothing:?}");
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
    assert!(keys.check("old-mac-key-1").is_some() && keys.check("old-mac-key-2").is_some());
    assert!(keys.check("first-key-of-the-file").is_some() && keys.check("second-key-of-the-file").is_some());
    assert_eq!((keys.check("short"), keys.check("# a comment")), (None, None));

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

    let (info, secret) = there.keys().add(Some("from outside")).await.expect("added");
    until(|| keys.check(secret.expose()) == Some(info.id)).await;

    there.keys().remove("from outside").await.expect("removed");
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
    let adding: Vec<_> =
        handles.into_iter().map(|keys| tokio::spawn(async move { keys.add(None).await })).collect();
    for added in adding {
        added.await.expect("no panic").expect("added");
    }
    assert_eq!(stores[0].keys().list().await.expect("a list").len(), 40);
}

#[test]
fn an_older_database_is_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.db");
    drop(rusqlite::Connection::open(&path).expect("an empty database"));
    assert_eq!(user_version(&path), 0);
    Store::open(&path).expect("migrates").close();
    assert_eq!(user_version(&path), 1);
    Store::open(&path).expect("opens what it made").close();
}

#[test]
fn a_newer_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.db");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("set");
    let error = Store::open(&path).expect_err("should be refused");
    assert!(matches!(error, Error::Newer { found: 99, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("newer Postern"), "{error}");
    assert_eq!(user_version(&path), 99);
}

#[test]
fn what_is_no_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.db");
    let text = "not a database, but dear to somebody ".repeat(100);
    std::fs::write(&path, &text).expect("written");
    let error = Store::open(&path).expect_err("should be refused");
    assert!(matches!(error, Error::Open { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&path).expect("still there"), text);
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let store = Store::in_memory().expect("opens");
    let keys = store.keys();
    store.close();
    assert!(matches!(keys.list().await, Err(Error::Closed)));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    store.keys().add(None).await.expect("added");
    let rights = |path: &Path| path.metadata().expect("exists").permissions().mode() & 0o777;
    let data = folder.path().join("data");
    assert_eq!(rights(&data), 0o700);
    for file in std::fs::read_dir(&data).expect("a folder") {
        let file = file.expect("a file").path();
        assert_eq!(rights(&file), 0o600, "{}", file.display());
    }
}
