//! Conversations: a database of their own beside the others, with the exchanges as they were, what was derived of
//! them, and what people decided. It is large at times, and when it is damaged nothing else is.

mod alike;
mod change;
mod class;
mod counts;
mod delete;
mod derived;
mod exchange;
mod exchanges;
mod heirs;
mod keeping;
mod link;
mod list;
mod narrow;
mod media;
mod pack;
mod page;
mod pairs;
mod put;
mod queries;
mod recorder;
mod review;
mod rows;
mod schema;
mod schema_threads;
mod search;
mod secrets;
mod show;
mod underived;
mod undo;
mod walk;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use recorder::{Drain, State};
use rusqlite::Connection;
use tokio::sync::watch;

pub use derived::{Derived, Facts, Prefix, Standing};
pub use exchange::{Call, Ended, Exchange, Seq, Server, Via};
pub use keeping::RecordingUsage;
pub use list::{
    Alike, Answered, AuditRow, Deed, Exported, Facet, FacetValue, Found, PageOf, Pair, Progress, SavedQuery,
    Sort, ThreadDetail, ThreadPage,
};
pub use media::KeptMedia;
pub use recorder::{Recorder, Recording, Trouble, TroubleKind};
pub use review::{Change, Done, Filter, ReviewState, Selection, ThreadId, ThreadRow};
pub use search::{Snippet, highlights, snippet};

use crate::worker::{self, Chores, Worker};
use crate::{Error, database};

/// Every layout change of this database, oldest first. A released entry is never edited.
const MIGRATIONS: &[&str] = &[schema::CREATE_EXCHANGES, schema_threads::CREATE_THREADS];

/// The open database of conversations. Cheap to clone; the last one to let go of it does not close it, see
/// [`ConversationStore::close`].
#[derive(Clone)]
pub struct Conversations {
    /// Owns the connection that writes.
    writer: Worker,
    /// Owns a connection that only reads, so that a list need not wait for what is being written.
    reader: Worker,
    /// Owns another one for what takes longer, so that a list need not wait for that either.
    long: Worker,
    folder: Arc<PathBuf>,
    state: Arc<State>,
    changes: Arc<watch::Sender<u64>>,
}

impl Conversations {
    /// Changes whenever something does that a list could show.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// The number of the exchange that came last; changes whenever some came.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.state.arrivals.subscribe()
    }
}

/// The threads behind [`Conversations`].
#[derive(Debug)]
pub struct ConversationStore {
    conversations: Conversations,
    recorder: Recorder,
    /// Of the recorder, the writer and the readers.
    threads: [JoinHandle<()>; 4],
}

impl ConversationStore {
    /// Opens `conversations.db` in `folder`, creates it when it is missing and brings an older one up to date.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or a newer program wrote it.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("conversations.db");
        let writing = database::open(&path, MIGRATIONS)?;
        let reading = database::open(&path, MIGRATIONS)?;
        let secret = writing.query_row("SELECT secret FROM installation", [], |row| row.get(0))?;
        let left = recorder::take_over(folder)?;
        let state = Arc::new(State::new(folder, secret, left));
        let (writer, writes) = worker::start(writing, Upkeep::new(Arc::clone(&state))?)?;
        state.introduce(writer.clone());
        let (reader, reads) = worker::start(reading, Nothing)?;
        let (recorder, records) = recorder::start(Arc::clone(&state))?;
        // What an earlier process left behind.
        state.hurry();
        let (long, reads_long) = worker::start(database::open(&path, MIGRATIONS)?, Nothing)?;
        let folder = Arc::new(folder.to_owned());
        let changes = Arc::new(watch::Sender::new(0));
        let conversations = Conversations { writer, reader, long, folder, state, changes };
        Ok(Self { conversations, recorder, threads: [records, writes, reads, reads_long] })
    }

    /// Begins recordings.
    pub fn recorder(&self) -> Recorder {
        self.recorder.clone()
    }

    /// What is asked of it.
    pub fn conversations(&self) -> Conversations {
        self.conversations.clone()
    }

    /// Finishes what was asked and recorded so far and closes the database.
    pub fn close(self) {
        let Self { conversations: Conversations { writer, reader, long, state, .. }, recorder, threads } =
            self;
        let [records, writes, reads, reads_long] = threads;
        state.close();
        recorder.stop();
        end(records);
        writer.stop();
        reader.stop();
        long.stop();
        end(writes);
        end(reads);
        end(reads_long);
    }
}

fn end(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a thread of the conversations ended with a panic");
    }
}

impl fmt::Debug for Conversations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conversations").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// What the thread that writes does by itself.
struct Upkeep {
    drain: Drain,
    state: Arc<State>,
}

impl Upkeep {
    fn new(state: Arc<State>) -> Result<Self, Error> {
        Ok(Self { drain: Drain::new(Arc::clone(&state))?, state })
    }
}

impl Chores for Upkeep {
    fn reload(&self, connection: &Connection) -> Result<(), Error> {
        let last: Option<i64> =
            connection.query_row("SELECT max(seq) FROM exchanges", [], |row| row.get(0))?;
        self.state.arrivals.send_replace(last.unwrap_or_default().unsigned_abs());
        Ok(())
    }

    fn save(&self, connection: &mut Connection) {
        self.drain.drain(connection);
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
