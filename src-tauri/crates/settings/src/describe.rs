//! What every key accepts, for those who show and change settings.

use serde_json::Value;

use crate::Settings;
use crate::choices::{
    AccountChoice, AuthType, Capture, Close, Density, Language, Level, Offered, Theme, ToolMode,
};
use crate::file::{
    BodyBytes, FileBytes, IdleSeconds, KeepDays, LiveBrowsers, LogBytes, MaxRows, PageSeconds, PauseMillis,
    Port, QueueLength, RecheckSeconds, RecordedBytes, ReplayBytes, ResultBytes, RetentionDays, Rounds,
    SessionDays, Snapshots, TARGET, Tabs,
};
use crate::proxy::{Address, Domain, Method, Part, Pattern, ProxyBodyBytes};
use crate::upstreams::{FALLBACK, SECTION};
use crate::values::{
    FolderPath, Host, HostName, HostPort, McpAddress, ModelPath, NoProxy, Origin, Seconds, Text, Variable,
    WayOut, WebUrl,
};

/// One key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyDescription {
    /// Section and name, such as `server.port`.
    pub key: &'static str,
    /// What it accepts.
    pub kind: Kind,
    /// What holds when nobody decides.
    pub default: Value,
    /// When a change counts.
    pub applies: Applies,
}

/// What a key accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// A whole number.
    Integer {
        /// The smallest.
        min: u64,
        /// The largest.
        max: u64,
        /// What it counts.
        unit: Unit,
    },
    /// One of these words.
    Choice {
        /// The words.
        options: &'static [&'static str],
    },
    /// A text.
    Text {
        /// What it must be.
        expected: &'static str,
    },
    /// A path of a file; empty for none.
    Path,
    /// Several texts.
    List {
        /// What each must be.
        expected: &'static str,
    },
    /// Domains, each with how it is reached.
    Domains {
        /// What their names must be.
        expected: &'static str,
        /// The ways in which they may want their credentials.
        auth_types: &'static [&'static str],
    },
    /// Names with a text each.
    Map {
        /// What the texts must be.
        expected: &'static str,
    },
    /// Names with a list of texts each.
    Lists {
        /// What the texts must be.
        expected: &'static str,
    },
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
    /// Days.
    Days,
    /// Bytes.
    Bytes,
    /// A TCP port.
    Port,
}

/// When a change counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// At once, for what begins from then on.
    AtOnce,
    /// When the server has moved to the new address.
    Rebind,
    /// When the accounts' browsers have been opened anew.
    Browser,
    /// When the program is started the next time.
    Restart,
}

/// Every key, in the order of the file. The bounds and words are those that reading the file uses.
const KEYS: &[(&str, Kind, Applies)] = {
    use Applies::{AtOnce, Browser, Rebind, Restart};
    const DOMAINS: Kind = Kind::Domains { expected: Domain::EXPECTED, auth_types: AuthType::OPTIONS };
    let any_text = "a text";
    &[
        ("server.host", Kind::Text { expected: Host::EXPECTED }, Rebind),
        ("server.port", Port::kind(Unit::Port), Rebind),
        ("server.allowed_hosts", Kind::List { expected: HostName::EXPECTED }, AtOnce),
        ("server.allowed_origins", Kind::List { expected: Origin::EXPECTED }, AtOnce),
        ("aistudio.url", Kind::Text { expected: WebUrl::EXPECTED }, Browser),
        ("aistudio.capture", Kind::Choice { options: Capture::OPTIONS }, Browser),
        ("aistudio.temporary_chat", Kind::Bool, Browser),
        ("aistudio.tool_mode", Kind::Choice { options: ToolMode::OPTIONS }, Browser),
        ("aistudio.google_search", Kind::Bool, Browser),
        ("aistudio.url_context", Kind::Bool, Browser),
        ("aistudio.code_execution", Kind::Bool, Browser),
        ("aistudio.google_maps", Kind::Bool, Browser),
        ("aistudio.excluded_models", Kind::List { expected: any_text }, AtOnce),
        ("aistudio.pause_ms", PauseMillis::kind(Unit::Milliseconds), Browser),
        ("aistudio.tabs_per_account", Tabs::kind(Unit::Count), Browser),
        ("aistudio.choice", Kind::Choice { options: AccountChoice::OPTIONS }, AtOnce),
        ("aistudio.recheck_s", RecheckSeconds::kind(Unit::Seconds), AtOnce),
        ("browser.path", Kind::Path, Browser),
        ("browser.driver", Kind::Path, Browser),
        ("browser.webdriver_url", Kind::Text { expected: <Option<WebUrl>>::EXPECTED }, Browser),
        ("browser.remote_profiles", Kind::Path, Browser),
        ("browser.headless", Kind::Bool, Browser),
        ("browser.args", Kind::List { expected: any_text }, Browser),
        ("browser.max_live", LiveBrowsers::kind(Unit::Count), AtOnce),
        ("browser.idle_stop_s", IdleSeconds::kind(Unit::Seconds), AtOnce),
        // An account counts these two as well as the gateway does.
        ("limits.first_byte_timeout_s", Seconds::kind(Unit::Seconds), Browser),
        ("limits.silence_timeout_s", Seconds::kind(Unit::Seconds), Browser),
        ("limits.total_timeout_s", Seconds::kind(Unit::Seconds), AtOnce),
        ("limits.quota_cooldown_s", Seconds::kind(Unit::Seconds), AtOnce),
        ("limits.rate_cooldown_s", Seconds::kind(Unit::Seconds), AtOnce),
        ("limits.queue_length", QueueLength::kind(Unit::Count), AtOnce),
        ("limits.body_bytes", BodyBytes::kind(Unit::Bytes), AtOnce),
        ("limits.keep_alive_s", Seconds::kind(Unit::Seconds), AtOnce),
        ("network.proxy", Kind::Text { expected: WayOut::EXPECTED }, Browser),
        ("network.no_proxy", Kind::List { expected: NoProxy::EXPECTED }, Browser),
        ("files.max_bytes", FileBytes::kind(Unit::Bytes), AtOnce),
        ("files.fetch_timeout_s", Seconds::kind(Unit::Seconds), AtOnce),
        ("files.local_folders", Kind::List { expected: FolderPath::EXPECTED }, AtOnce),
        ("files.local_keys", Kind::List { expected: "the name of a key" }, AtOnce),
        ("files.local_hosts", Kind::List { expected: HostPort::EXPECTED }, AtOnce),
        ("diagnostics.max_snapshots", Snapshots::kind(Unit::Count), Browser),
        ("console.remote", Kind::Bool, AtOnce),
        ("console.session_days", SessionDays::kind(Unit::Days), AtOnce),
        ("models.aliases", Kind::Map { expected: TARGET }, AtOnce),
        ("models.fallbacks", Kind::Lists { expected: FALLBACK }, AtOnce),
        ("models.excluded", Kind::List { expected: ModelPath::EXPECTED }, AtOnce),
        ("mcp.servers", Kind::Map { expected: McpAddress::EXPECTED }, AtOnce),
        ("mcp.tokens", Kind::Map { expected: Variable::EXPECTED }, AtOnce),
        ("mcp.allowed", Kind::List { expected: McpAddress::EXPECTED }, AtOnce),
        ("mcp.tools", Kind::Choice { options: Offered::OPTIONS }, AtOnce),
        ("mcp.timeout_s", Seconds::kind(Unit::Seconds), AtOnce),
        ("mcp.result_bytes", ResultBytes::kind(Unit::Bytes), AtOnce),
        ("mcp.max_rounds", Rounds::kind(Unit::Count), AtOnce),
        ("proxy.known_vendors", Kind::Bool, AtOnce),
        ("proxy.allowed_domains", DOMAINS, AtOnce),
        ("proxy.body_bytes", ProxyBodyBytes::kind(Unit::Bytes), AtOnce),
        ("proxy.first_byte_timeout_s", Seconds::kind(Unit::Seconds), AtOnce),
        ("proxy.silence_timeout_s", Seconds::kind(Unit::Seconds), AtOnce),
        ("proxy.probe_request.path_blocklist", Kind::List { expected: any_text }, AtOnce),
        ("proxy.probe_request.path_prefix_blocklist", Kind::List { expected: any_text }, AtOnce),
        ("proxy.probe_request.user_agent_substrings", Kind::List { expected: Part::EXPECTED }, AtOnce),
        ("proxy.probe_request.allowed_methods", Kind::List { expected: Method::EXPECTED }, AtOnce),
        ("proxy.probe_request.ip_blocklist", Kind::List { expected: Address::EXPECTED }, AtOnce),
        ("proxy.probe_filter.patterns", Kind::List { expected: Pattern::EXPECTED }, AtOnce),
        ("proxy.probe_filter.ip_patterns", Kind::List { expected: Pattern::EXPECTED }, AtOnce),
        ("proxy.probe_filter.custom_patterns", Kind::List { expected: Pattern::EXPECTED }, AtOnce),
        ("proxy.probe_filter.custom_ip_patterns", Kind::List { expected: Pattern::EXPECTED }, AtOnce),
        ("proxy.probe_filter.disable_default_patterns", Kind::Bool, AtOnce),
        ("proxy.probe_filter.disable_default_ip_patterns", Kind::Bool, AtOnce),
        ("requests.keep_days", KeepDays::kind(Unit::Days), AtOnce),
        ("requests.max_rows", MaxRows::kind(Unit::Count), AtOnce),
        ("requests.replay_bytes", ReplayBytes::kind(Unit::Bytes), AtOnce),
        ("recording.enabled", Kind::Bool, AtOnce),
        ("recording.retention_days", RetentionDays::kind(Unit::Days), AtOnce),
        ("recording.max_bytes", RecordedBytes::kind(Unit::Bytes), AtOnce),
        ("logs.level", Kind::Choice { options: Level::OPTIONS }, AtOnce),
        ("logs.max_bytes", LogBytes::kind(Unit::Bytes), AtOnce),
        ("window.theme", Kind::Choice { options: Theme::OPTIONS }, AtOnce),
        ("window.language", Kind::Choice { options: Language::OPTIONS }, AtOnce),
        ("window.density", Kind::Choice { options: Density::OPTIONS }, AtOnce),
        ("window.close", Kind::Choice { options: Close::OPTIONS }, AtOnce),
        ("window.start_hidden", Kind::Bool, Restart),
        ("window.open_at_login", Kind::Bool, AtOnce),
        ("window.keep_page_s", PageSeconds::kind(Unit::Seconds), AtOnce),
        ("notifications.enabled", Kind::Bool, AtOnce),
    ]
};

/// Every key in the order of the file, with what it accepts and its default.
pub fn describe() -> Vec<KeyDescription> {
    let defaults = Settings::default();
    let describe = |&(key, kind, applies): &(&'static str, Kind, Applies)| KeyDescription {
        key,
        kind,
        default: defaults.value(key),
        applies,
    };
    KEYS.iter().map(describe).collect()
}

/// What the key accepts; `None` when there is no such key. An upstream is a key too: `upstreams.NAME`.
pub(crate) fn kind(key: &str) -> Option<Kind> {
    let of_upstream = || {
        let (section, name) = key.split_once('.')?;
        let named = section == SECTION && !name.is_empty() && !name.contains('.');
        named.then_some(Kind::Map { expected: "what is known of the upstream, its kind at least" })
    };
    KEYS.iter().find(|(name, ..)| *name == key).map(|(_, kind, _)| *kind).or_else(of_upstream)
}

/// The names of all keys.
pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(key, ..)| *key)
}

impl Settings {
    /// The value of a key as the file would write it; null when there is no such key.
    pub fn value(&self, key: &str) -> Value {
        let all = serde_json::to_value(self).unwrap_or_default();
        key.split('.').try_fold(&all, |value, name| value.get(name)).cloned().unwrap_or_default()
    }
}
