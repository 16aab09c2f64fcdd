//! Exports that run while their owner does something else.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postern_store::Conversations;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::{Error, Preview, Spec, Stored, Summary, Watch, export, preview};

/// So many that have ended are remembered.
const REMEMBERED: usize = 20;

/// An export, running or ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// Names it; later ones have larger numbers.
    pub id: u64,
    /// What was asked for.
    pub spec: Spec,
    /// Where it goes.
    #[schema(value_type = String)]
    pub folder: PathBuf,
    /// Conversations that are done.
    pub done: u64,
    /// Of so many.
    pub of: u64,
    /// Where it is.
    pub state: JobState,
}

/// Where an export is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum JobState {
    /// It runs.
    Running,
    /// It is written.
    Done {
        /// What was written.
        summary: Box<Summary>,
    },
    /// It failed, and nothing is left of it.
    Failed {
        /// Why, in plain words.
        why: String,
    },
    /// Somebody called it off, and nothing is left of it.
    Cancelled,
}

/// Exports of the store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jobs(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    conversations: Conversations,
    known: Mutex<Known>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Known {
    last: u64,
    jobs: Vec<(Job, CancellationToken)>,
}

impl Jobs {
    /// None yet.
    pub fn new(conversations: Conversations) -> Self {
        let changes = watch::Sender::new(0);
        Self(Arc::new(Inner { conversations, known: Mutex::default(), changes }))
    }

    /// Begins to write a data set into a new folder. Called within a runtime.
    pub fn start(&self, spec: Spec, folder: PathBuf) -> Job {
        let job = {
            let mut known = self.known();
            known.last += 1;
            let job = Job { id: known.last, spec, folder, done: 0, of: 0, state: JobState::Running };
            known.jobs.push((job.clone(), CancellationToken::new()));
            let ended = known.jobs.iter().position(|(job, _)| job.state != JobState::Running);
            if let Some(oldest) = ended.filter(|_| known.jobs.len() > REMEMBERED) {
                known.jobs.remove(oldest);
            }
            job
        };
        self.changed();
        let (jobs, id, spec, folder) = (self.clone(), job.id, job.spec.clone(), job.folder.clone());
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            let watch = Progress { jobs: &jobs, id, token: jobs.token(id) };
            let mut origin = Stored::new(jobs.0.conversations.clone(), spec.scope(), runtime);
            let ended = export(&spec, &folder, &mut origin, &watch);
            jobs.ended(id, ended);
        });
        job
    }

    /// All that are known, newest first.
    pub fn list(&self) -> Vec<Job> {
        self.known().jobs.iter().rev().map(|(job, _)| job.clone()).collect()
    }

    /// Calls one off; `false` when none of this name runs.
    pub fn cancel(&self, id: u64) -> bool {
        let known = self.known();
        let running = known.jobs.iter().find(|(job, _)| job.id == id && job.state == JobState::Running);
        running.map(|(_, token)| token.cancel()).is_some()
    }

    /// Calls all of them off and waits until they have cleaned up.
    pub async fn stop(&self) {
        for job in self.list() {
            self.cancel(job.id);
        }
        let mut changes = self.changes();
        while self.list().iter().any(|job| job.state == JobState::Running) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    /// What an export would write.
    ///
    /// # Errors
    ///
    /// As [`preview`] says.
    pub async fn preview(&self, spec: Spec) -> Result<Preview, Error> {
        // Whoever no longer waits for it calls it off.
        let token = CancellationToken::new();
        let _guard = token.clone().drop_guard();
        let mut origin = Stored::new(self.0.conversations.clone(), spec.scope(), Handle::current());
        let done = tokio::task::spawn_blocking(move || preview(&spec, &mut origin, &token)).await;
        done.unwrap_or(Err(Error::Cancelled))
    }

    /// Changes whenever one of them goes on.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) {
        self.0.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn token(&self, id: u64) -> CancellationToken {
        let known = self.known();
        known.jobs.iter().find(|(job, _)| job.id == id).map(|(_, token)| token.clone()).unwrap_or_default()
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut Job)) {
        if let Some((job, _)) = self.known().jobs.iter_mut().find(|(job, _)| job.id == id) {
            change(job);
        }
        self.changed();
    }

    fn ended(&self, id: u64, ended: Result<Summary, Error>) {
        let state = match ended {
            Ok(summary) => JobState::Done { summary: Box::new(summary) },
            Err(Error::Cancelled) => JobState::Cancelled,
            Err(error) => {
                tracing::warn!(%error, "an export failed");
                JobState::Failed { why: error.to_string() }
            }
        };
        self.change(id, |job| job.state = state);
    }
}

/// Tells how far one of them is.
struct Progress<'a> {
    jobs: &'a Jobs,
    id: u64,
    token: CancellationToken,
}

impl Watch for Progress<'_> {
    fn reached(&self, done: u64, of: u64) {
        // Not every conversation is worth telling.
        if done.is_multiple_of(64) || done >= of {
            self.jobs.change(self.id, |job| (job.done, job.of) = (done, of));
        }
    }

    fn called_off(&self) -> bool {
        self.token.is_cancelled()
    }
}

#[cfg(test)]
mod tests;
