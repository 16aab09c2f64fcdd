//! The table of requests that are over.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use postern_protocol::RequestId;

use super::book::Closed;
use super::{JournalUsage, RequestRow, Retention, Timeline};
use crate::{Error, KeyId, clock, worker};

pub(crate) const CREATE_TABLE: &str = "
    CREATE TABLE requests (
        id                INTEGER PRIMARY KEY,
        request           TEXT    NOT NULL,
        at_ms             INTEGER NOT NULL,
        method            TEXT    NOT NULL,
        path              TEXT    NOT NULL,
        source            TEXT    NOT NULL,
        key               INTEGER,
        key_name          TEXT,
        status            INTEGER,
        outcome           TEXT    NOT NULL,
        code              TEXT,
        error             TEXT,
        model             TEXT,
        upstream          TEXT,
        upstream_model    TEXT,
        account           TEXT,
        stream            INTEGER NOT NULL,
        prompt_tokens     INTEGER,
        completion_tokens INTEGER,
        reasoning_tokens  INTEGER,
        first_ms          INTEGER,
        total_ms          INTEGER,
        marks             TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX requests_at ON requests (at_ms);
    CREATE INDEX requests_request ON requests (request);
";

const DAY_MS: i64 = 86_400_000;

pub(super) fn write(connection: &mut Connection, rows: &[Closed]) -> Result<(), Error> {
    if rows.is_empty() {
        return Ok(());
    }
    worker::write(connection, |transaction| rows.iter().try_for_each(|closed| insert(transaction, closed)))
}

fn insert(connection: &Connection, closed: &Closed) -> Result<(), Error> {
    let row = &closed.row;
    let number = |value: Option<u64>| value.map(clock::signed);
    connection
        .prepare_cached(
            "INSERT INTO requests (request, at_ms, method, path, source, key, key_name, status, outcome, code,
                 error, model, upstream, upstream_model, account, stream, prompt_tokens, completion_tokens,
                 reasoning_tokens, first_ms, total_ms, marks)
             VALUES (:request, :at_ms, :method, :path, :source, :key, :key_name, :status, :outcome, :code,
                 :error, :model, :upstream, :upstream_model, :account, :stream, :prompt_tokens,
                 :completion_tokens, :reasoning_tokens, :first_ms, :total_ms, :marks)",
        )?
        .execute(named_params! {
            ":request": row.id.as_str(),
            ":at_ms": row.at_ms,
            ":method": row.method,
            ":path": row.path,
            ":source": row.source,
            ":key": row.key.map(|key| key.0),
            ":key_name": row.key_name,
            ":status": row.status,
            ":outcome": row.outcome,
            ":code": row.code,
            ":error": row.error,
            ":model": row.model,
            ":upstream": row.upstream,
            ":upstream_model": row.upstream_model,
            ":account": row.account,
            ":stream": row.stream,
            ":prompt_tokens": number(row.prompt_tokens),
            ":completion_tokens": number(row.completion_tokens),
            ":reasoning_tokens": number(row.reasoning_tokens),
            ":first_ms": number(row.first_ms),
            ":total_ms": number(row.total_ms),
            ":marks": serde_json::to_string(&closed.marks)?,
        })?;
    Ok(())
}

/// Reads a row of `SELECT *`.
pub(super) fn row(row: &Row<'_>) -> rusqlite::Result<RequestRow> {
    let number = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(clock::unsigned));
    Ok(RequestRow {
        id: RequestId::new(row.get::<_, String>("request")?),
        at_ms: row.get("at_ms")?,
        method: row.get("method")?,
        path: row.get("path")?,
        source: row.get("source")?,
        key: row.get::<_, Option<i64>>("key")?.map(KeyId),
        key_name: row.get("key_name")?,
        status: row.get("status")?,
        outcome: row.get("outcome")?,
        code: row.get("code")?,
        error: row.get("error")?,
        model: row.get("model")?,
        upstream: row.get("upstream")?,
        upstream_model: row.get("upstream_model")?,
        account: row.get("account")?,
        stream: row.get("stream")?,
        prompt_tokens: number("prompt_tokens")?,
        completion_tokens: number("completion_tokens")?,
        reasoning_tokens: number("reasoning_tokens")?,
        first_ms: number("first_ms")?,
        total_ms: number("total_ms")?,
    })
}

/// The newest request of this id.
pub(super) fn one(connection: &Connection, id: &RequestId) -> Result<Option<(RequestRow, Timeline)>, Error> {
    let mut one =
        connection.prepare_cached("SELECT * FROM requests WHERE request = ?1 ORDER BY id DESC LIMIT 1")?;
    let found = one.query_row([id.as_str()], |found| Ok((row(found)?, found.get::<_, String>("marks")?)));
    match found.optional()? {
        Some((row, marks)) => Ok(Some((row, Timeline { marks: serde_json::from_str(&marks)? }))),
        None => Ok(None),
    }
}

/// Deletes what is too old or too much.
pub(super) fn tidy(connection: &Connection, retention: Retention) -> Result<(), Error> {
    let oldest = clock::now().saturating_mul(1000).saturating_sub(i64::from(retention.keep_days) * DAY_MS);
    let old = connection.execute("DELETE FROM requests WHERE at_ms < ?1", [oldest])?;
    let many = connection.execute(
        "DELETE FROM requests WHERE id IN
             (SELECT id FROM requests ORDER BY at_ms DESC, id DESC LIMIT -1 OFFSET ?1)",
        [clock::signed(retention.max_rows)],
    )?;
    if old + many > 0 {
        tracing::debug!(old, many, "deleted rows of the journal");
    }
    Ok(())
}

/// Deletes every row and gives the space back.
pub(super) fn clear(connection: &Connection) -> Result<(), Error> {
    connection.execute("DELETE FROM requests", [])?;
    if let Err(error) = connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)") {
        // Somebody reads at the moment; the rows are gone all the same.
        tracing::debug!(%error, "the journal's space is not given back yet");
    }
    Ok(())
}

pub(super) fn usage(connection: &Connection) -> Result<JournalUsage, Error> {
    let (rows, oldest_ms): (i64, Option<i64>) =
        connection.query_row("SELECT count(*), min(at_ms) FROM requests", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let bytes: i64 = connection.query_row(
        "SELECT ifnull(sum(pgsize), 0) FROM dbstat WHERE aggregate = TRUE
             AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = ?1)",
        params!["requests"],
        |row| row.get(0),
    )?;
    Ok(JournalUsage {
        rows: clock::unsigned(rows),
        bytes: clock::unsigned(bytes),
        oldest_ms,
        body_bytes: 0,
        lost: 0,
    })
}
