//! AI Studio's page: the self-test.

use axum::Json;
use axum::extract::State;
use postern_protocol::page::PageReport;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::page::PageView;
use crate::asked::Named;
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new().routes(routes!(get_page)).routes(routes!(check_page))
}

/// What was found on AI Studio's page last, and which selectors are in force. Opens nothing.
#[utoipa::path(
    get,
    path = "/api/page",
    tag = "page",
    responses(
        (status = 200, body = PageView, description = "As it is known now."),
    ),
)]
async fn get_page(State(console): State<Console>) -> Json<PageView> {
    Json(console.desk().page())
}

/// Looks at the page of an account, control by control. Waits until it has answered what it answers, asks no model
/// anything, and leaves the page as it was.
#[utoipa::path(
    post,
    path = "/api/page/{account}/check",
    tag = "page",
    params(("account" = String, Path, description = "The account's name.")),
    responses(
        (status = 200, body = PageReport, description = "What was found."),
        (status = 404, body = ErrorBody, description = "No such account."),
        (status = 409, body = ErrorBody, description = "It is switched off, or with a person."),
        (status = 503, body = ErrorBody, description = "Its page cannot be opened now."),
    ),
)]
async fn check_page(
    State(console): State<Console>,
    Named(account): Named<String>,
) -> Result<Json<PageReport>, Trouble> {
    console.desk().check_page(&account).await.map(Json)
}
