//! Accounts.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::accounts::{
    AccountChange, AccountDetail, AccountExport, AccountView, AccountsView, CooldownReset, ExportForm,
};
use crate::asked::{Named, Told};
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_accounts))
        .routes(routes!(check_account))
        .routes(routes!(reset_cooldowns))
        .routes(routes!(show_browser))
        .routes(routes!(hide_browser))
        .routes(routes!(export_account))
        .routes(routes!(get_account, change_account, remove_account))
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

/// One account with what it did.
#[utoipa::path(
    get,
    path = "/api/accounts/{name}",
    tag = "accounts",
    params(("name" = String, Path, description = "The account's name.")),
    responses(
        (status = 200, body = AccountDetail, description = "The account."),
        (status = 404, body = ErrorBody, description = "No such account."),
    ),
)]
async fn get_account(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<Json<AccountDetail>, Trouble> {
    console.desk().account(&name).await.map(Json)
}

/// Ends cooldowns before their time.
#[utoipa::path(
    post,
    path = "/api/accounts/{name}/reset-cooldowns",
    tag = "accounts",
    params(("name" = String, Path, description = "The account's name.")),
    request_body = CooldownReset,
    responses(
        (status = 200, body = AccountView, description = "The account now."),
        (status = 404, body = ErrorBody, description = "No such account."),
    ),
)]
async fn reset_cooldowns(
    State(console): State<Console>,
    Named(name): Named<String>,
    Told(reset): Told<CooldownReset>,
) -> Result<Json<AccountView>, Trouble> {
    console.desk().reset_cooldowns(&name, reset).await.map(Json)
}

/// Shows the account's browser to the person at the screen.
#[utoipa::path(
    post,
    path = "/api/accounts/{name}/show",
    tag = "accounts",
    params(("name" = String, Path, description = "The account's name.")),
    responses(
        (status = 200, body = AccountView, description = "Its window is there."),
        (status = 404, body = ErrorBody, description = "No such account."),
        (status = 409, body = ErrorBody, description = "The account is answering a request."),
        (status = 503, body = ErrorBody, description = "There is no screen, or the browser does not start."),
    ),
)]
async fn show_browser(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<Json<AccountView>, Trouble> {
    console.desk().show_browser(&name, true).await.map(Json)
}

/// Puts the account's browser out of sight again.
#[utoipa::path(
    post,
    path = "/api/accounts/{name}/hide",
    tag = "accounts",
    params(("name" = String, Path, description = "The account's name.")),
    responses(
        (status = 200, body = AccountView, description = "The account now."),
        (status = 404, body = ErrorBody, description = "No such account."),
    ),
)]
async fn hide_browser(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<Json<AccountView>, Trouble> {
    console.desk().show_browser(&name, false).await.map(Json)
}

/// The account in a form that can be carried elsewhere.
#[utoipa::path(
    post,
    path = "/api/accounts/{name}/export",
    tag = "accounts",
    params(("name" = String, Path, description = "The account's name.")),
    request_body = AccountExport,
    responses(
        (status = 200, body = String, content_type = "application/octet-stream", description = "The file."),
        (status = 400, body = ErrorBody, description = "The passphrase is missing or too short."),
        (status = 404, body = ErrorBody, description = "No such account."),
        (status = 409, body = ErrorBody, description = "The account is in use, or nobody is signed in."),
        (status = 503, body = ErrorBody, description = "Its browser cannot be read now."),
    ),
)]
async fn export_account(
    State(console): State<Console>,
    Named(name): Named<String>,
    Told(export): Told<AccountExport>,
) -> Result<impl IntoResponse, Trouble> {
    let (kind, ending) = match export.form {
        ExportForm::StorageState => ("application/json", "json"),
        ExportForm::SealedProfile => ("application/octet-stream", "postern-profile"),
    };
    let bytes = console.desk().export_account(&name, export).await?;
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let headers = [
        (CONTENT_TYPE, kind.to_owned()),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, bytes))
}

/// Changes an account: its name, whether it is used, its share.
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
