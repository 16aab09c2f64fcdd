//! `POST /v1/chat/completions`, and what all routes that answer have in common.

use std::pin::pin;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Completion, Event, Failure};
use postern_protocol::dialect::{Asked, Stamp};
use postern_protocol::openai;

use crate::answer::{Job, answer};
use crate::auth::Pass;
use crate::reject::Reject;
use crate::rules::Rules;
use crate::stop::Stop;
use crate::visit::Visit;
use crate::{Gateway, body, sse};

pub(crate) async fn complete(
    State(gateway): State<Gateway>,
    Extension(visit): Extension<Visit>,
    Extension(pass): Extension<Pass>,
    Extension(rules): Extension<Rules>,
    request: Request,
) -> Result<Response, Reject> {
    let stop = request.extensions().get::<Stop>().cloned().unwrap_or_default();
    let config = rules.config();
    let keep_alive = config.keep_alive;
    let bytes = body::read(request, config.body_bytes, config.total_timeout).await?;
    let Asked { request, stream, form } = openai::decode(&bytes)?.into();
    visit.asked(&request.model, stream, bytes);
    let stamp = stamp(&visit, &request.model);
    let job = Job { request, pass, rules, stream, stop, ignored: Vec::new() };
    let events = answer(gateway, job, visit.clone());
    Ok(if stream {
        sse::respond(events, form.writer(stamp), visit, keep_alive).await
    } else {
        let whole = fold(events).await;
        finish(whole.map(|whole| json(form.whole(&stamp, &whole))), &visit)
    })
}

/// What every part of the answer to this request carries.
pub(crate) fn stamp(visit: &Visit, model: &str) -> Stamp {
    Stamp { id: visit.id().clone(), created: now(), model: model.to_owned() }
}

/// Folds the events into one answer.
pub(crate) async fn fold(events: impl Stream<Item = Result<Event, Failure>>) -> Result<Completion, Failure> {
    let mut events = pin!(events);
    let mut completion = Completion::default();
    let mut failure = None;
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => completion.push(event),
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(completion), Err)
}

/// The answer or the refusal, with what is known of it.
pub(crate) fn finish(answered: Result<Response, Failure>, visit: &Visit) -> Response {
    let mut response = answered.unwrap_or_else(|failure| Reject::from(failure).into_response());
    visit.describe(response.headers_mut());
    response
}

/// A response of JSON text.
pub(crate) fn json(bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes).into_response()
}

/// Unix seconds.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
