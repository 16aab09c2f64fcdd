//! `POST /v1/chat/completions`.

use std::pin::pin;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Extension;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Completion, Event, Failure};
use postern_protocol::openai::{self, ChatCall, Stamp, StreamEncoder};

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
    let ChatCall { request, stream, include_usage } = openai::decode(&bytes)?;
    visit.asked(&request.model, stream, bytes);
    let stamp = Stamp { id: visit.id().clone(), created: now(), model: request.model.clone() };
    let events = answer(gateway, Job { request, pass, rules, stream, stop }, visit.clone());
    Ok(if stream {
        sse::respond(events, StreamEncoder::new(stamp, include_usage), visit, keep_alive).await
    } else {
        whole(events, &stamp, &visit).await
    })
}

/// Folds the events into one answer.
async fn whole(events: impl Stream<Item = Result<Event, Failure>>, stamp: &Stamp, visit: &Visit) -> Response {
    let mut events = pin!(events);
    let mut completion = Completion::default();
    let mut failure = None;
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => completion.push(event),
            Err(error) => failure = Some(error),
        }
    }
    let mut response = match failure {
        Some(failure) => Reject::from(failure).into_response(),
        None => json(openai::encode_completion(stamp, &completion)),
    };
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
