//! The table of client keys: what a client must show at the door.

use std::sync::Arc;

use arc_swap::ArcSwap;
use postern_protocol::Secret;
use rand::RngExt;
use rand::distr::Alphanumeric;
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::worker::Worker;
use crate::{Error, Store};

pub(crate) const CREATE_TABLE: &str = "
    CREATE TABLE keys (
        id         INTEGER PRIMARY KEY AUTOINCREMENT,
        name       TEXT    NOT NULL UNIQUE,
        masked     TEXT    NOT NULL,
        salt       BLOB    NOT NULL,
        hash       BLOB    NOT NULL,
        created_at INTEGER NOT NULL DEFAULT (unixepoch())
    ) STRICT;
";

/// Shorter texts can be guessed, so they are not taken as keys.
const SHORTEST: usize = 8;
/// Random characters in a key made here, after the `sk-`.
const RANDOM_CHARS: usize = 48;
const LONGEST_NAME: usize = 64;

type Salt = [u8; 16];
type Hash = [u8; 32];

/// Names a key in logs and records; never reused, also not after the key is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct KeyId(pub i64);

/// What may be shown of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// Its id.
    pub id: KeyId,
    /// The name its owner gave it.
    pub name: String,
    /// Its edges, such as `sk-ab****ef`.
    pub masked: String,
    /// When it was added, in seconds of Unix time.
    pub created_at: i64,
}

/// What became of the lines of a key file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The keys that are new.
    pub added: Vec<KeyInfo>,
    /// How many were known already.
    pub already_there: usize,
    /// Line numbers, from 1, of texts too short to be a key.
    pub too_short: Vec<usize>,
    /// Line numbers of texts that no client could send, because a header holds visible ASCII only.
    pub unsendable: Vec<usize>,
}

/// The client keys. Cheap to clone; [`Keys::check`] and [`Keys::is_empty`] never wait.
#[derive(Clone, Debug)]
pub struct Keys {
    worker: Worker,
    snapshot: Snapshot,
}

impl Keys {
    pub(crate) fn new(worker: Worker, snapshot: Snapshot) -> Self {
        Self { worker, snapshot }
    }

    /// Keys that live in memory only, for tests of what stands on them.
    pub fn in_memory(keys: &[&str]) -> Result<Self, Error> {
        let connection = crate::database::open_in_memory()?;
        for key in keys {
            let name = free_name(&connection, "key")?;
            insert(&connection, &name, key)?;
        }
        Ok(Store::start(connection)?.keys())
    }

    /// Whether no key exists, which is what makes a loopback server open.
    pub fn is_empty(&self) -> bool {
        self.snapshot.0.load().is_empty()
    }

    /// The key that `candidate` is, if it is one. Takes the same time for a wrong key as for any right
    /// one.
    pub fn check(&self, candidate: &str) -> Option<KeyId> {
        find(&self.snapshot.0.load(), candidate)
    }

    /// Makes a new key. The secret is returned here and nowhere else. Without a name it gets the next
    /// free `key-N`.
    pub async fn add(&self, name: Option<&str>) -> Result<(KeyInfo, Secret), Error> {
        let name = name.map(valid_name).transpose()?;
        let secret = generate();
        let key = secret.clone();
        let info = self
            .change(move |connection| {
                let name = match name {
                    Some(name) => name,
                    None => free_name(connection, "key")?,
                };
                insert(connection, &name, key.expose())
            })
            .await?;
        Ok((info, secret))
    }

    /// Takes keys from the text of a key file: one a line; blank lines and lines that start with `#`
    /// are skipped.
    pub async fn import(&self, text: &str) -> Result<ImportReport, Error> {
        let text = text.to_owned();
        self.change(move |connection| import(connection, &text)).await
    }

    /// Every key, oldest first.
    pub async fn list(&self) -> Result<Vec<KeyInfo>, Error> {
        self.worker.run(|connection| list(connection)).await
    }

    /// Removes the key with this name, id, or the start of its masked form.
    pub async fn remove(&self, which: &str) -> Result<KeyInfo, Error> {
        let which = which.to_owned();
        self.change(move |connection| {
            let info = choose(list(connection)?, &which)?;
            connection.execute("DELETE FROM keys WHERE id = ?1", [info.id.0])?;
            Ok(info)
        })
        .await
    }

    /// Runs a change in one transaction. It is in the snapshot before the caller hears of it.
    async fn change<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let snapshot = self.snapshot.clone();
        self.worker
            .run(move |connection| {
                // Immediate: of two processes that change keys at once, the second waits for the first.
                let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let done = job(&transaction)?;
                transaction.commit()?;
                snapshot.reload(connection)?;
                Ok(done)
            })
            .await
    }
}

/// The keys as the door checks them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot(Arc<ArcSwap<Vec<Lock>>>);

impl Snapshot {
    /// Reads the table anew.
    pub(crate) fn reload(&self, connection: &Connection) -> Result<(), Error> {
        self.0.store(Arc::new(locks(connection)?));
        Ok(())
    }
}

/// A key as it is stored: enough to recognise it, not enough to know it.
#[derive(Debug)]
struct Lock {
    id: i64,
    salt: Salt,
    hash: Hash,
}

fn find(locks: &[Lock], candidate: &str) -> Option<KeyId> {
    let mut found = 0;
    let mut any = Choice::from(0);
    for lock in locks {
        let fits = hash(&lock.salt, candidate).ct_eq(&lock.hash);
        found = i64::conditional_select(&found, &lock.id, fits);
        any |= fits;
    }
    bool::from(any).then_some(KeyId(found))
}

fn hash(salt: &Salt, key: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(key).finalize().into()
}

fn generate() -> Secret {
    let random = rand::rng().sample_iter(Alphanumeric).take(RANDOM_CHARS).map(char::from);
    Secret::new("sk-".chars().chain(random).collect::<String>())
}

fn valid_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let length = name.chars().count();
    let usable = (1..=LONGEST_NAME).contains(&length)
        && !name.chars().any(char::is_control)
        && !name.chars().all(|c| c.is_ascii_digit());
    if usable { Ok(name.to_owned()) } else { Err(Error::BadName(name.to_owned())) }
}

fn free_name(connection: &Connection, stem: &str) -> Result<String, Error> {
    let mut taken = connection.prepare_cached("SELECT 1 FROM keys WHERE name = ?1")?;
    let mut number = 1_u64;
    loop {
        let name = format!("{stem}-{number}");
        if !taken.exists([&name])? {
            return Ok(name);
        }
        number += 1;
    }
}

fn insert(connection: &Connection, name: &str, key: &str) -> Result<KeyInfo, Error> {
    let salt: Salt = rand::rng().random();
    let row = params![name, Secret::new(key).masked(), salt, hash(&salt, key)];
    connection
        .query_row(
            "INSERT INTO keys (name, masked, salt, hash) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (name) DO NOTHING RETURNING id, name, masked, created_at",
            row,
            info,
        )
        .optional()?
        .ok_or_else(|| Error::NameTaken(name.to_owned()))
}

fn import(connection: &Connection, text: &str) -> Result<ImportReport, Error> {
    let mut report = ImportReport::default();
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    for (number, line) in (1..).zip(text.split(['\n', '\r'])) {
        let key = line.trim();
        if key.is_empty() || key.starts_with('#') {
            continue;
        }
        if key.chars().count() < SHORTEST {
            report.too_short.push(number);
        } else if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            report.unsendable.push(number);
        } else if find(&locks(connection)?, key).is_some() {
            report.already_there += 1;
        } else {
            let name = free_name(connection, "imported")?;
            report.added.push(insert(connection, &name, key)?);
        }
    }
    Ok(report)
}

fn choose(keys: Vec<KeyInfo>, which: &str) -> Result<KeyInfo, Error> {
    let exact = |key: &&KeyInfo| key.name == which || key.id.0.to_string() == which;
    if let Some(key) = keys.iter().find(exact) {
        return Ok(key.clone());
    }
    let mut fits: Vec<KeyInfo> = keys.into_iter().filter(|key| has_prefix(key, which)).collect();
    match (fits.pop(), fits.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            let names = fits.into_iter().chain([last]).map(|key| key.name).collect();
            Err(Error::Ambiguous { which: which.to_owned(), names })
        }
        (None, _) => Err(Error::NoSuchKey(which.to_owned())),
    }
}

/// Whether `which` is the start of what is shown of the key. A key too short to show anything of has
/// no prefix.
fn has_prefix(key: &KeyInfo, which: &str) -> bool {
    let shown = key.masked.split('*').next().unwrap_or_default();
    which.len() >= shown.len() && !shown.is_empty() && key.masked.starts_with(which)
}

fn list(connection: &Connection) -> Result<Vec<KeyInfo>, Error> {
    let mut all = connection.prepare_cached("SELECT id, name, masked, created_at FROM keys ORDER BY id")?;
    let rows = all.query_map([], info)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn locks(connection: &Connection) -> Result<Vec<Lock>, Error> {
    let mut all = connection.prepare_cached("SELECT id, salt, hash FROM keys ORDER BY id")?;
    let rows = all.query_map([], |row| Ok(Lock { id: row.get(0)?, salt: row.get(1)?, hash: row.get(2)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn info(row: &Row<'_>) -> rusqlite::Result<KeyInfo> {
    Ok(KeyInfo { id: KeyId(row.get(0)?), name: row.get(1)?, masked: row.get(2)?, created_at: row.get(3)? })
}
