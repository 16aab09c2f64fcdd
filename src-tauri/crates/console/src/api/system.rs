//! Logs, storage, the doctor and the diagnostics bundle.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something is not as it should be.
    Warn,
    /// What happens.
    Info,
    /// For finding defects.
    Debug,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    /// Counts up while the program runs.
    pub seq: u64,
    /// Milliseconds of Unix time.
    pub at_ms: u64,
    /// How much it matters.
    pub level: LogLevel,
    /// Which part of the house says it.
    pub target: String,
    /// What it says, with its fields.
    pub message: String,
}

/// Which lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LogQuery {
    /// This level and worse; all without it.
    #[serde(default)]
    pub level: Option<LogLevel>,
    /// Lines that hold this text, in any case of letters.
    #[serde(default)]
    pub search: Option<String>,
    /// Lines after this one.
    #[serde(default)]
    pub after: Option<u64>,
    /// Most lines, the newest ones; 500 without it, 2000 at most.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// Lines of the log, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogPage {
    /// The lines.
    pub lines: Vec<LogLine>,
    /// The last line there is, also when it is not among these.
    pub last: u64,
    /// The folder with the log files.
    pub folder: String,
}

/// What takes space on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Storage {
    /// The data folder.
    pub folder: String,
    /// Free bytes on its disk, where known.
    pub free_bytes: Option<u64>,
    /// By kind.
    pub items: Vec<StorageItem>,
}

/// One kind of stored things.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StorageItem {
    /// What it is.
    pub kind: StorageKind,
    /// Where it lies.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// How many things, where they can be counted.
    pub count: Option<u64>,
    /// Most bytes it may take, where the settings limit it.
    pub limit_bytes: Option<u64>,
    /// Whether the console can clear it.
    pub clearable: bool,
}

/// Kinds of stored things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StorageKind {
    /// The database.
    Database,
    /// Rows of requests in the database.
    Requests,
    /// Recorded conversations, with their media.
    Conversations,
    /// Browser profiles.
    Profiles,
    /// Snapshots of failures.
    Snapshots,
    /// Log files.
    Logs,
    /// Diagnostics bundles.
    Bundles,
}

/// What to clear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClearStorage {
    /// Which kind.
    pub kind: StorageKind,
}

/// What the doctor found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// What was looked at.
    pub subject: String,
    /// How it is.
    pub health: Health,
    /// In words.
    pub message: String,
    /// What to do.
    pub remedy: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// As it should be.
    Good,
    /// Works, but look at it.
    Warning,
    /// Does not work.
    Problem,
}

/// A diagnostics bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bundle {
    /// The file's name, to download it by.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Bytes.
    pub bytes: u64,
    /// What is in it.
    pub entries: Vec<String>,
}

/// What the doctor found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Findings {
    /// One entry for each thing looked at.
    pub findings: Vec<Finding>,
}
