//! Families of browsers: what one member keeps in a profile, no member of another can read.

use std::fmt;
use std::path::Path;

use super::Kind;

/// A family of browsers, with its own kind of profile, of driver and of switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Chrome, Edge and Chromium.
    Chromium,
    /// Firefox in all its editions.
    Firefox,
}

impl Family {
    /// The family of the browser that has used this profile folder; `None` when none has yet.
    pub fn of_profile(dir: &Path) -> Option<Self> {
        let made = |file: &str| dir.join(file).is_file();
        if made("Local State") {
            Some(Self::Chromium)
        } else if made("compatibility.ini") {
            Some(Self::Firefox)
        } else {
            None
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "Chrome, Edge or Chromium",
            Self::Firefox => "Firefox",
        })
    }
}

impl Kind {
    /// Its family.
    pub fn family(self) -> Family {
        match self {
            Self::Chrome | Self::Edge | Self::Chromium => Family::Chromium,
            Self::Firefox => Family::Firefox,
        }
    }
}
