use serde::Serialize;

use super::to_json;
use crate::chat::{Failure, FailureKind};

/// The error object: `{"error": {"message", "type", "param", "code"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorBody {
    /// What happened and what to do next, for a person.
    pub message: String,
    /// The group of the error.
    #[serde(rename = "type")]
    pub kind: ErrorType,
    /// The request field at fault.
    pub param: Option<String>,
    /// The error itself, for a program.
    pub code: Option<&'static str>,
}

/// The groups of errors that OpenAI clients know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorType {
    /// The request is at fault, its key and its address included.
    InvalidRequestError,
    /// The caller or the session may not do this.
    PermissionError,
    /// Too much was asked in too short a time.
    RateLimitError,
    /// The server or something behind it is at fault.
    ServerError,
    /// Nobody is: the request was called off.
    RequestCancelled,
}

impl ErrorBody {
    /// An error without a field at fault.
    pub fn new(kind: ErrorType, code: &'static str, message: impl Into<String>) -> Self {
        Self { message: message.into(), kind, param: None, code: Some(code) }
    }

    /// The whole response body as JSON bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_text().into_bytes()
    }

    pub(super) fn to_text(&self) -> String {
        #[derive(Serialize)]
        struct Envelope<'a> {
            error: &'a ErrorBody,
        }
        to_json(&Envelope { error: self })
    }
}

impl From<&Failure> for ErrorBody {
    fn from(failure: &Failure) -> Self {
        let (kind, code) = classify(failure.kind);
        Self { message: failure.message.clone(), kind, param: failure.param.clone(), code }
    }
}

/// The error object for a failure, as JSON bytes.
pub fn encode_error(failure: &Failure) -> Vec<u8> {
    ErrorBody::from(failure).to_bytes()
}

fn classify(kind: FailureKind) -> (ErrorType, Option<&'static str>) {
    use ErrorType::{InvalidRequestError, PermissionError, RateLimitError, RequestCancelled, ServerError};
    match kind {
        FailureKind::BadRequest => (InvalidRequestError, None),
        FailureKind::UnknownModel => (InvalidRequestError, Some("model_not_found")),
        FailureKind::Quota => (RateLimitError, Some("rate_limit_exceeded")),
        FailureKind::Refused => (PermissionError, Some("session_refused")),
        FailureKind::NotAllowed => (PermissionError, Some("model_not_allowed")),
        FailureKind::SignInExpired => (ServerError, Some("sign_in_expired")),
        FailureKind::NeedsVerification => (ServerError, Some("verification_needed")),
        FailureKind::Unavailable => (ServerError, Some("unavailable")),
        FailureKind::UpstreamError => (ServerError, Some("upstream_error")),
        FailureKind::Interrupted => (ServerError, Some("interrupted")),
        FailureKind::PageChanged => (ServerError, Some("page_changed")),
        FailureKind::Timeout => (ServerError, Some("timeout")),
        FailureKind::Cancelled => (RequestCancelled, Some("cancelled")),
        FailureKind::Internal => (ServerError, Some("internal_error")),
    }
}
