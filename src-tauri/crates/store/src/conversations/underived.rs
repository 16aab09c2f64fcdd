//! What is still to be derived.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::exchanges::{self, COLUMNS};
use super::put::place_in;
use super::{Answered, Conversations, Exchange, Progress, Seq};
use crate::{Error, clock};

/// Of what is to be derived, so many bytes are in memory at once, or one exchange.
const AT_ONCE: usize = 8 << 20;

impl Conversations {
    /// The next exchanges that were not derived by the rules of this version, in their order: fewer than `limit` where
    /// their bodies are large.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn underived(&self, version: u32, limit: u32) -> Result<Vec<Exchange>, Error> {
        let folder = self.folder.clone();
        self.long
            .read(move |connection| {
                let mut one =
                    connection.prepare_cached(&format!("SELECT {COLUMNS} FROM exchanges WHERE seq = ?1"))?;
                let (mut found, mut bytes) = (Vec::new(), 0);
                for seq in next(connection, version, limit)? {
                    let exchange = one.query_row([seq], |row| Ok(exchanges::read(row, &folder)))??;
                    bytes += exchange.request.len() + exchange.response.len();
                    found.push(exchange);
                    if bytes >= AT_ONCE {
                        break;
                    }
                }
                Ok(found)
            })
            .await
    }

    /// Marks everything that was recorded as not derived, so that whoever derives does it again, in place. Conversations
    /// whose exchanges are gone stay as they are. How many exchanges are derived anew.
    ///
    /// # Errors
    ///
    /// When the database fails; then nothing is marked.
    pub async fn rederive(&self) -> Result<u64, Error> {
        let marked = self
            .writer
            .write(|transaction| {
                transaction.execute_batch(
                    "UPDATE bodies SET version = 0 WHERE thread IN (SELECT thread FROM exchanges);
                     UPDATE threads SET linked = 0 WHERE id IN (SELECT thread FROM exchanges);
                     UPDATE links SET version = 0 WHERE thread IN (SELECT thread FROM exchanges);",
                )?;
                Ok(transaction.execute("UPDATE exchanges SET derived = 0", [])?)
            })
            .await?;
        // As if they came just now.
        self.state.arrivals.send_modify(|_| ());
        self.changed();
        Ok(marked as u64)
    }

    /// The answer with this id of its provider: by the rules of this version, where it was derived by them already.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn body_of_answer(&self, version: u32, answer: String) -> Result<Option<Answered>, Error> {
        self.long
            .read(move |connection| {
                let mut find = connection.prepare_cached(
                    "SELECT a.seq, a.turns, iif(b.version = ?2, b.body, NULL)
                     FROM answers a LEFT JOIN bodies b ON b.thread = a.thread WHERE a.answer = ?1",
                )?;
                Ok(find.query_row(params![answer, version], answered).optional()?)
            })
            .await
    }

    /// The answer before the exchange `seq` in the conversation with this id of its provider; as
    /// [`Conversations::body_of_answer`] otherwise.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn body_in(
        &self,
        version: u32,
        conversation: String,
        seq: Seq,
    ) -> Result<Option<Answered>, Error> {
        self.long
            .read(move |connection| {
                let mut find = connection.prepare_cached(
                    "SELECT a.seq, a.turns, iif(b.version = ?3, b.body, NULL)
                     FROM answers a LEFT JOIN bodies b ON b.thread = a.thread
                     WHERE a.answer > ?1 AND a.answer < ?2 ORDER BY a.answer DESC LIMIT 1",
                )?;
                let (from, until) = (place_in(&conversation, 0), place_in(&conversation, seq.0));
                Ok(find.query_row(params![from, until, version], answered).optional()?)
            })
            .await
    }

    /// How many exchanges are derived by the rules of this version.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn progress(&self, version: u32) -> Result<Progress, Error> {
        self.long
            .read(move |connection| {
                let count = |sql: &str, value: i64| -> Result<u64, Error> {
                    Ok(clock::unsigned(connection.prepare_cached(sql)?.query_row([value], |row| row.get(0))?))
                };
                let total = count("SELECT exchanges FROM totals WHERE one = ?1", 1)?;
                let left = count("SELECT count(*) FROM exchanges WHERE derived < ?1", version.into())?;
                Ok(Progress { done: total.saturating_sub(left), total })
            })
            .await
    }
}

fn answered(row: &Row<'_>) -> rusqlite::Result<Answered> {
    Ok(Answered { seq: Seq(row.get(0)?), turns: row.get(1)?, body: row.get(2)? })
}

/// The numbers of the next ones. Few versions occur, and within each the index is in the order of the exchanges.
fn next(connection: &Connection, version: u32, limit: u32) -> Result<Vec<i64>, Error> {
    let mut higher = connection.prepare_cached("SELECT min(derived) FROM exchanges WHERE derived > ?1")?;
    let mut of_version =
        connection.prepare_cached("SELECT seq FROM exchanges WHERE derived = ?1 ORDER BY seq LIMIT ?2")?;
    let mut next = Vec::new();
    let mut last = -1;
    while let Some(old) = higher.query_row([last], |row| row.get::<_, Option<i64>>(0))?
        && old < i64::from(version)
    {
        let found = of_version.query_map([old, i64::from(limit)], |row| row.get(0))?;
        next.extend(found.collect::<Result<Vec<i64>, _>>()?);
        last = old;
    }
    next.sort_unstable();
    next.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(next)
}
