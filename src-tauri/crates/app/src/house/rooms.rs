//! What a house is made of, for everything that works in it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use std::time::Duration;

use postern_console::{Console, ConsoleConfig};
use postern_curation::export::Jobs;
use postern_gateway::{Config, Gateway};
use postern_net::{Network, ProxyRule};
use postern_settings::{Level, Settings};
use postern_store::{Flag, Flags, Keys, Limits, Outcome, Progress, RequestRow, Requests, Retention, Source};
use postern_upstream::{Mcp, Registry};
use tokio::sync::{broadcast, watch};

use super::Kept;
use super::functions::mcp_config;
use super::hot::Hot;
use super::outward::way_out;
use super::proxy::proxy_config;
use crate::carry::Keeper;
use crate::clients::Clients;
use crate::enrol::Machine;
use crate::log::Logs;
use crate::providers::Providers;
use crate::roster::Roster;
use crate::secrets::Secrets;
use crate::signal::Signal;
use crate::studios::fleet_limits;
use crate::{Accounts, Paths, Server};

/// How long running answers may take to end when the house closes or the server is stopped.
const LAST_WORDS: Duration = Duration::from_millis(1000);
/// Where a client asks for an answer.
const CHAT: &str = "/v1/chat/completions";

/// The opened rooms. What holds them together is [`crate::House`].
pub(crate) struct Rooms {
    pub(crate) paths: Paths,
    pub(crate) hot: Hot,
    pub(crate) keys: Keys,
    pub(crate) requests: Requests,
    /// What writes conversations them to files; `None` when they cannot be opened.
    pub(crate) exports: Option<Jobs>,
    pub(crate) flags: Flags,
    /// What was recorded, or why that cannot be had.
    pub(crate) conversations: Kept,
    /// How much of it has been read as conversations.
    pub(crate) deriving: OnceLock<watch::Receiver<Progress>>,
    pub(crate) secrets: Secrets,
    pub(crate) registry: Registry,
    pub(crate) mcp: Mcp,
    /// The way out.
    pub(crate) network: Network,
    /// Used up when the owner was told of a password that the configuration file shows.
    pub(super) plain_proxy: Once,
    pub(crate) roster: Roster,
    pub(crate) providers: Providers,
    pub(crate) enrolments: Machine,
    pub(crate) gateway: Gateway,
    pub(crate) server: Server,
    pub(crate) logs: Logs,
    pub(crate) clients: Option<Clients>,
    pub(crate) server_changed: Signal,
    pub(crate) settings_changed: Signal,
    pub(crate) recording_changed: Signal,
    /// Held while the server's state is written down for other processes.
    pub(super) publishing: Mutex<()>,
    /// Until the house closes. The console holds its desk, and that holds the rooms.
    pub(crate) console: Mutex<Option<Console>>,
}

impl Rooms {
    /// The settings in force.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.hot.settings()
    }

    /// Where the settings want the server.
    pub(crate) fn wanted_address(&self) -> SocketAddr {
        address(&self.settings())
    }

    /// Keeps the sessions of accounts that came from files, and drops those of accounts that are gone.
    pub(super) async fn keep_sessions(&self) {
        let keeper = Keeper::new(self.secrets.clone(), Accounts::new(&self.paths));
        keeper.sweep().await;
        self.roster.keep_sessions(keeper);
    }

    pub(crate) fn console(&self) -> Option<Console> {
        self.console.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Brings everything in line with the settings that can follow at once.
    pub(crate) async fn obey(&self, settings: &Settings) {
        let way_out = way_out(settings, &self.secrets).await;
        if settings.network.proxy.shows_login() {
            self.plain_proxy.call_once(|| {
                tracing::warn!(
                    "network.proxy shows a password in the configuration file; save it once more in the settings, and it \
                     is sealed"
                );
            });
        }
        self.gateway.configure(gateway_config(settings));
        match way_out {
            Ok(config) => {
                if matches!(&config.rule, ProxyRule::Via(proxy) if proxy.has_login()) {
                    tracing::warn!(
                        "browsers take no name and no password for a proxy; AI Studio's go to it without"
                    );
                }
                self.network.configure(config);
            }
            // The settings refuse such proxies themselves.
            Err(error) => tracing::warn!(%error, "the way out stays as it was"),
        }
        self.mcp.configure(mcp_config(settings, |name| std::env::var(name).ok()));
        self.roster.obey(settings);
        self.providers.obey(settings);
        self.roster.fleet().set_limits(fleet_limits(settings));
        if let Err(error) = self.registry.set_aliases(settings.models.aliases.clone()) {
            // The settings refuse such aliases themselves.
            tracing::warn!(%error, "the aliases stay as they were");
        }
        if let Err(error) = self.registry.set_fallbacks(settings.models.fallbacks.clone()) {
            tracing::warn!(%error, "the names for several models stay as they were");
        }
        let hidden = settings.aistudio.excluded_models.iter().map(|id| format!("aistudio/{id}"));
        let excluded = settings.models.excluded.iter().map(|path| path.0.clone()).chain(hidden);
        self.registry.set_excluded(&excluded.collect());
        self.requests.keep(Retention {
            keep_days: u32::try_from(settings.requests.keep_days).unwrap_or(u32::MAX),
            max_rows: settings.requests.max_rows,
            replay_bytes: settings.requests.replay_bytes,
        });
        if let Ok(kept) = &self.conversations {
            kept.keep(kept_at_most(settings));
        }
        self.logs.set_level(log_level(settings.logs.level));
        self.logs.set_max_bytes(settings.logs.max_bytes);
        if let Some(console) = self.console() {
            console.configure(console_config(settings));
        }
    }

    /// Learns from requests that end: when an account last answered, and that a client has got its first
    /// answer. Ends with the journal.
    pub(crate) async fn learn(
        roster: Roster,
        flags: Flags,
        mut rows: broadcast::Receiver<Arc<RequestRow>>,
        mut answered: bool,
    ) {
        loop {
            let row = match rows.recv().await {
                Ok(row) if row.outcome == Outcome::Ok => row,
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => continue,
                Err(broadcast::error::RecvError::Closed) => return,
            };
            roster.answered(&row);
            if !answered && is_answer(&row) {
                answered = flags.set(Flag::FirstAnswer).await.is_ok();
            }
        }
    }
}

/// Whether a client got an answer of a model.
fn is_answer(row: &RequestRow) -> bool {
    row.source == Source::Client && row.status == Some(200) && row.path == CHAT
}

/// Where these settings want the server.
pub(crate) fn address(settings: &Settings) -> SocketAddr {
    SocketAddr::new(settings.server.host.0, settings.server.port)
}

/// How much of what is recorded is kept, from the settings.
fn kept_at_most(settings: &Settings) -> Limits {
    let limit = |number: u64| (number > 0).then_some(number);
    let days = limit(settings.recording.retention_days);
    Limits {
        days: days.map(|days| u32::try_from(days).unwrap_or(u32::MAX)),
        max_bytes: limit(settings.recording.max_bytes),
    }
}

/// The console's choices, from the settings.
pub(crate) fn console_config(settings: &Settings) -> ConsoleConfig {
    ConsoleConfig { remote: settings.console.remote, session_days: settings.console.session_days }
}

/// The gateway's choices, from the settings.
pub(crate) fn gateway_config(settings: &Settings) -> Config {
    let limits = &settings.limits;
    Config {
        allowed_hosts: settings.server.allowed_hosts.iter().map(|name| name.0.clone()).collect(),
        allowed_origins: settings.server.allowed_origins.iter().map(|origin| origin.0.clone()).collect(),
        body_bytes: limits.body_bytes,
        queue_length: limits.queue_length,
        first_byte_timeout: limits.first_byte_timeout,
        silence_timeout: limits.silence_timeout,
        total_timeout: limits.total_timeout,
        keep_alive: limits.keep_alive,
        shutdown_timeout: LAST_WORDS,
        record: settings.recording.enabled,
        version: env!("CARGO_PKG_VERSION"),
        proxy: proxy_config(&settings.proxy),
        ..Config::default()
    }
}

fn log_level(level: Level) -> postern_console::api::system::LogLevel {
    use postern_console::api::system::LogLevel;
    match level {
        Level::Error => LogLevel::Error,
        Level::Warn => LogLevel::Warn,
        Level::Info => LogLevel::Info,
        Level::Debug => LogLevel::Debug,
    }
}
