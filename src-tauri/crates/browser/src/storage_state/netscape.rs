//! The `cookies.txt` that browsers once kept and tools still write: one cookie a line, seven columns.

use postern_protocol::Secret;

use super::read::{MOST_COOKIES, check};
use super::{Cookie, StateError, StorageState};

/// Marks a cookie that scripts cannot see, in what would otherwise be a comment.
const HIDDEN: &str = "#HttpOnly_";

pub(super) fn read(text: &str) -> Result<StorageState, StateError> {
    let mut state = StorageState::default();
    for (index, line) in text.lines().enumerate() {
        let (hidden, line) = match line.strip_prefix(HIDDEN) {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if state.cookies.len() == MOST_COOKIES {
            return Err(StateError::TooMany("the file"));
        }
        state.cookies.push(cookie(line, hidden, &format!("line {}", index + 1))?);
    }
    Ok(state)
}

fn cookie(line: &str, hidden: bool, place: &str) -> Result<Cookie, StateError> {
    let columns: Vec<&str> = line.split('\t').collect();
    let (head, value) = match columns.as_slice() {
        [head @ .., value] if head.len() == 6 => (head, *value),
        // An empty value, whose tab an editor took for a blank at the end.
        head if head.len() == 6 => (head, ""),
        _ => return Err(StateError::wrong(place, "is not a cookie: seven columns with tabs between them")),
    };
    let [domain, wide, path, secure, expires, name] = head else {
        return Err(StateError::wrong(place, "is not a cookie: seven columns with tabs between them"));
    };
    let host = domain.trim_start_matches('.');
    let wide =
        flag(wide).ok_or_else(|| StateError::wrong(place, "says neither TRUE nor FALSE in column 2"))?;
    let secure =
        flag(secure).ok_or_else(|| StateError::wrong(place, "says neither TRUE nor FALSE in column 4"))?;
    let expires: f64 = expires
        .trim()
        .parse()
        .ok()
        .filter(|expires: &f64| expires.is_finite())
        .ok_or_else(|| StateError::wrong(place, "has no time in column 5"))?;
    let cookie = Cookie {
        name: (*name).to_owned(),
        value: Secret::new(value),
        domain: if wide { format!(".{host}") } else { host.to_owned() },
        path: (*path).to_owned(),
        expires: Some(expires).filter(|expires| *expires > 0.0),
        http_only: hidden,
        secure,
        same_site: None,
        partition: None,
    };
    check(&cookie, &format!("{place}: its "))?;
    Ok(cookie)
}

fn flag(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else {
        text.eq_ignore_ascii_case("false").then_some(false)
    }
}
