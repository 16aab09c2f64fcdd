//! The browsers that a person could sign in with, and what stands in the way of each.

use std::path::{Path, PathBuf};

use super::host::Host;
use super::{Candidate, Kind, policy, remedy, search};
use crate::Options;

/// A browser that was found on this machine. Nobody else can make one, so that whoever is given it can start it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    name: String,
    kind: Kind,
    path: PathBuf,
    version: Option<String>,
    package: Package,
    obstacle: Option<Obstacle>,
}

/// In what form a program came to this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// One of the system, or its own installer.
    System,
    /// A Snap.
    Snap,
    /// A Flatpak.
    Flatpak,
}

/// Why a browser cannot be used, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// What kind.
    pub kind: ObstacleKind,
    /// What it is, in plain words.
    pub message: String,
    /// What to do next.
    pub action: String,
}

/// The kinds of obstacles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObstacleKind {
    /// It does not tell its version.
    Silent,
    /// It has no driver that fits it.
    NoDriver,
    /// It is walled off from profile and driver.
    Confined,
    /// A policy forbids what is needed.
    Policy,
}

impl Choice {
    /// Its name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its make.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its program.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its version, when it told one.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// In what form it came here.
    pub fn package(&self) -> Package {
        self.package
    }

    /// What stands in its way; `None` when it can be used.
    pub fn obstacle(&self) -> Option<&Obstacle> {
        self.obstacle.as_ref()
    }
}

impl Package {
    /// Its name for people; empty for what needs none.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Snap => "Snap",
            Self::Flatpak => "Flatpak",
        }
    }
}

/// Those that can be used first; each once, although a program may lie in several places.
pub(super) fn all(host: &dyn Host, options: &Options) -> Vec<Choice> {
    let mut all: Vec<Choice> = Vec::new();
    let found = search::browsers(host, options, None);
    for choice in found.iter().map(|browser| choice(host, options, browser)) {
        let same = |known: &Choice| (&known.name, &known.version) == (&choice.name, &choice.version);
        if !all.iter().any(same) {
            all.push(choice);
        }
    }
    all.sort_by_key(|choice| choice.obstacle.is_some());
    all
}

fn choice(host: &dyn Host, options: &Options, browser: &Candidate) -> Choice {
    let package = search::package(host, &browser.path);
    let name = match package {
        Package::System => browser.kind.to_string(),
        packed => format!("{} ({})", browser.kind, packed.name()),
    };
    let obstacle = obstacle(host, options, browser, package);
    Choice {
        name,
        kind: browser.kind,
        path: browser.path.clone(),
        version: browser.version.clone(),
        package,
        obstacle,
    }
}

fn obstacle(host: &dyn Host, options: &Options, browser: &Candidate, package: Package) -> Option<Obstacle> {
    if package != Package::System {
        return Some(Obstacle {
            kind: ObstacleKind::Confined,
            message: format!("This is {}", remedy::walled_off(package.name())),
            action: remedy::unpacked(browser.kind).to_owned(),
        });
    }
    let Some(number) = &browser.version else {
        return Some(Obstacle {
            kind: ObstacleKind::Silent,
            message: browser.problem.clone().unwrap_or_else(|| remedy::silent(&browser.path)),
            action: "Start it by hand to see why, or choose another browser.".to_owned(),
        });
    };
    policy::obstacle(host, browser.kind).or_else(|| without_driver(host, options, browser, number))
}

fn without_driver(host: &dyn Host, options: &Options, browser: &Candidate, number: &str) -> Option<Obstacle> {
    let drivers = search::drivers(host, options, browser);
    let known = || drivers.iter().filter_map(|driver| driver.version.as_deref());
    if known().any(|driver| search::fits(browser.kind, number, driver)) {
        return None;
    }
    let message = match known().next() {
        Some(driver) => {
            format!("{} is version {number}, but its driver is for version {driver}.", browser.kind)
        }
        None => remedy::driver_missing(host.os(), browser),
    };
    let action = remedy::get_driver(host.os(), browser.kind, number);
    Some(Obstacle { kind: ObstacleKind::NoDriver, message, action })
}
