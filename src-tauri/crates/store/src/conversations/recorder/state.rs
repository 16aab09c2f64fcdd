//! What the recorder's threads know of each other.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use rusqlite::ErrorCode;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;

use super::body::BodyNumber;
use super::folder::Ledger;
use crate::Error;
use crate::clock::millis;
use crate::conversations::repair::{self, Repaired};
use crate::worker::Worker;

/// So much may wait in memory for a disk that does not take it; what comes on top is lost to the record.
const MOST_WAITING: u64 = 64 << 20;

/// The same while the disk takes what comes, faster than any answers do. Then what waits is only behind its turn, as when a
/// hundred answers of a megabyte end at once.
const MOST_BEHIND: u64 = 512 << 20;

/// What keeps the recorder from its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The disk is full.
    DiskFull,
    /// The disk or its rights refuse for another reason.
    Disk,
    /// Another program holds the database.
    Locked,
    /// The database refuses for another reason.
    Database,
}

impl TroubleKind {
    /// What an error of the database means.
    fn of(error: &Error) -> Self {
        match error {
            Error::Files { source, .. } if is_full(source) => Self::DiskFull,
            Error::Files { .. } => Self::Disk,
            Error::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => Self::DiskFull,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
                _ => Self::Database,
            },
            _ => Self::Database,
        }
    }
}

/// Whether the disk has no room.
pub(super) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// A trouble that lasts. Answers go on meanwhile, and what is said waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Trouble {
    /// What it is.
    pub kind: TroubleKind,
    /// Since when, in milliseconds of Unix time.
    pub since_ms: i64,
    /// What the system said.
    pub detail: String,
}

/// Where a trouble was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::conversations) enum Place {
    Spool,
    Database,
}

/// Shared by the recorder, its spooler and the thread that owns the database.
#[derive(Debug)]
pub(in crate::conversations) struct State {
    /// The folder of the conversations.
    pub(super) folder: PathBuf,
    /// By which credentials are told apart.
    pub(super) secret: Vec<u8>,
    /// Files with exchanges that are not in the database yet.
    ledger: Mutex<Ledger>,
    /// Exchanges that have ended and are not in the database yet.
    waiting: AtomicU64,
    /// Bytes in memory that are not in a file yet.
    bytes: AtomicU64,
    lost: AtomicU64,
    /// So many bodies have left memory.
    bodies: AtomicU64,
    spool: Mutex<Option<Trouble>>,
    database: Mutex<Option<Trouble>>,
    /// The number of the last exchange that came into the database.
    pub(in crate::conversations) arrivals: watch::Sender<u64>,
    worker: OnceLock<Worker>,
    hurried: AtomicBool,
    closing: AtomicBool,
    /// The database was found to be damaged.
    damaged: AtomicBool,
    repaired: Mutex<Option<Repaired>>,
}

impl State {
    pub(in crate::conversations) fn new(
        folder: &Path,
        secret: Vec<u8>,
        left: VecDeque<super::folder::Left>,
    ) -> Self {
        Self {
            folder: folder.to_owned(),
            secret,
            ledger: Mutex::new(Ledger::new(left)),
            waiting: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            bodies: AtomicU64::new(0),
            spool: Mutex::default(),
            database: Mutex::default(),
            arrivals: watch::Sender::new(0),
            worker: OnceLock::new(),
            hurried: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            damaged: AtomicBool::new(false),
            repaired: Mutex::default(),
        }
    }

    /// Takes so many bytes into account if there is room for them.
    pub(super) fn admit(&self, bytes: u64) -> bool {
        self.admit_within(MOST_WAITING, bytes)
            || lock(&self.spool).is_none() && self.admit_within(MOST_BEHIND, bytes)
    }

    fn admit_within(&self, most: u64, bytes: u64) -> bool {
        let room = |waiting: u64| (waiting == 0 || waiting + bytes <= most).then_some(waiting + bytes);
        self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_ok()
    }

    /// So many bytes are in a file now, or dropped.
    pub(super) fn release(&self, bytes: u64) {
        let _ = self.bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| {
            Some(waiting.saturating_sub(bytes))
        });
    }

    /// Names the file of a body.
    pub(super) fn next_body(&self) -> BodyNumber {
        self.bodies.fetch_add(1, Ordering::Relaxed)
    }

    /// So many exchanges wait now.
    pub(super) fn expect(&self, exchanges: u64) {
        self.waiting.fetch_add(exchanges, Ordering::Relaxed);
    }

    /// So many wait no longer.
    pub(super) fn expected(&self, exchanges: u64) {
        let _ = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| {
            Some(waiting.saturating_sub(exchanges))
        });
    }

    pub(super) fn lose(&self, exchanges: u64) {
        if exchanges > 0 && self.lost.fetch_add(exchanges, Ordering::Relaxed) == 0 {
            tracing::error!(
                "an exchange could not be recorded; the state of recording counts those that follow"
            );
        }
    }

    pub(in crate::conversations) fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(in crate::conversations) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// The trouble that lasts: of the disk rather than of the database, since it is the one that loses something.
    pub(in crate::conversations) fn trouble(&self) -> Option<Trouble> {
        let spool = lock(&self.spool).clone();
        spool.or_else(|| lock(&self.database).clone())
    }

    /// Remembers a trouble, and says so once.
    pub(in crate::conversations) fn trouble_at(&self, place: Place, kind: TroubleKind, detail: String) {
        let mut known = lock(self.place(place));
        if known.as_ref().is_some_and(|known| known.kind == kind) {
            return;
        }
        tracing::error!(?place, ?kind, %detail, "recording is in trouble; answers go on, what is said waits");
        *known = Some(Trouble { kind, since_ms: millis(SystemTime::now()), detail });
    }

    /// Remembers what the database refused.
    pub(in crate::conversations) fn fails(&self, error: &Error) {
        if repair::is_damage(error) {
            self.damaged.store(true, Ordering::Relaxed);
        }
        self.trouble_at(Place::Database, TroubleKind::of(error), error.to_string());
    }

    /// Whether the database was found to be damaged since this was asked last.
    pub(in crate::conversations) fn is_damaged(&self) -> bool {
        let job = self.worker.get().is_some_and(Worker::is_damaged);
        self.damaged.swap(false, Ordering::Relaxed) || job
    }

    pub(in crate::conversations) fn repaired_as(&self, repaired: Option<Repaired>) {
        *lock(&self.repaired) = repaired;
    }

    pub(in crate::conversations) fn repaired(&self) -> Option<Repaired> {
        lock(&self.repaired).clone()
    }

    /// The folder of the conversations.
    pub(in crate::conversations) fn folder(&self) -> &Path {
        &self.folder
    }

    /// It works again.
    pub(in crate::conversations) fn well_at(&self, place: Place) {
        let over = lock(self.place(place)).take();
        if let Some(over) = over {
            tracing::info!(?place, kind = ?over.kind, waiting = self.waiting(), lost = self.lost(), "recording goes on");
        }
    }

    fn place(&self, place: Place) -> &Mutex<Option<Trouble>> {
        match place {
            Place::Spool => &self.spool,
            Place::Database => &self.database,
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        lock(&self.ledger)
    }

    /// The names of the spools that processes left behind which are gone.
    pub(in crate::conversations) fn left(&self) -> Vec<String> {
        self.ledger().left_behind()
    }

    /// Who is told that there is something to do.
    pub(in crate::conversations) fn introduce(&self, worker: Worker) {
        // There is one worker for each state.
        let _ = self.worker.set(worker);
    }

    /// Asks the thread that owns the database to look, once for any number of asks before it does.
    pub(in crate::conversations) fn hurry(&self) {
        if let Some(worker) = self.worker.get()
            && !self.hurried.swap(true, Ordering::AcqRel)
        {
            worker.hurry();
        }
    }

    /// The thread that owns the database looks.
    pub(super) fn looking(&self) {
        self.hurried.store(false, Ordering::Release);
    }

    /// From now on everything is written before the next pause.
    pub(in crate::conversations) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Each of them is changed in one step: what a panic left behind is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn little_waits_for_a_disk_that_refuses_and_much_for_one_that_writes() {
        let state = State::new(Path::new("nowhere"), Vec::new(), VecDeque::new());
        assert!(state.admit(MOST_WAITING) && state.admit(MOST_WAITING), "it is only behind");
        state.trouble_at(Place::Spool, TroubleKind::DiskFull, String::new());
        assert!(!state.admit(1));
        state.release(2 * MOST_WAITING);
        assert!(state.admit(MOST_WAITING) && !state.admit(1));
        state.well_at(Place::Spool);
        assert!(state.admit(MOST_BEHIND - MOST_WAITING) && !state.admit(1));
    }
}
