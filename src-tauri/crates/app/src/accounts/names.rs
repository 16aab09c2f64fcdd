//! What an account may be called.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

const LONGEST_NAME: usize = 64;

/// A name that is also a folder's name on every system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AccountName(pub(super) String);

/// A text that cannot name an account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" cannot be an account's name: use 1 to 64 letters, digits, and . _ - @ + after the first")]
pub struct BadName(String);

impl FromStr for AccountName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let first = |c: char| c.is_ascii_alphanumeric();
        let usable = text.len() <= LONGEST_NAME
            && text.starts_with(first)
            && !text.ends_with('.')
            && !is_a_device(text)
            && text.chars().all(|c| first(c) || matches!(c, '.' | '_' | '-' | '@' | '+'));
        if usable { Ok(Self(text.to_owned())) } else { Err(BadName(text.to_owned())) }
    }
}

/// Whether Windows takes the name, with or without an ending, for a device instead of a file.
fn is_a_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

impl AccountName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_the_folder() {
        for good in ["main", "a", "me@example.org", "a.b-c_d+e", "0"] {
            assert!(good.parse::<AccountName>().is_ok(), "{good}");
        }
        for bad in [
            "CON",
            "nul.txt",
            "com1",
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "-x",
            ".x",
            "x.",
            "a b",
            "ä",
            &"x".repeat(65),
        ] {
            assert!(bad.parse::<AccountName>().is_err(), "{bad}");
        }
    }
}
