//! Which forwarded requests get a line in the log and a row in the journal.
//!
//! All of them, as long as people and their programs send them. In a flood of thousands a second, lines and rows would
//! cost more than the forwarding and drown each other, so that only a part of it is written down.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// So many requests at once are written down in any case.
const BURST: u32 = 2000;
/// One more is, each time so long has passed: 64 a second, which are millions a day, for as long as it takes.
const EACH: Duration = Duration::from_nanos(1_000_000_000 / 64);

/// Decides which requests are written down: by the moment until which those written down so far would have taken if they
/// had come one by one. All threads ask for every request, so that it is one number and no lock.
#[derive(Debug)]
pub(crate) struct Ledger {
    begun: Instant,
    /// In nanoseconds since `begun`.
    until: AtomicU64,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { begun: Instant::now(), until: AtomicU64::new(0) }
    }
}

impl Ledger {
    /// Whether this request is written down.
    pub(crate) fn takes(&self, now: Instant) -> bool {
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let now = nanos(now.saturating_duration_since(self.begun));
        let after = |until: u64| {
            let after = until.max(now).saturating_add(nanos(EACH));
            (after - now <= nanos(EACH * BURST)).then_some(after)
        };
        self.until.fetch_update(Ordering::Relaxed, Ordering::Relaxed, after).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_flood_a_part_is_written_down() {
        let (ledger, now) = (Ledger::default(), Instant::now());
        assert_eq!((0..5000).filter(|_| ledger.takes(now)).count(), 2000);
        let later = now + Duration::from_secs(1);
        assert_eq!((0..5000).filter(|_| ledger.takes(later)).count(), 64);
        let much_later = later + Duration::from_secs(60);
        assert_eq!((0..5000).filter(|_| ledger.takes(much_later)).count(), 2000);
    }
}
