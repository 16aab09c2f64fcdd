//! Forgetting everything that was recorded.

use std::time::Duration;

use super::{Conversations, Filter, Selection};
use crate::Error;

/// So many exchanges are deleted in one transaction, so that what comes meanwhile is not held up.
const PIECE: u32 = 500;

/// How long is waited for exchanges that have ended and are not in the database yet.
const ON_THEIR_WAY: Duration = Duration::from_secs(5);

impl Conversations {
    /// Deletes every conversation and every exchange that has ended by now, with what people decided about them, and
    /// gives the room back to the disk. It cannot be undone.
    ///
    /// # Errors
    ///
    /// When the database fails; what was deleted by then is gone.
    pub async fn clear(&self) -> Result<(), Error> {
        let mut arrivals = self.arrivals();
        let arrived = async { while self.state.waiting() > 0 && arrivals.changed().await.is_ok() {} };
        // Where the disk refuses, what waits cannot be deleted either.
        let _ = tokio::time::timeout(ON_THEIR_WAY, arrived).await;
        let last = self.writer.write(|transaction| {
            Ok(transaction
                .query_row("SELECT ifnull(max(seq), 0) FROM exchanges", [], |row| row.get::<_, i64>(0))?)
        });
        let last = last.await?;
        self.delete(Selection::Matching(Box::new(Filter::default()))).await?;
        while self
            .writer
            .write(move |transaction| {
                Ok(transaction.execute(
                    "DELETE FROM exchanges WHERE seq IN (SELECT seq FROM exchanges WHERE seq <= ?1 LIMIT ?2)",
                    (last, PIECE),
                )?)
            })
            .await?
            > 0
        {}
        // Only now nothing of it is left in the file.
        self.writer
            .run(|connection| Ok(connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?))
            .await?;
        self.changed();
        Ok(())
    }
}
