//! `POST /v1/images/generations`: pictures that a model draws. A model draws one in an answer, so several are asked for
//! one after the other.

use std::ops::Add;
use std::time::Duration;

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use futures::Stream;
use postern_protocol::chat::{Completion, Event, Failure, FailureKind, Finish, Usage};
use postern_protocol::openai::{self, ImageCall};
use tokio::time::{Instant, timeout_at};

use crate::answer::{Job, after, answer};
use crate::auth::Pass;
use crate::chat::{finish, fold, json, stamp};
use crate::reject::Reject;
use crate::rules::Rules;
use crate::stop::Stop;
use crate::visit::Visit;
use crate::{Gateway, body};

/// So much of what a model says in place of a picture is repeated.
const LONGEST: usize = 300;

pub(crate) async fn draw(
    State(gateway): State<Gateway>,
    Extension(visit): Extension<Visit>,
    Extension(pass): Extension<Pass>,
    Extension(rules): Extension<Rules>,
    request: Request,
) -> Result<Response, Reject> {
    let stop = request.extensions().get::<Stop>().cloned().unwrap_or_default();
    let config = rules.config();
    let bytes = body::read(request, config.body_bytes, config.total_timeout).await?;
    let ImageCall { request, count, as_url, ignored } = openai::decode_images(&bytes)?;
    visit.asked(&request.model, false, bytes);
    let stamp = stamp(&visit, &request.model);
    let limit = config.total_timeout;
    let job = Job { request, pass, rules, stream: false, stop, ignored };
    let drawn = draw_all(gateway, job, count, limit, &visit).await;
    Ok(finish(drawn.map(|drawn| json(openai::encode_images(&stamp, &drawn, as_url))), &visit))
}

/// As many pictures as were asked for; of an answer that holds too many the last go. When one is not drawn, or not in
/// time, those before it are handed over, with a warning.
async fn draw_all(
    gateway: Gateway,
    job: Job,
    count: u32,
    limit: Duration,
    visit: &Visit,
) -> Result<Vec<Completion>, Failure> {
    let end = after(Instant::now(), limit);
    let mut drawn: Vec<Completion> = Vec::new();
    let mut missing = count as usize;
    while missing > 0 {
        let next = timeout_at(end, draw_one(answer(gateway.clone(), job.clone(), visit.clone()))).await;
        let mut next = match next.unwrap_or_else(|_| Err(late())) {
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
