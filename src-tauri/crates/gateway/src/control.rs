//! `/v1/queue` and `/v1/cancel/{id}`: seeing and ending what runs. Who has a key sees and ends what came with it.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use serde_json::{Value, json};

use crate::auth::Pass;
use crate::queue::Standing;
use crate::reject::Reject;
use crate::{Gateway, body};

/// What stands before a request's id in the answers of the dialects.
const PREFIXES: [&str; 5] = ["chatcmpl-", "cmpl-", "resp_", "msg_", "req_"];

pub(crate) async fn queue(State(gateway): State<Gateway>, Extension(pass): Extension<Pass>) -> Json<Value> {
    let mut standings = gateway.queue().standings();
    standings.retain(|standing| standing.entry.concerns(pass.caller));
    let waiting = standings.iter().filter(|standing| standing.position.is_some()).count();
    let now = SystemTime::now();
    Json(json!({
        "queue_length": waiting,
        "is_processing_locked": waiting < standings.len(),
        "items": standings.iter().map(|standing| item(standing, now)).collect::<Vec<_>>(),
    }))
}

fn item(standing: &Standing, now: SystemTime) -> Value {
    let entry = &standing.entry;
    let seconds =
        |later: SystemTime, earlier| later.duration_since(earlier).unwrap_or_default().as_secs_f64();
    json!({
        "req_id": entry.id,
        "enqueue_time": seconds(entry.since, UNIX_EPOCH),
        "wait_time_seconds": seconds(now, entry.since),
        "is_streaming": entry.stream,
        "cancelled": entry.is_cancelled(),
        "state": if standing.position.is_some() { "waiting" } else { "running" },
        "position": standing.position,
        "model": entry.model,
        "upstream": entry.upstream,
    })
}

pub(crate) async fn cancel(
    State(gateway): State<Gateway>,
    Extension(pass): Extension<Pass>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Reject> {
    body::drain(request);
    let Path(id) = id?;
    // Clients know the id of the answer; it is the request's behind a prefix.
    let id = PREFIXES.iter().find_map(|prefix| id.strip_prefix(prefix)).unwrap_or(&id);
    let shown: String = id.chars().take(100).collect();
    let (status, message) = if gateway.queue().cancel_for(pass.caller, id) {
        (StatusCode::OK, format!("Request {shown} marked as cancelled."))
    } else {
        (StatusCode::NOT_FOUND, format!("Request {shown} not found in queue."))
    };
    let success = status == StatusCode::OK;
    Ok((status, Json(json!({ "success": success, "message": message }))).into_response())
}
