//! Who derives: a server that runs, or else this command itself.

use anyhow::Result;
use postern_app::{DataLock, LockError, Paths};
use postern_curation::Deriving;
use postern_store::Conversations;

/// No server runs, and none begins as long as this lasts: what is recorded is derived here.
pub(super) struct Alone {
    pub(super) deriving: Deriving,
    _lock: DataLock,
}

impl Alone {
    /// Begins to derive, unless a server does.
    pub(super) fn here(paths: &Paths, conversations: &Conversations) -> Result<Option<Self>> {
        match DataLock::take(paths) {
            Ok(lock) => Ok(Some(Self { deriving: Deriving::start(conversations.clone()), _lock: lock })),
            Err(LockError::InUse { .. }) => Ok(None),
            Err(error @ LockError::Io { .. }) => Err(error.into()),
        }
    }

    /// Ends after the exchange at hand.
    pub(super) async fn end(self) {
        self.deriving.stop().await;
    }
}
