//! Servers that clients reach through this one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the path proxy lets through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProxyView {
    /// Whether the well-known vendors may be reached without being listed.
    pub known_vendors: bool,
    /// Everything that may be reached, by name.
    pub domains: Vec<ProxyDomain>,
    /// Vendors that the owner took out.
    pub withdrawn: Vec<String>,
    /// What was asked for last and may not be reached, the latest first.
    pub refused: Vec<RefusedDomain>,
}

/// A server, or all below a domain, that may be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProxyDomain {
    /// `host`, `host:port` or `*.domain`.
    pub domain: String,
    /// How it wants its credential.
    pub auth_type: AuthType,
    /// Whether it is asked over TLS.
    pub https: bool,
    /// The upstream whose stored key goes to it where a client brings none.
    pub key: Option<String>,
    /// Whether what is said there may be recorded.
    pub record: bool,
    /// Whether it is a well-known vendor.
    pub vendor: bool,
    /// Whether it stands in the owner's list.
    pub listed: bool,
}

/// How a server wants its credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthType {
    /// As its host and the path asked for suggest.
    Auto,
    /// `Authorization: Bearer`.
    #[serde(rename = "openai")]
    OpenAi,
    /// `x-api-key`.
    Anthropic,
    /// `x-goog-api-key`.
    Google,
    /// `api-key`.
    Azure,
    /// As the client sends it.
    Off,
}

/// A domain that somebody asked for and that may not be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedDomain {
    /// `host` or `host:port`.
    pub domain: String,
    /// How often it was asked for.
    pub times: u64,
    /// When it was asked for last, in milliseconds of Unix time.
    pub last_ms: i64,
}

/// A domain that is to be let through from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DomainAllow {
    /// `host`, `host:port` or `*.domain`.
    pub domain: String,
    /// How it wants its credential; without it `auto`.
    #[serde(default)]
    pub auth_type: Option<AuthType>,
    /// Whether it is asked over TLS; without it a server of this computer or its network is not, and all others are.
    #[serde(default)]
    pub https: Option<bool>,
    /// The upstream whose stored key goes to it where a client brings none.
    #[serde(default)]
    pub key: Option<String>,
    /// Whether what is said there may be recorded; it may unless this is false.
    #[serde(default)]
    pub record: Option<bool>,
}
