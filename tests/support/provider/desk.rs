use std::collections::{HashSet, VecDeque};

use super::received::{End, Received};
use super::turn::{Act, Turn};
use crate::watched::Watched;

/// What one stand-in was told and what it received. Clones share it.
#[derive(Clone)]
pub(super) struct Desk(Watched<State>);

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
        Self(Watched::new(State::default()))
    }

    pub(super) fn queue(&self, turn: Turn) {
        self.0.change(|state| state.turns.push_back(turn));
    }

    pub(super) fn otherwise(&self, turn: Turn) {
        self.0.change(|state| state.otherwise = turn);
    }

    pub(super) fn release(&self) {
        self.0.change(|state| state.releases += 1);
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.0.now().received.clone()
    }

    pub(super) fn clear(&self) {
        self.0.change(|state| {
            let (served, given_out) = (state.served, std::mem::take(&mut state.given_out));
            *state = State { served, given_out, ..State::default() };
        });
    }

    pub(super) async fn wait_for(
        &self,
        holds: impl Fn(&[Received]) -> bool,
    ) -> anyhow::Result<Vec<Received>> {
        let met = |state: &mut State| holds(&state.received).then(|| state.received.clone());
        self.0.wait(met, |state| state.received.clone()).await
    }

    /// Gives the request its number and keeps it.
    pub(super) fn keep(&self, mut request: Received) -> Received {
        self.0.change(|state| {
            state.served += 1;
            request.id = state.served;
            state.received.push(request.clone());
            request
        })
    }

    /// What answers whatever the request is, if that is what comes next.
    pub(super) fn take_blind(&self) -> Option<Act> {
        self.0.change(|state| {
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
        self.0.change(|state| state.turns.pop_front().unwrap_or_else(|| state.otherwise.clone()))
    }

    pub(super) async fn pass(&self) {
        self.0
            .until(|state| {
                let open = state.releases > 0;
                state.releases -= u32::from(open);
                open.then_some(())
            })
            .await;
    }

    /// A signature or an id that it gave out; it knows it again.
    pub(super) fn give_out(&self, opaque: &str) {
        self.0.change(|state| state.given_out.insert(opaque.to_owned()));
    }

    pub(super) fn gave_out(&self, opaque: &str) -> bool {
        self.0.now().given_out.contains(opaque)
    }

    pub(super) fn ending(&self, id: u64) -> Ending {
        Ending { desk: self.clone(), id, end: None }
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
        self.desk.0.change(|state| {
            if let Some(request) = state.received.iter_mut().find(|request| request.id == self.id) {
                request.end = end;
            }
        });
    }
}
