//! What the journal adds up to.

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Outcome, RequestRow, table};
use crate::{Error, clock};

const HOUR_MS: i64 = 3_600_000;
/// The hours that totals cover.
const HOURS: i64 = 24;

/// What came in over 24 hours. Requests that still run are not in it.
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
    /// The same hour by hour, oldest first, empty hours too.
    pub hours: Vec<HourBucket>,
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

/// The totals of the 24 hours that begin at `since`, in seconds.
pub(super) fn totals(connection: &Connection, since: i64) -> Result<Totals, Error> {
    let from = since.saturating_mul(1000);
    let to = from.saturating_add(HOURS * HOUR_MS);
    let mut totals = Totals { p50_ms: median(connection, from, to)?, ..Totals::default() };
    totals.hours =
        (0..HOURS).map(|n| HourBucket { hour: since + n * 3600, ..HourBucket::default() }).collect();
    let mut hours = connection.prepare_cached(
        "SELECT (at_ms - ?1) / ?3, count(*), total(outcome = ?4), ifnull(sum(prompt_tokens), 0),
             ifnull(sum(completion_tokens), 0)
         FROM requests WHERE at_ms >= ?1 AND at_ms < ?2 GROUP BY 1",
    )?;
    let rows = hours.query_map(params![from, to, HOUR_MS, Outcome::Failed], |row| {
        let number = |column| Ok::<_, rusqlite::Error>(clock::unsigned(row.get(column)?));
        let failed: f64 = row.get(2)?;
        Ok((row.get::<_, i64>(0)?, number(1)?, failed as u64, number(3)?, number(4)?))
    })?;
    for hour in rows {
        let (hour, requests, failed, prompt, completion) = hour?;
        totals.requests += requests;
        totals.failed += failed;
        totals.prompt_tokens += prompt;
        totals.completion_tokens += completion;
        if let Some(bucket) = usize::try_from(hour).ok().and_then(|hour| totals.hours.get_mut(hour)) {
            *bucket = HourBucket { hour: bucket.hour, requests, failed, tokens: prompt + completion };
        }
    }
    Ok(totals)
}

fn median(connection: &Connection, from: i64, to: i64) -> Result<Option<u64>, Error> {
    let mut median = connection.prepare_cached(
        "WITH answered AS (
             SELECT total_ms FROM requests WHERE at_ms >= ?1 AND at_ms < ?2 AND outcome = ?3
         )
         SELECT total_ms FROM answered ORDER BY total_ms
         LIMIT 1 OFFSET (SELECT (count(*) - 1) / 2 FROM answered)",
    )?;
    let found: Option<i64> = median.query_row(params![from, to, Outcome::Ok], |row| row.get(0)).optional()?;
    Ok(found.map(clock::unsigned))
}

/// The failures of the last 24 hours by cause, the latest first.
pub(super) fn failures(connection: &Connection, limit: u32) -> Result<Vec<FailureGroup>, Error> {
    let since = clock::now().saturating_mul(1000) - HOURS * HOUR_MS;
    let mut groups = connection.prepare_cached(
        // Beside max() SQLite gives the other columns of the row that has it.
        "SELECT *, count(*) AS failures, max(at_ms) AS last_ms FROM requests
         WHERE outcome = ?1 AND at_ms >= ?2 GROUP BY code ORDER BY last_ms DESC, id DESC LIMIT ?3",
    )?;
    let rows = groups.query_map(params![Outcome::Failed, since, limit], |row| {
        Ok(FailureGroup {
            code: row.get("code")?,
            count: clock::unsigned(row.get("failures")?),
            last: table::row(row)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
