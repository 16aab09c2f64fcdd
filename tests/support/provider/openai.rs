//! OpenAI, and those who do as it does.

mod chat;
mod checks;
mod others;
mod responses;

pub(super) use others::vector;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use super::deliver::Frames;
use super::desk::Desk;
use super::received::Received;
use super::refusal::{Refusal, Refused};
use super::said::{Finish, Said};
use super::turn::{Act, Delivery, Turn};
use super::{Answered, Vendor, known};

const MODELS: [&str; 6] =
    ["gpt-5.2", "gpt-4o-mini", "text-embedding-3-small", "gpt-4o-mini-tts", "whisper-1", "gpt-image-1"];

/// Answers a request as OpenAI would.
pub(super) fn answer(desk: &Desk, request: &Received) -> Answered {
    authorized(request)?;
    let path = request.path().strip_prefix("/v1").unwrap_or_default();
    if request.method == Method::GET {
        return models(path).map(|body| (Frames::json(&body), Delivery::default()));
    }
    let frames = match path {
        "/chat/completions" => return chat::answer(desk, request),
        "/responses" => return responses::answer(desk, request),
        "/completions" => return others::completion(desk, request),
        "/embeddings" => others::embeddings(request),
        "/rerank" => others::rerank(request),
        "/audio/speech" => others::speech(request),
        "/audio/transcriptions" | "/audio/translations" => others::transcription(request),
        "/images/generations" => others::images(request),
        _ => return Err(unknown_address(request)),
    }?;
    Ok((frames, Delivery::default()))
}

fn authorized(request: &Received) -> Result<(), Refused> {
    let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    match bearer {
        Some(key) if known(key) => Ok(()),
        Some(_) => Err(Refusal::Key.by(Vendor::OpenAi)),
        None => Err(Refused::new(
            401,
            "invalid_request_error",
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        )),
    }
}

fn models(path: &str) -> Result<Value, Refused> {
    let card =
        |id: &&str| json!({ "id": id, "object": "model", "created": 1_765_313_051, "owned_by": "system" });
    match path.strip_prefix("/models") {
        Some("") => Ok(json!({ "object": "list", "data": MODELS.iter().map(card).collect::<Vec<_>>() })),
        Some(id) => {
            let id = id.trim_start_matches('/');
            let model = MODELS.iter().find(|model| **model == id);
            model.map(card).ok_or_else(|| Refusal::Model(id.to_owned()).by(Vendor::OpenAi))
        }
        None => Err(Refused::new(404, "invalid_request_error", format!("Invalid URL (GET /v1{path})"))),
    }
}

fn unknown_address(request: &Received) -> Refused {
    let message = format!("Invalid URL ({} {})", request.method, request.path());
    Refused::new(404, "invalid_request_error", message)
}

/// The body of a refusal.
pub(super) fn refusal(refused: &Refused) -> String {
    let more = |name: &str| refused.more.get(name).cloned().unwrap_or_default();
    let (param, code) = (more("param"), more("code"));
    let error = json!({ "message": refused.message, "type": refused.word, "param": param, "code": code });
    json!({ "error": error }).to_string()
}

/// The model that is asked; one that is not listed is refused.
fn asked_model(body: &Value) -> Result<String, Refused> {
    let model = body["model"]
        .as_str()
        .ok_or_else(|| Refused::new(400, "invalid_request_error", "you must provide a model parameter"))?;
    if MODELS.contains(&model) {
        Ok(model.to_owned())
    } else {
        Err(Refusal::Model(model.to_owned()).by(Vendor::OpenAi))
    }
}

/// What is said to a prompt, as often as it is asked for.
fn said(turn: &Turn, request: &Received, prompt: &str, count: usize) -> Vec<Said> {
    let mut said = match &turn.act {
        Act::Say(choices) if !choices.is_empty() => choices.clone(),
        _ => vec![Said::echo(prompt)],
    };
    let first = said.first().cloned().unwrap_or_default();
    said.resize(count, first);
    said.into_iter().map(|said| said.counted(request)).collect()
}

fn finish(said: &Said) -> String {
    match &said.finish {
        Finish::Done if said.calls() => "tool_calls".to_owned(),
        Finish::Done | Finish::StopSequence(_) => "stop".to_owned(),
        Finish::Length => "length".to_owned(),
        Finish::Filtered => "content_filter".to_owned(),
        Finish::Native(reason) => reason.clone(),
    }
}

fn usage(said: &[Said]) -> Value {
    let sum = |count: fn(&Said) -> u64| said.iter().map(count).sum::<u64>();
    let prompt = said.first().map_or(0, |said| said.usage.prompt);
    let cached = said.first().map_or(0, |said| said.usage.cached);
    let thoughts = sum(|said| said.usage.thoughts);
    let completion = sum(|said| said.usage.output) + thoughts;
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": { "cached_tokens": cached, "audio_tokens": 0 },
        "completion_tokens_details": {
            "reasoning_tokens": thoughts,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}

/// One event of a stream without a name.
fn data(value: &Value) -> Bytes {
    Bytes::from(format!("data: {value}\n\n"))
}

/// The trouble of a turn, as it comes inside of a stream.
fn trouble(delivery: &Delivery) -> Option<String> {
    let (_, trouble) = delivery.trouble_after.as_ref()?;
    Some(format!("data: {}\n\n", refusal(&trouble.by(Vendor::OpenAi))))
}

/// The text of a message's content, which is a string or a list of parts.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        _ => String::new(),
    }
}
