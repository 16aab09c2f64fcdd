//! What people are told about accounts, in the same words wherever it is shown.

use std::time::Duration;

use postern_protocol::account::State;
use postern_protocol::chat::{Failure, FailureKind};

use super::moment;

/// The account's state and what its owner should do about it.
pub fn describe(account: &str, state: &State) -> String {
    describe_at(account, state, moment::now())
}

fn describe_at(account: &str, state: &State, now: u64) -> String {
    let what = match state {
        State::Ready => "ready".to_owned(),
        State::Busy => "busy with a request".to_owned(),
        State::CoolingDown { until, model } => limited(model.as_deref(), *until, now),
        State::SignInExpired => "not signed in".to_owned(),
        State::NeedsVerification { why } => format!("the site wants a person: {why}"),
        State::Blocked { why } => format!("refused by the site: {why}"),
        State::BrowserMissing { why } => format!("no browser: {why}"),
        State::Off => "off".to_owned(),
        State::NotChecked => "not checked yet".to_owned(),
    };
    match state.action(account) {
        Some(action) if what.ends_with(['.', '!', '?']) => format!("{what} {action}"),
        Some(action) => format!("{what}. {action}"),
        None => what,
    }
}

/// That an account is not asked for a model, or for any, and until when.
fn limited(model: Option<&str>, until: u64, now: u64) -> String {
    let model = model.map(|model| format!(" for {model}")).unwrap_or_default();
    format!("limited{model} {}", moment::until(until, now))
}

/// That an account is not asked for a model, or for any, until a moment in seconds of Unix time.
pub fn limited_until(model: Option<&str>, until: u64) -> String {
    limited(model, until, moment::now())
}

/// Why one account cannot answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Obstacle {
    pub(super) account: String,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// It was asked for this request, and failed.
    Failed(Failure),
    /// It rests until then; what it just failed with, if it was asked for this request.
    Rests(u64, Option<Failure>),
    /// It is in trouble.
    Is(State),
    /// The site does not list the model for it.
    Lacks,
}

impl Obstacle {
    fn line(&self, model: Option<&str>, now: u64) -> String {
        let account = &self.account;
        match &self.what {
            What::Failed(failure) => format!("{account}: {failure}"),
            What::Rests(until, _) => format!("{account}: {}", limited(model, *until, now)),
            What::Is(state) => format!("{account}: {}", describe_at(account, state, now)),
            What::Lacks => format!("{account}: does not offer {}", model.unwrap_or("the model")),
        }
    }

    fn kind(&self) -> FailureKind {
        match &self.what {
            What::Failed(failure) => failure.kind,
            What::Rests(..) => FailureKind::Quota,
            What::Is(State::SignInExpired) => FailureKind::SignInExpired,
            What::Is(State::NeedsVerification { .. }) => FailureKind::NeedsVerification,
            What::Is(_) | What::Lacks => FailureKind::Unavailable,
        }
    }

    fn ends(&self) -> Option<u64> {
        match &self.what {
            What::Rests(until, _) => Some(*until),
            _ => None,
        }
    }

    /// One that its owner does not want used, or that has not got the model, decides nothing while there are
    /// others.
    fn is_out_of_play(&self) -> bool {
        matches!(self.what, What::Lacks | What::Is(State::Off))
    }
}

/// What the caller is told when no account can answer. Where there is only one, its own failure says more than any
/// summary.
pub(super) fn nobody(model: Option<&str>, obstacles: &[Obstacle], now: u64) -> Failure {
    let in_play: Vec<&Obstacle> = {
        let playing: Vec<_> = obstacles.iter().filter(|obstacle| !obstacle.is_out_of_play()).collect();
        if playing.is_empty() { obstacles.iter().collect() } else { playing }
    };
    let first_end = in_play.iter().filter_map(|obstacle| obstacle.ends()).min();
    let after = |failure: Failure| match first_end {
        Some(end) => failure.retry_after(Duration::from_secs(end.saturating_sub(now).max(1))),
        None => failure,
    };
    let [first, others @ ..] = in_play.as_slice() else { return no_account() };
    if others.is_empty() {
        return after(only(first, model, now));
    }
    let kind = Some(first.kind())
        .filter(|kind| others.iter().all(|other| other.kind() == *kind) && shared(*kind))
        .unwrap_or(FailureKind::Unavailable);
    let every_rests = in_play.iter().all(|obstacle| obstacle.ends().is_some());
    let head = match first_end.filter(|_| every_rests) {
        Some(end) => format!("Every AI Studio account is {}.", limited(model, end, now)),
        None => "No AI Studio account can answer now.".to_owned(),
    };
    let lines = obstacles.iter().map(|obstacle| obstacle.line(model, now));
    let message = std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n");
    after(Failure::new(kind, message))
}

/// The only account there is.
fn only(obstacle: &Obstacle, model: Option<&str>, now: u64) -> Failure {
    let account = &obstacle.account;
    match &obstacle.what {
        What::Failed(failure) => failure.clone(),
        What::Rests(until, failed) => {
            let rests = format!("The AI Studio account {account} is {}.", limited(model, *until, now));
            let text = match failed {
                Some(failure) => format!("{}. {rests}", failure.message.trim_end_matches('.')),
                None => rests,
            };
            Failure::new(FailureKind::Quota, text)
        }
        What::Is(state) => {
            let action = state.action(account).unwrap_or_else(|| "Try again in a moment.".to_owned());
            let text = format!("The AI Studio account {account} cannot serve now. {action}");
            Failure::new(obstacle.kind(), text)
        }
        What::Lacks => Failure::new(
            FailureKind::Unavailable,
            format!("The AI Studio account {account} does not offer {}.", model.unwrap_or("the model")),
        ),
    }
}

/// Whether a trouble that all accounts share is the caller's answer; what else they share has no better word than
/// that nobody can serve.
fn shared(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::Quota
            | FailureKind::SignInExpired
            | FailureKind::NeedsVerification
            | FailureKind::UpstreamError
            | FailureKind::Interrupted
            | FailureKind::PageChanged
            | FailureKind::Timeout
    )
}

pub(super) fn no_account() -> Failure {
    let text = "There is no AI Studio account yet. Add one with: postern account add NAME";
    Failure::new(FailureKind::Unavailable, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn obstacle(account: &str, what: What) -> Obstacle {
        Obstacle { account: account.into(), what }
    }

    fn told(obstacles: &[Obstacle]) -> Failure {
        nobody(Some("pro"), obstacles, 1000)
    }

    #[test]
    fn a_state_in_trouble_says_what_to_do_about_this_account() {
        assert_eq!(describe("main", &State::Ready), "ready");
        let expired = describe("main", &State::SignInExpired);
        assert_eq!(expired, "not signed in. Sign in again: postern account add main");
        let cooling = State::CoolingDown { until: 2380, model: Some("gemini-pro".into()) };
        let text = describe_at("main", &cooling, 1000);
        assert!(
            text.starts_with("limited for gemini-pro until ") && text.contains("(in 23 min). "),
            "{text}"
        );
    }

    #[test]
    fn when_all_rest_the_next_end_is_told() {
        let failure = told(&[
            obstacle("a", What::Rests(4000, None)),
            obstacle("b", What::Rests(2380, None)),
            obstacle("c", What::Is(State::Off)),
            obstacle("d", What::Lacks),
        ]);
        assert_eq!(
            (failure.kind, failure.retry_after),
            (FailureKind::Quota, Some(Duration::from_secs(1380)))
        );
        let lines: Vec<&str> = failure.message.lines().collect();
        assert_eq!(lines.len(), 5, "{failure}");
        assert!(lines[0].starts_with("Every AI Studio account is limited for pro until "), "{failure}");
        assert!(lines[0].ends_with("(in 23 min)."), "{failure}");
        assert_eq!((lines[3], lines[4]), ("c: off. Switch the account on.", "d: does not offer pro"));
    }

    #[test]
    fn the_true_reason_of_each_is_told() {
        let down = Failure::new(FailureKind::UpstreamError, "AI Studio failed to answer (HTTP 500)");
        let failure = told(&[
            obstacle("a", What::Rests(1060, None)),
            obstacle("b", What::Is(State::SignInExpired)),
            obstacle("c", What::Failed(down.clone())),
        ]);
        assert_eq!(
            (failure.kind, failure.retry_after),
            (FailureKind::Unavailable, Some(Duration::from_secs(60)))
        );
        assert!(failure.message.contains("\nb: not signed in. Sign in again: postern account add b\n"));
        assert!(failure.message.ends_with("\nc: AI Studio failed to answer (HTTP 500)"), "{failure}");
        let both = told(&[obstacle("a", What::Failed(down.clone())), obstacle("b", What::Failed(down))]);
        assert_eq!(both.kind, FailureKind::UpstreamError);
        let refused = What::Failed(Failure::new(FailureKind::Refused, "no"));
        let both = told(&[obstacle("a", refused.clone()), obstacle("b", refused)]);
        assert_eq!(both.kind, FailureKind::Unavailable);
    }

    #[test]
    fn the_failure_of_the_only_account_is_told_as_it_is() {
        let refused = Failure::new(FailureKind::Refused, "refused");
        assert_eq!(told(&[obstacle("a", What::Failed(refused.clone()))]), refused);
        let rests = told(&[obstacle("a", What::Rests(1030, None)), obstacle("b", What::Is(State::Off))]);
        assert_eq!((rests.kind, rests.retry_after), (FailureKind::Quota, Some(Duration::from_secs(30))));
        assert!(rests.message.starts_with("The AI Studio account a is limited for pro until "));
        let used_up = Failure::new(FailureKind::Quota, "quota is used up.");
        let rests = told(&[obstacle("a", What::Rests(1030, Some(used_up)))]);
        assert!(
            rests.message.starts_with("quota is used up. The AI Studio account a is limited "),
            "{rests}"
        );
        let off = told(&[obstacle("b", What::Is(State::Off))]);
        assert_eq!(off.message, "The AI Studio account b cannot serve now. Switch the account on.");
        assert_eq!(told(&[]), no_account());
    }
}
