//! From settings and folders to what the rooms of the browser and the site want.

use std::path::Path;

use postern_aistudio::{Config, Studio};
use postern_browser::{CaptureMode, Options};
use postern_settings::{Capture, Settings};

use crate::{AccountName, Accounts, Paths};

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

/// Takes the account into service. Its browser starts when it is first needed.
pub fn open_studio(settings: &Settings, paths: &Paths, account: &AccountName) -> Studio {
    open_studio_after(settings, paths, account, async {})
}

/// [`open_studio`], but nothing is done with the profile until `free` resolves.
pub(crate) fn open_studio_after(
    settings: &Settings,
    paths: &Paths,
    account: &AccountName,
    free: impl Future<Output = ()> + Send + 'static,
) -> Studio {
    let accounts = Accounts::new(paths);
    let site = &settings.aistudio;
    let config = Config {
        url: site.url.0.clone(),
        browser: Options {
            // Each driver has a log of its own.
            log_dir: paths.logs().join(account.to_string()),
            ..browser_options(settings, paths)
        },
        profile_dir: accounts.profile(account),
        name: account.to_string(),
        temporary_chat: site.temporary_chat,
        selectors_file: Some(paths.selectors()).filter(|file| file.exists()),
        snapshots_dir: accounts.snapshots(account),
        max_snapshots: settings.diagnostics.max_snapshots,
        first_byte_timeout: settings.limits.first_byte_timeout,
        silence_timeout: settings.limits.silence_timeout,
    };
    Studio::open_after(config, free)
}

/// What the user's browser is started with so that a person can sign in: the account's profile, the
/// site, and what the user adds; nothing that steers it.
pub fn sign_in_arguments(settings: &Settings, profile: &Path) -> Vec<String> {
    let mut arguments = vec![
        format!("--user-data-dir={}", profile.display()),
        "--no-first-run".to_owned(),
        "--no-default-browser-check".to_owned(),
    ];
    arguments.extend(settings.browser.args.iter().cloned());
    arguments.push(format!("{}/prompts/new_chat", settings.aistudio.url.0));
    arguments
}
