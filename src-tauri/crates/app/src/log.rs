//! Where log lines go: to stderr and, for a server, to a file that changes daily.
//!
//! `POSTERN_LOG` chooses what is logged, in the syntax of `tracing-subscriber`: `debug`,
//! `warn,postern_gateway=trace`.

use std::io::{IsTerminal, stderr};
use std::path::Path;

use anyhow::{Context, Result};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What a server logs unless told otherwise: its own doings, and trouble of everything it stands on.
const SERVER: &str = "warn,postern=info";
/// What a command logs unless told otherwise.
const COMMAND: &str = "warn";
/// Days of log files that are kept.
const DAYS: usize = 7;

/// Writes what has not reached the file yet when it is dropped.
#[must_use = "the last lines are lost when this is dropped early"]
#[derive(Debug)]
pub struct LogFile {
    _guard: WorkerGuard,
}

/// Logs to stderr, for commands.
pub fn to_stderr() -> Result<()> {
    let lines = fmt::layer().with_writer(stderr).with_ansi(stderr().is_terminal());
    Ok(tracing_subscriber::registry().with(filter(COMMAND)?).with(lines).try_init()?)
}

/// Logs to stderr and to a file in `folder`, for a server.
pub fn to_stderr_and_file(folder: &Path) -> Result<LogFile> {
    crate::paths::private_folder(folder)
        .with_context(|| format!("cannot create the log folder {}", folder.display()))?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("postern")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .with_context(|| format!("cannot write a log file in {}", folder.display()))?;
    let (file, guard) = tracing_appender::non_blocking(file);
    tracing_subscriber::registry()
        .with(filter(SERVER)?)
        .with(fmt::layer().with_writer(stderr).with_ansi(stderr().is_terminal()))
        .with(fmt::layer().with_writer(file).with_ansi(false))
        .try_init()?;
    Ok(LogFile { _guard: guard })
}

fn filter(usual: &str) -> Result<EnvFilter> {
    let asked = std::env::var("POSTERN_LOG").ok().filter(|text| !text.trim().is_empty());
    let text = asked.as_deref().unwrap_or(usual);
    EnvFilter::try_new(text).with_context(|| {
        format!("POSTERN_LOG is \"{text}\", expected a filter such as \"debug\" or \"{SERVER}\"")
    })
}
