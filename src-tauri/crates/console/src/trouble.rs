//! What the console says when something cannot be done.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of trouble it is, where the page or a program branches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Something in the request cannot be used.
    Invalid,
    /// There is no such thing.
    NotFound,
    /// The path knows no such method.
    WrongMethod,
    /// The request is larger than what is taken here.
    TooLarge,
    /// It would collide with what is there, or what is there changed meanwhile.
    Conflict,
    /// A login is needed.
    SignInNeeded,
    /// The password or the link is wrong.
    WrongCredential,
    /// Too many tries.
    Throttled,
    /// Not from here.
    Forbidden,
    /// A flag or the environment decides this setting.
    Locked,
    /// It cannot be done now.
    Unavailable,
    /// A defect of Postern.
    Internal,
}

/// An error of the console: what, why, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// What kind.
    pub code: Code,
    /// What happened and why, in plain words.
    pub message: String,
    /// What to do next.
    pub action: Option<String>,
    /// The field of the request that is wrong.
    pub field: Option<String>,
    /// After how many seconds another try makes sense; sent as `Retry-After`.
    pub retry_after: Option<u64>,
}

/// The body of an error answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorDetail,
}

/// An error as JSON.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorDetail {
    /// What kind.
    pub code: Code,
    /// What happened and why, in plain words.
    pub message: String,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl Trouble {
    /// Trouble of this kind.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), action: None, field: None, retry_after: None }
    }

    /// With what to do next.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// With the field that is wrong.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// With the seconds after which another try makes sense.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self.code {
            Code::Invalid => StatusCode::BAD_REQUEST,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::Conflict | Code::Locked => StatusCode::CONFLICT,
            Code::SignInNeeded | Code::WrongCredential => StatusCode::UNAUTHORIZED,
            Code::Throttled => StatusCode::TOO_MANY_REQUESTS,
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let status = self.status();
        let Self { code, message, action, field, retry_after } = self;
        let wait = retry_after.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
        (status, wait, Json(ErrorBody { error: ErrorDetail { code, message, action, field } }))
            .into_response()
    }
}

impl From<postern_store::Error> for Trouble {
    fn from(error: postern_store::Error) -> Self {
        use postern_store::Error as Store;
        let message = error.to_string();
        match error {
            Store::NameTaken(_) => Self::new(Code::Conflict, message).field("name"),
            Store::BadName(_) => Self::new(Code::Invalid, message).field("name"),
            Store::BadKey | Store::KnownKey(_) => Self::new(Code::Invalid, message).field("key"),
            Store::BadPlace(_) => Self::new(Code::Invalid, message).field("after"),
            Store::BadModel(_) => Self::new(Code::Invalid, message).field("models"),
            Store::BadLimit | Store::Ambiguous { .. } => Self::new(Code::Invalid, message),
            Store::NoSuchKey(_) => Self::new(Code::NotFound, message),
            Store::Closed => Self::new(Code::Unavailable, "Postern is closing."),
            Store::Files { .. }
            | Store::Newer { .. }
            | Store::Open { .. }
            | Store::Sqlite(_)
            | Store::Damaged(_)
            | Store::Unreadable(_) => {
                tracing::error!(%error, "the console could not use the database");
                Self::new(Code::Internal, message)
                    .action("See whether the disk is full, then run `postern doctor`.")
            }
        }
    }
}
