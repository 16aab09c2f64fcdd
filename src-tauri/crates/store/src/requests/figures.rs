//! What the journal adds up to.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Outcome, RequestRow, table};
use crate::{Error, clock};

const HOUR_S: i64 = 3600;
/// Totals reach no further back than this.
const MOST_HOURS: i64 = 48;
/// Failures older than this are no longer recent.
const RECENT_HOURS: i64 = 24;

/// What came in since a moment. Requests that still run are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Totals {
    /// All requests.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Tokens of the prompts.
    pub prompt_tokens: u64,
    /// Tokens of the answers.
    pub completion_tokens: u64,
    /// Of the requests that were answered, half took no longer than this.
    pub p50_ms: Option<u64>,
    /// The same hour by hour from that moment on, oldest first, empty hours too.
    pub hours: Vec<HourBucket>,
}

/// How many requests came in, without what they took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All requests.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
}

/// What came in within one hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HourBucket {
    /// When the hour begins, in seconds of Unix time.
    pub hour: i64,
    /// All requests.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
    /// Tokens of prompts and answers.
    pub tokens: u64,
}

/// Failures of one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailureGroup {
    /// The cause; `None` for errors without a code.
    pub code: Option<String>,
    /// How many there were.
    pub count: u64,
    /// The last of them.
    pub last: RequestRow,
}

/// The totals since this moment, in seconds.
pub(super) fn totals(connection: &Connection, since: i64) -> Result<Totals, Error> {
    let now = clock::now();
    let since = since.clamp(now - MOST_HOURS * HOUR_S, now);
    let hours = ((now - since + HOUR_S - 1) / HOUR_S).max(1);
    let bucket = |n| HourBucket { hour: since + n * HOUR_S, ..HourBucket::default() };
    let mut totals = Totals {
        p50_ms: median(connection, since * 1000)?,
        hours: (0..hours).map(bucket).collect(),
        ..Totals::default()
    };
    let mut all = connection.prepare_cached(
        // What comes this very second belongs to the last hour.
        "SELECT min((at_ms - ?1) / ?2, ?3), count(*), sum(outcome = ?4), ifnull(sum(prompt_tokens), 0),
             ifnull(sum(completion_tokens), 0)
         FROM requests WHERE at_ms >= ?1 GROUP BY 1",
    )?;
    let rows = all.query_map(params![since * 1000, HOUR_S * 1000, hours - 1, Outcome::Failed], |row| {
        let number = |column| Ok::<_, rusqlite::Error>(clock::unsigned(row.get(column)?));
        Ok((
            usize::try_from(row.get::<_, i64>(0)?).unwrap_or_default(),
            number(1)?,
            number(2)?,
            number(3)?,
            number(4)?,
        ))
    })?;
    for hour in rows {
        let (hour, requests, failed, prompt, completion) = hour?;
        totals.requests += requests;
        totals.failed += failed;
        totals.prompt_tokens += prompt;
        totals.completion_tokens += completion;
        if let Some(bucket) = totals.hours.get_mut(hour) {
            *bucket = HourBucket { hour: bucket.hour, requests, failed, tokens: prompt + completion };
        }
    }
    Ok(totals)
}

/// How many came in since this moment, in seconds.
pub(super) fn counts(connection: &Connection, since: i64) -> Result<Counts, Error> {
    let mut all = connection
        .prepare_cached("SELECT count(*), ifnull(sum(outcome = ?2), 0) FROM requests WHERE at_ms >= ?1")?;
    let counted = all.query_row(params![since.saturating_mul(1000), Outcome::Failed], |row| {
        Ok(Counts { requests: clock::unsigned(row.get(0)?), failed: clock::unsigned(row.get(1)?) })
    })?;
    Ok(counted)
}

fn median(connection: &Connection, from_ms: i64) -> Result<Option<u64>, Error> {
    let mut median = connection.prepare_cached(
        "WITH answered AS (SELECT total_ms FROM requests WHERE at_ms >= ?1 AND outcome = ?2)
         SELECT total_ms FROM answered ORDER BY total_ms
         LIMIT 1 OFFSET (SELECT (count(*) - 1) / 2 FROM answered)",
    )?;
    let found: Option<i64> = median.query_row(params![from_ms, Outcome::Ok], |row| row.get(0)).optional()?;
    Ok(found.map(clock::unsigned))
}

/// The failures of the last 24 hours by cause, the latest first.
pub(super) fn failures(connection: &Connection, limit: usize) -> Result<Vec<FailureGroup>, Error> {
    let since = (clock::now() - RECENT_HOURS * HOUR_S) * 1000;
    let mut groups = connection.prepare_cached(
        // Beside max() SQLite gives the other columns of the row that has it.
        "SELECT *, count(*) AS failures, max(at_ms) AS last_ms FROM requests
         WHERE outcome = ?1 AND at_ms >= ?2 GROUP BY code ORDER BY last_ms DESC, id DESC LIMIT ?3",
    )?;
    let rows = groups.query_map(params![Outcome::Failed, since, clock::signed(limit as u64)], |row| {
        Ok(FailureGroup {
            code: row.get("code")?,
            count: clock::unsigned(row.get("failures")?),
            last: table::row(row)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
