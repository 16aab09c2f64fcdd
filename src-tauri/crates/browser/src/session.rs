//! A WebDriver session: how it is asked for, and how every command on it is bounded in time and ends at once
//! when the browser dies.

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use fantoccini::Client;
use fantoccini::error::{CmdError, ErrorStatus, NewSessionError};
use fantoccini::wd::Capabilities;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::bidi::Bidi;
use crate::find::{Family, Installed, Kind};
use crate::process::{self, BROWSER_MARK, FIREFOX_SWITCH};
use crate::{BrowserError, Options, deadline};

/// The window: wide enough for a site to show its full layout.
const WINDOW: &str = "--window-size=1440,900";

/// Switches that the driver would add. With the first two the browser gets an empty key store, and cookies
/// that an ordinary start of the same profile wrote cannot be read; with the others it keeps a growing file of
/// what pages write to their console.
const UNWANTED: [&str; 4] = ["password-store", "use-mock-keychain", "enable-logging", "log-level"];

/// The address of what Firefox shows in place of a page that did not come.
const FIREFOX_ERROR_PAGE: &str = "about:neterror";

/// One WebDriver session; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) client: Client,
    /// Whether the browser runs on this machine.
    pub(crate) local: bool,
    /// Cancelled when browser or driver died.
    pub(crate) gone: CancellationToken,
    /// The connection beside it, where the browser has no DevTools.
    pub(crate) bidi: Option<Bidi>,
}

impl Session {
    /// Starts a browser on the driver at `url`. `local` is what runs there, when it is this machine.
    pub(crate) async fn start(
        url: &str,
        local: Option<(&Installed, &Path)>,
        options: &Options,
        gone: CancellationToken,
    ) -> Result<Self, BrowserError> {
        let wanted = capabilities(local, options);
        let connect = connect(url, &wanted);
        let client = tokio::select! {
            () = gone.cancelled() => return Err(BrowserError::Start("the driver ended".to_owned())),
            connected = tokio::time::timeout(deadline::BROWSER_START, connect) => connected
                .map_err(|_| BrowserError::Timeout(late(local.is_some())))?
                .map_err(|error| refused(&error, local.map(|(installed, _)| installed.kind), options))?,
        };
        let offered = client.capabilities().and_then(|all| all.get("webSocketUrl")).and_then(Value::as_str);
        let bidi = match offered {
            Some(address) if local.is_some() => Some(Bidi::open(address).await?),
            _ => None,
        };
        Ok(Self { client, local: local.is_some(), gone, bidi })
    }

    /// Another session, on a browser that runs already under the driver at `url` and whose DevTools listen at
    /// `address`.
    pub(crate) async fn attach(
        url: &str,
        address: &str,
        edge: bool,
        gone: CancellationToken,
    ) -> Result<Self, BrowserError> {
        let wanted = conduct(edge, json!({ "debuggerAddress": address }));
        let client = tokio::select! {
            () = gone.cancelled() => return Err(BrowserError::Gone),
            connected = tokio::time::timeout(deadline::BROWSER_START, connect(url, &wanted)) => connected
                .map_err(|_| BrowserError::Timeout("opening another tab"))?
                .map_err(|error| BrowserError::Driver(first_line(&error.to_string()).to_owned()))?,
        };
        // Only a browser of this machine takes further tabs.
        Ok(Self { client, local: true, gone, bidi: None })
    }

    /// Runs one command of the client: bounded, and over at once when the browser dies.
    pub(crate) async fn call<T>(
        &self,
        what: &'static str,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        self.call_within(deadline::COMMAND, what, command).await
    }

    /// Like [`Session::call`], with its own time limit.
    pub(crate) async fn call_within<T>(
        &self,
        limit: Duration,
        what: &'static str,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        let result = tokio::select! {
            biased;
            () = self.gone.cancelled() => return Err(BrowserError::Gone),
            result = tokio::time::timeout(limit, command) => result,
        };
        match result {
            Err(_) => Err(BrowserError::Timeout(what)),
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.translate(what, error)),
        }
    }

    fn translate(&self, what: &'static str, error: CmdError) -> BrowserError {
        match error {
            CmdError::Failed(_) | CmdError::FailedC(_) | CmdError::Lost(_) => self.lost(),
            CmdError::Standard(error) => self.translate_standard(what, &error),
            other => BrowserError::Driver(other.to_string()),
        }
    }

    fn translate_standard(&self, what: &'static str, error: &fantoccini::error::WebDriver) -> BrowserError {
        let message = first_line(&error.message).to_owned();
        match error.error {
            ErrorStatus::InvalidSessionId => self.lost(),
            ErrorStatus::NoSuchWindow => BrowserError::Gone,
            ErrorStatus::NoSuchElement | ErrorStatus::StaleElementReference => {
                BrowserError::NoSuchElement(message)
            }
            ErrorStatus::ElementClickIntercepted
            | ErrorStatus::ElementNotInteractable
            | ErrorStatus::InvalidElementState => BrowserError::NotInteractable(message),
            ErrorStatus::JavascriptError => BrowserError::Script(message),
            ErrorStatus::UnexpectedAlertOpen | ErrorStatus::NoSuchAlert => BrowserError::Dialog(message),
            // The driver wanted to put a dialog away that was put away here in the same moment.
            ErrorStatus::InvalidArgument if message.contains("No dialog is showing") => {
                BrowserError::Dialog(message)
            }
            ErrorStatus::ScriptTimeout | ErrorStatus::Timeout => BrowserError::Timeout(what),
            ErrorStatus::UnknownError if message.contains("net::ERR") => BrowserError::Navigation(message),
            ErrorStatus::UnknownError if message.contains(FIREFOX_ERROR_PAGE) => {
                BrowserError::Navigation(error_page(&message).to_owned())
            }
            ErrorStatus::InsecureCertificate => BrowserError::Navigation("insecureCertificate".to_owned()),
            ErrorStatus::UnknownError if message.contains("tab crashed") => BrowserError::Gone,
            _ if is_disconnect(&message) => self.lost(),
            _ => BrowserError::Driver(format!("{what}: {message}")),
        }
    }

    fn lost(&self) -> BrowserError {
        self.gone.cancel();
        BrowserError::Gone
    }
}

fn late(local: bool) -> &'static str {
    if local {
        "starting the browser"
    } else {
        "getting a browser from the WebDriver server (all its places may be taken)"
    }
}

async fn connect(url: &str, wanted: &Capabilities) -> Result<Client, NewSessionError> {
    if !url.starts_with("https:") {
        return Client::with_capabilities_and_connector(url, wanted, HttpConnector::new()).await;
    }
    let connector = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(NewSessionError::Lost)?
        .https_only()
        .enable_http1()
        .build();
    Client::with_capabilities_and_connector(url, wanted, connector).await
}

// The driver has no status of its own for a browser that vanished under it.
fn is_disconnect(message: &str) -> bool {
    const PHRASES: [&str; 7] = [
        "disconnected",
        "not connected to DevTools",
        "chrome not reachable",
        "session deleted",
        // A grid whose node does not answer any more.
        "Unable to execute request for an existing session",
        // Firefox's driver.
        "Failed to decode response from marionette",
        "Tried to run command without establishing a connection",
    ];
    PHRASES.iter().any(|phrase| message.contains(phrase))
}

/// The reason out of the address of Firefox's page for errors, such as `dnsNotFound`.
fn error_page(message: &str) -> &str {
    let reason = message.split_once("e=").map_or(message, |(_, rest)| rest);
    reason.split('&').next().unwrap_or_default()
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

fn capabilities(local: Option<(&Installed, &Path)>, options: &Options) -> Capabilities {
    if let Some((installed, profile)) = local
        && installed.kind.family() == Family::Firefox
    {
        return firefox(installed, profile, options);
    }
    let edge = local.is_some_and(|(installed, _)| installed.kind == Kind::Edge);
    let profile = match local {
        Some((_, profile)) => Some(profile.display().to_string()),
        None => options.remote_profile.clone(),
    };
    let mut browser = json!({
        "args": arguments(profile.as_deref(), options),
        "excludeSwitches": UNWANTED,
    });
    if let Some((installed, _)) = local {
        browser["binary"] = json!(installed.path);
    }
    conduct(edge, browser)
}

/// The same for Firefox. What the driver sets in a profile by itself stays as it is.
fn firefox(installed: &Installed, profile: &Path, options: &Options) -> Capabilities {
    let mut arguments: Vec<String> =
        [FIREFOX_SWITCH, &profile.display().to_string(), "--no-remote", "--width", "1440", "--height", "900"]
            .map(str::to_owned)
            .to_vec();
    if options.headless {
        arguments.push("--headless".to_owned());
    }
    arguments.extend(options.args.iter().cloned());
    let mut prefs = options.proxy.preferences();
    // A page nobody looks at must run like one that is looked at.
    prefs.insert("dom.min_background_timeout_value".to_owned(), json!(4));
    prefs.insert("dom.timeout.enable_budget_timer_throttling".to_owned(), json!(false));
    prefs.insert("widget.windows.window_occlusion_tracking.enabled".to_owned(), json!(false));
    let browser = json!({ "binary": installed.path, "args": arguments, "prefs": prefs });
    let mut wanted = behaviour();
    wanted.insert("browserName".to_owned(), json!("firefox"));
    wanted.insert("webSocketUrl".to_owned(), json!(true));
    wanted.insert("moz:firefoxOptions".to_owned(), browser);
    wanted
}

/// A session on a browser of Chromium's family.
fn conduct(edge: bool, browser: Value) -> Capabilities {
    let mut wanted = behaviour();
    // A grid chooses by it; Chromium, too, is "chrome".
    wanted.insert("browserName".to_owned(), json!(if edge { "MicrosoftEdge" } else { "chrome" }));
    wanted.insert(if edge { "ms:edgeOptions" } else { "goog:chromeOptions" }.to_owned(), browser);
    wanted
}

/// How a session behaves, whatever browser it is on.
fn behaviour() -> Capabilities {
    let mut wanted = Capabilities::new();
    wanted.insert("pageLoadStrategy".to_owned(), json!("eager"));
    wanted.insert(
        "timeouts".to_owned(),
        json!({
            "script": deadline::SCRIPT.as_millis() as u64,
            "pageLoad": deadline::PAGE_LOAD.as_millis() as u64,
        }),
    );
    wanted.insert("unhandledPromptBehavior".to_owned(), json!("dismiss"));
    wanted
}

fn arguments(profile: Option<&str>, options: &Options) -> Vec<String> {
    let mut arguments: Vec<String> = [
        WINDOW,
        "--no-first-run",
        "--no-default-browser-check",
        "--hide-crash-restore-bubble",
        // A page nobody looks at must run like one that is looked at.
        "--disable-background-timer-throttling",
        "--disable-backgrounding-occluded-windows",
        "--disable-renderer-backgrounding",
    ]
    .map(str::to_owned)
    .to_vec();
    if let Some(profile) = profile {
        arguments.push(format!("{BROWSER_MARK}{profile}"));
    }
    if options.headless {
        arguments.push("--headless=new".to_owned());
    }
    arguments.extend(options.proxy.switches(&options.args));
    arguments.extend(options.args.iter().cloned());
    arguments
}

fn refused(error: &NewSessionError, local: Option<Kind>, options: &Options) -> BrowserError {
    let text = match error {
        NewSessionError::SessionNotCreated(error) => error.message.to_string(),
        NewSessionError::NotW3C(value) => {
            value.get("message").and_then(Value::as_str).map_or_else(|| error.to_string(), str::to_owned)
        }
        other => other.to_string(),
    };
    let text = driver_said(first_line(&text)).to_owned();
    if text.contains("user data directory is already in use") {
        return BrowserError::ProfileInUse;
    }
    let hint = match local {
        Some(kind) => hint(&text, kind.family(), options),
        None => remote_hint(&text, options),
    };
    BrowserError::Start(hint.map_or_else(|| text.clone(), |hint| format!("{text} {hint}")))
}

/// What the driver said, out of what a grid says around it.
fn driver_said(text: &str) -> &str {
    text.rsplit_once("Message: ").map_or(text, |(_, said)| said).trim_end()
}

/// The usual reason why a browser elsewhere ends at once: Postern was killed, and its last session still has
/// the profile.
fn remote_hint(said: &str, options: &Options) -> Option<&'static str> {
    (options.remote_profile.is_some() && has_ended(said)).then_some(
        "Another session there may still have the account's profile; a grid ends one that nobody uses after \
         some minutes (its session timeout). If not, look at the log of the WebDriver server.",
    )
}

/// Whether the driver says that the browser ended while it started.
fn has_ended(said: &str) -> bool {
    let phrases = ["exited", "failed to start", "DevToolsActivePort", "crashed", "unexpectedly closed"];
    phrases.iter().any(|words| said.contains(words))
}

/// The usual reasons why a browser that is installed properly ends at once.
fn hint(said: &str, family: Family, options: &Options) -> Option<&'static str> {
    let sandboxed =
        family == Family::Chromium && !options.args.iter().any(|argument| argument == "--no-sandbox");
    if !has_ended(said) || !cfg!(target_os = "linux") {
        None
    } else if sandboxed && process::is_root() {
        Some(
            "Chromium does not run as root with its sandbox. Run as an ordinary user; or, in a container that is \
             itself the wall, set `args = [\"--no-sandbox\"]` under [browser].",
        )
    } else if !options.headless && !options.has_screen() {
        Some("There is no display. Set `headless = true` under [browser].")
    } else if sandboxed {
        Some(
            "In a container Chromium's sandbox often cannot start; if the container is itself the wall, set \
             `args = [\"--no-sandbox\"]` under [browser].",
        )
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_grids_refusal_the_drivers_words_and_a_hint_are_left() {
        let grid = "Could not start a new session. Stopping driver service: Could not start a new session. Response \
                    code 500. Message: session not created: Chrome instance exited. ";
        assert_eq!(driver_said(grid), "session not created: Chrome instance exited.");
        assert_eq!(driver_said("session not created"), "session not created");
        let kept = Options { remote_profile: Some("/srv/me".to_owned()), ..Options::default() };
        assert!(remote_hint(grid, &kept).is_some_and(|hint| hint.contains("session timeout")));
        assert!(remote_hint(grid, &Options::default()).is_none());
        assert!(is_disconnect("Unable to execute request for an existing session: Connection error (GET …)"));
    }
}
