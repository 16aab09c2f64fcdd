//! Recording: who does it, and what the house says of it.

use postern_console::api::recording::RecordingView;
use postern_store::{ConversationStore, Conversations};
use serde::{Deserialize, Serialize};

use super::rooms::Rooms;
use crate::Paths;

/// Whether conversations are recorded, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recording {
    /// They are.
    On,
    /// The settings do not want it.
    Off,
    /// Not for the time being.
    Private,
    /// Their database cannot be opened.
    Unavailable,
}

/// The conversations, or why there are none to be had.
pub(crate) type Kept = Result<Conversations, String>;

/// Opens the conversations. A house without them serves as well, so a failure is kept and told.
pub(super) fn open(paths: &Paths) -> Result<ConversationStore, String> {
    ConversationStore::open(paths.data()).map_err(|error| {
        tracing::error!(%error, "conversations are not recorded");
        error.to_string()
    })
}

impl Rooms {
    /// Whether conversations are recorded now.
    pub(crate) fn recording_now(&self) -> Recording {
        match () {
            () if self.conversations.is_err() => Recording::Unavailable,
            () if !self.settings().recording.enabled => Recording::Off,
            () if self.gateway.is_private() => Recording::Private,
            () => Recording::On,
        }
    }

    /// The same with how much is kept.
    pub(crate) async fn recording(&self) -> RecordingView {
        let (usage, failed) = match &self.conversations {
            Ok(kept) => match kept.usage().await {
                Ok(usage) => (Some(usage), None),
                Err(error) => (None, Some(error.to_string())),
            },
            Err(why) => (None, Some(why.clone())),
        };
        RecordingView {
            enabled: self.settings().recording.enabled,
            private: self.gateway.is_private(),
            active: self.recording_now() == Recording::On,
            failed,
            usage,
            deriving: self.deriving.get().map(|progress| *progress.borrow()),
        }
    }
}
