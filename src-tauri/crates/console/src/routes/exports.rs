//! Conversations to files that trainers load.

use std::path::{Component, Path};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use postern_curation::export::{Error, Job, JobState, Preview, Spec};
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::exports::ExportStart;
use crate::asked::{Named, Told};
use crate::desk::Exports;
use crate::{Code, Console, ErrorBody, Trouble};

/// The longest name of a folder.
const LONGEST: usize = 80;

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(preview_export))
        .routes(routes!(get_exports, start_export))
        .routes(routes!(cancel_export))
        .routes(routes!(get_export_file))
}

/// What an export would write and leave out. Nothing is written.
#[utoipa::path(
    post,
    path = "/api/exports/preview",
    tag = "exports",
    request_body = Spec,
    responses(
        (status = 200, body = Preview, description = "What it would be."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn preview_export(
    State(console): State<Console>,
    Told(spec): Told<Spec>,
) -> Result<Json<Preview>, Trouble> {
    usable(&spec)?;
    Ok(Json(exports(&console)?.jobs.preview(spec).await.map_err(trouble)?))
}

/// The exports since Postern started, newest first.
#[utoipa::path(
    get,
    path = "/api/exports",
    tag = "exports",
    responses(
        (status = 200, body = Vec<Job>, description = "The exports."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn get_exports(State(console): State<Console>) -> Result<Json<Vec<Job>>, Trouble> {
    Ok(Json(exports(&console)?.jobs.list()))
}

/// Begins an export and returns at once.
#[utoipa::path(
    post,
    path = "/api/exports",
    tag = "exports",
    request_body = ExportStart,
    responses(
        (status = 200, body = Job, description = "It runs."),
        (status = 409, body = ErrorBody, description = "There is something of this name."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn start_export(
    State(console): State<Console>,
    Told(start): Told<ExportStart>,
) -> Result<Json<Job>, Trouble> {
    usable(&start.spec)?;
    let exports = exports(&console)?;
    let name = match start.folder {
        Some(name) => name.trim().to_owned(),
        None => format!("{}-{}", start.spec.name, seconds()),
    };
    if name.chars().count() > LONGEST || !is_name(&name) {
        let trouble = Trouble::new(Code::Invalid, "This cannot be the name of a folder.").field("folder");
        return Err(trouble.action("Use 1 to 80 letters, digits, `-`, `_` or spaces."));
    }
    let folder = exports.folder.join(&name);
    if folder.exists() {
        return Err(Trouble::new(Code::Conflict, format!("There is an export `{name}` already."))
            .field("folder")
            .action("Choose another name, or leave it away."));
    }
    Ok(Json(exports.jobs.start(start.spec, folder)))
}

/// Calls an export off; nothing is left of it.
#[utoipa::path(
    delete,
    path = "/api/exports/{id}",
    tag = "exports",
    params(("id" = u64, Path, description = "The export's number.")),
    responses(
        (status = 204, description = "It ends."),
        (status = 404, body = ErrorBody, description = "No such export runs."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn cancel_export(State(console): State<Console>, Named(id): Named<u64>) -> Result<StatusCode, Trouble> {
    if exports(&console)?.jobs.cancel(id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Trouble::new(Code::NotFound, "No export of this number runs."))
    }
}

/// A file that an export wrote.
#[utoipa::path(
    get,
    path = "/api/exports/{id}/files/{name}",
    tag = "exports",
    params(
        ("id" = u64, Path, description = "The export's number."),
        ("name" = String, Path, description = "The file's name, as the export tells it."),
    ),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream", description = "The file."),
        (status = 404, body = ErrorBody, description = "No such file."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn get_export_file(
    State(console): State<Console>,
    Named((id, name)): Named<(u64, String)>,
) -> Result<Response, Trouble> {
    let gone = || Trouble::new(Code::NotFound, "There is no such file.");
    let job = exports(&console)?.jobs.list().into_iter().find(|job| job.id == id).ok_or_else(gone)?;
    let JobState::Done { summary } = job.state else { return Err(gone()) };
    let written = summary.files.iter().find(|file| file.name == name).ok_or_else(gone)?;
    let file = tokio::fs::File::open(summary.folder.join(&written.name)).await.map_err(|_| gone())?;
    let length = file.metadata().await.map_err(|_| gone())?.len();
    let mut response = Response::new(Body::from_stream(ReaderStream::new(file)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, length.into());
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    Ok(response)
}

fn exports(console: &Console) -> Result<Exports, Trouble> {
    console.desk().exports().ok_or_else(super::conversations::closed)
}

fn usable(spec: &Spec) -> Result<(), Trouble> {
    spec.wrong().map_or(Ok(()), |why| Err(Trouble::new(Code::Invalid, why).field("spec")))
}

fn trouble(error: Error) -> Trouble {
    match error {
        Error::Spec(why) => Trouble::new(Code::Invalid, why).field("spec"),
        Error::Store(error) => error.into(),
        Error::Exists(_) => Trouble::new(Code::Conflict, error.to_string()).field("folder"),
        Error::Body { .. } | Error::File { .. } | Error::Parquet(_) | Error::Cancelled => {
            tracing::error!(%error, "an export could not be tried");
            Trouble::new(Code::Internal, error.to_string()).action("See whether the disk is full.")
        }
    }
}

/// Whether it names something directly within a folder, on every system.
fn is_name(name: &str) -> bool {
    let plain = |sign: char| sign.is_alphanumeric() || matches!(sign, '-' | '_' | ' ' | '.');
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
        && name.chars().all(plain)
        && !name.starts_with('.')
        && !name.ends_with('.')
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn a_name_leads_nowhere_else() {
        for name in ["sft-1", "数据 集", "v1.2"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".", "..", "a/b", "/etc", "..\\x", "a\\b", "C:", ".hidden", "nul\0", "end."] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
