//! What the pool knows of each account beside what its worker knows. Plain memory: no clock, no waiting.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use postern_protocol::RequestId;
use postern_protocol::account::{Cooldown, CooldownReason, State};

use super::choice::{Candidate, advance};

/// So many failures of site or browser in a row, and an account is asked last for a while.
const STRIKES: u32 = 3;

/// What its owner decided about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its share where several could answer, at least 1.
    pub weight: u32,
    /// Accounts of a higher priority are asked first.
    pub priority: i32,
}

impl Default for Share {
    fn default() -> Self {
        Self { weight: 1, priority: 0 }
    }
}

/// What an account did today with one model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers it gave.
    pub answers: u64,
    /// Requests that failed.
    pub failures: u64,
}

/// What was remembered of an account from before this start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// For which models it rests.
    pub cooldowns: Vec<Cooldown>,
    /// What it did today, by model.
    pub uses: BTreeMap<String, Tally>,
    /// How many answers of a day were too much, by model.
    pub limits: BTreeMap<String, u64>,
}

/// A cooldown and when it was noted here.
#[derive(Clone, Debug)]
struct Rest {
    cooldown: Cooldown,
    noted: Instant,
}

/// That an account is not asked until its owner or a check says otherwise.
#[derive(Debug)]
pub(super) struct Blocked {
    why: String,
    pub(super) since: Instant,
}

/// One account.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) share: Share,
    rests: Vec<Rest>,
    /// Why the site refuses it.
    pub(super) blocked: Option<Blocked>,
    /// How many hold it back for a moment, because its folder is being changed.
    pub(super) aside: usize,
    /// Requests that have one of its lanes.
    pub(super) busy: usize,
    /// Failures in a row.
    strikes: u32,
    pass: u64,
    /// The day of `uses`.
    day: String,
    uses: BTreeMap<String, Tally>,
    limits: BTreeMap<String, u64>,
    /// How often it was looked at since it last answered, and when.
    pub(super) looks: u32,
    pub(super) looked: Option<Instant>,
}

impl Entry {
    pub(super) fn remember(&mut self, past: Past, today: &str) {
        let noted = Instant::now();
        self.rests = past.cooldowns.into_iter().map(|cooldown| Rest { cooldown, noted }).collect();
        today.clone_into(&mut self.day);
        self.uses = past.uses;
        self.limits = past.limits;
    }

    /// Why it is not asked for this model now: what ends last counts.
    pub(super) fn rests_for(&self, model: &str, now: u64) -> Option<&Cooldown> {
        let concerns =
            |cooldown: &&Cooldown| cooldown.model.as_deref().is_none_or(|resting| resting == model);
        self.hard(now).filter(concerns).max_by_key(|cooldown| cooldown.until)
    }

    /// The cooldowns that have not ended, the next to end first.
    pub(super) fn cooldowns(&self, now: u64) -> Vec<Cooldown> {
        let mut cooldowns: Vec<Cooldown> = self.lasting(now).cloned().collect();
        cooldowns.sort_by(|one, other| (one.until, &one.model).cmp(&(other.until, &other.model)));
        cooldowns
    }

    fn lasting(&self, now: u64) -> impl Iterator<Item = &Cooldown> {
        self.rests.iter().map(|rest| &rest.cooldown).filter(move |cooldown| cooldown.until > now)
    }

    /// Those that keep the account from being asked. After trouble it is only asked last.
    fn hard(&self, now: u64) -> impl Iterator<Item = &Cooldown> {
        self.lasting(now).filter(|cooldown| cooldown.reason != CooldownReason::Trouble)
    }

    /// What the account can do, when its worker says `state`.
    pub(super) fn state(&self, state: State, today: &str, now: u64) -> State {
        match state {
            State::Ready | State::NotChecked => {}
            other => return other,
        }
        if let Some(blocked) = &self.blocked {
            return State::Blocked { why: blocked.why.clone() };
        }
        let resting: Vec<&Cooldown> = self.hard(now).collect();
        let Some(until) = resting.iter().map(|cooldown| cooldown.until).min() else { return state };
        let every = resting.iter().any(|cooldown| cooldown.model.is_none());
        let rests = |model: &String| self.rests_for(model, now).is_some();
        // What matters are the models that it is asked for.
        let asked_for_another =
            self.day == today && self.uses.iter().any(|(model, tally)| tally.answers > 0 && !rests(model));
        match resting.as_slice() {
            _ if asked_for_another && !every => state,
            [only] => State::CoolingDown { until, model: only.model.clone() },
            _ => State::CoolingDown { until, model: None },
        }
    }

    pub(super) fn rest(&mut self, cooldown: Cooldown) {
        self.rests.retain(|rest| rest.cooldown.model != cooldown.model);
        self.rests.push(Rest { cooldown, noted: Instant::now() });
    }

    /// Ends cooldowns: that of this model, or all. Whether there was one.
    pub(super) fn end_rests(&mut self, model: Option<&str>) -> bool {
        let before = self.rests.len();
        self.rests.retain(|rest| model.is_some() && rest.cooldown.model.as_deref() != model);
        if model.is_none() {
            self.strikes = 0;
        }
        self.rests.len() != before
    }

    /// Drops what has ended. Whether there was something.
    pub(super) fn drop_ended(&mut self, now: u64) -> bool {
        let before = self.rests.len();
        self.rests.retain(|rest| rest.cooldown.until > now);
        self.rests.len() != before
    }

    /// Ends what is not among `kept` any more and was there before `since`. Whether there was something.
    pub(super) fn keep_only(&mut self, kept: &[Cooldown], since: Instant) -> bool {
        let before = self.rests.len();
        let still = |rest: &Rest| kept.iter().any(|cooldown| cooldown.model == rest.cooldown.model);
        self.rests.retain(|rest| rest.noted >= since || still(rest));
        self.rests.len() != before
    }

    pub(super) fn next_end(&self, now: u64) -> Option<u64> {
        self.lasting(now).map(|cooldown| cooldown.until).min()
    }

    pub(super) fn answered(&mut self, model: &str, today: &str) {
        self.tally(model, today).answers += 1;
        self.strikes = 0;
        self.looks = 0;
        self.blocked = None;
        self.rests.retain(|rest| rest.cooldown.reason != CooldownReason::Trouble);
    }

    pub(super) fn block(&mut self, why: &str) {
        self.blocked = Some(Blocked { why: why.to_owned(), since: Instant::now() });
    }

    pub(super) fn failed(&mut self, model: &str, today: &str) {
        self.tally(model, today).failures += 1;
    }

    /// Counts a failure of site or browser. Whether it is one too many.
    pub(super) fn strike(&mut self) -> bool {
        self.strikes += 1;
        self.strikes >= STRIKES
    }

    /// The quota of the model is used up. How many answers of today that took.
    pub(super) fn used_up(&mut self, model: &str, today: &str) -> u64 {
        let answers = self.tally(model, today).answers;
        self.limits.insert(model.to_owned(), answers);
        answers
    }

    /// It looks well again: what was held against it is forgotten, but for its quota. Whether there was
    /// something.
    pub(super) fn forgive(&mut self) -> bool {
        let before = self.rests.len();
        self.rests.retain(|rest| rest.cooldown.reason != CooldownReason::Trouble);
        self.strikes = 0;
        self.blocked.take().is_some() || self.rests.len() != before
    }

    fn tally(&mut self, model: &str, today: &str) -> &mut Tally {
        if self.day != today {
            today.clone_into(&mut self.day);
            self.uses.clear();
        }
        self.uses.entry(model.to_owned()).or_default()
    }

    /// What it did today, most used model first.
    pub(super) fn uses(&self, today: &str) -> Vec<(String, Tally)> {
        if self.day != today {
            return Vec::new();
        }
        let mut uses: Vec<(String, Tally)> =
            self.uses.iter().map(|(model, tally)| (model.clone(), *tally)).collect();
        uses.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.answers + tally.failures));
        uses
    }

    /// How it stands where an account is chosen for this model.
    pub(super) fn candidate(&self, model: &str, today: &str, now: u64) -> Candidate {
        let uses = if self.day == today { Some(&self.uses) } else { None };
        let of_model = uses.and_then(|uses| uses.get(model)).map_or(0, |tally| tally.answers);
        Candidate {
            priority: self.share.priority,
            weight: self.share.weight.max(1),
            holds: false,
            shaky: self.lasting(now).any(|cooldown| cooldown.reason == CooldownReason::Trouble),
            busy: self.busy as u64,
            uses: uses.map_or(0, |uses| uses.values().map(|tally| tally.answers).sum()),
            left: self.limits.get(model).map(|limit| limit.saturating_sub(of_model)),
            pass: self.pass,
            draw: 1.0,
        }
    }

    /// It gets a request, while the one furthest behind stands at `last`.
    pub(super) fn take(&mut self, last: u64) {
        self.busy += 1;
        self.pass = advance(self.pass, last, self.share.weight);
    }
}

/// A request that waits for a lane of an account that it was not given to yet.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) id: RequestId,
    pub(super) model: String,
    pub(super) tried: Vec<String>,
}

/// All accounts, by name.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) entries: HashMap<String, Entry>,
    /// Requests that failed on one account and wait for a lane of another.
    pub(super) waiting: Vec<Waiter>,
}

impl Ledger {
    pub(super) fn entry(&mut self, account: &str) -> &mut Entry {
        // Most often it is there, and then its name need not be copied.
        if !self.entries.contains_key(account) {
            self.entries.insert(account.to_owned(), Entry::default());
        }
        self.entries.entry(account.to_owned()).or_default()
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
