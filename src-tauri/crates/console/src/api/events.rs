//! The event stream: what changed, as it changes.

use postern_store::RequestRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accounts::AccountView;
use super::enrolments::EnrolmentView;
use super::overview::QueueEntry;
use super::server::ServerStatus;

/// One event; the data line of a server-sent event of `GET /api/events`. Events of one kind come at most ten times a
/// second, each with everything since the one before.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The stream begins: everything that was read before may be old.
    Hello,
    /// The server's state.
    Server {
        /// The new state.
        server: ServerStatus,
    },
    /// The accounts and their states.
    Accounts {
        /// All of them.
        accounts: Vec<AccountView>,
    },
    /// The enrolments under way.
    Enrolments {
        /// All of them.
        enrolments: Vec<EnrolmentView>,
    },
    /// The queue.
    Queue {
        /// Everything in it.
        queue: Vec<QueueEntry>,
    },
    /// Requests that began, went on or ended, each as it is now.
    Requests {
        /// The rows, oldest change first.
        rows: Vec<RequestRow>,
        /// Whether some changes were left out because there were too many; read the page anew.
        gap: bool,
    },
    /// The providers with keys, or the states of their keys, changed; read them anew.
    Upstreams,
    /// A server was asked for that may not be reached through this one; read the path proxy anew.
    Refusals,
    /// Conversations came, went on, or were reviewed; read them anew.
    Conversations,
    /// An export went on or ended; read them anew.
    Exports,
    /// The keys changed; read them anew.
    Keys,
    /// The models changed; read them anew.
    Models,
    /// The settings changed; read them anew.
    Settings,
    /// Whether conversations are recorded changed; read it anew.
    Recording,
    /// The log has grown.
    Logs {
        /// Its last line.
        last: u64,
    },
}
