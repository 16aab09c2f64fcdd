//! What a failure means for the account it happened on, and for the request. Pure.

use std::time::Duration;

use postern_protocol::account::{Cooldown, CooldownReason};
use postern_protocol::chat::{Failure, FailureKind};

use super::moment::end_of_site_day;

/// How long accounts rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rests {
    /// After the quota of a day was used up; never longer than the site's day.
    pub(crate) quota: Duration,
    /// After too many requests in a short time, and after one failure too many.
    pub(crate) rate: Duration,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// The caller is told; another account would fail in the same way.
    Tell,
    /// The account's worker knows what is the matter with it; another account is asked.
    Another,
    /// The site failed, or the browser: another account is asked, and this one is watched.
    Strike,
    /// The account rests, and another is asked.
    Rest(Cooldown),
    /// The account is not asked until its owner or a check says otherwise; another is asked.
    Block(String),
}

pub(crate) fn reaction(failure: &Failure, model: &str, rests: Rests, now: u64) -> Reaction {
    match failure.kind {
        FailureKind::BadRequest
        | FailureKind::UnknownModel
        | FailureKind::NotAllowed
        | FailureKind::Cancelled
        | FailureKind::Internal => Reaction::Tell,
        FailureKind::SignInExpired | FailureKind::NeedsVerification => Reaction::Another,
        // The answer was not what a field asked for; the account did all it could.
        FailureKind::UpstreamError if failure.param.is_some() => Reaction::Tell,
        FailureKind::UpstreamError
        | FailureKind::Interrupted
        | FailureKind::PageChanged
        | FailureKind::Timeout
        | FailureKind::Unavailable => Reaction::Strike,
        // One thing that the account may not have is no reason to ask it for nothing else.
        FailureKind::Refused if failure.param.is_some() => Reaction::Another,
        FailureKind::Refused => Reaction::Block(failure.message.clone()),
        FailureKind::Quota => Reaction::Rest(rest(failure, model, rests, now)),
    }
}

fn rest(failure: &Failure, model: &str, rests: Rests, now: u64) -> Cooldown {
    let model = Some(model.to_owned());
    if is_rate(failure) {
        let length = failure.retry_after.unwrap_or(rests.rate);
        // Too early by a part of a second would be too early.
        let until = now + length.as_secs() + u64::from(length.subsec_nanos() > 0);
        return Cooldown { model, until: until.max(now + 1), reason: CooldownReason::Rate };
    }
    let until = now + rests.quota.as_secs();
    let until = end_of_site_day(now).map_or(until, |end| until.min(end));
    Cooldown { model, until, reason: CooldownReason::Quota }
}

/// Whether it is about a short time, and not about the whole day. The site says in how long there is room again
/// only then.
fn is_rate(failure: &Failure) -> bool {
    let text = failure.message.to_ascii_lowercase();
    let day = ["per day", "perday", "daily"].iter().any(|word| text.contains(word));
    let short = ["per minute", "perminute", "per second", "rate limit", "too many requests"];
    !day && (failure.retry_after.is_some() || short.iter().any(|word| text.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESTS: Rests = Rests { quota: Duration::from_secs(4 * 3600), rate: Duration::from_secs(60) };
    /// 2026-01-01T12:00:00Z: the site's day ends in 20 hours.
    const NOON: u64 = 1_767_268_800;

    fn rest(text: &str, retry_after: Option<Duration>) -> Cooldown {
        let failure = Failure { retry_after, ..Failure::new(FailureKind::Quota, text) };
        match reaction(&failure, "pro", RESTS, NOON) {
            Reaction::Rest(cooldown) => cooldown,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_quota_rests_the_model_for_hours_but_not_beyond_the_sites_day() {
        let unsaid = rest("user has exceeded quota", None);
        let expected =
            Cooldown { model: Some("pro".into()), until: NOON + 4 * 3600, reason: CooldownReason::Quota };
        assert_eq!(unsaid, expected);
        let day = rest("requests per day for this model; retry in 3 s", Some(Duration::from_secs(3)));
        assert_eq!(day, expected, "a hint to retry does not bring the day's quota back");
        let failure = Failure::new(FailureKind::Quota, "quota");
        let long = Rests { quota: Duration::from_secs(24 * 3600), ..RESTS };
        let Reaction::Rest(rest) = reaction(&failure, "pro", long, NOON) else { panic!() };
        assert_eq!(rest.until, NOON + 20 * 3600);
    }

    #[test]
    fn a_rate_rests_as_long_as_the_site_says() {
        let told = rest("quota: tokens per minute; retry in 12.5s", Some(Duration::from_millis(12_500)));
        assert_eq!((told.until, told.reason), (NOON + 13, CooldownReason::Rate));
        let untold = rest("requests per minute exceeded", None);
        assert_eq!((untold.until, untold.reason), (NOON + 60, CooldownReason::Rate));
        assert_eq!(rest("retry", Some(Duration::ZERO)).until, NOON + 1);
    }

    #[test]
    fn each_kind_has_its_own_reaction() {
        let of = |kind| reaction(&Failure::new(kind, "why"), "m", RESTS, NOON);
        for kind in [FailureKind::BadRequest, FailureKind::UnknownModel, FailureKind::Cancelled] {
            assert_eq!(of(kind), Reaction::Tell);
        }
        for kind in [FailureKind::SignInExpired, FailureKind::NeedsVerification] {
            assert_eq!(of(kind), Reaction::Another);
        }
        for kind in [FailureKind::UpstreamError, FailureKind::Interrupted, FailureKind::Timeout] {
            assert_eq!(of(kind), Reaction::Strike);
        }
        let unmet = Failure::new(FailureKind::UpstreamError, "no call").param("tool_choice");
        assert_eq!(reaction(&unmet, "m", RESTS, NOON), Reaction::Tell);
        assert_eq!(of(FailureKind::Refused), Reaction::Block("why".into()));
        let one_model = Failure::new(FailureKind::Refused, "not for you").param("model");
        assert_eq!(reaction(&one_model, "m", RESTS, NOON), Reaction::Another);
    }
}
