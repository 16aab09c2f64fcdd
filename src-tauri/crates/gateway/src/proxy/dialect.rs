//! Errors in the words of the API that was asked for, so that a client's own library understands them.

use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

use super::credentials::{is_gemini, is_messages};
use crate::reject::Reject;

/// Says that a response is this server's own, and what went wrong.
pub(crate) const ERROR: HeaderName = HeaderName::from_static("x-postern-error");

/// How errors look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    OpenAi,
    Anthropic,
    Google,
}

impl Dialect {
    /// How the errors of what this path asks for look.
    pub(crate) fn of(path: &str) -> Self {
        let path = path.split('?').next().unwrap_or_default();
        if is_messages(path) {
            Self::Anthropic
        } else if is_gemini(path) && !path.contains("/openai/") {
            Self::Google
        } else {
            Self::OpenAi
        }
    }

    /// The refusal as a response.
    pub(crate) fn say(self, reject: Reject) -> Response {
        let (status, code) = (reject.status(), reject.code());
        let body = match self {
            Self::OpenAi => None,
            Self::Anthropic => {
                let error = json!({ "type": anthropic_type(status), "message": reject.message() });
                Some(json!({ "type": "error", "error": error }))
            }
            Self::Google => Some(json!({ "error": {
                "code": status.as_u16(),
                "message": reject.message(),
                "status": google_status(status),
            } })),
        };
        let mut response = axum::response::IntoResponse::into_response(reject);
        if let Some(body) = body {
            *response.body_mut() = body.to_string().into();
        }
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().insert(ERROR, HeaderValue::from_static(code));
        response
    }
}

fn anthropic_type(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}

fn google_status(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        500 => "INTERNAL",
        504 => "DEADLINE_EXCEEDED",
        501.. => "UNAVAILABLE",
        _ => "INVALID_ARGUMENT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_how_errors_look() {
        for (path, expected) in [
            ("/v1/chat/completions", Dialect::OpenAi),
            ("/v1/messages?beta=true", Dialect::Anthropic),
            ("/anthropic/v1/messages/count_tokens", Dialect::Anthropic),
            ("/v1beta/models/x:generateContent?key=y", Dialect::Google),
            ("/v1beta/openai/chat/completions", Dialect::OpenAi),
            ("/x?a=/v1/messages", Dialect::OpenAi),
        ] {
            assert_eq!(Dialect::of(path), expected, "{path}");
        }
    }
}
