//! The states an account can be in. Window, tray, command line and `/health` use these words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an account can do now. [`State::NotChecked`] means unknown, which is not an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Can take a request now.
    Ready,
    /// Is answering a request.
    Busy,
    /// Its quota is used up for a model.
    CoolingDown {
        /// Unix time in seconds at which it is tried again.
        until: u64,
        /// The model that ran out; `None` when every model did.
        model: Option<String>,
    },
    /// The site asks for a new sign-in.
    SignInExpired,
    /// The site wants a human: a challenge, a captcha, an age or region page.
    NeedsVerification {
        /// What the site showed, in plain words.
        why: String,
    },
    /// The site refuses this session.
    Blocked {
        /// What the site said.
        why: String,
    },
    /// No browser could be started, or it died and did not come back.
    BrowserMissing {
        /// What is missing and what to install.
        why: String,
    },
    /// Switched off by its owner.
    Off,
    /// Not looked at yet.
    NotChecked,
}

impl State {
    /// The one thing the owner of the account of this name should do next, or `None` when nothing is needed.
    pub fn action(&self, account: &str) -> Option<String> {
        let action = match self {
            Self::Ready | Self::Busy | Self::NotChecked => return None,
            Self::CoolingDown { .. } => "Wait, or add another account.",
            Self::SignInExpired => return Some(format!("Sign in again: postern account add {account}")),
            Self::NeedsVerification { .. } => {
                return Some(format!(
                    "Open the account in a window, see what the site shows and finish what it asks: \
                     postern account add {account}"
                ));
            }
            Self::Blocked { .. } => "Sign in again, or use this account less for a while.",
            Self::BrowserMissing { .. } => "See what keeps the browser from starting: postern doctor",
            Self::Off => "Switch the account on.",
        };
        Some(action.to_owned())
    }

    /// The same for the owner of a key that opens the upstream of this name.
    pub fn key_action(&self, upstream: &str) -> Option<String> {
        let action = match self {
            Self::Ready | Self::Busy | Self::NotChecked => return None,
            Self::CoolingDown { .. } => "Wait, or add another key.",
            Self::SignInExpired | Self::BrowserMissing { .. } => {
                return Some(format!("Paste a new key: postern account add --upstream {upstream}"));
            }
            Self::NeedsVerification { .. } | Self::Blocked { .. } => {
                "See at the provider what the key may do, then check it again."
            }
            Self::Off => "Switch the key on.",
        };
        Some(action.to_owned())
    }

    /// Whether a request given to this account now can be expected to be answered.
    pub fn usable(&self) -> bool {
        matches!(self, Self::Ready | Self::Busy)
    }
}

/// A model, or every model, that an account is not asked for until a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cooldown {
    /// The model; `None` for every one.
    pub model: Option<String>,
    /// Unix time in seconds at which it ends.
    pub until: u64,
    /// Why.
    pub reason: CooldownReason,
}

/// Why an account rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CooldownReason {
    /// The quota of the day is used up.
    Quota,
    /// Too many requests in a short time.
    Rate,
    /// The site failed again and again.
    Trouble,
}

/// An account and its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// The account's name, unique within its upstream.
    pub name: String,
    /// What it can do now.
    #[serde(flatten)]
    pub state: State,
}
