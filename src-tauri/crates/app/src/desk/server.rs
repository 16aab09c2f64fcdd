//! The server as a state.

use std::sync::Arc;
use std::time::UNIX_EPOCH;

use postern_console::api::server::{ServerState as Shown, ServerStatus};
use postern_console::{Code, Trouble};

use super::HouseDesk;
use crate::house::CUT_OFF;
use crate::{ServerState, StartError, base_url};

impl HouseDesk {
    pub(super) fn server_status(&self) -> ServerStatus {
        let state = self.rooms.server.state();
        let wanted = self.rooms.wanted_address();
        let at = match state {
            ServerState::Running { address, .. } => address,
            _ => wanted,
        };
        ServerStatus {
            state: shown(&state),
            configured: wanted.to_string(),
            open: self.rooms.keys.is_empty(),
            beyond_loopback: !at.ip().to_canonical().is_loopback(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    pub(super) async fn start_server(&self) -> Result<ServerStatus, Trouble> {
        match self.rooms.server.start(self.rooms.wanted_address()).await {
            // That it failed, and why, is its state.
            Ok(_) | Err(StartError::Refused(_)) => Ok(self.server_status()),
            Err(error @ StartError::Running) => Err(Trouble::new(Code::Conflict, error.to_string())),
        }
    }

    pub(super) async fn stop_server(&self) -> Result<ServerStatus, Trouble> {
        let rooms = Arc::clone(&self.rooms);
        let mut states = rooms.server.watch();
        tokio::spawn(async move { rooms.server.stop(CUT_OFF).await });
        // What is answered is the state after the stop has begun; it may have ended by then.
        let begun =
            |state: &ServerState| !matches!(state, ServerState::Running { .. } | ServerState::Starting);
        let _ = states.wait_for(begun).await;
        Ok(self.server_status())
    }

    pub(super) async fn restart_server(&self) -> Result<ServerStatus, Trouble> {
        let rooms = Arc::clone(&self.rooms);
        tokio::spawn(async move {
            if let Err(error) = rooms.server.restart(rooms.wanted_address(), CUT_OFF).await {
                tracing::warn!(%error, "the server did not start again");
            }
        });
        Ok(self.server_status())
    }
}

fn shown(state: &ServerState) -> Shown {
    match state {
        ServerState::Stopped => Shown::Stopped,
        ServerState::Starting => Shown::Starting,
        ServerState::Running { address, since } => Shown::Running {
            address: address.to_string(),
            base_url: format!("{}/v1", base_url(*address)),
            since: since.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs(),
        },
        ServerState::Stopping => Shown::Stopping,
        ServerState::Failed(failure) => Shown::Failed(failure.clone()),
    }
}
