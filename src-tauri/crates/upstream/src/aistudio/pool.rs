//! Who gets the next request: lanes of accounts, and those who hold them.

use std::collections::HashSet;
use std::sync::Arc;

use postern_aistudio::{Model, Studio};
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Failure, FailureKind, Request};

use super::choice::{Candidate, order};
use super::ledger::{Entry, Waiter};
use super::words::{Obstacle, What, nobody};
use super::{AiStudio, Choice, Inner, moment};
use crate::Call;

/// A lane of an account, until it is dropped.
pub(super) struct Lease {
    inner: Arc<Inner>,
    pub(super) studio: Studio,
    /// Whether the account is known to have the model.
    pub(super) sure: bool,
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(entry) = self.inner.ledger().entries.get_mut(self.studio.name()) {
            entry.busy = entry.busy.saturating_sub(1);
        }
        self.inner.stir();
    }
}

/// A lane that was set apart for a request which is yet to begin.
pub(super) struct Reserved {
    pub(super) inner: Arc<Inner>,
    pub(super) id: RequestId,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        // Unless it was used meanwhile. What is dropped here must not be dropped under the lock.
        let unused = self.inner.reserved().remove(&self.id);
        drop(unused);
    }
}

/// Holds an account back for a moment: requests wait for it instead of being told that it is not there.
pub struct Aside {
    inner: Arc<Inner>,
    account: String,
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(entry) = self.inner.ledger().entries.get_mut(&self.account) {
            entry.aside = entry.aside.saturating_sub(1);
        }
        self.inner.stir();
    }
}

/// Counts a request that waits for another account, until it is dropped.
struct Waits(Arc<Inner>, RequestId);

impl Waits {
    fn new(inner: &Arc<Inner>, call: &Call, tried: &[Tried]) -> Self {
        let tried = tried.iter().map(|tried| tried.account.clone()).collect();
        let waiter = Waiter { id: call.id.clone(), model: call.request.model.clone(), tried };
        inner.ledger().waiting.push(waiter);
        Self(Arc::clone(inner), call.id.clone())
    }
}

impl Drop for Waits {
    fn drop(&mut self) {
        let mut ledger = self.0.ledger();
        ledger.waiting.retain(|waiter| waiter.id != self.1);
        drop(ledger);
        self.0.stir();
    }
}

/// What came of looking for a lane.
pub(super) enum Pick {
    /// Here is one.
    Lane(Lease),
    /// All who could answer are busy.
    Busy,
    /// Nobody can answer.
    Nobody,
}

/// An account that was asked for a request in vain.
pub(super) struct Tried {
    pub(super) account: String,
    pub(super) failure: Failure,
}

impl AiStudio {
    /// Holds the account back until the guard is dropped, while its folder is renamed or its browser exchanged.
    pub fn set_aside(&self, account: &str) -> Aside {
        self.inner.ledger().entry(account).aside += 1;
        Aside { inner: Arc::clone(&self.inner), account: account.to_owned() }
    }

    /// How many requests all accounts that can serve now answer at once.
    pub(super) fn lanes_now(&self) -> usize {
        self.accounts().iter().filter(|studio| self.serves(studio)).map(Studio::lanes).sum()
    }

    /// A lane for the request on an account that was not tried yet. Requests that are asked `again` came first, and the
    /// others leave them a lane. What was asked before goes on in the chat that holds it, whatever the choice. `model` is
    /// the own name of the model that the request asks for.
    pub(super) fn pick(&self, request: &Request, model: &str, tried: &[Tried], again: bool) -> Pick {
        let (able, aside) = self.able(model, tried);
        if able.is_empty() {
            return if aside { Pick::Busy } else { Pick::Nobody };
        }
        let free = self.free(able, again);
        if free.is_empty() {
            return Pick::Busy;
        }
        let policy = self.inner.policy.load();
        let counts = (again || policy.choice == Choice::Sticky) && free.len() > 1;
        // Not under the lock: it reads the whole conversation.
        let holds: Vec<bool> = free.iter().map(|studio| counts && studio.holds_for(model, request)).collect();
        let (today, now) = (moment::today(), moment::now());
        let mut ledger = self.inner.ledger();
        let candidates: Vec<Candidate> = free
            .iter()
            .zip(holds)
            .map(|(studio, holds)| {
                let draw = 1.0 - rand::random::<f64>();
                let standing = ledger.entry(studio.name()).candidate(model, &today, now);
                Candidate { holds, draw, ..standing }
            })
            .collect();
        let last = candidates.iter().map(|candidate| candidate.pass).min().unwrap_or_default();
        for place in order(policy.choice, &candidates) {
            let studio = &free[place];
            let entry = ledger.entry(studio.name());
            // Somebody may have been quicker.
            if entry.busy < studio.lanes() {
                entry.take(last);
                let sure = studio.known_models().is_some();
                return Pick::Lane(Lease { inner: Arc::clone(&self.inner), studio: studio.clone(), sure });
            }
        }
        Pick::Busy
    }

    /// Those who can answer for the model, and whether one is held back for a moment.
    fn able(&self, model: &str, tried: &[Tried]) -> (Vec<Studio>, bool) {
        let now = moment::now();
        let accounts = self.accounts();
        let ledger = self.inner.ledger();
        let blank = Entry::default();
        let entry = |studio: &Studio| ledger.entries.get(studio.name()).unwrap_or(&blank);
        let untried = |studio: &&Studio| tried.iter().all(|tried| tried.account != studio.name());
        let aside = ledger.entries.values().any(|entry| entry.aside > 0);
        let able = accounts.iter().filter(untried).filter(|studio| {
            let entry = entry(studio);
            studio.is_enabled()
                && well(studio, entry)
                && entry.aside == 0
                && entry.rests_for(model, now).is_none()
                && studio.known_models().is_none_or(|models| knows(&models, model))
        });
        (able.cloned().collect(), aside)
    }

    fn free(&self, able: Vec<Studio>, again: bool) -> Vec<Studio> {
        let mut ledger = self.inner.ledger();
        let mut free: Vec<Studio> =
            able.into_iter().filter(|studio| ledger.entry(studio.name()).busy < studio.lanes()).collect();
        if !again {
            for waiter in &ledger.waiting {
                let wanted = |studio: &Studio| {
                    waiter.tried.iter().all(|tried| tried != studio.name())
                        && studio.known_models().is_none_or(|models| knows(&models, &waiter.model))
                };
                if let Some(place) = free.iter().position(wanted) {
                    free.remove(place);
                }
            }
        }
        free
    }

    /// Waits for a lane of an account that was not tried yet; `None` when nobody is left.
    pub(super) async fn next_lane(&self, call: &Call, tried: &[Tried]) -> Option<Lease> {
        let waits = Waits::new(&self.inner, call, tried);
        let mut news = self.inner.freed.subscribe();
        loop {
            news.mark_unchanged();
            match self.pick(&call.request, &call.request.model, tried, true) {
                Pick::Lane(lease) => {
                    drop(waits);
                    return Some(lease);
                }
                Pick::Nobody => return None,
                // The pool is there as long as this is.
                Pick::Busy => drop(news.changed().await),
            }
        }
    }

    /// Why nobody can answer for the model.
    pub(super) fn nobody(&self, model: Option<&str>, tried: Vec<Tried>) -> Failure {
        let now = moment::now();
        let mut obstacles = Vec::new();
        let mut told = HashSet::new();
        for Tried { account, failure } in tried {
            let rests = self.rests(&account, model, now);
            let what = match rests {
                Some(until) if failure.kind == FailureKind::Quota => What::Rests(until, Some(failure)),
                _ => What::Failed(failure),
            };
            told.insert(account.clone());
            obstacles.push(Obstacle { account, what });
        }
        for studio in self.accounts().iter().filter(|studio| !told.contains(studio.name())) {
            obstacles.push(Obstacle {
                account: studio.name().to_owned(),
                what: self.obstacle(studio, model, now),
            });
        }
        obstacles.sort_by(|one, other| one.account.cmp(&other.account));
        nobody(model, &obstacles, now)
    }

    fn obstacle(&self, studio: &Studio, model: Option<&str>, now: u64) -> What {
        let state = self.state_of(studio);
        let lacks = model.is_some_and(|model| studio.known_models().is_some_and(|all| !knows(&all, model)));
        match self.rests(studio.name(), model, now) {
            _ if state == State::Off => What::Is(state),
            _ if lacks => What::Lacks,
            Some(until)
                if matches!(
                    state,
                    State::Ready | State::Busy | State::NotChecked | State::CoolingDown { .. }
                ) =>
            {
                What::Rests(until, None)
            }
            _ => What::Is(state),
        }
    }

    fn rests(&self, account: &str, model: Option<&str>, now: u64) -> Option<u64> {
        let ledger = self.inner.ledger();
        let entry = ledger.entries.get(account)?;
        Some(entry.rests_for(model?, now)?.until)
    }
}

/// Whether requests can be given to the account, quota apart. One that was not looked at yet may well serve.
pub(super) fn well(studio: &Studio, entry: &Entry) -> bool {
    matches!(studio.state(), State::Ready | State::Busy | State::NotChecked) && entry.blocked.is_none()
}

pub(super) fn knows(models: &[Model], name: &str) -> bool {
    models.iter().any(|model| model.is_called(name))
}
