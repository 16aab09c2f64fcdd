//! Settings.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::settings::{SettingsChange, SettingsView};
use crate::asked::Told;
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new().routes(routes!(get_settings, change_settings))
}

/// All settings.
#[utoipa::path(
    get,
    path = "/api/settings",
    tag = "settings",
    responses(
        (status = 200, body = SettingsView, description = "The settings."),
    ),
)]
async fn get_settings(State(console): State<Console>) -> Json<SettingsView> {
    Json(console.desk().settings())
}

/// Changes settings in the file and in force, all or nothing.
#[utoipa::path(
    patch,
    path = "/api/settings",
    tag = "settings",
    request_body = SettingsChange,
    responses(
        (status = 200, body = SettingsView, description = "The settings now."),
        (status = 409, body = ErrorBody, description = "A flag or the environment decides this setting."),
    ),
)]
async fn change_settings(
    State(console): State<Console>,
    Told(change): Told<SettingsChange>,
) -> Result<Json<SettingsView>, Trouble> {
    let models = change.changes.iter().any(|change| concerns_models(&change.key));
    let view = console.desk().change_settings(change).await?;
    if models {
        console.models_changed();
    }
    Ok(Json(view))
}

fn concerns_models(key: &str) -> bool {
    key.starts_with("models.") || key == "aistudio.excluded_models"
}
