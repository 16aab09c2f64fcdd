//! Providers that are asked with keys: which there are, what is known of their keys, and what to begin with.

use postern_protocol::account::{Cooldown, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which dialect a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum UpstreamKind {
    /// Google's generateContent.
    Gemini,
    /// OpenAI's, which many others speak too.
    OpenAi,
    /// Anthropic's.
    Anthropic,
}

/// All of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpstreamsView {
    /// In the order in which they are asked for a model that several have.
    pub upstreams: Vec<UpstreamView>,
}

/// A provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpstreamView {
    /// What its owner calls it: the part of a model's name before the `/`.
    pub name: String,
    /// Which dialect it speaks.
    pub kind: UpstreamKind,
    /// Where it is, as its owner wrote it; empty for the maker of the dialect.
    pub base_url: String,
    /// The host that is asked.
    pub host: String,
    /// Whether it is used.
    pub enabled: bool,
    /// Upstreams with a smaller number are asked first. AI Studio has 100 and comes first among equals.
    pub order: u64,
    /// Most requests that a key answers at once; 0 for any number.
    pub max_at_once: u64,
    /// The only models that are offered; empty for all.
    pub models: Vec<String>,
    /// Models that are not offered.
    pub excluded: Vec<String>,
    /// Its keys, in the order of their names.
    pub keys: Vec<UpstreamKeyView>,
    /// How many models it offers, once they were read.
    pub model_count: Option<u64>,
    /// When its models were read, in seconds of Unix time.
    pub models_read_at: Option<u64>,
    /// Why it cannot be asked now, in plain words.
    pub problem: Option<String>,
    /// The one thing its owner should do next.
    pub action: Option<String>,
}

/// Where a key came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum KeyOrigin {
    /// Its owner pasted it; it lies sealed in the data folder.
    Pasted,
    /// A variable of the environment, which the configuration file names. It cannot be changed here.
    Environment {
        /// The variable.
        variable: String,
    },
    /// There is none: the provider wants none.
    None,
}

/// A key of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpstreamKeyView {
    /// What its owner calls it, unique within the upstream.
    pub name: String,
    /// Its edges, such as `AIzaS****f3`.
    pub masked: String,
    /// Where it came from.
    pub origin: KeyOrigin,
    /// What it can do now.
    pub status: State,
    /// The same in plain words.
    pub says: String,
    /// The one thing its owner should do next.
    pub action: Option<String>,
    /// The host that it was pasted for, where the upstream is at another one now: it is not sent there before its owner
    /// confirms that.
    pub pasted_for: Option<String>,
    /// Whether it is used for requests.
    pub enabled: bool,
    /// Its share where several could answer, 1 to 100.
    pub weight: u32,
    /// Keys of a higher priority are asked first, -100 to 100.
    pub priority: i32,
    /// The way out for what is asked with it: `system`, `direct` or a proxy, with `****@` where a name and a password belong
    /// to it; that of all without it.
    pub proxy: Option<String>,
    /// For which models it rests, and until when.
    pub cooldowns: Vec<Cooldown>,
    /// Answers it gave since midnight, local time.
    pub uses_today: u64,
    /// When it was pasted, in seconds of Unix time.
    pub added_at: Option<u64>,
    /// When it was last checked, in seconds of Unix time.
    pub checked_at: Option<u64>,
}

/// A new provider. Has no `Debug`: it may hold a key.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpstream {
    /// What to call it: 1 to 32 small letters, digits, `-` and `_`, a letter first.
    pub name: String,
    /// Which dialect it speaks.
    pub kind: UpstreamKind,
    /// Where it is; empty for the maker of the dialect.
    #[serde(default)]
    pub base_url: String,
    /// The only models that are offered; empty for all.
    #[serde(default)]
    pub models: Vec<String>,
    /// Models that are not offered.
    #[serde(default)]
    pub excluded: Vec<String>,
    /// Its place, 0 to 1000; 100 unless given.
    #[serde(default)]
    pub order: Option<u64>,
    /// Most requests that a key answers at once, 0 to 1000; 0, which is unless given, for any number.
    #[serde(default)]
    pub max_at_once: Option<u64>,
    /// Whether it wants no key at all.
    #[serde(default)]
    pub no_key: bool,
    /// Its first key.
    #[serde(default)]
    pub key: Option<NewUpstreamKey>,
}

/// What to change of a provider; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamChange {
    /// Where it is; empty for the maker of the dialect. Keys that were pasted for another host rest until that is
    /// confirmed for each.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The only models that are offered; empty for all.
    #[serde(default)]
    pub models: Option<Vec<String>>,
    /// Models that are not offered.
    #[serde(default)]
    pub excluded: Option<Vec<String>>,
    /// Its place, 0 to 1000.
    #[serde(default)]
    pub order: Option<u64>,
    /// Most requests that a key answers at once, 0 to 1000; 0 for any number.
    #[serde(default)]
    pub max_at_once: Option<u64>,
    /// Whether it is used.
    #[serde(default)]
    pub enabled: Option<bool>,
}

/// A key to be kept. Has no `Debug`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUpstreamKey {
    /// What to call it; key-1, key-2, … unless given.
    #[serde(default)]
    pub name: Option<String>,
    /// The key itself. It is sealed and never shown again.
    pub value: String,
    /// The way out for what is asked with it: `system`, `direct` or a proxy, whose name and password are sealed; that of all
    /// unless given.
    #[serde(default)]
    pub proxy: String,
}

/// What to change of a key. Has no `Debug`: it may hold a key.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamKeyChange {
    /// Its new name.
    #[serde(default)]
    pub name: Option<String>,
    /// Another key in its place.
    #[serde(default)]
    pub value: Option<String>,
    /// Whether it is used for requests.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Its share where several could answer, 1 to 100.
    #[serde(default)]
    pub weight: Option<u32>,
    /// Keys of a higher priority are asked first, -100 to 100.
    #[serde(default)]
    pub priority: Option<i32>,
    /// The way out for what is asked with it: `system`, `direct` or a proxy, whose name and password are sealed; empty for
    /// that of all.
    #[serde(default)]
    pub proxy: Option<String>,
    /// `true` lets it be sent to the host where the upstream is now.
    #[serde(default)]
    pub confirm_host: bool,
}

/// A key to be tried before anything is kept. Has no `Debug`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyTrial {
    /// Which dialect the provider speaks.
    pub kind: UpstreamKind,
    /// Where it is; empty for the maker of the dialect.
    #[serde(default)]
    pub base_url: String,
    /// The key; empty for none.
    #[serde(default)]
    pub value: String,
    /// The way out: `system`, `direct` or a proxy; empty for that of all.
    #[serde(default)]
    pub proxy: String,
}

/// What a trial showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyTrialOutcome {
    /// Whether the provider takes the key.
    pub works: bool,
    /// What happened, in plain words.
    pub says: String,
    /// The ids of the models that the provider lists.
    pub models: Vec<String>,
}

/// What is known of a provider that many use, to begin with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpstreamTemplate {
    /// A name for it.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Which dialect it speaks.
    pub kind: UpstreamKind,
    /// Where it is; empty for the maker of the dialect. `RESOURCE` stands for what only its owner knows.
    pub base_url: String,
    /// Whether it wants a key.
    pub needs_key: bool,
    /// How its keys begin, where they all begin alike.
    pub key_begins: Option<String>,
    /// The page where keys are made.
    pub key_page: Option<String>,
}

/// All templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpstreamTemplates {
    /// In the order in which to show them.
    pub templates: Vec<UpstreamTemplate>,
}
