//! Which forwarded requests get a line in the log and a row in the journal.
//!
//! All of them, as long as people and their programs send them. In a flood of thousands a second, lines and rows would
//! cost more than the forwarding and drown each other, so that only a part of it is written down.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// So many requests at once are written down in any case.
const BURST: f64 = 2000.0;
/// So many a second are, for as long as it takes.
const RATE: f64 = 256.0;

/// Decides which requests are written down.
#[derive(Debug)]
pub(crate) struct Ledger(Mutex<Bucket>);

#[derive(Debug)]
struct Bucket {
    left: f64,
    filled: Instant,
}

impl Default for Ledger {
    fn default() -> Self {
        Self(Mutex::new(Bucket { left: BURST, filled: Instant::now() }))
    }
}

impl Ledger {
    /// Whether this request is written down.
    pub(crate) fn takes(&self, now: Instant) -> bool {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = now.saturating_duration_since(bucket.filled);
        bucket.left = (bucket.left + since.as_secs_f64() * RATE).min(BURST);
        bucket.filled = now;
        let takes = bucket.left >= 1.0;
        if takes {
            bucket.left -= 1.0;
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn of_a_flood_a_part_is_written_down() {
        let (ledger, now) = (Ledger::default(), Instant::now());
        assert_eq!((0..5000).filter(|_| ledger.takes(now)).count(), 2000);
        let later = now + Duration::from_secs(1);
        assert_eq!((0..5000).filter(|_| ledger.takes(later)).count(), 256);
    }
}
