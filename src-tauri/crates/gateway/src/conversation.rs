//! Conversations in every dialect: `POST /v1/chat/completions` and its kin, and what all routes that answer have in
//! common.

use std::pin::pin;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use postern_protocol::anthropic;
use postern_protocol::chat::{Completion, Event, Failure};
use postern_protocol::dialect::{Asked, Stamp};
use postern_protocol::openai::{self, Hearing};
use postern_upstream::Operation;

use crate::answer::{Job, answer};
use crate::asking::Asking;
use crate::intake::{Inquiry, Intake, take_in};
use crate::reject::Reject;
use crate::sse;
use crate::visit::Visit;

pub(crate) async fn chat(asking: Asking, request: Request) -> Result<Response, Reject> {
    let read = |body: &[u8]| openai::decode(body).map(Asked::from);
    converse(asking, request, Operation::Chat.into(), read).await
}

pub(crate) async fn responses(asking: Asking, request: Request) -> Result<Response, Reject> {
    let read = |body: &[u8]| openai::decode_responses(body).map(Asked::from);
    converse(asking, request, Operation::Responses.into(), read).await
}

pub(crate) async fn complete(asking: Asking, request: Request) -> Result<Response, Reject> {
    let read = |body: &[u8]| openai::decode_completions(body).map(Asked::from);
    converse(asking, request, Operation::Completions.into(), read).await
}

pub(crate) async fn messages(asking: Asking, request: Request) -> Result<Response, Reject> {
    let read = |body: &[u8]| anthropic::decode(body).map(Asked::from);
    converse(asking, request, Operation::Messages.into(), read).await
}

pub(crate) async fn transcribe(asking: Asking, request: Request) -> Result<Response, Reject> {
    hear(asking, request, Hearing::Transcribe, Operation::Transcriptions).await
}

pub(crate) async fn translate(asking: Asking, request: Request) -> Result<Response, Reject> {
    hear(asking, request, Hearing::Translate, Operation::Translations).await
}

async fn hear(
    asking: Asking,
    request: Request,
    hearing: Hearing,
    operation: Operation,
) -> Result<Response, Reject> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_owned();
    let read = |body: &[u8]| openai::decode_transcript(hearing, &kind, body).map(Asked::from);
    converse(asking, request, operation.into(), read).await
}

/// Answers a conversation.
pub(crate) async fn converse(
    asking: Asking,
    request: Request,
    inquiry: Inquiry,
    read: impl FnOnce(&[u8]) -> Result<Asked, Failure>,
) -> Result<Response, Reject> {
    let (asked, attempts) = match take_in(asking, request, inquiry, read).await? {
        Intake::Answered(response) => return Ok(response),
        Intake::Read(asked, attempts) => (asked, attempts),
    };
    let Asked { request, stream, form } = asked;
    let Asking { visit, rules, .. } = attempts.asking.clone();
    let stamp = stamp(&visit, &request.model);
    let events = answer(attempts, Job::from(request));
    Ok(if stream {
        sse::respond(events, form.as_ref(), stamp, visit, rules.config().keep_alive).await
    } else {
        let whole = fold(events).await;
        finish(whole.map(|whole| typed(form.whole_type(), form.whole(&stamp, &whole))), &visit)
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
    typed("application/json", bytes)
}

fn typed(kind: &'static str, bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response()
}

/// Unix seconds.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
