//! The public door: the OpenAI-compatible HTTP server that clients talk to.
//!
//! In come connections on a socket, out go the answers of the upstreams in the dialect the client
//! speaks. Every request passes one door (who is it, from where, may it) and leaves one line in the log,
//! and one in the journal if it asked for something of `/v1` or `/v1beta`; every error leaves as the error object of the
//! dialect that was asked in.
//! What belongs to the console goes through a side door to a router that the house brings. Nothing of a
//! request outlives its connection: when the client hangs up, its place in the queue and its upstream's work
//! are gone.

mod answer;
mod asking;
mod attempts;
mod auth;
mod body;
mod control;
mod conversation;
mod cors;
mod counting;
mod door;
mod gemini;
mod hosts;
mod images;
mod info;
mod intake;
mod models;
mod overheard;
mod paths;
mod proxy;
mod queue;
mod reject;
mod relayed;
mod rules;
mod serve;
mod speech;
mod sse;
mod stop;
mod tape;
mod verbatim;
mod visit;
mod words;
mod work;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use postern_net::Network;
use postern_store::{Keys, Recorder, Requests};
use postern_upstream::{Guests, Registry};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::door::Entrance;
use crate::proxy::{Proxy, RefusedDomains};
use crate::queue::Queue;
use crate::rules::Rules;
use crate::tape::Taping;

pub use crate::proxy::{
    AllowedDomain, AuthType, ProbeFilter, ProbeRequest, ProxyConfig, RefusedDomain, StoredKeys,
};
pub use crate::queue::{QueueEntry, QueueState};
pub use crate::stop::Ending;

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
    /// Whether exchanges are recorded, where there is somebody to record them.
    pub record: bool,
    /// The product's version.
    pub version: &'static str,
    /// What goes to other servers.
    pub proxy: ProxyConfig,
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
            record: true,
            version: env!("CARGO_PKG_VERSION"),
            proxy: ProxyConfig::default(),
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

/// Marks a request to [`Gateway::inside`] that is to be treated as a client of this machine would be: its
/// key is looked at, and the rules of that key count. It belongs in the request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct AsClient;

/// The server, before it has a socket. Cheap to clone.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    rules: ArcSwap<Rules>,
    keys: Keys,
    registry: Registry,
    requests: Requests,
    queue: Queue,
    side: ArcSwapOption<axum::Router>,
    guests: ArcSwapOption<Arc<dyn Guests>>,
    proxy: OnceLock<Proxy>,
    taping: Taping,
    refusals: Arc<watch::Sender<u64>>,
}

impl Gateway {
    /// A server that admits the holders of `keys` to the upstreams of `registry` and writes down in
    /// `requests` who asked for what.
    pub fn new(config: Config, keys: Keys, registry: Registry, requests: Requests) -> Self {
        let rules = ArcSwap::from_pointee(Rules::new(config));
        let (queue, side, guests) = (Queue::default(), ArcSwapOption::empty(), ArcSwapOption::empty());
        let (proxy, taping, refusals) = (OnceLock::new(), Taping::default(), Arc::default());
        let inner = Inner { rules, keys, registry, requests, queue, side, guests, proxy, taping, refusals };
        Self { inner: Arc::new(inner) }
    }

    /// Other choices from now on. Requests that are under way go on with those they began with.
    pub fn configure(&self, config: Config) {
        if let Some(proxy) = self.proxy() {
            proxy.configure(&config.proxy);
        }
        self.inner.rules.store(Arc::new(Rules::new(config)));
    }

    /// Lets requests whose path names another server, as `/api.openai.com/v1/models`, go there from now on, by the ways
    /// of `network`. Only those that come in through a socket of [`Gateway::serve`] do. It can be called once.
    pub fn open_way_out(&self, network: &Network, stored: impl StoredKeys + 'static) {
        let rules = self.rules();
        let refused = RefusedDomains::telling(Arc::clone(&self.inner.refusals));
        let stored = Box::new(stored);
        self.inner.proxy.get_or_init(|| Proxy::new(network, stored, &rules.config().proxy, refused));
    }

    /// Has what is asked of models and of other servers recorded from now on, with what is answered, as the client sends
    /// and gets it. Only the first `recorder` counts. [`Config::record`], keys, domains, clients and
    /// [`Gateway::set_private`] may leave exchanges out.
    pub fn record(&self, recorder: Recorder) {
        self.inner.taping.set(recorder);
    }

    /// While it is private, no exchange that begins is recorded.
    pub fn set_private(&self, private: bool) {
        self.inner.taping.set_private(private);
    }

    /// Whether it is private now.
    pub fn is_private(&self) -> bool {
        self.inner.taping.is_private()
    }

    /// Hears when [`Gateway::is_private`] says something else.
    pub fn private_changes(&self) -> watch::Receiver<bool> {
        self.inner.taping.private_changes()
    }

    /// The servers that were asked for last and may not be reached, the latest first.
    pub fn refused_domains(&self) -> Vec<RefusedDomain> {
        self.proxy().map(|proxy| proxy.refused(&self.rules())).unwrap_or_default()
    }

    /// Hears when [`Gateway::refused_domains`] says something new. The number itself means nothing.
    pub fn refusals(&self) -> watch::Receiver<u64> {
        self.inner.refusals.subscribe()
    }

    /// Hands what is asked for under `/console` and `/api/` to `side`, except `/api/info`. It gets those
    /// requests as they came, after the check of their `Host`, with two extensions: a `CancellationToken`
    /// that tells when the listener closes, by which long answers must end, and
    /// `ConnectInfo<SocketAddr>`. Pages of other origins are not let in and not kept out; that is up to it.
    pub fn open_side_door(&self, side: axum::Router) {
        self.inner.side.store(Some(Arc::new(side)));
    }

    /// Lets callers of Chat Completions in that show a provider's key of their own, while no key of this server is
    /// needed. They are asked for nothing else, and get that provider's models.
    pub fn welcome(&self, guests: Arc<dyn Guests>) {
        self.inner.guests.store(Some(Arc::new(guests)));
    }

    /// The routes behind their door, for a caller that brings its own server. Such a server is taken for
    /// one that other machines can reach, so it answers nobody while no key exists; [`Gateway::serve`]
    /// knows better.
    pub fn router(&self) -> axum::Router {
        door::router(self, Entrance::Public)
    }

    /// The same routes for the owner at the console: no `Host` and no key are asked for, unless the
    /// request is marked with [`AsClient`].
    pub fn inside(&self) -> axum::Router {
        door::router(self, Entrance::Inside)
    }

    /// [`Gateway::inside`] with every request marked with [`AsClient`].
    pub fn inside_as_client(&self) -> axum::Router {
        self.inside().layer(axum::Extension(AsClient))
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
    /// answers end and returns. It can be called again, also while it still serves another listener.
    pub async fn serve(&self, listener: TcpListener, shutdown: CancellationToken) -> io::Result<()> {
        self.serve_until(listener, Ending::by(shutdown)).await
    }

    /// [`Gateway::serve`] with more than one way to end.
    pub async fn serve_until(&self, listener: TcpListener, ending: Ending) -> io::Result<()> {
        let bound = listener.local_addr()?;
        self.may_bind(bound).map_err(|open| io::Error::new(io::ErrorKind::PermissionDenied, open))?;
        serve::serve(self, listener, bound, Entrance::Public, ending).await;
        Ok(())
    }

    /// Stands in for [`Gateway::serve_until`] while the owner has stopped the server: only the side door is
    /// open, everybody else is told that the server is stopped.
    pub async fn serve_side_only(&self, listener: TcpListener, ending: Ending) -> io::Result<()> {
        let bound = listener.local_addr()?;
        serve::serve(self, listener, bound, Entrance::Stopped, ending).await;
        Ok(())
    }

    /// Everything that is being answered, then what waits, in the order of its turn.
    pub fn queue_view(&self) -> Vec<QueueEntry> {
        self.inner.queue.view()
    }

    /// Cancels the request of this id, waiting or running. Whether there was one.
    pub fn cancel(&self, id: &str) -> bool {
        self.inner.queue.cancel(id)
    }

    /// Hears when [`Gateway::queue_view`] says something new. The number itself means nothing.
    pub fn queue_changes(&self) -> watch::Receiver<u64> {
        self.inner.queue.changes()
    }

    fn proxy(&self) -> Option<&Proxy> {
        self.inner.proxy.get()
    }

    fn taping(&self) -> &Taping {
        &self.inner.taping
    }

    fn rules(&self) -> Rules {
        Rules::clone(&self.inner.rules.load())
    }

    fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    fn registry(&self) -> &Registry {
        &self.inner.registry
    }

    fn requests(&self) -> &Requests {
        &self.inner.requests
    }

    fn queue(&self) -> &Queue {
        &self.inner.queue
    }

    fn guests(&self) -> Option<Arc<dyn Guests>> {
        self.inner.guests.load().as_deref().cloned()
    }

    fn side(&self) -> Option<axum::Router> {
        self.inner.side.load().as_deref().cloned()
    }
}
