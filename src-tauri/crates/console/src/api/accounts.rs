//! Accounts.

use postern_protocol::account::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An account as the window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// The upstream it belongs to.
    pub upstream: String,
    /// Its name, unique within the upstream.
    pub name: String,
    /// What it can do now.
    pub status: State,
    /// The one thing its owner should do next.
    pub action: Option<String>,
    /// Whether it is used for requests.
    pub enabled: bool,
    /// Requests that it answers or that wait for it.
    pub pending: usize,
    /// How many models it offers, once known.
    pub models: Option<usize>,
    /// When its profile was made, in seconds of Unix time.
    pub created_at: Option<u64>,
    /// Its profile folder.
    pub profile: String,
    /// Bytes of its profile folder.
    pub profile_bytes: Option<u64>,
    /// Bytes of memory that its browser uses; `None` while none runs.
    pub memory_bytes: Option<u64>,
    /// When it last answered, in seconds of Unix time.
    pub last_used_at: Option<u64>,
    /// When it was last checked, in seconds of Unix time.
    pub checked_at: Option<u64>,
}

/// What to change of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Its new name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it is used for requests.
    #[serde(default)]
    pub enabled: Option<bool>,
}

/// All accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountsView {
    /// Worst first.
    pub accounts: Vec<AccountView>,
}
