//! What is read together.

use std::ops::Deref;

use rusqlite::Connection;

use crate::Error;

/// The database as it is at one moment: until this is dropped nobody's changes are seen. Unlike a transaction of the library
/// it compiles no statements, which takes a good part of the time in which a page is read.
pub(super) struct Moment<'a>(&'a Connection);

impl<'a> Moment<'a> {
    pub(super) fn of(connection: &'a Connection) -> Result<Self, Error> {
        connection.prepare_cached("BEGIN")?.execute([])?;
        Ok(Self(connection))
    }
}

impl Deref for Moment<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl Drop for Moment<'_> {
    fn drop(&mut self) {
        // Where it cannot be ended, SQLite has ended it itself.
        let _ = self.0.prepare_cached("ROLLBACK").and_then(|mut end| end.execute([]));
    }
}
