//! Rows that somebody else sealed: bytes, what they belong to, and the name of the key that opens them; and the
//! names of the keys there are. Nothing here can open them.

use rusqlite::{OptionalExtension, Row, params};

use crate::worker::Worker;
use crate::{Error, clock};

pub(crate) const CREATE_TABLES: &str = "
    CREATE TABLE sealed (
        kind       TEXT    NOT NULL,
        id         TEXT    NOT NULL,
        generation INTEGER NOT NULL,
        key        TEXT    NOT NULL,
        bytes      BLOB    NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (kind, id, generation)
    ) STRICT;
    CREATE TABLE seal_keys (
        key        TEXT    PRIMARY KEY,
        state      INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        shown_at   INTEGER
    ) STRICT, WITHOUT ROWID;
";

/// Which row is meant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SealedName {
    /// What it is, such as `account_state`.
    pub kind: String,
    /// Whose it is.
    pub id: String,
    /// Counts up for each of these.
    pub generation: i64,
}

/// A sealed row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRow {
    /// Which it is.
    pub name: SealedName,
    /// The name of the key that opens it.
    pub key: String,
    /// What was sealed.
    pub bytes: Vec<u8>,
    /// When, in seconds of Unix time.
    pub created_at: i64,
}

/// A row that was sealed again with another key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resealed {
    /// Which row.
    pub name: SealedName,
    /// The key it was sealed with until now; a row that has another one by now is left alone.
    pub from: String,
    /// The key it is sealed with now.
    pub key: String,
    /// The new bytes.
    pub bytes: Vec<u8>,
}

/// What is to become of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It may open or seal rows.
    Spare,
    /// It seals what is new; one key at a time.
    InUse,
    /// It has no rows, gets none any more, and is to be forgotten wherever it lies.
    Retired,
}

impl KeyState {
    fn number(self) -> i64 {
        match self {
            Self::Spare => 0,
            Self::InUse => 1,
            Self::Retired => 2,
        }
    }
}

/// A key that is known by name. Moments are seconds of Unix time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealKey {
    /// Its name.
    pub key: String,
    /// What is to become of it.
    pub state: KeyState,
    /// When it came.
    pub created_at: i64,
    /// When its recovery key was shown.
    pub shown_at: Option<i64>,
    /// How many rows it opens.
    pub rows: u64,
}

/// Sealed rows and the names of their keys. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SealedRows {
    worker: Worker,
}

impl SealedRows {
    pub(crate) fn new(worker: Worker) -> Self {
        Self { worker }
    }

    /// Adds a new generation, and removes all but the last `keep`. Returns its number; `None` when the key was
    /// retired meanwhile or never named, so that the secret has to be sealed with another one.
    pub async fn put(
        &self,
        kind: &str,
        id: &str,
        (key, bytes): (String, Vec<u8>),
        keep: u32,
    ) -> Result<Option<i64>, Error> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.worker.write(move |connection| {
            let generation = connection
                .query_row(
                    "INSERT INTO sealed (kind, id, generation, key, bytes, created_at)
                     SELECT ?1, ?2, 1 + coalesce((SELECT max(generation) FROM sealed WHERE kind = ?1 AND id = ?2), 0),
                            ?3, ?4, ?5
                     WHERE EXISTS (SELECT 1 FROM seal_keys WHERE key = ?3 AND state <> ?6)
                     RETURNING generation",
                    params![kind, id, key, bytes, clock::now(), KeyState::Retired.number()],
                    |row| row.get::<_, i64>(0),
                )
                .optional()?;
            connection.execute(
                "DELETE FROM sealed WHERE kind = ?1 AND id = ?2 AND generation NOT IN
                 (SELECT generation FROM sealed WHERE kind = ?1 AND id = ?2 ORDER BY generation DESC LIMIT ?3)",
                params![kind, id, keep.max(1)],
            )?;
            Ok(generation)
        })
        .await
    }

    /// The generations of one thing, the newest first.
    pub async fn generations(&self, kind: &str, id: &str) -> Result<Vec<SealedRow>, Error> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.worker
            .run(move |connection| {
                let mut some = connection.prepare_cached(
                    "SELECT kind, id, generation, key, bytes, created_at FROM sealed
                     WHERE kind = ?1 AND id = ?2 ORDER BY generation DESC",
                )?;
                let rows = some.query_map([kind, id], sealed_row)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Every row there is, in the order of their names.
    pub async fn all(&self) -> Result<Vec<SealedRow>, Error> {
        self.worker
            .run(|connection| {
                let mut all = connection.prepare_cached(
                    "SELECT kind, id, generation, key, bytes, created_at FROM sealed
                     ORDER BY kind, id, generation",
                )?;
                let rows = all.query_map([], sealed_row)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Removes every generation of one thing. How many there were.
    pub async fn remove(&self, kind: &str, id: &str) -> Result<usize, Error> {
        let (kind, id) = (kind.to_owned(), id.to_owned());
        self.worker
            .write(move |connection| {
                Ok(connection.execute("DELETE FROM sealed WHERE kind = ?1 AND id = ?2", [kind, id])?)
            })
            .await
    }

    /// Puts what was sealed again, also for another thing's name, in the place of all generations of `from`: what
    /// `to` had before is gone. `false`, and nothing is changed, when a row to be moved is not there as it was.
    pub async fn rename(&self, kind: &str, from: &str, to: Vec<Resealed>) -> Result<bool, Error> {
        let (kind, from) = (kind.to_owned(), from.to_owned());
        self.worker
            .write(move |connection| {
                let fits = |row: &Resealed| {
                    let same = params![kind, from, row.name.generation, row.from];
                    let mut one = connection.prepare_cached(
                        "SELECT 1 FROM sealed WHERE kind = ?1 AND id = ?2 AND generation = ?3 AND key = ?4",
                    )?;
                    one.exists(same)
                };
                for row in &to {
                    if !fits(row)? {
                        return Ok(false);
                    }
                }
                for id in to.iter().map(|row| &row.name.id) {
                    connection
                        .execute("DELETE FROM sealed WHERE kind = ?1 AND id = ?2", params![kind, id])?;
                }
                for Resealed { name, key, bytes, .. } in to {
                    connection.execute(
                        "UPDATE sealed SET id = ?3, key = ?5, bytes = ?6
                     WHERE kind = ?1 AND id = ?2 AND generation = ?4",
                        params![kind, from, name.id, name.generation, key, bytes],
                    )?;
                }
                Ok(true)
            })
            .await
    }

    /// The keys that are known by name, the oldest first.
    pub async fn keys(&self) -> Result<Vec<SealKey>, Error> {
        self.worker
            .run(|connection| {
                let mut all = connection.prepare_cached(
                    "SELECT key, state, created_at, shown_at,
                            (SELECT count(*) FROM sealed WHERE sealed.key = seal_keys.key)
                     FROM seal_keys ORDER BY created_at, key",
                )?;
                let rows = all.query_map([], seal_key)?;
                Ok(rows.collect::<Result<_, _>>()?)
            })
            .await
    }

    /// Names a key. One that is known stays what it is.
    pub async fn add_key(&self, key: &str) -> Result<(), Error> {
        let key = key.to_owned();
        self.worker
            .write(move |connection| {
                connection.execute(
                    "INSERT INTO seal_keys (key, state, created_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO NOTHING",
                    params![key, KeyState::Spare.number(), clock::now()],
                )?;
                Ok(())
            })
            .await
    }

    /// Puts rows that were sealed again in the place of what they were, brings `in_use` into use if it is still
    /// named and the key in use is still `instead_of`: all of it or nothing. Whether `in_use` is in use now.
    pub async fn exchange(
        &self,
        rows: Vec<Resealed>,
        in_use: &str,
        instead_of: Option<String>,
    ) -> Result<bool, Error> {
        let in_use = in_use.to_owned();
        self.worker
            .write(move |connection| {
                let (spare, used) = (KeyState::Spare.number(), KeyState::InUse.number());
                let now_used: Option<String> = connection
                    .query_row("SELECT key FROM seal_keys WHERE state = ?1", [used], |row| row.get(0))
                    .optional()?;
                let named = "SELECT 1 FROM seal_keys WHERE key = ?1 AND state <> ?2";
                let named = connection.prepare(named)?.exists(params![in_use, KeyState::Retired.number()])?;
                if !named || now_used != instead_of {
                    return Ok(false);
                }
                for Resealed { name, from, key, bytes } in rows {
                    connection.execute(
                        "UPDATE sealed SET key = ?5, bytes = ?6
                     WHERE kind = ?1 AND id = ?2 AND generation = ?3 AND key = ?4",
                        params![name.kind, name.id, name.generation, from, key, bytes],
                    )?;
                }
                connection.execute("UPDATE seal_keys SET state = ?2 WHERE state = ?1", [used, spare])?;
                let chosen = params![in_use, used];
                connection.execute("UPDATE seal_keys SET state = ?2 WHERE key = ?1", chosen)?;
                Ok(true)
            })
            .await
    }

    /// Retires the key, unless it is in use or has rows. Whether it is retired now.
    pub async fn retire(&self, key: &str) -> Result<bool, Error> {
        let key = key.to_owned();
        self.worker
            .write(move |connection| {
                let retired = connection.execute(
                    "UPDATE seal_keys SET state = ?2 WHERE key = ?1 AND state <> ?3
                 AND NOT EXISTS (SELECT 1 FROM sealed WHERE sealed.key = ?1)",
                    params![key, KeyState::Retired.number(), KeyState::InUse.number()],
                )?;
                Ok(retired > 0)
            })
            .await
    }

    /// Forgets the name of a retired key.
    pub async fn forget_key(&self, key: &str) -> Result<(), Error> {
        let key = key.to_owned();
        self.worker
            .write(move |connection| {
                let retired = params![key, KeyState::Retired.number()];
                connection.execute("DELETE FROM seal_keys WHERE key = ?1 AND state = ?2", retired)?;
                Ok(())
            })
            .await
    }

    /// Notes that the recovery key of this key is shown. `false` when it was shown before: of several who ask,
    /// one sees it.
    pub async fn show_key(&self, key: &str) -> Result<bool, Error> {
        let key = key.to_owned();
        self.worker
            .write(move |connection| {
                let shown = connection.execute(
                    "UPDATE seal_keys SET shown_at = ?2 WHERE key = ?1 AND shown_at IS NULL",
                    params![key, clock::now()],
                )?;
                Ok(shown > 0)
            })
            .await
    }
}

fn sealed_row(row: &Row<'_>) -> rusqlite::Result<SealedRow> {
    Ok(SealedRow {
        name: SealedName { kind: row.get(0)?, id: row.get(1)?, generation: row.get(2)? },
        key: row.get(3)?,
        bytes: row.get(4)?,
        created_at: row.get(5)?,
    })
}

fn seal_key(row: &Row<'_>) -> rusqlite::Result<SealKey> {
    let number: i64 = row.get(1)?;
    let known = [KeyState::Spare, KeyState::InUse, KeyState::Retired];
    Ok(SealKey {
        key: row.get(0)?,
        // A state of a later version is not ours to change; a spare key is left alone.
        state: known.into_iter().find(|state| state.number() == number).unwrap_or(KeyState::Spare),
        created_at: row.get(2)?,
        shown_at: row.get(3)?,
        rows: clock::unsigned(row.get(4)?),
    })
}
