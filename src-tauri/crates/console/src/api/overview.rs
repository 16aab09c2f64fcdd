//! What the first page shows, the queue, and the first run.

use postern_store::{FailureGroup, Totals};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accounts::AccountView;
use super::server::ServerStatus;

/// Everything on the first page.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Overview {
    /// The server.
    pub server: ServerStatus,
    /// The last 24 hours.
    pub totals: Totals,
    /// Requests since midnight of the caller's day.
    pub today: Today,
    /// Recent failures by cause.
    pub failures: Vec<FailureGroup>,
    /// The accounts, worst first.
    pub accounts: Vec<AccountView>,
    /// Who is answered and who waits.
    pub queue: Vec<QueueEntry>,
    /// How far the first steps are.
    pub setup: Setup,
}

/// Requests since midnight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Today {
    /// All of them.
    pub requests: u64,
    /// Those that failed.
    pub failed: u64,
}

/// A request in the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueEntry {
    /// Its id.
    pub id: String,
    /// The model asked for.
    pub model: String,
    /// The upstream in whose line it is.
    pub upstream: String,
    /// Whether the answer is streamed.
    pub stream: bool,
    /// Places in front of it and itself; `None` while it is being answered.
    pub position: Option<usize>,
    /// Since when, in milliseconds of Unix time.
    pub since_ms: u64,
    /// The name of the caller's key.
    pub key: Option<String>,
}

/// How far the first steps are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Setup {
    /// When the owner agreed to the terms and risks, in seconds of Unix time.
    pub consent_at: Option<i64>,
    /// Whether the owner put the first run away.
    pub dismissed: bool,
    /// Whether a client has got an answer.
    pub answered: bool,
    /// Whether an account exists.
    pub has_account: bool,
    /// Whether a key exists.
    pub has_key: bool,
}

/// What to change of the first steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupChange {
    /// Agree, or take it back.
    #[serde(default)]
    pub consent: Option<bool>,
    /// Put the first run away, or bring it back.
    #[serde(default)]
    pub dismissed: Option<bool>,
}

/// Which day the first page counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OverviewQuery {
    /// Midnight of the caller's day, in seconds of Unix time; of UTC's day without it.
    #[serde(default)]
    pub day_start: Option<i64>,
}

/// The queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueueView {
    /// Who is answered and who waits.
    pub queue: Vec<QueueEntry>,
}
