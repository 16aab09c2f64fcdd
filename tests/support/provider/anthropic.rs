//! Anthropic.

mod checks;
mod wire;

use http::Method;
use serde_json::{Value, json};

use super::deliver::Frames;
use super::desk::Desk;
use super::received::Received;
use super::refusal::{Refusal, Refused};
use super::said::{Said, Word};
use super::turn::{Act, Delivery};
use super::{Answered, Vendor, known};

/// Two generations: from 4.7 on, sampling and budgets of thoughts are refused.
const MODELS: [(&str, &str); 3] = [
    ("claude-opus-4-7", "Claude Opus 4.7"),
    ("claude-sonnet-4-6", "Claude Sonnet 4.6"),
    ("claude-haiku-4-5", "Claude Haiku 4.5"),
];

/// Answers a request as Anthropic would.
pub(super) fn answer(desk: &Desk, request: &Received) -> Answered {
    authorized(request)?;
    if request.header("anthropic-version").is_none() {
        return Err(Refused::new(400, "invalid_request_error", "anthropic-version: header is required"));
    }
    let frames = match (request.method.clone(), request.path()) {
        (Method::POST, "/v1/messages") => return messages(desk, request),
        (Method::POST, "/v1/messages/count_tokens") => counted(desk, request)?,
        (Method::GET, path) if path.starts_with("/v1/models") => models(path)?,
        _ => return Err(Refused::new(404, "not_found_error", "Not Found")),
    };
    Ok((frames.header("request-id", request_id(request)), Delivery::default()))
}

/// Since this version keys come as bearers too (Anthropic's SDKs send them so), and sampling is no longer asked for.
fn newer(request: &Received) -> bool {
    request.header("anthropic-version").is_some_and(|version| version >= "2026-10-21")
}

/// Of two credentials the key is looked at.
fn authorized(request: &Received) -> Result<(), Refused> {
    let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    match (request.header("x-api-key"), bearer) {
        (Some(key), _) if known(key) => Ok(()),
        (None, Some(token)) if token.starts_with("sk-ant-oat") || newer(request) && known(token) => Ok(()),
        (Some(_), _) => Err(Refusal::Key.by(Vendor::Anthropic)),
        (None, Some(_)) => Err(Refused::new(401, "authentication_error", "Invalid bearer token")),
        (None, None) => Err(Refused::new(401, "authentication_error", "x-api-key header is required")),
    }
}

fn models(path: &str) -> Result<Frames, Refused> {
    let card = |(id, name): &(&str, &str)| json!({ "type": "model", "id": id, "display_name": name, "created_at": "2026-02-04T00:00:00Z" });
    let id = path.trim_start_matches("/v1/models").trim_start_matches('/');
    if id.is_empty() {
        let [(first, _), .., (last, _)] = MODELS;
        let data: Vec<Value> = MODELS.iter().map(card).collect();
        return Ok(Frames::json(
            &json!({ "data": data, "has_more": false, "first_id": first, "last_id": last }),
        ));
    }
    let model = MODELS.iter().find(|(known, _)| *known == id);
    model
        .map(|model| Frames::json(&card(model)))
        .ok_or_else(|| Refusal::Model(id.to_owned()).by(Vendor::Anthropic))
}

fn messages(desk: &Desk, request: &Received) -> Answered {
    let body = request.json();
    checks::message(desk, &body, newer(request))?;
    let turn = desk.take();
    let mut said = match &turn.act {
        Act::Say(choices) if !choices.is_empty() => choices[0].clone(),
        _ => Said::echo(&prompt(&body)),
    }
    .counted(request);
    sign(desk, &mut said, request);
    let message =
        wire::Message { id: format!("msg_standin{}", request.id), model: &body["model"], said: &said };
    let frames = if body["stream"] == true {
        let trouble = turn.delivery.trouble_after.as_ref().map(|(_, trouble)| {
            format!("event: error\ndata: {}\n\n", refusal(&trouble.by(Vendor::Anthropic), request))
        });
        Frames::stream("text/event-stream; charset=utf-8", message.stream()).or_trouble(trouble)
    } else {
        Frames::json(&message.whole())
    };
    let frames = frames
        .header("request-id", request_id(request))
        .header("anthropic-organization-id", "org-standin")
        .header("anthropic-ratelimit-requests-remaining", "49");
    Ok((frames, turn.delivery))
}

/// Thoughts are signed, and known again.
fn sign(desk: &Desk, said: &mut Said, request: &Received) {
    for (index, word) in said.words.iter_mut().enumerate() {
        if let Word::Thought { signature, .. } = word {
            let own = || format!("EqQBCkYIstandin{}x{index}==", request.id);
            desk.give_out(signature.get_or_insert_with(own));
        }
    }
}

fn counted(desk: &Desk, request: &Received) -> Result<Frames, Refused> {
    let body = request.json();
    checks::count(desk, &body)?;
    Ok(Frames::json(&json!({ "input_tokens": prompt(&body).len().div_ceil(4) + 3 })))
}

/// What the user, or a function, said last.
fn prompt(body: &Value) -> String {
    let content =
        &body["messages"].as_array().and_then(|messages| messages.last()).unwrap_or(&Value::Null)["content"];
    text_of(content)
}

fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => blocks
            .iter()
            .map(|block| match block["type"].as_str() {
                Some("tool_result") => text_of(&block["content"]),
                _ => block["text"].as_str().unwrap_or_default().to_owned(),
            })
            .collect(),
        _ => String::new(),
    }
}

pub(super) fn request_id(request: &Received) -> String {
    format!("req_standin{}", request.id)
}

/// The body of a refusal.
pub(super) fn refusal(refused: &Refused, request: &Received) -> String {
    let error = json!({ "type": refused.word, "message": refused.message });
    json!({ "type": "error", "error": error, "request_id": request_id(request) }).to_string()
}
