//! Failures in Google's words, both ways.

use std::time::Duration;

use serde_json::{Value, json};

use crate::chat::{Failure, FailureKind};

/// Most characters of a provider's message that are handed on.
const LONGEST: usize = 600;

/// The HTTP status for a failure that comes before the first byte of an answer. Google's API has no 502.
pub fn status(kind: FailureKind) -> u16 {
    match kind.status() {
        502 => 500,
        same => same,
    }
}

/// Google's word for an HTTP status (`google.rpc.Code`). One that the list of codes does not have, such as 502, is told as
/// the kind of fault it is.
pub fn word(status: u16) -> &'static str {
    match status {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        405 | 501 => "UNIMPLEMENTED",
        408 | 504 => "DEADLINE_EXCEEDED",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        503 => "UNAVAILABLE",
        other if other < 500 => "INVALID_ARGUMENT",
        _ => "INTERNAL",
    }
}

/// The error object for a failure, as JSON bytes.
pub fn encode_error(failure: &Failure) -> Vec<u8> {
    error_of(failure).to_string().into_bytes()
}

pub(super) fn error_of(failure: &Failure) -> Value {
    let mut details = Vec::new();
    if let Some(param) = &failure.param {
        details.push(json!({
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{ "field": param, "description": failure.message }],
        }));
    }
    if let Some(after) = failure.retry_after {
        details.push(json!({
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": format!("{}s", after.as_secs() + u64::from(after.subsec_nanos() > 0)),
        }));
    }
    object(status(failure.kind), &failure.message, details)
}

/// The error object for a refusal that is none of a request's failures, such as a key that is not valid (401).
pub fn encode_refusal(status: u16, message: &str) -> Vec<u8> {
    let details = if status == 401 {
        vec![json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
        })]
    } else {
        Vec::new()
    };
    object(status, message, details).to_string().into_bytes()
}

fn object(status: u16, message: &str, details: Vec<Value>) -> Value {
    let mut error = json!({ "code": status, "message": message, "status": word(status) });
    if !details.is_empty() {
        error["details"] = Value::Array(details);
    }
    json!({ "error": error })
}

/// Reads a provider's refusal. A quota that is used up for the day says no time to try again, for that is not near; one
/// of the minute says its own or the header's.
pub fn read_error(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Failure {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let mut failure = failure_in(&value, status).unwrap_or_else(|| {
        let said = format!("The provider refused the request with HTTP status {status}.");
        Failure::new(kind_of(word(status), status, &Value::Null), said)
    });
    if failure.retry_after.is_none() && !is_of_the_day(&value) {
        failure.retry_after = retry_after;
    }
    failure
}

/// The failure that stands where an answer should: an error object, or an array that begins with one. `status` is for one
/// without a code.
pub(super) fn failure_in(value: &Value, status: u16) -> Option<Failure> {
    let error = error_in(value)?;
    let code = error["code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(status);
    let named = error["status"].as_str().unwrap_or_else(|| word(code));
    let kind = kind_of(named, code, error);
    let message = error["message"].as_str().or_else(|| error.as_str()).unwrap_or(named);
    let daily = is_of_the_day(value);
    let message = without_keys(message);
    let said = match kind {
        FailureKind::SignInExpired => format!("The provider does not accept the key: {message}"),
        FailureKind::Quota if daily => format!("The quota of the day at the provider is used up: {message}"),
        _ => format!("The provider says: {message}"),
    };
    let mut failure = Failure::new(kind, said);
    failure.retry_after = details(error).find_map(retry_delay).filter(|_| !daily);
    failure.param = details(error).find_map(|detail| {
        Some(detail["fieldViolations"].get(0)?["field"].as_str()?.to_owned())
            .filter(|field| !field.is_empty())
    });
    Some(failure)
}

fn error_in(value: &Value) -> Option<&Value> {
    let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    value.get("error").filter(|error| !error.is_null())
}

fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error["details"].as_array().into_iter().flatten()
}

fn kind_of(named: &str, code: u16, error: &Value) -> FailureKind {
    let reason = |wanted: &str| details(error).any(|detail| detail["reason"] == wanted);
    match named {
        "INVALID_ARGUMENT" if reason("API_KEY_INVALID") => FailureKind::SignInExpired,
        "INVALID_ARGUMENT" | "FAILED_PRECONDITION" | "OUT_OF_RANGE" => FailureKind::BadRequest,
        "UNAUTHENTICATED" => FailureKind::SignInExpired,
        "PERMISSION_DENIED" => FailureKind::Refused,
        "NOT_FOUND" => FailureKind::UnknownModel,
        "RESOURCE_EXHAUSTED" => FailureKind::Quota,
        "DEADLINE_EXCEEDED" => FailureKind::Timeout,
        "UNAVAILABLE" => FailureKind::Unavailable,
        "CANCELLED" | "INTERNAL" | "ABORTED" | "UNKNOWN" | "DATA_LOSS" | "UNIMPLEMENTED" => {
            FailureKind::UpstreamError
        }
        // A word that is new; the status says enough, in a word that is none.
        _ => kind_of(word(code), code, error),
    }
}

/// Whether what is used up comes back tomorrow only.
fn is_of_the_day(value: &Value) -> bool {
    let violations =
        error_in(value).into_iter().flat_map(details).filter_map(|detail| detail["violations"].as_array());
    violations.flatten().any(|violation| {
        let id = violation["quotaId"].as_str().or_else(|| violation["quotaMetric"].as_str());
        id.is_some_and(|id| id.to_ascii_lowercase().replace('_', "").contains("perday"))
    })
}

/// `"38s"`, `"1.5s"`.
fn retry_delay(detail: &Value) -> Option<Duration> {
    let seconds = detail["retryDelay"].as_str()?.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Some messages name the key.
fn without_keys(message: &str) -> String {
    const STARTS: [&str; 3] = ["api_key:", "AIza", "AQ."];
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut out = String::new();
    let mut rest = message;
    while let Some((at, start)) =
        STARTS.iter().filter_map(|start| Some((rest.find(start)?, *start))).min_by_key(|(at, _)| *at)
    {
        let (before, from) = rest.split_at(at);
        let after = from.get(start.len()..).unwrap_or_default().trim_start_matches(is_of_key);
        out.push_str(before);
        out.push('…');
        rest = after;
    }
    out.push_str(rest);
    out.chars().take(LONGEST).collect()
}
