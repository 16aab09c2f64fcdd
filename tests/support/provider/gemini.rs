//! Gemini, in Google's own form.

mod checks;
mod schema;
mod turns;
mod wire;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use super::deliver::{Frames, SSE};
use super::desk::Desk;
use super::openai::vector;
use super::received::Received;
use super::refusal::{Refusal, Refused, reason};
use super::said::{Said, Word};
use super::turn::{Act, Delivery};
use super::{Answered, Vendor, known};

const TALKS: &[&str] = &["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"];
const EMBEDS: &[&str] = &["embedContent", "countTextTokens", "countTokens", "asyncBatchEmbedContent"];
const MODELS: [(&str, &[&str]); 4] = [
    ("gemini-3-pro-preview", TALKS),
    ("gemini-3-flash-preview", TALKS),
    ("gemini-2.5-flash", TALKS),
    ("gemini-embedding-001", EMBEDS),
];

/// Answers a request as Google would.
pub(super) fn answer(desk: &Desk, request: &Received) -> Answered {
    authorized(request)?;
    let below = |version: &str| request.path().strip_prefix(version)?.strip_prefix("/models");
    let path = below("/v1beta").or_else(|| below("/v1")).ok_or_else(unknown_address)?;
    if request.method == Method::GET {
        return Ok((models(path)?, Delivery::default()));
    }
    let path = path.replacen("%3A", ":", 1);
    let (model, method) = path.trim_start_matches('/').split_once(':').ok_or_else(unknown_address)?;
    if !MODELS.iter().any(|(known, _)| *known == model) {
        return Err(Refusal::Model(model.to_owned()).by(Vendor::Gemini));
    }
    let body = checks::camelled(request.json());
    let frames = match method {
        "generateContent" | "streamGenerateContent" => return generate(desk, request, model, &body),
        "countTokens" => counted(&body)?,
        "embedContent" => {
            checks::embedding(&body)?;
            pretty(&json!({ "embedding": { "values": vector_of(&body) } }))
        }
        "batchEmbedContents" => batch(&body)?,
        _ => return Err(unknown_address()),
    };
    Ok((frames, Delivery::default()))
}

fn authorized(request: &Received) -> Result<(), Refused> {
    let key = request.header("x-goog-api-key").or_else(|| request.query("key"));
    let bearer = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    match (key, bearer) {
        (Some(_), Some(_)) => {
            Err(Refused::new(400, "INVALID_ARGUMENT", "Multiple authentication credentials received. Please pass only one."))
        }
        (Some(key), None) if known(key) => Ok(()),
        (None, Some(token)) if token.starts_with("ya29.") => Ok(()),
        (Some(_), None) => Err(Refusal::Key.by(Vendor::Gemini)),
        (None, Some(_)) => Err(Refused::new(401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.")
            .more(json!([reason("ACCESS_TOKEN_TYPE_UNSUPPORTED")]))),
        (None, None) => Err(Refused::new(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.")),
    }
}

fn models(path: &str) -> Result<Frames, Refused> {
    let card = |(id, methods): &(&str, &[&str])| {
        json!({
            "name": format!("models/{id}"), "version": "001", "displayName": id, "description": "A stand-in.",
            "inputTokenLimit": 1_048_576, "outputTokenLimit": 65_536, "supportedGenerationMethods": methods,
            "temperature": 1, "topP": 0.95, "topK": 64, "maxTemperature": 2, "thinking": methods.contains(&"generateContent"),
        })
    };
    let id = path.trim_start_matches('/');
    if id.is_empty() {
        return Ok(pretty(&json!({ "models": MODELS.iter().map(card).collect::<Vec<_>>() })));
    }
    let model = MODELS.iter().find(|(known, _)| *known == id);
    model.map(|model| pretty(&card(model))).ok_or_else(|| Refusal::Model(id.to_owned()).by(Vendor::Gemini))
}

fn generate(desk: &Desk, request: &Received, model: &str, body: &Value) -> Answered {
    checks::content(desk, model, body)?;
    let turn = desk.take();
    let mut said = match &turn.act {
        Act::Say(choices) if !choices.is_empty() => choices.clone(),
        _ => vec![Said::echo(&prompt(body))],
    };
    let config = &body["generationConfig"];
    let count = usize::try_from(config["candidateCount"].as_u64().unwrap_or(1)).unwrap_or(1);
    let first = said.first().cloned().unwrap_or_default();
    said.resize(count.max(1), first);
    let thinks = config["thinkingConfig"]["includeThoughts"] == true;
    for (index, said) in said.iter_mut().enumerate() {
        *said = said.clone().counted(request);
        if !thinks {
            said.words.retain(|word| !matches!(word, Word::Thought { .. }));
        }
        sign(desk, said, &format!("{}-{index}", request.id), model);
    }
    let content = wire::Content { id: format!("standin{}", request.id), model, said: &said };
    let streams = request.path().contains(":streamGenerateContent")
        || request.path().contains("%3AstreamGenerateContent");
    let told = turn.delivery.trouble_after.as_ref().map(|(_, trouble)| error(&trouble.by(Vendor::Gemini)));
    let frames = match (streams, request.query("alt")) {
        (false, _) => pretty(&content.whole()),
        (true, Some("sse")) => {
            Frames::stream(SSE, content.events()).or_trouble(told.map(|told| format!("data: {told}\r\n\r\n")))
        }
        (true, _) => Frames::stream("application/json; charset=UTF-8", content.array())
            .or_trouble(told.map(|told| format!(",\r\n{told:#}\n]\n"))),
    };
    Ok((frames.header("server-timing", "gfet4t7; dur=12"), turn.delivery))
}

/// The first call of a step is signed, and a call has an id, from models of the third generation.
fn sign(desk: &Desk, said: &mut Said, number: &str, model: &str) {
    let third = checks::third(model);
    let mut first = true;
    for (index, word) in said.words.iter_mut().enumerate() {
        if let Word::Call { id, signature, .. } = word {
            if third {
                id.get_or_insert_with(|| format!("call-{number}-{index}"));
            }
            if third && first {
                signature.get_or_insert_with(|| STANDARD.encode(format!("standin signs {number} {index}")));
            }
            first = false;
            if let Some(signature) = signature {
                desk.give_out(signature);
            }
        }
    }
}

fn counted(body: &Value) -> Result<Frames, Refused> {
    checks::count(body)?;
    let asked =
        if body["generateContentRequest"].is_object() { &body["generateContentRequest"] } else { body };
    let tokens = prompt(asked).len().div_ceil(4) + 1;
    let details = json!([{ "modality": "TEXT", "tokenCount": tokens }]);
    Ok(pretty(&json!({ "totalTokens": tokens, "promptTokensDetails": details })))
}

fn batch(body: &Value) -> Result<Frames, Refused> {
    let requests = body["requests"].as_array().map(Vec::as_slice).unwrap_or_default();
    for request in requests {
        checks::embedding(request)?;
        if !request["model"].as_str().is_some_and(|model| model.starts_with("models/")) {
            return Err(checks::wrong(
                "* BatchEmbedContentsRequest.requests[0].model: model is not specified",
            ));
        }
    }
    let embeddings: Vec<Value> =
        requests.iter().map(|request| json!({ "values": vector_of(request) })).collect();
    Ok(pretty(&json!({ "embeddings": embeddings })))
}

fn vector_of(request: &Value) -> Vec<f32> {
    let size = usize::try_from(request["outputDimensionality"].as_u64().unwrap_or(4)).unwrap_or(4);
    vector(&text_of(&request["content"]), size)
}

/// What the user, or a function, said last.
fn prompt(body: &Value) -> String {
    body["contents"].as_array().and_then(|contents| contents.last()).map(text_of).unwrap_or_default()
}

fn text_of(content: &Value) -> String {
    let parts = content["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |part: &Value| match &part["functionResponse"]["response"] {
        Value::Null => part["text"].as_str().unwrap_or_default().to_owned(),
        response => response.to_string(),
    };
    parts.iter().map(text).collect()
}

fn unknown_address() -> Refused {
    Refused::new(404, "NOT_FOUND", "Requested entity was not found.")
}

/// Google's JSON has line breaks.
fn pretty(value: &Value) -> Frames {
    Frames::whole("application/json; charset=UTF-8", format!("{value:#}\n"))
}

fn error(refused: &Refused) -> Value {
    let mut error = json!({ "code": refused.status, "message": refused.message, "status": refused.word });
    if !refused.more.is_null() {
        error["details"] = Value::clone(&refused.more);
    }
    json!({ "error": error })
}

/// The body of a refusal; in a list, where a list was to come.
pub(super) fn refusal(refused: &Refused, request: &Received) -> String {
    let error = error(refused);
    let list = request.path().contains("streamGenerateContent") && request.query("alt") != Some("sse");
    if list { format!("[{error:#}\n]\n") } else { format!("{error:#}\n") }
}
