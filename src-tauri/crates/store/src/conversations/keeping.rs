//! How much is kept.

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::recorder::Trouble;
use crate::clock::unsigned;
use crate::{Conversations, Error};

/// How much is kept, and how the recorder is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingUsage {
    /// Exchanges in the database.
    pub exchanges: u64,
    /// What the database takes, in bytes, without room that is free again.
    pub stored_bytes: u64,
    /// What media takes beside it, in bytes.
    pub media_bytes: u64,
    /// When the oldest exchange came, in milliseconds of Unix time.
    pub oldest_ms: Option<i64>,
    /// Exchanges that have ended and are not in the database yet.
    pub waiting: u64,
    /// Exchanges that could not be kept since the program started.
    pub lost: u64,
    /// What keeps the recorder from its work just now.
    pub trouble: Option<Trouble>,
}

impl Conversations {
    /// How much is kept, and how the recorder is.
    pub async fn usage(&self) -> Result<RecordingUsage, Error> {
        let mut usage = self.reader.run(|connection| usage(connection)).await?;
        usage.waiting = self.state.waiting();
        usage.lost = self.state.lost();
        usage.trouble = self.state.trouble();
        Ok(usage)
    }
}

fn usage(connection: &Connection) -> Result<RecordingUsage, Error> {
    let (exchanges, media_bytes) =
        connection.query_row("SELECT exchanges, media_bytes FROM totals", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let oldest_ms = connection.query_row("SELECT min(at_ms) FROM exchanges", [], |row| row.get(0))?;
    Ok(RecordingUsage {
        exchanges: unsigned(exchanges),
        stored_bytes: stored_bytes(connection)?,
        media_bytes: unsigned(media_bytes),
        oldest_ms,
        ..RecordingUsage::default()
    })
}

/// What the database takes, without the pages that are free.
fn stored_bytes(connection: &Connection) -> Result<u64, Error> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = number("page_count")? - number("freelist_count")?;
    Ok(unsigned(pages * number("page_size")?))
}
