//! A session as files carry it from one browser to another: cookies and local storage.
//!
//! The shape is Playwright's `storage_state`, which most programs of this kind write; [`StorageState::read`] also
//! takes what browser extensions and `cookies.txt` tools write. Nothing here shows a value: neither `Debug` nor an
//! error has one in it.

mod json;
mod netscape;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

use postern_protocol::Secret;
use serde_json::{Map, Value};

pub use read::StateError;

/// More of a session's cookies than this share may not be over for it to count as well.
const EXPIRED_PERCENT: usize = 30;

/// Cookies and local storage.
#[derive(Clone, Default, PartialEq)]
pub struct StorageState {
    /// The cookies of every host.
    pub cookies: Vec<Cookie>,
    /// What pages keep for themselves.
    pub origins: Vec<OriginStorage>,
    /// What other programs keep beside it, which is written back as it was.
    pub extra: Map<String, Value>,
}

/// A cookie.
#[derive(Clone, PartialEq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Secret,
    /// Its host; begins with a dot when the hosts below get it too.
    pub domain: String,
    /// Under which path it is sent.
    pub path: String,
    /// When it ends, in seconds of Unix time; `None` with the browser.
    pub expires: Option<f64>,
    /// Whether scripts cannot see it.
    pub http_only: bool,
    /// Whether it is sent through TLS alone.
    pub secure: bool,
    /// Whether it is sent along from other sites; `None` leaves it to the browser.
    pub same_site: Option<SameSite>,
    /// The site inside which alone it counts.
    pub partition: Option<Partition>,
}

/// Whether a cookie is sent along from other sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Never.
    Strict,
    /// When a link is followed.
    Lax,
    /// Always.
    None,
}

/// Where a partitioned cookie counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partition {
    /// The site in the address bar.
    pub site: String,
    /// Whether a frame of another site is in between.
    pub cross_site_ancestor: bool,
}

/// The local storage of one origin.
#[derive(Clone, PartialEq)]
pub struct OriginStorage {
    /// Scheme, host and port.
    pub origin: String,
    /// Names and values.
    pub items: Vec<(String, Secret)>,
    /// What else is kept of it, such as its databases; written back as it was.
    pub extra: Map<String, Value>,
}

/// What can be said of a session without asking the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Nothing speaks against it.
    Good,
    /// Many of its cookies are over.
    Aged {
        /// So many.
        expired: usize,
        /// Of so many.
        of: usize,
    },
    /// It lacks cookies without which nobody is signed in.
    Broken {
        /// Those that are not there.
        missing: Vec<&'static str>,
        /// Those that are over.
        expired: Vec<&'static str>,
    },
}

impl StorageState {
    /// How it looks at a moment of Unix time, where nobody is signed in without the `critical` cookies.
    pub fn health(&self, critical: &[&'static str], now: u64) -> Health {
        let (mut missing, mut over) = (Vec::new(), Vec::new());
        for name in critical {
            let mut of_name = self.cookies.iter().filter(|cookie| cookie.name == *name).peekable();
            if of_name.peek().is_none() {
                missing.push(*name);
            } else if of_name.all(|cookie| cookie.is_over(now)) {
                over.push(*name);
            }
        }
        if !missing.is_empty() || !over.is_empty() {
            return Health::Broken { missing, expired: over };
        }
        let (expired, of) =
            (self.cookies.iter().filter(|cookie| cookie.is_over(now)).count(), self.cookies.len());
        if expired * 100 > of * EXPIRED_PERCENT { Health::Aged { expired, of } } else { Health::Good }
    }

    /// Whether it has a living cookie of each of these names.
    pub fn has(&self, names: &[&str], now: u64) -> bool {
        names.iter().all(|name| {
            self.cookies.iter().any(|cookie| {
                cookie.name == *name && !cookie.value.expose().is_empty() && !cookie.is_over(now)
            })
        })
    }

    /// The address of the account, where the file says it.
    pub fn account(&self) -> Option<&str> {
        self.extra.get("accountName").and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty())
    }

    /// As Playwright writes it.
    pub fn to_json(&self) -> Secret {
        Secret::new(json::write(self).to_string())
    }
}

impl Cookie {
    /// Whether it has ended at a moment of Unix time.
    pub fn is_over(&self, now: u64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "seconds of Unix time are exact for long enough")]
        let now = now as f64;
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Its host, without the dot.
    pub fn host(&self) -> &str {
        self.domain.strip_prefix('.').unwrap_or(&self.domain)
    }

    /// Whether the hosts below its own get it too.
    pub fn is_wide(&self) -> bool {
        self.domain.starts_with('.')
    }
}

impl SameSite {
    /// The word of the standard.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

impl fmt::Debug for StorageState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StorageState({} cookies, {} origins)", self.cookies.len(), self.origins.len())
    }
}

impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cookie({} of {})", self.name, self.domain)
    }
}

impl fmt::Debug for OriginStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OriginStorage({}, {} items)", self.origin, self.items.len())
    }
}
