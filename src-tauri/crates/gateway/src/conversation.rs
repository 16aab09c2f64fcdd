//! Conversations in every dialect: `POST /v1/chat/completions` and its kin, and what all routes that answer have in
//! common.

use std::pin::pin;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt};
use http::HeaderValue;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{self, Completion, Event, Failure, Part, Source};
use postern_protocol::dialect::{Asked, Dialect, Stamp};
use postern_protocol::openai;
use postern_upstream::Operation;
use serde::Deserialize;

use crate::answer::{Job, answer};
use crate::asking::Asking;
use crate::attempts::Attempts;
use crate::reject::Reject;
use crate::sse;
use crate::verbatim::{Parcel, hand_on};
use crate::visit::Visit;

pub(crate) async fn chat(asking: Asking, request: Request) -> Result<Response, Reject> {
    converse(asking, request, Operation::Chat, |body| openai::decode(body).map(Asked::from)).await
}

/// Answers a conversation: in the bytes of a provider that speaks the caller's dialect itself, and else by reading what
/// is asked and writing what is answered.
pub(crate) async fn converse(
    asking: Asking,
    request: Request,
    operation: Operation,
    read: impl FnOnce(&[u8]) -> Result<Asked, Failure>,
) -> Result<Response, Reject> {
    let headers = request.headers().clone();
    let body = asking.body(request).await?;
    let asked = read(&body);
    let brief = match &asked {
        Ok(asked) => Brief::of(asked),
        // What is not understood here, the provider may understand.
        Err(failure) => Brief::peek(&body).ok_or_else(|| failure.clone())?,
    };
    let visit = asking.visit.clone();
    visit.asked(&brief.model, brief.stream, body.clone());
    let mut attempts = Attempts::new(asking, &brief.model, brief.stream);
    if !brief.ours {
        let parcel = Parcel { operation, headers, body };
        if let Some(response) = hand_on(&mut attempts, parcel).await {
            return Ok(finish(response, &visit));
        }
    }
    let Asked { request, stream, form } = asked?;
    let stamp = stamp(&visit, &brief.model);
    let keep_alive = attempts.asking.rules.config().keep_alive;
    let events = answer(attempts, Job::from(request));
    Ok(if stream {
        sse::respond(events, form.as_ref(), stamp, visit, keep_alive).await
    } else {
        let whole = fold(events).await;
        finish(whole.map(|whole| json(form.whole(&stamp, &whole))), &visit)
    })
}

/// What decides who answers a request and how.
struct Brief {
    model: String,
    stream: bool,
    /// It asks for something that is done here and not by a provider.
    ours: bool,
}

impl Brief {
    fn of(asked: &Asked) -> Self {
        let ours = needs_us(&asked.request, asked.form.dialect());
        Self { model: asked.request.model.clone(), stream: asked.stream, ours }
    }

    /// What a body says of it that could not be read.
    fn peek(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Peek {
            model: String,
            #[serde(default)]
            stream: bool,
        }
        let Peek { model, stream } = serde_json::from_slice(body).ok()?;
        Some(Self { model, stream, ours: false })
    }
}

/// Whether the request asks for something that no provider does by itself: a server that runs functions, files that are
/// beside the conversation or on this computer, thoughts that another provider has sealed.
fn needs_us(request: &chat::Request, dialect: Dialect) -> bool {
    let runs = request.mcp_endpoint.is_some() || request.tools.iter().any(|tool| tool.mcp_endpoint.is_some());
    let mut parts = request.messages.iter().flat_map(|message| &message.parts);
    runs || !request.attachments.is_empty() || parts.any(|part| is_foreign(part, dialect))
}

fn is_foreign(part: &Part, dialect: Dialect) -> bool {
    match part {
        Part::Signature(seal) | Part::Sealed(seal) => seal.meant_for(dialect).is_none(),
        Part::Image { source, .. }
        | Part::Audio { source }
        | Part::Video { source }
        | Part::File { source, .. } => is_here(source),
        Part::Text { .. }
        | Part::Reasoning { .. }
        | Part::Refusal { .. }
        | Part::ToolCall(_)
        | Part::ToolResult { .. } => false,
    }
}

/// Whether the bytes are on this computer.
fn is_here(source: &Source) -> bool {
    match source {
        Source::Url(url) => {
            let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
            !matches!(scheme.as_str(), "https" | "http" | "data" | "gs")
        }
        Source::Data { .. } | Source::FileId(_) => false,
    }
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
