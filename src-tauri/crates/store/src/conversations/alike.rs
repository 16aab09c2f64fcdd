//! Conversations with the same text, and those that are nearly the same.
//!
//! All that share a band, or have the same text, are in one cluster. So one other that shares it is enough to find the
//! cluster, however many there are.

use rusqlite::{Connection, OptionalExtension, params};

use super::class::Class;
use crate::Error;

/// The same text stands in another conversation.
const DUPLICATE: u64 = 1 << 20;

/// Another conversation is nearly the same.
const NEAR: u64 = 1 << 21;

/// Puts a conversation, which is in none, into its cluster and flags what is alike.
pub(crate) fn join(connection: &Connection, thread: i64, text_hash: i64, bands: &[u64]) -> Result<(), Error> {
    let mut others = Vec::new();
    if text_hash != 0 {
        let twin: Option<i64> = connection
            .prepare_cached(
                "SELECT id FROM threads WHERE text_hash = ?1 AND text_hash != 0 AND id != ?2 LIMIT 1",
            )?
            .query_row([text_hash, thread], |row| row.get(0))
            .optional()?;
        if let Some(twin) = twin {
            flag(connection, twin, |flags| flags | DUPLICATE)?;
            flag(connection, thread, |flags| flags | DUPLICATE)?;
            others.push(twin);
        }
    }
    let mut find = connection.prepare_cached("SELECT thread FROM bands WHERE band = ?1 LIMIT 1")?;
    let mut add = connection.prepare_cached("INSERT OR IGNORE INTO bands (band, thread) VALUES (?1, ?2)")?;
    for band in bands {
        let band = band.cast_signed();
        others.extend(find.query_row([band], |row| row.get::<_, i64>(0)).optional()?);
        add.execute([band, thread])?;
    }
    others.sort_unstable();
    others.dedup();
    for other in others.into_iter().filter(|other| *other != thread) {
        unite(connection, thread, other)?;
    }
    Ok(())
}

/// Takes a conversation out of its cluster, and its bands out of the table. One that is left alone has no cluster.
pub(crate) fn leave(connection: &Connection, thread: i64) -> Result<(), Error> {
    let bands: Vec<u8> = connection
        .prepare_cached("SELECT bands FROM bodies WHERE thread = ?1")?
        .query_row([thread], |row| row.get(0))?;
    let mut remove = connection.prepare_cached("DELETE FROM bands WHERE band = ?1 AND thread = ?2")?;
    for band in unpacked(&bands) {
        remove.execute([band.cast_signed(), thread])?;
    }
    let (hash, cluster): (i64, Option<i64>) = connection
        .prepare_cached("SELECT text_hash, cluster FROM threads WHERE id = ?1")?
        .query_row([thread], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let twins: Vec<i64> = connection
        .prepare_cached(
            "SELECT id FROM threads WHERE text_hash = ?1 AND text_hash != 0 AND id != ?2 LIMIT 2",
        )?
        .query_map([hash, thread], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if let [twin] = twins[..] {
        flag(connection, twin, |flags| flags & !DUPLICATE)?;
    }
    connection.prepare_cached("UPDATE threads SET cluster = NULL WHERE id = ?1")?.execute([thread])?;
    flag(connection, thread, |flags| flags & !(DUPLICATE | NEAR))?;
    if let Some(cluster) = cluster {
        shrink(connection, cluster)?;
    }
    Ok(())
}

fn shrink(connection: &Connection, cluster: i64) -> Result<(), Error> {
    let left: Option<i64> = connection
        .prepare_cached("UPDATE clusters SET threads = threads - 1 WHERE id = ?1 RETURNING threads")?
        .query_row([cluster], |row| row.get(0))
        .optional()?;
    if left.is_some_and(|left| left > 1) {
        return Ok(());
    }
    let last: Option<i64> = connection
        .prepare_cached("SELECT id FROM threads WHERE cluster = ?1")?
        .query_row([cluster], |row| row.get(0))
        .optional()?;
    if let Some(last) = last {
        connection.prepare_cached("UPDATE threads SET cluster = NULL WHERE id = ?1")?.execute([last])?;
        flag(connection, last, |flags| flags & !NEAR)?;
    }
    connection.prepare_cached("DELETE FROM clusters WHERE id = ?1")?.execute([cluster])?;
    Ok(())
}

/// Puts two conversations, and all that are like them, into one cluster.
fn unite(connection: &Connection, a: i64, b: i64) -> Result<(), Error> {
    let cluster_of = |thread: i64| -> Result<Option<i64>, Error> {
        let mut find = connection.prepare_cached("SELECT cluster FROM threads WHERE id = ?1")?;
        Ok(find.query_row([thread], |row| row.get(0)).optional()?.flatten())
    };
    match (cluster_of(a)?, cluster_of(b)?) {
        (None, None) => {
            let mut add = connection.prepare_cached("INSERT INTO clusters (threads) VALUES (0)")?;
            let cluster = add.insert([])?;
            enter(connection, a, cluster)?;
            enter(connection, b, cluster)
        }
        (Some(cluster), None) => enter(connection, b, cluster),
        (None, Some(cluster)) => enter(connection, a, cluster),
        (Some(one), Some(other)) if one != other => merge(connection, one, other),
        (Some(_), Some(_)) => Ok(()),
    }
}

fn enter(connection: &Connection, thread: i64, cluster: i64) -> Result<(), Error> {
    connection.prepare_cached("UPDATE threads SET cluster = ?2 WHERE id = ?1")?.execute([thread, cluster])?;
    connection
        .prepare_cached("UPDATE clusters SET threads = threads + 1 WHERE id = ?1")?
        .execute([cluster])?;
    flag(connection, thread, |flags| flags | NEAR)
}

/// The smaller one is given up.
fn merge(connection: &Connection, one: i64, other: i64) -> Result<(), Error> {
    let size = |cluster: i64| -> Result<i64, Error> {
        let mut find = connection.prepare_cached("SELECT threads FROM clusters WHERE id = ?1")?;
        Ok(find.query_row([cluster], |row| row.get(0))?)
    };
    let (one_size, other_size) = (size(one)?, size(other)?);
    let (kept, gone) = if one_size >= other_size { (one, other) } else { (other, one) };
    connection.prepare_cached("UPDATE threads SET cluster = ?2 WHERE cluster = ?1")?.execute([gone, kept])?;
    connection
        .prepare_cached("UPDATE clusters SET threads = ?2 WHERE id = ?1")?
        .execute(params![kept, one_size + other_size])?;
    connection.prepare_cached("DELETE FROM clusters WHERE id = ?1")?.execute([gone])?;
    Ok(())
}

/// Changes the flags of a conversation.
pub(crate) fn flag(connection: &Connection, thread: i64, change: impl Fn(u64) -> u64) -> Result<(), Error> {
    let class: Option<i64> = connection
        .prepare_cached("SELECT class FROM threads WHERE id = ?1")?
        .query_row([thread], |row| row.get(0))
        .optional()?;
    let Some(number) = class else { return Ok(()) };
    let class = Class::get(connection, number)?;
    let flags = change(class.flags);
    if flags != class.flags {
        let moved = Class { flags, ..class }.number(connection)?;
        connection.prepare_cached("UPDATE threads SET class = ?2 WHERE id = ?1")?.execute([thread, moved])?;
    }
    Ok(())
}

/// Bands as they are kept beside the body, so that they can be taken out of the table again.
pub(crate) fn packed(bands: &[u64]) -> Vec<u8> {
    bands.iter().flat_map(|band| band.to_be_bytes()).collect()
}

fn unpacked(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.as_chunks().0.iter().map(|band| u64::from_be_bytes(*band))
}
