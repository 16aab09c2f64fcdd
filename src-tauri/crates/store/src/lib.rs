//! What Postern keeps: one SQLite database in the data folder, opened by [`Store`] and asked through one
//! handle per table, such as [`Keys`].
//!
//! In come rows and questions from async callers, out come answers and in-memory snapshots that the hot
//! path reads without waiting. One thread owns the connection; several processes may have the same
//! database open, and what one changes the others notice within a second.

mod database;
mod error;
mod keys;
mod worker;

use std::path::Path;
use std::thread::JoinHandle;

pub use error::Error;
pub use keys::{ImportReport, KeyId, KeyInfo, Keys};

use worker::Worker;

/// The open database. Close it with [`Store::close`]; handles taken from it then answer with
/// [`Error::Closed`].
#[derive(Debug)]
pub struct Store {
    keys: Keys,
    worker: Worker,
    thread: JoinHandle<()>,
}

impl Store {
    /// Opens the database at `path`, creates it when it is missing and brings an older one up to date.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::start(database::open(path)?)
    }

    /// A database that lives in memory and is gone when the last handle is.
    pub fn in_memory() -> Result<Self, Error> {
        Self::start(database::open_in_memory()?)
    }

    fn start(connection: rusqlite::Connection) -> Result<Self, Error> {
        let snapshot = keys::Snapshot::default();
        let watched = snapshot.clone();
        let (worker, thread) = worker::start(connection, move |connection| watched.reload(connection))?;
        Ok(Self { keys: Keys::new(worker.clone(), snapshot), worker, thread })
    }

    /// The client keys.
    pub fn keys(&self) -> Keys {
        self.keys.clone()
    }

    /// Finishes what was asked so far and closes the database.
    pub fn close(self) {
        self.worker.stop();
        if self.thread.join().is_err() {
            tracing::error!("the store's thread ended with a panic");
        }
    }
}
