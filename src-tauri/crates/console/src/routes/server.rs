//! The server as a state.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::server::ServerStatus;
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_server))
        .routes(routes!(start_server))
        .routes(routes!(stop_server))
        .routes(routes!(restart_server))
}

/// The server's state.
#[utoipa::path(
    get,
    path = "/api/server",
    tag = "server",
    responses(
        (status = 200, body = ServerStatus, description = "The state."),
    ),
)]
async fn get_server(State(console): State<Console>) -> Json<ServerStatus> {
    Json(console.desk().server())
}

/// Starts the server at the address of the settings.
#[utoipa::path(
    post,
    path = "/api/server/start",
    tag = "server",
    responses(
        (status = 200, body = ServerStatus, description = "The state now."),
        (status = 409, body = ErrorBody, description = "It cannot be done in the present state."),
        (status = 503, body = ErrorBody, description = "It cannot be done now."),
    ),
)]
async fn start_server(State(console): State<Console>) -> Result<Json<ServerStatus>, Trouble> {
    console.desk().start().await.map(Json)
}

/// Begins to stop the server; running answers may end.
#[utoipa::path(
    post,
    path = "/api/server/stop",
    tag = "server",
    responses(
        (status = 200, body = ServerStatus, description = "The state now."),
        (status = 409, body = ErrorBody, description = "It cannot be done in the present state."),
        (status = 503, body = ErrorBody, description = "It cannot be done now."),
    ),
)]
async fn stop_server(State(console): State<Console>) -> Result<Json<ServerStatus>, Trouble> {
    console.desk().stop().await.map(Json)
}

/// Stops the server and starts it again, in the background.
#[utoipa::path(
    post,
    path = "/api/server/restart",
    tag = "server",
    responses(
        (status = 200, body = ServerStatus, description = "The state now."),
        (status = 409, body = ErrorBody, description = "It cannot be done in the present state."),
        (status = 503, body = ErrorBody, description = "It cannot be done now."),
    ),
)]
async fn restart_server(State(console): State<Console>) -> Result<Json<ServerStatus>, Trouble> {
    console.desk().restart().await.map(Json)
}
