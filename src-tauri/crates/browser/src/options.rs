//! What the rest of the house may choose about the browser.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::ProxyChoice;
use crate::find::Family;

/// Which browser to use and how, as plain values.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The browser's program; found by itself when `None`.
    pub path: Option<PathBuf>,
    /// The driver's program; found by itself when `None`.
    pub driver: Option<PathBuf>,
    /// Address of a WebDriver (or grid) that runs elsewhere; name and password for it may stand in it. With it
    /// no local process is started, and the profile folder of this machine is not given to the browser.
    pub webdriver_url: Option<String>,
    /// The folder of the account's profile where `webdriver_url` starts the browser; with `None` it begins
    /// with an empty one each time.
    pub remote_profile: Option<String>,
    /// Run without a window.
    pub headless: bool,
    /// More switches for the browser, after the built-in ones.
    pub args: Vec<String>,
    /// How it gets out.
    pub proxy: ProxyChoice,
    /// How answers are read.
    pub capture: CaptureMode,
    /// Where the driver's log file goes.
    pub log_dir: PathBuf,
}

impl Options {
    /// Whether there is a screen on which this browser could open a window.
    pub fn has_screen(&self) -> bool {
        let named = || self.args.iter().any(|argument| argument.starts_with("--display="));
        let told = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        !cfg!(target_os = "linux") || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(told) || named()
    }

    /// Whether the browser of this profile folder can have several tabs that work at once. Firefox's driver has one
    /// session with one tab at work, and those of a WebDriver server elsewhere are counted by that.
    pub fn takes_tabs(&self, profile: &Path) -> bool {
        !self.is_remote() && Family::of_profile(profile) != Some(Family::Firefox)
    }

    /// Whether the browser runs on another machine, or at least under a driver that was not started here.
    pub fn is_remote(&self) -> bool {
        self.webdriver_url.as_ref().is_some_and(|url| !url.is_empty())
    }
}

/// How the bytes of an answer are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// From the browser's network layer, through a DevTools connection beside the driver's. Where a browser has none,
    /// as Firefox, from inside the page.
    #[default]
    Network,
    /// From inside the page, through an observer of `XMLHttpRequest` and `fetch`.
    Page,
}
