//! Words in conversations: how texts are prepared for the index, how a question is read, and where its words stand.

mod highlight;
mod query;
mod script;

pub use highlight::{Snippet, highlights, snippet};
pub(crate) use query::{Search, Term};
pub(crate) use script::prepared;

use rusqlite::{Connection, params};

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
        self.reader
            .read(move |connection| {
                let mut found = Vec::new();
                let Some(term) = Search::new(&text).terms.into_iter().next() else { return Ok(found) };
                let mut body = connection.prepare_cached("SELECT body FROM bodies WHERE thread = ?1")?;
                for thread in threads {
                    if let Some(turn) = term.first_in(connection, thread.0)? {
                        let body = body.query_row([thread.0], |row| row.get(0))?;
                        found.push(Found { thread, turn, body });
                    }
                }
                Ok(found)
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
