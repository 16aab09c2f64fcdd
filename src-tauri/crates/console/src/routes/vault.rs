//! The master key: where it lies, keeping it, bringing it back, exchanging it.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::vault::{Recovered, RecoveryKey, RecoveryText, VaultView};
use crate::asked::Told;
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_vault))
        .routes(routes!(show_recovery_key))
        .routes(routes!(recover_vault))
        .routes(routes!(rekey_vault))
}

/// Where the master key lies, and whether everything it sealed can be opened.
#[utoipa::path(
    get,
    path = "/api/vault",
    tag = "vault",
    responses(
        (status = 200, body = VaultView, description = "The vault."),
        (status = 503, body = ErrorBody, description = "It cannot be opened now."),
    ),
)]
async fn get_vault(State(console): State<Console>) -> Result<Json<VaultView>, Trouble> {
    console.desk().vault().await.map(Json)
}

/// Shows the recovery key, once.
#[utoipa::path(
    post,
    path = "/api/vault/recovery",
    tag = "vault",
    responses(
        (status = 200, body = RecoveryKey, description = "The key, told now and never again."),
        (status = 409, body = ErrorBody, description = "It was shown before, or is not ours to show."),
        (status = 503, body = ErrorBody, description = "The vault cannot be opened now."),
    ),
)]
async fn show_recovery_key(State(console): State<Console>) -> Result<Json<RecoveryKey>, Trouble> {
    console.desk().recovery_key().await.map(Json)
}

/// Brings a lost master key back.
#[utoipa::path(
    post,
    path = "/api/vault/recover",
    tag = "vault",
    request_body = RecoveryText,
    responses(
        (status = 200, body = Recovered, description = "What opens again."),
        (status = 409, body = ErrorBody, description = "Nothing here was lost with this key."),
        (status = 503, body = ErrorBody, description = "The vault cannot be opened now."),
    ),
)]
async fn recover_vault(
    State(console): State<Console>,
    Told(told): Told<RecoveryText>,
) -> Result<Json<Recovered>, Trouble> {
    console.desk().recover(told).await.map(Json)
}

/// Makes a new master key, seals everything with it and forgets the old one.
#[utoipa::path(
    post,
    path = "/api/vault/rekey",
    tag = "vault",
    responses(
        (status = 200, body = RecoveryKey, description = "The new recovery key, told now and never again."),
        (status = 409, body = ErrorBody, description = "The key is given from outside."),
        (status = 503, body = ErrorBody, description = "The vault cannot be opened or written now."),
    ),
)]
async fn rekey_vault(State(console): State<Console>) -> Result<Json<RecoveryKey>, Trouble> {
    console.desk().rekey().await.map(Json)
}
