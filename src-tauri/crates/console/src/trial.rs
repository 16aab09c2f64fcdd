//! One request as a client would send it, to see whether everything fits together.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use futures::{StreamExt, TryStreamExt};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use serde_json::{Value, json};
use tokio_util::codec::{FramedRead, LinesCodec};
use tokio_util::io::StreamReader;
use tower::ServiceExt;

use crate::api::clients::{ConnectResult, ConnectTest};
use crate::api::server::ServerState;
use crate::{Code, Desk, Trouble};

const QUESTION: &str = "Say hello in one short sentence.";
/// Most characters of the answer that are shown.
const SHOWN: usize = 400;
/// Most bytes of a line of the stream, and of an error.
const LONGEST: usize = 1024 * 1024;

/// Asks the model and tells what became of it.
pub(crate) async fn run(desk: &dyn Desk, test: ConnectTest) -> Result<ConnectResult, Trouble> {
    if !matches!(desk.server().state, ServerState::Running { .. }) {
        return Ok(out_of_reach());
    }
    let door = if test.key.is_some() { desk.inside_as_client() } else { desk.inside() };
    let begun = Instant::now();
    let response = ask(door, &test).await?;
    let mut result = nothing_yet(response.status());
    result.request_id = text_of(response.headers(), "x-request-id");
    if response.status() == StatusCode::OK {
        follow(response, begun, &mut result).await;
        result.ok = result.error.is_none();
    } else {
        result.error = Some(refusal(response).await);
    }
    result.total_ms = millis(begun.elapsed());
    Ok(result)
}

fn nothing_yet(status: StatusCode) -> ConnectResult {
    ConnectResult {
        ok: false,
        status: status.as_u16(),
        request_id: None,
        model: None,
        answer: None,
        first_ms: None,
        total_ms: 0,
        prompt_tokens: None,
        completion_tokens: None,
        error: None,
    }
}

/// The way in from here stays open when the server stops, that of clients does not.
fn out_of_reach() -> ConnectResult {
    let error = "The server does not run, so no client can reach it. Start it, then test again.";
    ConnectResult { error: Some(error.to_owned()), ..nothing_yet(StatusCode::SERVICE_UNAVAILABLE) }
}

async fn ask(door: Router, test: &ConnectTest) -> Result<Response, Trouble> {
    let body = json!({
        "model": test.model,
        "messages": [{ "role": "user", "content": QUESTION }],
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    let mut request = Request::builder()
        .method(Method::POST)
        .uri("/v1/chat/completions")
        .header(CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .map_err(|_| Trouble::new(Code::Internal, "The request could not be made."))?;
    if let Some(key) = &test.key {
        let mut value = HeaderValue::try_from(format!("Bearer {}", key.trim())).map_err(|_| {
            let why = "No client can send this key: a header holds visible ASCII characters only.";
            Trouble::new(Code::Invalid, why).field("key")
        })?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    let Ok(response) = door.oneshot(request).await;
    Ok(response)
}

/// Reads the stream to its end.
async fn follow(response: Response, begun: Instant, result: &mut ConnectResult) {
    let bytes = response.into_body().into_data_stream().map_err(std::io::Error::other);
    let mut lines = FramedRead::new(StreamReader::new(bytes), LinesCodec::new_with_max_length(LONGEST));
    let mut ended = false;
    while let Some(line) = lines.next().await {
        let Ok(line) = line else { break };
        match line.strip_prefix("data:").map(str::trim) {
            Some("[DONE]") => ended = true,
            Some(data) => note(&serde_json::from_str(data).unwrap_or_default(), begun, result),
            None => {}
        }
    }
    if !ended && result.error.is_none() {
        result.error = Some("The answer broke off.".to_owned());
    }
}

fn note(chunk: &Value, begun: Instant, result: &mut ConnectResult) {
    if let Some(why) = chunk["error"]["message"].as_str() {
        result.error = Some(why.to_owned());
    }
    if let Some(model) = chunk["model"].as_str() {
        result.model = Some(model.to_owned());
    }
    if let Some(usage) = chunk["usage"].as_object() {
        result.prompt_tokens = usage.get("prompt_tokens").and_then(Value::as_u64);
        result.completion_tokens = usage.get("completion_tokens").and_then(Value::as_u64);
    }
    let delta = &chunk["choices"][0]["delta"];
    let said = delta["content"].as_str().unwrap_or_default();
    let thought = delta["reasoning_content"].as_str().unwrap_or_default();
    if !said.is_empty() || !thought.is_empty() {
        result.first_ms.get_or_insert_with(|| millis(begun.elapsed()));
    }
    if !said.is_empty() {
        let answer = result.answer.get_or_insert_default();
        let room = SHOWN.saturating_sub(answer.chars().count());
        answer.extend(said.chars().take(room));
    }
}

/// Why there is no answer.
async fn refusal(response: Response) -> String {
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), LONGEST).await.unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    body["error"]["message"].as_str().map_or_else(|| status.to_string(), str::to_owned)
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
