//! What a running house says about itself beside its lock, so that commands find its server even when the
//! system chose the port.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};

use super::Recording;
use super::rooms::Rooms;
use crate::{DataLock, LockError, Paths, ServerState, file};

/// The state of a house's server, as other processes read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The process of the house.
    pub process: u32,
    /// What its server does.
    pub state: PublishedState,
    /// Where it listens: for clients while it runs, else at most for the console.
    pub address: Option<SocketAddr>,
    /// Why it failed.
    pub why: Option<String>,
    /// Whether conversations are recorded.
    pub recording: Recording,
}

/// What a server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedState {
    /// Clients are not served.
    Stopped,
    /// The address is being taken.
    Starting,
    /// Clients can connect.
    Running,
    /// No new clients; running answers may end.
    Stopping,
    /// It did not start, or it broke off.
    Failed,
}

impl Published {
    /// What the house of this data folder says, if one is open. What a crashed one left behind does not count.
    pub fn read(paths: &Paths) -> Option<Self> {
        let holder = match DataLock::take(paths) {
            Err(LockError::InUse { process, .. }) => process.and_then(|process| process.parse().ok()),
            Ok(_) | Err(LockError::Io { .. }) => return None,
        };
        let text = std::fs::read_to_string(paths.server_file()).ok()?;
        let said: Self = serde_json::from_str(&text).ok()?;
        // A command may hold the folder, and then what a server left there says nothing.
        holder.is_none_or(|process: u32| said.process == process).then_some(said)
    }

    fn of(state: &ServerState, address: Option<SocketAddr>, recording: Recording) -> Self {
        let (what, why) = match state {
            ServerState::Stopped => (PublishedState::Stopped, None),
            ServerState::Starting => (PublishedState::Starting, None),
            ServerState::Running { .. } => (PublishedState::Running, None),
            ServerState::Stopping => (PublishedState::Stopping, None),
            ServerState::Failed(failure) => (PublishedState::Failed, Some(failure.why.clone())),
        };
        Self { process: std::process::id(), state: what, address, why, recording }
    }
}

/// Writes the state down whenever it changes.
pub(super) async fn publish(rooms: Arc<Rooms>) {
    let (mut states, mut recording) = (rooms.server.watch(), rooms.recording_changed.listen());
    loop {
        states.mark_unchanged();
        recording.mark_unchanged();
        rooms.publish();
        let changed = tokio::select! {
            changed = states.changed() => changed,
            changed = recording.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}

impl Rooms {
    /// Writes down what the server does now, and lets nobody out to it.
    pub(super) fn publish(&self) {
        // Whoever comes last has looked last.
        let _turn = self.publishing.lock().unwrap_or_else(PoisonError::into_inner);
        let address = self.server.listens();
        self.network.set_listening(address.into_iter().collect());
        let now = Published::of(&self.server.state(), address, self.recording_now());
        if let Err(error) = write(&self.paths.server_file(), &now) {
            tracing::warn!(%error, "other commands will not find this server");
        }
    }
}

fn write(path: &Path, published: &Published) -> io::Result<()> {
    file::replace(path, &serde_json::to_string(published)?)
}
