//! Several tabs of one account: one worker owns the browser and lends it to those of the other tabs.
//!
//! A worker that lends its browser closes it only when no other tab answers. Whoever needs the browser while it is
//! closed asks its owner to start it.

use std::sync::Arc;

use postern_browser::{BrowserError, Host};
use postern_protocol::account::State;
use tokio::sync::{OwnedRwLockReadGuard, RwLock, mpsc, oneshot, watch};
use tokio::time::sleep;

use super::ladder::Stuck;
use super::limits;
use super::tab::{Tab, Vessel, failure_of};
use super::worker::{Order, Worker};

/// How often the owner is asked for its browser.
const ASKS: usize = 3;

/// What an account's workers share of its browser. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Hull {
    host: Arc<Lent>,
    /// Read by those that answer in a tab of a lent browser, written by the owner that closes it.
    in_use: Arc<RwLock<()>>,
}

struct Lent(watch::Sender<Option<Host>>);

impl Default for Lent {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

/// A worker's part in the browser.
pub(super) enum Part {
    /// It starts and closes it.
    Owner,
    /// It has a tab of it.
    Guest {
        /// The owner's inbox. It must not keep the owner in service.
        owner: mpsc::WeakUnboundedSender<Order>,
        /// Keeps the browser from being closed, while the tab answers.
        aboard: Option<OwnedRwLockReadGuard<()>>,
    },
}

impl Part {
    /// One that has a tab of the browser that this worker owns.
    pub(super) fn guest_of(owner: &mpsc::UnboundedSender<Order>) -> Self {
        Self::Guest { owner: owner.downgrade(), aboard: None }
    }

    pub(super) fn is_owner(&self) -> bool {
        matches!(self, Self::Owner)
    }
}

impl Hull {
    fn host(&self) -> Option<Host> {
        self.host.0.borrow().clone().filter(Host::is_alive)
    }

    /// Lends the browser to nobody from now on.
    pub(super) fn withdraw(&self) {
        self.host.0.send_replace(None);
    }

    /// Whether a tab of the lent browser answers.
    pub(super) fn is_in_use(&self) -> bool {
        self.in_use.try_write().is_err()
    }
}

impl Worker {
    /// Lets the other tabs have the browser.
    pub(super) fn lend(&self) {
        let browser = self.tab.as_ref().and_then(|tab| tab.browser.own().ok());
        if let Some(browser) = browser.filter(|_| self.part.is_owner()) {
            self.hull.host.0.send_replace(browser.host());
        }
    }

    /// Lends the browser to nobody from now on, and waits until the other tabs have ended what they answer.
    pub(super) async fn call_in(&self) {
        if !self.part.is_owner() {
            return;
        }
        self.hull.withdraw();
        if self.tab.as_ref().is_some_and(|tab| tab.browser.is_alive()) {
            let hurry = async {
                self.closing.cancelled().await;
                // They are told to stop, too.
                sleep(limits::STOP_IN_ALL).await;
            };
            tokio::select! {
                _alone = self.hull.in_use.write() => {}
                () = hurry => {}
            }
        }
    }

    /// Gets the guest a browser: the owner is asked to start it, if need be.
    pub(super) async fn go_aboard(&mut self) -> Result<(), Stuck> {
        let Part::Guest { owner, aboard } = &mut self.part else { return Ok(()) };
        if aboard.is_some() && self.hull.host().is_some() {
            return Ok(());
        }
        *aboard = None;
        let gone = || failure_of(&BrowserError::Gone);
        for _ in 0..ASKS {
            let guard = Arc::clone(&self.hull.in_use).read_owned().await;
            let orders = owner.upgrade().ok_or_else(|| Stuck::Final(gone()))?;
            if self.hull.host().is_some() {
                *aboard = Some(guard);
                // It is no longer idle, which its owner has to know.
                let _ = orders.send(Order::Switched);
                return Ok(());
            }
            drop(guard);
            let (reply, warmed) = oneshot::channel();
            let _ = orders.send(Order::Warm(reply));
            drop(orders);
            warmed.await.unwrap_or_else(|_| Err(gone())).map_err(Stuck::Final)?;
        }
        Err(Stuck::Final(gone()))
    }

    /// The guest has ended what it had to do.
    pub(super) fn go_ashore(&mut self) {
        let Part::Guest { owner, aboard } = &mut self.part else { return };
        if aboard.take().is_some()
            && let Some(orders) = owner.upgrade()
        {
            let _ = orders.send(Order::Switched);
        }
    }

    /// Opens the guest's tab.
    pub(super) async fn open_lane(&mut self) -> Result<(), Stuck> {
        let opened = async {
            let host = self.hull.host().ok_or(BrowserError::Gone)?;
            let lane = host.open().await?;
            Tab::of(Vessel::Lent(Box::new(lane)), &self.selectors, &self.shared.models).await
        };
        self.tab = Some(opened.await.map_err(|error| Stuck::Climb(failure_of(&error)))?);
        Ok(())
    }

    /// What a guest has met concerns the account: its owner looks for itself.
    pub(super) fn report(&self) {
        if let Part::Guest { owner, .. } = &self.part
            && let Some(orders) = owner.upgrade()
        {
            let (reply, _) = oneshot::channel::<State>();
            let _ = orders.send(Order::Check(reply));
        }
    }
}
