//! The one place where errors become responses.

use std::time::Duration;

use axum::extract::Request;
use axum::extract::rejection::PathRejection;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use postern_protocol::chat::{Failure, FailureKind};
use postern_protocol::dialect::Dialect;
use postern_protocol::openai::{ErrorBody, ErrorType};

use crate::auth::seconds;
use crate::words::{self, Said};
use crate::{body, paths};

/// The code of a provider's own refusal, which the caller gets as it was said.
pub(crate) const PASSED_ON: &str = "provider_refused";

/// A refusal: an HTTP status with an error object. It leaves the routes in OpenAI's words; the door puts those of the
/// caller's dialect in their place.
#[derive(Clone, Debug)]
pub(crate) struct Reject {
    status: StatusCode,
    body: ErrorBody,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// What went wrong, for the log and the journal.
#[derive(Clone)]
pub(crate) struct Trouble {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Trouble {
    fn new(status: u16, body: &ErrorBody) -> Self {
        Self { status, code: body.code.unwrap_or("bad_request"), message: body.message.clone() }
    }

    /// A provider's own refusal, which the caller gets as it was said.
    pub(crate) fn passed_on(status: StatusCode) -> Self {
        let message = format!("The provider refused the request with status {}.", status.as_u16());
        Self { status: status.as_u16(), code: PASSED_ON, message }
    }
}

impl From<&Failure> for Trouble {
    fn from(failure: &Failure) -> Self {
        Self::new(failure.kind.status(), &ErrorBody::from(failure))
    }
}

impl Reject {
    /// A refusal for which the request is at fault.
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let kind = match status {
            StatusCode::FORBIDDEN => ErrorType::PermissionError,
            StatusCode::TOO_MANY_REQUESTS => ErrorType::RateLimitError,
            status if status.is_server_error() => ErrorType::ServerError,
            _ => ErrorType::InvalidRequestError,
        };
        Self { status, body: ErrorBody::new(kind, code, message), headers: Vec::new() }
    }

    pub(crate) fn unauthorized(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_api_key", message)
            .with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    pub(crate) fn too_many(message: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message)
    }

    /// What a server says that its owner has stopped.
    pub(crate) fn stopped() -> Self {
        let message = "The server is stopped; start it from the console.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopped", message)
    }

    /// What is left of it for the log and the journal.
    pub(crate) fn trouble(&self) -> Trouble {
        Trouble::new(self.status.as_u16(), &self.body)
    }

    /// The body in the words of a dialect, for the request of this id.
    pub(crate) fn words(&self, dialect: Dialect, id: &str) -> Vec<u8> {
        let pause = self.headers.iter().find(|(name, _)| *name == RETRY_AFTER);
        let retry_after = pause.and_then(|(_, value)| value.to_str().ok());
        words::body(dialect, &Said { status: self.status, error: &self.body, retry_after, id })
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn code(&self) -> &'static str {
        self.body.code.unwrap_or("bad_request")
    }

    pub(crate) fn defect() -> Self {
        let message = "This is a defect of Postern. Its log says more; the server goes on.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message)
    }

    fn no_such_path(path: &str) -> Self {
        let shown: String = path.chars().take(200).collect();
        let message = if paths::without_version(path) {
            format!(
                "{shown} does not exist. The client's base URL must end in /v1; then it asks for /v1{shown}."
            )
        } else {
            format!("{shown} does not exist. There are {}.", paths::TOLD)
        };
        Self::new(StatusCode::NOT_FOUND, "unknown_url", message)
    }

    fn no_such_method(method: &Method, path: &str) -> Self {
        let message = format!("{method} is not supported for {path}. There are {}.", paths::TOLD);
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_supported", message)
    }
}

impl From<Failure> for Reject {
    fn from(failure: Failure) -> Self {
        let status = StatusCode::from_u16(failure.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = Vec::new();
        if let Some(after) = failure.retry_after.or(usual_pause(failure.kind)) {
            headers.push((RETRY_AFTER, seconds(after)));
        }
        Self { status, body: ErrorBody::from(&failure), headers }
    }
}

/// When to come again where the failure does not say. Clients that hear nothing come again at once, or
/// not at all.
fn usual_pause(kind: FailureKind) -> Option<Duration> {
    match kind {
        FailureKind::Quota => Some(Duration::from_secs(60)),
        FailureKind::Unavailable | FailureKind::SignInExpired | FailureKind::NeedsVerification => {
            Some(Duration::from_secs(30))
        }
        FailureKind::BadRequest
        | FailureKind::UnknownModel
        | FailureKind::Refused
        | FailureKind::NotAllowed
        | FailureKind::UpstreamError
        | FailureKind::Interrupted
        | FailureKind::PageChanged
        | FailureKind::Timeout
        | FailureKind::Cancelled
        | FailureKind::Internal => None,
    }
}

/// The path's escapes do not stand for text.
impl From<PathRejection> for Reject {
    fn from(rejection: PathRejection) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_url", rejection.body_text())
    }
}

impl IntoResponse for Reject {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body.to_bytes()).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().extend(self.headers.clone());
        response.extensions_mut().insert(self);
        response
    }
}

/// What is said on a path that does not exist.
pub(crate) async fn path(request: Request) -> Reject {
    let reject = Reject::no_such_path(request.uri().path());
    body::drain(request);
    reject
}

/// What is said to a method that a path does not know; the `allow` header is the router's.
pub(crate) async fn method(request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    let reject = Reject::no_such_method(request.method(), request.uri().path());
    body::drain(request);
    reject.into_response()
}
