//! A key as an account of its provider.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postern_net::ProxyRule;
use postern_protocol::Secret;
use postern_protocol::account::State;

use super::KeySetup;
use super::wire::Wire;
use crate::accounts::Account;

/// A key. Cheap to clone; clones share its state. Shows itself in no log.
#[derive(Clone)]
pub(crate) struct Key {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    secret: Option<Secret>,
    lanes: Option<usize>,
    enabled: bool,
    way: Option<ProxyRule>,
    wire: Wire,
    state: Mutex<State>,
}

impl Key {
    /// The key, with which the provider is asked by this wire.
    pub(super) fn new(setup: KeySetup, lanes: Option<usize>, wire: Wire) -> Self {
        let KeySetup { name, secret, enabled, state, way, share: _ } = setup;
        Self { inner: Arc::new(Inner { name, secret, lanes, enabled, way, wire, state: Mutex::new(state) }) }
    }

    /// What reaches the provider.
    pub(super) fn wire(&self) -> &Wire {
        &self.inner.wire
    }

    /// Its own way out; `None` for that of all.
    pub(super) fn way(&self) -> Option<&ProxyRule> {
        self.inner.way.as_ref()
    }

    /// The key itself; `None` for a provider that wants none.
    pub(super) fn secret(&self) -> Option<&Secret> {
        self.inner.secret.as_ref()
    }

    /// It is in this state now. Whether it was in another one.
    pub(super) fn became(&self, state: State) -> bool {
        let mut own = self.own();
        let changed = *own != state;
        *own = state;
        changed
    }

    fn own(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account for Key {
    fn name(&self) -> &str {
        &self.inner.name
    }

    fn state(&self) -> State {
        if self.inner.enabled { self.own().clone() } else { State::Off }
    }

    fn is_enabled(&self) -> bool {
        self.inner.enabled
    }

    fn lanes(&self) -> Option<usize> {
        self.inner.lanes
    }

    fn has(&self, _: &str) -> Option<bool> {
        // All keys of a provider are taken to have what it lists; a model that it does not know is told at once.
        Some(true)
    }
}
