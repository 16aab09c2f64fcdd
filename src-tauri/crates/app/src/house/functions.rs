//! Which servers run functions for models, from the settings and the environment.

use postern_protocol::Secret;
use postern_settings::{Offered, Settings};
use postern_upstream::{McpConfig, McpOffer, McpServer};

/// The choices about MCP servers. A token that is named and not there is told, and its server asked without it.
pub(super) fn mcp_config(settings: &Settings, variable: impl Fn(&str) -> Option<String>) -> McpConfig {
    let mcp = &settings.mcp;
    let token = |server: &str| {
        let name = &mcp.tokens.get(server)?.0;
        let token = variable(name).filter(|token| !token.trim().is_empty());
        if token.is_none() {
            tracing::warn!("mcp.tokens: the environment has no {name} for the MCP server {server}");
        }
        Some(Secret::new(token?.trim()))
    };
    for name in mcp.tokens.keys().filter(|name| !mcp.servers.contains_key(*name)) {
        tracing::warn!("mcp.tokens: there is no server {name} in mcp.servers");
    }
    McpConfig {
        servers: mcp
            .servers
            .iter()
            .map(|(name, address)| McpServer {
                name: name.clone(),
                address: address.0.clone(),
                token: token(name),
            })
            .collect(),
        allowed: mcp.allowed.iter().map(|address| address.0.clone()).collect(),
        offer: match mcp.tools {
            Offered::Declared => McpOffer::Declared,
            Offered::All => McpOffer::All,
        },
        timeout: mcp.timeout,
        result_bytes: usize::try_from(mcp.result_bytes).unwrap_or(usize::MAX),
        max_rounds: usize::try_from(mcp.max_rounds).unwrap_or(usize::MAX),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use postern_settings::{File, Flags, resolve};

    use super::*;

    fn config(text: &str) -> McpConfig {
        let settings =
            resolve(Some(File { name: "config.toml", text }), |_| None, Flags::default()).expect("valid");
        mcp_config(&settings, |name| (name == "FILES_TOKEN").then(|| " secret\n".to_owned()))
    }

    #[test]
    fn everything_is_handed_down() {
        let config = config(
            "[mcp]\nservers = { files = \"http://127.0.0.1:1/mcp\", web = \"plain+http://127.0.0.1:2\" }\n\
             tokens = { files = \"FILES_TOKEN\", web = \"MISSING\" }\nallowed = [\"https://a.example\"]\ntools = \"all\"\n\
             timeout_s = 7\nresult_bytes = 5000\nmax_rounds = 3\n",
        );
        let server = |name: &str, address: &str, token: Option<&str>| McpServer {
            name: name.to_owned(),
            address: address.to_owned(),
            token: token.map(Secret::new),
        };
        let expected = McpConfig {
            servers: vec![
                server("files", "http://127.0.0.1:1/mcp", Some("secret")),
                server("web", "plain+http://127.0.0.1:2", None),
            ],
            allowed: vec!["https://a.example".to_owned()],
            offer: McpOffer::All,
            timeout: Duration::from_secs(7),
            result_bytes: 5000,
            max_rounds: 3,
        };
        assert_eq!(config, expected);
    }

    #[test]
    fn the_defaults_are_those_of_the_settings() {
        assert_eq!(config(""), McpConfig::default());
    }
}
