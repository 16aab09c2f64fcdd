//! Words in conversations: how texts are prepared for the index, how a question is read, and where its words stand.

mod highlight;
mod query;
mod script;

pub use highlight::{Snippet, highlights, snippet};
pub(crate) use query::{Search, Term};
pub(crate) use script::prepared;

use rusqlite::{Connection, params};

use super::sizes::Sizes;
use super::{Conversations, Found, ThreadId};
use crate::Error;

/// So many turns of a conversation can be searched.
const TURNS: i64 = 1 << 20;

impl Conversations {
    /// Where in these conversations the first of the words stands, in no order. Those without it are left out.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn found(&self, text: String, threads: Vec<ThreadId>) -> Result<Vec<Found>, Error> {
        let Sizes { common, .. } = self.sizes;
        self.reader
            .read(move |connection| {
                let Some(mut term) = Search::new(&text).terms.into_iter().next() else {
                    return Ok(Vec::new());
                };
                term.settle(connection, common)?;
                let threads: Vec<i64> = threads.iter().map(|thread| thread.0).collect();
                let mut body = connection.prepare_cached("SELECT body FROM bodies WHERE thread = ?1")?;
                let turns = term.first_in_each(connection, &threads)?.into_iter();
                turns
                    .map(|(thread, turn)| {
                        let body = body.query_row([thread], |row| row.get(0))?;
                        Ok(Found { thread: ThreadId(thread), turn, body })
                    })
                    .collect()
            })
            .await
    }
}

/// Puts the texts of turns into the index, the first of them being that of the turn `from`.
pub(crate) fn index(
    connection: &Connection,
    thread: i64,
    from: usize,
    texts: &[String],
) -> Result<(), Error> {
    let mut add = connection.prepare_cached("INSERT INTO texts (rowid, text) VALUES (?1, ?2)")?;
    for (turn, text) in (0..TURNS).zip(texts).skip(from) {
        if !text.is_empty() {
            add.execute(params![thread * TURNS + turn, prepared(text)])?;
        }
    }
    Ok(())
}

/// Takes the texts of turns out of the index, from the turn `from` to the one before `until`.
pub(crate) fn forget(connection: &Connection, thread: i64, from: usize, until: i64) -> Result<(), Error> {
    let mut remove = connection.prepare_cached("DELETE FROM texts WHERE rowid = ?1")?;
    for turn in (0..until.min(TURNS)).skip(from) {
        remove.execute([thread * TURNS + turn])?;
    }
    Ok(())
}
