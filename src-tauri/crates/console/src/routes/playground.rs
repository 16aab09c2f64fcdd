//! The playground: a client that needs no key.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::Method;
use http::header::CONTENT_TYPE;
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::{Code, Console, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new().routes(routes!(chat))
}

/// Asks a model as a client would; the answer is the one a client would get, errors included.
#[utoipa::path(
    post,
    path = "/api/playground/chat",
    tag = "playground",
    request_body(content = serde_json::Value, description = "A body of OpenAI's chat completions."),
    responses(
        (status = 200, description = "The answer, whole or as a stream.", content(
            (serde_json::Value = "application/json"),
            (String = "text/event-stream"),
        )),
        (
            status = "default",
            body = serde_json::Value,
            description = "What the public door answered, as OpenAI's error object.",
        ),
    ),
)]
async fn chat(State(console): State<Console>, request: Request) -> Result<Response, Trouble> {
    // The body goes through as it comes: the public door has its own limit.
    let mut inside = http::Request::builder().method(Method::POST).uri("/v1/chat/completions");
    if let Some(kind) = request.headers().get(CONTENT_TYPE) {
        inside = inside.header(CONTENT_TYPE, kind);
    }
    let inside = inside
        .body(Body::new(request.into_body()))
        .map_err(|_| Trouble::new(Code::Internal, "The request could not be handed on."))?;
    let Ok(answer) = console.desk().inside().oneshot(inside).await;
    Ok(answer)
}
