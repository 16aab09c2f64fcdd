//! Errors: as clients read them, and as a provider writes them.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::to_json;
use crate::RequestId;
use crate::chat::{Failure, FailureKind};

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
    kind: &'static str,
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

/// The official API's word for a failure. Its own status for being overloaded (529) is never sent: it says of a provider
/// what is not known of one here.
fn classify(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::BadRequest => "invalid_request_error",
        FailureKind::UnknownModel => "not_found_error",
        FailureKind::Quota => "rate_limit_error",
        FailureKind::Refused | FailureKind::NotAllowed => "permission_error",
        FailureKind::Unavailable => "overloaded_error",
        FailureKind::Timeout => "timeout_error",
        FailureKind::SignInExpired
        | FailureKind::NeedsVerification
        | FailureKind::UpstreamError
        | FailureKind::Interrupted
        | FailureKind::PageChanged
        | FailureKind::Cancelled
        | FailureKind::Internal => "api_error",
    }
}

/// Most characters of a provider's message that are handed on.
const LONGEST: usize = 600;

/// What a provider's refusal means. `retry_after` is what its header said.
///
/// The type in the body decides, where there is one that is known, or else the status. A key that may not do what is asked
/// may do other things: such a [`FailureKind::Refused`] names `model`.
pub fn read_error(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &body["error"];
    let texts = [&error["message"], error, &body["message"], &body["detail"]];
    let message = texts.iter().find_map(|text| text.as_str()).unwrap_or_default();
    let word = error["type"].as_str().unwrap_or_default();
    let kind = of_word(word, message).unwrap_or_else(|| of_status(status));
    let said = match (kind, message) {
        (_, "") => format!("The provider refused the request with HTTP status {status}."),
        (FailureKind::SignInExpired, said) => format!("The provider does not accept the key: {said}"),
        (_, said) => format!("The provider says: {said}"),
    };
    let failure = Failure::new(kind, shortened(&said));
    let failure = if word == "permission_error" { failure.param("model") } else { failure };
    Failure { retry_after, ..failure }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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
        // The ways in which the official API says that an account is out of money, and that it is closed.
        "invalid_request_error" if message.contains("credit balance") => Some(FailureKind::Quota),
        "invalid_request_error" if message.contains("organization has been disabled") => {
            Some(FailureKind::Refused)
        }
        "invalid_request_error" | "request_too_large" => Some(FailureKind::BadRequest),
        "authentication_error" => Some(FailureKind::SignInExpired),
        "permission_error" => Some(FailureKind::Refused),
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
        401 => FailureKind::SignInExpired,
        402 | 429 => FailureKind::Quota,
        403 => FailureKind::Refused,
        404 => FailureKind::UnknownModel,
        // The provider gave up on this try, not on the request.
        408 | 504 | 524 => FailureKind::Timeout,
        409 | 425 | 503 | 529 => FailureKind::Unavailable,
        400..=499 => FailureKind::BadRequest,
        _ => FailureKind::UpstreamError,
    }
}
