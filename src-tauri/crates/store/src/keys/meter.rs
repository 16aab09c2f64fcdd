//! How much a key was used, and whether it may be used once more.

use std::collections::VecDeque;
use std::time::Duration;

use super::{KeyRefusal, Per};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// What is counted for one key. The days outlive the program, the last minute does not.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// The moments of the last 60 seconds, oldest first; kept for keys with such a limit only.
    minute: VecDeque<i64>,
    /// The day of `on_day`, counted from the first one of Unix time.
    pub(super) day: i64,
    pub(super) on_day: i64,
    /// Requests that the table does not know of yet.
    pub(super) unsaved: i64,
    /// When the last of them came, in seconds.
    pub(super) last_used: i64,
}

/// The limits of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    pub(super) per_minute: Option<u32>,
    pub(super) per_day: Option<u32>,
}

impl Meter {
    pub(super) fn new(day: i64, on_day: i64) -> Self {
        Self { day, on_day, ..Self::default() }
    }

    /// Counts one request at `now`, unless a limit is reached: then nothing is counted.
    pub(super) fn take(&mut self, limits: Limits, now_ms: i64) -> Result<(), KeyRefusal> {
        let day = now_ms.div_euclid(DAY_MS);
        if day != self.day {
            (self.day, self.on_day) = (day, 0);
        }
        if let Some(limit) = limits.per_day.filter(|limit| self.on_day >= i64::from(*limit)) {
            return Err(too_many(Per::Day, limit, (day + 1) * DAY_MS - now_ms));
        }
        // A moment ahead of now is left from before the clock was set back.
        let over = |at: &i64| *at > now_ms || *at <= now_ms - MINUTE_MS;
        while self.minute.front().is_some_and(over) {
            self.minute.pop_front();
        }
        match limits.per_minute {
            Some(limit) => {
                let used = self.minute.len();
                if used >= limit as usize {
                    let frees = self.minute.get(used - limit.max(1) as usize).copied().unwrap_or(now_ms);
                    return Err(too_many(Per::Minute, limit, frees + MINUTE_MS - now_ms));
                }
                self.minute.push_back(now_ms);
            }
            None => self.minute.clear(),
        }
        self.on_day += 1;
        self.unsaved += 1;
        self.last_used = self.last_used.max(now_ms / 1000);
        Ok(())
    }
}

fn too_many(per: Per, limit: u32, wait_ms: i64) -> KeyRefusal {
    let retry_after = Duration::from_millis(u64::try_from(wait_ms).unwrap_or_default());
    KeyRefusal::TooMany { per, limit, retry_after }
}

#[cfg(test)]
mod tests {
    use super::{DAY_MS, KeyRefusal, Limits, Meter};

    const BOTH: Limits = Limits { per_minute: Some(2), per_day: Some(3) };

    fn wait(refused: Result<(), KeyRefusal>) -> u128 {
        match refused {
            Err(KeyRefusal::TooMany { retry_after, .. }) => retry_after.as_millis(),
            other => panic!("should be too many: {other:?}"),
        }
    }

    #[test]
    fn any_sixty_seconds_hold_no_more_than_the_limit() {
        let mut meter = Meter::default();
        let limits = Limits { per_day: None, ..BOTH };
        meter.take(limits, 1_000).expect("first");
        meter.take(limits, 31_000).expect("second");
        assert_eq!(wait(meter.take(limits, 60_999)), 1);
        meter.take(limits, 61_000).expect("the first is a minute ago");
        assert_eq!(wait(meter.take(limits, 61_000)), 30_000);
    }

    #[test]
    fn a_day_ends_at_midnight_of_utc() {
        let mut meter = Meter::default();
        let limits = Limits { per_minute: None, ..BOTH };
        for at in [DAY_MS, DAY_MS + 1, DAY_MS + 2] {
            meter.take(limits, at).expect("within the limit");
        }
        assert_eq!(wait(meter.take(limits, 2 * DAY_MS - 5)), 5);
        meter.take(limits, 2 * DAY_MS).expect("a new day");
        assert_eq!((meter.day, meter.on_day), (2, 1));
    }

    #[test]
    fn what_is_refused_is_not_counted() {
        let mut meter = Meter::default();
        meter.take(BOTH, 0).expect("first");
        meter.take(BOTH, 0).expect("second");
        for _ in 0..5 {
            wait(meter.take(BOTH, 30_000));
        }
        meter.take(BOTH, 60_000).expect("the minute is over");
        assert_eq!((meter.on_day, meter.unsaved), (3, 3));
    }

    #[test]
    fn a_limit_made_smaller_says_when_it_is_free_again() {
        let mut meter = Meter::default();
        let wide = Limits { per_minute: Some(10), per_day: None };
        for at in [0, 1_000, 2_000] {
            meter.take(wide, at).expect("within the limit");
        }
        let narrow = Limits { per_minute: Some(1), per_day: None };
        assert_eq!(wait(meter.take(narrow, 3_000)), 59_000);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let mut meter = Meter::default();
        let limits = Limits { per_minute: Some(1), per_day: None };
        meter.take(limits, 10 * DAY_MS).expect("first");
        meter.take(limits, 1_000).expect("the clock was wrong before");
    }
}
