//! The master key that seals what must not lie on the disk in clear.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The vault, without anything secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VaultView {
    /// Where the master key lies; `null` where there is none yet.
    pub place: Option<KeyPlace>,
    /// What the owner should know about it, as long as it is so.
    pub warning: Option<VaultWarning>,
    /// Since when this key is there, in seconds of Unix time.
    pub since: Option<i64>,
    /// How many secrets are kept, all generations counted.
    pub secrets: u64,
    /// How many of them were sealed with a key that is not here, or are damaged.
    pub unreadable: u64,
    /// When the recovery key was shown, in seconds of Unix time; it is shown once.
    pub recovery_shown_at: Option<i64>,
    /// Whether somebody outside gives the key, so that it can be neither shown nor exchanged here.
    pub given: bool,
}

/// Where a master key lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// In the environment variable `POSTERN_MASTER_KEY`.
    Environment,
    /// In the file that `POSTERN_MASTER_KEY_FILE` names.
    GivenFile,
    /// In a credential of the systemd service.
    Credential,
    /// In the system's keyring.
    Keyring,
    /// In a file beside the database.
    File,
}

/// What is not as it should be about a master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VaultWarning {
    /// What was given from outside cannot be used; another key is used instead.
    GivenUnusable {
        /// What is wrong with it.
        why: String,
    },
    /// The key lies in a file beside what it seals.
    InFile {
        /// Why it is not in the keyring, where that is known.
        why: Option<String>,
    },
    /// The key lies in the keyring, which cannot be reached; another one is used until it can.
    KeyringAway {
        /// What the keyring says.
        why: String,
    },
}

/// A recovery key, which is told here and never again.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct RecoveryKey {
    /// Groups of letters and digits, to be kept in a safe place.
    pub key: String,
}

/// A recovery key that somebody kept.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecoveryText {
    /// The key as it was written down.
    pub key: String,
}

/// What a recovery brought back.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Recovered {
    /// How many secrets open again.
    pub secrets: u64,
    /// The vault now.
    pub vault: VaultView,
}
