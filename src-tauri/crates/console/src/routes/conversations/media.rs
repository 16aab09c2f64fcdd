//! Pictures, recordings and files of conversations.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::kept;
use crate::asked::Named;
use crate::{Code, Console, ErrorBody, Trouble};

/// What a page shows or plays. A picture in SVG is a document that can hold scripts, and is not among them.
const SHOWN: [&str; 14] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/bmp",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "audio/x-wav",
    "audio/flac",
    "video/mp4",
    "video/webm",
];

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new().routes(routes!(get_media))
}

/// A picture, recording or file of a conversation.
#[utoipa::path(
    get,
    path = "/api/conversations/media/{sha256}",
    tag = "conversations",
    params(("sha256" = String, Path, description = "The hash of its bytes, in hexadecimal.")),
    responses(
        (status = 200, content_type = "application/octet-stream", body = Vec<u8>, description = "Its bytes."),
        (status = 404, body = ErrorBody, description = "No such file."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn get_media(
    State(console): State<Console>,
    Named(sha256): Named<String>,
) -> Result<Response, Trouble> {
    let gone = || {
        Trouble::new(Code::NotFound, "There is no such file.")
            .action("It may have been deleted because of its age, see `recording.retention_days`.")
    };
    let media = kept(&console)?.media(&sha256).await?.ok_or_else(gone)?;
    let file = tokio::fs::File::open(&media.path).await.map_err(|_| gone())?;
    let mut response = Response::new(Body::from_stream(ReaderStream::new(file)));
    let headers = response.headers_mut();
    let shown = SHOWN.into_iter().find(|kind| *kind == media.mime);
    // What a stranger sent is shown as a picture or played, and never becomes a page.
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(shown.unwrap_or("application/octet-stream")));
    let way = if shown.is_some() { "inline" } else { "attachment" };
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_static(way));
    headers.insert(CONTENT_LENGTH, media.bytes.into());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    Ok(response)
}
