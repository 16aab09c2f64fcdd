//! The listener and its state.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use postern_gateway::{Gateway, OpenDoor};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::port;

/// What the listener does now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ServerState {
    /// Nothing listens.
    Stopped,
    /// The address is being taken.
    Starting,
    /// Clients can connect.
    Running {
        /// Where, with the port the system chose if it was asked to.
        address: SocketAddr,
    },
    /// No new clients; running answers may end.
    Stopping,
    /// It did not start, or it broke off.
    Failed {
        /// What happened and what to do.
        why: String,
    },
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It runs already.
    #[error("the server runs already")]
    Running,
    /// It would be open to the network.
    #[error(transparent)]
    Open(#[from] OpenDoor),
    /// Another program listens there.
    #[error(
        "port {} of {} is taken{}; stop that program, or choose another port with --port, POSTERN_PORT or \
         `port` under [server] in the configuration file (0 picks a free one)",
        address.port(),
        address.ip(),
        holder.as_ref().map(|name| format!(" by {name}")).unwrap_or_default()
    )]
    PortTaken {
        /// The wanted address.
        address: SocketAddr,
        /// The other program, where it can be found out.
        holder: Option<String>,
    },
    /// The address belongs to another machine.
    #[error("{} is not an address of this machine; use 127.0.0.1, 0.0.0.0 or one it has", .0.ip())]
    NotHere(SocketAddr),
    /// The port is reserved.
    #[error("this user may not listen on port {}; choose one from 1024 up", .0.port())]
    NotAllowed(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {address}: {source}")]
    Io {
        /// The wanted address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// Starts and stops the listener, and owns its state.
#[derive(Debug)]
pub struct Server {
    state: watch::Sender<ServerState>,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    shutdown: CancellationToken,
    task: JoinHandle<()>,
}

impl Default for Server {
    fn default() -> Self {
        Self { state: watch::Sender::new(ServerState::Stopped), running: Mutex::default() }
    }
}

impl Server {
    /// What it does now.
    pub fn state(&self) -> ServerState {
        self.state.borrow().clone()
    }

    /// Hears of every change of its state.
    pub fn watch(&self) -> watch::Receiver<ServerState> {
        self.state.subscribe()
    }

    /// Takes the address and lets `gateway` answer there.
    pub async fn start(&self, gateway: &Gateway, address: SocketAddr) -> Result<SocketAddr, StartError> {
        let mut running = self.running.lock().await;
        if running.as_ref().is_some_and(|running| !running.task.is_finished()) {
            return Err(StartError::Running);
        }
        self.state.send_replace(ServerState::Starting);
        match bind(gateway, address).await {
            Ok((listener, address)) => {
                self.state.send_replace(ServerState::Running { address });
                *running = Some(self.serve(gateway.clone(), listener));
                Ok(address)
            }
            Err(error) => {
                self.state.send_replace(ServerState::Failed { why: error.to_string() });
                Err(error)
            }
        }
    }

    fn serve(&self, gateway: Gateway, listener: TcpListener) -> Running {
        let shutdown = CancellationToken::new();
        let asked = shutdown.clone();
        let state = self.state.clone();
        let task = tokio::spawn(async move {
            let ended = gateway.serve(listener, asked.clone()).await;
            state.send_replace(match ended {
                Err(error) => ServerState::Failed { why: error.to_string() },
                Ok(()) if asked.is_cancelled() => ServerState::Stopped,
                Ok(()) => ServerState::Failed { why: "the listener ended by itself".to_owned() },
            });
        });
        Running { shutdown, task }
    }

    /// Takes no more clients, gives running answers `patience` to end, then cuts them off.
    pub async fn stop(&self, patience: Duration) {
        let Some(mut running) = self.running.lock().await.take() else { return };
        if running.task.is_finished() {
            return;
        }
        self.state.send_replace(ServerState::Stopping);
        running.shutdown.cancel();
        if tokio::time::timeout(patience, &mut running.task).await.is_err() {
            running.task.abort();
            self.state.send_replace(ServerState::Stopped);
        }
    }
}

async fn bind(gateway: &Gateway, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    gateway.may_bind(address)?;
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken { address, holder: port::listener(address.port()) },
        io::ErrorKind::AddrNotAvailable => StartError::NotHere(address),
        io::ErrorKind::PermissionDenied => StartError::NotAllowed(address),
        _ => StartError::Io { address, source },
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(|source| StartError::Io { address, source })?;
    Ok((listener, bound))
}
