//! The one thread that owns the connection.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::Error;

/// How often the thread looks whether another process changed the database.
const TICK: Duration = Duration::from_millis(500);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

enum Command {
    Run(Job),
    Stop,
}

/// Hands jobs to the thread.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    commands: Sender<Command>,
}

impl Worker {
    /// Runs `job` on the thread and waits for what it returns.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // The caller may have gone away; the work is done all the same.
            let _ = answer.send(job(connection));
        });
        self.commands.send(Command::Run(job)).map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Ends the thread after the jobs that were handed in before.
    pub(crate) fn stop(&self) {
        // A thread that has ended already is what is wanted.
        let _ = self.commands.send(Command::Stop);
    }
}

/// Starts the thread. `on_foreign_change` is called once here and then on the thread each time another
/// connection has committed.
pub(crate) fn start(
    connection: Connection,
    on_foreign_change: impl Fn(&Connection) -> Result<(), Error> + Send + 'static,
) -> Result<(Worker, JoinHandle<()>), Error> {
    let (commands, inbox) = channel();
    // The version first: what is committed while the rest is read then counts as a change.
    let watch = Watch { seen: data_version(&connection)?, on_foreign_change };
    (watch.on_foreign_change)(&connection)?;
    let thread = std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || serve(connection, &inbox, watch))
        .map_err(|source| Error::Files { path: "the store's thread".into(), source })?;
    Ok((Worker { commands }, thread))
}

fn serve<F: Fn(&Connection) -> Result<(), Error>>(
    mut connection: Connection,
    inbox: &Receiver<Command>,
    mut watch: Watch<F>,
) {
    loop {
        match inbox.recv_timeout(TICK) {
            Ok(Command::Run(job)) => job(&mut connection),
            Err(RecvTimeoutError::Timeout) => {}
            Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return,
        }
        if let Err(error) = watch.look(&connection) {
            tracing::warn!(%error, "could not read what another process changed; trying again");
        }
    }
}

struct Watch<F> {
    seen: i64,
    on_foreign_change: F,
}

impl<F: Fn(&Connection) -> Result<(), Error>> Watch<F> {
    fn look(&mut self, connection: &Connection) -> Result<(), Error> {
        let now = data_version(connection)?;
        if now != self.seen {
            (self.on_foreign_change)(connection)?;
            self.seen = now;
        }
        Ok(())
    }
}

/// SQLite's own mark that changes when another connection commits, and only then.
fn data_version(connection: &Connection) -> Result<i64, Error> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}
