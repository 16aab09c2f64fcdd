//! Something that is to be read anew.

use tokio::sync::watch;

/// Tells listeners that something changed; how often means nothing. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Signal(watch::Sender<u64>);

impl Default for Signal {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Signal {
    pub(crate) fn give(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }

    /// Gives the signal whenever `source` has something new, until its sender is gone.
    pub(crate) async fn repeat<T>(self, mut source: watch::Receiver<T>) {
        while source.changed().await.is_ok() {
            self.give();
        }
    }
}
