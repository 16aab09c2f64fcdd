//! The public door: the OpenAI-compatible HTTP server that clients talk to.
//!
//! In come connections on a socket, out go the answers of the upstreams in the dialect the client
//! speaks. Every request passes one door (who is it, from where, may it) and leaves one line in the log;
//! every error leaves as an OpenAI error object. Nothing of a request outlives its connection: when the
//! client hangs up, its place in the queue and its upstream's work are gone.

mod answer;
mod auth;
mod body;
mod chat;
mod control;
mod cors;
mod door;
mod hosts;
mod info;
mod models;
mod queue;
mod reject;
mod serve;
mod sse;
mod stop;
mod visit;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postern_store::Keys;
use postern_upstream::Registry;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::cors::Origins;
use crate::hosts::Hosts;
use crate::queue::Queue;

/// What the owner of the server can choose.
#[derive(Clone, Debug)]
pub struct Config {
    /// Names under which the server may be reached beside the loopback ones, as `name` or `name:port`.
    pub allowed_hosts: Vec<String>,
    /// Web origins, such as `https://chat.example`, that may use the server while it asks for no key.
    pub allowed_origins: Vec<String>,
    /// Most bytes of a request body, after decompression.
    pub body_bytes: u64,
    /// Most requests that wait for one upstream.
    pub queue_length: usize,
    /// How long an upstream may work before the first piece of its answer. That it has accepted the
    /// request is no piece; a piece of its thinking is.
    pub first_byte_timeout: Duration,
    /// How long an answer may pause.
    pub silence_timeout: Duration,
    /// How long an answer may take, waiting in the queue not counted. A request body has as long to come.
    pub total_timeout: Duration,
    /// After how much silence a streamed answer says that it is still there.
    pub keep_alive: Duration,
    /// How long the head of a request may take, and how long a connection may idle.
    pub header_timeout: Duration,
    /// How long running answers may take to end when the server stops. Then they end with a failure, and
    /// their clients have another 200 milliseconds to take it.
    pub shutdown_timeout: Duration,
    /// The product's version.
    pub version: &'static str,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            body_bytes: 64 * 1024 * 1024,
            queue_length: 100,
            first_byte_timeout: Duration::from_secs(300),
            silence_timeout: Duration::from_secs(120),
            total_timeout: Duration::from_secs(1800),
            keep_alive: Duration::from_secs(15),
            header_timeout: Duration::from_secs(75),
            shutdown_timeout: Duration::from_secs(10),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// Refuses to open a server to the network that asks nobody for a key.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "{0} can be reached from other machines, and no client key exists, so anybody could use this server. \
     Make a key first with `postern key add`, or listen on 127.0.0.1."
)]
pub struct OpenDoor(pub SocketAddr);

/// The server, before it has a socket. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    hosts: Hosts,
    origins: Origins,
    keys: Keys,
    registry: Registry,
    queue: Queue,
}

impl Gateway {
    /// A server that admits the holders of `keys` to the upstreams of `registry`.
    pub fn new(config: Config, keys: Keys, registry: Registry) -> Self {
        let hosts = Hosts::new(&config.allowed_hosts);
        let origins = Origins::new(&config.allowed_origins);
        let queue = Queue::new(config.queue_length);
        Self { inner: Arc::new(Inner { config, hosts, origins, keys, registry, queue }) }
    }

    /// The routes behind their door, for a caller that brings its own server. Such a server is taken for
    /// one that other machines can reach, so it answers nobody while no key exists; [`Gateway::serve`]
    /// knows better.
    pub fn router(&self) -> axum::Router {
        door::router(self)
    }

    /// Whether the server may listen on `address`: always on loopback, elsewhere only when a key exists.
    pub fn may_bind(&self, address: SocketAddr) -> Result<(), OpenDoor> {
        if address.ip().to_canonical().is_loopback() || !self.inner.keys.is_empty() {
            Ok(())
        } else {
            Err(OpenDoor(address))
        }
    }

    /// Answers the connections of `listener` until `shutdown`. Then it refuses what waits, lets running
    /// answers end and returns. It can be called again.
    pub async fn serve(&self, listener: TcpListener, shutdown: CancellationToken) -> io::Result<()> {
        let bound = listener.local_addr()?;
        self.may_bind(bound).map_err(|open| io::Error::new(io::ErrorKind::PermissionDenied, open))?;
        serve::serve(self, listener, bound, shutdown).await;
        Ok(())
    }

    fn config(&self) -> &Config {
        &self.inner.config
    }

    fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    fn registry(&self) -> &Registry {
        &self.inner.registry
    }

    fn queue(&self) -> &Queue {
        &self.inner.queue
    }
}
