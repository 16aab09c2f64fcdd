//! What the user decides: the defaults, `config.toml`, the environment and the flags, made into one
//! validated [`Settings`], described key by key, and edited.
//!
//! In come the text of the file, a way to look up the environment, and the flags; out comes a value whose
//! every field can be used as it is, or an [`Error`] that names the place and says what belongs there.
//! [`describe`] says what every key accepts, [`sources`] who decided it, and [`edit`] makes the text of a
//! file that says something else. Nothing here reads a file or a variable by itself.

mod choices;
mod describe;
mod edit;
mod file;
mod proxy;
mod sources;
mod upstreams;
mod values;
mod vendors;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

pub use choices::{
    AccountChoice, AuthType, Capture, Close, Density, Language, Level, Offered, Theme, ToolMode, UpstreamKind,
};
pub use describe::{Applies, KeyDescription, Kind, Unit, describe};
pub use edit::{Change, edit};
pub use proxy::{Address, Allowance, Allowed, Domain, Method, Pattern, ProbeFilter, ProbeRequest, Proxy};
pub use sources::{Source, sources};
pub use upstreams::{ApiKey, USUAL_ORDER, Upstream, UpstreamName};
pub use values::{
    FolderPath, Host, HostName, HostPort, McpAddress, ModelPath, NoProxy, Origin, Unfit, Variable, WayOut,
    WebUrl,
};

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
    /// How to get out.
    pub network: Network,
    /// Which files are taken for clients.
    pub files: Files,
    /// What is kept when something fails.
    pub diagnostics: Diagnostics,
    /// Who may use the console, and for how long.
    pub console: Console,
    /// What models are called, and which are offered.
    pub models: Models,
    /// Providers that are asked with keys, by their names.
    pub upstreams: BTreeMap<String, Upstream>,
    /// Which MCP servers run functions.
    pub mcp: Mcp,
    /// Which servers may be reached through this one.
    pub proxy: Proxy,
    /// What is kept of requests.
    pub requests: Requests,
    /// Whether conversations are recorded, and how many of them are kept.
    pub recording: Recording,
    /// What is logged.
    pub logs: Logs,
    /// How the window looks and behaves.
    pub window: Window,
    /// What the desktop app tells by itself.
    pub notifications: Notifications,
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
    /// How functions are offered to models.
    pub tool_mode: ToolMode,
    /// Whether models search the web where a request does not say.
    pub google_search: bool,
    /// Whether they read the addresses in a prompt.
    pub url_context: bool,
    /// Whether they run code.
    pub code_execution: bool,
    /// Whether they look things up in maps.
    pub google_maps: bool,
    /// Ids of models that are not offered.
    pub excluded_models: Vec<String>,
    /// Shortest time between the end of an answer and the account's next request.
    #[serde(rename = "pause_ms", serialize_with = "values::whole_millis")]
    pub pause: Duration,
    /// How many requests an account answers at once, each in a tab of its own.
    pub tabs_per_account: usize,
    /// Which account answers a request.
    pub choice: AccountChoice,
    /// Time after which an account in trouble is looked at again, for the first time; zero for never.
    #[serde(rename = "recheck_s", serialize_with = "values::whole_seconds")]
    pub recheck: Duration,
}

/// `[browser]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Browser {
    /// The browser's program; `None` finds an installed one.
    #[serde(serialize_with = "values::path_or_empty")]
    pub path: Option<PathBuf>,
    /// The driver's program; `None` finds the one that fits the browser.
    #[serde(serialize_with = "values::path_or_empty")]
    pub driver: Option<PathBuf>,
    /// A WebDriver server that runs already, used instead of a local browser and driver.
    #[serde(serialize_with = "values::url_or_empty")]
    pub webdriver_url: Option<WebUrl>,
    /// The folder, where that server's browsers run, that holds the accounts' profiles; `None` for none.
    #[serde(serialize_with = "values::path_or_empty")]
    pub remote_profiles: Option<PathBuf>,
    /// Whether the browser works without a window.
    pub headless: bool,
    /// Further arguments for the browser.
    pub args: Vec<String>,
    /// Most browsers that run at once.
    pub max_live: usize,
    /// Time without a request after which a browser is closed; zero keeps it.
    #[serde(rename = "idle_stop_s", serialize_with = "values::whole_seconds")]
    pub idle_stop: Duration,
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
    /// How long a model rests on an account whose quota of the day is used up.
    #[serde(rename = "quota_cooldown_s", serialize_with = "values::whole_seconds")]
    pub quota_cooldown: Duration,
    /// How long after too many requests in a short time.
    #[serde(rename = "rate_cooldown_s", serialize_with = "values::whole_seconds")]
    pub rate_cooldown: Duration,
    /// Most requests that wait for a turn.
    pub queue_length: usize,
    /// Largest request body in bytes.
    pub body_bytes: u64,
    /// Pause after which a waiting stream gets a comment line.
    #[serde(rename = "keep_alive_s", serialize_with = "values::whole_seconds")]
    pub keep_alive: Duration,
}

/// `[network]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Network {
    /// Through which proxy.
    pub proxy: WayOut,
    /// To whom without one.
    pub no_proxy: Vec<NoProxy>,
}

/// `[files]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Files {
    /// Most bytes of one file.
    pub max_bytes: u64,
    /// Longest time to fetch one.
    #[serde(rename = "fetch_timeout_s", serialize_with = "values::whole_seconds")]
    pub fetch_timeout: Duration,
    /// Folders below which clients may name files.
    pub local_folders: Vec<FolderPath>,
    /// Names of the keys with which that may be done; empty means that everybody may.
    pub local_keys: Vec<String>,
    /// Hosts of this computer and its network that files are fetched from.
    pub local_hosts: Vec<HostPort>,
}

/// `[diagnostics]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostics {
    /// Most failure snapshots kept per account.
    pub max_snapshots: usize,
}

/// `[console]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Console {
    /// Whether it answers on addresses that other machines can reach.
    pub remote: bool,
    /// Days after which a login ends.
    pub session_days: u64,
}

/// `[models]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Models {
    /// Other names, each with the model it means.
    pub aliases: BTreeMap<String, String>,
    /// Names for several models, in the order in which those are asked.
    pub fallbacks: BTreeMap<String, Vec<String>>,
    /// Models that are not offered.
    pub excluded: Vec<ModelPath>,
}

/// `[mcp]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mcp {
    /// Servers, by their names.
    pub servers: BTreeMap<String, McpAddress>,
    /// For servers that want a token: the variable that holds it.
    pub tokens: BTreeMap<String, Variable>,
    /// Addresses that requests may name besides those of the servers.
    pub allowed: Vec<McpAddress>,
    /// Which functions of the servers models are offered.
    pub tools: Offered,
    /// Longest time for one call.
    #[serde(rename = "timeout_s", serialize_with = "values::whole_seconds")]
    pub timeout: Duration,
    /// Largest result of a call in bytes.
    pub result_bytes: u64,
    /// Most times that a model is asked again within one request.
    pub max_rounds: u64,
}

/// `[requests]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Requests {
    /// Days for which rows are kept.
    pub keep_days: u64,
    /// Most rows that are kept.
    pub max_rows: u64,
    /// Bytes of memory for bodies.
    pub replay_bytes: u64,
}

/// `[recording]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recording {
    /// Whether what is asked and answered is kept.
    pub enabled: bool,
    /// Days for which it is kept; 0 for ever.
    pub retention_days: u64,
    /// Most bytes of it; 0 for any number.
    pub max_bytes: u64,
}

/// `[logs]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Logs {
    /// How much is logged.
    pub level: Level,
    /// Most bytes of log files.
    pub max_bytes: u64,
}

/// `[window]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Window {
    /// Colours.
    pub theme: Theme,
    /// Language.
    pub language: Language,
    /// Space between things.
    pub density: Density,
    /// What closing it does.
    pub close: Close,
    /// Whether Postern starts without showing it.
    pub start_hidden: bool,
    /// Whether Postern starts when the user logs in.
    pub open_at_login: bool,
    /// How long a hidden window keeps its page.
    #[serde(rename = "keep_page_s", serialize_with = "values::whole_seconds")]
    pub keep_page: Duration,
}

/// `[notifications]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Notifications {
    /// Whether the system shows what needs the user.
    pub enabled: bool,
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
    /// In a change.
    #[error("{key}: {what}")]
    Change {
        /// The key that was to be changed.
        key: String,
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
    let Some(text) = file::given(environment(name)) else { return Ok(None) };
    match values::read(text.trim()) {
        Ok(value) => Ok(Some(value)),
        Err(unfit) => Err(Error::Environment { variable: name, what: unfit.to_string() }),
    }
}

#[cfg(test)]
mod tests;
