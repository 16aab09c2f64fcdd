//! What takes space on the disk, and making some of it free.

use std::io;
use std::path::{Path, PathBuf};

use postern_console::api::system::{Storage, StorageItem, StorageKind};
use postern_console::{Code, Trouble};
use postern_store::{JournalUsage, Requests};

use super::{bundle, size};
use crate::log::Logs;
use crate::{Accounts, Paths};

/// Measures everything that is stored.
pub async fn measure(paths: &Paths, logs: &Logs, requests: &Requests) -> Result<Storage, Trouble> {
    let usage = requests.usage().await.map_err(unavailable)?;
    let (paths, logs) = (paths.clone(), logs.clone());
    // Browser profiles are large: walking them takes a while.
    tokio::task::spawn_blocking(move || walk(&paths, &logs, usage)).await.map_err(unavailable)
}

/// Clears one kind of stored things and measures anew.
pub async fn clear(
    paths: &Paths,
    logs: &Logs,
    requests: &Requests,
    kind: StorageKind,
) -> Result<Storage, Trouble> {
    match kind {
        StorageKind::Requests => requests.clear().await.map_err(unavailable)?,
        StorageKind::Database | StorageKind::Conversations | StorageKind::Profiles => {
            let message = "this cannot be cleared here: the database holds the keys, conversations are deleted under \
                           Recording, and a profile goes with its account";
            return Err(Trouble::new(Code::Invalid, message).field("kind"));
        }
        StorageKind::Snapshots | StorageKind::Logs | StorageKind::Bundles => {
            let (paths, logs) = (paths.clone(), logs.clone());
            let cleared = tokio::task::spawn_blocking(move || clear_files(&paths, &logs, kind)).await;
            cleared.map_err(unavailable)?.map_err(|error| {
                Trouble::new(Code::Unavailable, format!("not everything could be removed: {error}"))
            })?;
        }
    }
    measure(paths, logs, requests).await
}

fn walk(paths: &Paths, logs: &Logs, requests: JournalUsage) -> Storage {
    let accounts = Accounts::new(paths);
    let names = accounts.list().unwrap_or_default();
    let profiles = names.iter().map(|name| size::folder(&accounts.profile(name))).sum();
    let snapshots = snapshots(&accounts);
    let bundles = bundle::all(paths);
    let database = paths.database();
    let conversations = paths.conversations();
    let log_files = size::files(&paths.logs());
    let item = |kind, path: &Path, bytes, count| StorageItem {
        kind,
        path: path.display().to_string(),
        bytes,
        count,
        limit_bytes: (kind == StorageKind::Logs).then(|| logs.max_bytes()),
        clearable: clearable(kind),
    };
    let snapshot_bytes = snapshots.iter().map(|folder| size::folder(folder)).sum();
    let bundle_bytes = bundles.iter().map(|path| size::file(path)).sum();
    Storage {
        folder: paths.data().display().to_string(),
        free_bytes: fs4::available_space(paths.data()).ok(),
        items: vec![
            item(StorageKind::Database, &database, database_bytes(&database), None),
            item(StorageKind::Requests, &database, requests.bytes, Some(requests.rows)),
            item(StorageKind::Conversations, &conversations, conversation_bytes(paths), None),
            item(StorageKind::Profiles, &paths.accounts(), profiles, Some(count(&names))),
            item(StorageKind::Snapshots, &paths.accounts(), snapshot_bytes, Some(count(&snapshots))),
            item(StorageKind::Logs, &paths.logs(), size::folder(&paths.logs()), Some(count(&log_files))),
            item(StorageKind::Bundles, &bundle::folder(paths), bundle_bytes, Some(count(&bundles))),
        ],
    }
}

fn clear_files(paths: &Paths, logs: &Logs, kind: StorageKind) -> io::Result<()> {
    match kind {
        StorageKind::Snapshots => {
            snapshots(&Accounts::new(paths)).into_iter().try_for_each(std::fs::remove_dir_all)
        }
        StorageKind::Logs => logs.clear(),
        StorageKind::Bundles => bundle::all(paths).into_iter().try_for_each(std::fs::remove_file),
        StorageKind::Database
        | StorageKind::Requests
        | StorageKind::Conversations
        | StorageKind::Profiles => Ok(()),
    }
}

fn unavailable(error: impl std::fmt::Display) -> Trouble {
    Trouble::new(Code::Unavailable, format!("the stored things cannot be measured or cleared: {error}"))
}

/// Whether the console can clear it.
fn clearable(kind: StorageKind) -> bool {
    match kind {
        StorageKind::Requests | StorageKind::Snapshots | StorageKind::Logs | StorageKind::Bundles => true,
        StorageKind::Database | StorageKind::Conversations | StorageKind::Profiles => false,
    }
}

/// The folders of all snapshots of all accounts.
pub(super) fn snapshots(accounts: &Accounts) -> Vec<PathBuf> {
    let names = accounts.list().unwrap_or_default();
    let entries =
        names.iter().flat_map(|name| std::fs::read_dir(accounts.snapshots(name)).into_iter().flatten());
    let entries = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    entries.map(|entry| entry.path()).collect()
}

/// The database with what SQLite keeps beside it.
pub(super) fn database_bytes(database: &Path) -> u64 {
    let beside = |end: &str| {
        let mut path = database.as_os_str().to_owned();
        path.push(end);
        PathBuf::from(path)
    };
    size::file(database) + size::file(&beside("-wal")) + size::file(&beside("-shm"))
}

/// Recorded conversations, with their media and what is on its way into their database.
pub(super) fn conversation_bytes(paths: &Paths) -> u64 {
    let beside = ["media", "spool"].into_iter().map(|name| size::folder(&paths.data().join(name)));
    database_bytes(&paths.conversations()) + beside.sum::<u64>()
}

fn count<T>(things: &[T]) -> u64 {
    u64::try_from(things.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use postern_protocol::RequestId;
    use postern_store::{Opening, Source, Store};

    use super::*;

    fn put(path: PathBuf, bytes: usize) {
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, vec![0; bytes]).expect("written");
    }

    struct Furnished {
        place: tempfile::TempDir,
        paths: Paths,
        logs: Logs,
        store: Store,
    }

    fn furnished() -> Furnished {
        let place = tempfile::tempdir().expect("a folder");
        let paths = Paths::new(Some(place.path().to_owned()), None).expect("paths");
        let logs = Logs::silent(&paths.logs());
        logs.set_max_bytes(123_456);
        put(paths.database(), 100);
        put(place.path().join("postern.db-wal"), 20);
        put(paths.conversations(), 200);
        put(place.path().join("media/ab/abcd"), 7);
        put(place.path().join("accounts/main/profile/Default/Cookies"), 1000);
        put(place.path().join("accounts/main/snapshots/1-a/outline.txt"), 30);
        put(place.path().join("accounts/main/snapshots/2-b/outline.txt"), 40);
        put(paths.logs().join("postern.2020-01-01.log"), 50);
        put(paths.logs().join("main/driver.log"), 5);
        put(bundle::folder(&paths).join("postern-diagnostics-20200101-000000.zip"), 60);
        put(bundle::folder(&paths).join("holiday.jpg"), 999);
        let store = Store::in_memory().expect("a store");
        let opening = Opening {
            id: RequestId::new("req_1"),
            at: std::time::SystemTime::now(),
            method: "POST".to_owned(),
            path: "/v1/chat/completions".to_owned(),
            key: None,
            source: Source::Client,
        };
        drop(store.requests().open(opening));
        Furnished { place, paths, logs, store }
    }

    fn sizes(storage: &Storage) -> Vec<(StorageKind, u64, Option<u64>)> {
        let files = storage.items.iter().filter(|item| item.kind != StorageKind::Requests);
        files.map(|item| (item.kind, item.bytes, item.count)).collect()
    }

    fn rows(storage: &Storage) -> Option<u64> {
        storage.items.iter().find(|item| item.kind == StorageKind::Requests)?.count
    }

    #[tokio::test]
    async fn every_kind_is_measured() {
        let Furnished { place: _place, paths, logs, store } = furnished();
        let storage = measure(&paths, &logs, &store.requests()).await.expect("measured");
        let expected = [
            (StorageKind::Database, 120, None),
            (StorageKind::Conversations, 207, None),
            (StorageKind::Profiles, 1000, Some(1)),
            (StorageKind::Snapshots, 70, Some(2)),
            (StorageKind::Logs, 55, Some(2)),
            (StorageKind::Bundles, 60, Some(1)),
        ];
        assert_eq!(sizes(&storage), expected);
        assert_eq!(rows(&storage), Some(1));
        assert!(storage.free_bytes.is_some_and(|bytes| bytes > 0));
        let limits: Vec<_> = storage.items.iter().filter_map(|item| item.limit_bytes).collect();
        assert_eq!(limits, [123_456]);
    }

    #[tokio::test]
    async fn what_can_be_cleared_is_cleared_and_nothing_else() {
        let Furnished { place, paths, logs, store } = furnished();
        let requests = store.requests();
        let mut last = measure(&paths, &logs, &requests).await.expect("measured");
        for item in last.items.clone() {
            let cleared = clear(&paths, &logs, &requests, item.kind).await;
            assert_eq!(cleared.is_ok(), item.clearable, "{:?}", item.kind);
            last = cleared.unwrap_or(last);
        }
        let left = sizes(&last).into_iter().map(|(_, bytes, _)| bytes).collect::<Vec<_>>();
        assert_eq!(left, [120, 207, 1000, 0, 0, 0]);
        assert_eq!(rows(&last), Some(0));
        assert!(place.path().join("diagnostics/holiday.jpg").exists());
    }
}
