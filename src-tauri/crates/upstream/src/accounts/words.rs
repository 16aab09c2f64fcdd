//! What people are told about accounts, in the same words wherever it is shown.

use std::time::Duration;

use postern_protocol::account::State;
use postern_protocol::chat::{Failure, FailureKind};

use super::moment;

/// What accounts are called where people are told of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Those of a site, by its name, each with a session of its own.
    Site(&'static str),
    /// Keys of the upstream of this name.
    Keys(String),
}

/// The account's state and what its owner should do about it.
pub fn describe(account: &str, state: &State) -> String {
    described(account_state(state, moment::now()), state.action(account))
}

/// The same of a key that opens the upstream of this name.
pub fn describe_key(upstream: &str, state: &State) -> String {
    described(key_state(state, moment::now()), state.key_action(upstream))
}

fn key_state(state: &State, now: u64) -> String {
    match state {
        State::SignInExpired => "the provider does not accept it".to_owned(),
        State::Blocked { why } => format!("refused by the provider: {why}"),
        state => account_state(state, now),
    }
}

fn account_state(state: &State, now: u64) -> String {
    match state {
        State::Ready => "ready".to_owned(),
        State::Busy => "busy with a request".to_owned(),
        State::CoolingDown { until, model } => limited(model.as_deref(), *until, now),
        State::SignInExpired => "not signed in".to_owned(),
        State::NeedsVerification { why } => format!("the site wants a person: {why}"),
        State::Blocked { why } => format!("refused by the site: {why}"),
        State::BrowserMissing { why } => format!("no browser: {why}"),
        State::Off => "off".to_owned(),
        State::NotChecked => "not checked yet".to_owned(),
    }
}

fn described(what: String, action: Option<String>) -> String {
    match action {
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
    fn line(&self, naming: &Naming, model: Option<&str>, now: u64) -> String {
        let account = &self.account;
        match &self.what {
            What::Failed(failure) => format!("{account}: {failure}"),
            What::Rests(until, _) => format!("{account}: {}", limited(model, *until, now)),
            What::Is(state) => format!("{account}: {}", naming.describe(account, state, now)),
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

impl Naming {
    /// What the caller is told when no account can answer. Where there is only one, its own failure says more than any
    /// summary.
    pub(super) fn nobody(&self, model: Option<&str>, obstacles: &[Obstacle], now: u64) -> Failure {
        let in_play: Vec<&Obstacle> = {
            let playing: Vec<_> = obstacles.iter().filter(|obstacle| !obstacle.is_out_of_play()).collect();
            if playing.is_empty() { obstacles.iter().collect() } else { playing }
        };
        let first_end = in_play.iter().filter_map(|obstacle| obstacle.ends()).min();
        let after = |failure: Failure| match first_end {
            Some(end) => failure.retry_after(Duration::from_secs(end.saturating_sub(now).max(1))),
            None => failure,
        };
        let [first, others @ ..] = in_play.as_slice() else { return self.no_account() };
        if others.is_empty() {
            return after(self.only(first, model, now));
        }
        let kind = Some(first.kind())
            .filter(|kind| others.iter().all(|other| other.kind() == *kind) && shared(*kind))
            .unwrap_or(FailureKind::Unavailable);
        let every_rests = in_play.iter().all(|obstacle| obstacle.ends().is_some());
        let head = match first_end.filter(|_| every_rests) {
            Some(end) => format!("{} is {}.", self.every(), limited(model, end, now)),
            None => format!("{} can answer now.", self.none()),
        };
        let lines = obstacles.iter().map(|obstacle| obstacle.line(self, model, now));
        let message = std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n");
        after(Failure::new(kind, message))
    }

    /// The only account there is.
    fn only(&self, obstacle: &Obstacle, model: Option<&str>, now: u64) -> Failure {
        let account = &obstacle.account;
        let it = self.one(account);
        match &obstacle.what {
            What::Failed(failure) => failure.clone(),
            What::Rests(until, failed) => {
                let rests = format!("{it} is {}.", limited(model, *until, now));
                let text = match failed {
                    Some(failure) => format!("{}. {rests}", failure.message.trim_end_matches('.')),
                    None => rests,
                };
                Failure::new(FailureKind::Quota, text)
            }
            What::Is(state) => {
                let action =
                    self.action(account, state).unwrap_or_else(|| "Try again in a moment.".to_owned());
                Failure::new(obstacle.kind(), format!("{it} cannot serve now. {action}"))
            }
            What::Lacks => Failure::new(
                FailureKind::Unavailable,
                format!("{it} does not offer {}.", model.unwrap_or("the model")),
            ),
        }
    }

    fn every(&self) -> String {
        match self {
            Self::Site(site) => format!("Every {site} account"),
            Self::Keys(upstream) => format!("Every key of {upstream}"),
        }
    }

    fn none(&self) -> String {
        match self {
            Self::Site(site) => format!("No {site} account"),
            Self::Keys(upstream) => format!("No key of {upstream}"),
        }
    }

    fn one(&self, account: &str) -> String {
        match self {
            Self::Site(site) => format!("The {site} account {account}"),
            Self::Keys(upstream) => format!("The key {account} of {upstream}"),
        }
    }

    fn describe(&self, account: &str, state: &State, now: u64) -> String {
        let what = match self {
            Self::Site(_) => account_state(state, now),
            Self::Keys(_) => key_state(state, now),
        };
        described(what, self.action(account, state))
    }

    fn action(&self, account: &str, state: &State) -> Option<String> {
        match self {
            Self::Site(_) => state.action(account),
            Self::Keys(upstream) => state.key_action(upstream),
        }
    }

    fn no_account(&self) -> Failure {
        let text = match self {
            Self::Site(site) => {
                format!("There is no {site} account yet. Add one with: postern account add NAME")
            }
            Self::Keys(upstream) => format!(
                "There is no key for {upstream} yet. Paste one in the window, or: postern account add --upstream \
                 {upstream}"
            ),
        };
        Failure::new(FailureKind::Unavailable, text)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn obstacle(account: &str, what: What) -> Obstacle {
        Obstacle { account: account.into(), what }
    }

    fn told(obstacles: &[Obstacle]) -> Failure {
        Naming::Site("AI Studio").nobody(Some("pro"), obstacles, 1000)
    }

    #[test]
    fn a_state_in_trouble_says_what_to_do_about_this_account() {
        assert_eq!(describe("main", &State::Ready), "ready");
        let expired = describe("main", &State::SignInExpired);
        assert_eq!(expired, "not signed in. Sign in again: postern account add main");
        let cooling = State::CoolingDown { until: 2380, model: Some("gemini-pro".into()) };
        let text = Naming::Site("AI Studio").describe("main", &cooling, 1000);
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
        assert!(told(&[]).message.contains("postern account add"));
    }

    #[test]
    fn keys_are_told_of_in_words_of_their_own() {
        let keys = Naming::Keys("deepseek".into());
        let failure = keys.nobody(
            Some("chat"),
            &[obstacle("one", What::Rests(2380, None)), obstacle("two", What::Is(State::SignInExpired))],
            1000,
        );
        let lines: Vec<&str> = failure.message.lines().collect();
        assert_eq!(lines[0], "No key of deepseek can answer now.");
        assert!(lines[1].starts_with("one: limited for chat until "), "{failure}");
        assert_eq!(
            lines[2],
            "two: the provider does not accept it. Paste a new key: postern account add --upstream deepseek"
        );
        let failure = keys.nobody(
            Some("chat"),
            &[obstacle("one", What::Rests(2380, None)), obstacle("two", What::Rests(4000, None))],
            1000,
        );
        assert!(failure.message.starts_with("Every key of deepseek is limited for chat until "), "{failure}");
        let only = |what| keys.nobody(Some("chat"), &[obstacle("one", what)], 1000).message;
        assert!(
            only(What::Rests(2380, None)).starts_with("The key one of deepseek is limited for chat until ")
        );
        assert_eq!(only(What::Lacks), "The key one of deepseek does not offer chat.");
        assert_eq!(
            only(What::Is(State::Off)),
            "The key one of deepseek cannot serve now. Switch the key on."
        );
        let none = keys.nobody(None, &[], 1000).message;
        assert!(none.starts_with("There is no key for deepseek yet."), "{none}");
        assert!(none.ends_with("postern account add --upstream deepseek"), "{none}");
        let blocked = describe_key("deepseek", &State::Blocked { why: "no bill was paid".into() });
        assert!(blocked.starts_with("refused by the provider: no bill was paid. "), "{blocked}");
    }
}
