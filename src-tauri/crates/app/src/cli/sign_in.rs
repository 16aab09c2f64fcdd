//! Signing in: the user's own browser, started like any program, on the account's profile.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use postern_app::{AccountName, Accounts, Paths, browser_options, sign_in_arguments};
use postern_browser::{Profile, find};
use postern_settings::Settings;

use super::output::explain;

/// Opens the browser on the account's profile and waits until the person has closed it.
pub(crate) async fn run(settings: &Settings, paths: &Paths, name: &AccountName) -> Result<()> {
    if let Some(url) = &settings.browser.webdriver_url {
        bail!("the browser runs at {}, where its profile is: sign in there", url.0);
    }
    if !has_screen() {
        bail!(
            "there is no screen here to sign in at (neither DISPLAY nor WAYLAND_DISPLAY is set); sign in on a \
             computer that has one and bring the browser profile: postern account import --profile DIR {name}"
        );
    }
    let options = browser_options(settings, paths);
    let browser = tokio::task::spawn_blocking(move || find::find(&options)).await??;
    let accounts = Accounts::new(paths);
    let new = !accounts.has(name);
    accounts.create(name).with_context(|| format!("cannot create {}", accounts.folder(name).display()))?;
    let folder = accounts.profile(name);
    // Held until the browser is closed, so that no server starts another one on it.
    let profile = tokio::task::spawn_blocking(move || Profile::open(&folder)).await??;
    explain(&format!(
        "Opening {} for the account {name}. Sign in to Google there until AI Studio shows its prompt, then \
         close the browser (on a Mac: quit it).",
        browser.path.display()
    ));
    let done = wait_for(&browser.path, &sign_in_arguments(settings, profile.dir())).await;
    if done.is_err() && new {
        drop(profile);
        // The error is what counts; an account that nobody signed in to would only be in the way.
        let _ = accounts.remove(name);
    }
    done
}

async fn wait_for(program: &Path, arguments: &[String]) -> Result<()> {
    let mut browser = tokio::process::Command::new(program);
    browser.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = browser.status().await.with_context(|| format!("cannot start {}", program.display()))?;
    if !status.success() {
        bail!(
            "{} ended with {status}; if it showed no window, start it by hand to see why",
            program.display()
        );
    }
    Ok(())
}

/// Whether a window could be shown.
fn has_screen() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
