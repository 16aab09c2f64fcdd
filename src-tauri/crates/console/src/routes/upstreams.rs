//! Providers that are asked with keys.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::models::upstream as models_of;
use crate::api::accounts::CooldownReset;
use crate::api::models::UpstreamModels;
use crate::api::upstreams::{
    KeyTrial, KeyTrialOutcome, NewUpstream, NewUpstreamKey, UpstreamChange, UpstreamKeyChange,
    UpstreamKeyView, UpstreamTemplates, UpstreamView, UpstreamsView,
};
use crate::asked::{Named, Told};
use crate::{Code, Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_upstreams, add_upstream))
        .routes(routes!(get_upstream_templates))
        .routes(routes!(try_upstream_key))
        .routes(routes!(change_upstream, remove_upstream))
        .routes(routes!(get_upstream_models))
        .routes(routes!(refresh_upstream_models))
        .routes(routes!(add_upstream_key))
        .routes(routes!(change_upstream_key, remove_upstream_key))
        .routes(routes!(check_upstream_key))
        .routes(routes!(reset_upstream_key_cooldowns))
}

/// The providers that are asked with keys.
#[utoipa::path(
    get,
    path = "/api/upstreams",
    tag = "upstreams",
    responses(
        (status = 200, body = UpstreamsView, description = "The upstreams."),
    ),
)]
async fn get_upstreams(State(console): State<Console>) -> Json<UpstreamsView> {
    Json(UpstreamsView { upstreams: console.desk().upstreams() })
}

/// What to begin with.
#[utoipa::path(
    get,
    path = "/api/upstreams/templates",
    tag = "upstreams",
    responses(
        (status = 200, body = UpstreamTemplates, description = "Providers that many use."),
    ),
)]
async fn get_upstream_templates(State(console): State<Console>) -> Json<UpstreamTemplates> {
    Json(UpstreamTemplates { templates: console.desk().upstream_templates() })
}

/// Tries a key before anything is kept.
#[utoipa::path(
    post,
    path = "/api/upstreams/try",
    tag = "upstreams",
    request_body = KeyTrial,
    responses(
        (status = 200, body = KeyTrialOutcome, description = "What the provider said."),
    ),
)]
async fn try_upstream_key(
    State(console): State<Console>,
    Told(trial): Told<KeyTrial>,
) -> Result<Json<KeyTrialOutcome>, Trouble> {
    console.desk().try_upstream_key(trial).await.map(Json)
}

/// Adds a provider, and its first key if one is given.
#[utoipa::path(
    post,
    path = "/api/upstreams",
    tag = "upstreams",
    request_body = NewUpstream,
    responses(
        (status = 201, body = UpstreamView, description = "The new upstream."),
        (status = 409, body = ErrorBody, description = "There is one of this name."),
        (status = 503, body = ErrorBody, description = "The key cannot be sealed now."),
    ),
)]
async fn add_upstream(
    State(console): State<Console>,
    Told(new): Told<NewUpstream>,
) -> Result<(StatusCode, Json<UpstreamView>), Trouble> {
    let turn = console.turn().await;
    let added = console.desk().add_upstream(new).await;
    drop(turn);
    console.models_changed();
    Ok((StatusCode::CREATED, Json(added?)))
}

/// Changes a provider.
#[utoipa::path(
    patch,
    path = "/api/upstreams/{name}",
    tag = "upstreams",
    params(("name" = String, Path, description = "The upstream's name.")),
    request_body = UpstreamChange,
    responses(
        (status = 200, body = UpstreamView, description = "The upstream now."),
        (status = 404, body = ErrorBody, description = "No such upstream."),
        (status = 409, body = ErrorBody, description = "The file was changed by another program."),
    ),
)]
async fn change_upstream(
    State(console): State<Console>,
    Named(name): Named<String>,
    Told(change): Told<UpstreamChange>,
) -> Result<Json<UpstreamView>, Trouble> {
    let turn = console.turn().await;
    let changed = console.desk().change_upstream(&name, change).await;
    drop(turn);
    console.models_changed();
    changed.map(Json)
}

/// Removes a provider with its keys.
#[utoipa::path(
    delete,
    path = "/api/upstreams/{name}",
    tag = "upstreams",
    params(("name" = String, Path, description = "The upstream's name.")),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, body = ErrorBody, description = "No such upstream."),
        (status = 409, body = ErrorBody, description = "The file was changed by another program."),
    ),
)]
async fn remove_upstream(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<StatusCode, Trouble> {
    let turn = console.turn().await;
    let removed = console.desk().remove_upstream(&name).await;
    drop(turn);
    console.models_changed();
    removed.map(|()| StatusCode::NO_CONTENT)
}

/// The models of a provider, as far as they are known.
#[utoipa::path(
    get,
    path = "/api/upstreams/{name}/models",
    tag = "upstreams",
    params(("name" = String, Path, description = "The upstream's name.")),
    responses(
        (status = 200, body = UpstreamModels, description = "The models, excluded ones included."),
        (status = 404, body = ErrorBody, description = "No such upstream."),
    ),
)]
async fn get_upstream_models(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<Json<UpstreamModels>, Trouble> {
    models(&console, &name).await.map(Json)
}

/// Asks a provider for its models anew.
#[utoipa::path(
    post,
    path = "/api/upstreams/{name}/models/refresh",
    tag = "upstreams",
    params(("name" = String, Path, description = "The upstream's name.")),
    responses(
        (status = 200, body = UpstreamModels, description = "The models, excluded ones included."),
        (status = 404, body = ErrorBody, description = "No such upstream."),
        (status = 503, body = ErrorBody, description = "It could not tell its models."),
    ),
)]
async fn refresh_upstream_models(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<Json<UpstreamModels>, Trouble> {
    let upstreams = console.registry().upstreams();
    let upstream = upstreams.iter().find(|upstream| upstream.name() == name).ok_or_else(|| unknown(&name))?;
    let refreshed = upstream.refresh().await;
    console.models_changed();
    refreshed.map_err(|failure| Trouble::new(Code::Unavailable, failure.message))?;
    models(&console, &name).await.map(Json)
}

/// Keeps a key. Its value is shown nowhere again.
#[utoipa::path(
    post,
    path = "/api/upstreams/{name}/keys",
    tag = "upstreams",
    params(("name" = String, Path, description = "The upstream's name.")),
    request_body = NewUpstreamKey,
    responses(
        (status = 201, body = UpstreamKeyView, description = "The key, masked."),
        (status = 404, body = ErrorBody, description = "No such upstream."),
        (status = 409, body = ErrorBody, description = "There is one of this name, or the same key."),
        (status = 503, body = ErrorBody, description = "It cannot be sealed now."),
    ),
)]
async fn add_upstream_key(
    State(console): State<Console>,
    Named(name): Named<String>,
    Told(new): Told<NewUpstreamKey>,
) -> Result<(StatusCode, Json<UpstreamKeyView>), Trouble> {
    let added = console.desk().add_upstream_key(&name, new).await?;
    console.models_changed();
    Ok((StatusCode::CREATED, Json(added)))
}

/// Renames a key, exchanges it, switches it, says how much it is used.
#[utoipa::path(
    patch,
    path = "/api/upstreams/{name}/keys/{key}",
    tag = "upstreams",
    params(
        ("name" = String, Path, description = "The upstream's name."),
        ("key" = String, Path, description = "The key's name."),
    ),
    request_body = UpstreamKeyChange,
    responses(
        (status = 200, body = UpstreamKeyView, description = "The key now."),
        (status = 404, body = ErrorBody, description = "No such key."),
        (status = 409, body = ErrorBody, description = "The name is taken, or the key is not one of those that were pasted."),
        (status = 503, body = ErrorBody, description = "It cannot be sealed or opened now."),
    ),
)]
async fn change_upstream_key(
    State(console): State<Console>,
    Named((name, key)): Named<(String, String)>,
    Told(change): Told<UpstreamKeyChange>,
) -> Result<Json<UpstreamKeyView>, Trouble> {
    let changed = console.desk().change_upstream_key(&name, &key, change).await?;
    console.models_changed();
    Ok(Json(changed))
}

/// Forgets a key.
#[utoipa::path(
    delete,
    path = "/api/upstreams/{name}/keys/{key}",
    tag = "upstreams",
    params(
        ("name" = String, Path, description = "The upstream's name."),
        ("key" = String, Path, description = "The key's name."),
    ),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, body = ErrorBody, description = "No such key."),
        (status = 409, body = ErrorBody, description = "It is not one of those that were pasted."),
    ),
)]
async fn remove_upstream_key(
    State(console): State<Console>,
    Named((name, key)): Named<(String, String)>,
) -> Result<StatusCode, Trouble> {
    console.desk().remove_upstream_key(&name, &key).await?;
    console.models_changed();
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the provider whether it takes the key.
#[utoipa::path(
    post,
    path = "/api/upstreams/{name}/keys/{key}/check",
    tag = "upstreams",
    params(
        ("name" = String, Path, description = "The upstream's name."),
        ("key" = String, Path, description = "The key's name."),
    ),
    responses(
        (status = 200, body = UpstreamKeyView, description = "How it is now; `says` tells what happened."),
        (status = 404, body = ErrorBody, description = "No such key."),
        (status = 409, body = ErrorBody, description = "It is switched off, or not to be sent to this host."),
        (status = 503, body = ErrorBody, description = "The provider could not be asked."),
    ),
)]
async fn check_upstream_key(
    State(console): State<Console>,
    Named((name, key)): Named<(String, String)>,
) -> Result<Json<UpstreamKeyView>, Trouble> {
    let checked = console.desk().check_upstream_key(&name, &key).await?;
    console.models_changed();
    Ok(Json(checked))
}

/// Ends cooldowns of a key before their time.
#[utoipa::path(
    post,
    path = "/api/upstreams/{name}/keys/{key}/reset-cooldowns",
    tag = "upstreams",
    params(
        ("name" = String, Path, description = "The upstream's name."),
        ("key" = String, Path, description = "The key's name."),
    ),
    request_body = CooldownReset,
    responses(
        (status = 200, body = UpstreamKeyView, description = "The key now."),
        (status = 404, body = ErrorBody, description = "No such key."),
    ),
)]
async fn reset_upstream_key_cooldowns(
    State(console): State<Console>,
    Named((name, key)): Named<(String, String)>,
    Told(reset): Told<CooldownReset>,
) -> Result<Json<UpstreamKeyView>, Trouble> {
    console.desk().reset_upstream_key(&name, &key, reset).await.map(Json)
}

async fn models(console: &Console, name: &str) -> Result<UpstreamModels, Trouble> {
    let offers = console.registry().offers().await;
    let offers = offers.into_iter().find(|offers| offers.upstream == name);
    offers.map(models_of).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Trouble {
    Trouble::new(Code::NotFound, format!("There is no upstream {name}, or it is switched off."))
}
