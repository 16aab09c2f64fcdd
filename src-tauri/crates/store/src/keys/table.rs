//! The tables of keys and of their secrets.

use postern_protocol::Secret;
use rand::RngExt;
use rand::distr::Alphanumeric;
use rusqlite::{Connection, Row, params};

use super::door::{Hash, Lock, Rule, Salt, Spent, Used, find, hash};
use super::meter::Limits;
use super::{Grant, ImportReport, KeyChange, KeyId, KeyInfo, NewKey};
use crate::{Error, clock};

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

/// Secrets that open nothing any more, so that they are still known as such: they were ours, and are nobody's business.
pub(crate) const ADD_SPENT: &str = "
    CREATE TABLE spent_secrets (
        id   INTEGER PRIMARY KEY,
        salt BLOB NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
";

/// So many of them are kept. Each is looked at for every secret that is not one of ours.
const SPENT: i64 = 64;

/// A key may have several secrets, and rules.
pub(crate) const ADD_RULES: &str = "
    CREATE TABLE key_secrets (
        id    INTEGER PRIMARY KEY,
        key   INTEGER NOT NULL REFERENCES keys (id) ON DELETE CASCADE,
        salt  BLOB    NOT NULL,
        hash  BLOB    NOT NULL,
        until INTEGER
    ) STRICT;
    CREATE INDEX key_secrets_key ON key_secrets (key);
    INSERT INTO key_secrets (key, salt, hash) SELECT id, salt, hash FROM keys ORDER BY id;
    ALTER TABLE keys DROP COLUMN salt;
    ALTER TABLE keys DROP COLUMN hash;
    ALTER TABLE keys ADD COLUMN enabled      INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE keys ADD COLUMN expires_at   INTEGER;
    ALTER TABLE keys ADD COLUMN last_used_at INTEGER;
    ALTER TABLE keys ADD COLUMN requests     INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE keys ADD COLUMN models       TEXT    NOT NULL DEFAULT '[]';
    ALTER TABLE keys ADD COLUMN per_minute   INTEGER;
    ALTER TABLE keys ADD COLUMN per_day      INTEGER;
    ALTER TABLE keys ADD COLUMN used_day     INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE keys ADD COLUMN used_on_day  INTEGER NOT NULL DEFAULT 0;
";

/// What is asked with a key may be left unrecorded.
pub(crate) const ADD_RECORD: &str = "
    ALTER TABLE keys ADD COLUMN record INTEGER NOT NULL DEFAULT 1;
";

/// Shorter texts can be guessed, so they are not taken as keys.
const SHORTEST: usize = 8;
/// Random characters in a key made here, after the `sk-`.
const RANDOM_CHARS: usize = 48;
const LONGEST_NAME: usize = 64;
/// No model's name is longer.
const LONGEST_PATTERN: usize = 256;

pub(super) fn generate() -> Secret {
    let random = rand::rng().sample_iter(Alphanumeric).take(RANDOM_CHARS).map(char::from);
    Secret::new("sk-".chars().chain(random).collect::<String>())
}

pub(super) fn free_name(connection: &Connection, stem: &str) -> Result<String, Error> {
    free_name_from(connection, stem, &mut 1)
}

/// The first free name whose number is not smaller; `number` becomes that of the name.
fn free_name_from(connection: &Connection, stem: &str, number: &mut u64) -> Result<String, Error> {
    let mut taken = connection.prepare_cached("SELECT 1 FROM keys WHERE name = ?1")?;
    loop {
        let name = format!("{stem}-{number}");
        if !taken.exists([&name])? {
            return Ok(name);
        }
        *number += 1;
    }
}

pub(super) fn insert(connection: &Connection, new: &NewKey, secret: &str) -> Result<KeyInfo, Error> {
    let name = match &new.name {
        Some(name) => valid_name(name)?,
        None => free_name(connection, "key")?,
    };
    free(connection, &name, None)?;
    connection.execute(
        "INSERT INTO keys (name, masked, expires_at, models, per_minute, per_day, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            name,
            Secret::new(secret).masked(),
            new.expires_at,
            model_text(&new.models)?,
            valid_limit(new.per_minute)?,
            valid_limit(new.per_day)?,
            new.record,
        ],
    )?;
    let id = KeyId(connection.last_insert_rowid());
    add_secret(connection, id, secret)?;
    one(connection, id)
}

/// Takes a key that its owner brings.
pub(super) fn bring(connection: &Connection, new: &NewKey, secret: &str) -> Result<KeyInfo, Error> {
    if secret.chars().count() < SHORTEST || !sendable(secret) {
        return Err(Error::BadKey);
    }
    if let Some(known) = find(&locks(connection)?, secret, clock::now()) {
        return Err(Error::KnownKey(one(connection, known)?.name));
    }
    insert(connection, new, secret)
}

/// Whether a client can send this: a header holds visible ASCII only.
fn sendable(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn change(connection: &Connection, id: KeyId, change: &KeyChange) -> Result<KeyInfo, Error> {
    one(connection, id)?;
    if let Some(name) = &change.name {
        let name = valid_name(name)?;
        free(connection, &name, Some(id))?;
        connection.execute("UPDATE keys SET name = ?2 WHERE id = ?1", params![id.0, name])?;
    }
    if let Some(enabled) = change.enabled {
        connection.execute("UPDATE keys SET enabled = ?2 WHERE id = ?1", params![id.0, enabled])?;
    }
    if let Some(at) = change.expires_at {
        connection.execute("UPDATE keys SET expires_at = ?2 WHERE id = ?1", params![id.0, at])?;
    }
    if let Some(models) = &change.models {
        let models = model_text(models)?;
        connection.execute("UPDATE keys SET models = ?2 WHERE id = ?1", params![id.0, models])?;
    }
    if let Some(limit) = change.per_minute {
        let limit = valid_limit(limit)?;
        connection.execute("UPDATE keys SET per_minute = ?2 WHERE id = ?1", params![id.0, limit])?;
    }
    if let Some(limit) = change.per_day {
        let limit = valid_limit(limit)?;
        connection.execute("UPDATE keys SET per_day = ?2 WHERE id = ?1", params![id.0, limit])?;
    }
    if let Some(record) = change.record {
        connection.execute("UPDATE keys SET record = ?2 WHERE id = ?1", params![id.0, record])?;
    }
    one(connection, id)
}

/// Gives the key a new secret; those it had open until `until`, unless they end before.
pub(super) fn rotate(connection: &Connection, id: KeyId, secret: &str, until: i64) -> Result<KeyInfo, Error> {
    one(connection, id)?;
    connection.execute(
        "UPDATE key_secrets SET until = min(ifnull(until, ?2), ?2) WHERE key = ?1",
        params![id.0, until],
    )?;
    put_ended_aside(connection)?;
    add_secret(connection, id, secret)?;
    let masked = Secret::new(secret).masked();
    connection.execute("UPDATE keys SET masked = ?2 WHERE id = ?1", params![id.0, masked])?;
    one(connection, id)
}

/// Ends the grace of secrets from before a rotation.
pub(super) fn end_grace(connection: &Connection, id: KeyId) -> Result<KeyInfo, Error> {
    connection.execute("UPDATE key_secrets SET until = 0 WHERE key = ?1 AND until IS NOT NULL", [id.0])?;
    put_ended_aside(connection)?;
    one(connection, id)
}

pub(super) fn remove(connection: &Connection, id: KeyId) -> Result<KeyInfo, Error> {
    let info = one(connection, id)?;
    connection.execute("UPDATE key_secrets SET until = 0 WHERE key = ?1", [id.0])?;
    put_ended_aside(connection)?;
    connection.execute("DELETE FROM keys WHERE id = ?1", [id.0])?;
    Ok(info)
}

pub(super) fn import(connection: &Connection, text: &str) -> Result<ImportReport, Error> {
    let mut report = ImportReport::default();
    let mut last = 1;
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    for (number, line) in (1..).zip(text.split(['\n', '\r'])) {
        let key = line.trim();
        if key.is_empty() || key.starts_with('#') {
            continue;
        }
        if key.chars().count() < SHORTEST {
            report.too_short.push(number);
            continue;
        }
        if !sendable(key) {
            report.unsendable.push(number);
            continue;
        }
        // Names of a long file are not looked for from the first one again and again.
        let name = free_name_from(connection, "imported", &mut last)?;
        match bring(connection, &NewKey::named(name), key) {
            Ok(info) => report.added.push(info),
            Err(Error::KnownKey(_)) => report.already_there += 1,
            Err(error) => return Err(error),
        }
    }
    Ok(report)
}

/// The key with this name, id, or start of its masked form.
pub(super) fn choose(connection: &Connection, which: &str) -> Result<KeyInfo, Error> {
    let keys = list(connection)?;
    let exact = |key: &&KeyInfo| key.name == which || key.id.to_string() == which;
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

const INFO: &str = "
    SELECT id, name, masked, created_at, enabled, expires_at, last_used_at, requests, models, per_minute,
           per_day, (SELECT max(until) FROM key_secrets WHERE key = keys.id AND until > unixepoch()), record
    FROM keys";

pub(super) fn list(connection: &Connection) -> Result<Vec<KeyInfo>, Error> {
    let mut all = connection.prepare_cached(&format!("{INFO} ORDER BY id"))?;
    let rows = all.query_map([], info)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn one(connection: &Connection, id: KeyId) -> Result<KeyInfo, Error> {
    let mut one = connection.prepare_cached(&format!("{INFO} WHERE id = ?1"))?;
    let mut rows = one.query_map([id.0], info)?;
    rows.next().transpose()?.ok_or_else(|| Error::NoSuchKey(id.to_string()))
}

fn info(row: &Row<'_>) -> rusqlite::Result<KeyInfo> {
    Ok(KeyInfo {
        id: KeyId(row.get(0)?),
        name: row.get(1)?,
        masked: row.get(2)?,
        created_at: row.get(3)?,
        enabled: row.get(4)?,
        expires_at: row.get(5)?,
        last_used_at: row.get(6)?,
        requests: clock::unsigned(row.get(7)?),
        models: models(row, 8)?,
        per_minute: row.get(9)?,
        per_day: row.get(10)?,
        old_until: row.get(11)?,
        record: row.get(12)?,
    })
}

fn models(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

pub(super) fn locks(connection: &Connection) -> Result<Vec<Lock>, Error> {
    let mut all = connection.prepare_cached("SELECT key, salt, hash, until FROM key_secrets ORDER BY id")?;
    let lock = |row: &Row<'_>| {
        Ok(Lock { key: KeyId(row.get(0)?), salt: row.get(1)?, hash: row.get(2)?, until: row.get(3)? })
    };
    let rows = all.query_map([], lock)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn rules(connection: &Connection) -> Result<Vec<Rule>, Error> {
    let mut all = connection.prepare_cached(
        "SELECT id, name, models, enabled, expires_at, per_minute, per_day, record FROM keys ORDER BY id",
    )?;
    let rule = |row: &Row<'_>| {
        let name: String = row.get(1)?;
        Ok(Rule {
            grant: Grant {
                id: KeyId(row.get(0)?),
                name: name.into(),
                models: models(row, 2)?.into(),
                record: row.get(7)?,
            },
            enabled: row.get(3)?,
            expires_at: row.get(4)?,
            limits: Limits { per_minute: row.get(5)?, per_day: row.get(6)? },
        })
    };
    let rows = all.query_map([], rule)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn used(connection: &Connection) -> Result<Vec<Used>, Error> {
    let mut all = connection.prepare_cached("SELECT id, used_day, used_on_day FROM keys")?;
    let used = |row: &Row<'_>| Ok(Used { key: KeyId(row.get(0)?), day: row.get(1)?, on_day: row.get(2)? });
    let rows = all.query_map([], used)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn add_secret(connection: &Connection, id: KeyId, secret: &str) -> Result<(), Error> {
    let salt: Salt = rand::rng().random();
    let hash: Hash = hash(&salt, secret);
    connection.execute(
        "INSERT INTO key_secrets (key, salt, hash) VALUES (?1, ?2, ?3)",
        params![id.0, salt, hash],
    )?;
    Ok(())
}

/// Puts secrets whose time is over where they open nothing.
fn put_ended_aside(connection: &Connection) -> Result<(), Error> {
    connection.execute_batch(
        "INSERT INTO spent_secrets (salt, hash)
             SELECT salt, hash FROM key_secrets WHERE until <= unixepoch() ORDER BY id;
         DELETE FROM key_secrets WHERE until <= unixepoch();",
    )?;
    let most = "DELETE FROM spent_secrets WHERE id <= (SELECT max(id) FROM spent_secrets) - ?1";
    connection.execute(most, [SPENT])?;
    Ok(())
}

/// The secrets that open nothing any more.
pub(super) fn spent(connection: &Connection) -> Result<Vec<Spent>, Error> {
    let mut all = connection.prepare_cached("SELECT salt, hash FROM spent_secrets ORDER BY id")?;
    let rows = all.query_map([], |row| Ok(Spent { salt: row.get(0)?, hash: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Fails if a key other than `own` has this name.
fn free(connection: &Connection, name: &str, own: Option<KeyId>) -> Result<(), Error> {
    let mut others = connection.prepare_cached("SELECT 1 FROM keys WHERE name = ?1 AND id IS NOT ?2")?;
    let taken = others.exists(params![name, own.map(|id| id.0)])?;
    if taken { Err(Error::NameTaken(name.to_owned())) } else { Ok(()) }
}

fn valid_name(name: &str) -> Result<String, Error> {
    let name = name.trim();
    let length = name.chars().count();
    let usable = (1..=LONGEST_NAME).contains(&length)
        && !name.chars().any(char::is_control)
        && !name.chars().all(|c| c.is_ascii_digit());
    if usable { Ok(name.to_owned()) } else { Err(Error::BadName(name.to_owned())) }
}

fn valid_limit(limit: Option<u32>) -> Result<Option<u32>, Error> {
    if limit == Some(0) { Err(Error::BadLimit) } else { Ok(limit) }
}

fn model_text(models: &[String]) -> Result<String, Error> {
    let mut patterns: Vec<&str> = Vec::new();
    for pattern in models.iter().map(|pattern| pattern.trim()) {
        let length = pattern.chars().count();
        if !(1..=LONGEST_PATTERN).contains(&length) || pattern.chars().any(char::is_control) {
            return Err(Error::BadModel(pattern.to_owned()));
        }
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    Ok(serde_json::Value::from(patterns).to_string())
}
