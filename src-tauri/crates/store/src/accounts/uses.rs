//! What accounts did, by day and model.

use rusqlite::{Connection, params};

use super::Use;
use crate::{Error, clock};

/// Older days are deleted.
const KEEP_DAYS: &str = "-60 days";

/// A day of somebody's calendar, as `2026-01-31`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub String);

/// What an account did on one day with one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uses {
    /// The model's id.
    pub model: String,
    /// Answers it gave.
    pub answers: u64,
    /// Requests that failed.
    pub failures: u64,
}

pub(super) fn add(
    connection: &Connection,
    account: &str,
    day: &Day,
    model: &str,
    what: Use,
) -> Result<(), Error> {
    let (answers, failures) = match what {
        Use::Answer => (1, 0),
        Use::Failure => (0, 1),
    };
    let first = connection
        .prepare_cached("SELECT NOT EXISTS (SELECT 1 FROM account_uses WHERE account = ?1 AND day = ?2)")?
        .query_row(params![account, day.0], |row| row.get::<_, bool>(0))?;
    connection
        .prepare_cached(
            "INSERT INTO account_uses (account, day, model, answers, failures) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (account, day, model) DO UPDATE
                 SET answers = answers + excluded.answers, failures = failures + excluded.failures",
        )?
        .execute(params![account, day.0, model, answers, failures])?;
    if first {
        connection.execute("DELETE FROM account_uses WHERE day < date(?1, ?2)", params![day.0, KEEP_DAYS])?;
    }
    Ok(())
}

pub(super) fn used_up(
    connection: &Connection,
    account: &str,
    day: &Day,
    model: &str,
    answers: u64,
) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO account_uses (account, day, model, answers, failures, exhausted) VALUES (?1, ?2, ?3, 0, 0, ?4)
         ON CONFLICT (account, day, model) DO UPDATE SET exhausted = excluded.exhausted",
        params![account, day.0, model, clock::signed(answers)],
    )?;
    Ok(())
}

/// By account, most used model first.
pub(super) fn of_day(connection: &Connection, day: &Day) -> Result<Vec<(String, Uses)>, Error> {
    let mut all = connection.prepare_cached(
        "SELECT account, model, answers, failures FROM account_uses
         WHERE day = ?1 AND answers + failures > 0 ORDER BY account, answers + failures DESC, model",
    )?;
    let rows = all.query_map([&day.0], |row| {
        let uses = Uses {
            model: row.get(1)?,
            answers: clock::unsigned(row.get(2)?),
            failures: clock::unsigned(row.get(3)?),
        };
        Ok((row.get(0)?, uses))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// By account and model, how many answers were given on the last day on which that was too much.
pub(super) fn limits(connection: &Connection) -> Result<Vec<(String, String, u64)>, Error> {
    let mut all = connection.prepare_cached(
        // Beside max() SQLite gives the other columns of the row that has it.
        "SELECT account, model, exhausted, max(day) FROM account_uses
         WHERE exhausted IS NOT NULL GROUP BY account, model",
    )?;
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, clock::unsigned(row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
