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
/// The same for ends of requests.
const ENDS: usize = 1024;
/// What is too much is deleted when the journal has grown by this part of its limit, and by no more than so
/// many rows.
const TIDY_PART: u64 = 100;
const TIDY_ROWS: u64 = 1000;
/// What is too old is deleted after so much time.
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
    ends: broadcast::Sender<Arc<RequestRow>>,
    /// So many rows may wait to be written.
    room: usize,
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
    written: u64,
    last: Option<Instant>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            open: Mutex::default(),
            bodies: Mutex::default(),
            upkeep: Mutex::default(),
            changes: broadcast::channel(CHANGES).0,
            ends: broadcast::channel(ENDS).0,
            room: MOST_WAITING,
        }
    }
}

impl Book {
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<RequestRow>> {
        self.changes.subscribe()
    }

    pub(super) fn subscribe_to_ends(&self) -> broadcast::Receiver<Arc<RequestRow>> {
        self.ends.subscribe()
    }

    /// Whether anybody listens to changes. As a rule nobody does.
    pub(super) fn is_heard(&self) -> bool {
        self.changes.receiver_count() > 0
    }

    pub(super) fn announce(&self, row: Arc<RequestRow>) {
        // Nobody may be listening.
        let _ = self.changes.send(row);
    }

    /// The last change of this row.
    pub(super) fn announce_end(&self, row: Arc<RequestRow>) {
        // The same here.
        let _ = self.ends.send(Arc::clone(&row));
        self.announce(row);
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
        if open.waiting.len() >= self.room {
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
        self.upkeep().written += waiting.len() as u64;
        Ok(running)
    }

    /// The same for those who only read: rows that cannot be written now, to a full disk perhaps, are shown
    /// later, and hide none of the others.
    pub(super) fn catch_up(&self, connection: &mut Connection) -> Vec<Arc<Mutex<Sheet>>> {
        self.settle(connection).unwrap_or_else(|error| {
            tracing::debug!(%error, "rows of the journal wait to be written");
            self.running()
        })
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
        let over = rows.len().saturating_sub(self.room);
        rows.truncate(self.room);
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
        self.retention.filter(|retention| {
            let slack = (retention.max_rows / TIDY_PART).clamp(1, TIDY_ROWS);
            self.written >= slack || self.last.is_none_or(|last| last.elapsed() >= TIDY_AFTER)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Book, Closed};
    use crate::requests::table;
    use crate::requests::tests::row;

    const ROOM: usize = 50;

    fn fill(book: &Book, rows: usize) {
        for _ in 0..rows {
            book.leave(0, Closed { row: Arc::new(row("x")), marks: Vec::new() });
        }
    }

    fn count(connection: &rusqlite::Connection) -> usize {
        usize::try_from(table::usage(connection).expect("asked").rows).expect("fits")
    }

    #[test]
    fn a_disk_that_does_not_keep_up_costs_rows_and_no_time() {
        let book = Book { room: ROOM, ..Book::default() };
        let mut connection = crate::database::open_in_memory().expect("opens");
        fill(&book, ROOM + 5);
        assert_eq!(book.lost(), 5);
        book.settle(&mut connection).expect("written");
        assert_eq!(count(&connection), ROOM);
        fill(&book, 1);
        book.settle(&mut connection).expect("written");
        assert_eq!((count(&connection), book.lost()), (ROOM + 1, 5));
    }

    #[test]
    fn rows_that_could_not_be_written_are_written_later() {
        let book = Book { room: ROOM, ..Book::default() };
        let mut connection = crate::database::open_in_memory().expect("opens");
        connection.execute_batch("ALTER TABLE requests RENAME TO away").expect("renamed");
        fill(&book, 3);
        book.settle(&mut connection).expect_err("no table");
        fill(&book, ROOM);
        assert_eq!(book.lost(), 3);
        book.settle(&mut connection).expect_err("no table");
        connection.execute_batch("ALTER TABLE away RENAME TO requests").expect("renamed");
        book.settle(&mut connection).expect("written");
        assert_eq!((count(&connection), book.lost()), (ROOM, 3));
    }
}
