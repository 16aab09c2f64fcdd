//! Moments as the tables hold them: whole seconds or milliseconds of Unix time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) fn seconds(at: SystemTime) -> i64 {
    signed(at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}

pub(crate) fn millis(at: SystemTime) -> i64 {
    whole_millis(at.duration_since(UNIX_EPOCH).unwrap_or_default())
}

pub(crate) fn now() -> i64 {
    seconds(SystemTime::now())
}

pub(crate) fn whole_millis(length: Duration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// SQLite knows signed numbers only.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
