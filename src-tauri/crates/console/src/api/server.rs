//! The server as a state.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the listener does now, and where it is meant to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerStatus {
    /// What the listener does.
    #[serde(flatten)]
    pub state: ServerState,
    /// The address of the settings, as `HOST:PORT`.
    pub configured: String,
    /// Whether clients on this computer need no key, because none exists.
    pub open: bool,
    /// Whether other machines can reach it.
    pub beyond_loopback: bool,
    /// The version of Postern.
    pub version: String,
}

/// What the listener does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ServerState {
    /// Clients are not served.
    Stopped,
    /// The address is being taken.
    Starting,
    /// Clients can connect.
    Running {
        /// Where, as `HOST:PORT`.
        address: String,
        /// What a client on this computer is given as base URL, with `/v1`.
        base_url: String,
        /// Since when, in seconds of Unix time.
        since: u64,
    },
    /// No new clients; running answers may end.
    Stopping,
    /// It did not start, or it broke off.
    Failed(ServerFailure),
}

/// Why the server does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerFailure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// What happened and what to do.
    pub why: String,
    /// The program that holds the port, where it is known.
    pub holder: Option<String>,
    /// The next free port, where another port would help.
    pub free_port: Option<u16>,
}

/// Kinds of failure that ask for different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Another program listens on the port.
    PortTaken,
    /// The system has set the port aside (Windows excluded ranges).
    Reserved,
    /// This user may not listen on the port.
    NotAllowed,
    /// The address is not one of this machine.
    NotHere,
    /// It would be open to the network without a key.
    OpenDoor,
    /// Anything else.
    Other,
}
