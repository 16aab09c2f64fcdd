//! The way of one request from its model's name to the last event: upstream, queue, work, time limits.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_stream::try_stream;
use futures::{Stream, StreamExt, stream};
use postern_protocol::chat::{Event, Failure, FailureKind, Request};
use postern_upstream::{Call, EventStream, Upstream};
use tokio::time::{Instant, timeout, timeout_at};

use crate::auth::Pass;
use crate::queue::{Application, Ticket};
use crate::rules::Rules;
use crate::stop::{Stop, stopping};
use crate::visit::{Plan, Visit};
use crate::{Config, Gateway};

/// An upstream that tells its steps keeps the limits by itself, and knows what to do then: this much longer it may
/// take to stop what does not answer and to turn to another account.
const LAST_STEP: Duration = Duration::from_secs(20);
/// Longer than anything runs.
const A_YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// What is to be answered, and for whom.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) request: Request,
    pub(crate) pass: Pass,
    pub(crate) rules: Rules,
    /// Whether the caller takes the answer piece by piece.
    pub(crate) stream: bool,
    pub(crate) stop: Stop,
    /// Fields that the route itself takes and cannot honour.
    pub(crate) ignored: Vec<&'static str>,
}

/// The answer to `job`. It ends with [`Event::Finished`] or one failure; by then the upstream's work is
/// over, or stopped. Dropping it gives up the place in the queue and stops the work.
pub(crate) fn answer(
    gateway: Gateway,
    job: Job,
    visit: Visit,
) -> impl Stream<Item = Result<Event, Failure>> + Send + 'static {
    let silent = job.request.wishes.include_thoughts == Some(false);
    let events = try_stream! {
        let mut work = begin(&gateway, job, &visit).await?;
        while let Some(event) = work.next().await {
            let event = event?;
            visit.saw(&event);
            let hidden = match &event {
                Event::Step(_) => true,
                Event::Reasoning { .. } => silent,
                Event::Text { text } => text.is_empty(),
                _ => false,
            };
            if !hidden {
                yield event;
            }
        }
    };
    // A panic in an upstream ends this answer only.
    AssertUnwindSafe(events).catch_unwind().map(|event| event.unwrap_or_else(|_| Err(defect())))
}

async fn begin(gateway: &Gateway, job: Job, visit: &Visit) -> Result<Work, Failure> {
    let (stop, rules) = (job.stop.clone(), job.rules.clone());
    let (upstream, call, ticket) = tokio::select! {
        biased;
        () = stop.begun.cancelled() => return Err(stopping()),
        admitted = admission(gateway, job, visit) => admitted?,
    };
    Ok(Work::new(upstream.as_ref(), call, ticket, stop, rules.config()))
}

/// Finds out who answers and waits for a lane.
async fn admission(
    gateway: &Gateway,
    job: Job,
    visit: &Visit,
) -> Result<(Arc<dyn Upstream>, Call, Ticket), Failure> {
    let Job { mut request, pass, rules, stream, mut ignored, .. } = job;
    let config = rules.config();
    let resolved = timeout(config.first_byte_timeout, gateway.registry().resolve(&request.model));
    let (upstream, model) = resolved.await.map_err(|_| no_model_in_time(&request.model))??;
    if !pass.allows(&request.model, upstream.name(), upstream.base(&model)) {
        return Err(pass.not_allowed(&request.model));
    }
    check_candidates(&request, upstream.as_ref())?;
    request.model.clone_from(&model);
    ignored.extend(upstream.ignores(&request));
    visit.planned(Plan { upstream: upstream.name().to_owned(), model, ignored });
    let call = Call { id: visit.id().clone(), principal: pass.principal(), request: Arc::new(request) };
    let application = Application { call: call.clone(), caller: pass.caller, stream };
    let mut ticket = gateway.queue().enter(&upstream, application, config.queue_length)?;
    if ticket.waits() {
        visit.queued();
    }
    ticket.admitted().await?;
    visit.admitted();
    Ok((upstream, call, ticket))
}

/// A running answer. Its parts are dropped in this order: first the work stops, then the lane is free.
struct Work {
    events: EventStream,
    ticket: Option<Ticket>,
    stop: Stop,
    limits: Limits,
}

struct Limits {
    begun: Instant,
    /// When the last event came.
    last: Instant,
    /// Whether a piece of the answer has come.
    spoken: bool,
    /// When the upstream last got further on its way to the answer.
    step: Option<Instant>,
    first_byte: Duration,
    silence: Duration,
    total: Duration,
}

impl Work {
    fn new(upstream: &dyn Upstream, call: Call, ticket: Ticket, stop: Stop, config: &Config) -> Self {
        let now = Instant::now();
        let limits = Limits {
            begun: now,
            last: now,
            spoken: false,
            step: None,
            first_byte: config.first_byte_timeout,
            silence: config.silence_timeout,
            total: config.total_timeout,
        };
        Self { events: upstream.chat(call), ticket: Some(ticket), stop, limits }
    }

    /// The next event; `None` after the last one. With the last one the work is over and the lane free.
    async fn next(&mut self) -> Option<Result<Event, Failure>> {
        let ticket = self.ticket.as_ref()?;
        let (deadline, limit) = self.limits.deadline();
        let event = tokio::select! {
            biased;
            () = ticket.cancelled() => Err(cancelled()),
            () = self.stop.time_is_up.cancelled() => Err(stopping()),
            event = timeout_at(deadline, self.events.next()) => match event {
                Ok(Some(event)) => event,
                Ok(None) => Err(Failure::new(FailureKind::Interrupted, "The answer broke off before its end.")),
                Err(_) => Err(Failure::new(FailureKind::Timeout, limit)),
            },
        };
        match &event {
            Ok(Event::Finished(_)) | Err(_) => self.end(),
            Ok(event) => self.limits.saw(event),
        }
        Some(event)
    }

    fn end(&mut self) {
        self.events = stream::empty().boxed();
        self.ticket = None;
    }
}

impl Limits {
    /// When patience ends, and what is said then.
    fn deadline(&self) -> (Instant, &'static str) {
        let pause = if self.spoken {
            (after(self.last, self.silence), "The answer stopped coming. Try again.")
        } else {
            let patience = match self.step {
                Some(step) => after(step, self.first_byte) + LAST_STEP,
                None => after(self.begun, self.first_byte),
            };
            (patience, "No answer began in time. Try again.")
        };
        let total = (after(self.begun, self.total), "The answer took too long and was stopped.");
        if total.0 < pause.0 { total } else { pause }
    }

    fn saw(&mut self, event: &Event) {
        self.last = Instant::now();
        if matches!(event, Event::Step(_)) {
            self.step = Some(self.last);
        }
        self.spoken |= is_piece(event);
    }
}

/// Whether the event is a piece of the answer that the caller can be told. An upstream that holds a text back tells
/// empty pieces of it, by which it is known to come.
pub(crate) fn says_something(event: &Event) -> bool {
    is_piece(event) && !matches!(event, Event::Text { text } if text.is_empty())
}

/// Whether the event is a piece of the answer, rather than news about it.
fn is_piece(event: &Event) -> bool {
    match event {
        Event::Started { .. } | Event::Step(_) | Event::Usage(_) | Event::Candidate { .. } => false,
        Event::Text { .. }
        | Event::Reasoning { .. }
        | Event::Refusal { .. }
        | Event::Signature(_)
        | Event::Sealed(_)
        | Event::ToolCall(_)
        | Event::CallBegun { .. }
        | Event::Arguments { .. }
        | Event::Image { .. }
        | Event::Audio { .. }
        | Event::Citation { .. }
        | Event::CandidateFinished(_)
        | Event::Finished(_) => true,
    }
}

/// The moment so long after another.
pub(crate) fn after(begin: Instant, length: Duration) -> Instant {
    begin + length.min(A_YEAR)
}

pub(crate) fn cancelled() -> Failure {
    Failure::new(FailureKind::Cancelled, "The request was cancelled.")
}

fn check_candidates(request: &Request, upstream: &dyn Upstream) -> Result<(), Failure> {
    let most = upstream.most_candidates();
    let Some(asked) = request.candidates.filter(|asked| *asked > most) else { return Ok(()) };
    let message = format!(
        "{asked} answers were asked for, but {} gives {most} to one request. Send several requests for more.",
        upstream.name()
    );
    Err(Failure::new(FailureKind::BadRequest, message).param("n"))
}

fn no_model_in_time(model: &str) -> Failure {
    let shown: String = model.chars().take(100).collect();
    Failure::new(
        FailureKind::Timeout,
        format!("Who serves the model `{shown}` could not be found out in time."),
    )
}

fn defect() -> Failure {
    Failure::new(FailureKind::Internal, "This is a defect of Postern. Its log says more; the server goes on.")
}
