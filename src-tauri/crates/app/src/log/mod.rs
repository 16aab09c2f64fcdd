//! Where log lines go: to stderr, and for a server to files of a bounded size and to a bounded memory that
//! the console shows. No line that leaves here has a secret in it.
//!
//! `POSTERN_LOG` chooses what is logged, in the syntax of `tracing-subscriber`: `debug`,
//! `warn,postern_gateway=trace`. Without it the setting `logs.level` decides, also while the server runs.

mod clean;
mod ring;
mod rolling;

use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use postern_console::api::system::{LogLevel, LogPage, LogQuery};
use tokio::sync::watch;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Registry, fmt, reload};

use clean::Clean;
use ring::LogRing;
use rolling::{LogFiles, RollingFile};

/// What a command logs unless told otherwise.
const COMMAND: &str = "warn";

/// The log of a server: what was said lately, how much is said, and how much of it is kept. Cheap to clone;
/// the last clone that is dropped writes what has not reached the file yet.
#[derive(Clone, Debug)]
#[must_use = "the last lines are lost when this is dropped early"]
pub struct Logs {
    ring: LogRing,
    files: LogFiles,
    /// `None` when `POSTERN_LOG` decides, or when nothing is logged here.
    level: Option<reload::Handle<EnvFilter, Registry>>,
    _guard: Option<Arc<WorkerGuard>>,
}

/// Logs to stderr, for commands.
pub fn to_stderr() -> Result<()> {
    let filter = asked()?.map_or_else(|| filter(COMMAND), Ok)?;
    let lines = fmt::layer().with_writer(Clean(stderr)).with_ansi(stderr().is_terminal());
    Ok(tracing_subscriber::registry().with(filter).with(lines).try_init()?)
}

/// Logs to stderr, to files in `folder` and to memory, for a server.
pub fn to_stderr_and_file(folder: &Path) -> Result<Logs> {
    crate::paths::private_folder(folder)
        .with_context(|| format!("cannot create the log folder {}", folder.display()))?;
    let files = LogFiles::new(folder);
    let file = RollingFile::open(files.clone())
        .with_context(|| format!("cannot write a log file in {}", folder.display()))?;
    let (file, guard) = tracing_appender::non_blocking(file);
    let ring = LogRing::new();
    let asked = asked()?;
    let locked = asked.is_some();
    let (filter, level) = reload::Layer::new(asked.map_or_else(|| filter(server(LogLevel::Info)), Ok)?);
    tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_writer(Clean(stderr)).with_ansi(stderr().is_terminal()))
        .with(fmt::layer().with_writer(Clean(file)).with_ansi(false))
        .with(ring.clone())
        .try_init()?;
    let level = (!locked).then_some(level);
    Ok(Logs { ring, files, level, _guard: Some(Arc::new(guard)) })
}

impl Logs {
    /// A log that hears nothing, for a house whose lines go elsewhere.
    pub fn silent(folder: &Path) -> Self {
        Self { ring: LogRing::new(), files: LogFiles::new(folder), level: None, _guard: None }
    }

    /// The lines that fit.
    pub fn query(&self, query: &LogQuery) -> LogPage {
        self.ring.query(query, self.files.folder())
    }

    /// Hears the number of each new line.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.ring.changes()
    }

    /// Logs this much from now on. `POSTERN_LOG` wins.
    pub fn set_level(&self, level: LogLevel) {
        let Some(handle) = &self.level else { return };
        let changed = filter(server(level)).and_then(|filter| Ok(handle.reload(filter)?));
        if let Err(error) = changed {
            tracing::warn!(%error, "the log level cannot be changed");
        }
    }

    /// Keeps at most this many bytes of log files from now on; the oldest go first.
    pub fn set_max_bytes(&self, bytes: u64) {
        self.files.set_max_bytes(bytes);
    }

    /// Most bytes that log files may take.
    pub fn max_bytes(&self) -> u64 {
        self.files.max_bytes()
    }

    /// Removes every log file except the one that is being written.
    pub fn clear(&self) -> std::io::Result<()> {
        self.files.clear()
    }
}

/// The filter of the environment, if it has one.
fn asked() -> Result<Option<EnvFilter>> {
    let asked = std::env::var("POSTERN_LOG").ok().filter(|text| !text.trim().is_empty());
    asked.as_deref().map(|text| without_traffic(filter(text)?)).transpose()
}

/// The same, but never what goes between this program and its browsers: cookies, prompts and answers.
fn without_traffic(filter: EnvFilter) -> Result<EnvFilter> {
    Ok(filter.add_directive("tungstenite=warn".parse()?))
}

fn filter(text: &str) -> Result<EnvFilter> {
    EnvFilter::try_new(text).with_context(|| {
        format!(
            "POSTERN_LOG is \"{text}\", expected a filter such as \"debug\" or \"{}\"",
            server(LogLevel::Info)
        )
    })
}

/// What a server logs at this level: its own doings, and trouble of everything it stands on.
fn server(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "warn,postern=info",
        LogLevel::Debug => "warn,postern=debug",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_can_be_changed_while_it_logs() {
        let ring = LogRing::new();
        let (layer, handle) = reload::Layer::new(filter(server(LogLevel::Info)).expect("a filter"));
        let subscriber = tracing_subscriber::registry().with(layer).with(ring.clone());
        let logs =
            Logs { ring, files: LogFiles::new(Path::new("nowhere")), level: Some(handle), _guard: None };
        tracing::subscriber::with_default(subscriber, || {
            let say = || tracing::debug!(target: "postern_app", "a detail");
            say();
            logs.set_level(LogLevel::Debug);
            say();
            logs.set_level(LogLevel::Error);
            say();
            tracing::warn!(target: "other", "not this");
        });
        let lines = logs.query(&LogQuery::default()).lines;
        let messages: Vec<&str> = lines.iter().map(|line| line.message.as_str()).collect();
        assert_eq!(messages, ["a detail"]);
    }

    #[test]
    fn what_goes_to_the_browsers_is_not_logged_however_much_is() {
        let filter = without_traffic(filter("trace,tungstenite=trace").expect("a filter")).expect("a filter");
        let ring = LogRing::new();
        let subscriber = tracing_subscriber::registry().with(filter).with(ring.clone());
        tracing::subscriber::with_default(subscriber, || {
            tracing::trace!(target: "tungstenite::protocol", "Received message SID");
            tracing::trace!(target: "postern_browser", "a detail");
        });
        let lines = Logs { ring, files: LogFiles::new(Path::new("nowhere")), level: None, _guard: None }
            .query(&LogQuery::default())
            .lines;
        let messages: Vec<&str> = lines.iter().map(|line| line.message.as_str()).collect();
        assert_eq!(messages, ["a detail"]);
    }

    #[test]
    fn every_level_is_a_filter() {
        for level in [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug] {
            assert!(filter(server(level)).is_ok());
        }
    }
}
