//! The one thread that owns the connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::conversations::is_damage;
use crate::{Error, give_way};

/// How often the thread does its chores, and looks whether another process changed the database.
const TICK: Duration = Duration::from_millis(500);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

enum Command {
    Run(Job),
    Chores,
    Stop,
}

/// What the thread does by itself.
pub(crate) trait Chores: Send + 'static {
    /// Another connection has committed; called once at the start too.
    fn reload(&self, connection: &Connection) -> Result<(), Error>;
    /// Writes what has gathered in memory. Called on every tick and at the end.
    fn save(&self, connection: &mut Connection);
}

/// Hands jobs to the thread.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    commands: Sender<Command>,
    /// A job found the database damaged.
    damaged: Arc<AtomicBool>,
}

impl Worker {
    /// Runs `job` on the thread and waits for what it returns.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let damaged = Arc::clone(&self.damaged);
        let job: Job = Box::new(move |connection| {
            // The caller may have gone away; the work is done all the same.
            let _ = answer.send(noticed(job(connection), &damaged));
        });
        self.commands.send(Command::Run(job)).map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Runs `job`, which changes nothing, on the thread. A question that nobody waits for any more is not answered: who
    /// types asks more often than reads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let damaged = Arc::clone(&self.damaged);
        let job: Job = Box::new(move |connection| {
            if !answer.is_closed() {
                // The caller may go away meanwhile.
                let _ = answer.send(noticed(job(connection), &damaged));
            }
        });
        self.commands.send(Command::Run(job)).map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Runs `job` on the thread in one transaction, which holds if the job succeeds. It begins as a writer: of two
    /// processes that change the same rows at once, the second waits for the first.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run(move |connection| write(connection, job)).await
    }

    /// Runs `job` on the thread, and nobody waits for it.
    pub(crate) fn post(&self, job: impl FnOnce(&mut Connection) + Send + 'static) {
        // After the end nothing is written any more.
        let _ = self.commands.send(Command::Run(Box::new(job)));
    }

    /// Asks for the chores before the next tick.
    pub(crate) fn hurry(&self) {
        // A thread that has ended has done them for the last time.
        let _ = self.commands.send(Command::Chores);
    }

    /// Whether a job found the database damaged since this was asked last.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.swap(false, Ordering::Relaxed)
    }

    /// Ends the thread after the jobs that were handed in before.
    pub(crate) fn stop(&self) {
        // A thread that has ended already is what is wanted.
        let _ = self.commands.send(Command::Stop);
    }
}

/// What a job gave back, and a mark where it found the database damaged.
fn noticed<T>(done: Result<T, Error>, damaged: &AtomicBool) -> Result<T, Error> {
    if done.as_ref().is_err_and(is_damage) {
        damaged.store(true, Ordering::Relaxed);
    }
    done
}

/// Runs `job` in one transaction on the thread that owns the connection; see [`Worker::write`].
pub(crate) fn write<T>(
    connection: &mut Connection,
    job: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = job(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// How soon the thread has its turn when the processors are busy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rank {
    /// As everybody.
    Usual,
    /// Behind those that answer.
    Behind,
}

/// Starts the thread.
pub(crate) fn start(
    connection: Connection,
    chores: impl Chores,
    rank: Rank,
) -> Result<(Worker, JoinHandle<()>), Error> {
    let (commands, inbox) = channel();
    // The version first: what is committed while the rest is read then counts as a change.
    let seen = data_version(&connection)?;
    chores.reload(&connection)?;
    let thread = std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || {
            if rank == Rank::Behind {
                give_way();
            }
            Thread { connection, chores, seen, done: Instant::now() }.serve(&inbox);
        })
        .map_err(|source| Error::Files { path: "the store's thread".into(), source })?;
    Ok((Worker { commands, damaged: Arc::default() }, thread))
}

struct Thread<C> {
    connection: Connection,
    chores: C,
    /// The data version of the last reload.
    seen: i64,
    /// When the chores were last done.
    done: Instant,
}

impl<C: Chores> Thread<C> {
    fn serve(mut self, inbox: &Receiver<Command>) {
        loop {
            match inbox.recv_timeout(TICK.saturating_sub(self.done.elapsed())) {
                Ok(Command::Run(job)) => job(&mut self.connection),
                Ok(Command::Chores) | Err(RecvTimeoutError::Timeout) => self.chores(),
                Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.done.elapsed() >= TICK {
                self.chores();
            }
            if let Err(error) = self.look() {
                tracing::warn!(%error, "could not read what another process changed; trying again");
            }
        }
        self.chores();
    }

    fn chores(&mut self) {
        self.chores.save(&mut self.connection);
        self.done = Instant::now();
    }

    fn look(&mut self) -> Result<(), Error> {
        let now = data_version(&self.connection)?;
        if now != self.seen {
            self.chores.reload(&self.connection)?;
            self.seen = now;
        }
        Ok(())
    }
}

/// SQLite's own mark that changes when another connection commits, and only then.
fn data_version(connection: &Connection) -> Result<i64, Error> {
    // It is asked after every job.
    Ok(connection.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}
