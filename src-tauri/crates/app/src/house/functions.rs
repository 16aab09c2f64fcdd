//! Which servers run functions for models, from the settings and the environment.

use std::fmt;

use postern_protocol::Secret;
use postern_settings::{Offered, Settings};
use postern_upstream::{McpConfig, McpOffer, McpServer};

/// A token of the settings that reaches no server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LostToken<'a> {
    /// There is no such server.
    NoServer {
        /// What the settings call it.
        server: &'a str,
    },
    /// Its variable is not set. The server is asked without it.
    NotSet {
        /// The server.
        server: &'a str,
        /// The variable.
        variable: &'a str,
    },
}

impl fmt::Display for LostToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoServer { server } => write!(f, "mcp.tokens: there is no server {server} in mcp.servers"),
            Self::NotSet { server, variable } => {
                write!(f, "mcp.tokens: the environment has no {variable} for the MCP server {server}")
            }
        }
    }
}

/// The tokens of the settings that reach no server.
pub(crate) fn lost_tokens<'a>(
    settings: &'a Settings,
    variable: impl Fn(&str) -> Option<String>,
) -> Vec<LostToken<'a>> {
    let mcp = &settings.mcp;
    let lost = |server: &'a str, name: &'a str| {
        if !mcp.servers.contains_key(server) {
            return Some(LostToken::NoServer { server });
        }
        token(&variable, name).is_none().then_some(LostToken::NotSet { server, variable: name })
    };
    mcp.tokens.iter().filter_map(|(server, name)| lost(server, &name.0)).collect()
}

fn token(variable: impl Fn(&str) -> Option<String>, name: &str) -> Option<Secret> {
    let token = variable(name)?;
    Some(token.trim()).filter(|token| !token.is_empty()).map(Secret::new)
}

/// The choices about MCP servers.
pub(super) fn mcp_config(settings: &Settings, variable: impl Fn(&str) -> Option<String>) -> McpConfig {
    let mcp = &settings.mcp;
    for lost in lost_tokens(settings, &variable) {
        tracing::warn!("{lost}");
    }
    let token = |server: &str| token(&variable, &mcp.tokens.get(server)?.0);
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

    fn settings(text: &str) -> Settings {
        resolve(Some(File { name: "config.toml", text }), |_| None, Flags::default()).expect("valid")
    }

    fn config(text: &str) -> McpConfig {
        mcp_config(&settings(text), |name| (name == "FILES_TOKEN").then(|| " secret\n".to_owned()))
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
    fn a_token_that_reaches_no_server_is_told() {
        let settings = settings(
            "[mcp]\nservers = { files = \"http://127.0.0.1:1/mcp\", web = \"http://127.0.0.1:2/mcp\" }\n\
             tokens = { files = \"FILES_TOKEN\", web = \"EMPTY\", wiki = \"FILES_TOKEN\" }\n",
        );
        let variable = |name: &str| Some(if name == "EMPTY" { " " } else { "secret" }.to_owned());
        let expected =
            [LostToken::NotSet { server: "web", variable: "EMPTY" }, LostToken::NoServer { server: "wiki" }];
        assert_eq!(lost_tokens(&settings, variable), expected);
    }

    #[test]
    fn the_defaults_are_those_of_the_settings() {
        assert_eq!(config(""), McpConfig::default());
    }
}
