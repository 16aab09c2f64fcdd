//! Taking conversations away for good.

use rusqlite::{Connection, Transaction};

use super::change::choose;
use super::{Conversations, Selection, alike, search};
use crate::Error;

/// So many conversations are deleted in one transaction.
const PIECE: usize = 500;

impl Conversations {
    /// Deletes conversations with all that was said of them, and the exchanges that nothing else is read from. It cannot
    /// be undone. How many there were.
    ///
    /// # Errors
    ///
    /// When the database fails; what was deleted by then is gone.
    pub async fn delete(&self, what: Selection) -> Result<u64, Error> {
        let ids = self.selected(what).await?;
        let mut deleted = 0;
        for piece in ids.chunks(PIECE) {
            let piece = piece.to_vec();
            deleted += self.writer.write(move |transaction| delete(transaction, &piece)).await?;
        }
        self.changed();
        Ok(deleted)
    }
}

fn delete(transaction: &Transaction<'_>, ids: &[i64]) -> Result<u64, Error> {
    // What is chosen takes with it the exchanges that no conversation that stays is read with.
    choose(transaction, ids)?;
    transaction.execute_batch(
        "CREATE TEMP TABLE IF NOT EXISTS wanted (seq INTEGER PRIMARY KEY);
         DELETE FROM wanted;
         WITH RECURSIVE kept (seq) AS (
             SELECT j.earlier FROM exchanges e JOIN joined j ON j.earlier = e.seq JOIN exchanges l ON l.seq = j.seq
             WHERE e.thread IN (SELECT id FROM chosen)
               AND l.thread IS NOT NULL AND l.thread NOT IN (SELECT id FROM chosen)
             UNION SELECT j.earlier FROM kept JOIN joined j ON j.seq = kept.seq
         )
         INSERT INTO wanted SELECT seq FROM kept;
         DELETE FROM joined WHERE seq IN (
             SELECT seq FROM exchanges WHERE thread IN (SELECT id FROM chosen)
         ) AND seq NOT IN (SELECT seq FROM wanted);
         DELETE FROM answers WHERE seq IN (
             SELECT seq FROM exchanges WHERE thread IN (SELECT id FROM chosen)
         ) AND seq NOT IN (SELECT seq FROM wanted);
         DELETE FROM exchanges WHERE thread IN (SELECT id FROM chosen) AND seq NOT IN (SELECT seq FROM wanted);
         UPDATE exchanges SET thread = 0 WHERE thread IN (SELECT id FROM chosen)",
    )?;
    let mut deleted = 0;
    for id in ids {
        deleted += u64::from(forget(transaction, *id)?);
    }
    Ok(deleted)
}

/// Takes a conversation away, but for its exchanges. Whether there was one.
pub(crate) fn forget(connection: &Connection, id: i64) -> Result<bool, Error> {
    let turns: Option<i64> = {
        let mut find = connection.prepare_cached("SELECT texts FROM bodies WHERE thread = ?1")?;
        find.query_map([id], |row| row.get(0))?.next().transpose()?
    };
    let Some(turns) = turns else { return Ok(false) };
    search::forget(connection, id, 0, turns)?;
    alike::leave(connection, id)?;
    for statement in [
        "DELETE FROM audit_tags WHERE (batch, thread) IN (SELECT batch, thread FROM audit WHERE thread = ?1)",
        "DELETE FROM audit WHERE thread = ?1",
        "DELETE FROM audit_pairs WHERE thread = ?1",
        "DELETE FROM tags WHERE thread = ?1",
        "DELETE FROM pairs WHERE thread = ?1",
        "DELETE FROM links WHERE thread = ?1",
        "DELETE FROM bodies WHERE thread = ?1",
        "UPDATE threads SET parent = NULL, fork_at = NULL WHERE parent = ?1",
        "DELETE FROM threads WHERE id = ?1",
    ] {
        connection.prepare_cached(statement)?.execute([id])?;
    }
    Ok(true)
}
