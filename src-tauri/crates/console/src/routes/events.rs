//! What changed, as it changes; and the document of it all.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::sse::{self, KeepAlive, Sse};
use futures::{Stream, StreamExt};
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::events::Event;
use crate::guard::Caller;
use crate::{Console, document, stream};

/// After so much silence the stream says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new().routes(routes!(get_events)).routes(routes!(get_openapi))
}

/// The event stream: server-sent events whose data lines are `Event`s. It ends when the listener closes; then read everything anew.
#[utoipa::path(
    get,
    path = "/api/events",
    tag = "events",
    responses(
        (status = 200, body = Event, content_type = "text/event-stream", description = "Events, as long as the caller stays."),
    ),
)]
async fn get_events(
    State(console): State<Console>,
    caller: Caller,
    request: Request,
) -> ([(HeaderName, &'static str); 1], Sse<impl Stream<Item = Result<sse::Event, axum::Error>>>) {
    let closing = request.extensions().get::<CancellationToken>().cloned().unwrap_or_default();
    let events = stream::events(console, caller, closing).map(|event| sse::Event::default().json_data(event));
    // A proxy in front of the server must not hold events back.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    (unbuffered, Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "events",
    responses(
        (status = 200, body = serde_json::Value, description = "The document."),
    ),
)]
async fn get_openapi() -> ([(HeaderName, HeaderValue); 1], &'static str) {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], document())
}
