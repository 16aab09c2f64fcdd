//! Errors in the words of the API that was asked for, so that a client's own library understands them.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_LENGTH;
use http::{HeaderName, HeaderValue};
use postern_protocol::dialect::Dialect;

use super::credentials::{is_gemini, is_messages};
use crate::reject::Reject;

/// Says that a response is this server's own, and what went wrong.
const ERROR: HeaderName = HeaderName::from_static("x-postern-error");

/// In whose words errors are told to those who ask another server for this.
pub(super) fn spoken_at(path_and_query: &str) -> Dialect {
    let path = path_and_query.split('?').next().unwrap_or_default();
    if is_messages(path) {
        Dialect::Messages
    } else if is_gemini(path) && !path.contains("/openai/") {
        Dialect::Gemini
    } else {
        Dialect::Chat
    }
}

/// The refusal as a response to the request of this id.
pub(super) fn say(reject: &Reject, dialect: Dialect, id: &str) -> Response {
    let mut response = reject.clone().into_response();
    response.headers_mut().remove(CONTENT_LENGTH);
    *response.body_mut() = reject.words(dialect, id).into();
    response.headers_mut().insert(ERROR, HeaderValue::from_static(reject.code()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_tells_how_errors_look() {
        for (path, expected) in [
            ("/v1/chat/completions", Dialect::Chat),
            ("/v1/messages?beta=true", Dialect::Messages),
            ("/anthropic/v1/messages/count_tokens", Dialect::Messages),
            ("/v1beta/models/x:generateContent?key=y", Dialect::Gemini),
            ("/v1beta/openai/chat/completions", Dialect::Chat),
            ("/x?a=/v1/messages", Dialect::Chat),
        ] {
            assert_eq!(spoken_at(path), expected, "{path}");
        }
    }
}
