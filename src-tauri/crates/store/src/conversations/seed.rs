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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tables_are_read_in_pieces_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("interactions.db");
        let made = Connection::open(&path).unwrap();
        made.execute_batch(
            "CREATE TABLE interactions (id TEXT PRIMARY KEY, model TEXT, conversation TEXT,
                timestamp DATETIME DEFAULT CURRENT_TIMESTAMP);
             CREATE TABLE confirmed_interactions (id TEXT PRIMARY KEY, model TEXT, conversation TEXT,
                original_timestamp DATETIME, confirmed_timestamp DATETIME DEFAULT CURRENT_TIMESTAMP);
             INSERT INTO interactions VALUES ('a', 'm', '{}', '2025-01-02 03:04:05'), ('b', NULL, NULL, NULL),
                ('c', 'm', x'7b7d', '2025-01-02 03:04:05');
             INSERT INTO confirmed_interactions VALUES ('d', 'm', '{}', '2025-01-02 03:04:05', '2025-02-02 00:00:00');",
        )
        .unwrap();
        drop(made);
        let before = std::fs::read(&path).unwrap();
        let mut seed = Seed::open(&path).unwrap();
        let mut found = Vec::new();
        loop {
            let piece = seed.next(2).unwrap();
            if piece.is_empty() {
                break;
            }
            assert!(piece.len() <= 2);
            found.extend(piece);
        }
        let told: Vec<_> =
            found.iter().map(|row| (row.id.as_str(), row.conversation.as_str(), row.confirmed)).collect();
        assert_eq!(told, [("a", "{}", false), ("b", "", false), ("c", "{}", false), ("d", "{}", true)]);
        assert_eq!(found[0].at, "2025-01-02 03:04:05");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_database_without_the_tables_has_no_conversations() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.db");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE things (id)").unwrap();
        assert_eq!(Seed::open(&path).unwrap().next(10).unwrap(), []);
        std::fs::write(&path, "no database at all, whatever it is called").unwrap();
        assert!(Seed::open(&path).is_err());
    }
}
