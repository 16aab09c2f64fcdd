//! The console as one value: what its routes stand on.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use postern_protocol::Secret;
use postern_store::{Flags, Keys, Requests, Store};
use postern_upstream::Registry;
use tokio::sync::{Mutex, MutexGuard, watch};

use crate::login::Gatekeeper;
use crate::{Desk, Trouble, guard, pages, routes};

/// How long a link lets somebody in.
const LINK_LASTS: Duration = Duration::from_secs(15 * 60);

/// What the owner can choose; it may change while the console serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsoleConfig {
    /// Whether the console answers at a listener that other machines can reach.
    pub remote: bool,
    /// How many days a login lasts, however much it is used.
    pub session_days: u64,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self { remote: false, session_days: 30 }
    }
}

/// The console. Cheap to clone.
#[derive(Clone)]
pub struct Console {
    inner: Arc<Inner>,
}

struct Inner {
    desk: Arc<dyn Desk>,
    keys: Keys,
    requests: Requests,
    flags: Flags,
    registry: Registry,
    config: ArcSwap<ConsoleConfig>,
    gatekeeper: Gatekeeper,
    model_changes: watch::Sender<u64>,
    /// Never says anything.
    silence: watch::Sender<u64>,
    /// Held by whoever changes a part of a setting, from reading to writing the whole.
    parts: Mutex<()>,
}

impl Console {
    /// A console of this house.
    pub fn new(desk: Arc<dyn Desk>, store: &Store, registry: Registry, config: ConsoleConfig) -> Self {
        let inner = Inner {
            desk,
            keys: store.keys(),
            requests: store.requests(),
            flags: store.flags(),
            registry,
            config: ArcSwap::from_pointee(config),
            gatekeeper: Gatekeeper::new(store.logins()),
            model_changes: watch::Sender::default(),
            silence: watch::Sender::default(),
            parts: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Everything under `/api` and `/console`. Over HTTP a request carries its peer as
    /// `axum::extract::ConnectInfo<SocketAddr>` and a `CancellationToken` that ends streams when the listener
    /// closes; from the window it carries [`crate::Visitor::Window`].
    pub fn router(&self) -> Router {
        let (api, _) = routes::all().split_for_parts();
        let all = api.merge(pages::routes());
        guard::stand_before(all, self).with_state(self.clone())
    }

    /// From now on it is so.
    pub fn configure(&self, config: ConsoleConfig) {
        self.inner.config.store(Arc::new(config));
    }

    /// Makes a link that lets its holder in once, within a quarter of an hour, and returns its token.
    pub async fn link(&self) -> Result<Secret, Trouble> {
        Ok(self.inner.gatekeeper.logins().add_link(LINK_LASTS).await?)
    }

    /// Whether a password exists, so that nobody needs a link.
    pub async fn has_password(&self) -> Result<bool, Trouble> {
        Ok(self.inner.gatekeeper.logins().password().await?.is_some())
    }

    /// Tells the pages that the models are to be read anew, for changes that were not made here.
    pub fn models_changed(&self) {
        self.inner.model_changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn desk(&self) -> &dyn Desk {
        self.inner.desk.as_ref()
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    pub(crate) fn requests(&self) -> &Requests {
        &self.inner.requests
    }

    pub(crate) fn flags(&self) -> &Flags {
        &self.inner.flags
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.inner.registry
    }

    pub(crate) fn config(&self) -> ConsoleConfig {
        **self.inner.config.load()
    }

    pub(crate) fn gatekeeper(&self) -> &Gatekeeper {
        &self.inner.gatekeeper
    }

    pub(crate) fn model_changes(&self) -> watch::Receiver<u64> {
        self.inner.model_changes.subscribe()
    }

    /// Hears of changes of conversations; never, where there are none.
    pub(crate) fn conversation_changes(&self) -> watch::Receiver<u64> {
        let kept = self.desk().conversations();
        kept.map_or_else(|| self.inner.silence.subscribe(), |kept| kept.changes())
    }

    /// Hears of exports that go on; never, where there are none.
    pub(crate) fn export_changes(&self) -> watch::Receiver<u64> {
        let exports = self.desk().exports();
        exports.map_or_else(|| self.inner.silence.subscribe(), |exports| exports.jobs.changes())
    }

    /// Waits until nobody else changes a part of a setting.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.inner.parts.lock().await
    }
}
