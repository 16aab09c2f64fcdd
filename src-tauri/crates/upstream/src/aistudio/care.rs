//! What goes on beside requests: cooldowns end, states are written down, accounts in trouble are looked at again.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use postern_aistudio::Studio;
use postern_protocol::account::State;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{AiStudio, Inner, moment};

/// The pause between two looks grows to so many times the first one.
const MOST: u32 = 16;
/// Longer than anybody waits.
const AN_HOUR: Duration = Duration::from_secs(3600);

impl AiStudio {
    /// Takes care of the accounts for as long as it runs. The owner of the pool runs it once.
    pub async fn tend(self) {
        let began = Instant::now();
        let mut changes = self.changes();
        let mut look = JoinSet::new();
        loop {
            changes.mark_unchanged();
            self.end_what_ended();
            let mut next = self.next_end();
            if look.is_empty() {
                match self.next_look(began) {
                    Some((studio, due)) if due <= Instant::now() => {
                        let pool = self.clone();
                        look.spawn(async move { pool.look_again(&studio).await });
                    }
                    Some((_, due)) => next = next.min(due.saturating_duration_since(Instant::now())),
                    None => {}
                }
            }
            tokio::select! {
                () = tokio::time::sleep(next) => {}
                Some(_) = look.join_next() => {}
                // The pool is there as long as this is.
                _ = changes.changed() => {}
            }
        }
    }

    /// Drops cooldowns that have ended, and tells.
    fn end_what_ended(&self) {
        let now = moment::now();
        let mut ledger = self.inner.ledger();
        let ended: Vec<String> = ledger
            .entries
            .iter_mut()
            .filter_map(|(name, entry)| entry.drop_ended(now).then(|| name.clone()))
            .collect();
        drop(ledger);
        ended.iter().for_each(|name| self.inner.changed(name));
    }

    fn next_end(&self) -> Duration {
        let now = moment::now();
        let ledger = self.inner.ledger();
        let next = ledger.entries.values().filter_map(|entry| entry.next_end(now)).min();
        next.map_or(AN_HOUR, |end| Duration::from_secs(end.saturating_sub(now).max(1))).min(AN_HOUR)
    }

    /// The account that is to be looked at next, and when.
    fn next_look(&self, began: Instant) -> Option<(Studio, Instant)> {
        let first = self.inner.policy.load().recheck?;
        let ledger = self.inner.ledger();
        let due = |studio: &Studio| {
            let entry = ledger.entries.get(studio.name());
            let looks = entry.map_or(0, |entry| entry.looks).min(MOST.ilog2());
            let last = entry.and_then(|entry| entry.looked).unwrap_or(began);
            last + first * 2_u32.pow(looks)
        };
        let accounts = self.accounts();
        let wanting = accounts.iter().filter(|studio| {
            let entry = ledger.entries.get(studio.name());
            let blocked = entry.is_some_and(|entry| entry.blocked.is_some());
            studio.is_enabled()
                && entry.is_none_or(|entry| entry.aside == 0)
                && (blocked || needs_a_look(studio))
        });
        wanting.map(|studio| (studio.clone(), due(studio))).min_by_key(|(_, due)| *due)
    }

    async fn look_again(&self, studio: &Studio) {
        {
            let mut ledger = self.inner.ledger();
            let entry = ledger.entry(studio.name());
            entry.looks = entry.looks.saturating_add(1);
            entry.looked = Some(Instant::now());
        }
        let state = self.check(studio).await;
        tracing::debug!(account = studio.name(), ?state, "looked at an account again");
    }

    /// Opens the account's page and looks. One that looks well is asked again, whatever was held against it; but
    /// its quota is not brought back by that.
    pub async fn check(&self, studio: &Studio) -> State {
        if studio.check().await.usable() {
            self.forgive(studio.name());
        }
        self.state_of(studio)
    }

    /// Its owner has dealt with the account: what was held against it is forgotten, but for its quota.
    pub fn forgive(&self, account: &str) {
        let mut ledger = self.inner.ledger();
        let forgiven = ledger.entries.get_mut(account).is_some_and(super::ledger::Entry::forgive);
        drop(ledger);
        if forgiven {
            self.inner.changed(account);
        }
    }
}

/// Whether only another look can bring it back, or tell for the first time what it can do.
fn needs_a_look(studio: &Studio) -> bool {
    match studio.state() {
        State::SignInExpired
        | State::NeedsVerification { .. }
        | State::Blocked { .. }
        | State::BrowserMissing { .. } => true,
        State::NotChecked => studio.known_models().is_none(),
        State::Ready | State::Busy | State::CoolingDown { .. } | State::Off => false,
    }
}

/// Passes on what one account says about itself.
pub(super) async fn follow(pool: Weak<Inner>, account: String, mut states: watch::Receiver<State>) {
    while states.changed().await.is_ok() {
        match pool.upgrade() {
            Some(inner) => inner.changed(&account),
            None => return,
        }
    }
}

impl Inner {
    /// There is something new about the account: whoever listens hears of it, and a new state is written down.
    pub(super) fn changed(self: &Arc<Self>, account: &str) {
        let pool = AiStudio { inner: Arc::clone(self) };
        let lasting = pool.find(account).and_then(|studio| lasting(pool.state_of(&studio)));
        if let (Some(chronicle), Some(state)) = (&self.chronicle, lasting) {
            chronicle.became(account, &state);
        }
        self.bump();
        self.stir();
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
