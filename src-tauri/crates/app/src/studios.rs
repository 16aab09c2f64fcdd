//! From settings and folders to what the rooms of the browser and the site want.

use postern_browser::{CaptureMode, Options};
use postern_settings::{Capture, Settings};

use crate::Paths;

/// How the browser is to be found and started.
pub fn browser_options(settings: &Settings, paths: &Paths) -> Options {
    let browser = &settings.browser;
    Options {
        path: browser.path.clone(),
        driver: browser.driver.clone(),
        webdriver_url: browser.webdriver_url.as_ref().map(|url| url.0.clone()),
        headless: browser.headless,
        args: browser.args.clone(),
        capture: match settings.aistudio.capture {
            Capture::Network => CaptureMode::Network,
            Capture::Page => CaptureMode::Page,
        },
        log_dir: paths.logs(),
    }
}
