//! Conversations from elsewhere: the database of the program before this one, and where imported exchanges went.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{Conversations, ThreadId};
use crate::Error;

/// The tables of the program before this one: what it recorded, and what somebody confirmed.
const TABLES: [(&str, &str); 2] =
    [("interactions", "timestamp"), ("confirmed_interactions", "original_timestamp")];

/// The database of the program before this one. It is only read.
#[derive(Debug)]
pub struct Seed {
    connection: Connection,
    /// Which table is read, and up to where.
    table: usize,
    after: i64,
}

/// A conversation of that program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedRow {
    /// The id it had there.
    pub id: String,
    /// The model.
    pub model: String,
    /// The text of the conversation, a row of ShareGPT as JSON, as it stands there.
    pub conversation: String,
    /// When it was, in UTC, as SQLite writes it.
    pub at: String,
    /// Whether somebody confirmed it.
    pub confirmed: bool,
}

impl Seed {
    /// Opens the file.
    ///
    /// # Errors
    ///
    /// When it cannot be opened or is no database.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
        Ok(Self { connection, table: 0, after: i64::MIN })
    }

    /// The next conversations, at most so many; none at the end.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn next(&mut self, limit: u32) -> Result<Vec<SeedRow>, Error> {
        while let Some((table, moment)) = TABLES.get(self.table) {
            let rows = self.of_table(table, moment, limit)?;
            if !rows.is_empty() {
                return Ok(rows);
            }
            self.table += 1;
            self.after = i64::MIN;
        }
        Ok(Vec::new())
    }

    fn of_table(&mut self, table: &str, moment: &str, limit: u32) -> Result<Vec<SeedRow>, Error> {
        let is_there = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1";
        if self.connection.query_row(is_there, [table], |_| Ok(())).optional()?.is_none() {
            return Ok(Vec::new());
        }
        let mut find = self.connection.prepare_cached(&format!(
            "SELECT rowid, id, model, conversation, {moment} FROM {table} WHERE rowid > ?1 ORDER BY rowid LIMIT ?2"
        ))?;
        let mut rows = find.query((self.after, limit))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            self.after = row.get(0)?;
            let text = |at| match row.get_ref(at) {
                Ok(ValueRef::Text(bytes) | ValueRef::Blob(bytes)) => {
                    String::from_utf8_lossy(bytes).into_owned()
                }
                _ => String::new(),
            };
            let confirmed = self.table == 1;
            found.push(SeedRow {
                id: text(1),
                model: text(2),
                conversation: text(3),
                at: text(4),
                confirmed,
            });
        }
        Ok(found)
    }
}

impl Conversations {
    /// Which of these requests are recorded, each with the conversation it belongs to, if it was derived.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recorded(&self, ids: Vec<String>) -> Result<Vec<(String, Option<ThreadId>)>, Error> {
        self.long
            .read(move |connection| {
                let mut find =
                    connection.prepare_cached("SELECT thread FROM exchanges WHERE id = ?1 LIMIT 1")?;
                let mut found = Vec::new();
                for id in ids {
                    let thread: Option<Option<i64>> = find.query_row([&id], |row| row.get(0)).optional()?;
                    if let Some(thread) = thread {
                        found.push((id, thread.map(ThreadId)));
                    }
                }
                Ok(found)
            })
            .await
    }
}
