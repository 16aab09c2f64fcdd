//! Keys of providers, as far as they are no secret: what they are called, whom they are for, how they are used. The keys
//! themselves are sealed rows.

use rusqlite::{Row, params};

use crate::worker::Worker;
use crate::{Error, clock};

pub(crate) const CREATE_TABLE: &str = "
    CREATE TABLE upstream_keys (
        upstream TEXT    NOT NULL,
        name     TEXT    NOT NULL,
        host     TEXT    NOT NULL,
        masked   TEXT    NOT NULL,
        enabled  INTEGER NOT NULL,
        weight   INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        added_at INTEGER NOT NULL,
        PRIMARY KEY (upstream, name)
    ) STRICT, WITHOUT ROWID;
";

/// A way out of its own for each key.
pub(crate) const ADD_PROXY: &str = "
    ALTER TABLE upstream_keys ADD COLUMN proxy TEXT;
    ALTER TABLE upstream_keys ADD COLUMN proxy_login INTEGER NOT NULL DEFAULT 0;
";

/// A key of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamKey {
    /// The upstream it belongs to.
    pub upstream: String,
    /// What its owner calls it, unique within the upstream.
    pub name: String,
    /// The host that it may be shown to.
    pub host: String,
    /// Its edges.
    pub masked: String,
    /// Whether it is used.
    pub enabled: bool,
    /// Its share where several could answer.
    pub weight: u32,
    /// Keys of a higher priority are asked first.
    pub priority: i32,
    /// When it was pasted, in seconds of Unix time.
    pub added_at: u64,
    /// The way out for what is asked with it, without name and password; `None` for that of all.
    pub proxy: Option<String>,
    /// Whether that proxy wants a name and a password, which are a sealed row.
    pub proxy_login: bool,
}

/// The keys of providers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct UpstreamKeys {
    worker: Worker,
}

impl UpstreamKeys {
    pub(crate) fn new(worker: Worker) -> Self {
        Self { worker }
    }

    /// All of them, by upstream and name.
    pub async fn all(&self) -> Result<Vec<UpstreamKey>, Error> {
        self.worker
            .run(|connection| {
                let mut all = connection.prepare_cached(
                    "SELECT upstream, name, host, masked, enabled, weight, priority, added_at, proxy, proxy_login
                     FROM upstream_keys ORDER BY upstream, name",
                )?;
                let rows = all.query_map([], key)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Puts the key in the place of the one of its name, if there is one.
    pub async fn put(&self, key: UpstreamKey) -> Result<(), Error> {
        self.worker
            .write(move |transaction| {
                transaction.execute(
                    "INSERT OR REPLACE INTO upstream_keys
                     (upstream, name, host, masked, enabled, weight, priority, added_at, proxy, proxy_login)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                    params![
                        key.upstream,
                        key.name,
                        key.host,
                        key.masked,
                        key.enabled,
                        key.weight,
                        key.priority,
                        clock::signed(key.added_at),
                        key.proxy,
                        key.proxy_login
                    ],
                )?;
                Ok(())
            })
            .await
    }

    /// The key has another name. `false`, and nothing is changed, when there is none or the name is taken.
    pub async fn rename(&self, upstream: &str, from: &str, to: &str) -> Result<bool, Error> {
        let (upstream, from, to) = (upstream.to_owned(), from.to_owned(), to.to_owned());
        self.worker
            .write(move |transaction| {
                let renamed = transaction.execute(
                    "UPDATE OR IGNORE upstream_keys SET name = ?3 WHERE upstream = ?1 AND name = ?2",
                    params![upstream, from, to],
                )?;
                Ok(renamed > 0)
            })
            .await
    }

    /// Forgets the key. Whether there was one.
    pub async fn remove(&self, upstream: &str, name: &str) -> Result<bool, Error> {
        let (upstream, name) = (upstream.to_owned(), name.to_owned());
        self.worker
            .write(move |transaction| {
                let gone = "DELETE FROM upstream_keys WHERE upstream = ?1 AND name = ?2";
                Ok(transaction.execute(gone, params![upstream, name])? > 0)
            })
            .await
    }
}

fn key(row: &Row<'_>) -> rusqlite::Result<UpstreamKey> {
    Ok(UpstreamKey {
        upstream: row.get(0)?,
        name: row.get(1)?,
        host: row.get(2)?,
        masked: row.get(3)?,
        enabled: row.get(4)?,
        weight: row.get(5)?,
        priority: row.get(6)?,
        added_at: clock::unsigned(row.get(7)?),
        proxy: row.get(8)?,
        proxy_login: row.get(9)?,
    })
}

#[cfg(test)]
mod tests {
    use crate::Store;

    use super::*;

    fn named(name: &str) -> UpstreamKey {
        UpstreamKey {
            upstream: "a".into(),
            name: name.into(),
            host: "a.example".into(),
            masked: "sk-ab****yz".into(),
            enabled: true,
            weight: 2,
            priority: -3,
            added_at: 7,
            proxy: Some("http://proxy.example:8080".into()),
            proxy_login: true,
        }
    }

    #[tokio::test]
    async fn keys_are_kept_renamed_and_forgotten() {
        let store = Store::in_memory().expect("a database");
        let keys = store.upstream_keys();
        keys.put(named("one")).await.expect("kept");
        let plain = UpstreamKey { enabled: false, proxy: None, proxy_login: false, ..named("one") };
        keys.put(plain.clone()).await.expect("kept");
        keys.put(named("two")).await.expect("kept");
        let all = keys.all().await.expect("told");
        assert_eq!(all, [plain, named("two")]);
        assert!(!keys.rename("a", "one", "two").await.expect("told"), "a name is taken once");
        assert!(!keys.rename("b", "one", "three").await.expect("told"));
        assert!(keys.rename("a", "one", "three").await.expect("told"));
        assert!(keys.remove("a", "three").await.expect("told"));
        assert!(!keys.remove("a", "three").await.expect("told"));
        assert_eq!(keys.all().await.expect("told"), [named("two")]);
    }
}
