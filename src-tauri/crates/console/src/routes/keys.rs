//! Client keys, also in the words that the predecessor's programs know.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Json;
use axum::extract::State;
use postern_protocol::Secret;
use postern_store::{ImportReport, KeyId, KeyInfo, KeyRefusal};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::keys::{
    KeyAdd, KeyFile, KeyPatch, KeyRemoved, KeyRotate, KeySecret, KeyStatus, KeyTested, KeyText, KeyView,
    KeysView,
};
use crate::asked::{Named, Told};
use crate::{Code, Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_keys, add_key, remove_key_by_text))
        .routes(routes!(change_key, remove_key))
        .routes(routes!(rotate_key))
        .routes(routes!(import_keys))
        .routes(routes!(test_key))
}

/// All client keys.
#[utoipa::path(
    get,
    path = "/api/keys",
    tag = "keys",
    responses(
        (status = 200, body = KeysView, description = "The keys."),
    ),
)]
async fn get_keys(State(console): State<Console>) -> Result<Json<KeysView>, Trouble> {
    let keys: Vec<KeyView> = console.keys().list().await?.into_iter().map(view).collect();
    Ok(Json(KeysView { success: true, total_count: keys.len(), keys }))
}

/// Adds a key: a new one, or the very key in `key`.
#[utoipa::path(
    post,
    path = "/api/keys",
    tag = "keys",
    request_body = KeyAdd,
    responses(
        (status = 200, body = KeySecret, description = "Added."),
        (status = 409, body = ErrorBody, description = "Another key has this name."),
    ),
)]
async fn add_key(
    State(console): State<Console>,
    Told(told): Told<KeyAdd>,
) -> Result<Json<KeySecret>, Trouble> {
    if told.expires_at.is_some_and(|end| end <= now()) {
        let message = "The key would have expired already; choose a day that is yet to come.";
        return Err(Trouble::new(Code::Invalid, message).field("expires_at"));
    }
    let (info, secret) = match told.parts() {
        (new, Some(own)) => (console.keys().bring(new, Secret::new(own.trim())).await?, None),
        (new, None) => {
            let (info, secret) = console.keys().add(new).await?;
            (info, Some(secret))
        }
    };
    with_secret(&console, "API key added successfully", info, secret).await
}

/// Removes the key in the body.
#[utoipa::path(
    delete,
    path = "/api/keys",
    tag = "keys",
    request_body = KeyText,
    responses(
        (status = 200, body = KeyRemoved, description = "Removed."),
        (status = 404, body = ErrorBody, description = "No such key."),
    ),
)]
async fn remove_key_by_text(
    State(console): State<Console>,
    Told(told): Told<KeyText>,
) -> Result<Json<KeyRemoved>, Trouble> {
    match console.keys().whose(&told.key) {
        Some(id) => remove(&console, id).await,
        None => Err(Trouble::new(Code::NotFound, "API key does not exist.").field("key")),
    }
}

/// Changes a key.
#[utoipa::path(
    patch,
    path = "/api/keys/{id}",
    tag = "keys",
    params(("id" = i64, Path, description = "The key's id.")),
    request_body = KeyPatch,
    responses(
        (status = 200, body = KeyView, description = "The key now."),
        (status = 404, body = ErrorBody, description = "No such key."),
        (status = 409, body = ErrorBody, description = "Another key has this name."),
    ),
)]
async fn change_key(
    State(console): State<Console>,
    Named(id): Named<i64>,
    Told(patch): Told<KeyPatch>,
) -> Result<Json<KeyView>, Trouble> {
    let info = console.keys().change(KeyId(id), patch.into()).await?;
    Ok(Json(view(info)))
}

/// Removes a key.
#[utoipa::path(
    delete,
    path = "/api/keys/{id}",
    tag = "keys",
    params(("id" = i64, Path, description = "The key's id.")),
    responses(
        (status = 200, body = KeyRemoved, description = "Removed."),
        (status = 404, body = ErrorBody, description = "No such key."),
    ),
)]
async fn remove_key(
    State(console): State<Console>,
    Named(id): Named<i64>,
) -> Result<Json<KeyRemoved>, Trouble> {
    remove(&console, KeyId(id)).await
}

/// Gives a key a new secret.
#[utoipa::path(
    post,
    path = "/api/keys/{id}/rotate",
    tag = "keys",
    params(("id" = i64, Path, description = "The key's id.")),
    request_body = KeyRotate,
    responses(
        (status = 200, body = KeySecret, description = "The key with its new secret."),
        (status = 404, body = ErrorBody, description = "No such key."),
    ),
)]
async fn rotate_key(
    State(console): State<Console>,
    Named(id): Named<i64>,
    Told(told): Told<KeyRotate>,
) -> Result<Json<KeySecret>, Trouble> {
    let (info, secret) = console.keys().rotate(KeyId(id), Duration::from_secs(told.grace_s)).await?;
    with_secret(&console, "The key has a new secret.", info, Some(secret)).await
}

/// Takes keys from the text of a key file.
#[utoipa::path(
    post,
    path = "/api/keys/import",
    tag = "keys",
    request_body = KeyFile,
    responses(
        (status = 200, body = ImportReport, description = "What became of its lines."),
    ),
)]
async fn import_keys(
    State(console): State<Console>,
    Told(file): Told<KeyFile>,
) -> Result<Json<ImportReport>, Trouble> {
    let report = console.keys().import(&file.text).await?;
    Ok(Json(report))
}

/// Says whether a key opens the door.
#[utoipa::path(
    post,
    path = "/api/keys/test",
    tag = "keys",
    request_body = KeyText,
    responses(
        (status = 200, body = KeyTested, description = "Whether it does."),
    ),
)]
async fn test_key(
    State(console): State<Console>,
    Told(told): Told<KeyText>,
) -> Result<Json<KeyTested>, Trouble> {
    if told.key.trim().is_empty() {
        return Err(Trouble::new(Code::Invalid, "API key cannot be empty.").field("key"));
    }
    if console.keys().is_empty() {
        let message = "No key exists, so the server asks nobody on this computer for one.".to_owned();
        return Ok(Json(KeyTested { success: true, valid: true, message, key: None }));
    }
    let (valid, message) = match console.keys().recognise(&told.key) {
        Ok(_) => (true, "Key valid".to_owned()),
        Err(KeyRefusal::Unknown) => (false, "Key invalid or non-existent".to_owned()),
        Err(refusal) => (false, format!("Key invalid: {refusal}")),
    };
    let key = match console.keys().whose(&told.key) {
        Some(id) => console.keys().list().await?.into_iter().find(|info| info.id == id),
        None => None,
    };
    Ok(Json(KeyTested { success: true, valid, message, key }))
}

async fn remove(console: &Console, id: KeyId) -> Result<Json<KeyRemoved>, Trouble> {
    console.keys().remove(id).await?;
    let key_count = console.keys().list().await?.len();
    let message = "API key deleted successfully".to_owned();
    Ok(Json(KeyRemoved { success: true, message, key_count }))
}

async fn with_secret(
    console: &Console,
    message: &str,
    info: KeyInfo,
    secret: Option<Secret>,
) -> Result<Json<KeySecret>, Trouble> {
    Ok(Json(KeySecret {
        success: true,
        message: message.to_owned(),
        key_count: console.keys().list().await?.len(),
        key: view(info),
        secret: secret.map(|secret| secret.expose().to_owned()),
    }))
}

/// Unix time in seconds.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn view(info: KeyInfo) -> KeyView {
    let now = now();
    let status = match info {
        KeyInfo { enabled: false, .. } => KeyStatus::Disabled,
        KeyInfo { expires_at: Some(end), .. } if end <= now => KeyStatus::Expired,
        KeyInfo { .. } => KeyStatus::Valid,
    };
    KeyView { value: info.masked.clone(), status, info }
}
