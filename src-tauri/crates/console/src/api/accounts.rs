//! Accounts: how they are, what their owner decided about them, what they did.

use postern_protocol::account::{Cooldown, State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where the profile of an account came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountSource {
    /// A person signed in to this very profile.
    #[default]
    SignIn,
    /// A copy of a browser's profile folder, or a sealed archive of one.
    Profile,
    /// Copied cookies: a session that may be bound to another device, and short-lived.
    Cookies,
}

/// An account as the window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountView {
    /// The upstream it belongs to.
    pub upstream: String,
    /// Its name, unique within the upstream.
    pub name: String,
    /// The e-mail address the site showed, once known.
    pub email: Option<String>,
    /// Where its profile came from.
    pub source: AccountSource,
    /// What it can do now.
    pub status: State,
    /// The one thing its owner should do next.
    pub action: Option<String>,
    /// Whether it is used for requests.
    pub enabled: bool,
    /// Its share where several could answer: one of weight 2 gets twice as many as one of weight 1.
    pub weight: u32,
    /// Accounts of a higher priority are asked first; the others when none of those can answer.
    pub priority: i32,
    /// The way out of its browser: `system`, `direct` or a proxy; that of all without it.
    pub proxy: Option<String>,
    /// Requests that it answers or that wait for it.
    pub pending: usize,
    /// How many models it offers, once known.
    pub models: Option<usize>,
    /// For which models it rests, and until when.
    pub cooldowns: Vec<Cooldown>,
    /// Answers it gave since midnight, local time.
    pub uses_today: u64,
    /// Whether its browser runs.
    pub browser_running: bool,
    /// Whether its browser is shown to the person at the screen.
    pub browser_shown: bool,
    /// The browser it was last served with, and its version, such as `Chromium 156.0.8078.79`.
    pub browser: Option<String>,
    /// When its profile was made, in seconds of Unix time.
    pub created_at: Option<u64>,
    /// Its profile folder.
    pub profile: String,
    /// Bytes of its profile folder.
    pub profile_bytes: Option<u64>,
    /// Bytes of memory that its browser uses; `None` while none runs.
    pub memory_bytes: Option<u64>,
    /// When it last answered, in seconds of Unix time.
    pub last_used_at: Option<u64>,
    /// When it was last checked, in seconds of Unix time.
    pub checked_at: Option<u64>,
}

/// What an account did today with one model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelUse {
    /// The model's id.
    pub model: String,
    /// Answers it gave.
    pub answers: u64,
    /// Requests that failed.
    pub failures: u64,
}

/// A change of an account's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StateChange {
    /// When, in seconds of Unix time.
    pub at: u64,
    /// The state from then on.
    pub status: State,
}

/// An account with what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountDetail {
    /// How it is now.
    pub account: AccountView,
    /// What it did since midnight, local time, most used model first.
    pub uses_today: Vec<ModelUse>,
    /// How its state changed, newest first; only the last changes are kept.
    pub history: Vec<StateChange>,
}

/// What to change of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Its new name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it is used for requests.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// Its share where several could answer, 1 to 100.
    #[serde(default)]
    pub weight: Option<u32>,
    /// Accounts of a higher priority are asked first, -100 to 100.
    #[serde(default)]
    pub priority: Option<i32>,
    /// The way out of its browser, which is opened anew for it when it is idle: `system`, `direct` or a proxy without name
    /// and password; empty for that of all.
    #[serde(default)]
    pub proxy: Option<String>,
}

/// Which cooldowns to end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CooldownReset {
    /// That of this model; every one of the account without it.
    #[serde(default)]
    pub model: Option<String>,
}

/// In what form an account is carried elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportForm {
    /// Playwright's `storage_state` JSON: cookies and local storage, in clear.
    StorageState,
    /// The whole profile, sealed with a passphrase.
    SealedProfile,
}

/// What to carry elsewhere. Has no `Debug`: it holds a passphrase.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountExport {
    /// In what form.
    pub form: ExportForm,
    /// Seals the archive; needed for a sealed profile, at least 12 characters.
    #[serde(default)]
    pub passphrase: Option<String>,
}

/// All accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountsView {
    /// Worst first.
    pub accounts: Vec<AccountView>,
}
