//! Moments as people and the site count them.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

/// Where the site's day ends.
const SITE: &str = "America/Los_Angeles";

/// Unix time in seconds.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// The day it is for the owner of this computer, as `2026-01-31`.
pub fn today() -> String {
    Zoned::now().date().to_string()
}

/// When the site's day ends; `None` where its time zone is not known.
pub(crate) fn end_of_site_day(now: u64) -> Option<u64> {
    let here = at(now, TimeZone::get(SITE).ok()?)?;
    let end = here.start_of_day().ok()?.checked_add(1.day()).ok()?;
    u64::try_from(end.timestamp().as_second()).ok()
}

/// "until 14:20 (in 23 min)".
pub(crate) fn until(end: u64, now: u64) -> String {
    let clock = match (at(end, TimeZone::system()), at(now, TimeZone::system())) {
        (Some(end), Some(now)) if end.date() == now.date() => end.strftime("%H:%M").to_string(),
        (Some(end), _) => end.strftime("%b %-d, %H:%M").to_string(),
        (None, _) => return format!("for {}", length(end.saturating_sub(now))),
    };
    format!("until {clock} (in {})", length(end.saturating_sub(now)))
}

fn length(seconds: u64) -> String {
    match (seconds, seconds.div_ceil(60)) {
        (0..=90, _) => format!("{seconds} s"),
        (_, minutes @ 0..120) => format!("{minutes} min"),
        (_, minutes) => format!("{} h", minutes.div_ceil(60)),
    }
}

fn at(seconds: u64, zone: TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?.to_zoned(zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> u64 {
        u64::try_from(text.parse::<Timestamp>().unwrap().as_second()).unwrap()
    }

    #[test]
    fn the_sites_day_ends_at_its_own_midnight() {
        // Summer and winter differ by an hour, and so do the days between them.
        for (now, end) in [
            ("2026-07-01T12:00:00Z", "2026-07-02T07:00:00Z"),
            ("2026-01-01T12:00:00Z", "2026-01-02T08:00:00Z"),
            ("2026-01-01T07:59:59Z", "2026-01-01T08:00:00Z"),
            ("2026-03-08T09:00:00Z", "2026-03-09T07:00:00Z"),
        ] {
            assert_eq!(end_of_site_day(utc(now)), Some(utc(end)), "{now}");
        }
    }

    #[test]
    fn an_end_is_told_by_clock_and_by_length() {
        let now = now();
        assert!(until(now + 1380, now).ends_with(" (in 23 min)"), "{}", until(now + 1380, now));
        assert!(until(now + 30, now).contains("(in 30 s)"));
        assert!(until(now + 3 * 3600, now).contains("(in 3 h)"));
        let clock = until(now + 60, now);
        let clock = clock.strip_prefix("until ").and_then(|rest| rest.split_once(" (")).unwrap().0;
        assert_eq!(clock.chars().rev().nth(2), Some(':'), "{clock}");
        let other_day = until(now + 48 * 3600, now);
        assert!(other_day.contains(','), "another day is named: {other_day}");
    }
}
