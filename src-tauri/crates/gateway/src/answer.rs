//! The way of one request from its model's name to the last event of its answer.

use std::panic::AssertUnwindSafe;

use async_stream::try_stream;
use futures::{Stream, StreamExt};
use postern_protocol::chat::{Event, Failure, FailureKind, Request};
use postern_upstream::Upstream;

use crate::attempts::{Attempts, Route};
use crate::work::{Sign, Telling, Work, defect};

/// What is to be answered.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) request: Request,
    /// Fields that the route itself takes and cannot honour.
    pub(crate) ignored: Vec<&'static str>,
}

impl From<Request> for Job {
    fn from(request: Request) -> Self {
        Self { request, ignored: Vec::new() }
    }
}

/// The answer to `job`. It ends with [`Event::Finished`] or one failure; by then the upstream's work is
/// over, or stopped. Dropping it gives up the place in the queue and stops the work.
pub(crate) fn answer(
    mut attempts: Attempts,
    mut job: Job,
) -> impl Stream<Item = Result<Event, Failure>> + Send + 'static {
    let silent = job.request.wishes.include_thoughts == Some(false);
    let events = try_stream! {
        let visit = attempts.asking.visit.clone();
        let mut spoken = false;
        'asked: while !spoken {
            let route = attempts.route().await?;
            let mut work = match begin(&attempts, &route, &mut job).await {
                Ok(work) => work,
                Err(failure) => {
                    attempts.go_on(failure)?;
                    continue;
                }
            };
            while let Some(event) = work.next().await {
                let event = match event {
                    Err(failure) if !spoken => {
                        drop(work);
                        attempts.go_on(failure)?;
                        continue 'asked;
                    }
                    event => event?,
                };
                spoken |= is_piece(&event);
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
        }
    };
    // A panic on the way to an upstream ends this answer only.
    AssertUnwindSafe(events).catch_unwind().map(|event| event.unwrap_or_else(|_| Err(defect())))
}

async fn begin(attempts: &Attempts, route: &Route, job: &mut Job) -> Result<Work<Event>, Failure> {
    let upstream = route.upstream.as_ref();
    check_candidates(&job.request, upstream)?;
    // What is asked is large at times, and wanted again only if somebody else is left.
    let request = if attempts.is_last() { std::mem::take(&mut job.request) } else { job.request.clone() };
    let mut ignored = job.ignored.clone();
    ignored.extend(upstream.ignores(&request));
    let (call, ticket) = attempts.admit(route, request, ignored).await?;
    let asking = &attempts.asking;
    Ok(Work::new(upstream.chat(call), ticket, asking.stop.clone(), asking.rules.config()))
}

impl Telling for Event {
    fn sign(&self) -> Sign {
        match self {
            Self::Step(_) => Sign::Step,
            Self::Finished(_) => Sign::Last,
            event if is_piece(event) => Sign::Piece,
            _ => Sign::News,
        }
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

fn check_candidates(request: &Request, upstream: &dyn Upstream) -> Result<(), Failure> {
    let most = upstream.most_candidates();
    let Some(asked) = request.candidates.filter(|asked| *asked > most) else { return Ok(()) };
    let message = format!(
        "{asked} answers were asked for, but {} gives {most} to one request. Send several requests for more.",
        upstream.name()
    );
    Err(Failure::new(FailureKind::BadRequest, message).param("n"))
}
