//! What Postern keeps. One SQLite database in the data folder, opened by [`Store`], is asked through one
//! handle per concern: [`Keys`] of the clients, the journal of [`Requests`], the [`Logins`] of the console,
//! the [`Flags`] of the first steps and the [`SealedRows`] that only somebody else can open.
//!
//! In come rows and questions from async callers, out come answers and in-memory snapshots that the hot
//! path reads without waiting. What the hot path has to say (a key was used, a request went on) is
//! gathered in memory and written in batches, so that a slow disk slows no request. One thread owns the
//! connection; several processes may have the same database open, and what one changes the others notice
//! within a second.
//!
//! A second database, opened by [`ConversationStore`], holds what was said: the exchanges as they were, and what others
//! derived of them.

mod accounts;
mod background;
mod clock;
mod conversations;
mod database;
mod error;
mod flags;
mod keys;
mod logins;
mod requests;
mod sealed;
mod upstreams;
mod worker;

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

pub use accounts::{AccountRecords, Day, Memory, Turn, Use, Uses};
pub use background::give_way;
pub use conversations::{
    Alike, Answered, AuditRow, Call, Change, ConversationStore, Conversations, Deed, Derived, Done, Ended,
    Exchange, Exported, Facet, FacetValue, Facts, Filter, Found, Headers, KeptMedia, Likeness, Limits,
    PageOf, Pair, Prefix, Progress, Recorder, Recording, RecordingUsage, Repaired, ReviewState, SavedQuery,
    Seed, SeedRow, Selection, Seq, Server, Settled, Snippet, Sort, Standing, ThreadDetail, ThreadId,
    ThreadPage, ThreadRow, Trouble, TroubleKind, Via, highlights, snippet,
};
pub use error::Error;
pub use flags::{Flag, Flags, SetFlags};
pub use keys::{Grant, ImportReport, KeyChange, KeyId, KeyInfo, KeyRefusal, Keys, NewKey, Per};
pub use logins::{Logins, NewSession, Session, SessionId};
pub use requests::{
    Asked, Counts, Cursor, FailureGroup, HourBucket, JournalUsage, Mark, MarkName, Opening, Outcome, Page,
    PageQuery, Pen, RequestDetail, RequestRow, Requests, Retention, Source, StatusClass, Timeline, Totals,
};
pub use sealed::{KeyState, Resealed, SealKey, SealedName, SealedRow, SealedRows};
pub use upstreams::{UpstreamKey, UpstreamKeys};

use keys::Door;
use requests::Book;
use rusqlite::Connection;
use tokio::sync::watch;
use worker::{Chores, Worker};

/// The open database. Close it with [`Store::close`]; handles taken from it then answer with
/// [`Error::Closed`].
#[derive(Debug)]
pub struct Store {
    keys: Keys,
    requests: Requests,
    elsewhere: Arc<watch::Sender<u64>>,
    worker: Worker,
    thread: JoinHandle<()>,
}

impl Store {
    /// Opens the database at `path`, creates it when it is missing and brings an older one up to date.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::start(database::open(path, database::MIGRATIONS)?)
    }

    /// A database that lives in memory and is gone when the last handle is.
    pub fn in_memory() -> Result<Self, Error> {
        Self::start(database::open_in_memory()?)
    }

    fn start(connection: Connection) -> Result<Self, Error> {
        let door = Arc::new(Door::default());
        let book = Arc::new(Book::default());
        let elsewhere = Arc::new(watch::Sender::new(0));
        let gathered =
            Gathered { door: Arc::clone(&door), book: Arc::clone(&book), elsewhere: Arc::clone(&elsewhere) };
        let (worker, thread) = worker::start(connection, gathered, worker::Rank::Usual)?;
        Ok(Self {
            keys: Keys::new(worker.clone(), Arc::clone(&door)),
            requests: Requests::new(worker.clone(), book, door),
            elsewhere,
            worker,
            thread,
        })
    }

    /// The client keys.
    pub fn keys(&self) -> Keys {
        self.keys.clone()
    }

    /// The journal of requests.
    pub fn requests(&self) -> Requests {
        self.requests.clone()
    }

    /// Who may use the console.
    pub fn logins(&self) -> Logins {
        Logins::new(self.worker.clone())
    }

    /// What is remembered of accounts.
    pub fn accounts(&self) -> AccountRecords {
        AccountRecords::new(self.worker.clone(), Arc::clone(&self.elsewhere))
    }

    /// The keys of providers, but for the keys themselves.
    pub fn upstream_keys(&self) -> UpstreamKeys {
        UpstreamKeys::new(self.worker.clone())
    }

    /// How far the first steps are.
    pub fn flags(&self) -> Flags {
        Flags::new(self.worker.clone())
    }

    /// What was sealed for safe keeping.
    pub fn sealed(&self) -> SealedRows {
        SealedRows::new(self.worker.clone())
    }

    /// Finishes what was asked so far, writes what has gathered and closes the database.
    pub fn close(self) {
        self.worker.stop();
        if self.thread.join().is_err() {
            tracing::error!("the store's thread ended with a panic");
        }
    }
}

/// What the thread has to write by itself.
struct Gathered {
    door: Arc<Door>,
    book: Arc<Book>,
    /// Counts what other processes committed.
    elsewhere: Arc<watch::Sender<u64>>,
}

impl Chores for Gathered {
    fn reload(&self, connection: &Connection) -> Result<(), Error> {
        self.elsewhere.send_modify(|count| *count = count.wrapping_add(1));
        self.door.reload(connection)
    }

    fn save(&self, connection: &mut Connection) {
        if let Err(error) = self.door.save(connection) {
            tracing::warn!(%error, "could not write which keys were used; trying again");
        }
        if let Err(error) = self.book.save(connection) {
            tracing::warn!(%error, "could not write the journal of requests; trying again");
        }
    }
}
