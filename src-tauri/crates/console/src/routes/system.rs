//! Logs, storage, the doctor and the diagnostics bundle.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::system::{Bundle, ClearStorage, Findings, LogPage, LogQuery, Storage};
use crate::asked::{Filtered, Named, Told};
use crate::{Code, Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_logs))
        .routes(routes!(get_storage))
        .routes(routes!(clear_storage))
        .routes(routes!(run_doctor))
        .routes(routes!(make_bundle))
        .routes(routes!(get_bundle))
}

/// Lines of the log.
#[utoipa::path(
    get,
    path = "/api/logs",
    tag = "system",
    params(LogQuery),
    responses(
        (status = 200, body = LogPage, description = "The lines."),
    ),
)]
async fn get_logs(State(console): State<Console>, Filtered(query): Filtered<LogQuery>) -> Json<LogPage> {
    Json(console.desk().logs(&query))
}

/// What takes space on the disk.
#[utoipa::path(
    get,
    path = "/api/storage",
    tag = "system",
    responses(
        (status = 200, body = Storage, description = "By kind."),
        (status = 503, body = ErrorBody, description = "It cannot be measured now."),
    ),
)]
async fn get_storage(State(console): State<Console>) -> Result<Json<Storage>, Trouble> {
    console.desk().storage().await.map(Json)
}

/// Clears one kind of stored things.
#[utoipa::path(
    post,
    path = "/api/storage/clear",
    tag = "system",
    request_body = ClearStorage,
    responses(
        (status = 200, body = Storage, description = "What takes space now."),
        (status = 409, body = ErrorBody, description = "It cannot be cleared, or not now."),
        (status = 503, body = ErrorBody, description = "It cannot be cleared now."),
    ),
)]
async fn clear_storage(
    State(console): State<Console>,
    Told(told): Told<ClearStorage>,
) -> Result<Json<Storage>, Trouble> {
    console.desk().clear_storage(told.kind).await.map(Json)
}

/// Looks at everything that must be there.
#[utoipa::path(
    get,
    path = "/api/doctor",
    tag = "system",
    responses(
        (status = 200, body = Findings, description = "What was found."),
    ),
)]
async fn run_doctor(State(console): State<Console>) -> Json<Findings> {
    Json(Findings { findings: console.desk().doctor().await })
}

/// Makes a bundle for a report, without secrets.
#[utoipa::path(
    post,
    path = "/api/diagnostics",
    tag = "system",
    responses(
        (status = 200, body = Bundle, description = "The bundle."),
    ),
)]
async fn make_bundle(State(console): State<Console>) -> Result<Json<Bundle>, Trouble> {
    console.desk().make_bundle().await.map(Json)
}

/// The bytes of a bundle.
#[utoipa::path(
    get,
    path = "/api/diagnostics/{name}",
    tag = "system",
    params(("name" = String, Path, description = "The bundle's name.")),
    responses(
        (status = 200, body = String, content_type = "application/zip", description = "A zip file."),
        (status = 404, body = ErrorBody, description = "No such bundle."),
    ),
)]
async fn get_bundle(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<impl IntoResponse, Trouble> {
    if !is_file_name(&name) {
        return Err(Trouble::new(Code::NotFound, "There is no bundle of this name."));
    }
    let bytes = console.desk().read_bundle(&name).await?;
    let disposition = format!("attachment; filename=\"{name}\"");
    Ok(([(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)], bytes))
}

/// Whether the name can only mean a file beside the other bundles.
fn is_file_name(name: &str) -> bool {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.starts_with('.') && name.chars().all(safe)
}
