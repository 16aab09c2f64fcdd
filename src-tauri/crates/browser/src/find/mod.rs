//! Which browser and driver to use: the settings win, else the first installed browser that has a driver
//! that fits it. Of a profile only a browser of the family that made it is any use.

mod choices;
mod family;
mod host;
mod places;
mod policy;
mod remedy;
mod search;
#[cfg(test)]
mod tests;
mod version;

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::Options;
pub use choices::{Choice, Obstacle, ObstacleKind, Package};
pub use family::Family;

/// A make of browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Google Chrome.
    Chrome,
    /// Microsoft Edge.
    Edge,
    /// Chromium.
    Chromium,
    /// Mozilla Firefox, of whatever edition.
    Firefox,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chrome => "Google Chrome",
            Self::Edge => "Microsoft Edge",
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
        })
    }
}

/// A browser together with the driver that fits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Installed {
    /// Which browser.
    pub kind: Kind,
    /// Its program.
    pub path: PathBuf,
    /// Its version, such as `156.0.8078.79`.
    pub version: String,
    /// The driver's program.
    pub driver: PathBuf,
    /// The driver's version.
    pub driver_version: String,
}

/// Why no browser can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// No usable browser or driver is installed.
    #[error("{remedy}")]
    NotFound {
        /// What the person at the machine can do.
        remedy: String,
    },
    /// Browser and driver do not fit each other.
    #[error("the browser is version {browser}, its driver is for version {driver}: {remedy}")]
    VersionMismatch {
        /// The browser's version.
        browser: String,
        /// The driver's version.
        driver: String,
        /// What the person at the machine can do.
        remedy: String,
    },
}

/// Something that looks like a browser or driver, usable or not; for reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Which browser it is, or is the driver of.
    pub kind: Kind,
    /// Browser or driver.
    pub role: Role,
    /// Its program.
    pub path: PathBuf,
    /// Its version, when it told one.
    pub version: Option<String>,
    /// Why it cannot be used, if so.
    pub problem: Option<String>,
}

/// What a program is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Shows pages.
    Browser,
    /// Steers a browser.
    Driver,
}

/// The browser and driver to use. Blocks: it starts programs to ask for their versions.
pub fn find(options: &Options) -> Result<Installed, FindError> {
    search::find(&host::ThisMachine, options, None)
}

/// Like [`find`], for a profile that a browser of this family has made. When the settings name one of another family,
/// an installed one is taken.
pub(crate) fn find_for(options: &Options, family: Option<Family>) -> Result<Installed, FindError> {
    search::find(&host::ThisMachine, options, family)
}

/// Everything on this machine that was considered, best first. Blocks like [`find`].
pub fn candidates(options: &Options) -> Vec<Candidate> {
    search::candidates(&host::ThisMachine, options)
}

/// The browsers of this machine that a person could sign in with, best first, each with what stands in its way, if
/// anything does. Blocks like [`find`].
pub fn choices(options: &Options) -> Vec<Choice> {
    choices::all(&host::ThisMachine, options)
}
