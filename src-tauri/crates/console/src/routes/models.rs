//! What can be asked for, and by which names.

use std::time::UNIX_EPOCH;

use axum::Json;
use axum::extract::State;
use postern_upstream::{Offer, Offers};
use serde_json::{Map, Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::models::{
    Alias, AliasTarget, Exclusion, Fallback, FallbackTargets, ModelView, ModelsView, Resolution,
    ResolveQuery, UpstreamModels,
};
use crate::api::settings::{SettingChange, SettingsChange};
use crate::asked::{Filtered, Named, Told};
use crate::{Code, Console, ErrorBody, Trouble};

const ALIASES: &str = "models.aliases";
const FALLBACKS: &str = "models.fallbacks";
const EXCLUDED: &str = "models.excluded";
/// The older list, of AI Studio's models only.
const EXCLUDED_BEFORE: &str = "aistudio.excluded_models";
const UPSTREAM_BEFORE: &str = "aistudio";

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_models))
        .routes(routes!(refresh_models))
        .routes(routes!(resolve_model))
        .routes(routes!(set_alias, remove_alias))
        .routes(routes!(set_fallbacks, remove_fallbacks))
        .routes(routes!(set_exclusion))
}

/// Everything that can be asked for.
#[utoipa::path(
    get,
    path = "/api/models",
    tag = "models",
    responses(
        (status = 200, body = ModelsView, description = "The models."),
    ),
)]
async fn get_models(State(console): State<Console>) -> Json<ModelsView> {
    Json(view(&console).await)
}

/// Asks the upstreams for their models anew.
#[utoipa::path(
    post,
    path = "/api/models/refresh",
    tag = "models",
    responses(
        (status = 200, body = ModelsView, description = "The models."),
        (status = 503, body = ErrorBody, description = "An upstream could not tell its models."),
    ),
)]
async fn refresh_models(State(console): State<Console>) -> Result<Json<ModelsView>, Trouble> {
    let refreshed = console.registry().refresh().await;
    console.models_changed();
    refreshed.map_err(|failure| Trouble::new(Code::Unavailable, failure.message))?;
    Ok(Json(view(&console).await))
}

/// What a name would hit.
#[utoipa::path(
    get,
    path = "/api/models/resolve",
    tag = "models",
    params(ResolveQuery),
    responses(
        (status = 200, body = Resolution, description = "The way to the model, or what is in it."),
    ),
)]
async fn resolve_model(
    State(console): State<Console>,
    Filtered(query): Filtered<ResolveQuery>,
) -> Json<Resolution> {
    Json(Resolution { explanation: console.registry().explain(&query.name).await })
}

/// Makes a name mean a model.
#[utoipa::path(
    put,
    path = "/api/models/aliases/{name}",
    tag = "models",
    params(("name" = String, Path, description = "The alias.")),
    request_body = AliasTarget,
    responses(
        (status = 200, body = ModelsView, description = "The models."),
        (status = 409, body = ErrorBody, description = "A flag or the environment decides this setting."),
    ),
)]
async fn set_alias(
    State(console): State<Console>,
    Named(name): Named<String>,
    Told(told): Told<AliasTarget>,
) -> Result<Json<ModelsView>, Trouble> {
    change(&console, || {
        let mut aliases = aliases(&console);
        aliases.insert(name, Value::String(told.target));
        Ok(vec![(ALIASES, Value::Object(aliases))])
    })
    .await
}

/// Removes an alias.
#[utoipa::path(
    delete,
    path = "/api/models/aliases/{name}",
    tag = "models",
    params(("name" = String, Path, description = "The alias.")),
    responses(
        (status = 200, body = ModelsView, description = "The models."),
        (status = 404, body = ErrorBody, description = "No such alias."),
        (status = 409, body = ErrorBody, description = "A flag or the environment decides this setting."),
    ),
)]
async fn remove_alias(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<Json<ModelsView>, Trouble> {
    change(&console, || {
        let mut aliases = aliases(&console);
        if aliases.shift_remove(&name).is_none() {
            return Err(Trouble::new(Code::NotFound, format!("There is no alias `{name}`.")));
        }
        Ok(vec![(ALIASES, Value::Object(aliases))])
    })
    .await
}

/// Makes a name stand for several models, which are asked one after the other.
#[utoipa::path(
    put,
    path = "/api/models/fallbacks/{name}",
    tag = "models",
    params(("name" = String, Path, description = "The name.")),
    request_body = FallbackTargets,
    responses(
        (status = 200, body = ModelsView, description = "The models."),
        (status = 409, body = ErrorBody, description = "The file was changed by another program."),
    ),
)]
async fn set_fallbacks(
    State(console): State<Console>,
    Named(name): Named<String>,
    Told(told): Told<FallbackTargets>,
) -> Result<Json<ModelsView>, Trouble> {
    change(&console, || {
        let mut fallbacks = console.registry().fallbacks();
        fallbacks.insert(name, told.targets);
        Ok(vec![(FALLBACKS, json!(fallbacks))])
    })
    .await
}

/// Removes a name that stands for several models.
#[utoipa::path(
    delete,
    path = "/api/models/fallbacks/{name}",
    tag = "models",
    params(("name" = String, Path, description = "The name.")),
    responses(
        (status = 200, body = ModelsView, description = "The models."),
        (status = 404, body = ErrorBody, description = "No such name."),
        (status = 409, body = ErrorBody, description = "The file was changed by another program."),
    ),
)]
async fn remove_fallbacks(
    State(console): State<Console>,
    Named(name): Named<String>,
) -> Result<Json<ModelsView>, Trouble> {
    change(&console, || {
        let mut fallbacks = console.registry().fallbacks();
        if fallbacks.remove(&name).is_none() {
            return Err(Trouble::new(Code::NotFound, format!("`{name}` stands for no list of models.")));
        }
        Ok(vec![(FALLBACKS, json!(fallbacks))])
    })
    .await
}

/// Keeps a model from clients, or offers it again.
#[utoipa::path(
    put,
    path = "/api/models/exclusion",
    tag = "models",
    request_body = Exclusion,
    responses(
        (status = 200, body = ModelsView, description = "The models."),
        (status = 409, body = ErrorBody, description = "A flag or the environment decides this setting."),
        (status = 503, body = ErrorBody, description = "It cannot be changed now."),
    ),
)]
async fn set_exclusion(
    State(console): State<Console>,
    Told(told): Told<Exclusion>,
) -> Result<Json<ModelsView>, Trouble> {
    change(&console, || Ok(exclusions(&console, &told))).await
}

/// The lists that change when the model is excluded, or no longer.
fn exclusions(console: &Console, told: &Exclusion) -> Vec<(&'static str, Value)> {
    let full = format!("{}/{}", told.upstream, told.model);
    let mut excluded = list(console, EXCLUDED);
    let mut changes = Vec::new();
    if told.excluded != excluded.contains(&full) {
        if told.excluded {
            excluded.push(full);
        } else {
            excluded.retain(|entry| *entry != full);
        }
        changes.push((EXCLUDED, excluded.into()));
    }
    let mut before = list(console, EXCLUDED_BEFORE);
    if !told.excluded && told.upstream == UPSTREAM_BEFORE && before.contains(&told.model) {
        before.retain(|id| *id != told.model);
        changes.push((EXCLUDED_BEFORE, before.into()));
    }
    changes
}

async fn view(console: &Console) -> ModelsView {
    let registry = console.registry();
    let upstreams = registry.offers().await.into_iter().map(upstream).collect();
    let mut aliases = Vec::new();
    for (name, target) in registry.aliases() {
        let problem = registry.explain(&name).await.problem;
        aliases.push(Alias { name, target, problem });
    }
    let mut fallbacks = Vec::new();
    for (name, targets) in registry.fallbacks() {
        let problem = registry.explain(&name).await.problem;
        fallbacks.push(Fallback { name, targets, problem });
    }
    ModelsView { upstreams, aliases, fallbacks }
}

pub(super) fn upstream(offers: Offers) -> UpstreamModels {
    let model = |Offer { name, card, excluded, accounts }| ModelView { name, card, excluded, accounts };
    UpstreamModels {
        name: offers.upstream,
        models: offers.models.into_iter().map(model).collect(),
        problem: offers.problem.map(|failure| failure.message),
        read_at: offers.read_at.and_then(|at| Some(at.duration_since(UNIX_EPOCH).ok()?.as_secs())),
    }
}

/// Reads the settings, writes what `changes` makes of them, and shows what became of it. Of two who change parts
/// of the same setting at once, the second waits for the first. Without changes nothing is written.
async fn change(
    console: &Console,
    changes: impl FnOnce() -> Result<Vec<(&'static str, Value)>, Trouble>,
) -> Result<Json<ModelsView>, Trouble> {
    let turn = console.turn().await;
    let changes = changes()?;
    if !changes.is_empty() {
        let changes = changes.into_iter().map(|(key, value)| SettingChange { key: key.to_owned(), value });
        console.desk().change_settings(SettingsChange { changes: changes.collect() }).await?;
        console.models_changed();
    }
    drop(turn);
    Ok(Json(view(console).await))
}

fn setting(console: &Console, key: &str) -> Value {
    let settings = console.desk().settings().settings;
    settings.into_iter().find(|setting| setting.key == key).map(|setting| setting.value).unwrap_or_default()
}

fn aliases(console: &Console) -> Map<String, Value> {
    match setting(console, ALIASES) {
        Value::Object(aliases) => aliases,
        _ => Map::new(),
    }
}

fn list(console: &Console, key: &str) -> Vec<String> {
    serde_json::from_value(setting(console, key)).unwrap_or_default()
}
