//! From places to a decision, over any [`Host`].

use std::path::{Path, PathBuf};

use super::host::{Host, Os};
use super::{Candidate, Family, FindError, Installed, Kind, Package, Role, places, remedy, version};
use crate::Options;

/// The first browser that can be used with a driver that fits it, for a profile of this family if it has one.
pub(super) fn find(
    host: &dyn Host,
    options: &Options,
    family: Option<Family>,
) -> Result<Installed, FindError> {
    let browsers = browsers(host, options, family);
    let mut mismatch = None;
    for browser in browsers.iter().filter(|browser| browser.problem.is_none()) {
        let Some(number) = &browser.version else { continue };
        for driver in drivers(host, options, browser) {
            let Some(driver_version) = driver.version else { continue };
            if fits(browser.kind, number, &driver_version) {
                return Ok(Installed {
                    kind: browser.kind,
                    path: browser.path.clone(),
                    version: number.clone(),
                    driver: driver.path,
                    driver_version,
                });
            }
            mismatch.get_or_insert_with(|| FindError::VersionMismatch {
                browser: number.clone(),
                driver: driver_version,
                remedy: remedy::mismatch(host.os(), browser.kind, number, &driver.path),
            });
        }
    }
    Err(mismatch.unwrap_or_else(|| match family {
        Some(family) if browsers.is_empty() => FindError::NotFound { remedy: remedy::no_browser_of(family) },
        _ => explain(host, options, &browsers),
    }))
}

/// Whether a driver of this version steers a browser of that. Firefox and its driver speak a protocol of their own that
/// does not change with the version.
pub(super) fn fits(kind: Kind, browser: &str, driver: &str) -> bool {
    kind.family() == Family::Firefox || version::major(browser) == version::major(driver)
}

/// All browsers, each followed by the drivers considered for it.
pub(super) fn candidates(host: &dyn Host, options: &Options) -> Vec<Candidate> {
    let mut all: Vec<Candidate> = Vec::new();
    for browser in browsers(host, options, None) {
        let drivers = drivers(host, options, &browser);
        all.push(browser);
        for driver in drivers {
            if all.iter().all(|known| known.path != driver.path) {
                all.push(driver);
            }
        }
    }
    all
}

/// The browser that the settings name, or all that are installed; of this family alone, if one is given.
pub(super) fn browsers(host: &dyn Host, options: &Options, family: Option<Family>) -> Vec<Candidate> {
    let wanted = |kind: Kind| family.is_none_or(|family| kind.family() == family);
    if let Some(path) = set(&options.path) {
        let chosen = chosen_browser(host, path);
        if wanted(chosen.kind) {
            return vec![chosen];
        }
    }
    let installed = places::browsers(host).into_iter().filter(|(kind, _)| wanted(*kind));
    installed.map(|(kind, path)| inspect_browser(host, kind, path)).collect()
}

pub(super) fn drivers(host: &dyn Host, options: &Options, browser: &Candidate) -> Vec<Candidate> {
    // One that steers another family says nothing about this browser.
    let named = set(&options.driver).filter(|path| {
        let told = host.version_output(path).unwrap_or_default();
        told.is_empty() || is_geckodriver(&told) == (browser.kind.family() == Family::Firefox)
    });
    let paths = match named {
        Some(path) => vec![path.to_owned()],
        None => places::drivers(host, browser.kind, &browser.path),
    };
    paths.into_iter().map(|path| inspect_driver(host, browser.kind, path)).collect()
}

/// An empty path in the settings means that none was chosen.
pub(super) fn set(path: &Option<PathBuf>) -> Option<&Path> {
    path.as_deref().filter(|path| !path.as_os_str().is_empty())
}

fn is_geckodriver(told: &str) -> bool {
    told.starts_with("geckodriver")
}

fn chosen_browser(host: &dyn Host, path: &Path) -> Candidate {
    let text = host.version_output(path).unwrap_or_default();
    let named = format!("{} {text}", path.display()).to_lowercase();
    let kind = if named.contains("firefox") {
        Kind::Firefox
    } else if named.contains("edge") {
        Kind::Edge
    } else if named.contains("chromium") {
        Kind::Chromium
    } else {
        Kind::Chrome
    };
    inspect_browser(host, kind, path.to_owned())
}

fn inspect_browser(host: &dyn Host, kind: Kind, path: PathBuf) -> Candidate {
    let (version, problem) = if !host.is_file(&path) {
        (None, Some(remedy::missing(&path)))
    } else if let Some(problem) = sandboxed(host, kind, &path) {
        (None, Some(problem))
    } else {
        let version = browser_version(host, kind, &path);
        let problem = version.is_none().then(|| remedy::silent(&path));
        (version, problem)
    };
    Candidate { kind, role: Role::Browser, path, version, problem }
}

fn inspect_driver(host: &dyn Host, kind: Kind, path: PathBuf) -> Candidate {
    let version = host.version_output(&path).as_deref().and_then(version::in_text);
    let problem = match (&version, host.is_file(&path)) {
        (_, false) => Some(remedy::missing(&path)),
        (None, true) => Some(remedy::silent(&path)),
        (Some(_), true) => None,
    };
    Candidate { kind, role: Role::Driver, path, version, problem }
}

/// On Windows the program opens a window instead of telling its version; the folder beside it has the number, or, of
/// Firefox, a file in that.
fn browser_version(host: &dyn Host, kind: Kind, path: &Path) -> Option<String> {
    if host.os() != Os::Windows {
        return host.version_output(path).as_deref().and_then(version::in_text);
    }
    if kind.family() == Family::Firefox {
        let about = host.text(&path.with_file_name("application.ini"))?;
        let told = about.lines().find_map(|line| line.strip_prefix("Version="))?;
        return version::in_text(told);
    }
    let numbers = host.names_in(path.parent()?).into_iter().filter(|name| version::is_version(name));
    numbers.max_by(|a, b| version::compare(a, b))
}

/// Snap and Flatpak packages are shut in: they see neither the profile folder nor the driver.
fn sandboxed(host: &dyn Host, kind: Kind, path: &Path) -> Option<String> {
    match package(host, path) {
        Package::System => None,
        package => Some(remedy::shut_in(kind, package.name(), path)),
    }
}

/// What kind of package the program comes from.
pub(super) fn package(host: &dyn Host, path: &Path) -> Package {
    let place = path.to_string_lossy();
    let leads_to_snap = || {
        let text = host.beginning(path);
        text.starts_with("#!") && text.contains("/snap/")
    };
    match host.os() {
        Os::Windows | Os::Mac => Package::System,
        Os::Linux if place.contains("/flatpak/") => Package::Flatpak,
        Os::Linux if place.starts_with("/snap/") || leads_to_snap() => Package::Snap,
        Os::Linux => Package::System,
    }
}

/// Nothing fits: the nearest miss decides what the person is told.
fn explain(host: &dyn Host, options: &Options, browsers: &[Candidate]) -> FindError {
    let usable = browsers.iter().find(|browser| browser.problem.is_none());
    let remedy = match (usable, set(&options.driver)) {
        (Some(_), Some(path)) if !host.is_file(path) => remedy::missing(path),
        (Some(_), Some(path)) => remedy::silent(path),
        (Some(browser), None) => remedy::no_driver(host.os(), browser),
        (None, _) => match browsers.iter().find_map(|browser| browser.problem.clone()) {
            Some(problem) => problem,
            None => remedy::no_browser(host.os()),
        },
    };
    FindError::NotFound { remedy }
}
