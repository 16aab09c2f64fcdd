//! What a worker and the handles on it both know.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::SystemTime;

use postern_protocol::account::State;
use postern_protocol::chat::{Request, ToolChoice};
use postern_protocol::page::PageReport;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::prompt::{Conversation, Held, Plan};
use crate::selectors::Pack;
use crate::session::SessionKeeper;
use crate::wire::Model;

/// What the worker tells its handles.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) state: watch::Sender<State>,
    pub(super) models: Models,
    /// Whether its owner wants it used.
    pub(super) enabled: Arc<AtomicBool>,
    pub(super) pending: Arc<AtomicUsize>,
    held: Arc<Mutex<Option<Held>>>,
    /// Before this moment the account sends no other request.
    run_after: Arc<Mutex<Option<Instant>>>,
    known: Arc<Mutex<Known>>,
    keeper: Arc<OnceLock<Arc<dyn SessionKeeper>>>,
    /// The selectors in force.
    pub(super) pack: Pack,
}

/// The page's last list of models.
pub(super) type Models = watch::Sender<Option<ModelList>>;

/// The models as the page got them.
#[derive(Clone, Debug)]
pub(super) struct ModelList {
    pub(super) models: Arc<Vec<Model>>,
    pub(super) read_at: SystemTime,
}

/// The account's browser, seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BrowserFacts {
    pub(super) running: bool,
    /// In a window that somebody asked for.
    pub(super) shown: bool,
    /// Stays when the browser is closed.
    pub(super) version: Option<String>,
}

#[derive(Default)]
struct Known {
    identity: Option<String>,
    browser: BrowserFacts,
    report: Option<Arc<PageReport>>,
}

impl Shared {
    pub(super) fn new(pack: Pack) -> Self {
        Self {
            state: watch::Sender::new(State::NotChecked),
            models: watch::Sender::new(None),
            enabled: Arc::new(AtomicBool::new(true)),
            pending: Arc::default(),
            held: Arc::default(),
            run_after: Arc::default(),
            known: Arc::default(),
            keeper: Arc::default(),
            pack,
        }
    }

    /// For another tab of the same account: what concerns the tab and the browser's care is its own.
    pub(super) fn of_lane(&self) -> Self {
        Self {
            state: watch::Sender::new(State::NotChecked),
            pending: Arc::default(),
            held: Arc::default(),
            keeper: Arc::default(),
            ..self.clone()
        }
    }

    /// The moment before which the account sends no other request.
    pub(super) fn run_after(&self) -> Option<Instant> {
        *lock(&self.run_after)
    }

    pub(super) fn set_run_after(&self, moment: Option<Instant>) {
        *lock(&self.run_after) = moment;
    }

    /// Who keeps the session, if anybody does.
    pub(super) fn keeper(&self) -> Option<Arc<dyn SessionKeeper>> {
        self.keeper.get().cloned()
    }

    /// The first one stays.
    pub(super) fn keep_with(&self, keeper: Arc<dyn SessionKeeper>) {
        let _ = self.keeper.set(keeper);
    }

    pub(super) fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::SeqCst)
    }

    pub(super) fn held(&self) -> Option<Held> {
        lock(&self.held).clone()
    }

    pub(super) fn hold(&self, held: Option<Held>) {
        *lock(&self.held) = held;
    }

    /// How many requests wait for the tab or are answered in it.
    pub(super) fn pending(&self) -> usize {
        self.pending.load(Ordering::Relaxed)
    }

    /// Whether the request goes on with the chat that the tab holds, where it means this model.
    pub(super) fn goes_on(&self, model: &str, request: &Request) -> bool {
        let Some(held) = self.held().filter(|held| held.model == model) else { return false };
        let offers = !request.tools.is_empty() && request.tool_choice != ToolChoice::None;
        // How they will be offered is known later; most likely as before.
        let mode = held.mode.filter(|_| offers);
        let plan = Conversation::of(request).map(|talk| talk.plan(Some(&held), mode));
        matches!(plan, Ok(Plan::Continue { .. } | Plan::Results { .. }))
    }

    pub(super) fn identity(&self) -> Option<String> {
        self.known().identity.clone()
    }

    /// The page showed whose account it is.
    pub(super) fn identify(&self, email: &str) {
        let changed = {
            let mut known = self.known();
            let changed = known.identity.as_deref() != Some(email);
            known.identity = Some(email.to_owned());
            changed
        };
        if changed {
            self.wake();
        }
    }

    /// What the last look at the page found.
    pub(super) fn report(&self) -> Option<Arc<PageReport>> {
        self.known().report.clone()
    }

    pub(super) fn note_report(&self, report: PageReport) {
        self.known().report = Some(Arc::new(report));
        self.wake();
    }

    pub(super) fn browser(&self) -> BrowserFacts {
        self.known().browser.clone()
    }

    /// Something about the browser is different now.
    pub(super) fn set_browser(&self, change: impl FnOnce(&mut BrowserFacts)) {
        let changed = {
            let mut known = self.known();
            let before = known.browser.clone();
            change(&mut known.browser);
            known.browser != before
        };
        if changed {
            self.wake();
        }
    }

    /// Those who follow the state hear of what else is new, too.
    fn wake(&self) {
        self.state.send_modify(|_| {});
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.known)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a request for as long as it lives.
pub(super) struct Pending(Arc<AtomicUsize>);

impl Pending {
    pub(super) fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
