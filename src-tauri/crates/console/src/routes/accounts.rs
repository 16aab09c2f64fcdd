//! Accounts.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::accounts::{AccountChange, AccountView, AccountsView};
use crate::asked::{Named, Told};
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_accounts))
        .routes(routes!(check_account))
        .routes(routes!(change_account, remove_account))
}

/// All accounts.
#[utoipa::path(
    get,
    path = "/api/accounts",
    tag = "accounts",
    responses(
        (status = 200, body = AccountsView, description = "The accounts."),
    ),
)]
async fn get_accounts(State(console): State<Console>) -> Json<AccountsView> {
    Json(AccountsView { accounts: console.desk().accounts() })
}

/// Looks whether the account can serve.
#[utoipa::path(
    post,
    path = "/api/accounts/{name}/check",
    tag = "accounts",
    params(("name" = String, Path, description = "The account's name.")),
    responses(
        (status = 200, body = AccountView, description = "How it is."),
        (status = 404, body = ErrorBody, description = "No such account."),
        (status = 409, body = ErrorBody, description = "It is being checked."),
        (status = 503, body = ErrorBody, description = "It cannot be checked now."),
    ),
)]
async fn check_account(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<Json<AccountView>, Trouble> {
    console.desk().check_account(&name).await.map(Json)
}

/// Renames an account, switches it on or off.
#[utoipa::path(
    patch,
    path = "/api/accounts/{name}",
    tag = "accounts",
    params(("name" = String, Path, description = "The account's name.")),
    request_body = AccountChange,
    responses(
        (status = 200, body = AccountView, description = "The account now."),
        (status = 404, body = ErrorBody, description = "No such account."),
        (status = 409, body = ErrorBody, description = "Another account has this name, or it is in use."),
    ),
)]
async fn change_account(
    State(console): State<Console>,
    Named(name): Named<String>,
    Told(change): Told<AccountChange>,
) -> Result<Json<AccountView>, Trouble> {
    console.desk().change_account(&name, change).await.map(Json)
}

/// Removes an account with its profile.
#[utoipa::path(
    delete,
    path = "/api/accounts/{name}",
    tag = "accounts",
    params(("name" = String, Path, description = "The account's name.")),
    responses(
        (status = 204, description = "Removed."),
        (status = 404, body = ErrorBody, description = "No such account."),
        (status = 409, body = ErrorBody, description = "It is in use."),
    ),
)]
async fn remove_account(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<StatusCode, Trouble> {
    console.desk().remove_account(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}
