//! The session of an account as something that can be carried and kept.

use std::fmt;

use futures::future::BoxFuture;
use postern_browser::StorageState;

/// The cookies that a session usually has.
pub const CRITICAL: &[&str] = &[
    "SID",
    "HSID",
    "SSID",
    "APISID",
    "SAPISID",
    "SIDCC",
    "__Secure-1PSID",
    "__Secure-3PSID",
    "__Secure-1PAPISID",
    "__Secure-3PAPISID",
];
/// The cookies without which nobody is signed in.
pub const NEEDED: &[&str] = &["SID", "__Secure-1PSID", "SAPISID"];

/// The session of a page that showed its editor when it was read.
#[derive(Clone, Debug)]
pub struct Session {
    /// Cookies and local storage.
    pub state: StorageState,
    /// The address of the account, as the page showed it.
    pub owner: Option<String>,
}

/// Keeps the sessions of accounts whose profile came without one of its own. Only sessions of pages that showed their
/// editor are given to it.
pub trait SessionKeeper: fmt::Debug + Send + Sync {
    /// Keeps the session as the newest of the good ones, if it is the account's.
    fn keep(&self, session: Session) -> BoxFuture<'_, ()>;

    /// The last good one, for a profile that has lost its cookies.
    fn last_good(&self) -> BoxFuture<'_, Option<StorageState>>;
}
