//! Functions that MCP servers run, with real servers on loopback.

mod answers;
mod limits;
mod permits;
mod servers;
mod stage;

use postern_net::Network;
use postern_upstream::{Mcp, McpConfig, McpServer};

/// Runs functions on these servers of the settings.
fn with_servers(servers: &[(&str, String)], config: McpConfig) -> Mcp {
    let server = |(name, address): &(&str, String)| McpServer {
        name: (*name).to_owned(),
        address: address.clone(),
        token: None,
    };
    Mcp::new(McpConfig { servers: servers.iter().map(server).collect(), ..config }, Network::default())
}

/// Lets requests name these addresses.
fn allowing(addresses: &[String]) -> Mcp {
    Mcp::new(McpConfig { allowed: addresses.to_vec(), ..McpConfig::default() }, Network::default())
}
