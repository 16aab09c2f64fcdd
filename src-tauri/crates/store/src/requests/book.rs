//! The part of the journal that is in memory: requests that run, and rows that wait to be written.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::broadcast;

use super::bodies::Bodies;
use super::pen::Sheet;
use super::{Mark, RequestRow, Retention, table};
use crate::Error;

/// So many rows wait for a disk that does not take them; what comes on top is lost to the journal.
const MOST_WAITING: usize = 20_000;
/// So many waiting rows are reason to write before the next tick.
pub(super) const BATCH: usize = 256;
/// So many changes a slow listener may be behind.
const CHANGES: usize = 4096;
/// What is too old or too much is deleted after so many new rows, and after so much time.
const TIDY_ROWS: usize = 1000;
const TIDY_AFTER: Duration = Duration::from_secs(600);

/// A row that has nothing more to come.
#[derive(Debug)]
pub(super) struct Closed {
    pub(super) row: Arc<RequestRow>,
    pub(super) marks: Vec<Mark>,
}

/// The memory of the journal.
#[derive(Debug)]
pub(crate) struct Book {
    open: Mutex<Open>,
    bodies: Mutex<Bodies>,
    upkeep: Mutex<Upkeep>,
    changes: broadcast::Sender<Arc<RequestRow>>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    running: BTreeMap<u64, Arc<Mutex<Sheet>>>,
    waiting: Vec<Closed>,
    /// Rows that found no place, ever and since that was last said.
    lost: u64,
    unsaid: u64,
}

/// When to delete what is too old or too much. Nothing is deleted before the limits are known.
#[derive(Debug, Default)]
struct Upkeep {
    retention: Option<Retention>,
    written: usize,
    last: Option<Instant>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            open: Mutex::default(),
            bodies: Mutex::default(),
            upkeep: Mutex::default(),
            changes: broadcast::channel(CHANGES).0,
        }
    }
}

impl Book {
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<RequestRow>> {
        self.changes.subscribe()
    }

    pub(super) fn announce(&self, row: Arc<RequestRow>) {
        // Nobody may be listening.
        let _ = self.changes.send(row);
    }

    /// Takes up a request that runs; the number is its place here.
    pub(super) fn enter(&self, sheet: Arc<Mutex<Sheet>>) -> u64 {
        let mut open = self.open();
        let place = open.next;
        open.next += 1;
        open.running.insert(place, sheet);
        place
    }

    /// A request is over. Whether its row makes a batch full.
    pub(super) fn leave(&self, place: u64, closed: Closed) -> bool {
        let mut open = self.open();
        open.running.remove(&place);
        if open.waiting.len() >= MOST_WAITING {
            open.lost += 1;
            open.unsaid += 1;
            return false;
        }
        open.waiting.push(closed);
        open.waiting.len() == BATCH
    }

    /// The requests that run, newest first.
    pub(super) fn running(&self) -> Vec<Arc<Mutex<Sheet>>> {
        self.open().running.values().rev().cloned().collect()
    }

    /// Writes the rows that wait, so that the table has everything that is over, and returns what ran at
    /// that moment: every request is in exactly one of the two.
    pub(super) fn settle(&self, connection: &mut Connection) -> Result<Vec<Arc<Mutex<Sheet>>>, Error> {
        let (waiting, running, lost) = {
            let mut open = self.open();
            let running = open.running.values().rev().cloned().collect();
            (std::mem::take(&mut open.waiting), running, std::mem::take(&mut open.unsaid))
        };
        if lost > 0 {
            tracing::warn!(lost, "the journal could not keep up; these requests are missing in it");
        }
        if let Err(error) = table::write(connection, &waiting) {
            self.put_back(waiting);
            return Err(error);
        }
        self.upkeep().written += waiting.len();
        Ok(running)
    }

    /// Writes what waits, and deletes what is too old or too much when it is time for that.
    pub(crate) fn save(&self, connection: &mut Connection) -> Result<(), Error> {
        self.settle(connection)?;
        let Some(retention) = self.upkeep().due() else { return Ok(()) };
        table::tidy(connection, retention)?;
        let mut upkeep = self.upkeep();
        upkeep.written = 0;
        upkeep.last = Some(Instant::now());
        Ok(())
    }

    /// From now on keep so much.
    pub(super) fn keep(&self, retention: Retention) {
        let mut upkeep = self.upkeep();
        upkeep.retention = Some(retention);
        upkeep.last = None;
        drop(upkeep);
        self.bodies().limit(usize::try_from(retention.replay_bytes).unwrap_or(usize::MAX));
    }

    /// Forgets the rows that wait and every body.
    pub(super) fn clear(&self) {
        self.open().waiting.clear();
        self.bodies().clear();
    }

    pub(super) fn lost(&self) -> u64 {
        self.open().lost
    }

    pub(super) fn bodies(&self) -> MutexGuard<'_, Bodies> {
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts rows that could not be written in front of those that came meanwhile.
    fn put_back(&self, mut rows: Vec<Closed>) {
        let mut open = self.open();
        rows.append(&mut open.waiting);
        let over = rows.len().saturating_sub(MOST_WAITING);
        rows.truncate(MOST_WAITING);
        open.waiting = rows;
        open.lost += over as u64;
        open.unsaid += over as u64;
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn upkeep(&self) -> MutexGuard<'_, Upkeep> {
        self.upkeep.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Upkeep {
    /// The limits, when it is time to apply them.
    fn due(&self) -> Option<Retention> {
        let due = self.written >= TIDY_ROWS || self.last.is_none_or(|last| last.elapsed() >= TIDY_AFTER);
        self.retention.filter(|_| due)
    }
}
