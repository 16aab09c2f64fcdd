//! `POST /v1/images/generations`: pictures that a model draws. A model draws one in an answer, so several are asked for
//! one after the other.

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::Response;
use postern_protocol::chat::{Completion, Event, Failure, FailureKind, Finish, Usage};
use postern_protocol::openai::{self, ImageCall};

use crate::answer::{Job, answer};
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
    let job = Job { request, pass, rules, stream: false, stop, ignored };
    let drawn = draw_all(gateway, job, count, &visit).await;
    Ok(finish(drawn.map(|drawn| json(openai::encode_images(&stamp, &drawn, as_url))), &visit))
}

/// As many pictures as were asked for; of an answer that holds too many the last go.
async fn draw_all(gateway: Gateway, job: Job, count: u32, visit: &Visit) -> Result<Vec<Completion>, Failure> {
    let mut drawn: Vec<Completion> = Vec::new();
    let mut missing = count as usize;
    while missing > 0 {
        let mut next = fold(answer(gateway.clone(), job.clone(), visit.clone())).await?;
        if next.images.is_empty() {
            return Err(undrawn(&next));
        }
        next.images.truncate(missing);
        missing -= next.images.len();
        drawn.push(next);
        // The journal is to have the tokens of all, not of the last alone.
        if let Some(spent) = spent(&drawn) {
            visit.saw(&Event::Usage(spent));
        }
    }
    Ok(drawn)
}

fn spent(drawn: &[Completion]) -> Option<Usage> {
    drawn.iter().filter_map(|one| one.usage).reduce(|sum, one| Usage {
        prompt: sum.prompt + one.prompt,
        completion: sum.completion + one.completion,
        cached: sum.cached + one.cached,
        reasoning: sum.reasoning + one.reasoning,
    })
}

fn undrawn(answer: &Completion) -> Failure {
    let said: String = answer.text.trim().chars().take(LONGEST).collect();
    let message = if answer.finish == Some(Finish::ContentFilter) {
        "The provider withheld the picture. Change the prompt and try again.".to_owned()
    } else if said.is_empty() {
        "The model answered without a picture. Ask a model that draws; its name mostly ends in 'image'."
            .to_owned()
    } else {
        format!("The model drew no picture, but said: {said}")
    };
    Failure::new(FailureKind::UpstreamError, message)
}
