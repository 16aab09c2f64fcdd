//! What the person at the machine can do, in words.

use std::path::Path;

use super::host::Os;
use super::{Candidate, Family, Kind, places, version};

const CHROME_DRIVERS: &str = "https://googlechromelabs.github.io/chrome-for-testing/";
const EDGE_DRIVERS: &str = "https://developer.microsoft.com/microsoft-edge/tools/webdriver/";
const FIREFOX_DRIVERS: &str = "https://github.com/mozilla/geckodriver/releases";

/// No browser at all.
pub(super) fn no_browser(os: Os) -> String {
    let how = match os {
        Os::Linux => {
            "On Debian and Ubuntu with Debian packages: `sudo apt install chromium chromium-driver`; \
             on Fedora: `sudo dnf install chromium chromedriver`"
        }
        Os::Windows => "Install Google Chrome, or use Microsoft Edge",
        Os::Mac => "Install Google Chrome from https://www.google.com/chrome/",
    };
    format!(
        "No Chrome, Edge, Chromium or Firefox was found. {how}, or set `path` under [browser]. Firefox works, too, \
         with geckodriver."
    )
}

/// A profile whose kind of browser is gone.
pub(super) fn no_browser_of(family: Family) -> String {
    format!(
        "This profile was made with {family}, which is not here any more, and no other browser can read it. Install it \
         again, or sign in again with another one as a new account."
    )
}

/// A browser without a driver.
pub(super) fn no_driver(os: Os, browser: &Candidate) -> String {
    let number = browser.version.as_deref().unwrap_or_default();
    format!("{} {}", driver_missing(os, browser), get_driver(os, browser.kind, number))
}

/// That it has none.
pub(super) fn driver_missing(os: Os, browser: &Candidate) -> String {
    let number = browser.version.as_deref().unwrap_or_default();
    let name = places::driver_name(os, browser.kind);
    format!("{} {number} is installed, but its driver `{name}` was not found.", browser.kind)
}

/// Browser and driver of different versions.
pub(super) fn mismatch(os: Os, kind: Kind, browser: &str, driver: &Path) -> String {
    format!("{} Found at {}.", get_driver(os, kind, browser), driver.display())
}

/// A path from the settings where nothing is.
pub(super) fn missing(path: &Path) -> String {
    format!("There is no program at {}. Correct it under [browser], or leave it empty.", path.display())
}

/// A program that does not tell its version.
pub(super) fn silent(path: &Path) -> String {
    format!(
        "The program at {} did not tell its version, so it cannot be used. Is it complete and allowed to run?",
        path.display()
    )
}

/// A package that is walled off from the rest of the machine.
pub(super) fn shut_in(kind: Kind, package: &str, path: &Path) -> String {
    format!("The browser at {} is {} {}", path.display(), walled_off(package), unpacked(kind))
}

/// What such a package is.
pub(super) fn walled_off(package: &str) -> String {
    format!("a {package} package: it is walled off from the profile folder and from the driver.")
}

/// What to do about it.
pub(super) fn unpacked(kind: Kind) -> &'static str {
    match kind.family() {
        Family::Chromium => {
            "Install Chrome or Chromium as a system package instead (for instance Google's .deb or .rpm with its \
             chromedriver)."
        }
        Family::Firefox => {
            "Install Firefox as a system package instead (for instance Mozilla's .deb, or Debian's firefox-esr), and \
             geckodriver."
        }
    }
}

/// Where the driver of this version is to be had.
pub(super) fn get_driver(os: Os, kind: Kind, browser: &str) -> String {
    let major = version::major(browser).map_or_else(String::new, |number| format!(" {number}"));
    let set = "put it on the PATH or set `driver` under [browser]";
    match (kind, os) {
        (Kind::Edge, _) => format!("Get Edge WebDriver{major} from {EDGE_DRIVERS} and {set}."),
        (Kind::Chromium, Os::Linux) => format!(
            "Install the driver of the same version: on Debian `sudo apt install chromium-driver`, on Fedora \
             `sudo dnf install chromedriver`; or get chromedriver{major} from {CHROME_DRIVERS} and {set}."
        ),
        (Kind::Chrome | Kind::Chromium, _) => {
            format!("Get chromedriver{major} from {CHROME_DRIVERS} and {set}.")
        }
        (Kind::Firefox, Os::Linux) => format!(
            "Get geckodriver from {FIREFOX_DRIVERS} (or with `cargo install geckodriver`; on Fedora `sudo dnf install \
             geckodriver`) and {set}."
        ),
        (Kind::Firefox, Os::Windows) => format!(
            "Get geckodriver from {FIREFOX_DRIVERS} (or with `winget install Mozilla.GeckoDriver`) and {set}."
        ),
        (Kind::Firefox, Os::Mac) => {
            format!("Get geckodriver from {FIREFOX_DRIVERS} (or with `brew install geckodriver`) and {set}.")
        }
    }
}
