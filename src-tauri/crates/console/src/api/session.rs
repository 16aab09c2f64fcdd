//! Who is at the console.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who is at the console, and what they need to do to come in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// How the console is reached.
    pub visitor: VisitorKind,
    /// Whether everything is allowed.
    pub signed_in: bool,
    /// Whether a password exists. Without one, the link that the server printed is needed.
    pub password_set: bool,
    /// The version of Postern.
    pub version: String,
}

/// How the console is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitorKind {
    /// From the window, which needs no login.
    Window,
    /// From a browser.
    Browser,
}

/// A way in: exactly one of the two.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SignIn {
    /// The console's password.
    Password(String),
    /// The token of a link that the server printed.
    Link(String),
}

/// A new password.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The present one; not needed while there is none, or in a session that began with a link.
    #[serde(default)]
    pub current: Option<String>,
    /// The new one, at least ten characters.
    pub new: String,
}

/// The sessions beside this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OtherSessions {
    /// The newest first.
    pub sessions: Vec<OtherSession>,
}

/// A session beside this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OtherSession {
    /// The browser it lives in, as that browser names itself.
    pub label: String,
    /// The address it signed in from.
    pub peer: String,
    /// When it began, in seconds of Unix time.
    pub created_at: i64,
    /// When it was last used, in seconds of Unix time.
    pub seen_at: i64,
}

/// How many sessions ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionsEnded {
    /// So many.
    pub ended: usize,
}
