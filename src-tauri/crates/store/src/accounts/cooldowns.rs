//! For which models accounts rest, and until when.

use postern_protocol::account::{Cooldown, CooldownReason};
use rusqlite::{Connection, params};

use crate::{Error, clock};

/// Stands for every model; no model is called so.
const EVERY: &str = "";

pub(super) fn put(connection: &Connection, account: &str, cooldown: &Cooldown) -> Result<(), Error> {
    connection
        .prepare_cached(
            "INSERT INTO account_cooldowns (account, model, until, reason) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account, model) DO UPDATE SET until = excluded.until, reason = excluded.reason",
        )?
        .execute(params![
            account,
            cooldown.model.as_deref().unwrap_or(EVERY),
            clock::signed(cooldown.until),
            word(cooldown.reason),
        ])?;
    Ok(())
}

/// Those that have not ended, the next to end first. The others are deleted.
pub(super) fn all(connection: &Connection, now: i64) -> Result<Vec<(String, Cooldown)>, Error> {
    connection.execute("DELETE FROM account_cooldowns WHERE until <= ?1", [now])?;
    let mut all = connection.prepare_cached(
        "SELECT account, model, until, reason FROM account_cooldowns ORDER BY until, model",
    )?;
    let rows = all.query_map([], |row| {
        let model: String = row.get(1)?;
        let cooldown = Cooldown {
            model: (model != EVERY).then_some(model),
            until: clock::unsigned(row.get(2)?),
            reason: reason(&row.get::<_, String>(3)?),
        };
        Ok((row.get(0)?, cooldown))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether there was one to end.
pub(super) fn end(connection: &Connection, account: &str, model: Option<&str>) -> Result<bool, Error> {
    let ended = match model {
        Some(model) => connection.execute(
            "DELETE FROM account_cooldowns WHERE account = ?1 AND model = ?2",
            params![account, model],
        )?,
        None => connection.execute("DELETE FROM account_cooldowns WHERE account = ?1", [account])?,
    };
    Ok(ended > 0)
}

fn word(reason: CooldownReason) -> &'static str {
    match reason {
        CooldownReason::Quota => "quota",
        CooldownReason::Rate => "rate",
        CooldownReason::Trouble => "trouble",
    }
}

/// A word of a newer Postern is taken for the reason that weighs most.
fn reason(word: &str) -> CooldownReason {
    match word {
        "rate" => CooldownReason::Rate,
        "trouble" => CooldownReason::Trouble,
        _ => CooldownReason::Quota,
    }
}
