//! How the states of accounts changed.

use postern_protocol::account::State;
use rusqlite::{Connection, OptionalExtension, params};

use crate::{Error, clock};

/// So many changes of an account are kept.
const KEPT: u32 = 200;

/// A change of an account's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When, in seconds of Unix time.
    pub at: u64,
    /// The state from then on.
    pub state: State,
}

pub(super) fn add(connection: &Connection, account: &str, state: &State, at: i64) -> Result<(), Error> {
    let text = serde_json::to_string(state)?;
    let last: Option<String> = connection
        .prepare_cached("SELECT state FROM account_history WHERE account = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([account], |row| row.get(0))
        .optional()?;
    if last.as_ref() == Some(&text) {
        return Ok(());
    }
    connection
        .prepare_cached("INSERT INTO account_history (account, at, state) VALUES (?1, ?2, ?3)")?
        .execute(params![account, at, text])?;
    connection
        .prepare_cached(
            "DELETE FROM account_history WHERE account = ?1 AND id NOT IN
                 (SELECT id FROM account_history WHERE account = ?1 ORDER BY id DESC LIMIT ?2)",
        )?
        .execute(params![account, KEPT])?;
    Ok(())
}

/// Newest first. What a newer Postern wrote and this one does not know is left out.
pub(super) fn of(connection: &Connection, account: &str) -> Result<Vec<Turn>, Error> {
    let mut all = connection
        .prepare_cached("SELECT at, state FROM account_history WHERE account = ?1 ORDER BY id DESC")?;
    let rows = all.query_map([account], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let known = |(at, state): (i64, String)| {
        Some(Turn { at: clock::unsigned(at), state: serde_json::from_str(&state).ok()? })
    };
    let rows: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
    Ok(rows.into_iter().filter_map(known).collect())
}

/// The last state of each account.
pub(super) fn last(connection: &Connection) -> Result<Vec<(String, State)>, Error> {
    let mut all =
        connection.prepare_cached("SELECT account, state, max(id) FROM account_history GROUP BY account")?;
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let known = |row: (String, String)| Some((row.0, serde_json::from_str(&row.1).ok()?));
    let rows: Vec<(String, String)> = rows.collect::<Result<_, _>>()?;
    Ok(rows.into_iter().filter_map(known).collect())
}
