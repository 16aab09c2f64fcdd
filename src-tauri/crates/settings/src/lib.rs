//! What the user decides: the defaults, `config.toml`, the environment and the flags, made into one
//! validated [`Settings`].
//!
//! In come the text of the file, a way to look up the environment, and the flags; out comes a value whose
//! every field can be used as it is, or an [`Error`] that names the place and says what belongs there.
//! Nothing here reads a file or a variable by itself.

mod file;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

pub use values::{Capture, Host, HostName, Origin, Unfit, WebUrl};

use values::Text;

/// The file as it is when nobody wrote one: every key with its meaning and default, commented out.
pub const DEFAULT_FILE: &str = include_str!("default.toml");

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// Where the server listens and whom it talks to.
    pub server: Server,
    /// How AI Studio is used.
    pub aistudio: AiStudio,
    /// Which browser is used and how it is started.
    pub browser: Browser,
    /// How long and how much.
    pub limits: Limits,
    /// What is kept when something fails.
    pub diagnostics: Diagnostics,
}

/// `[server]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Server {
    /// The address to listen on.
    pub host: Host,
    /// The port to listen on; 0 lets the system choose.
    pub port: u16,
    /// Names besides the loopback ones under which clients may call the server.
    pub allowed_hosts: Vec<HostName>,
    /// Web origins besides the loopback ones that may call the server while no key is needed.
    pub allowed_origins: Vec<Origin>,
}

/// `[aistudio]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AiStudio {
    /// Where the site is.
    pub url: WebUrl,
    /// How answers are read.
    pub capture: Capture,
    /// Whether chats are kept out of the account's history.
    pub temporary_chat: bool,
    /// Ids of models that are not offered.
    pub excluded_models: Vec<String>,
}

/// `[browser]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Browser {
    /// The browser's program; `None` finds an installed one.
    pub path: Option<PathBuf>,
    /// The driver's program; `None` finds the one that fits the browser.
    pub driver: Option<PathBuf>,
    /// A WebDriver server that runs already, used instead of a local browser and driver.
    pub webdriver_url: Option<WebUrl>,
    /// Whether the browser works without a window.
    pub headless: bool,
    /// Further arguments for the browser.
    pub args: Vec<String>,
}

/// `[limits]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// Longest wait for the first sign of an answer.
    #[serde(rename = "first_byte_timeout_s", serialize_with = "values::whole_seconds")]
    pub first_byte_timeout: Duration,
    /// Longest pause within an answer.
    #[serde(rename = "silence_timeout_s", serialize_with = "values::whole_seconds")]
    pub silence_timeout: Duration,
    /// Longest time for a whole request.
    #[serde(rename = "total_timeout_s", serialize_with = "values::whole_seconds")]
    pub total_timeout: Duration,
    /// Most requests that wait for a turn.
    pub queue_length: usize,
    /// Largest request body in bytes.
    pub body_bytes: u64,
    /// Pause after which a waiting stream gets a comment line.
    #[serde(rename = "keep_alive_s", serialize_with = "values::whole_seconds")]
    pub keep_alive: Duration,
}

/// `[diagnostics]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostics {
    /// Most failure snapshots kept per account.
    pub max_snapshots: usize,
}

/// What the command line says; it wins over everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--host`
    pub host: Option<Host>,
    /// `--port`
    pub port: Option<u16>,
}

/// A configuration file that was read.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// What to call it in errors.
    pub name: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// In the file.
    #[error("{file}, line {line}: {what}")]
    File {
        /// The file's name.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The key, what is wrong with it and what was expected.
        what: String,
    },
    /// In the environment.
    #[error("environment variable {variable}: {what}")]
    Environment {
        /// The variable's name.
        variable: &'static str,
        /// What is wrong and what was expected.
        what: String,
    },
}

impl Default for Settings {
    fn default() -> Self {
        file::Raw::default().into_settings()
    }
}

/// Puts the settings together: flags win over the environment, the environment over the file, the file
/// over the defaults. `environment` looks up a variable; an empty one counts as not set.
pub fn resolve(
    file: Option<File<'_>>,
    environment: impl Fn(&str) -> Option<String>,
    flags: Flags,
) -> Result<Settings, Error> {
    let mut settings = match file {
        Some(file) => file::parse(file)?.into_settings(),
        None => Settings::default(),
    };
    if let Some(host) = flags.host.or(variable(&environment, "POSTERN_HOST")?) {
        settings.server.host = host;
    }
    if let Some(port) = flags.port.or(variable(&environment, "POSTERN_PORT")?) {
        settings.server.port = port;
    }
    Ok(settings)
}

fn variable<T: Text>(
    environment: impl Fn(&str) -> Option<String>,
    name: &'static str,
) -> Result<Option<T>, Error> {
    let Some(text) = environment(name).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    match values::read(text.trim()) {
        Ok(value) => Ok(Some(value)),
        Err(unfit) => Err(Error::Environment { variable: name, what: unfit.to_string() }),
    }
}

#[cfg(test)]
mod tests;
