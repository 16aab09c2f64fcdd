//! Functions that MCP servers run in the middle of an answer.
//!
//! In goes an upstream, out comes one that does the same ([`Mcp::over`]) and more: when the model calls a function that
//! a server of the settings or of the request has, the server is asked to run it, the upstream is asked again with the
//! result, and the caller gets one answer. Calls of other functions go to the caller as they always do. Only addresses
//! that the settings allow are ever spoken to.

mod address;
mod catalogue;
mod guard;
mod links;
mod over;
mod past;
mod plan;
mod session;
mod talk;
mod trouble;
mod wire;
mod work;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use postern_net::Network;
use postern_protocol::Secret;

use crate::Upstream;
use address::{Address, Form};
use catalogue::Catalogue;
use over::Over;
use past::Past;
use wire::Wires;

/// The owner's choices about MCP servers. Without a server and an address nothing is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpConfig {
    /// Servers for all requests.
    pub servers: Vec<McpServer>,
    /// Addresses that requests may name besides those of the servers, with all paths below them.
    pub allowed: Vec<String>,
    /// Which functions of the servers models are offered.
    pub offer: McpOffer,
    /// Longest time for one call.
    pub timeout: Duration,
    /// Largest result of a call.
    pub result_bytes: usize,
    /// Most times that a model is asked again within one request.
    pub max_rounds: usize,
}

/// A server that the owner named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpServer {
    /// What the owner calls it.
    pub name: String,
    /// Where it is; `plain+` before the URL stands for a server without MCP.
    pub address: String,
    /// What it wants to see before it does anything.
    pub token: Option<Secret>,
}

/// Which functions of the servers models are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum McpOffer {
    /// Those that the request declares itself.
    Declared,
    /// All, with every request.
    All,
}

impl Default for McpConfig {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            allowed: Vec::new(),
            offer: McpOffer::Declared,
            timeout: Duration::from_secs(60),
            result_bytes: 256 * 1024,
            max_rounds: 20,
        }
    }
}

/// Runs functions on MCP servers; by default, none. Cheap to clone; what is set at one clone counts for all.
#[derive(Clone)]
pub struct Mcp(Arc<Inner>);

impl Default for Mcp {
    fn default() -> Self {
        Self::new(McpConfig::default(), Network::default())
    }
}

struct Inner {
    kit: ArcSwap<Kit>,
    network: Network,
    past: Arc<Past>,
}

/// What one request works with, as the owner had decided when it began.
struct Kit {
    config: McpConfig,
    servers: Vec<Server>,
    allowed: Vec<Address>,
    wires: Wires,
    catalogue: Catalogue,
}

/// A server that the owner named, with its address understood.
struct Server {
    name: String,
    address: Address,
    token: Option<Secret>,
}

impl Mcp {
    /// Whether models are offered functions that requests do not name.
    fn offers_all(&self) -> bool {
        let kit = self.kit();
        kit.config.offer == McpOffer::All && !kit.servers.is_empty()
    }

    /// Works by these choices, over this network.
    pub fn new(config: McpConfig, network: Network) -> Self {
        let kit = ArcSwap::from_pointee(Kit::new(config, &network));
        Self(Arc::new(Inner { kit, network, past: Arc::default() }))
    }

    /// Other choices from now on. Requests that are under way go on with those they began with.
    pub fn configure(&self, config: McpConfig) {
        if self.0.kit.load().config != config {
            self.0.kit.store(Arc::new(Kit::new(config, &self.0.network)));
        }
    }

    /// The same upstream, with servers that run functions for its models.
    pub fn over(&self, upstream: Arc<dyn Upstream>) -> Arc<dyn Upstream> {
        Arc::new(Over { upstream, mcp: self.clone() })
    }

    fn kit(&self) -> Arc<Kit> {
        self.0.kit.load_full()
    }

    fn past(&self) -> Arc<Past> {
        Arc::clone(&self.0.past)
    }
}

impl Kit {
    fn new(config: McpConfig, network: &Network) -> Self {
        let understood = |text: &String| {
            let address = Address::read(text);
            if address.is_none() {
                tracing::warn!("an address of an MCP server cannot be understood and is passed over");
            }
            address
        };
        let server = |server: &McpServer| {
            let McpServer { name, address, token } = server;
            Some(Server { name: name.clone(), address: understood(address)?, token: token.clone() })
        };
        Self {
            servers: config.servers.iter().filter_map(server).collect(),
            allowed: config.allowed.iter().filter_map(understood).collect(),
            wires: Wires::new(network),
            catalogue: Catalogue::default(),
            config,
        }
    }

    /// Every address that may be spoken to.
    fn permitted(&self) -> impl Iterator<Item = &Address> {
        self.servers.iter().map(|server| &server.address).chain(&self.allowed)
    }

    /// What the server at this address wants to see.
    fn token(&self, address: &Address) -> Option<&Secret> {
        self.servers.iter().find(|server| server.address == *address)?.token.as_ref()
    }

    /// The servers that say what they have.
    fn telling(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter().filter(|server| server.address.form == Form::Mcp)
    }
}
