//! Whether conversations are recorded, and how much of them is kept.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::recording::{RecordingChange, RecordingView};
use crate::asked::Told;
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new().routes(routes!(get_recording, change_recording, forget_recorded))
}

/// Whether conversations are recorded, and how much of them is kept.
#[utoipa::path(
    get,
    path = "/api/recording",
    tag = "recording",
    responses(
        (status = 200, body = RecordingView, description = "How it is."),
    ),
)]
async fn get_recording(State(console): State<Console>) -> Json<RecordingView> {
    Json(console.desk().recording().await)
}

/// Begins or ends a private time, in which nothing is recorded. What began before it is.
#[utoipa::path(
    put,
    path = "/api/recording",
    tag = "recording",
    request_body = RecordingChange,
    responses(
        (status = 200, body = RecordingView, description = "How it is now."),
    ),
)]
async fn change_recording(
    State(console): State<Console>,
    Told(change): Told<RecordingChange>,
) -> Json<RecordingView> {
    console.desk().set_private(change.private);
    Json(console.desk().recording().await)
}

/// Deletes everything that was recorded, for good.
#[utoipa::path(
    delete,
    path = "/api/recording",
    tag = "recording",
    responses(
        (status = 200, body = RecordingView, description = "How it is now."),
        (status = 503, body = ErrorBody, description = "The conversations cannot be opened."),
    ),
)]
async fn forget_recorded(State(console): State<Console>) -> Result<Json<RecordingView>, Trouble> {
    console.desk().forget_recorded().await.map(Json)
}
