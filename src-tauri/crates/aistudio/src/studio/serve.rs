//! One request from its arrival to its end: tries, second tries, Stop, and what is kept of a failure.

use std::sync::Arc;
use std::time::Duration;

use postern_browser::BrowserError;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, Failure, FailureKind, Finish, Request, Step};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::converse::Run;
use super::fill::Filled;
use super::ladder::Rung;
use super::limits;
use super::shared::Pending;
use super::tab::failure_of;
use super::teller::Teller;
use super::worker::Worker;
use crate::files::Files;
use crate::functions::Offer;
use crate::prompt::{Conversation, Held};
use crate::snapshot::{self, Scene};
use crate::wire::Capability;

/// One request.
pub(super) struct Job {
    pub(super) id: RequestId,
    pub(super) request: Arc<Request>,
    pub(super) files: Files,
    pub(super) out: UnboundedSender<Result<Event, Failure>>,
    pub(super) cancel: CancellationToken,
    pub(super) pending: Pending,
}

impl Job {
    /// Tells the caller how far it is.
    pub(super) fn step(&self, step: Step) {
        // A caller that is gone cancels the job; nothing else is to be done here.
        let _ = self.out.send(Ok(Event::Step(step)));
    }
}

/// A try that came to nothing.
struct Broken {
    failure: Failure,
    /// The form was filled; before that, filling it has tried all there is to try.
    filled: bool,
    /// Only the functions were not taken; nothing else was wrong.
    functions: bool,
}

/// A request on its way through the page.
struct Visit {
    /// What the caller said.
    said: Conversation,
    /// What is asked: the same and, in a second try, what Postern says of the reply.
    talk: Conversation,
    offer: Offer,
    asked_again: bool,
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
    pub(super) async fn serve(&mut self, job: Job) {
        if job.cancel.is_cancelled() {
            return;
        }
        if let Err(failure) = self.may_work() {
            let _ = job.out.send(Err(failure));
            return;
        }
        self.shared.state.send_replace(State::Busy);
        let outcome = self.answer(&job).await;
        self.settle_state(outcome.as_ref().err()).await;
        let Job { out, pending, files, .. } = job;
        // Whoever hears of the end finds the tab free, and no file left.
        drop((pending, files));
        let _ = out.send(outcome.map(Event::Finished));
    }

    async fn answer(&mut self, job: &Job) -> Result<Finish, Failure> {
        let talk = Conversation::of(&job.request)?;
        let offer = self.offer(&job.request)?;
        let mut visit = Visit { said: talk.clone(), talk, offer, asked_again: false };
        let mut teller = Teller::new(job);
        let mut tries = Tries::default();
        loop {
            let Broken { failure, filled, functions } = match self.attempt(job, &visit, &mut teller).await {
                Ok(finish) => match self.verdict_on(&mut visit, &mut teller, &job.request.model, finish)? {
                    Some(finish) => {
                        teller.release();
                        self.succeeded(&job.request.model, visit, &teller, finish);
                        return Ok(finish);
                    }
                    None => continue,
                },
                Err(broken) => broken,
            };
            if failure.kind == FailureKind::Cancelled {
                return Err(failure);
            }
            let about_functions = functions
                || (filled && self.selectors.meaning(&failure.message, &["functions_refused"]).is_some());
            let open = !teller.answered && !job.cancel.is_cancelled();
            if about_functions && open && self.in_words(&failure, &job.request.model, &mut visit.offer) {
                tracing::info!(account = %self.config.name, request = %job.id, why = %failure, "offering functions in words");
                continue;
            }
            if !functions {
                self.failed(job, &failure, if filled { "answering" } else { "filling the form" }).await;
            }
            if teller.said || job.cancel.is_cancelled() {
                return Err(failure);
            }
            if functions || !filled || !tries.again(failure.kind) {
                return Err(failure);
            }
            tracing::info!(account = %self.config.name, request = %job.id, why = %failure, "trying once more");
            sleep(limits::BACK_OFF).await;
        }
    }

    /// How the request's functions are offered at first.
    fn offer(&self, request: &Request) -> Result<Offer, Failure> {
        let mut offer = Offer::of(request, self.config.tool_mode)?;
        let list = self.shared.models.borrow();
        let model =
            list.as_ref().and_then(|list| list.models.iter().find(|model| model.is_called(&request.model)));
        let incapable = model
            .map(|model| &model.capabilities)
            .is_some_and(|can| can.known() && !can.has(Capability::Functions));
        let failed = self.unfit.as_ref().is_some_and(|(model, declarations)| {
            *model == request.model && offer.declarations() == Some(declarations)
        });
        if incapable || failed {
            offer.emulate();
        }
        Ok(offer)
    }

    /// Offers the functions in words from now on; whether that may be done. Where there is no other way, that is
    /// remembered; a call that went wrong may go well the next time.
    fn in_words(&mut self, failure: &Failure, model: &str, offer: &mut Offer) -> bool {
        let declarations = offer.declarations().map(str::to_owned);
        let may = offer.emulate();
        if may && failure.kind == FailureKind::BadRequest {
            self.unfit = declarations.map(|declarations| (model.to_owned(), declarations));
        }
        may
    }

    /// Whether the answer makes the calls it must make. One that does not is asked for again, once.
    fn verdict_on(
        &self,
        visit: &mut Visit,
        teller: &mut Teller<'_>,
        model: &str,
        finish: Finish,
    ) -> Result<Option<Finish>, Failure> {
        let finish = match (finish, teller.whole.tool_calls().is_empty()) {
            (Finish::Stop, false) => Finish::ToolCalls,
            (Finish::ToolCalls, true) => Finish::Stop,
            (other, _) => other,
        };
        // An answer that was cut short before it called anything could not be any better.
        let judged = matches!(finish, Finish::Stop | Finish::ToolCalls) || !teller.calls().is_empty();
        let complaint = visit.offer.complaint(&teller.calls(), teller.spoke()).filter(|_| judged);
        let Some(complaint) = complaint else { return Ok(Some(finish)) };
        if visit.asked_again {
            return Err(visit.offer.unmet());
        }
        visit.asked_again = true;
        let conversation = visit.talk.clone().answered(&teller.whole.text(), teller.calls());
        visit.talk = conversation.clone().objected(&complaint);
        self.hold(model, conversation, &visit.offer, teller);
        Ok(None)
    }

    /// The chat in the page is this conversation and may go on. Not where the caller was not told of every call: the
    /// page waits for the results of all.
    fn hold(&self, model: &str, conversation: Conversation, offer: &Offer, teller: &Teller<'_>) {
        let (mode, written) = (offer.mode(), teller.written);
        let held = || Held { model: model.to_owned(), conversation, mode, written };
        self.shared.hold((teller.dropped() == 0).then(held));
    }

    async fn attempt(&mut self, job: &Job, visit: &Visit, teller: &mut Teller<'_>) -> Result<Finish, Broken> {
        let cancelled = || Failure::new(FailureKind::Cancelled, "The request was cancelled");
        let closing = self.closing.clone();
        let filled = tokio::select! {
            biased;
            () = job.cancel.cancelled() => None,
            () = closing.cancelled() => None,
            filled = self.fill_in_time(job, visit) => Some(filled),
        };
        if filled.is_none() {
            // The form may be half changed.
            self.rung = self.rung.max(Rung::Load);
        }
        let filled = filled.unwrap_or_else(|| Err(cancelled()));
        let filled = filled.map_err(|failure| Broken { failure, filled: false, functions: false })?;
        self.rung = Rung::Stay;
        if let Some(failure) = filled.functions.failure() {
            return Err(Broken { failure, filled: true, functions: true });
        }
        if let Some(mode) = visit.offer.mode() {
            job.step(Step::Tools { mode });
        }
        teller.begin(&visit.offer, filled.written);
        let broken = |failure| Broken { failure, filled: true, functions: false };
        let config = &self.config;
        let tab = self.tab.as_mut().ok_or_else(|| broken(failure_of(&BrowserError::Gone)))?;
        let run = Run { job, config, filled };
        let outcome = tokio::select! {
            biased;
            () = job.cancel.cancelled() => None,
            () = closing.cancelled() => None,
            outcome = run.go(tab, teller) => Some(outcome),
        };
        self.shared.set_run_after(next_run(config.pause));
        if let Some(Ok(finish)) = outcome {
            tab.running = false;
            teller.end();
            return Ok(finish);
        }
        // A run that was just begun may not show its Stop button yet.
        self.stop(outcome.is_none()).await;
        outcome.unwrap_or_else(|| Err(cancelled())).map_err(broken)
    }

    /// Fills the form, and waits with it until the account may send another request.
    async fn fill_in_time(&mut self, job: &Job, visit: &Visit) -> Result<Filled, Failure> {
        let filled = self.fill(job, &visit.talk, &visit.offer).await?;
        let mut waited = false;
        // Another tab of the account may end an answer meanwhile.
        while let Some(moment) = self.shared.run_after().filter(|moment| *moment > Instant::now()) {
            sleep_until(moment).await;
            waited = true;
        }
        if waited {
            job.step(Step::Turn);
        }
        Ok(filled)
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

    fn succeeded(&mut self, model: &str, visit: Visit, teller: &Teller<'_>, finish: Finish) {
        self.failures = 0;
        self.keeping.answered();
        let answer = &teller.whole;
        let said = teller.spoke() || !answer.tool_calls().is_empty();
        let ended = matches!(finish, Finish::Stop | Finish::Length | Finish::ToolCalls);
        if said && ended {
            let conversation = visit.said.answered(&answer.text(), answer.tool_calls());
            self.hold(model, conversation, &visit.offer, teller);
        } else {
            self.shared.hold(None);
        }
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
}

/// When the next request may be sent: after the pause, and up to half as much again, as a person is no clock.
fn next_run(pause: Duration) -> Option<Instant> {
    (!pause.is_zero()).then(|| Instant::now() + pause.mul_f64(rand::random_range(1.0..=1.5)))
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
    fn the_next_request_waits_for_its_pause_and_a_little_more() {
        assert_eq!(next_run(Duration::ZERO), None);
        let hour = Duration::from_secs(3600);
        let now = Instant::now();
        let moments: Vec<Instant> = (0..100).filter_map(|_| next_run(hour)).collect();
        let latest = Instant::now() + hour.mul_f64(1.5);
        assert_eq!(moments.len(), 100);
        assert!(moments.iter().all(|moment| (now + hour..=latest).contains(moment)), "{moments:?}");
        assert!(
            moments.iter().any(|moment| moment.duration_since(moments[0]) > hour / 100
                || moments[0].duration_since(*moment) > hour / 100),
            "not always the same"
        );
    }

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
