//! Errors: as clients read them, and as a provider writes them.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::to_json;
use crate::RequestId;
use crate::chat::{Failure, FailureKind};

/// The kinds of error of the official API.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum ErrorType {
    InvalidRequestError,
    PermissionError,
    NotFoundError,
    RateLimitError,
    TimeoutError,
    OverloadedError,
    ApiError,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    error: ErrorObject<'a>,
    request_id: Option<String>,
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    #[serde(rename = "type")]
    kind: ErrorType,
    message: &'a str,
}

/// The error object for a failure, as JSON bytes.
pub fn encode_error(failure: &Failure, id: Option<&RequestId>) -> Vec<u8> {
    error_text(failure, id).into_bytes()
}

pub(super) fn error_text(failure: &Failure, id: Option<&RequestId>) -> String {
    let error = ErrorObject { kind: classify(failure.kind), message: &failure.message };
    to_json(&ErrorBody { kind: "error", error, request_id: id.map(|id| format!("req_{id}")) })
}

/// The HTTP status for a failure that comes before the first byte of an answer. The official API's own status for being
/// overloaded (529) is not among them: it says of a provider what is not known of one here.
pub fn status(kind: FailureKind) -> u16 {
    match kind {
        FailureKind::BadRequest => 400,
        FailureKind::Refused | FailureKind::NotAllowed => 403,
        FailureKind::UnknownModel => 404,
        FailureKind::Quota => 429,
        FailureKind::Cancelled => 499,
        FailureKind::Internal => 500,
        FailureKind::UpstreamError | FailureKind::Interrupted | FailureKind::PageChanged => 502,
        FailureKind::SignInExpired | FailureKind::NeedsVerification | FailureKind::Unavailable => 503,
        FailureKind::Timeout => 504,
    }
}

fn classify(kind: FailureKind) -> ErrorType {
    match kind {
        FailureKind::BadRequest => ErrorType::InvalidRequestError,
        FailureKind::UnknownModel => ErrorType::NotFoundError,
        FailureKind::Quota => ErrorType::RateLimitError,
        FailureKind::Refused | FailureKind::NotAllowed => ErrorType::PermissionError,
        FailureKind::Unavailable => ErrorType::OverloadedError,
        FailureKind::Timeout => ErrorType::TimeoutError,
        FailureKind::SignInExpired
        | FailureKind::NeedsVerification
        | FailureKind::UpstreamError
        | FailureKind::Interrupted
        | FailureKind::PageChanged
        | FailureKind::Cancelled
        | FailureKind::Internal => ErrorType::ApiError,
    }
}

/// The status of a provider that gave up waiting for the request.
const GAVE_UP: u16 = 408;

/// What a provider's refusal means. `retry_after` is what its header said.
///
/// The type in the body decides, where there is one that is known, or else the status. What another key may be answered
/// to is a [`FailureKind::Quota`], [`FailureKind::Refused`] or [`FailureKind::Unavailable`]; 408 is always among the last,
/// because the provider gave up on this try, not on the request.
pub fn read_error(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    let message = error["message"].as_str().or_else(|| body["message"].as_str()).unwrap_or_default();
    let word = error["type"].as_str().unwrap_or_default();
    let of_word = of_word(word, message).filter(|_| status != GAVE_UP);
    let kind = of_word.unwrap_or_else(|| of_status(status));
    let message = match message {
        "" => format!("The provider answered with status {status} and said nothing about it."),
        said => said.to_owned(),
    };
    let failure = Failure::new(kind, message);
    match retry_after {
        Some(after) => failure.retry_after(after),
        None => failure,
    }
}

/// What an `error` event in the middle of a stream means.
pub(super) fn read_event(event: &Value) -> Failure {
    let body = event.to_string();
    // There is no status; the official one for what is not known.
    read_error(500, None, body.as_bytes())
}

fn of_word(word: &str, message: &str) -> Option<FailureKind> {
    match word {
        // The one way in which the official API says that an account is out of money.
        "invalid_request_error" if message.contains("credit balance") => Some(FailureKind::Quota),
        "invalid_request_error" | "request_too_large" => Some(FailureKind::BadRequest),
        "authentication_error" | "permission_error" => Some(FailureKind::Refused),
        "billing_error" | "rate_limit_error" => Some(FailureKind::Quota),
        "not_found_error" => Some(FailureKind::UnknownModel),
        "api_error" => Some(FailureKind::UpstreamError),
        "timeout_error" => Some(FailureKind::Timeout),
        "overloaded_error" => Some(FailureKind::Unavailable),
        _ => None,
    }
}

fn of_status(status: u16) -> FailureKind {
    match status {
        401 | 403 => FailureKind::Refused,
        402 | 429 => FailureKind::Quota,
        404 => FailureKind::UnknownModel,
        GAVE_UP | 503 | 529 => FailureKind::Unavailable,
        504 => FailureKind::Timeout,
        400..=499 => FailureKind::BadRequest,
        _ => FailureKind::UpstreamError,
    }
}
