//! Connecting clients.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A client whose configuration Postern can write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClientView {
    /// Which one.
    pub id: ClientId,
    /// The file it reads.
    pub path: String,
    /// Whether that file exists.
    pub exists: bool,
    /// Whether Postern is in it, with the present address.
    pub configured: bool,
    /// When the last backup was made, in seconds of Unix time.
    pub backup_at: Option<u64>,
}

/// Clients with a configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClientId {
    /// Continue: `~/.continue/config.yaml`.
    Continue,
    /// aider: `~/.aider.conf.yml`.
    Aider,
    /// OpenCode: `opencode.json`.
    OpenCode,
}

/// What to write.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientChoice {
    /// The model that the client is to use.
    pub model: String,
    /// The key it is to send; none while the server is open.
    #[serde(default)]
    pub key: Option<String>,
}

/// What would be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClientPreview {
    /// The file.
    pub path: String,
    /// The difference as unified text, the key masked.
    pub diff: String,
    /// What the file is like now; applying refuses when it has changed since.
    pub revision: String,
    /// Whether nothing would change.
    pub unchanged: bool,
}

/// Write what was previewed.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientApply {
    /// The model that the client is to use.
    pub model: String,
    /// The key it is to send.
    #[serde(default)]
    pub key: Option<String>,
    /// The revision of the preview.
    pub revision: String,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClientApplied {
    /// The file.
    pub path: String,
    /// The copy of what was there; `None` when there was nothing.
    pub backup: Option<String>,
}

/// One request to see whether everything fits together.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectTest {
    /// The model to ask.
    pub model: String,
    /// The key to send, as a client would; without it the console asks for itself.
    #[serde(default)]
    pub key: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectResult {
    /// Whether an answer came.
    pub ok: bool,
    /// The HTTP status that a client would have seen.
    pub status: u16,
    /// The request's id.
    pub request_id: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// The beginning of the answer.
    pub answer: Option<String>,
    /// Milliseconds until the first piece.
    pub first_ms: Option<u64>,
    /// Milliseconds until the end.
    pub total_ms: u64,
    /// Tokens of the prompt, as the upstream told them.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer, as the upstream told them.
    pub completion_tokens: Option<u64>,
    /// What is wrong and what to do.
    pub error: Option<String>,
}

/// The clients whose configuration can be written on this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClientsView {
    /// One entry each.
    pub clients: Vec<ClientView>,
}
