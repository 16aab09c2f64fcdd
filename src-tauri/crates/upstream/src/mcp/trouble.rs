use std::time::Duration;

use postern_protocol::chat::{Failure, FailureKind};
use thiserror::Error;

use super::address::Address;

/// Why a server did not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Trouble {
    /// Nobody answers there.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// It takes too long.
    #[error("did not answer within {} seconds (mcp.timeout_s)", .0.as_secs())]
    Late(Duration),
    /// Its answer is too large.
    #[error("answered with more than {0} bytes (mcp.result_bytes); ask for less at once")]
    TooLarge(usize),
    /// It answered with an error.
    #[error("answered: {0}")]
    Refused(String),
}

impl Trouble {
    /// What the model is told in the place of a result.
    pub(super) fn for_model(&self, function: &str) -> String {
        format!("Error: `{function}` gave no result. The server that runs it {self}.")
    }

    /// What the caller is told who named this server in `param`.
    pub(super) fn for_caller(&self, address: &Address, param: &str) -> Failure {
        let kind = match self {
            Self::Late(_) => FailureKind::Timeout,
            Self::Unreachable(_) | Self::TooLarge(_) | Self::Refused(_) => FailureKind::UpstreamError,
        };
        let message = format!(
            "The MCP server {address} {self}. Start it or correct its address, then try again; without '{param}' the \
             request does not need it."
        );
        Failure::new(kind, message).param(param)
    }
}
