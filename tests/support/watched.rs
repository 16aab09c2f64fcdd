//! What a stand-in knows, shared by whoever serves and whoever tests, and waiting for it to change.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;

/// How long [`Watched::wait`] waits before it calls a test lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// A value that can be waited for. Clones share it.
pub(crate) struct Watched<T>(Arc<Shared<T>>);

struct Shared<T> {
    value: Mutex<T>,
    changed: watch::Sender<u64>,
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Watched<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Arc::new(Shared { value: Mutex::new(value), changed: watch::Sender::new(0) }))
    }

    /// The value as it is.
    pub(crate) fn now(&self) -> MutexGuard<'_, T> {
        self.0.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes it and tells those who wait.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.now());
        self.0.changed.send_modify(|version| *version += 1);
        result
    }

    /// Waits until there is something. What is taken from the value meanwhile is told to nobody.
    pub(crate) async fn until<R>(&self, mut met: impl FnMut(&mut T) -> Option<R>) -> R {
        let mut changes = self.0.changed.subscribe();
        loop {
            if let Some(found) = met(&mut self.now()) {
                return found;
            }
            // The sender lives as long as `self`, so this only ever returns on a change.
            let _ = changes.changed().await;
        }
    }

    /// The same, but it fails after a minute, with what was `seen` until then: the test is lost.
    pub(crate) async fn wait<R, S: Debug>(
        &self,
        met: impl FnMut(&mut T) -> Option<R>,
        seen: impl Fn(&T) -> S,
    ) -> anyhow::Result<R> {
        tokio::time::timeout(PATIENCE, self.until(met))
            .await
            .with_context(|| format!("the stand-in waited in vain: {:#?}", seen(&self.now())))
    }
}
