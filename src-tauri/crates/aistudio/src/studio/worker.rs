//! The worker: owns the browser of one account and does one thing after the other with it.

use std::sync::Arc;

use postern_browser::BrowserError;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, Failure, FailureKind, Finish, Request, Step};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::converse::{Run, Teller};
use super::ladder::{Rung, Stuck};
use super::shared::{Held, Pending, Shared};
use super::tab::{Tab, failure_of};
use super::{Config, limits};
use crate::page::{Found, account_state};
use crate::prompt::Conversation;
use crate::selectors::Selectors;
use crate::snapshot::{self, Scene};

/// What the worker is asked to do.
pub(super) enum Order {
    Chat(Job),
    Warm(oneshot::Sender<Result<(), Failure>>),
    Check(oneshot::Sender<State>),
    Reload(oneshot::Sender<Result<(), Failure>>),
    SelfTest(oneshot::Sender<Result<Vec<Found>, Failure>>),
    /// The owner switched the account on or off.
    Switched,
}

/// One request.
pub(super) struct Job {
    pub(super) id: RequestId,
    pub(super) request: Arc<Request>,
    pub(super) out: UnboundedSender<Result<Event, Failure>>,
    pub(super) cancel: CancellationToken,
    pub(super) _pending: Pending,
}

impl Job {
    /// Tells the caller how far it is.
    pub(super) fn step(&self, step: Step) {
        // A caller that is gone cancels the job; nothing else is to be done here.
        let _ = self.out.send(Ok(Event::Step(step)));
    }
}

pub(super) struct Worker {
    pub(super) config: Config,
    pub(super) selectors: Arc<Selectors>,
    pub(super) shared: Shared,
    pub(super) tab: Option<Tab>,
    /// Where the next request begins.
    pub(super) rung: Rung,
    failures: u32,
    pub(super) closing: CancellationToken,
}

/// A try that came to nothing.
struct Broken {
    failure: Failure,
    /// The form was filled; before that, filling it has tried all there is to try.
    filled: bool,
}

/// Which second tries a request has used up.
#[derive(Default)]
struct Tries {
    refused: bool,
    /// Only the page, loaded again, says whether the site wants a sign-in or a human.
    signed_out: bool,
    passing: bool,
    lost_chat: bool,
}

impl Worker {
    pub(super) fn new(config: Config, shared: Shared, closing: CancellationToken) -> Self {
        let selectors = match &config.selectors_file {
            Some(path) => Selectors::with_file(path).unwrap_or_else(|error| {
                tracing::warn!(%error, "the built-in selectors are used instead of the file");
                Selectors::embedded()
            }),
            None => Selectors::embedded(),
        };
        Self {
            config,
            selectors: Arc::new(selectors),
            shared,
            tab: None,
            rung: Rung::Stay,
            failures: 0,
            closing,
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
                    tracing::warn!(account = %self.config.name, "the browser ended");
                    self.close_browser().await;
                    self.shared.state.send_replace(State::NotChecked);
                    continue;
                }
            };
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
        }
        self.close_browser().await;
        self.shared.state.send_replace(State::Off);
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Chat(job) => self.serve(job).await,
            Order::Warm(reply) => drop(reply.send(self.warm().await)),
            Order::Check(reply) => drop(reply.send(self.check().await)),
            Order::Reload(reply) => drop(reply.send(self.reload().await)),
            Order::SelfTest(reply) => drop(reply.send(self.self_test().await)),
            // Is heeded after every order.
            Order::Switched => {}
        }
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

    fn refuse_if_off(&self) -> Result<(), Failure> {
        if self.shared.is_enabled() {
            return Ok(());
        }
        let text = format!("The AI Studio account {} is switched off. Switch it on.", self.config.name);
        Err(Failure::new(FailureKind::Unavailable, text))
    }

    async fn serve(&mut self, job: Job) {
        if job.cancel.is_cancelled() {
            return;
        }
        if let Err(failure) = self.refuse_if_off() {
            let _ = job.out.send(Err(failure));
            return;
        }
        self.shared.state.send_replace(State::Busy);
        let outcome = self.answer(&job).await;
        self.settle_state(outcome.as_ref().err()).await;
        let _ = job.out.send(outcome.map(Event::Finished));
    }

    async fn answer(&mut self, job: &Job) -> Result<Finish, Failure> {
        let talk = Conversation::of(&job.request)?;
        let mut teller = Teller::new(job);
        let mut tries = Tries::default();
        loop {
            let Broken { failure, filled } = match self.attempt(job, &talk, &mut teller).await {
                Ok(finish) => {
                    self.succeeded(&job.request.model, talk, teller.whole.text, finish);
                    return Ok(finish);
                }
                Err(broken) => broken,
            };
            if failure.kind == FailureKind::Cancelled {
                return Err(failure);
            }
            self.failed(job, &failure, if filled { "answering" } else { "filling the form" }).await;
            if !filled || teller.said || job.cancel.is_cancelled() || !tries.again(failure.kind) {
                return Err(failure);
            }
            tracing::info!(account = %self.config.name, request = %job.id, why = %failure, "trying once more");
            sleep(limits::BACK_OFF).await;
        }
    }

    async fn attempt(
        &mut self,
        job: &Job,
        talk: &Conversation,
        teller: &mut Teller<'_>,
    ) -> Result<Finish, Broken> {
        let cancelled = || Failure::new(FailureKind::Cancelled, "The request was cancelled");
        let closing = self.closing.clone();
        let filled = tokio::select! {
            biased;
            () = job.cancel.cancelled() => None,
            () = closing.cancelled() => None,
            filled = self.fill(job, talk) => Some(filled),
        };
        if filled.is_none() {
            // The form may be half changed.
            self.rung = self.rung.max(Rung::Load);
        }
        let filled = filled.unwrap_or_else(|| Err(cancelled()));
        let filled = filled.map_err(|failure| Broken { failure, filled: false })?;
        let broken = |failure| Broken { failure, filled: true };
        self.rung = Rung::Stay;
        let config = &self.config;
        let tab = self.tab.as_mut().ok_or_else(|| broken(failure_of(&BrowserError::Gone)))?;
        let run = Run { job, config, filled, system: &talk.system };
        let outcome = tokio::select! {
            biased;
            () = job.cancel.cancelled() => None,
            () = closing.cancelled() => None,
            outcome = run.go(tab, teller) => Some(outcome),
        };
        if let Some(Ok(finish)) = outcome {
            tab.running = false;
            return Ok(finish);
        }
        // A run that was just begun may not show its Stop button yet.
        self.stop(outcome.is_none()).await;
        outcome.unwrap_or_else(|| Err(cancelled())).map_err(broken)
    }

    /// Presses Stop; a page that does not stop is loaded again before its next use.
    async fn stop(&mut self, just_begun: bool) {
        let Some(tab) = self.tab.as_mut().filter(|tab| tab.running) else { return };
        tab.running = false;
        let stopped = timeout(limits::STOP_IN_ALL, tab.site.stop(just_begun, limits::STOP)).await;
        if !matches!(stopped, Ok(Ok(true))) {
            self.rung = Rung::Load;
        }
    }

    fn succeeded(&mut self, model: &str, talk: Conversation, text: String, finish: Finish) {
        self.failures = 0;
        let whole = matches!(finish, Finish::Stop | Finish::Length) && !text.trim().is_empty();
        self.shared.hold(whole.then(|| Held { model: model.to_owned(), conversation: talk.answered(text) }));
    }

    /// Keeps a snapshot and decides where the next try begins.
    async fn failed(&mut self, job: &Job, failure: &Failure, step: &'static str) {
        self.shared.hold(None);
        match failure.kind {
            // The page is in order; only this request was not.
            FailureKind::BadRequest | FailureKind::UnknownModel | FailureKind::Quota => {}
            _ => {
                self.failures += 1;
                self.rung = self.rung.max(Rung::after(self.failures));
                self.keep_snapshot(job, failure, step).await;
            }
        }
    }

    async fn keep_snapshot(&self, job: &Job, failure: &Failure, step: &'static str) {
        let Some(tab) = &self.tab else { return };
        let scene = Scene {
            dir: &self.config.snapshots_dir,
            keep: self.config.max_snapshots,
            request: job.id.as_str(),
            step,
            failure,
        };
        match timeout(limits::SNAPSHOT, snapshot::take(&tab.site, &scene)).await {
            Ok(Ok(path)) => tracing::info!(path = %path.display(), "kept a snapshot of the failure"),
            Ok(Err(error)) => tracing::debug!(%error, "no snapshot of the failure"),
            Err(_) => tracing::debug!("no snapshot of the failure in time"),
        }
    }

    /// Publishes what the outcome says about the account.
    async fn settle_state(&mut self, failure: Option<&Failure>) {
        let open = self.tab.as_ref().is_some_and(|tab| tab.loaded.is_some());
        let told =
            matches!(*self.shared.state.borrow(), State::BrowserMissing { .. } | State::Blocked { .. });
        match failure.and_then(account_state) {
            Some(state) => {
                // A person who signs in needs the profile, which a running browser holds.
                self.close_browser().await;
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

    async fn warm(&mut self) -> Result<(), Failure> {
        self.refuse_if_off()?;
        let outcome = self.open_any().await;
        self.settle_state(outcome.as_ref().err()).await;
        outcome
    }

    async fn reload(&mut self) -> Result<(), Failure> {
        self.rung = self.rung.max(Rung::Load);
        self.warm().await
    }

    async fn check(&mut self) -> State {
        // What it says is in the state.
        let _ = self.reload().await;
        self.shared.state.borrow().clone()
    }

    async fn self_test(&mut self) -> Result<Vec<Found>, Failure> {
        self.warm().await?;
        let tab = self.tab.as_ref().ok_or_else(|| failure_of(&BrowserError::Gone))?;
        tab.site.self_test().await.map_err(|error| failure_of(&error))
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
        self.open_browser().await?;
        self.open_page(model).await
    }

    pub(super) async fn close_browser(&mut self) {
        self.shared.hold(None);
        if let Some(tab) = self.tab.take() {
            // Dropping the profile with it lets go of the lock.
            tab.browser.close().await;
        }
        self.shared.set_browser(|browser| browser.running = false);
    }
}

/// Resolves when the tab's browser died; never where there is none.
async fn exited(tab: Option<&Tab>) {
    match tab {
        Some(tab) => tab.browser.exited().await,
        None => std::future::pending().await,
    }
}

impl Tries {
    /// Whether a failure of this kind is worth a second try, and uses it up.
    fn again(&mut self, kind: FailureKind) -> bool {
        let used = match kind {
            FailureKind::Refused => &mut self.refused,
            FailureKind::SignInExpired => &mut self.signed_out,
            FailureKind::UpstreamError | FailureKind::Interrupted => &mut self.passing,
            FailureKind::PageChanged => &mut self.lost_chat,
            _ => return false,
        };
        !std::mem::replace(used, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_tried_again_once_at_most() {
        let mut tries = Tries::default();
        assert!(tries.again(FailureKind::Refused) && !tries.again(FailureKind::Refused));
        assert!(tries.again(FailureKind::UpstreamError) && !tries.again(FailureKind::Interrupted));
        assert!(tries.again(FailureKind::SignInExpired) && !tries.again(FailureKind::SignInExpired));
        for kind in [FailureKind::Quota, FailureKind::BadRequest, FailureKind::Timeout] {
            assert!(!tries.again(kind));
        }
    }
}
