//! Whether conversations are recorded, and how much of them is kept.

use postern_store::{Progress, RecordingUsage};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether conversations are recorded, and how much of them is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingView {
    /// Whether the settings want them recorded.
    pub enabled: bool,
    /// Whether nothing is recorded for the time being. It ends with the program.
    pub private: bool,
    /// Whether what begins now is recorded, unless its key, its server or its client says no.
    pub active: bool,
    /// Why they cannot be recorded and read, if they cannot.
    pub failed: Option<String>,
    /// How much is kept, where that could be read.
    pub usage: Option<RecordingUsage>,
    /// How much of it has been read as conversations.
    pub deriving: Option<Progress>,
}

/// Begins or ends a private time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordingChange {
    /// Whether nothing is to be recorded from now on.
    pub private: bool,
}
