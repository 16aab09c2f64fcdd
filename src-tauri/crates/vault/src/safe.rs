//! Asking a place of the system for keys, and not waiting for it forever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::{KeyId, MasterKey};

/// A place of the system where keys are kept, such as the user's keyring. It is asked on one thread, one question
/// after another.
pub trait Safe: Send + 'static {
    /// The key of this name; `None` where there is none.
    fn get(&self, id: &KeyId) -> Result<Option<MasterKey>, SafeError>;
    /// Keeps the key under its name.
    fn put(&self, key: &MasterKey) -> Result<(), SafeError>;
    /// Forgets the key, if it is there.
    fn remove(&self, id: &KeyId) -> Result<(), SafeError>;
}

/// Why a place cannot be used now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SafeError {
    /// This machine or session has none.
    #[error("the system has no keyring: {0}")]
    Missing(String),
    /// It is locked, or asks the user for something.
    #[error("the system's keyring is locked or refuses: {0}")]
    Refused(String),
    /// It did not answer in time.
    #[error("the system's keyring does not answer")]
    Silent,
}

/// A safe behind a queue. What takes too long is given up; the safe may still do it.
pub(crate) struct Guarded {
    jobs: Sender<Job>,
    patience: Duration,
    /// Whether the thread is busy with something that was given up.
    stuck: Arc<AtomicBool>,
}

type Job = Box<dyn FnOnce(&dyn Safe) + Send>;

impl Guarded {
    pub(crate) fn new(safe: Box<dyn Safe>, patience: Duration) -> Self {
        let (jobs, inbox) = channel::<Job>();
        let stuck = Arc::new(AtomicBool::new(false));
        let stuck_there = Arc::clone(&stuck);
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            while let Ok(job) = inbox.recv() {
                job(safe.as_ref());
                stuck_there.store(false, Ordering::Release);
            }
        });
        // Without a thread nobody takes a job, and every question is told so.
        drop(thread);
        Self { jobs, patience, stuck }
    }

    pub(crate) fn get(&self, id: &KeyId) -> Result<Option<MasterKey>, SafeError> {
        let id = id.clone();
        self.ask(move |safe| safe.get(&id))
    }

    /// Keeps the key, and looks whether it is really there.
    pub(crate) fn put(&self, key: &MasterKey) -> Result<(), SafeError> {
        let key = key.clone();
        self.ask(move |safe| {
            safe.put(&key)?;
            match safe.get(&key.id())? {
                Some(kept) if kept == key => Ok(()),
                _ => Err(SafeError::Refused("it did not keep what it was given".to_owned())),
            }
        })
    }

    pub(crate) fn remove(&self, id: &KeyId) -> Result<(), SafeError> {
        let id = id.clone();
        self.ask(move |safe| safe.remove(&id))
    }

    fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Safe) -> Result<T, SafeError> + Send + 'static,
    ) -> Result<T, SafeError> {
        if self.stuck.load(Ordering::Acquire) {
            return Err(SafeError::Silent);
        }
        let (answer, answered) = channel();
        let job: Job = Box::new(move |safe| {
            // Who asked may have given up.
            let _ = answer.send(question(safe));
        });
        let gone = || SafeError::Missing("its thread could not be started".to_owned());
        self.jobs.send(job).map_err(|_| gone())?;
        match answered.recv_timeout(self.patience) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                self.stuck.store(true, Ordering::Release);
                Err(SafeError::Silent)
            }
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}
