//! `/`, `/health` and `/api/info`: what this is, how it is, and how to reach it.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use http::HeaderMap;
use http::header::{ACCEPT, HOST};
use postern_protocol::account;
use postern_upstream::{HOUSE, Upstream, describe as describe_state};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::Gateway;
use crate::auth::{Caller, Pass, key_required};
use crate::serve::Link;

/// How long an example of a model is looked for; who asks wants the address above all.
const MODEL_PATIENCE: Duration = Duration::from_secs(1);
const FALLBACK_MODEL: &str = "postern/echo";

pub(crate) async fn root(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    // A person with a browser wants to see something.
    if gateway.side().is_some() && takes_pages(&headers) {
        return Redirect::to("/console/").into_response();
    }
    let about = json!({
        "name": "Postern",
        "version": gateway.rules().config().version,
        "message": "An OpenAI-compatible server. Give a client the base URL; GET /v1/models lists its models.",
        "base_url": format!("{}/v1", server_url(&headers)),
    });
    Json(about).into_response()
}

fn takes_pages(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|kinds| kinds.contains("text/html"))
}

/// Whether the server runs, and how its accounts are. An account that cannot be used is told in the
/// details and makes the server no less healthy: requests for it get a proper answer.
pub(crate) async fn health(State(gateway): State<Gateway>, Extension(pass): Extension<Pass>) -> Json<Value> {
    let (running, waiting) = gateway.queue().counts();
    // Names of accounts are for those who could use them.
    let named = pass.caller != Caller::Unknown;
    let upstreams = gateway.registry().upstreams();
    let told: Vec<Value> = upstreams.iter().map(|upstream| describe(upstream.as_ref(), named)).collect();
    Json(json!({
        "status": "OK",
        "message": format!("Service running; Queue length: {waiting}."),
        "details": {
            "version": gateway.rules().config().version,
            "queueLength": waiting,
            "queue": { "running": running, "waiting": waiting },
            "upstreams": told,
        },
    }))
}

fn describe(upstream: &dyn Upstream, named: bool) -> Value {
    let accounts = upstream.accounts();
    let ready = upstream.name() == HOUSE || accounts.iter().any(|account| account.state.usable());
    let accounts: Vec<Value> = accounts.iter().map(|account| describe_account(account, named)).collect();
    json!({ "name": upstream.name(), "ready": ready, "lanes": upstream.lanes(), "accounts": accounts })
}

fn describe_account(status: &account::Status, named: bool) -> Value {
    let full = serde_json::to_value(status).unwrap_or_default();
    let mut told = if named { full } else { json!({ "state": full.get("state") }) };
    if let Some(fields) = told.as_object_mut() {
        let name = if named { &status.name } else { "NAME" };
        fields.insert("action".to_owned(), json!(status.state.action(name)));
        if named {
            fields.insert("message".to_owned(), json!(describe_state(name, &status.state)));
        }
    }
    told
}

/// What a client must be told to connect.
pub(crate) async fn info(
    State(gateway): State<Gateway>,
    link: Option<Extension<Link>>,
    headers: HeaderMap,
) -> Json<Value> {
    let models = timeout(MODEL_PATIENCE, gateway.registry().models()).await.unwrap_or_default();
    let model = models.into_iter().find(|listed| listed.upstream != HOUSE);
    let url = server_url(&headers);
    let keys = gateway.keys().list().await.map_or(0, |keys| keys.len());
    let required = key_required(gateway.keys(), link.as_deref());
    Json(json!({
        "model_name": model.map_or_else(|| FALLBACK_MODEL.to_owned(), |listed| listed.name),
        "api_base_url": format!("{url}/v1"),
        "server_base_url": &url,
        "api_key_required": required,
        "api_key_count": keys,
        "auth_header": required.then_some("Authorization: Bearer <token>, X-API-Key: <token> or X-Goog-Api-Key: <token>"),
        "openai_compatible": true,
        "base_urls": { "openai": format!("{url}/v1"), "anthropic": url, "gemini": url },
        "supported_auth_methods": if required { vec!["Authorization: Bearer", "X-API-Key", "X-Goog-Api-Key"] } else { vec![] },
        "message": if required {
            format!("API Key is required. {keys} valid key(s) configured.")
        } else {
            "API Key is not required.".to_owned()
        },
    }))
}

/// How the caller reached this server.
fn server_url(headers: &HeaderMap) -> String {
    let text = |value: Option<&http::HeaderValue>| {
        value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    let scheme = match text(headers.get("x-forwarded-proto")).as_str() {
        "https" => "https",
        _ => "http",
    };
    format!("{scheme}://{}", text(headers.get(HOST)))
}
