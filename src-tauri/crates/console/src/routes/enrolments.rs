//! Enrolments: taking accounts into service.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::enrolments::{EnrolmentChoices, EnrolmentView, EnrolmentsView, ImportStart, SignInStart};
use crate::asked::{Named, Told};
use crate::{Console, ErrorBody, Trouble};

/// Most bytes of imported files: a sealed profile carries the storage of a browser.
const MOST_BYTES: usize = 256 << 20;

pub(super) fn routes() -> OpenApiRouter<Console> {
    let import =
        OpenApiRouter::new().routes(routes!(import_accounts)).layer(DefaultBodyLimit::max(MOST_BYTES));
    OpenApiRouter::new()
        .routes(routes!(get_enrolments))
        .routes(routes!(get_enrolment_choices))
        .routes(routes!(begin_sign_in))
        .routes(routes!(finish_sign_in))
        .routes(routes!(retry_enrolment))
        .routes(routes!(replace_by_enrolment))
        .routes(routes!(cancel_enrolment))
        .merge(import)
}

/// The enrolments under way and those that ended since the start.
#[utoipa::path(
    get,
    path = "/api/enrolments",
    tag = "enrolments",
    responses((status = 200, body = EnrolmentsView, description = "The enrolments, newest first.")),
)]
async fn get_enrolments(State(console): State<Console>) -> Json<EnrolmentsView> {
    Json(EnrolmentsView { enrolments: console.desk().enrolments() })
}

/// What can be chosen before a sign-in.
#[utoipa::path(
    get,
    path = "/api/enrolments/choices",
    tag = "enrolments",
    responses(
        (status = 200, body = EnrolmentChoices, description = "The browsers of this machine, and more."),
        (status = 503, body = ErrorBody, description = "It cannot be found out now."),
    ),
)]
async fn get_enrolment_choices(State(console): State<Console>) -> Result<Json<EnrolmentChoices>, Trouble> {
    console.desk().enrolment_choices().await.map(Json)
}

/// Begins a sign-in.
#[utoipa::path(
    post,
    path = "/api/enrolments/sign-in",
    tag = "enrolments",
    request_body = SignInStart,
    responses(
        (status = 201, body = EnrolmentView, description = "It has begun; events tell how it goes on."),
        (status = 400, body = ErrorBody, description = "No consent, or a name that cannot be used."),
        (status = 404, body = ErrorBody, description = "No such account, or no such browser."),
        (status = 409, body = ErrorBody, description = "The name is taken, or the account is being signed in."),
        (status = 503, body = ErrorBody, description = "Nobody can sign in on this machine."),
    ),
)]
async fn begin_sign_in(
    State(console): State<Console>,
    Told(start): Told<SignInStart>,
) -> Result<(StatusCode, Json<EnrolmentView>), Trouble> {
    let begun = console.desk().sign_in(start).await?;
    Ok((StatusCode::CREATED, Json(begun)))
}

/// Begins an import for each file.
#[utoipa::path(
    post,
    path = "/api/enrolments/import",
    tag = "enrolments",
    request_body = ImportStart,
    responses(
        (status = 201, body = EnrolmentsView, description = "They have begun; events tell how they go on."),
        (status = 400, body = ErrorBody, description = "No consent, or nothing that could be a file."),
        (status = 413, body = ErrorBody, description = "The files are too large."),
    ),
)]
async fn import_accounts(
    State(console): State<Console>,
    Told(start): Told<ImportStart>,
) -> Result<(StatusCode, Json<EnrolmentsView>), Trouble> {
    let enrolments = console.desk().import(start).await?;
    Ok((StatusCode::CREATED, Json(EnrolmentsView { enrolments })))
}

/// Says that the person has signed in; the browser is asked to end.
#[utoipa::path(
    post,
    path = "/api/enrolments/{id}/signed-in",
    tag = "enrolments",
    params(("id" = String, Path, description = "The enrolment.")),
    responses(
        (status = 200, body = EnrolmentView, description = "The enrolment now."),
        (status = 404, body = ErrorBody, description = "No such enrolment."),
        (status = 409, body = ErrorBody, description = "It does not wait for a person."),
    ),
)]
async fn finish_sign_in(
    State(console): State<Console>,
    Named(id): Named<String>,
) -> Result<Json<EnrolmentView>, Trouble> {
    console.desk().signed_in(&id).await.map(Json)
}

/// Does the failed or interrupted step again.
#[utoipa::path(
    post,
    path = "/api/enrolments/{id}/retry",
    tag = "enrolments",
    params(("id" = String, Path, description = "The enrolment.")),
    responses(
        (status = 200, body = EnrolmentView, description = "The enrolment now."),
        (status = 404, body = ErrorBody, description = "No such enrolment."),
        (status = 409, body = ErrorBody, description = "Nothing of it has failed."),
    ),
)]
async fn retry_enrolment(
    State(console): State<Console>,
    Named(id): Named<String>,
) -> Result<Json<EnrolmentView>, Trouble> {
    console.desk().retry_enrolment(&id).await.map(Json)
}

/// Puts the new session in the place of the account with the same address.
#[utoipa::path(
    post,
    path = "/api/enrolments/{id}/replace",
    tag = "enrolments",
    params(("id" = String, Path, description = "The enrolment.")),
    responses(
        (status = 200, body = EnrolmentView, description = "The enrolment now."),
        (status = 404, body = ErrorBody, description = "No such enrolment."),
        (status = 409, body = ErrorBody, description = "It is no duplicate, or the account is in use."),
    ),
)]
async fn replace_by_enrolment(
    State(console): State<Console>,
    Named(id): Named<String>,
) -> Result<Json<EnrolmentView>, Trouble> {
    console.desk().replace_by_enrolment(&id).await.map(Json)
}

/// Calls an enrolment off and leaves nothing of it behind. One that has ended is taken off the list.
#[utoipa::path(
    delete,
    path = "/api/enrolments/{id}",
    tag = "enrolments",
    params(("id" = String, Path, description = "The enrolment.")),
    responses(
        (status = 204, description = "Gone."),
        (status = 404, body = ErrorBody, description = "No such enrolment."),
    ),
)]
async fn cancel_enrolment(
    State(console): State<Console>,
    Named(id): Named<String>,
) -> Result<StatusCode, Trouble> {
    console.desk().cancel_enrolment(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}
