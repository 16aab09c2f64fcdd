//! What is said about keys: by their owner, to their owner, and at the door.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wildmatch::WildMatch;

/// Names a key in logs and records; never reused, also not after the key is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct KeyId(pub i64);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What may be shown of a key. Moments are seconds of Unix time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyInfo {
    /// Its id.
    pub id: KeyId,
    /// The name its owner gave it.
    pub name: String,
    /// Its edges, such as `sk-ab****ef`.
    pub masked: String,
    /// When it was added.
    pub created_at: i64,
    /// Whether it opens anything.
    pub enabled: bool,
    /// From when on it opens nothing.
    pub expires_at: Option<i64>,
    /// When a request last came with it.
    pub last_used_at: Option<i64>,
    /// How many requests came in with it.
    pub requests: u64,
    /// The models it may use, as names or patterns with `*`; empty means all.
    pub models: Vec<String>,
    /// Most requests in any 60 seconds.
    pub per_minute: Option<u32>,
    /// Most requests in a day of UTC.
    pub per_day: Option<u32>,
    /// Until when a secret from before a rotation still opens.
    pub old_until: Option<i64>,
    /// Whether what is asked with it may be recorded.
    #[serde(default = "yes")]
    pub record: bool,
}

/// What holds for keys of which a server that knows no better says nothing.
fn yes() -> bool {
    true
}

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// What to call it; without a name it gets the next free `key-N`.
    pub name: Option<String>,
    /// From when on it opens nothing, in seconds of Unix time.
    pub expires_at: Option<i64>,
    /// The models it may use, as names or patterns with `*`; empty means all.
    pub models: Vec<String>,
    /// Most requests in any 60 seconds.
    pub per_minute: Option<u32>,
    /// Most requests in a day of UTC.
    pub per_day: Option<u32>,
    /// Whether what is asked with it may be recorded.
    pub record: bool,
}

impl Default for NewKey {
    fn default() -> Self {
        Self {
            name: None,
            expires_at: None,
            models: Vec::new(),
            per_minute: None,
            per_day: None,
            record: true,
        }
    }
}

impl NewKey {
    /// A key of this name that may do everything.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }
}

/// What to change of a key; `None` leaves things as they are. Of what a key can be without, the inner
/// `None` takes it away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyChange {
    /// Its new name.
    pub name: Option<String>,
    /// Switches it on or off.
    pub enabled: Option<bool>,
    /// From when on it opens nothing, in seconds of Unix time.
    pub expires_at: Option<Option<i64>>,
    /// The models it may use, as names or patterns with `*`; empty means all.
    pub models: Option<Vec<String>>,
    /// Most requests in any 60 seconds.
    pub per_minute: Option<Option<u32>>,
    /// Most requests in a day of UTC.
    pub per_day: Option<Option<u32>>,
    /// Whether what is asked with it may be recorded.
    pub record: Option<bool>,
}

/// What became of the lines of a key file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// The keys that are new.
    pub added: Vec<KeyInfo>,
    /// How many were known already.
    pub already_there: usize,
    /// Line numbers, from 1, of texts too short to be a key.
    pub too_short: Vec<usize>,
    /// Line numbers of texts that no client could send, because a header holds visible ASCII only.
    pub unsendable: Vec<usize>,
}

/// What the holder of a key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The key.
    pub id: KeyId,
    /// Its name.
    pub name: Arc<str>,
    /// The models it may use, as names or patterns with `*`; empty means all.
    pub models: Arc<[String]>,
    /// Whether what is asked with the key may be recorded.
    pub record: bool,
}

impl Grant {
    /// Whether the key may use the model of this name.
    pub fn allows(&self, model: &str) -> bool {
        self.models.is_empty() || self.models.iter().any(|pattern| WildMatch::new(pattern).matches(model))
    }
}

/// Why a key does not open the door.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// It is no key of this server, or one from before a rotation whose time is over.
    #[error("this is no key of this server")]
    Unknown,
    /// Its owner switched it off.
    #[error("this key is switched off")]
    Disabled,
    /// Its time is over.
    #[error("this key has expired")]
    Expired {
        /// Since when, in seconds of Unix time.
        at: i64,
    },
    /// Its limit is reached.
    #[error("this key may make {limit} requests per {per}")]
    TooMany {
        /// The time the limit is for.
        per: Per,
        /// The limit.
        limit: u32,
        /// When the next request is admitted.
        retry_after: Duration,
    },
}

/// The time a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Any 60 seconds.
    Minute,
    /// A day of UTC.
    Day,
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Minute => "minute",
            Self::Day => "day",
        })
    }
}
