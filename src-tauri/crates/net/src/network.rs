//! What all clients of a house have in common.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use http::Uri;
use rustls::pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::Client;
use crate::connect::{Unjoined, join};
use crate::error::said;
use crate::reach::{is_own_address, is_own_name};
use crate::rules::{NoProxy, Rules, Way};
use crate::tls::Tls;
use crate::{Judge, Lookup, NetError, ProxyRule, SystemLookup};

/// The ways out. Cheap to clone; what is set at one clone counts for all, and for all clients that were made of them.
#[derive(Clone)]
pub struct Network {
    core: Arc<Core>,
    /// Stands before the rule that was set, for those who were given a way of their own.
    own: Option<Arc<ProxyRule>>,
}

/// How to get out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NetworkConfig {
    /// Through which proxy.
    pub rule: ProxyRule,
    /// To whom without one.
    pub no_proxy: NoProxy,
}

/// What a network works with.
pub struct Means {
    /// Finds addresses.
    pub lookup: Arc<dyn Lookup>,
    /// Who vouches for servers, besides those whom the system believes.
    pub roots: Vec<CertificateDer<'static>>,
    /// Longest time for each step of making a connection: finding addresses, connecting, asking a proxy, encrypting.
    pub patience: Duration,
}

pub(crate) struct Core {
    pub(crate) rules: ArcSwap<Rules>,
    pub(crate) tls: Tls,
    pub(crate) patience: Duration,
    lookup: Arc<dyn Lookup>,
    /// Where this server listens.
    listening: ArcSwap<Vec<SocketAddr>>,
}

impl Default for Means {
    fn default() -> Self {
        Self { lookup: Arc::new(SystemLookup), roots: Vec::new(), patience: Duration::from_secs(10) }
    }
}

impl Default for Network {
    fn default() -> Self {
        Self::new(NetworkConfig::default())
    }
}

impl Network {
    /// Goes out this way.
    pub fn new(config: NetworkConfig) -> Self {
        Self::with_means(config, Means::default())
    }

    /// The same with other means.
    pub fn with_means(config: NetworkConfig, means: Means) -> Self {
        let Means { lookup, roots, patience } = means;
        let core = Core {
            rules: ArcSwap::from_pointee(Rules::new(config.rule, config.no_proxy)),
            tls: Tls::new(roots),
            patience,
            lookup,
            listening: ArcSwap::default(),
        };
        Self { core: Arc::new(core), own: None }
    }

    /// Another way from now on. Requests that are under way go on as they began; no connection of before is used again.
    pub fn configure(&self, config: NetworkConfig) {
        let rules = self.core.rules.load();
        if rules.rule != config.rule || rules.no_proxy != config.no_proxy {
            self.core.rules.store(Arc::new(Rules::new(config.rule, config.no_proxy)));
        }
    }

    /// Where this server listens from now on. Nobody is let through to there, by whatever name or address.
    pub fn set_listening(&self, addresses: Vec<SocketAddr>) {
        self.core.listening.store(Arc::new(addresses));
    }

    /// The same network by a way of its own, for example an account's. Hosts that need no proxy need none here either.
    pub fn with(&self, rule: ProxyRule) -> Self {
        Self { core: Arc::clone(&self.core), own: Some(Arc::new(rule)) }
    }

    /// A client that speaks to whom the judge lets it, with connections of its own.
    pub fn client<B>(&self, judge: impl Judge + 'static) -> Client<B> {
        Client::new(self.clone(), Arc::new(judge))
    }

    /// The way to an address, as things stand.
    pub fn way(&self, uri: &Uri) -> Result<Way, NetError> {
        self.rules_of(&self.core.rules.load()).way(uri)
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    pub(crate) fn rules_of(&self, common: &Rules) -> Rules {
        let rule = self.own.as_ref().map_or_else(|| common.rule.clone(), |own| (**own).clone());
        common.with(rule)
    }
}

impl Core {
    /// The addresses of a host, or what the system said.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, String> {
        if let Ok(address) = host.parse() {
            return Ok(vec![address]);
        }
        // Nobody else decides what this name means (RFC 6761, 6.3).
        if is_own_name(host) {
            return Ok(vec![std::net::Ipv4Addr::LOCALHOST.into(), std::net::Ipv6Addr::LOCALHOST.into()]);
        }
        match timeout(self.patience, self.lookup.addresses(host.to_owned())).await {
            Ok(found) => found.map_err(|error| said(&error)),
            Err(_) => Err("the name service did not answer in time".to_owned()),
        }
    }

    pub(crate) async fn join(&self, addresses: &[IpAddr], port: u16) -> Result<TcpStream, Unjoined> {
        join(addresses, port, self.patience).await
    }

    /// Whether this server listens there, or would by another of this computer's addresses.
    pub(crate) fn is_own(&self, address: IpAddr, port: u16) -> bool {
        let listening = self.listening.load();
        let mut ours = listening.iter().filter(|own| own.port() == port).peekable();
        ours.peek().is_some()
            && (is_own_address(address)
                || ours.any(|own| own.ip().to_canonical() == address.to_canonical())
                || is_of_this_computer(address.to_canonical()))
    }
}

/// Whether one of this computer's network cards has this address: only then can something be bound to it.
fn is_of_this_computer(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}
