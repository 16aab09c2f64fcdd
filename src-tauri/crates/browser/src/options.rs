//! What the rest of the house may choose about the browser.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which browser to use and how, as plain values.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The browser's program; found by itself when `None`.
    pub path: Option<PathBuf>,
    /// The driver's program; found by itself when `None`.
    pub driver: Option<PathBuf>,
    /// Address of a WebDriver (or grid) that runs elsewhere. With it no local process is started, and the
    /// profile folder is not given to the browser: it is a folder of another machine.
    pub webdriver_url: Option<String>,
    /// Run without a window.
    pub headless: bool,
    /// More switches for the browser, after the built-in ones.
    pub args: Vec<String>,
    /// How answers are read.
    pub capture: CaptureMode,
    /// Where the driver's log file goes.
    pub log_dir: PathBuf,
}

/// How the bytes of an answer are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// From the browser's network layer, through a DevTools connection beside the driver's.
    #[default]
    Network,
    /// From inside the page, through an observer of `XMLHttpRequest` and `fetch`.
    Page,
}
