//! What the pool learns from each request that an account answered, or failed.

use postern_protocol::account::{Cooldown, CooldownReason, State};
use postern_protocol::chat::{Failure, FailureKind};

use super::reaction::{Reaction, Rests, reaction};
use super::{Account, Pool, moment, today};

impl<A: Account> Pool<A> {
    /// A request was answered.
    pub(crate) fn answered(&self, account: &str, model: &str) {
        let day = today();
        let mut ledger = self.inner.ledger();
        let Some(entry) = ledger.entries.get_mut(account) else { return };
        let before = entry.state(State::Ready, &day, moment::now());
        entry.answered(model, &day);
        let after = entry.state(State::Ready, &day, moment::now());
        drop(ledger);
        if let Some(chronicle) = &self.inner.chronicle {
            chronicle.used(account, &day, model, true);
        }
        if before != after {
            self.changed(account);
        }
    }

    /// A request failed. Whether another account is to be asked. `sure` says that the account was known to have
    /// the model.
    pub(crate) fn failed(&self, account: &str, model: &str, failure: &Failure, sure: bool) -> bool {
        if failure.kind == FailureKind::UnknownModel && !sure {
            return true;
        }
        let (day, now) = (today(), moment::now());
        let policy = self.inner.policy.load();
        let rests = Rests { quota: policy.quota_cooldown, rate: policy.rate_cooldown };
        let reaction = reaction(failure, model, rests, now);
        if reaction == Reaction::Tell {
            return false;
        }
        let mut used_up = None;
        let mut rest = None;
        {
            let mut ledger = self.inner.ledger();
            // One that was taken out of service meanwhile is not remembered.
            let Some(entry) = ledger.entries.get_mut(account) else { return true };
            entry.failed(model, &day);
            match reaction {
                Reaction::Tell | Reaction::Another => {}
                Reaction::Strike => {
                    let until = now + policy.rate_cooldown.as_secs();
                    let trouble = Cooldown { model: None, until, reason: CooldownReason::Trouble };
                    rest = entry.strike().then_some(trouble);
                }
                Reaction::Block(why) => entry.block(&why),
                Reaction::Rest(cooldown) => {
                    let whole_day = cooldown.reason == CooldownReason::Quota;
                    used_up = whole_day.then(|| entry.used_up(model, &day));
                    rest = Some(cooldown);
                }
            }
            rest.clone().into_iter().for_each(|cooldown| entry.rest(cooldown));
        }
        if let Some(chronicle) = &self.inner.chronicle {
            chronicle.used(account, &day, model, false);
            rest.iter().for_each(|cooldown| chronicle.rests(account, cooldown));
            used_up.iter().for_each(|answers| chronicle.used_up(account, &day, model, *answers));
        }
        self.changed(account);
        true
    }
}
