//! The listener and its state.

mod socket;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwapOption;
use futures::future::join_all;
use postern_console::api::server::{FailureKind, ServerFailure};
use postern_gateway::{Ending, Gateway};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

use socket::Socket;

/// What the listener does now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerState {
    /// Clients are not served.
    Stopped,
    /// The address is being taken.
    Starting,
    /// Clients can connect.
    Running {
        /// Where, with the port the system chose if it was asked to.
        address: SocketAddr,
        /// Since when.
        since: SystemTime,
    },
    /// No new clients; running answers may end.
    Stopping,
    /// It did not start, or it broke off.
    Failed(ServerFailure),
}

/// Why the server did not start.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// It runs already.
    #[error("the server runs already")]
    Running,
    /// The address cannot be had.
    #[error("{}", .0.why)]
    Refused(ServerFailure),
}

/// What is left when clients are not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenStopped {
    /// Nothing: the port is free for others.
    Nothing,
    /// The console, at the same address, so that somebody in a browser can start the server again.
    Console,
}

/// Starts, moves and stops the listener, and owns its state.
pub struct Server {
    gateway: Gateway,
    when_stopped: WhenStopped,
    state: watch::Sender<ServerState>,
    /// Where the socket is, for those who do not want to wait for a change that is under way.
    listens: ArcSwapOption<SocketAddr>,
    holding: Mutex<Holding>,
}

/// What is held of the system.
#[derive(Default)]
struct Holding {
    socket: Option<Socket>,
    /// Answers clients.
    clients: Option<Serving>,
    /// Answers at the console only.
    console: Option<Serving>,
    /// Listeners that moved away and whose answers still run.
    moved: Vec<Serving>,
}

/// Something that answers on a socket.
struct Serving {
    ending: Ending,
    task: JoinHandle<()>,
}

impl Server {
    /// A server that is stopped.
    pub fn new(gateway: Gateway, when_stopped: WhenStopped) -> Self {
        let state = watch::Sender::new(ServerState::Stopped);
        Self { gateway, when_stopped, state, listens: ArcSwapOption::empty(), holding: Mutex::default() }
    }

    /// What it does now.
    pub fn state(&self) -> ServerState {
        self.state.borrow().clone()
    }

    /// Where it listens: for clients, or for the console only.
    pub fn listens(&self) -> Option<SocketAddr> {
        self.listens.load().as_deref().copied()
    }

    fn keep(&self, holding: &mut Holding, socket: Option<Socket>) {
        self.listens.store(socket.as_ref().map(|socket| Arc::new(socket.address())));
        holding.socket = socket;
    }

    /// Hears of every change of its state.
    pub fn watch(&self) -> watch::Receiver<ServerState> {
        self.state.subscribe()
    }

    /// Whether anybody can reach it, be it at the console only.
    pub async fn answers(&self) -> bool {
        let holding = self.holding.lock().await;
        let clients = !matches!(self.state(), ServerState::Failed(_)) && runs(holding.clients.as_ref());
        clients || runs(holding.console.as_ref())
    }

    /// Takes the address and answers clients there.
    pub async fn start(&self, address: SocketAddr) -> Result<SocketAddr, StartError> {
        let mut holding = self.holding.lock().await;
        if holding.clients.as_ref().is_some_and(Serving::runs) {
            return Err(StartError::Running);
        }
        // What broke off answers nobody.
        holding.clients = None;
        self.state.send_replace(ServerState::Starting);
        match self.take(&mut holding, address).await {
            Ok(bound) => {
                // First, so that nobody who hears that it runs is told at the console that it does not.
                end(holding.console.take());
                self.running(bound);
                Ok(bound)
            }
            Err(failure) => {
                self.state.send_replace(ServerState::Failed(failure.clone()));
                Err(StartError::Refused(failure))
            }
        }
    }

    async fn take(&self, holding: &mut Holding, address: SocketAddr) -> Result<SocketAddr, ServerFailure> {
        self.may_listen(address)?;
        let fresh = match &holding.socket {
            Some(socket) if socket.is_at(address) => None,
            _ => Some(self.open(holding, address).await?),
        };
        let socket = fresh.as_ref().or(holding.socket.as_ref()).ok_or_else(|| failed("no socket"))?;
        let bound = socket.address();
        holding.clients = Some(self.serve_clients(socket)?);
        if fresh.is_some() {
            self.keep(holding, fresh);
        }
        Ok(bound)
    }

    /// Moves to another address. Answers that run go on to their end. If the address cannot be had, nothing
    /// changes.
    pub async fn rebind(&self, address: SocketAddr) -> Result<(), ServerFailure> {
        let mut holding = self.holding.lock().await;
        if holding.socket.as_ref().is_none_or(|socket| socket.is_at(address)) {
            return Ok(());
        }
        self.may_listen(address)?;
        let for_clients = holding.clients.is_some();
        let socket = self.open(&mut holding, address).await?;
        let bound = socket.address();
        if for_clients {
            let new = self.serve_clients(&socket)?;
            if let Some(old) = holding.clients.replace(new) {
                leave(&mut holding, old);
            }
        } else {
            let new = self.serve_console(&socket)?;
            end(holding.console.replace(new));
        }
        self.keep(&mut holding, Some(socket));
        if for_clients {
            self.running(bound);
        } else {
            // The state is the same, its place is not.
            self.state.send_modify(|_| {});
        }
        Ok(())
    }

    /// Takes the address, also when this server itself has the port.
    async fn open(&self, holding: &mut Holding, address: SocketAddr) -> Result<Socket, ServerFailure> {
        match Socket::open(address).await {
            Err(failure) if self.is_in_the_way(holding, address, &failure) => {
                self.open_after_closing(holding, address).await
            }
            opened => opened,
        }
    }

    /// Whether it is this server itself that has the port: on another of this machine's addresses.
    fn is_in_the_way(&self, holding: &Holding, address: SocketAddr, failure: &ServerFailure) -> bool {
        let own = holding.socket.as_ref().map(|socket| socket.address().port());
        failure.kind == FailureKind::PortTaken && own == Some(address.port())
    }

    /// Lets go of the present address first. When the new one cannot be had even so, goes back.
    async fn open_after_closing(
        &self,
        holding: &mut Holding,
        address: SocketAddr,
    ) -> Result<Socket, ServerFailure> {
        let Some(old) = holding.socket.take().map(|socket| socket.address()) else {
            return Socket::open(address).await;
        };
        let for_clients = holding.clients.is_some();
        if let Some(clients) = holding.clients.take() {
            clients.ending.moved.cancel();
            clients.ending.let_go.cancelled().await;
            leave(holding, clients);
        }
        if let Some(console) = holding.console.take() {
            console.ending.shutdown.cancel();
            console.ending.let_go.cancelled().await;
        }
        let opened = Socket::open(address).await;
        if opened.is_err() {
            self.go_back(holding, old, for_clients).await;
        }
        opened
    }

    /// Takes the address that was given up a moment ago.
    async fn go_back(&self, holding: &mut Holding, old: SocketAddr, for_clients: bool) {
        let back = async {
            let socket = Socket::open(old).await?;
            if for_clients {
                holding.clients = Some(self.serve_clients(&socket)?);
            } else if self.when_stopped == WhenStopped::Console {
                holding.console = Some(self.serve_console(&socket)?);
            }
            self.keep(holding, Some(socket));
            Ok(())
        };
        if let Err(lost) = back.await {
            self.keep(holding, None);
            self.state.send_replace(ServerState::Failed(lost));
        }
    }

    /// Takes no more clients, gives running answers `patience` to end, then cuts them off.
    pub async fn stop(&self, patience: Duration) {
        let mut holding = self.holding.lock().await;
        let clients = holding.clients.take();
        if clients.as_ref().is_some_and(Serving::runs) {
            self.state.send_replace(ServerState::Stopping);
        }
        if self.when_stopped == WhenStopped::Console {
            self.keep_console(&mut holding);
        } else {
            self.keep(&mut holding, None);
        }
        let mut ended: Vec<Serving> = std::mem::take(&mut holding.moved);
        ended.extend(clients);
        finish(ended, patience).await;
        self.state.send_replace(ServerState::Stopped);
    }

    fn keep_console(&self, holding: &mut Holding) {
        let Some(socket) = holding.socket.as_ref().filter(|_| holding.console.is_none()) else { return };
        match self.serve_console(socket) {
            Ok(console) => holding.console = Some(console),
            Err(failure) => tracing::warn!(%failure.why, "the console cannot stay"),
        }
    }

    /// Ends everything, the console too.
    pub async fn close(&self, patience: Duration) {
        let mut holding = self.holding.lock().await;
        let Holding { socket, clients, console, moved } = std::mem::take(&mut *holding);
        if clients.is_some() {
            self.state.send_replace(ServerState::Stopping);
        }
        self.listens.store(None);
        drop(socket);
        finish(moved.into_iter().chain(clients).chain(console).collect(), patience).await;
        self.state.send_replace(ServerState::Stopped);
    }

    /// Stops if it runs, and starts at `address`.
    pub async fn restart(&self, address: SocketAddr, patience: Duration) -> Result<SocketAddr, StartError> {
        self.stop(patience).await;
        self.start(address).await
    }

    fn may_listen(&self, address: SocketAddr) -> Result<(), ServerFailure> {
        self.gateway.may_bind(address).map_err(|open| ServerFailure {
            kind: FailureKind::OpenDoor,
            why: open.to_string(),
            holder: None,
            free_port: None,
        })
    }

    fn running(&self, address: SocketAddr) {
        self.state.send_replace(ServerState::Running { address, since: SystemTime::now() });
    }

    fn serve_clients(&self, socket: &Socket) -> Result<Serving, ServerFailure> {
        let listener = socket.listener()?;
        let ending = Ending::default();
        let (gateway, asked, state) = (self.gateway.clone(), ending.clone(), self.state.clone());
        let task = tokio::spawn(async move {
            let ended = gateway.serve_until(listener, asked.clone()).await;
            if asked.moved.is_cancelled() || asked.shutdown.is_cancelled() {
                return;
            }
            let why = match ended {
                Err(error) => error.to_string(),
                Ok(()) => "the listener ended by itself".to_owned(),
            };
            state.send_replace(ServerState::Failed(failed(why)));
        });
        Ok(Serving { ending, task })
    }

    fn serve_console(&self, socket: &Socket) -> Result<Serving, ServerFailure> {
        let listener = socket.listener()?;
        let ending = Ending::default();
        let (gateway, asked) = (self.gateway.clone(), ending.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = gateway.serve_side_only(listener, asked).await {
                tracing::warn!(%error, "the console ended");
            }
        });
        Ok(Serving { ending, task })
    }
}

fn runs(serving: Option<&Serving>) -> bool {
    serving.is_some_and(Serving::runs)
}

impl Serving {
    fn runs(&self) -> bool {
        !self.task.is_finished()
    }
}

fn failed(why: impl Into<String>) -> ServerFailure {
    ServerFailure { kind: FailureKind::Other, why: why.into(), holder: None, free_port: None }
}

/// Lets the listener go; its answers run on.
fn leave(holding: &mut Holding, old: Serving) {
    old.ending.moved.cancel();
    holding.moved.retain(Serving::runs);
    holding.moved.push(old);
}

/// Ends the console's listener. What it answers is short and ends by itself.
fn end(console: Option<Serving>) {
    if let Some(console) = console {
        console.ending.shutdown.cancel();
    }
}

/// Ends all of them; those that have not ended in time are dropped.
async fn finish(mut ended: Vec<Serving>, patience: Duration) {
    for serving in &ended {
        serving.ending.shutdown.cancel();
    }
    let all = join_all(ended.iter_mut().map(|serving| &mut serving.task));
    if tokio::time::timeout(patience, all).await.is_err() {
        for serving in &ended {
            serving.task.abort();
        }
    }
}

#[cfg(test)]
mod tests;
