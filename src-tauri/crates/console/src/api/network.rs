//! The way out of this computer: trying it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to try. The proxy may hold a password, so this has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkTest {
    /// The way: `system`, `direct` or a proxy, as `network.proxy` takes it; the one in force without it.
    #[serde(default)]
    pub proxy: Option<String>,
    /// Whom to reach, an `https` or `http` address; `https://www.google.com/generate_204` without it.
    #[serde(default)]
    pub url: Option<String>,
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NetworkOutcome {
    /// Somebody answered.
    Reached,
    /// The name was not found.
    NameNotFound,
    /// It leads to somebody whom Postern does not speak to, such as itself.
    AddressRefused,
    /// Nobody took the connection.
    Unreachable,
    /// It took too long.
    TooLate,
    /// The connection could not be encrypted, or the server did not prove its name.
    NotEncrypted,
    /// The proxy cannot be reached.
    ProxyUnreachable,
    /// The proxy wants a name and a password, or others.
    ProxyWantsLogin,
    /// The proxy does not lead there.
    ProxyRefuses,
    /// The proxy is of another kind than its address says, or of one that Postern does not speak.
    ProxyStrange,
    /// The connection broke.
    Broken,
}

/// What a try found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NetworkReport {
    /// How it ended.
    pub outcome: NetworkOutcome,
    /// Whom it tried to reach.
    pub url: String,
    /// By which way: `direct`, or the proxy, without name and password.
    pub way: String,
    /// The status of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// Why it was not reached, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
