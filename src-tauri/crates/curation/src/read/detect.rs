//! In which words an exchange was held: by its path, then by what was sent, then by what came. Never by the server's name,
//! for one server speaks several and several speak one.

use serde_json::Value;

use super::Dialect;
use super::body::{Answer, Form, Request};
use super::value::{field, list, text};

/// The dialect; `None` for what is no conversation, such as a list of models or a count of tokens.
pub(super) fn dialect(method: &str, path: &str, request: &Request<'_>, answer: &Answer) -> Option<Dialect> {
    if !method.eq_ignore_ascii_case("post") {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_end_matches('/').replace("%3A", ":").replace("%3a", ":");
    match by_path(&path.to_ascii_lowercase(), request) {
        Guess::Is(dialect) => Some(dialect),
        Guess::IsNone => None,
        Guess::Unknown => by_request(request, answer),
    }
}

enum Guess {
    Is(Dialect),
    IsNone,
    Unknown,
}

fn by_path(path: &str, request: &Request<'_>) -> Guess {
    const NONE: [&str; 12] = [
        ":counttokens",
        ":computetokens",
        "/count_tokens",
        "/input_tokens",
        "/tokenize",
        "/models",
        "/moderations",
        "/batches",
        "/files",
        "/responses/compact",
        "/api/show",
        "/api/pull",
    ];
    const KNOWN: [(&str, Dialect); 23] = [
        ("/import/sharegpt", Dialect::Sharegpt),
        ("/chat/completions", Dialect::Chat),
        ("/completions", Dialect::Completions),
        ("/responses", Dialect::Responses),
        (":generatecontent", Dialect::Gemini),
        (":streamgeneratecontent", Dialect::Gemini),
        ("/interactions", Dialect::Interactions),
        ("/api/chat", Dialect::OllamaChat),
        ("/api/generate", Dialect::OllamaGenerate),
        ("/api/embed", Dialect::Embeddings),
        ("/embeddings", Dialect::Embeddings),
        (":embedcontent", Dialect::Embeddings),
        (":batchembedcontents", Dialect::Embeddings),
        ("/rerank", Dialect::Rerank),
        ("/reranking", Dialect::Rerank),
        ("/images/generations", Dialect::Images),
        ("/images/edits", Dialect::Images),
        ("/images/variations", Dialect::Images),
        ("/audio/speech", Dialect::Speech),
        ("/audio/transcriptions", Dialect::Transcription),
        ("/audio/translations", Dialect::Transcription),
        ("/v1/messages", Dialect::Messages),
        ("/anthropic/messages", Dialect::Messages),
    ];
    if NONE.iter().any(|end| path.ends_with(end)) || path.contains("/batches/") {
        return Guess::IsNone;
    }
    if let Some((_, dialect)) = KNOWN.iter().find(|(end, _)| path.ends_with(end)) {
        return Guess::Is(*dialect);
    }
    // Threads of assistants have messages as well, and those are no conversations.
    match path.ends_with("/messages") {
        true if field(&request.json, "messages").is_some() => Guess::Is(Dialect::Messages),
        true => Guess::IsNone,
        false => Guess::Unknown,
    }
}

fn by_request(request: &Request<'_>, answer: &Answer) -> Option<Dialect> {
    let asked = &request.json;
    let has = |name: &str| field(asked, name).is_some();
    if has("contents") {
        return Some(Dialect::Gemini);
    }
    if has("messages") {
        return Some(of_messages(asked, answer));
    }
    if has("documents") && has("query") {
        return Some(Dialect::Rerank);
    }
    if has("prompt") {
        return of_prompt(answer);
    }
    let came = answer.first();
    let kind = text(came, "type");
    let is_response = text(came, "object") == "response" || kind.starts_with("response.");
    if has("input") && (is_response || has("instructions") || has("previous_response_id")) {
        return Some(Dialect::Responses);
    }
    let is_interaction = text(came, "object") == "interaction" || has("system_instruction");
    if has("input") && (is_interaction || has("previous_interaction_id")) {
        return Some(Dialect::Interactions);
    }
    let vectors = list(came, "data").first().is_some_and(|item| field(item, "embedding").is_some());
    (has("input") && (vectors || field(came, "embeddings").is_some())).then_some(Dialect::Embeddings)
}

/// Which of those who call it `messages`.
fn of_messages(asked: &Value, answer: &Answer) -> Dialect {
    let came = answer.first();
    let kind = text(came, "type");
    let anthropic =
        matches!(kind, "message" | "message_start" | "ping") || field(asked, "anthropic_version").is_some();
    let ollama =
        field(came, "message").is_some() && field(came, "choices").is_none() && field(came, "done").is_some();
    match (anthropic, ollama) {
        (true, _) => Dialect::Messages,
        (_, true) => Dialect::OllamaChat,
        (false, false) => Dialect::Chat,
    }
}

/// Which of those who call it `prompt`.
fn of_prompt(answer: &Answer) -> Option<Dialect> {
    let came = answer.first();
    let pictures =
        list(came, "data").iter().any(|item| field(item, "b64_json").or(field(item, "url")).is_some());
    match &answer.form {
        _ if field(came, "choices").is_some() => Some(Dialect::Completions),
        _ if field(came, "response").is_some() && field(came, "done").is_some() => {
            Some(Dialect::OllamaGenerate)
        }
        _ if pictures => Some(Dialect::Images),
        Form::Nothing | Form::Whole(_) | Form::Pieces(_) | Form::Bytes(_) => None,
    }
}
