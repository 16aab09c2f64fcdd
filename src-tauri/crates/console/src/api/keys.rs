//! Client keys.

use postern_store::{KeyChange, KeyInfo, NewKey};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// All client keys.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeysView {
    /// Always true; programs that were written for the predecessor look at it.
    pub success: bool,
    /// The keys, oldest first.
    pub keys: Vec<KeyView>,
    /// How many there are.
    pub total_count: usize,
}

/// A key as the console shows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyView {
    /// What is known of it.
    #[serde(flatten)]
    pub info: KeyInfo,
    /// Its edges, such as `sk-ab****ef`: `masked` by its older name.
    pub value: String,
    /// Whether it opens the door now.
    pub status: KeyStatus,
}

/// Whether a key opens the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum KeyStatus {
    /// It does.
    Valid,
    /// It is switched off.
    Disabled,
    /// Its time is over.
    Expired,
}

/// A key to add.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyAdd {
    /// Its name; the next free `key-N` without one.
    #[serde(default)]
    pub name: Option<String>,
    /// This very key, at least eight visible ASCII characters, instead of a new secret.
    #[serde(default)]
    pub key: Option<String>,
    /// When it ends, in seconds of Unix time.
    #[serde(default)]
    pub expires_at: Option<i64>,
    /// Models it may ask for, as ids or patterns with `*`; empty for all.
    #[serde(default)]
    pub models: Vec<String>,
    /// Most requests a minute.
    #[serde(default)]
    pub per_minute: Option<u32>,
    /// Most requests a day.
    #[serde(default)]
    pub per_day: Option<u32>,
    /// Whether what is asked with it may be recorded; it may unless this is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<bool>,
}

impl KeyAdd {
    /// The key to make, and the secret that the caller brings.
    pub(crate) fn parts(self) -> (NewKey, Option<String>) {
        let Self { name, key, expires_at, models, per_minute, per_day, record } = self;
        let record = record.unwrap_or(true);
        (NewKey { name, expires_at, models, per_minute, per_day, record }, key)
    }
}

/// A key that is new, or has a new secret.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct KeySecret {
    /// Always true; programs that were written for the predecessor look at it.
    pub success: bool,
    /// In words.
    pub message: String,
    /// How many keys there are now.
    pub key_count: usize,
    /// The key.
    pub key: KeyView,
    /// The secret itself, which is told here and never again; absent when the caller brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What to change of a key. What is absent stays; `null` takes a limit away.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyPatch {
    /// Its new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it opens the door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// When it ends, in seconds of Unix time.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub expires_at: Option<Option<i64>>,
    /// Models it may ask for; empty for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub models: Option<Vec<String>>,
    /// Most requests a minute.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>)]
    pub per_minute: Option<Option<u32>>,
    /// Most requests a day.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>)]
    pub per_day: Option<Option<u32>>,
    /// Whether what is asked with it may be recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<bool>,
}

impl From<KeyPatch> for KeyChange {
    fn from(patch: KeyPatch) -> Self {
        let KeyPatch { name, enabled, expires_at, models, per_minute, per_day, record } = patch;
        Self { name, enabled, expires_at, models, per_minute, per_day, record }
    }
}

/// Give a key a new secret.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyRotate {
    /// For how many seconds the old secret still opens the door; 0 ends it at once.
    #[serde(default)]
    pub grace_s: u64,
}

/// A key as it is sent.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyText {
    /// The key itself.
    pub key: String,
}

/// What became of a removal.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyRemoved {
    /// Always true; programs that were written for the predecessor look at it.
    pub success: bool,
    /// In words.
    pub message: String,
    /// How many keys are left. Without any, the server is open to this computer.
    pub key_count: usize,
}

/// Whether a key opens the door.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeyTested {
    /// Always true; programs that were written for the predecessor look at it.
    pub success: bool,
    /// Whether it does.
    pub valid: bool,
    /// In words.
    pub message: String,
    /// The key, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyInfo>,
}

/// The text of a key file.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// One key a line; blank lines and lines that start with `#` are skipped.
    pub text: String,
}

/// Tells `null` from absent: serde calls this only for a field that is there.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(input: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(input).map(Some)
}
