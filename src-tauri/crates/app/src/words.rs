//! What states are called, in the same words wherever they are shown.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postern_protocol::account::State;

/// The account's state and what its owner should do about it.
pub fn describe(account: &str, state: &State) -> String {
    let what = match state {
        State::Ready => "ready".to_owned(),
        State::Busy => "busy with a request".to_owned(),
        State::CoolingDown { until, model } => {
            let model = model.as_ref().map(|model| format!(" for {model}")).unwrap_or_default();
            format!("its quota is used up{model}, for {} more", remaining(*until))
        }
        State::SignInExpired => "not signed in".to_owned(),
        State::NeedsVerification { why } => format!("the site wants a person: {why}"),
        State::Blocked { why } => format!("refused by the site: {why}"),
        State::BrowserMissing { why } => format!("no browser: {why}"),
        State::Off => "off".to_owned(),
        State::NotChecked => "not checked yet".to_owned(),
    };
    match state.action(account) {
        Some(action) => format!("{what}. {action}"),
        None => what,
    }
}

fn remaining(until: u64) -> String {
    let end = UNIX_EPOCH + Duration::from_secs(until);
    let left = end.duration_since(SystemTime::now()).unwrap_or_default();
    let minutes = left.as_secs().div_ceil(60);
    if minutes < 120 { format!("{minutes} min") } else { format!("{} h", minutes.div_ceil(60)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_in_trouble_says_what_to_do_about_this_account() {
        assert_eq!(describe("main", &State::Ready), "ready");
        assert_eq!(
            describe("main", &State::SignInExpired),
            "not signed in. Sign in again: postern account add main"
        );
        let state = State::CoolingDown { until: 0, model: Some("gemini-pro".into()) };
        assert!(
            describe("main", &state).starts_with("its quota is used up for gemini-pro, for 0 min more. ")
        );
    }
}
