//! From bytes of any of the known shapes.

use super::{StorageState, json, netscape};

/// No session is larger.
const MOST_BYTES: usize = 16 << 20;
/// No browser keeps more for one profile.
pub(super) const MOST_COOKIES: usize = 5_000;

/// Why a file is no session. Says where, and never what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// It is larger than any session.
    #[error("the file is larger than {} MB, which no session is", MOST_BYTES >> 20)]
    TooLarge,
    /// It has bytes that are no text.
    #[error("the file is no text")]
    NotText,
    /// It begins like JSON and is none.
    #[error("the file is not valid JSON: line {line}, column {column}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// Something in it is not as it should be.
    #[error("{place} {wrong}")]
    Wrong {
        /// Where, such as `cookies[3].name` or `line 7`.
        place: String,
        /// What is wrong there.
        wrong: &'static str,
    },
    /// It has more of something than any session.
    #[error("{0} has more entries than any session")]
    TooMany(&'static str),
    /// There is nothing in it to sign in with.
    #[error("there are no cookies in the file")]
    NoCookies,
}

impl StateError {
    pub(super) fn wrong(place: impl Into<String>, wrong: &'static str) -> Self {
        Self::Wrong { place: place.into(), wrong }
    }
}

impl StorageState {
    /// Reads Playwright's `storage_state`, an array of cookies as browser extensions export it, or a
    /// `cookies.txt`.
    pub fn read(bytes: &[u8]) -> Result<Self, StateError> {
        if bytes.len() > MOST_BYTES {
            return Err(StateError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| StateError::NotText)?;
        let text = text.trim_start_matches('\u{feff}');
        if text.contains('\0') {
            return Err(StateError::NotText);
        }
        let state =
            if text.trim_start().starts_with(['{', '[']) { json::read(text) } else { netscape::read(text) }?;
        if state.cookies.is_empty() { Err(StateError::NoCookies) } else { Ok(state) }
    }
}

/// The cookie's name, value, host and path can be those of a cookie.
pub(super) fn check(cookie: &super::Cookie, place: &str) -> Result<(), StateError> {
    let wrong = |field: &str, wrong| Err(StateError::wrong(format!("{place}{field}"), wrong));
    let breaks = |text: &str| text.contains(|c: char| c == ';' || c.is_control());
    if breaks(&cookie.name) || cookie.name.contains('=') {
        return wrong("name", "has a character that no cookie's name has");
    }
    if breaks(cookie.value.expose()) {
        return wrong("value", "has a character that no cookie has");
    }
    if url::Host::parse(cookie.host()).is_err() {
        return wrong("domain", "is no host");
    }
    if !cookie.path.starts_with('/') || breaks(&cookie.path) {
        return wrong("path", "is no path");
    }
    Ok(())
}
