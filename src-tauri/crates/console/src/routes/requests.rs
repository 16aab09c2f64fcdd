//! The journal of requests.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use postern_protocol::RequestId;
use postern_store::{KeyId, Page, RequestDetail};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::requests::RequestsQuery;
use crate::asked::{Filtered, Named};
use crate::curl::Curl;
use crate::{Code, Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_requests, clear_requests))
        .routes(routes!(get_request))
        .routes(routes!(get_request_as_curl))
        .routes(routes!(cancel_request))
}

/// A page of the journal, newest first.
#[utoipa::path(
    get,
    path = "/api/requests",
    tag = "requests",
    params(RequestsQuery),
    responses(
        (status = 200, body = Page, description = "The page."),
    ),
)]
async fn get_requests(
    State(console): State<Console>,
    Filtered(query): Filtered<RequestsQuery>,
) -> Result<Json<Page>, Trouble> {
    Ok(Json(console.requests().page(query.into()).await?))
}

/// Empties the journal; requests that still run stay.
#[utoipa::path(
    delete,
    path = "/api/requests",
    tag = "requests",
    responses(
        (status = 204, description = "Emptied."),
    ),
)]
async fn clear_requests(State(console): State<Console>) -> Result<StatusCode, Trouble> {
    console.requests().clear().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// All that is known of a request.
#[utoipa::path(
    get,
    path = "/api/requests/{id}",
    tag = "requests",
    params(("id" = String, Path, description = "The request's id.")),
    responses(
        (status = 200, body = RequestDetail, description = "The request."),
        (status = 404, body = ErrorBody, description = "No such request."),
    ),
)]
async fn get_request(
    State(console): State<Console>,
    Named(id): Named<String>,
) -> Result<Json<RequestDetail>, Trouble> {
    detail(&console, &id).await.map(Json)
}

/// The request as a command for curl, with the key masked.
#[utoipa::path(
    get,
    path = "/api/requests/{id}/curl",
    tag = "requests",
    params(("id" = String, Path, description = "The request's id.")),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The command."),
        (status = 404, body = ErrorBody, description = "No such request, or its body is no longer in memory."),
    ),
)]
async fn get_request_as_curl(
    State(console): State<Console>,
    Named(id): Named<String>,
) -> Result<String, Trouble> {
    let detail = detail(&console, &id).await?;
    if detail.body.is_none() && detail.row.method == "POST" {
        return Err(Trouble::new(Code::NotFound, "What was asked is no longer in memory."));
    }
    let key = match detail.row.key {
        Some(key) => Some(masked(&console, key).await?),
        None => None,
    };
    let shown = key.map(|key| format!("Bearer {key}"));
    let mut headers: Vec<_> = shown.iter().map(|shown| ("Authorization", shown.as_str())).collect();
    headers.extend(detail.body.as_ref().map(|_| ("Content-Type", "application/json")));
    let row = &detail.row;
    let curl = Curl {
        method: &row.method,
        path: &row.path,
        headers,
        body: detail.body.as_deref(),
        stream: row.stream,
    };
    Ok(curl.command(&console))
}

/// Cancels a request, waiting or running.
#[utoipa::path(
    post,
    path = "/api/requests/{id}/cancel",
    tag = "requests",
    params(("id" = String, Path, description = "The request's id.")),
    responses(
        (status = 204, description = "Cancelled."),
        (status = 404, body = ErrorBody, description = "No such request runs or waits."),
    ),
)]
async fn cancel_request(
    State(console): State<Console>,
    Named(id): Named<String>,
) -> Result<StatusCode, Trouble> {
    if console.desk().cancel(&id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Trouble::new(Code::NotFound, "No request of this id waits or runs."))
    }
}

async fn detail(console: &Console, id: &str) -> Result<RequestDetail, Trouble> {
    let found = console.requests().get(&RequestId::new(id)).await?;
    found.filter(|found| found.row.id.as_str() == id).ok_or_else(|| {
        Trouble::new(Code::NotFound, "The journal has no request of this id.")
            .action("It may have been cleared, or be older than the journal reaches.")
    })
}

/// What is shown of a key that may be gone by now.
async fn masked(console: &Console, id: KeyId) -> Result<String, Trouble> {
    let keys = console.keys().list().await?;
    Ok(keys.into_iter().find(|key| key.id == id).map_or_else(|| "****".to_owned(), |key| key.masked))
}
