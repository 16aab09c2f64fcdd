//! Conversations: a database of their own beside the others, with the exchanges as they were, what was derived of
//! them, and what people decided. It is large at times, and when it is damaged nothing else is.

mod alike;
mod alike_list;
mod change;
mod class;
mod counts;
mod delete;
mod derived;
mod erase;
mod exchange;
mod exchanges;
mod headers;
mod heirs;
mod keeping;
mod link;
mod list;
mod media;
mod moment;
mod narrow;
mod pack;
mod page;
mod pairs;
mod put;
mod queries;
mod recorder;
mod repair;
mod review;
mod rows;
mod schema;
mod schema_threads;
mod search;
mod secrets;
mod seed;
mod show;
mod sizes;
mod underived;
mod undo;
mod walk;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use keeping::Keeping;
use recorder::{Drain, State};
use rusqlite::Connection;
use sizes::Sizes;
use tokio::sync::watch;

pub use derived::{Derived, Facts, Prefix, Standing};
pub use exchange::{Call, Ended, Exchange, Seq, Server, Via};
pub use headers::Headers;
pub use keeping::{Limits, RecordingUsage};
pub use list::{
    Alike, Answered, AuditRow, Deed, Exported, Facet, FacetValue, Found, Likeness, PageOf, Pair, Progress,
    SavedQuery, Sort, ThreadDetail, ThreadPage,
};
pub use media::KeptMedia;
pub use recorder::{Recorder, Recording, Trouble, TroubleKind};
pub use repair::Repaired;
pub(crate) use repair::is_damage;
pub use review::{Change, Done, Filter, ReviewState, Selection, ThreadId, ThreadRow};
pub use rows::Settled;
pub use search::{Snippet, highlights, snippet};
pub use seed::{Seed, SeedRow};

use crate::worker::{self, Chores, Rank, Worker};
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
    recorder: Recorder,
    state: Arc<State>,
    keeping: Arc<Keeping>,
    changes: Arc<watch::Sender<u64>>,
    sizes: Sizes,
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
    /// Of the recorder, the writer and the readers.
    threads: [JoinHandle<()>; 4],
}

impl ConversationStore {
    /// Opens `conversations.db` in `folder`, creates it when it is missing and brings an older one up to date. One that is
    /// damaged is moved aside, and what can be read of it is copied into a new one.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened or a newer program wrote it.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("conversations.db");
        let (writing, repaired) = repair::open(&path)?;
        let secret = writing.query_row("SELECT secret FROM installation", [], |row| row.get(0))?;
        let state = Arc::new(State::new(folder, secret, recorder::take_over(folder)?));
        state.repaired_as(repaired);
        let keeping = Arc::new(Keeping::new(Arc::clone(&state)));
        let (reader, reads) = worker::start(database::open(&path, MIGRATIONS)?, Nothing, Rank::Usual)?;
        let (long, reads_long) = worker::start(database::open(&path, MIGRATIONS)?, Nothing, Rank::Usual)?;
        let changes = Arc::new(watch::Sender::new(0));
        let upkeep = Upkeep {
            drain: Drain::new(Arc::clone(&state))?,
            keeping: Arc::clone(&keeping),
            state: Arc::clone(&state),
            readers: [reader.clone(), long.clone()],
            path,
            homeless: AtomicBool::new(false),
            changes: Arc::clone(&changes),
        };
        let (writer, writes) = worker::start(writing, upkeep, Rank::Behind)?;
        state.introduce(writer.clone());
        let (recorder, records) = recorder::start(Arc::clone(&state))?;
        // What an earlier process left behind.
        state.hurry();
        let folder = Arc::new(folder.to_owned());
        let sizes = Sizes::default();
        let conversations =
            Conversations { writer, reader, long, folder, recorder, state, keeping, changes, sizes };
        Ok(Self { conversations, threads: [records, writes, reads, reads_long] })
    }

    /// Begins recordings.
    pub fn recorder(&self) -> Recorder {
        self.conversations.recorder.clone()
    }

    /// What is asked of it.
    pub fn conversations(&self) -> Conversations {
        self.conversations.clone()
    }

    /// Finishes what was asked and recorded so far and closes the database.
    pub fn close(self) {
        let Self { conversations: Conversations { writer, reader, long, recorder, state, .. }, threads } =
            self;
        let [records, writes, reads, reads_long] = threads;
        state.close();
        recorder.stop();
        end(records);
        // One after another: of connections that close at once SQLite takes none for the last, and leaves its log behind.
        for (worker, thread) in [(writer, writes), (reader, reads), (long, reads_long)] {
            worker.stop();
            end(thread);
        }
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
    keeping: Arc<Keeping>,
    state: Arc<State>,
    readers: [Worker; 2],
    /// The database.
    path: PathBuf,
    /// The database was moved aside, and there is no new one yet.
    homeless: AtomicBool,
    changes: Arc<watch::Sender<u64>>,
}

impl Upkeep {
    /// Repairs the database when somebody found it damaged.
    fn repair(&self, connection: &mut Connection) -> Result<(), Error> {
        let found =
            self.readers.iter().map(Worker::is_damaged).fold(self.state.is_damaged(), |any, one| any | one);
        if !found && !self.homeless.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.homeless.store(true, Ordering::Relaxed);
        let repaired = repair::repair_open(connection, &self.readers, &self.path)?;
        self.homeless.store(false, Ordering::Relaxed);
        self.state.repaired_as(Some(repaired));
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
        self.reload(connection)
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
        if let Err(error) = self.repair(connection) {
            self.state.fails(&error);
            return;
        }
        self.drain.drain(connection);
        self.keeping.tidy(connection);
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
