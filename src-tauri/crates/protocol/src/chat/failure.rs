use std::time::Duration;

use thiserror::Error;

/// Why a request got no answer, or only a part of one. The kind decides what is done about it; the
/// message says to the caller what happened and what to do next, and holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct Failure {
    /// What it is.
    pub kind: FailureKind,
    /// What to tell the caller.
    pub message: String,
    /// The request field at fault, where it is one.
    pub param: Option<String>,
    /// When trying again makes sense.
    pub retry_after: Option<Duration>,
}

/// The kinds of failure, told apart because each asks for another reaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The request itself is wrong (400).
    BadRequest,
    /// No such model (404).
    UnknownModel,
    /// The account's quota or rate is used up (429).
    Quota,
    /// The provider refuses this session; not a matter of quota (403).
    Refused,
    /// The caller's key may not do this (403).
    NotAllowed,
    /// The provider asks for a new sign-in (503).
    SignInExpired,
    /// The provider wants a human (503).
    NeedsVerification,
    /// Nothing can serve the request now: no account, no browser, queue full (503).
    Unavailable,
    /// The provider failed (502).
    UpstreamError,
    /// The answer broke off (502).
    Interrupted,
    /// The site no longer looks as expected (502).
    PageChanged,
    /// A time limit ran out (504).
    Timeout,
    /// The caller, or someone on the caller's behalf, cancelled the request (499).
    Cancelled,
    /// A defect of ours (500).
    Internal,
}

impl FailureKind {
    /// The HTTP status for a failure that comes before the first byte of an answer.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Refused | Self::NotAllowed => 403,
            Self::UnknownModel => 404,
            Self::Quota => 429,
            Self::Cancelled => 499,
            Self::Internal => 500,
            Self::UpstreamError | Self::Interrupted | Self::PageChanged => 502,
            Self::SignInExpired | Self::NeedsVerification | Self::Unavailable => 503,
            Self::Timeout => 504,
        }
    }
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), param: None, retry_after: None }
    }

    /// Names the request field at fault.
    #[must_use]
    pub fn param(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }
}
