//! What the accounts of every upstream have in common: who is asked for a request, what a failure means for an account,
//! until when it rests, and what people are told of it.
//!
//! A [`Pool`] knows accounts by the little that [`Account`] says of them. A request gets a lane of one ([`pool`]), chosen
//! as the owner wants it ([`choice`]), and of another one when the first fails it ([`relay`]); what comes of it is noted
//! ([`outcome`], [`reaction`]) in the [`ledger`], and what people are told is in [`words`].

mod attempt;
mod care;
mod choice;
mod ledger;
mod moment;
mod outcome;
mod pool;
mod reaction;
mod relay;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use postern_protocol::RequestId;
use postern_protocol::account::{Cooldown, State, Status};
use postern_protocol::chat::Request;
use tokio::sync::watch;

use ledger::Ledger;
use pool::well;

pub(crate) use attempt::Attempt;
pub use choice::Choice;
pub use ledger::{Past, Share, Tally};
pub(crate) use moment::now;
pub use moment::today;
pub use pool::Aside;
pub(crate) use pool::{Lease, Tried};
pub(crate) use relay::{Answers, Lost, relay};
pub(crate) use words::Naming;
pub use words::{describe, describe_key, limited_until};

/// An account, as far as a pool is concerned. Cheap to clone.
pub(crate) trait Account: Clone + Send + Sync + 'static {
    /// Its name, unique within its upstream.
    fn name(&self) -> &str;

    /// What it says of itself; of its quota it knows nothing.
    fn state(&self) -> State;

    /// Whether its owner wants it used.
    fn is_enabled(&self) -> bool;

    /// How many requests it answers at once; `None` for any number.
    fn lanes(&self) -> Option<usize>;

    /// Whether it has the model of this name; `None` while its models are not known.
    fn has(&self, model: &str) -> Option<bool>;

    /// Whether a conversation goes on in it that this request continues.
    fn holds(&self, _model: &str, _request: &Request) -> bool {
        false
    }
}

/// How the owner wants the accounts used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Who is asked first.
    pub choice: Choice,
    /// How long a model rests on an account when its quota of the day is used up.
    pub quota_cooldown: Duration,
    /// How long when too much was asked in a short time.
    pub rate_cooldown: Duration,
    /// After which time an account in trouble is looked at again, for the first time; `None` for never.
    pub recheck: Option<Duration>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            choice: Choice::default(),
            quota_cooldown: Duration::from_secs(4 * 3600),
            rate_cooldown: Duration::from_secs(60),
            recheck: None,
        }
    }
}

/// Writes down what is to be known after the next start. Nothing here may wait.
pub trait Chronicle: Send + Sync {
    /// The account rests.
    fn rests(&self, account: &str, cooldown: &Cooldown);
    /// The account answered a request for the model, or failed to.
    fn used(&self, account: &str, day: &str, model: &str, answered: bool);
    /// The quota of the model is used up, after so many answers of the day.
    fn used_up(&self, account: &str, day: &str, model: &str, answers: u64);
    /// The account is in this state now. It may be told the same one again.
    fn became(&self, account: &str, state: &State);
}

/// What is known of an account beside its state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What its owner decided.
    pub share: Share,
    /// For which models it rests, the next to end first.
    pub cooldowns: Vec<Cooldown>,
    /// What it did today, most used model first.
    pub uses: Vec<(String, Tally)>,
}

/// The accounts of an upstream, and who gets the next request. Cheap to clone; clones share the accounts.
pub(crate) struct Pool<A> {
    inner: Arc<Inner<A>>,
}

pub(crate) struct Inner<A> {
    naming: Naming,
    accounts: ArcSwap<Vec<A>>,
    policy: ArcSwap<Policy>,
    ledger: Mutex<Ledger>,
    /// Lanes of requests that have not begun.
    reserved: Mutex<HashMap<RequestId, Lease<A>>>,
    chronicle: Option<Arc<dyn Chronicle>>,
    changes: watch::Sender<u64>,
    /// Tells those who wait for a lane that there may be one.
    freed: watch::Sender<u64>,
}

impl<A> Clone for Pool<A> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<A: Account> Pool<A> {
    /// A pool without accounts; what happens to them is written down where there is somebody to do it.
    pub(crate) fn new(naming: Naming, chronicle: Option<Arc<dyn Chronicle>>) -> Self {
        let inner = Inner {
            naming,
            accounts: ArcSwap::default(),
            policy: ArcSwap::default(),
            ledger: Mutex::default(),
            reserved: Mutex::default(),
            chronicle,
            changes: watch::Sender::new(0),
            freed: watch::Sender::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The accounts from now on. One that is left out ends what it answers.
    pub(crate) fn set_accounts(&self, accounts: Vec<A>) {
        self.inner.accounts.store(Arc::new(accounts));
        self.inner.bump();
        self.inner.stir();
    }

    pub(crate) fn accounts(&self) -> Arc<Vec<A>> {
        self.inner.accounts.load_full()
    }

    pub(crate) fn find(&self, account: &str) -> Option<A> {
        self.accounts().iter().find(|known| known.name() == account).cloned()
    }

    pub(crate) fn policy(&self) -> Arc<Policy> {
        self.inner.policy.load_full()
    }

    /// How the accounts are used from now on.
    pub(crate) fn set_policy(&self, policy: Policy) {
        self.inner.policy.store(Arc::new(policy));
        self.inner.bump();
        self.inner.stir();
    }

    /// Hears when there are other accounts, or when the state of one changed. The number itself means nothing.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// The same for those who wait for a lane.
    pub(crate) fn freed(&self) -> watch::Receiver<u64> {
        self.inner.freed.subscribe()
    }

    /// What the account can do now: what it says, and what is known of its quota and its session.
    pub(crate) fn state_of(&self, account: &A) -> State {
        let ledger = self.inner.ledger();
        match ledger.entries.get(account.name()) {
            Some(entry) => entry.state(account.state(), &today(), moment::now()),
            None => account.state(),
        }
    }

    /// All accounts with their states.
    pub(crate) fn statuses(&self) -> Vec<Status> {
        let status = |account: &A| Status { name: account.name().to_owned(), state: self.state_of(account) };
        self.accounts().iter().map(status).collect()
    }

    /// What is known of the account beside its state.
    pub(crate) fn standing(&self, account: &str) -> Standing {
        let ledger = self.inner.ledger();
        ledger.entries.get(account).map_or_else(Standing::default, |entry| Standing {
            share: entry.share,
            cooldowns: entry.cooldowns(moment::now()),
            uses: entry.uses(&today()),
        })
    }

    /// What the owner of the account decided about it.
    pub(crate) fn set_share(&self, account: &str, share: Share) {
        self.inner.ledger().entry(account).share = share;
        self.inner.bump();
    }

    /// What was remembered of the account from before this start.
    pub(crate) fn remember(&self, account: &str, past: Past) {
        self.inner.ledger().entry(account).remember(past, &today());
        self.inner.bump();
    }

    /// Ends cooldowns of the account before their time: that of this model, or all. Whether there was one.
    pub(crate) fn end_cooldowns(&self, account: &str, model: Option<&str>) -> bool {
        let ended = self.inner.ledger().entry(account).end_rests(model);
        if ended {
            self.changed(account);
        }
        ended
    }

    /// Of the cooldowns that were there before `since`, only these are left.
    pub(crate) fn keep_cooldowns(&self, account: &str, kept: &[Cooldown], since: Instant) {
        if self.inner.ledger().entry(account).keep_only(kept, since) {
            self.changed(account);
        }
    }

    /// The account has another name.
    pub(crate) fn renamed(&self, account: &str, new: &str) {
        let mut ledger = self.inner.ledger();
        if let Some(mut entry) = ledger.entries.remove(account) {
            // Requests that have a lane of it give it back under the old name, and so does who holds it back.
            (entry.busy, entry.aside) = (0, 0);
            ledger.entries.insert(new.to_owned(), entry);
        }
    }

    /// The account is gone.
    pub(crate) fn forget(&self, account: &str) {
        self.inner.ledger().entries.remove(account);
    }

    /// Its owner has dealt with the account: what was held against it is forgotten, but for its quota.
    pub(crate) fn forgive(&self, account: &str) {
        let mut ledger = self.inner.ledger();
        let forgiven = ledger.entries.get_mut(account).is_some_and(ledger::Entry::forgive);
        drop(ledger);
        if forgiven {
            self.changed(account);
        }
    }

    /// Whether requests can be given to the account, quota apart.
    pub(crate) fn serves(&self, account: &A) -> bool {
        let ledger = self.inner.ledger();
        let blank = ledger::Entry::default();
        account.is_enabled() && well(account, ledger.entries.get(account.name()).unwrap_or(&blank))
    }

    /// Whether the account rests for the model.
    pub(crate) fn rests_for(&self, account: &str, model: &str) -> bool {
        let ledger = self.inner.ledger();
        ledger.entries.get(account).is_some_and(|entry| entry.rests_for(model, moment::now()).is_some())
    }

    /// There is something new about the account: whoever listens hears of it, and a new state is written down.
    pub(crate) fn changed(&self, account: &str) {
        let lasting = self.find(account).and_then(|account| lasting(self.state_of(&account)));
        if let (Some(chronicle), Some(state)) = (&self.inner.chronicle, lasting) {
            chronicle.became(account, &state);
        }
        self.inner.bump();
        self.inner.stir();
    }

    /// Drops cooldowns that have ended, and tells.
    pub(crate) fn end_what_ended(&self) {
        let now = moment::now();
        let mut ledger = self.inner.ledger();
        let ended: Vec<String> = ledger
            .entries
            .iter_mut()
            .filter_map(|(name, entry)| entry.drop_ended(now).then(|| name.clone()))
            .collect();
        drop(ledger);
        ended.iter().for_each(|name| self.changed(name));
    }

    /// In how long the next cooldown ends, if one does within this time.
    pub(crate) fn next_end(&self, longest: Duration) -> Duration {
        let now = moment::now();
        let ledger = self.inner.ledger();
        let next = ledger.entries.values().filter_map(|entry| entry.next_end(now)).min();
        next.map_or(longest, |end| Duration::from_secs(end.saturating_sub(now).max(1))).min(longest)
    }

    /// Whether somebody holds one of the accounts back for a moment.
    pub(crate) fn any_aside(&self) -> bool {
        self.inner.ledger().entries.values().any(|entry| entry.aside > 0)
    }

    /// How often the account was looked at since it last answered, and when; `None` for one that is held back. Also
    /// since when it is blocked.
    pub(crate) fn looks(&self, account: &str) -> Option<Looks> {
        let ledger = self.inner.ledger();
        let Some(entry) = ledger.entries.get(account) else { return Some(Looks::default()) };
        let blocked = entry.blocked.as_ref().map(|blocked| blocked.since);
        let looks = Looks { count: entry.looks, last: entry.looked, blocked };
        (entry.aside == 0).then_some(looks)
    }

    /// The account is looked at just now.
    pub(crate) fn looked(&self, account: &str) {
        let mut ledger = self.inner.ledger();
        let entry = ledger.entry(account);
        entry.looks = entry.looks.saturating_add(1);
        entry.looked = Some(Instant::now());
    }
}

/// How an account in trouble was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Looks {
    pub(crate) count: u32,
    pub(crate) last: Option<Instant>,
    pub(crate) blocked: Option<Instant>,
}

impl<A> Inner<A> {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reserved(&self) -> MutexGuard<'_, HashMap<RequestId, Lease<A>>> {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bump(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn stir(&self) {
        self.freed.send_modify(|count| *count = count.wrapping_add(1));
    }
}

/// The state without what comes and goes with each request and each browser.
fn lasting(state: State) -> Option<State> {
    match state {
        // One that is renamed or signed in to is off for a while, too; who switches it off writes that down.
        State::NotChecked | State::Off => None,
        State::Busy => Some(State::Ready),
        state => Some(state),
    }
}
