//! Connecting clients.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::clients::{
    ClientApplied, ClientApply, ClientChoice, ClientId, ClientPreview, ClientsView, ConnectResult,
    ConnectTest,
};
use crate::asked::{Named, Told};
use crate::{Console, ErrorBody, Trouble, trial};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_clients))
        .routes(routes!(preview_client))
        .routes(routes!(apply_client))
        .routes(routes!(restore_client))
        .routes(routes!(test_connection))
}

/// The clients whose configuration can be written on this machine.
#[utoipa::path(
    get,
    path = "/api/clients",
    tag = "clients",
    responses(
        (status = 200, body = ClientsView, description = "The clients."),
    ),
)]
async fn get_clients(State(console): State<Console>) -> Json<ClientsView> {
    Json(ClientsView { clients: console.desk().clients().await })
}

/// What would be written.
#[utoipa::path(
    post,
    path = "/api/clients/{id}/preview",
    tag = "clients",
    params(("id" = ClientId, Path, description = "Which client.")),
    request_body = ClientChoice,
    responses(
        (status = 200, body = ClientPreview, description = "The difference."),
        (status = 404, body = ErrorBody, description = "No such client."),
        (status = 409, body = ErrorBody, description = "The file changed meanwhile, or cannot be read."),
    ),
)]
async fn preview_client(
    State(console): State<Console>,
    Named(client): Named<ClientId>,
    Told(choice): Told<ClientChoice>,
) -> Result<Json<ClientPreview>, Trouble> {
    console.desk().preview_client(client, choice).await.map(Json)
}

/// Writes what was previewed, after a copy of what was there.
#[utoipa::path(
    post,
    path = "/api/clients/{id}/apply",
    tag = "clients",
    params(("id" = ClientId, Path, description = "Which client.")),
    request_body = ClientApply,
    responses(
        (status = 200, body = ClientApplied, description = "Written."),
        (status = 404, body = ErrorBody, description = "No such client."),
        (status = 409, body = ErrorBody, description = "The file changed meanwhile, or cannot be read."),
    ),
)]
async fn apply_client(
    State(console): State<Console>,
    Named(client): Named<ClientId>,
    Told(apply): Told<ClientApply>,
) -> Result<Json<ClientApplied>, Trouble> {
    console.desk().apply_client(client, apply).await.map(Json)
}

/// Puts the last copy back.
#[utoipa::path(
    post,
    path = "/api/clients/{id}/restore",
    tag = "clients",
    params(("id" = ClientId, Path, description = "Which client.")),
    responses(
        (status = 200, body = ClientApplied, description = "Put back."),
        (status = 404, body = ErrorBody, description = "No such client."),
        (status = 409, body = ErrorBody, description = "The file changed meanwhile, or cannot be read."),
    ),
)]
async fn restore_client(
    State(console): State<Console>,
    Named(client): Named<ClientId>,
) -> Result<Json<ClientApplied>, Trouble> {
    console.desk().restore_client(client).await.map(Json)
}

/// Sends one request as a client would.
#[utoipa::path(
    post,
    path = "/api/connect/test",
    tag = "clients",
    request_body = ConnectTest,
    responses(
        (status = 200, body = ConnectResult, description = "What became of it."),
    ),
)]
async fn test_connection(
    State(console): State<Console>,
    Told(test): Told<ConnectTest>,
) -> Result<Json<ConnectResult>, Trouble> {
    trial::run(console.desk(), test).await.map(Json)
}
