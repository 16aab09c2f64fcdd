//! Who is answered next.
//!
//! Every upstream has a line of its own, and so have the callers who bring a provider's key of their own. In it callers take turns, each with their oldest request, so
//! that one who sends many does not make the others wait; a single caller is served first come, first
//! served. Only a request for a model whose lanes are all taken lets others past. A [`Ticket`] is a place
//! in the line and, once admitted, a lane of the upstream; dropping it gives both back.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postern_protocol::RequestId;
use postern_protocol::chat::{Failure, FailureKind};
use postern_store::KeyId;
use postern_upstream::{Call, Lane, Upstream};
use serde::Serialize;
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use crate::auth::Caller;

/// When to come again after finding the line full.
const COME_AGAIN: Duration = Duration::from_secs(30);
/// How often those who wait look for a lane that opened without another request's end, for example
/// because an account was signed in; upstreams do not tell.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The lines of all upstreams. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Queue {
    lines: Arc<Mutex<HashMap<Place, Line>>>,
    changes: watch::Sender<u64>,
}

/// A request in the queue, as the console shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QueueEntry {
    /// The request's id.
    pub id: RequestId,
    /// The upstream's own id of the model.
    pub model: String,
    /// The upstream in whose line it is.
    pub upstream: String,
    /// Whether the answer is streamed.
    pub stream: bool,
    /// What it does.
    pub state: QueueState,
    /// Places in front of it and itself; `None` while it is being answered.
    pub position: Option<usize>,
    /// When it came, in milliseconds of Unix time.
    pub since_ms: u64,
    /// The caller's key, if they have one.
    pub key: Option<KeyId>,
}

/// What a request in the queue does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// It is being answered.
    Running,
    /// It waits for its turn.
    Waiting,
}

/// What is known of a request that wants to be answered.
pub(crate) struct Application {
    pub(crate) call: Call,
    pub(crate) caller: Caller,
    pub(crate) stream: bool,
    /// Whether it is asked with a provider's key of the caller's own.
    pub(crate) guest: bool,
}

/// Which line it is. Guests' upstreams are called as the owner's are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    upstream: String,
    guests: bool,
}

/// A request in the queue.
pub(crate) struct Entry {
    pub(crate) id: RequestId,
    pub(crate) upstream: String,
    pub(crate) model: String,
    pub(crate) stream: bool,
    pub(crate) since: SystemTime,
    caller: Caller,
    number: u64,
    cancel: CancellationToken,
}

impl Entry {
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Whether this caller may see and cancel it: who has a key only what came with it.
    pub(crate) fn concerns(&self, caller: Caller) -> bool {
        !matches!(caller, Caller::Key(_)) || self.caller == caller
    }
}

/// A request in the queue, as seen from outside.
pub(crate) struct Standing {
    pub(crate) entry: Arc<Entry>,
    /// Places in front of it and itself; `None` while it is being answered.
    pub(crate) position: Option<usize>,
}

#[derive(Default)]
struct Line {
    next_number: u64,
    running: BTreeMap<u64, Arc<Entry>>,
    /// In the order of their next turn; nobody in it has nothing waiting.
    callers: VecDeque<(Caller, VecDeque<Waiter>)>,
}

struct Waiter {
    entry: Arc<Entry>,
    /// Who is to answer it. Others of that name may be in the same line: those of settings that were changed since.
    upstream: Arc<dyn Upstream>,
    call: Call,
    admit: oneshot::Sender<Lane>,
}

/// A place in a line, then a lane.
pub(crate) struct Ticket {
    queue: Queue,
    place: Place,
    entry: Arc<Entry>,
    admission: Option<oneshot::Receiver<Lane>>,
    lane: Option<Lane>,
}

impl Queue {
    /// Takes a place in the line of `upstream`, or a lane if one is free. At most `longest` may wait.
    pub(crate) fn enter(
        &self,
        upstream: &Arc<dyn Upstream>,
        what: Application,
        longest: usize,
    ) -> Result<Ticket, Failure> {
        let place = Place { upstream: upstream.name().to_owned(), guests: what.guest };
        let mut lines = self.lock();
        let line = lines.entry(place.clone()).or_default();
        let waiting = line.waiting();
        let lane = if waiting == 0 { upstream.lane(&what.call, line.running.len()) } else { None };
        if lane.is_none() && waiting >= longest {
            return Err(full(upstream.name(), waiting));
        }
        line.next_number += 1;
        let entry = Arc::new(Entry {
            id: what.call.id.clone(),
            upstream: upstream.name().to_owned(),
            model: what.call.request.model.clone(),
            stream: what.stream,
            since: SystemTime::now(),
            caller: what.caller,
            number: line.next_number,
            cancel: CancellationToken::new(),
        });
        let admission = if lane.is_some() {
            line.running.insert(entry.number, Arc::clone(&entry));
            None
        } else {
            let (admit, admission) = oneshot::channel();
            let (entry, upstream) = (Arc::clone(&entry), Arc::clone(upstream));
            line.join(Waiter { entry, upstream, call: what.call, admit });
            line.admit();
            Some(admission)
        };
        drop(lines);
        self.changed();
        Ok(Ticket { queue: self.clone(), place, entry, admission, lane })
    }

    /// [`Queue::standings`] for the console.
    pub(crate) fn view(&self) -> Vec<QueueEntry> {
        self.standings().iter().map(QueueEntry::of).collect()
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Everything being answered and waiting, in order.
    pub(crate) fn standings(&self) -> Vec<Standing> {
        let lines = self.lock();
        let running = lines.values().flat_map(|line| line.running.values());
        let running = running.map(|entry| Standing { entry: Arc::clone(entry), position: None });
        let waiting = lines.values().flat_map(Line::order);
        let waiting = waiting.map(|(position, entry)| Standing { entry, position: Some(position) });
        let mut standings: Vec<Standing> = running.chain(waiting).collect();
        standings.sort_by_key(|standing| (standing.position, standing.entry.since));
        standings
    }

    /// How many are being answered, and how many wait.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let lines = self.lock();
        lines
            .values()
            .fold((0, 0), |(running, waiting), line| (running + line.running.len(), waiting + line.waiting()))
    }

    /// Cancels the request with this id, waiting or running. Whether there was one.
    pub(crate) fn cancel(&self, id: &str) -> bool {
        self.cancel_for(Caller::Console, id)
    }

    /// [`Queue::cancel`] for a caller to whom other requests may be none of their business.
    pub(crate) fn cancel_for(&self, caller: Caller, id: &str) -> bool {
        let lines = self.lock();
        let waiting = |line: &Line| line.order().into_iter().map(|(_, entry)| entry);
        let mut entries = lines.values().flat_map(|line| line.running.values().cloned().chain(waiting(line)));
        let found = entries.find(|entry| entry.id.as_str() == id && entry.concerns(caller));
        drop(lines);
        if let Some(entry) = &found {
            entry.cancel.cancel();
            self.changed();
        }
        found.is_some()
    }

    /// Nothing that happens under the lock can leave the lines half-changed, so a panic does not spoil it.
    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free lanes to those who wait.
    fn look(&self, place: &Place) {
        let admitted = self.lock().get_mut(place).is_some_and(Line::admit);
        if admitted {
            self.changed();
        }
    }

    fn leave(&self, place: &Place, entry: &Entry) {
        if let Some(line) = self.lock().get_mut(place) {
            line.leave(entry);
            line.admit();
        }
        self.changed();
    }
}

impl QueueEntry {
    fn of(Standing { entry, position }: &Standing) -> Self {
        let since = entry.since.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            id: entry.id.clone(),
            model: entry.model.clone(),
            upstream: entry.upstream.clone(),
            stream: entry.stream,
            state: if position.is_some() { QueueState::Waiting } else { QueueState::Running },
            position: *position,
            since_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            key: match entry.caller {
                Caller::Key(key) => Some(key),
                Caller::Address(_) | Caller::Console | Caller::Unknown => None,
            },
        }
    }
}

impl Line {
    fn waiting(&self) -> usize {
        self.callers.iter().map(|(_, waiters)| waiters.len()).sum()
    }

    fn join(&mut self, waiter: Waiter) {
        let caller = waiter.entry.caller;
        match self.callers.iter_mut().find(|(known, _)| *known == caller) {
            Some((_, waiters)) => waiters.push_back(waiter),
            None => self.callers.push_back((caller, [waiter].into())),
        }
    }

    /// Gives free lanes to those whose turn it is. Whether there was one.
    fn admit(&mut self) -> bool {
        let mut any = false;
        while let Some((waiter, lane)) = self.next() {
            any = true;
            self.running.insert(waiter.entry.number, waiter.entry);
            // One that is gone gives the lane back at once.
            let _ = waiter.admit.send(lane);
        }
        any
    }

    /// Who is next, with a lane. A caller that is served goes to the end of the turns.
    fn next(&mut self) -> Option<(Waiter, Lane)> {
        let running = self.running.len();
        let mut full: HashSet<(*const (), &str)> = HashSet::new();
        let mut found = None;
        'turns: for (turn, (_, waiters)) in self.callers.iter().enumerate() {
            for (place, waiter) in waiters.iter().enumerate() {
                let whose = Arc::as_ptr(&waiter.upstream).cast::<()>();
                let lanes = (whose, waiter.call.request.model.as_str());
                if full.contains(&lanes) {
                    continue;
                }
                match waiter.upstream.lane(&waiter.call, running) {
                    Some(lane) => {
                        found = Some((turn, place, lane));
                        break 'turns;
                    }
                    None => drop(full.insert(lanes)),
                }
            }
        }
        let (turn, place, lane) = found?;
        let (caller, mut waiters) = self.callers.remove(turn)?;
        let waiter = waiters.remove(place)?;
        if !waiters.is_empty() {
            self.callers.push_back((caller, waiters));
        }
        Some((waiter, lane))
    }

    fn leave(&mut self, entry: &Entry) {
        if self.running.remove(&entry.number).is_none() {
            for (_, waiters) in &mut self.callers {
                waiters.retain(|waiter| waiter.entry.number != entry.number);
            }
            self.callers.retain(|(_, waiters)| !waiters.is_empty());
        }
    }

    /// Those who wait in the order in which they will be admitted, counted from 1.
    fn order(&self) -> Vec<(usize, Arc<Entry>)> {
        let longest = self.callers.iter().map(|(_, waiters)| waiters.len()).max().unwrap_or(0);
        let turns =
            (0..longest).flat_map(|turn| self.callers.iter().filter_map(move |(_, all)| all.get(turn)));
        turns.enumerate().map(|(before, waiter)| (before + 1, Arc::clone(&waiter.entry))).collect()
    }
}

impl Ticket {
    /// Whether it has to wait for a lane.
    pub(crate) fn waits(&self) -> bool {
        self.admission.is_some()
    }

    /// Waits for a lane.
    pub(crate) async fn admitted(&mut self) -> Result<(), Failure> {
        let Some(mut admission) = self.admission.take() else { return Ok(()) };
        loop {
            tokio::select! {
                biased;
                () = self.entry.cancel.cancelled() => return Err(cancelled()),
                // The sender is dropped only by admitting, or together with this ticket.
                lane = &mut admission => {
                    self.lane = lane.ok();
                    return Ok(());
                }
                () = sleep(LOOK_AGAIN) => self.queue.look(&self.place),
            }
        }
    }

    /// Whether somebody cancelled the request.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.entry.is_cancelled()
    }

    /// Resolves when somebody cancels the request.
    pub(crate) fn cancelled(&self) -> WaitForCancellationFuture<'_> {
        self.entry.cancel.cancelled()
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        // Whoever is next may need the lane.
        (self.lane, self.admission) = (None, None);
        self.queue.leave(&self.place, &self.entry);
    }
}

/// What is said to those whose request was cancelled.
pub(crate) fn cancelled() -> Failure {
    Failure::new(FailureKind::Cancelled, "The request was cancelled.")
}

fn full(upstream: &str, waiting: usize) -> Failure {
    let message =
        format!("{waiting} requests wait for {upstream} already, which is the limit. Try again later.");
    Failure::new(FailureKind::Unavailable, message).retry_after(COME_AGAIN)
}
