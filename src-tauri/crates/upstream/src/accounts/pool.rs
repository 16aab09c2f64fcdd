//! Who gets the next request: lanes of accounts, and those who hold them.

use std::collections::HashSet;
use std::sync::Arc;

use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Failure, FailureKind, Request};

use super::choice::{Candidate, order};
use super::ledger::{Entry, Waiter};
use super::words::{Obstacle, What};
use super::{Account, Choice, Inner, Pool, moment};
use crate::{Call, Lane};

/// A lane of an account, until it is dropped.
pub(crate) struct Lease<A> {
    held: Arc<dyn Held>,
    pub(crate) account: A,
    /// Whether the account is known to have the model.
    pub(crate) sure: bool,
    name: String,
}

impl<A> Drop for Lease<A> {
    fn drop(&mut self) {
        self.held.give_back(&self.name);
    }
}

/// What guards give back, whatever the accounts are.
trait Held: Send + Sync {
    /// A lane of the account.
    fn give_back(&self, account: &str);
    /// The account that was held back.
    fn let_go(&self, account: &str);
}

impl<A: Account> Held for Inner<A> {
    fn give_back(&self, account: &str) {
        if let Some(entry) = self.ledger().entries.get_mut(account) {
            entry.busy = entry.busy.saturating_sub(1);
        }
        self.stir();
    }

    fn let_go(&self, account: &str) {
        if let Some(entry) = self.ledger().entries.get_mut(account) {
            entry.aside = entry.aside.saturating_sub(1);
        }
        self.stir();
    }
}

/// A lane that was set apart for a request which is yet to begin.
struct Reserved<A> {
    inner: Arc<Inner<A>>,
    id: RequestId,
}

impl<A> Drop for Reserved<A> {
    fn drop(&mut self) {
        // Unless it was used meanwhile. What is dropped here must not be dropped under the lock.
        let unused = self.inner.reserved().remove(&self.id);
        drop(unused);
    }
}

/// Holds an account back for a moment: requests wait for it instead of being told that it is not there.
pub struct Aside {
    held: Arc<dyn Held>,
    account: String,
}

impl Drop for Aside {
    fn drop(&mut self) {
        self.held.let_go(&self.account);
    }
}

/// Counts a request that waits for another account, until it is dropped.
struct Waits<A>(Arc<Inner<A>>, RequestId);

impl<A> Waits<A> {
    fn new(inner: &Arc<Inner<A>>, call: &Call, tried: &[Tried]) -> Self {
        let tried = tried.iter().map(|tried| tried.account.clone()).collect();
        let waiter = Waiter { id: call.id.clone(), model: call.request.model.clone(), tried };
        inner.ledger().waiting.push(waiter);
        Self(Arc::clone(inner), call.id.clone())
    }
}

impl<A> Drop for Waits<A> {
    fn drop(&mut self) {
        let mut ledger = self.0.ledger();
        ledger.waiting.retain(|waiter| waiter.id != self.1);
        drop(ledger);
        self.0.stir();
    }
}

/// What came of looking for a lane.
pub(super) enum Pick<A> {
    /// Here is one.
    Lane(Lease<A>),
    /// All who could answer are busy.
    Busy,
    /// Nobody can answer.
    Nobody,
}

/// An account that was asked for a request in vain.
pub(crate) struct Tried {
    pub(crate) account: String,
    pub(crate) failure: Failure,
}

impl<A: Account> Pool<A> {
    /// Holds the account back until the guard is dropped, while its folder is renamed or its browser exchanged.
    pub(crate) fn set_aside(&self, account: &str) -> Aside {
        self.inner.ledger().entry(account).aside += 1;
        Aside { held: Arc::<Inner<A>>::clone(&self.inner), account: account.to_owned() }
    }

    /// How many requests all accounts that can serve now answer at once; `None` for any number.
    pub(crate) fn lanes_now(&self) -> Option<usize> {
        let accounts = self.accounts();
        accounts.iter().filter(|account| self.serves(account)).map(Account::lanes).sum()
    }

    /// A lane for the queue: it is kept for the request until that begins. `None` when all who could answer are busy;
    /// one that nobody can answer is let in to be told why.
    pub(crate) fn reserve(&self, call: &Call, model: &str) -> Option<Lane> {
        match self.pick(&call.request, model, &[], false) {
            Pick::Lane(lease) => {
                self.inner.reserved().insert(call.id.clone(), lease);
                Some(Lane::held(Reserved { inner: Arc::clone(&self.inner), id: call.id.clone() }))
            }
            Pick::Busy => None,
            Pick::Nobody => Some(Lane::default()),
        }
    }

    /// The lane that was kept for the request.
    pub(crate) fn reserved(&self, id: &RequestId) -> Option<Lease<A>> {
        self.inner.reserved().remove(id)
    }

    /// A lane for the request on an account that was not tried yet. Requests that are asked `again` came first, and the
    /// others leave them a lane. What was asked before goes on in the chat that holds it, whatever the choice. `model` is
    /// the own name of the model that the request asks for.
    pub(super) fn pick(&self, request: &Request, model: &str, tried: &[Tried], again: bool) -> Pick<A> {
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
        let holds: Vec<bool> = free.iter().map(|account| counts && account.holds(model, request)).collect();
        let (today, now) = (moment::today(), moment::now());
        let mut ledger = self.inner.ledger();
        let candidates: Vec<Candidate> = free
            .iter()
            .zip(holds)
            .map(|(account, holds)| {
                let draw = 1.0 - rand::random::<f64>();
                let standing = ledger.entry(account.name()).candidate(model, &today, now);
                Candidate { holds, draw, ..standing }
            })
            .collect();
        let last = candidates.iter().map(|candidate| candidate.pass).min().unwrap_or_default();
        for place in order(policy.choice, &candidates) {
            let account = &free[place];
            let entry = ledger.entry(account.name());
            // Somebody may have been quicker.
            if account.lanes().is_none_or(|lanes| entry.busy < lanes) {
                entry.take(last);
                return Pick::Lane(Lease {
                    held: Arc::<Inner<A>>::clone(&self.inner),
                    sure: account.has(model).is_some(),
                    name: account.name().to_owned(),
                    account: account.clone(),
                });
            }
        }
        Pick::Busy
    }

    /// Those who can answer for the model, and whether one is held back for a moment.
    fn able(&self, model: &str, tried: &[Tried]) -> (Vec<A>, bool) {
        let now = moment::now();
        let accounts = self.accounts();
        let ledger = self.inner.ledger();
        let blank = Entry::default();
        let entry = |account: &A| ledger.entries.get(account.name()).unwrap_or(&blank);
        let untried = |account: &&A| tried.iter().all(|tried| tried.account != account.name());
        let aside = ledger.entries.values().any(|entry| entry.aside > 0);
        let able = accounts.iter().filter(untried).filter(|account| {
            let entry = entry(account);
            account.is_enabled()
                && well(*account, entry)
                && entry.aside == 0
                && entry.rests_for(model, now).is_none()
                && account.has(model) != Some(false)
        });
        (able.cloned().collect(), aside)
    }

    fn free(&self, able: Vec<A>, again: bool) -> Vec<A> {
        let mut ledger = self.inner.ledger();
        let has_lane = |account: &A, ledger: &mut super::Ledger| {
            account.lanes().is_none_or(|lanes| ledger.entry(account.name()).busy < lanes)
        };
        let mut free: Vec<A> = able.into_iter().filter(|account| has_lane(account, &mut ledger)).collect();
        if !again {
            for waiter in &ledger.waiting {
                let wanted = |account: &A| {
                    account.lanes().is_some()
                        && waiter.tried.iter().all(|tried| tried != account.name())
                        && account.has(&waiter.model) != Some(false)
                };
                if let Some(place) = free.iter().position(wanted) {
                    free.remove(place);
                }
            }
        }
        free
    }

    /// Waits for a lane of an account that was not tried yet; `None` when nobody is left.
    pub(crate) async fn next_lane(&self, call: &Call, tried: &[Tried]) -> Option<Lease<A>> {
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
    pub(crate) fn nobody(&self, model: Option<&str>, tried: Vec<Tried>) -> Failure {
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
        for account in self.accounts().iter().filter(|account| !told.contains(account.name())) {
            obstacles.push(Obstacle {
                account: account.name().to_owned(),
                what: self.obstacle(account, model, now),
            });
        }
        obstacles.sort_by(|one, other| one.account.cmp(&other.account));
        self.inner.naming.nobody(model, &obstacles, now)
    }

    fn obstacle(&self, account: &A, model: Option<&str>, now: u64) -> What {
        let state = self.state_of(account);
        let lacks = model.is_some_and(|model| account.has(model) == Some(false));
        match self.rests(account.name(), model, now) {
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
pub(super) fn well<A: Account>(account: &A, entry: &Entry) -> bool {
    matches!(account.state(), State::Ready | State::Busy | State::NotChecked) && entry.blocked.is_none()
}
