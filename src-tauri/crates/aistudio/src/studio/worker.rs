//! The worker: owns the browser of one account and does one thing after the other with it.

use std::sync::Arc;

use futures::FutureExt;
use postern_protocol::account::State;
use postern_protocol::chat::{Failure, FailureKind};
use postern_protocol::page::PageReport;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::Config;
use super::keeping::Keeping;
use super::ladder::{Rung, Stuck};
use super::lanes::{Hull, Part};
use super::serve::Job;
use super::shared::Shared;
use super::show::{ShowError, Window, glimpse};
use super::tab::Tab;
use crate::fleet::Berth;
use crate::page::account_state;
use crate::selectors::Selectors;
use crate::session::Session;

/// What the worker is asked to do.
pub(super) enum Order {
    Chat(Job),
    Warm(oneshot::Sender<Result<(), Failure>>),
    Check(oneshot::Sender<State>),
    Reload(oneshot::Sender<Result<(), Failure>>),
    Show(bool, oneshot::Sender<Result<(), ShowError>>),
    SelfTest(oneshot::Sender<Result<PageReport, Failure>>),
    Session(oneshot::Sender<Result<Session, Failure>>),
    /// The owner switched the account on or off.
    Switched,
}

pub(super) struct Worker {
    pub(super) config: Config,
    pub(super) selectors: Arc<Selectors>,
    pub(super) shared: Shared,
    pub(super) tab: Option<Tab>,
    /// The right to have a browser, as long as there is one.
    berth: Option<Berth>,
    /// The window, when somebody wants to see the browser.
    pub(super) window: Option<Window>,
    /// Where the next request begins.
    pub(super) rung: Rung,
    pub(super) failures: u32,
    /// The last declarations that the page did not take, and with which model.
    pub(super) unfit: Option<(String, String)>,
    pub(super) keeping: Keeping,
    pub(super) closing: CancellationToken,
    pub(super) part: Part,
    pub(super) hull: Hull,
}

impl Worker {
    pub(super) fn new(
        config: Config,
        shared: Shared,
        closing: CancellationToken,
        part: Part,
        hull: Hull,
    ) -> Self {
        Self {
            config,
            selectors: shared.pack.current(),
            shared,
            tab: None,
            berth: None,
            window: None,
            rung: Rung::Stay,
            failures: 0,
            unfit: None,
            keeping: Keeping::default(),
            closing,
            part,
            hull,
        }
    }

    pub(super) async fn run(mut self, mut orders: UnboundedReceiver<Order>) {
        let closing = self.closing.clone();
        loop {
            let order = tokio::select! {
                biased;
                () = closing.cancelled() => break,
                order = orders.recv() => order,
                () = exited(self.tab.as_ref()) => {
                    self.browser_ended().await;
                    continue;
                }
                glimpse = glimpse(self.window.as_mut()) => {
                    tokio::select! {
                        biased;
                        () = closing.cancelled() => break,
                        () = self.heed_window(glimpse) => continue,
                    }
                }
                () = dismissed(self.berth.as_ref()) => {
                    tracing::info!(account = %self.config.name, "closing the idle browser");
                    // What is known of the account stays; its next request starts the browser again.
                    self.close_browser().await;
                    continue;
                }
                () = self.keeping.due() => {
                    self.keep_session().await;
                    continue;
                }
            };
            self.work().await;
            match order {
                None => break,
                // Says by itself that it was cut short.
                Some(order @ Order::Chat(_)) => self.obey(order).await,
                // A browser that is being started, or a page that loads, must not hold up the end.
                Some(order) => tokio::select! {
                    biased;
                    () = closing.cancelled() => break,
                    () = self.obey(order) => {}
                },
            }
            self.heed_switch().await;
            self.rest();
        }
        self.close_browser().await;
        self.shared.state.send_replace(State::Off);
    }

    async fn obey(&mut self, order: Order) {
        self.take_up_selectors().await;
        match order {
            Order::Chat(job) => self.serve(job).await,
            Order::Warm(reply) => drop(reply.send(self.warm().await)),
            Order::Check(reply) => drop(reply.send(self.check().await)),
            Order::Reload(reply) => drop(reply.send(self.reload().await)),
            Order::Show(shown, reply) => drop(reply.send(self.show(shown).await)),
            // Whoever asked may have gone while it waited.
            Order::SelfTest(reply) if reply.is_closed() => {}
            Order::SelfTest(reply) => drop(reply.send(self.self_test().await)),
            Order::Session(reply) => drop(reply.send(self.session().await)),
            // Is heeded after every order.
            Order::Switched => {}
        }
    }

    /// From now on the browser is in use, unless another one was promised its berth.
    async fn work(&mut self) {
        if self.berth.as_ref().is_some_and(|berth| !berth.work()) {
            self.close_browser().await;
        }
    }

    /// From now on the browser is idle.
    fn rest(&mut self) {
        self.go_ashore();
        // One that did not come up needs no berth.
        self.berth = self.berth.take().filter(|_| self.tab.is_some());
        if self.tab.is_none() {
            self.tell_closed();
        }
        match (&mut self.window, &self.berth) {
            // Nobody else gets the place of a browser that a person looks at.
            (Some(window), _) => window.touch(),
            (None, Some(berth)) if !self.hull.is_in_use() => berth.rest(),
            (None, _) => {}
        }
    }

    /// Waits until there may be a browser; whether that took a while.
    pub(super) async fn take_berth(&mut self) -> bool {
        if self.berth.is_some() || !self.part.is_owner() {
            return false;
        }
        let fleet = self.config.fleet.clone();
        let mut admission = Box::pin(fleet.admit());
        let at_once = (&mut admission).now_or_never();
        let waited = at_once.is_none();
        self.berth = Some(match at_once {
            Some(berth) => berth,
            None => {
                tracing::info!(account = %self.config.name, "waiting until another browser may be started");
                admission.await
            }
        });
        waited
    }

    /// Puts an account to rest that was switched off, and takes one back that was switched on.
    async fn heed_switch(&mut self) {
        if !self.shared.is_enabled() {
            self.close_browser().await;
        }
        let enabled = self.shared.is_enabled();
        self.shared.state.send_if_modified(|state| {
            let changed = enabled == (*state == State::Off);
            if changed {
                *state = if enabled { State::NotChecked } else { State::Off };
            }
            changed
        });
    }

    /// Fails while the account's browser is not to be used.
    pub(super) fn may_work(&self) -> Result<(), Failure> {
        if self.is_with_person() {
            return Err(self.with_person());
        }
        if self.shared.is_enabled() {
            return Ok(());
        }
        let text = format!("The AI Studio account {} is switched off. Switch it on.", self.config.name);
        Err(Failure::new(FailureKind::Unavailable, text))
    }

    /// Publishes what the outcome says about the account.
    pub(super) async fn settle_state(&mut self, failure: Option<&Failure>) {
        if let Some(failure) = failure {
            self.keeping.failed(failure);
        }
        let open = self.tab.as_ref().is_some_and(|tab| tab.loaded.is_some());
        let told =
            matches!(*self.shared.state.borrow(), State::BrowserMissing { .. } | State::Blocked { .. });
        let lasting = failure.and_then(account_state);
        if lasting.is_some() && !self.part.is_owner() {
            self.report();
        }
        match lasting {
            Some(state) => {
                match &mut self.window {
                    Some(window) => {
                        self.hull.withdraw();
                        window.hand_over();
                    }
                    // A person who signs in needs the profile, which a running browser holds.
                    None => self.close_browser().await,
                }
                self.shared.state.send_replace(state);
            }
            None if failure.is_some() && told => {}
            // It is put to rest next.
            None if !self.shared.is_enabled() => {}
            None => {
                self.shared.state.send_replace(if open { State::Ready } else { State::NotChecked });
            }
        }
    }

    pub(super) async fn warm(&mut self) -> Result<(), Failure> {
        self.may_work()?;
        let outcome = self.open_any().await;
        self.settle_state(outcome.as_ref().err()).await;
        outcome
    }

    async fn reload(&mut self) -> Result<(), Failure> {
        self.rung = self.rung.max(Rung::Load);
        self.warm().await
    }

    async fn check(&mut self) -> State {
        // What either says is in the state.
        if self.is_with_person() {
            self.look_again().await;
        } else {
            let _ = self.reload().await;
        }
        self.shared.state.borrow().clone()
    }

    /// Opens the page with whatever model it opens with, unless it is open.
    async fn open_any(&mut self) -> Result<(), Failure> {
        loop {
            let loaded = self.tab.as_ref().and_then(|tab| tab.loaded.as_ref());
            let model = loaded.map(|loaded| loaded.model.clone()).unwrap_or_default();
            match self.open(&model).await {
                Ok(()) => {
                    self.rung = Rung::Stay;
                    return Ok(());
                }
                Err(Stuck::Final(failure)) => return Err(failure),
                Err(Stuck::Climb(failure)) => match self.rung.against(&failure) {
                    Some(next) => self.rung = next,
                    None => return Err(failure),
                },
            }
        }
    }

    async fn open(&mut self, model: &str) -> Result<(), Stuck> {
        self.take_berth().await;
        self.go_aboard().await?;
        self.open_browser().await?;
        self.open_page(model).await
    }

    /// Closes the browser, if there is one, and gives its berth away.
    pub(super) async fn close_browser(&mut self) {
        self.end_browser().await;
        self.window = None;
        self.berth = None;
        self.tell_closed();
    }

    /// Closes the browser, if there is one; another one is started at once.
    pub(super) async fn end_browser(&mut self) {
        self.shared.hold(None);
        self.call_in().await;
        self.keep_session().await;
        if let Some(tab) = self.tab.take() {
            tab.browser.close().await;
        }
    }

    /// Whoever hears of it finds the browser's place free.
    fn tell_closed(&self) {
        if self.part.is_owner() {
            self.shared.set_browser(|browser| {
                browser.running = false;
                browser.shown = false;
            });
        }
    }
}

/// Resolves when the browser was idle for long enough, or another one needs its place.
async fn dismissed(berth: Option<&Berth>) {
    match berth {
        Some(berth) => berth.dismissed().await,
        None => std::future::pending().await,
    }
}

/// Resolves when the tab's browser died; never where there is none.
async fn exited(tab: Option<&Tab>) {
    match tab {
        Some(tab) => tab.browser.exited().await,
        None => std::future::pending().await,
    }
}
