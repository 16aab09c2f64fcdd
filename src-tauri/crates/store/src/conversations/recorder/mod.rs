//! The recorder: takes exchanges from those who answer, without ever making them wait.
//!
//! What is said is kept as refcounted pieces while it is said. When nobody holds the [`Recording`] any more, the exchange
//! goes through a channel to the spooler, a thread that appends it to a file; from then on it survives the end of the
//! process. The thread that owns the database reads these files in batches, packs the bodies and inserts them.

mod body;
mod coding;
mod drain;
mod folder;
mod frame;
mod pour;
mod recording;
mod spooler;
mod state;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::sync::oneshot;

pub use recording::Recording;
pub use state::{Trouble, TroubleKind};

pub(super) use drain::Drain;
pub(super) use spooler::{Reached, start};
pub(super) use state::State;

use super::Call;
use crate::Error;
use folder::Left;
use recording::Written;
use spooler::Message;

/// Takes over what processes that are gone left in the spool below `folder`.
pub(super) fn take_over(folder: &Path) -> Result<VecDeque<Left>, Error> {
    let root = folder.join("spool");
    folder::take_over(&root).map_err(|source| Error::Files { path: root, source })
}

/// Begins recordings. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Recorder {
    spooler: Sender<Message>,
    state: Arc<State>,
}

impl Recorder {
    /// Begins the record of an exchange. It is handed in when the last clone of what is returned is dropped.
    pub fn begin(&self, call: Call) -> Recording {
        Recording::new(self.clone(), call)
    }

    /// Hands in what has ended. Never waits: when too much waits for the disk already, it is lost and counted.
    fn hand_in(&self, written: Box<Written>) {
        if written.is_lost() || !self.state.admit(written.bytes()) {
            self.state.lose(1);
            self.send(Message::Lost { bodies: written.bodies() });
            return;
        }
        self.state.expect(1);
        if !self.send(Message::Finished(written)) {
            self.state.expected(1);
            self.state.lose(1);
        }
    }

    /// Whether the spooler is still there.
    fn send(&self, message: Message) -> bool {
        self.spooler.send(message).is_ok()
    }

    /// Drops what has ended and is not in a file yet, and says how far this process has spooled; `None` when it has not.
    pub(super) async fn forget(&self) -> Result<Option<Reached>, Error> {
        let (reached, told) = oneshot::channel();
        self.send(Message::Forget { reached });
        told.await.map_err(|_| Error::Closed)
    }

    /// Ends the spooler after what was handed in before.
    pub(super) fn stop(&self) {
        // A thread that has ended already is what is wanted.
        let _ = self.spooler.send(Message::Stop);
    }
}
