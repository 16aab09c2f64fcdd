//! A refusal in the words of each dialect, by its HTTP status. What a codec says of a failure in the middle of an
//! answer is its own affair.

use http::StatusCode;
use postern_protocol::dialect::Dialect;
use postern_protocol::gemini::word;
use postern_protocol::openai::ErrorBody;
use serde_json::{Value, json};

/// What is said, and what belongs to it beside the words.
pub(crate) struct Said<'a> {
    pub(crate) status: StatusCode,
    pub(crate) error: &'a ErrorBody,
    /// Seconds after which to come again.
    pub(crate) retry_after: Option<&'a str>,
    /// The request's id.
    pub(crate) id: &'a str,
}

/// The body of a refusal.
pub(crate) fn body(dialect: Dialect, said: &Said<'_>) -> Vec<u8> {
    match dialect {
        Dialect::Chat | Dialect::Responses | Dialect::Completions => said.error.to_bytes(),
        Dialect::Messages => messages(said).to_string().into_bytes(),
        Dialect::Gemini => gemini(said).to_string().into_bytes(),
    }
}

/// Anthropic's error object (API reference, "Errors").
fn messages(said: &Said<'_>) -> Value {
    let kind = match said.status.as_u16() {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        504 => "timeout_error",
        400..=498 => "invalid_request_error",
        _ => "api_error",
    };
    json!({
        "type": "error",
        "error": { "type": kind, "message": said.error.message },
        "request_id": format!("req_{}", said.id),
    })
}

/// Google's error object (`google.rpc.Status` as JSON, "Error Model" of the API design guide). Its clients read the
/// pause from the details.
fn gemini(said: &Said<'_>) -> Value {
    let mut error = json!({
        "code": said.status.as_u16(),
        "message": said.error.message,
        "status": word(said.status.as_u16()),
    });
    let mut details = Vec::new();
    if said.status == StatusCode::UNAUTHORIZED {
        details.push(json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
        }));
    }
    if let Some(field) = &said.error.param {
        let violation = json!({ "field": field, "description": said.error.message });
        details.push(json!({
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [violation],
        }));
    }
    if let Some(seconds) = said.retry_after {
        details.push(json!({
            "@type": "type.googleapis.com/google.rpc.RetryInfo",
            "retryDelay": format!("{seconds}s"),
        }));
    }
    if !details.is_empty() {
        error["details"] = details.into();
    }
    json!({ "error": error })
}

#[cfg(test)]
mod tests {
    use postern_protocol::openai::ErrorType;

    use super::*;

    fn told(dialect: Dialect, status: u16, retry_after: Option<&str>) -> Value {
        let error = ErrorBody::new(ErrorType::ServerError, "some_code", "No.");
        let status = StatusCode::from_u16(status).unwrap_or_default();
        let said = Said { status, error: &error, retry_after, id: "r1" };
        serde_json::from_slice(&body(dialect, &said)).unwrap_or_default()
    }

    #[test]
    fn each_dialect_has_its_own_object() {
        let messages = told(Dialect::Messages, 429, None);
        let error = json!({ "type": "rate_limit_error", "message": "No." });
        assert_eq!(messages, json!({ "type": "error", "error": error, "request_id": "req_r1" }));
        let gemini = told(Dialect::Gemini, 429, Some("38"));
        assert_eq!(gemini["error"]["status"], "RESOURCE_EXHAUSTED");
        assert_eq!(gemini["error"]["code"], 429);
        assert_eq!(gemini["error"]["details"][0]["retryDelay"], "38s");
        assert_eq!(told(Dialect::Responses, 429, None)["error"]["code"], "some_code");
    }

    #[test]
    fn every_status_has_words() {
        for (status, kind, name) in [
            (400, "invalid_request_error", "INVALID_ARGUMENT"),
            (401, "authentication_error", "UNAUTHENTICATED"),
            (405, "invalid_request_error", "UNIMPLEMENTED"),
            (413, "request_too_large", "INVALID_ARGUMENT"),
            (499, "api_error", "CANCELLED"),
            (500, "api_error", "INTERNAL"),
            (502, "api_error", "INTERNAL"),
            (503, "overloaded_error", "UNAVAILABLE"),
            (504, "timeout_error", "DEADLINE_EXCEEDED"),
        ] {
            assert_eq!(told(Dialect::Messages, status, None)["error"]["type"], kind, "{status}");
            assert_eq!(told(Dialect::Gemini, status, None)["error"]["status"], name, "{status}");
        }
    }
}
