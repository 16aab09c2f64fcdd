use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::watch;

use super::received::{End, Received};
use super::turn::{Act, Turn};

/// How long [`Desk::wait_for`] waits before it calls a test lost.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one stand-in was told and what it received. Clones share it.
#[derive(Clone)]
pub(super) struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    turns: VecDeque<Turn>,
    otherwise: Turn,
    received: Vec<Received>,
    served: u64,
    releases: u32,
    given_out: HashSet<String>,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self { shared: Arc::new(Shared { state: Mutex::default(), changed: watch::Sender::new(0) }) }
    }

    pub(super) fn queue(&self, turn: Turn) {
        self.change(|state| state.turns.push_back(turn));
    }

    pub(super) fn otherwise(&self, turn: Turn) {
        self.change(|state| state.otherwise = turn);
    }

    pub(super) fn release(&self) {
        self.change(|state| state.releases += 1);
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.state().received.clone()
    }

    pub(super) fn clear(&self) {
        self.change(|state| {
            let (served, given_out) = (state.served, std::mem::take(&mut state.given_out));
            *state = State { served, given_out, ..State::default() };
        });
    }

    pub(super) async fn wait_for(
        &self,
        holds: impl Fn(&[Received]) -> bool,
    ) -> anyhow::Result<Vec<Received>> {
        let met = self.until(|state| holds(&state.received).then(|| state.received.clone()));
        tokio::time::timeout(PATIENCE, met)
            .await
            .with_context(|| format!("the stand-in waited in vain; it received {:#?}", self.received()))
    }

    /// Gives the request its number and keeps it.
    pub(super) fn keep(&self, mut request: Received) -> Received {
        self.change(|state| {
            state.served += 1;
            request.id = state.served;
            state.received.push(request.clone());
            request
        })
    }

    /// What answers whatever the request is, if that is what comes next.
    pub(super) fn take_blind(&self) -> Option<Act> {
        self.change(|state| {
            let blind = |turn: &Turn| matches!(turn.act, Act::Replay(_) | Act::Refuse(_));
            let turn = match state.turns.front() {
                Some(turn) if blind(turn) => state.turns.pop_front(),
                None if blind(&state.otherwise) => Some(state.otherwise.clone()),
                _ => None,
            };
            Some(turn?.act)
        })
    }

    /// What answers a request for words, used up by it.
    pub(super) fn take(&self) -> Turn {
        self.change(|state| state.turns.pop_front().unwrap_or_else(|| state.otherwise.clone()))
    }

    pub(super) async fn pass(&self) {
        self.until(|state| {
            let open = state.releases > 0;
            state.releases -= u32::from(open);
            open.then_some(())
        })
        .await;
    }

    /// A signature or an id that it gave out; it knows it again.
    pub(super) fn give_out(&self, opaque: &str) {
        self.change(|state| state.given_out.insert(opaque.to_owned()));
    }

    pub(super) fn gave_out(&self, opaque: &str) -> bool {
        self.state().given_out.contains(opaque)
    }

    pub(super) fn ending(&self, id: u64) -> Ending {
        Ending { desk: self.clone(), id, end: None }
    }

    async fn until<T>(&self, mut met: impl FnMut(&mut State) -> Option<T>) -> T {
        let mut changes = self.shared.changed.subscribe();
        loop {
            if let Some(value) = met(&mut self.state()) {
                return value;
            }
            // The sender lives as long as `self`, so this only ever returns on a change.
            let _ = changes.changed().await;
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let value = change(&mut self.state());
        self.shared.changed.send_modify(|version| *version += 1);
        value
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes down how a request ended; one that is dropped before its end was left by the client.
pub(super) struct Ending {
    desk: Desk,
    id: u64,
    end: Option<End>,
}

impl Ending {
    pub(super) fn is(mut self, end: End) {
        self.end = Some(end);
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let end = self.end.unwrap_or(End::HungUp);
        self.desk.change(|state| {
            if let Some(request) = state.received.iter_mut().find(|request| request.id == self.id) {
                request.end = end;
            }
        });
    }
}
