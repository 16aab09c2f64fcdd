//! The database as a file.

use std::path::Path;

use postern_store::{Error, NewKey, Store};
use sha2::{Digest, Sha256};

use crate::support::database;

/// How many changes of the layout there have been.
const LAYOUT: i64 = 11;
/// The layout of the first release.
const FIRST_LAYOUT: &str = "
    CREATE TABLE keys (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        name       TEXT    NOT NULL UNIQUE,
        masked     TEXT    NOT NULL,
        salt       BLOB    NOT NULL,
        hash       BLOB    NOT NULL,
        created_at INTEGER NOT NULL DEFAULT (unixepoch())
    ) STRICT;
    PRAGMA user_version = 1;
";

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn user_version(path: &Path) -> i64 {
    let connection = rusqlite::Connection::open(path).expect("opens");
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).expect("a number")
}

#[tokio::test]
async fn keys_of_the_first_release_still_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.db");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.execute_batch(FIRST_LAYOUT).expect("made");
    for (id, key) in [(3, "sk-the-first-key-of-old"), (7, "sk-the-second-key-of-old")] {
        let salt = [u8::try_from(id).expect("small"); 16];
        let hash: [u8; 32] = Sha256::new().chain_update(salt).chain_update(key).finalize().into();
        let row = rusqlite::params![id, format!("key-{id}"), "sk-th****ld", salt, hash, 1_700_000_000 + id];
        connection.execute("INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row).expect("inserted");
    }
    drop(connection);

    let store = Store::open(&path).expect("migrates");
    let keys = store.keys();
    for (id, key) in [(3, "sk-the-first-key-of-old"), (7, "sk-the-second-key-of-old")] {
        let grant = keys.admit(key).expect("still opens");
        assert_eq!((grant.id.0, grant.name.as_ref()), (id, format!("key-{id}").as_str()));
        assert!(grant.allows("anything"));
    }
    let list = keys.list().await.expect("a list");
    assert_eq!(list.iter().map(|key| key.created_at).collect::<Vec<_>>(), [1_700_000_003, 1_700_000_007]);
    assert!(list.iter().all(|key| key.enabled && key.requests == 1 && key.models.is_empty()));
    let (new, _) = keys.add(NewKey::default()).await.expect("added");
    assert_eq!(new.id.0, 8, "ids go on where they were");
    store.close();
    assert_eq!(user_version(&path), LAYOUT);
}

#[test]
fn an_older_database_is_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.db");
    drop(rusqlite::Connection::open(&path).expect("an empty database"));
    assert_eq!(user_version(&path), 0);
    Store::open(&path).expect("migrates").close();
    assert_eq!(user_version(&path), LAYOUT);
    Store::open(&path).expect("opens what it made").close();
}

#[test]
fn a_newer_database_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("postern.db");
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("set");
    let error = Store::open(&path).expect_err("should be refused");
    assert!(matches!(error, Error::Newer { found: 99, known: 11, .. }), "{error}");
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
    store.keys().add(NewKey::default()).await.expect("added");
    let rights = |path: &Path| path.metadata().expect("exists").permissions().mode() & 0o777;
    let data = folder.path().join("data");
    assert_eq!(rights(&data), 0o700);
    for file in std::fs::read_dir(&data).expect("a folder") {
        let file = file.expect("a file").path();
        assert_eq!(rights(&file), 0o600, "{}", file.display());
    }
}
