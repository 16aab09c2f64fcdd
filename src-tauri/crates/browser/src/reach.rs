//! Whether a browser reaches an address, through all that lies between: its proxy, its certificates, its policies.

use std::process::Stdio;
use std::time::Duration;

use crate::find::{Choice, Family};
use crate::{Browser, BrowserError, Options, Profile, process};

/// Longer than any page that is worth waiting for.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the browser says when a page did not come, followed by the reason.
const FAILED: &str = "net::";

/// What a browser says about an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Something answered there.
    Reached,
    /// Nothing did; the browser's own code for the reason, such as `ERR_NAME_NOT_RESOLVED` or `dnsNotFound`.
    Failed(String),
    /// The browser could not be asked.
    NotAsked(String),
}

/// Lets the browser open the address once: without a window, on a profile that is thrown away, and with nothing that
/// steers it, where it can say by itself what came of it.
pub async fn reach(browser: &Choice, options: &Options, url: &str) -> Reach {
    let profile = match tempfile::tempdir() {
        Ok(profile) => profile,
        Err(error) => return Reach::NotAsked(error.to_string()),
    };
    if browser.kind().family() == Family::Firefox {
        return steered(browser, options, profile, url).await;
    }
    let mut command = tokio::process::Command::new(browser.path());
    command
        .args(["--headless=new", "--dump-dom", "--no-first-run", "--no-default-browser-check"])
        .arg(format!("{}{}", process::BROWSER_MARK, profile.path().display()))
        .args(options.proxy.switches(&options.args))
        .args(&options.args)
        .arg(url)
        .stdin(Stdio::null())
        .env_remove(process::WITHHELD)
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    // Whatever of it is left ends with this value, also when nobody waits for the answer any more.
    let left = Leftovers(profile);
    let said = tokio::time::timeout(PATIENCE, command.output()).await;
    drop(left);
    match said {
        Err(_) => Reach::Failed("ERR_TIMED_OUT".to_owned()),
        Ok(Err(error)) => Reach::NotAsked(error.to_string()),
        Ok(Ok(output)) => meant(&output.stdout, &String::from_utf8_lossy(&output.stderr)),
    }
}

/// Firefox is asked through its driver.
async fn steered(browser: &Choice, options: &Options, profile: tempfile::TempDir, url: &str) -> Reach {
    let options = Options {
        path: Some(browser.path().to_owned()),
        headless: true,
        webdriver_url: None,
        ..options.clone()
    };
    let opened = async {
        let folder = profile.path().join("profile");
        let running = Browser::start(&options, Profile::open(&folder)?).await?;
        let opened = running.page().goto(url).await;
        running.close().await;
        opened
    };
    match opened.await {
        Ok(()) => Reach::Reached,
        Err(BrowserError::Navigation(code)) => Reach::Failed(code),
        Err(BrowserError::Timeout(_)) => Reach::Failed("netTimeout".to_owned()),
        Err(error) => Reach::NotAsked(error.to_string()),
    }
}

fn meant(page: &[u8], said: &str) -> Reach {
    if !page.trim_ascii().is_empty() {
        return Reach::Reached;
    }
    let reason = said.split_once(FAILED).map(|(_, rest)| {
        rest.chars().take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '_').collect()
    });
    match reason {
        // The page came, and the browser had no use for it: an empty file, a download.
        Some(code) if code == "ERR_ABORTED" || code == "ERR_HTTP_RESPONSE_CODE_FAILURE" => Reach::Reached,
        Some(code) => Reach::Failed(code),
        None => Reach::NotAsked(said.lines().last().unwrap_or("it said nothing").to_owned()),
    }
}

struct Leftovers(tempfile::TempDir);

impl Drop for Leftovers {
    fn drop(&mut self) {
        process::end_all(self.0.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browsers_own_words_are_understood() {
        assert_eq!(meant(b"<html>", ""), Reach::Reached);
        let failed =
            "x:ERROR:headless_command_handler.cc(403)] Page load failed: net::ERR_NAME_NOT_RESOLVED\n";
        assert_eq!(meant(b"\n", failed), Reach::Failed("ERR_NAME_NOT_RESOLVED".to_owned()));
        let empty = "Page load failed: net::ERR_HTTP_RESPONSE_CODE_FAILURE";
        assert_eq!(meant(b"", empty), Reach::Reached);
        let root = "Running as root without --no-sandbox is not supported.";
        assert_eq!(meant(b"", root), Reach::NotAsked(root.to_owned()));
    }
}
