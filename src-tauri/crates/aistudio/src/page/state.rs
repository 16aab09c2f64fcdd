//! What the page shows.

use postern_protocol::account;
use postern_protocol::chat::{Failure, FailureKind};
use serde::Deserialize;

/// What a tab shows, as far as it can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// The document is still being read.
    Loading,
    /// The browser's own page, because the site did not answer.
    Unreachable,
    /// Google's sign-in page.
    SignIn,
    /// Google wants a verification step.
    Verification,
    /// Google wants to see a human because of unusual traffic.
    Captcha,
    /// AI Studio is not offered in this region.
    RegionBlocked,
    /// The account may not use AI Studio, for example because of its age.
    Restricted,
    /// The site refuses this browser.
    Blocked,
    /// The editor, idle.
    Ready,
    /// The editor, writing an answer.
    Generating,
    /// Something else.
    Unknown,
}

/// A state with what the page calls itself.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Seen {
    pub(crate) state: PageState,
    #[serde(default)]
    pub(crate) why: Option<String>,
}

/// A state that asks for a decision.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Settled {
    #[serde(flatten)]
    pub(crate) seen: Seen,
    /// The address of the account that the page belongs to, where it shows it.
    #[serde(default)]
    pub(crate) owner: Option<String>,
}

/// A closer look, for when something did not happen.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Look {
    #[serde(flatten)]
    pub(crate) seen: Seen,
    /// Toasts, call-outs and errors.
    pub(crate) notices: Vec<String>,
    pub(crate) turns: usize,
    /// How much text is left in the prompt box.
    pub(crate) prompt_left: usize,
}

impl Seen {
    /// Why no request can be served in this state; `None` for the editor.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let why = self.why.as_deref().unwrap_or("no title");
        let (kind, text) = match self.state {
            PageState::Ready | PageState::Generating => return None,
            PageState::SignIn => (
                FailureKind::SignInExpired,
                "Google asks for a new sign-in to this account: postern account add NAME".to_owned(),
            ),
            PageState::Verification => (
                FailureKind::NeedsVerification,
                "Google wants a verification step for this account; open it in a window and finish what is \
                 asked: postern account add NAME"
                    .to_owned(),
            ),
            PageState::Captcha => (
                FailureKind::NeedsVerification,
                "Google shows a captcha because of unusual traffic; open the account in a window and solve it: \
                 postern account add NAME"
                    .to_owned(),
            ),
            PageState::RegionBlocked => (
                FailureKind::NeedsVerification,
                "AI Studio is not available in the region this computer's connection comes from".to_owned(),
            ),
            PageState::Restricted => (
                FailureKind::NeedsVerification,
                "AI Studio does not admit this account (age or eligibility); open it in a window: postern \
                 account add NAME"
                    .to_owned(),
            ),
            PageState::Blocked => {
                (FailureKind::Refused, format!("AI Studio refuses this browser session ({why})"))
            }
            PageState::Unreachable => {
                (FailureKind::Unavailable, "AI Studio cannot be reached; is the network up?".to_owned())
            }
            PageState::Loading => {
                (FailureKind::Timeout, "AI Studio's page did not finish loading in time".to_owned())
            }
            PageState::Unknown => (
                FailureKind::PageChanged,
                "AI Studio's page has no prompt box where Postern looks for it; `postern doctor aistudio` \
                 tells which controls are found"
                    .to_owned(),
            ),
        };
        Some(Failure::new(kind, text))
    }
}

/// What a failure says about the account; `None` when nothing lasting.
pub(crate) fn account_state(failure: &Failure) -> Option<account::State> {
    match failure.kind {
        FailureKind::SignInExpired => Some(account::State::SignInExpired),
        FailureKind::NeedsVerification => {
            Some(account::State::NeedsVerification { why: failure.message.clone() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(json: &str) -> Seen {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn states_lead_to_their_own_failures() {
        let kind =
            |state: &str| seen(&format!("{{\"state\":\"{state}\"}}")).failure().map(|failure| failure.kind);
        assert_eq!(kind("ready"), None);
        assert_eq!(kind("generating"), None);
        assert_eq!(kind("sign_in"), Some(FailureKind::SignInExpired));
        assert_eq!(kind("verification"), Some(FailureKind::NeedsVerification));
        assert_eq!(kind("captcha"), Some(FailureKind::NeedsVerification));
        assert_eq!(kind("region_blocked"), Some(FailureKind::NeedsVerification));
        assert_eq!(kind("blocked"), Some(FailureKind::Refused));
        assert_eq!(kind("unreachable"), Some(FailureKind::Unavailable));
        assert_eq!(kind("unknown"), Some(FailureKind::PageChanged));
    }

    #[test]
    fn only_lasting_failures_change_the_account() {
        assert_eq!(account_state(&Failure::new(FailureKind::Quota, "q")), None);
        assert_eq!(account_state(&Failure::new(FailureKind::Refused, "r")), None);
        let expired = Failure::new(FailureKind::SignInExpired, "s");
        assert_eq!(account_state(&expired), Some(account::State::SignInExpired));
    }
}
