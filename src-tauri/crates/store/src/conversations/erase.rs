//! Taking everything away for good.

use rusqlite::{Connection, Transaction, params};

use super::keeping::give_back;
use super::recorder::Reached;
use super::{Conversations, media};
use crate::{Error, worker};

/// What is recorded, what was made of it, and what people decided about it. What counts others' rows comes first: so
/// nothing is counted down row by row.
const TABLES: [&str; 17] = [
    "classes",
    "media_uses",
    "audit_tags",
    "audit_pairs",
    "audit",
    "batches",
    "tags",
    "pairs",
    "links",
    "bands",
    "clusters",
    "bodies",
    "threads",
    "joined",
    "answers",
    "exchanges",
    "words",
];

/// A spool of a process that is gone: nobody adds to it.
const ALL: i64 = i64::MAX;

impl Conversations {
    /// Removes everything that has ended by now: exchanges, those included that are not in the database yet,
    /// conversations and what was decided about them, media. What is still being answered is recorded when it ends; who
    /// records waits for nothing, and what ends meanwhile is kept.
    ///
    /// # Errors
    ///
    /// When the database fails. Then nothing is removed but what only was in memory.
    pub async fn erase_all(&self) -> Result<(), Error> {
        let own = self.recorder.forget().await?;
        let left = self.state.left();
        let folder = self.folder.clone();
        self.writer
            .run(move |connection| {
                worker::write(connection, |transaction| erase(transaction, own.as_ref(), &left))?;
                while media::sweep(connection, &folder)? {}
                give_back(connection, 0)?;
                shorten_log(connection)
            })
            .await?;
        // What is in the spool goes with its files.
        self.state.hurry();
        self.changed();
        Ok(())
    }
}

fn erase(transaction: &Transaction<'_>, own: Option<&Reached>, left: &[String]) -> Result<(), Error> {
    for table in TABLES {
        transaction.execute_batch(&format!("DELETE FROM {table}"))?;
    }
    transaction.execute_batch(
        "INSERT INTO texts (texts) VALUES ('delete-all');
         INSERT INTO words VALUES (0, '');",
    )?;
    // As if it had been taken out of there already.
    let mut taken = transaction.prepare("INSERT OR REPLACE INTO spools (name, frame) VALUES (?1, ?2)")?;
    if let Some(Reached { spool, frame }) = own {
        taken.execute(params![spool, frame.cast_signed()])?;
    }
    for spool in left {
        taken.execute(params![spool, ALL])?;
    }
    Ok(())
}

/// Brings the write-ahead log into the database and empties it: what was removed is in it still. Somebody who reads
/// just now may be in the way; then the next one does it.
fn shorten_log(connection: &Connection) -> Result<(), Error> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)
}
