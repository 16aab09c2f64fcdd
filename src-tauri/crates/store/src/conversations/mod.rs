//! Conversations: a database of their own beside the others, with the exchanges as they were, what was derived of
//! them, and what people decided. It is large at times, and when it is damaged nothing else is.

mod derived;
mod exchange;
mod review;
mod schema;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use rusqlite::Connection;

pub use derived::{Derived, Facts, Prefix, Standing};
pub use exchange::{Call, Ended, Exchange, Seq, Server, Via};
pub use review::{Change, Done, Filter, ReviewState, Selection, ThreadId, ThreadRow};

use crate::worker::{self, Chores, Worker};
use crate::{Error, database};

/// Every layout change of this database, oldest first. A released entry is never edited.
const MIGRATIONS: &[&str] = &[schema::CREATE_EXCHANGES, schema::CREATE_THREADS];

/// The open database of conversations. Cheap to clone; the last one to let go of it does not close it, see
/// [`ConversationStore::close`].
#[derive(Clone)]
pub struct Conversations {
    /// Owns the connection that writes.
    writer: Worker,
    /// Owns a connection that only reads, so that a list need not wait for what is being written.
    reader: Worker,
    folder: Arc<PathBuf>,
}

/// The threads behind [`Conversations`].
#[derive(Debug)]
pub struct ConversationStore {
    conversations: Conversations,
    threads: Vec<JoinHandle<()>>,
}

impl ConversationStore {
    /// Opens `conversations.db` in `folder`, creates it when it is missing and brings an older one up to date.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or a newer program wrote it.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("conversations.db");
        let (writer, writing) = worker::start(database::open(&path, MIGRATIONS)?, Nothing)?;
        let (reader, reading) = worker::start(database::open(&path, MIGRATIONS)?, Nothing)?;
        let conversations = Conversations { writer, reader, folder: Arc::new(folder.to_owned()) };
        Ok(Self { conversations, threads: vec![writing, reading] })
    }

    /// What is asked of it.
    pub fn conversations(&self) -> Conversations {
        self.conversations.clone()
    }

    /// Finishes what was asked so far and closes the database.
    pub fn close(self) {
        self.conversations.writer.stop();
        self.conversations.reader.stop();
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the conversations ended with a panic");
            }
        }
    }
}

impl fmt::Debug for Conversations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversations").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Nothing is done between jobs.
struct Nothing;

impl Chores for Nothing {
    fn reload(&self, _connection: &Connection) -> Result<(), Error> {
        Ok(())
    }

    fn save(&self, _connection: &mut Connection) {}
}
