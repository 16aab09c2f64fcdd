//! `POST /v1/images/generations`: pictures that a model draws. A model draws one in an answer, so several are asked for
//! one after the other.

use std::ops::Add;

use axum::extract::Request;
use axum::response::Response;
use futures::Stream;
use postern_protocol::chat::{Completion, Event, Failure, FailureKind, Finish, Usage};
use postern_protocol::openai::{self, ImageCall};
use postern_upstream::Operation;
use tokio::time::{Instant, timeout_at};

use crate::answer::{Job, answer};
use crate::asking::Asking;
use crate::attempts::Attempts;
use crate::conversation::{finish, fold, json, stamp};
use crate::intake::{Intake, take_in};
use crate::reject::Reject;
use crate::work::after;

/// So much of what a model says in place of a picture is repeated.
const LONGEST: usize = 300;

pub(crate) async fn draw(asking: Asking, request: Request) -> Result<Response, Reject> {
    let taken = take_in(asking, request, Operation::Images.into(), openai::decode_images).await?;
    let (ImageCall { request, count, as_url, ignored }, attempts) = match taken {
        Intake::Answered(response) => return Ok(response),
        Intake::Read(call, attempts) => (call, attempts),
    };
    let visit = attempts.asking.visit.clone();
    let stamp = stamp(&visit, &request.model);
    let drawn = draw_all(attempts, Job { request, ignored }, count).await;
    Ok(finish(drawn.map(|drawn| json(openai::encode_images(&stamp, &drawn, as_url))), &visit))
}

/// As many pictures as were asked for, of those who were not asked in vain before; of an answer that holds too many the last go. When one is not drawn, or not in
/// time, those before it are handed over, with a warning.
async fn draw_all(attempts: Attempts, job: Job, count: u32) -> Result<Vec<Completion>, Failure> {
    let visit = &attempts.asking.visit;
    let end = after(Instant::now(), attempts.asking.rules.config().total_timeout);
    let mut drawn: Vec<Completion> = Vec::new();
    let mut missing = count as usize;
    while missing > 0 {
        let next = timeout_at(end, draw_one(answer(attempts.clone(), job.clone()))).await;
        // Both limits may have run out by now; this one is the request's.
        let next = if Instant::now() < end { next.unwrap_or_else(|_| Err(late())) } else { Err(late()) };
        let mut next = match next {
            Ok(next) => next,
            Err(failure) if drawn.is_empty() => return Err(failure),
            Err(failure) => {
                visit.warn(&format!(
                    "only {} of {count} pictures were drawn: {failure}",
                    count as usize - missing
                ));
                break;
            }
        };
        next.keep_images(missing);
        missing -= next.images().len();
        drawn.push(next);
        // The journal is to have the tokens of all, not of the last alone.
        if let Some(spent) = spent(&drawn) {
            visit.saw(&Event::Usage(spent));
        }
    }
    Ok(drawn)
}

async fn draw_one(events: impl Stream<Item = Result<Event, Failure>>) -> Result<Completion, Failure> {
    let answer = fold(events).await?;
    if answer.images().is_empty() { Err(undrawn(&answer)) } else { Ok(answer) }
}

fn late() -> Failure {
    Failure::new(FailureKind::Timeout, "The pictures took too long. Try again, or ask for fewer.")
}

fn spent(drawn: &[Completion]) -> Option<Usage> {
    drawn.iter().filter_map(|one| one.usage).reduce(Usage::add)
}

fn undrawn(answer: &Completion) -> Failure {
    let said: String = answer.text().trim().chars().take(LONGEST).collect();
    let message = if answer.finish() == Some(Finish::ContentFilter) {
        "The provider withheld the picture. Change the prompt and try again.".to_owned()
    } else if said.is_empty() {
        "The model answered without a picture. Ask a model that draws; its name mostly ends in 'image'."
            .to_owned()
    } else {
        format!("The model drew no picture, but said: {said}")
    };
    Failure::new(FailureKind::UpstreamError, message)
}
