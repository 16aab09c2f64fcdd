//! What the file says, key by key, and how it becomes [`Settings`].

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Unexpected, Visitor};

use crate::choices::{AccountChoice, Capture, Close, Density, Language, Level, Offered, Theme, ToolMode};
use crate::proxy::RawProxy;
use crate::upstreams::{Fallbacks, RawUpstream, UpstreamName};
use crate::values::{
    FolderPath, Host, HostName, HostPort, McpAddress, ModelPath, NoProxy, Origin, Seconds, Variable, WayOut,
    WebUrl, Whole, Written,
};
use crate::{
    AiStudio, Browser, Console, Diagnostics, Error, File, Files, Limits, Logs, Mcp, Models, Network,
    Notifications, Recording, Requests, Server, Settings, Window,
};

// The bounds of numbers, which the descriptions show too.
pub(crate) type Port = Whole<0, 65_535>;
pub(crate) type QueueLength = Whole<1, 100_000>;
pub(crate) type BodyBytes = Whole<1_024, 4_294_967_296>;
pub(crate) type FileBytes = Whole<1_024, 2_147_483_648>;
pub(crate) type Snapshots = Whole<0, 10_000>;
pub(crate) type SessionDays = Whole<1, 365>;
pub(crate) type KeepDays = Whole<1, 3_650>;
pub(crate) type MaxRows = Whole<100, 10_000_000>;
pub(crate) type ReplayBytes = Whole<0, 1_073_741_824>;
pub(crate) type RetentionDays = Whole<0, 36_500>;
pub(crate) type RecordedBytes = Whole<0, 1_099_511_627_776>;
pub(crate) type ResultBytes = Whole<1_024, 67_108_864>;
pub(crate) type Rounds = Whole<1, 1_000>;
pub(crate) type LogBytes = Whole<1_048_576, 10_737_418_240>;
pub(crate) type PageSeconds = Whole<0, 86_400>;
pub(crate) type RecheckSeconds = Whole<0, 86_400>;
pub(crate) type PauseMillis = Whole<0, 600_000>;
pub(crate) type Tabs = Whole<1, 8>;
pub(crate) type LiveBrowsers = Whole<1, 64>;
pub(crate) type IdleSeconds = Whole<0, 86_400>;

/// The file as written: every key may be missing, no other key may be there. `default.toml` says what
/// each means.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Raw {
    server: RawServer,
    aistudio: RawAiStudio,
    browser: RawBrowser,
    limits: RawLimits,
    network: RawNetwork,
    files: RawFiles,
    diagnostics: RawDiagnostics,
    console: RawConsole,
    models: RawModels,
    upstreams: BTreeMap<UpstreamName, RawUpstream>,
    mcp: RawMcp,
    proxy: RawProxy,
    requests: RawRequests,
    recording: RawRecording,
    logs: RawLogs,
    window: RawWindow,
    notifications: RawNotifications,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawServer {
    host: Option<Written<Host>>,
    port: Option<Port>,
    allowed_hosts: Vec<Written<HostName>>,
    allowed_origins: Vec<Written<Origin>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawAiStudio {
    url: Option<Written<WebUrl>>,
    capture: Option<Written<Capture>>,
    temporary_chat: Option<bool>,
    tool_mode: Option<Written<ToolMode>>,
    google_search: bool,
    url_context: bool,
    code_execution: bool,
    google_maps: bool,
    excluded_models: Vec<String>,
    pause_ms: Option<PauseMillis>,
    tabs_per_account: Option<Tabs>,
    choice: Option<Written<AccountChoice>>,
    recheck_s: Option<RecheckSeconds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawBrowser {
    path: PathBuf,
    driver: PathBuf,
    webdriver_url: Option<Written<Option<WebUrl>>>,
    remote_profiles: PathBuf,
    headless: Option<bool>,
    args: Vec<String>,
    max_live: Option<LiveBrowsers>,
    idle_stop_s: Option<IdleSeconds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawLimits {
    first_byte_timeout_s: Option<Seconds>,
    silence_timeout_s: Option<Seconds>,
    total_timeout_s: Option<Seconds>,
    quota_cooldown_s: Option<Seconds>,
    rate_cooldown_s: Option<Seconds>,
    queue_length: Option<QueueLength>,
    body_bytes: Option<BodyBytes>,
    keep_alive_s: Option<Seconds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawNetwork {
    proxy: Option<Written<WayOut>>,
    no_proxy: Vec<Written<NoProxy>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawFiles {
    max_bytes: Option<FileBytes>,
    fetch_timeout_s: Option<Seconds>,
    local_folders: Vec<Written<FolderPath>>,
    local_keys: Vec<String>,
    local_hosts: Vec<Written<HostPort>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawDiagnostics {
    max_snapshots: Option<Snapshots>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawConsole {
    remote: bool,
    session_days: Option<SessionDays>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawModels {
    aliases: Aliases,
    fallbacks: Fallbacks,
    excluded: Vec<Written<ModelPath>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawMcp {
    servers: BTreeMap<String, Written<McpAddress>>,
    tokens: BTreeMap<String, Written<Variable>>,
    allowed: Vec<Written<McpAddress>>,
    tools: Option<Written<Offered>>,
    timeout_s: Option<Seconds>,
    result_bytes: Option<ResultBytes>,
    max_rounds: Option<Rounds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawRequests {
    keep_days: Option<KeepDays>,
    max_rows: Option<MaxRows>,
    replay_bytes: Option<ReplayBytes>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawRecording {
    enabled: Option<bool>,
    retention_days: Option<RetentionDays>,
    max_bytes: Option<RecordedBytes>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawLogs {
    level: Option<Written<Level>>,
    max_bytes: Option<LogBytes>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawWindow {
    theme: Option<Written<Theme>>,
    language: Option<Written<Language>>,
    density: Option<Written<Density>>,
    close: Option<Written<Close>>,
    start_hidden: bool,
    open_at_login: bool,
    keep_page_s: Option<PageSeconds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawNotifications {
    enabled: bool,
}

/// Other names for models. None means itself, which would lead nowhere.
#[derive(Debug, Default)]
struct Aliases(BTreeMap<String, String>);

/// The model that this alias means.
struct Target<'a>(&'a str);

/// Most characters of a name that stands for a model; no provider has longer ones.
const LONGEST_NAME: usize = 200;

/// What an alias accepts.
pub(crate) const TARGET: &str = "the id of another model, without spaces";

impl<'de> Deserialize<'de> for Aliases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Aliases;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("names, each with the id of a model")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Aliases, M::Error> {
                let mut aliases = BTreeMap::new();
                while let Some(name) = map.next_key::<String>()? {
                    if name.chars().count() > LONGEST_NAME {
                        let what = format!("a name has more than {LONGEST_NAME} characters");
                        return Err(serde::de::Error::custom(what));
                    }
                    let target = map.next_value_seed(Target(&name))?;
                    aliases.insert(name, target);
                }
                match aliases.iter().find(|(_, target)| aliases.contains_key(*target)) {
                    Some((name, target)) => Err(serde::de::Error::custom(format!(
                        "`{name}` stands for `{target}`, which is such a name itself; expected the model's own id"
                    ))),
                    None => Ok(Aliases(aliases)),
                }
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

impl<'de> DeserializeSeed<'de> for Target<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Target<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(TARGET)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
        let model = |text: &str| !text.is_empty() && !text.contains(char::is_whitespace);
        if !model(self.0) {
            return Err(E::custom(format!(
                "\"{}\" cannot be a model's name, expected one without spaces",
                self.0
            )));
        }
        if model(text) && text != self.0 {
            Ok(text.to_owned())
        } else {
            Err(E::invalid_value(Unexpected::Str(text), &self))
        }
    }
}

pub(crate) fn parse(file: File<'_>) -> Result<Raw, Error> {
    let complain = |what: String, span: Option<std::ops::Range<usize>>| {
        let before = span.and_then(|span| file.text.get(..span.start)).unwrap_or_default();
        Error::File { file: file.name.to_owned(), line: before.matches('\n').count() + 1, what }
    };
    let document = toml::Deserializer::parse(file.text)
        .map_err(|error| complain(error.message().to_owned(), error.span()))?;
    serde_path_to_error::deserialize(document).map_err(|error| {
        let inner = error.inner();
        complain(format!("{}: {}", error.path(), inner.message()), inner.span())
    })
}

impl Raw {
    pub(crate) fn into_settings(self) -> Settings {
        Settings {
            server: self.server.into(),
            aistudio: self.aistudio.into(),
            browser: self.browser.into(),
            limits: self.limits.into(),
            network: self.network.into(),
            files: self.files.into(),
            diagnostics: Diagnostics { max_snapshots: or(self.diagnostics.max_snapshots, 20) },
            console: Console { remote: self.console.remote, session_days: or(self.console.session_days, 30) },
            models: Models {
                aliases: self.models.aliases.0,
                fallbacks: self.models.fallbacks.0,
                excluded: self.models.excluded.into_iter().map(|path| path.0).collect(),
            },
            upstreams: self.upstreams.into_iter().map(|(name, raw)| (name.0, raw.into())).collect(),
            mcp: self.mcp.into(),
            proxy: self.proxy.into(),
            requests: Requests {
                keep_days: or(self.requests.keep_days, 30),
                max_rows: or(self.requests.max_rows, 100_000),
                replay_bytes: or(self.requests.replay_bytes, 8 * 1024 * 1024),
            },
            recording: Recording {
                enabled: self.recording.enabled.unwrap_or(true),
                retention_days: or(self.recording.retention_days, 0),
                max_bytes: or(self.recording.max_bytes, 20 * 1024 * 1024 * 1024),
            },
            logs: Logs {
                level: self.logs.level.map_or(Level::Info, |level| level.0),
                max_bytes: or(self.logs.max_bytes, 50 * 1024 * 1024),
            },
            window: self.window.into(),
            notifications: Notifications { enabled: self.notifications.enabled },
        }
    }
}

impl From<RawMcp> for Mcp {
    fn from(raw: RawMcp) -> Self {
        Self {
            servers: raw.servers.into_iter().map(|(name, address)| (name, address.0)).collect(),
            tokens: raw.tokens.into_iter().map(|(name, variable)| (name, variable.0)).collect(),
            allowed: raw.allowed.into_iter().map(|address| address.0).collect(),
            tools: raw.tools.map_or(Offered::Declared, |tools| tools.0),
            timeout: raw.timeout_s.map_or(Duration::from_secs(60), Seconds::duration),
            result_bytes: or(raw.result_bytes, 256 * 1024),
            max_rounds: or(raw.max_rounds, 20),
        }
    }
}

impl From<RawWindow> for Window {
    fn from(raw: RawWindow) -> Self {
        Self {
            theme: raw.theme.map_or(Theme::System, |theme| theme.0),
            language: raw.language.map_or(Language::System, |language| language.0),
            density: raw.density.map_or(Density::Comfortable, |density| density.0),
            close: raw.close.map_or(Close::Ask, |close| close.0),
            start_hidden: raw.start_hidden,
            open_at_login: raw.open_at_login,
            keep_page: raw.keep_page_s.map_or(Duration::from_secs(600), PageSeconds::duration),
        }
    }
}

impl From<RawServer> for Server {
    fn from(raw: RawServer) -> Self {
        Self {
            host: raw.host.map_or(Host(std::net::Ipv4Addr::LOCALHOST.into()), |host| host.0),
            port: or(raw.port, 2048),
            allowed_hosts: raw.allowed_hosts.into_iter().map(|name| name.0).collect(),
            allowed_origins: raw.allowed_origins.into_iter().map(|origin| origin.0).collect(),
        }
    }
}

impl From<RawAiStudio> for AiStudio {
    fn from(raw: RawAiStudio) -> Self {
        let url = || WebUrl("https://aistudio.google.com".to_owned());
        Self {
            url: raw.url.map_or_else(url, |url| url.0),
            capture: raw.capture.map_or(Capture::Network, |capture| capture.0),
            temporary_chat: raw.temporary_chat.unwrap_or(true),
            tool_mode: raw.tool_mode.map_or(ToolMode::Auto, |mode| mode.0),
            google_search: raw.google_search,
            url_context: raw.url_context,
            code_execution: raw.code_execution,
            google_maps: raw.google_maps,
            excluded_models: raw.excluded_models,
            choice: raw.choice.map_or(AccountChoice::Sticky, |choice| choice.0),
            recheck: raw.recheck_s.map_or(Duration::from_secs(300), RecheckSeconds::duration),
            pause: Duration::from_millis(or(raw.pause_ms, 1000)),
            tabs_per_account: or(raw.tabs_per_account, 1),
        }
    }
}

impl From<RawBrowser> for Browser {
    fn from(raw: RawBrowser) -> Self {
        let given = |path: PathBuf| (!path.as_os_str().is_empty()).then_some(path);
        Self {
            path: given(raw.path),
            driver: given(raw.driver),
            webdriver_url: raw.webdriver_url.and_then(|url| url.0),
            remote_profiles: given(raw.remote_profiles),
            headless: raw.headless.unwrap_or(true),
            args: raw.args,
            max_live: or(raw.max_live, 4),
            idle_stop: raw.idle_stop_s.map_or(Duration::from_secs(900), IdleSeconds::duration),
        }
    }
}

impl From<RawLimits> for Limits {
    fn from(raw: RawLimits) -> Self {
        let seconds =
            |given: Option<Seconds>, default| given.map_or(Duration::from_secs(default), Seconds::duration);
        Self {
            first_byte_timeout: seconds(raw.first_byte_timeout_s, 300),
            silence_timeout: seconds(raw.silence_timeout_s, 120),
            total_timeout: seconds(raw.total_timeout_s, 1800),
            quota_cooldown: seconds(raw.quota_cooldown_s, 14_400),
            rate_cooldown: seconds(raw.rate_cooldown_s, 60),
            queue_length: or(raw.queue_length, 100),
            body_bytes: or(raw.body_bytes, 64 * 1024 * 1024),
            keep_alive: seconds(raw.keep_alive_s, 15),
        }
    }
}

impl From<RawNetwork> for Network {
    fn from(raw: RawNetwork) -> Self {
        Self {
            proxy: raw.proxy.map_or_else(|| WayOut("system".to_owned()), |proxy| proxy.0),
            no_proxy: raw.no_proxy.into_iter().map(|entry| entry.0).collect(),
        }
    }
}

impl From<RawFiles> for Files {
    fn from(raw: RawFiles) -> Self {
        Self {
            max_bytes: or(raw.max_bytes, 100 * 1024 * 1024),
            fetch_timeout: raw.fetch_timeout_s.map_or(Duration::from_secs(60), Seconds::duration),
            local_folders: raw.local_folders.into_iter().map(|folder| folder.0).collect(),
            local_keys: raw.local_keys,
            local_hosts: raw.local_hosts.into_iter().map(|host| host.0).collect(),
        }
    }
}

/// The number from the file, or the default. The bounds of every [`Whole`] here fit its setting's type.
pub(crate) fn or<T: TryFrom<u64>, const MIN: u64, const MAX: u64>(
    given: Option<Whole<MIN, MAX>>,
    default: T,
) -> T {
    given.and_then(|number| T::try_from(number.0).ok()).unwrap_or(default)
}

/// What a variable says, unless it is empty.
pub(crate) fn given(variable: Option<String>) -> Option<String> {
    variable.filter(|text| !text.trim().is_empty())
}
