//! Filters with names.

use rusqlite::params;

use super::{Conversations, Filter, SavedQuery};
use crate::Error;

impl Conversations {
    /// All of them, by name.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn queries(&self) -> Result<Vec<SavedQuery>, Error> {
        self.reader
            .read(|connection| {
                let mut all =
                    connection.prepare_cached("SELECT id, name, filter FROM queries ORDER BY name")?;
                let mut rows = all.query([])?;
                let mut queries = Vec::new();
                while let Some(row) = rows.next()? {
                    let filter = serde_json::from_str(&row.get::<_, String>(2)?)?;
                    queries.push(SavedQuery { id: row.get(0)?, name: row.get(1)?, filter });
                }
                Ok(queries)
            })
            .await
    }

    /// Keeps a filter under this name, in the place of the one that had it.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn save_query(&self, name: String, filter: Filter) -> Result<SavedQuery, Error> {
        let saved = self
            .writer
            .write(move |transaction| {
                let id = transaction.query_row(
                    "INSERT INTO queries (name, filter) VALUES (?1, ?2)
                     ON CONFLICT (name) DO UPDATE SET filter = excluded.filter RETURNING id",
                    params![name, serde_json::to_string(&filter)?],
                    |row| row.get(0),
                )?;
                Ok(SavedQuery { id, name, filter })
            })
            .await?;
        self.changed();
        Ok(saved)
    }

    /// Forgets one. Whether there was one.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn remove_query(&self, id: i64) -> Result<bool, Error> {
        let gone = self
            .writer
            .write(move |transaction| Ok(transaction.execute("DELETE FROM queries WHERE id = ?1", [id])? > 0))
            .await?;
        self.changed();
        Ok(gone)
    }
}
