//! How much is kept, and the removal of what is too much.
//!
//! The oldest exchanges go first. Those of conversations that were approved or put aside for later stay however old they
//! are; when there is too much, they go after all others. With its last exchange a conversation goes too, unless somebody
//! did something with it: then what was derived of it stays, with its media.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::class::code;
use super::recorder::{State, Trouble};
use super::repair::{Repaired, is_damage};
use super::{delete, media};
use crate::clock::{millis, unsigned};
use crate::{Conversations, Error, ReviewState, worker};

/// So many exchanges are removed in one transaction.
const BATCH: usize = 200;

/// So many pages are given back to the system at once.
const PAGES: u32 = 2000;

/// What is too much is looked for after so much time, and after so many exchanges.
const EVERY: Duration = Duration::from_secs(3600);
const EVERY_EXCHANGES: u64 = 5000;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How much is kept. What is absent has no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    /// Exchanges that are older than so many days go, but for those of conversations that were approved or put aside for
    /// later.
    pub days: Option<u32>,
    /// So many bytes the database and its media may take.
    pub max_bytes: Option<u64>,
}

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
    /// What was done about a damaged database since the program started.
    pub repaired: Option<Repaired>,
}

impl Conversations {
    /// How much is kept, and how the recorder is.
    pub async fn usage(&self) -> Result<RecordingUsage, Error> {
        let mut usage = self.reader.run(|connection| usage(connection)).await?;
        usage.waiting = self.state.waiting();
        usage.lost = self.state.lost();
        usage.trouble = self.state.trouble();
        usage.repaired = self.state.repaired();
        Ok(usage)
    }

    /// Keeps so much from now on. What is too much is removed in the background, in small steps.
    pub fn keep(&self, limits: Limits) {
        self.keeping.change(limits);
        self.state.hurry();
    }
}

/// Removes what is too much, when it is time to.
#[derive(Debug)]
pub(super) struct Keeping {
    state: Arc<State>,
    round: Mutex<Round>,
}

#[derive(Debug, Default)]
struct Round {
    limits: Limits,
    /// Something is to be done at once.
    due: bool,
    /// When everything was looked at, and up to which exchange.
    done: Option<(Instant, u64)>,
}

impl Keeping {
    pub(super) fn new(state: Arc<State>) -> Self {
        Self { state, round: Mutex::default() }
    }

    fn change(&self, limits: Limits) {
        let mut round = self.round();
        round.due |= round.limits != limits;
        round.limits = limits;
    }

    /// Removes a batch of what is too much. Asks to be called again when there is more.
    pub(super) fn tidy(&self, connection: &mut Connection) {
        let last = *self.state.arrivals.borrow();
        let limits = {
            let mut round = self.round();
            let done = *round.done.get_or_insert_with(|| (Instant::now(), last));
            if !round.due && done.0.elapsed() < EVERY && last.saturating_sub(done.1) < EVERY_EXCHANGES {
                return;
            }
            round.due = true;
            round.limits
        };
        let more = step(connection, limits, self.state.folder()).unwrap_or_else(|error| {
            tracing::warn!(%error, "what is too much could not be removed; trying again in an hour");
            if is_damage(&error) {
                self.state.fails(&error);
            }
            false
        });
        if more {
            self.state.hurry();
        } else {
            let mut round = self.round();
            round.due = round.limits != limits;
            round.done = Some((Instant::now(), last));
        }
    }

    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes one batch. Whether there may be more.
fn step(connection: &mut Connection, limits: Limits, folder: &std::path::Path) -> Result<bool, Error> {
    if media::sweep(connection, folder)? {
        return Ok(true);
    }
    let removed = worker::write(connection, |transaction| {
        let mut removed = 0;
        if let Some(days) = limits.days {
            let before = millis(SystemTime::now()) - i64::from(days) * DAY_MS;
            removed += remove(transaction, &oldest(transaction, before, false, u64::MAX)?)?;
        }
        let over = limits.max_bytes.map(|most| taken(transaction).map(|taken| taken.saturating_sub(most)));
        let over = over.transpose()?.unwrap_or_default();
        if removed == 0 && over > 0 {
            let mut chosen = oldest(transaction, i64::MAX, false, over)?;
            if chosen.is_empty() {
                chosen = oldest(transaction, i64::MAX, true, over)?;
            }
            removed += remove(transaction, &chosen)?;
        }
        Ok(removed)
    })?;
    if removed > 0 {
        give_back(connection, PAGES)?;
    }
    Ok(removed > 0)
}

/// Gives free pages back to the system: so many, or all of them for zero.
pub(super) fn give_back(connection: &Connection, pages: u32) -> Result<(), Error> {
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
    let mut rows = vacuum.query([])?;
    // Each step gives one back.
    while rows.next()?.is_some() {}
    Ok(())
}

/// An exchange and its conversation.
struct Old {
    seq: i64,
    thread: Option<i64>,
}

/// The oldest exchanges, until they come to so many bytes or there are enough for one step. One that a later one is read
/// with stays as long as that does; those of approved conversations and of those put aside only when `kept` says so.
fn oldest(transaction: &Transaction<'_>, before: i64, kept: bool, bytes: u64) -> Result<Vec<Old>, Error> {
    let mut select = transaction.prepare_cached(
        "SELECT e.seq, e.thread, e.stored_bytes FROM exchanges e WHERE e.at_ms < ?1
             AND NOT EXISTS (SELECT 1 FROM joined j JOIN exchanges l ON l.seq = j.seq WHERE j.earlier = e.seq)
             AND (?2 OR NOT EXISTS (
                 SELECT 1 FROM threads t JOIN classes c ON c.id = t.class WHERE t.id = e.thread AND c.state IN (?3, ?4)))
         ORDER BY e.at_ms LIMIT ?5",
    )?;
    let [approved, later] = [ReviewState::Approved, ReviewState::Later].map(code);
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let mut rows = select.query(params![before, kept, approved, later, limit])?;
    let (mut found, mut sum) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        if sum >= bytes {
            break;
        }
        found.push(Old {
            seq: row.get(0)?,
            thread: row.get::<_, Option<i64>>(1)?.filter(|thread| *thread > 0),
        });
        sum += unsigned(row.get(2)?);
    }
    Ok(found)
}

/// Removes exchanges, and conversations that nobody looked at when their last exchange goes.
fn remove(transaction: &Transaction<'_>, exchanges: &[Old]) -> Result<usize, Error> {
    for Old { seq, thread } in exchanges {
        if let Some(thread) = thread {
            transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO media_uses SELECT ?1, sha FROM media_uses WHERE seq = ?2",
                )?
                .execute([-thread, *seq])?;
        }
        for table in ["exchanges", "joined", "answers"] {
            transaction.prepare_cached(&format!("DELETE FROM {table} WHERE seq = ?1"))?.execute([seq])?;
        }
        if let Some(thread) = thread
            && !is_held(transaction, *thread)?
        {
            delete::forget(transaction, *thread)?;
        }
    }
    Ok(exchanges.len())
}

/// Whether a conversation has exchanges still, or somebody did something with it.
fn is_held(transaction: &Transaction<'_>, thread: i64) -> Result<bool, Error> {
    let mut select = transaction.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM exchanges WHERE thread = ?1)
             OR EXISTS (SELECT 1 FROM tags WHERE thread = ?1)
             OR EXISTS (SELECT 1 FROM pairs WHERE thread = ?1)
             OR EXISTS (SELECT 1 FROM threads t JOIN classes c ON c.id = t.class WHERE t.id = ?1
                 AND (c.state != ?2 OR c.rating != 0 OR c.edited != 0 OR t.note != ''))",
    )?;
    Ok(select.query_row([thread, code(ReviewState::New)], |row| row.get(0))?)
}

fn usage(connection: &Connection) -> Result<RecordingUsage, Error> {
    let (exchanges, media_bytes): (i64, i64) =
        connection.query_row("SELECT exchanges, media_bytes FROM totals", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok(RecordingUsage {
        exchanges: unsigned(exchanges),
        stored_bytes: stored(connection)?,
        media_bytes: unsigned(media_bytes),
        oldest_ms: connection.query_row("SELECT min(at_ms) FROM exchanges", [], |row| row.get(0))?,
        ..RecordingUsage::default()
    })
}

/// What the database and its media take.
fn taken(connection: &Connection) -> Result<u64, Error> {
    let media: i64 = connection.query_row("SELECT media_bytes FROM totals", [], |row| row.get(0))?;
    Ok(stored(connection)? + unsigned(media))
}

/// What the database takes, without the pages that are free.
fn stored(connection: &Connection) -> Result<u64, Error> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = number("page_count")? - number("freelist_count")?;
    Ok(unsigned(pages * number("page_size")?))
}
