//! Pairs of a better and a worse answer.

use std::time::SystemTime;

use rusqlite::{Connection, params};

use super::change::begin;
use super::{Conversations, Deed, Done, ThreadId};
use crate::{Error, clock};

impl Conversations {
    /// Adds a pair of answers, turns as JSON, to what the conversation says in its first `at_turn` turns. Nothing is
    /// changed when there is no such conversation.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn add_pair(
        &self,
        thread: ThreadId,
        at_turn: u32,
        chosen: String,
        rejected: String,
    ) -> Result<Done, Error> {
        let done = self
            .writer
            .write(move |transaction| {
                let at_ms = clock::millis(SystemTime::now());
                let added = transaction.execute(
                    "INSERT INTO pairs (thread, at_turn, chosen, rejected, at_ms)
                     SELECT id, ?2, ?3, ?4, ?5 FROM threads WHERE id = ?1",
                    params![thread.0, at_turn, chosen, rejected, at_ms],
                )?;
                match added {
                    0 => Ok(Done { batch: 0, changed: 0 }),
                    _ => audit(transaction, transaction.last_insert_rowid(), true),
                }
            })
            .await?;
        self.changed();
        Ok(done)
    }

    /// Removes a pair. Nothing is changed when there is none of this id.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn remove_pair(&self, id: i64) -> Result<Done, Error> {
        let done = self
            .writer
            .write(move |transaction| {
                let known: i64 =
                    transaction
                        .query_row("SELECT count(*) FROM pairs WHERE id = ?1", [id], |row| row.get(0))?;
                if known == 0 {
                    return Ok(Done { batch: 0, changed: 0 });
                }
                let done = audit(transaction, id, false)?;
                transaction.execute("DELETE FROM pairs WHERE id = ?1", [id])?;
                Ok(done)
            })
            .await?;
        self.changed();
        Ok(done)
    }
}

/// Keeps what a pair is, so that it can come back or go again.
fn audit(connection: &Connection, pair: i64, added: bool) -> Result<Done, Error> {
    let what = serde_json::to_string(if added { &Deed::Paired } else { &Deed::Unpaired })?;
    let batch = begin(connection, &what, true)?;
    connection.execute(
        "INSERT INTO audit_pairs (batch, pair, thread, at_turn, chosen, rejected, at_ms, added)
         SELECT ?1, id, thread, at_turn, chosen, rejected, at_ms, ?3 FROM pairs WHERE id = ?2",
        params![batch, pair, added],
    )?;
    connection.execute(
        "INSERT INTO audit (batch, thread) SELECT ?1, thread FROM pairs WHERE id = ?2",
        [batch, pair],
    )?;
    super::change::count(connection, batch)
}
