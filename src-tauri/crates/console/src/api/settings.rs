//! Settings, key by key.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// All settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SettingsView {
    /// The file they are kept in.
    pub file: String,
    /// Every key in the order of the file.
    pub settings: Vec<Setting>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Setting {
    /// Section and name, such as `server.port`.
    pub key: String,
    /// What it accepts.
    pub kind: SettingKind,
    /// The value in force.
    pub value: Value,
    /// The value when nobody decides.
    pub default: Value,
    /// Who decided.
    pub source: SettingSource,
    /// When a change counts.
    pub applies: Applies,
}

/// What a setting accepts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum SettingKind {
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
    /// One of these.
    Choice {
        /// The values.
        options: Vec<String>,
    },
    /// A text; `expected` says what it must be.
    Text {
        /// In words.
        expected: String,
    },
    /// A path of a file on the server's machine; empty for none.
    Path,
    /// Several texts.
    List {
        /// What each must be, in words.
        expected: String,
    },
    /// Names with a text each.
    Map {
        /// What the texts must be, in words.
        expected: String,
    },
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
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

/// Who decided a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettingSource {
    /// Nobody.
    Default,
    /// The file.
    File,
    /// The environment; the console cannot change it.
    Environment,
    /// The command line; the console cannot change it.
    Flag,
}

/// When a change counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// At once, for new requests.
    AtOnce,
    /// The server moves to the new address; running answers finish.
    Rebind,
    /// Each account's browser is opened anew when it is idle.
    Browser,
    /// At the next start of the program.
    Restart,
}

/// What to change, all or nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsChange {
    /// The changes.
    pub changes: Vec<SettingChange>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingChange {
    /// Section and name.
    pub key: String,
    /// The new value; `null` takes the key out of the file, so that the default counts.
    pub value: Value,
}
