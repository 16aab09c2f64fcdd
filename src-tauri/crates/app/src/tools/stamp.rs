//! Times in the names of files, so that sorting by name sorts by time.

use std::fmt;
use std::io;

use time::{Duration, OffsetDateTime};

/// `YYYYMMDD-HHMMSS` in UTC.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp(OffsetDateTime);

impl Stamp {
    pub(crate) fn now() -> Self {
        Self(OffsetDateTime::now_utc())
    }

    /// Makes something under the first stamp, from this one on, that is not taken.
    pub(crate) fn first_free<T>(mut self, make: impl Fn(&Self) -> io::Result<T>) -> io::Result<T> {
        loop {
            match make(&self) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.0 += Duration::SECOND,
                other => return other,
            }
        }
    }

    /// Whether the text is such a stamp.
    pub(crate) fn is_one(text: &str) -> bool {
        let digit = |c: char| c.is_ascii_digit();
        text.split_once('-').is_some_and(|(day, time)| {
            day.len() == 8 && day.chars().all(digit) && time.len() == 6 && time.chars().all(digit)
        })
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, month) = (self.0, u8::from(self.0.month()));
        write!(f, "{:04}{month:02}{:02}-", at.year(), at.day())?;
        write!(f, "{:02}{:02}{:02}", at.hour(), at.minute(), at.second())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_sorts_by_time() {
        let stamp = Stamp(OffsetDateTime::UNIX_EPOCH);
        assert_eq!(stamp.to_string(), "19700101-000000");
        assert!(Stamp::is_one(&stamp.to_string()));
        for other in ["", "19700101", "19700101-00000", "1970010a-000000", "../00101-000000"] {
            assert!(!Stamp::is_one(other), "{other}");
        }
        let taken = io::ErrorKind::AlreadyExists;
        let made = stamp.first_free(|stamp| match stamp.to_string().as_str() {
            "19700101-000000" => Err(io::Error::from(taken)),
            free => Ok(free.to_owned()),
        });
        assert_eq!(made.expect("made"), "19700101-000001");
    }
}
