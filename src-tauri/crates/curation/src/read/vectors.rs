//! Texts to vectors, and documents put in order. Of vectors their number, their length and a hash is kept: the numbers
//! themselves are in the exchange, and nobody reads them.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::body::{Answer, Form, Request};
use super::chat::content;
use super::ending;
use super::gemini::model_of;
use super::page::{Counted, Page, turn};
use super::scribe::{Scribe, loose_text, other, said};
use super::value::{count, either, field, list, text};
use crate::{Part, Role, Turn};

/// Texts to vectors, in the words of OpenAI, Google, Ollama or Cohere.
pub(super) fn embeddings(
    path: &str,
    request: &Request<'_>,
    answer: &Answer,
    scribe: &mut Scribe<'_>,
) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(model_of(path).unwrap_or_else(|| text(asked, "model")));
    page.parameters(asked, &["input", "prompt", "texts", "inputs", "content", "requests", "keep_alive"]);
    let mut parts = Vec::new();
    for name in ["input", "prompt", "texts", "inputs", "content", "requests"] {
        if let Some(given) = field(asked, name) {
            parts.extend(inputs(given, scribe));
        }
    }
    page.ask(vec![turn(Role::User, parts)]);
    let came = match &answer.form {
        Form::Whole(value) => value,
        // A bare list of vectors, as some servers of open models send it.
        Form::Pieces(_) | Form::Nothing | Form::Bytes(_) => return page,
    };
    page.model(text(came, "model"));
    page.counted = counted(came);
    let told = told(came);
    if !told.is_empty() {
        page.answer(told.into_iter().map(|raw| Part::Other { raw }).collect(), "");
    }
    ending::take(&mut page, came);
    page
}

fn counted(came: &Value) -> Counted {
    let usage = field(came, "usage").or_else(|| either(came, "usageMetadata")).unwrap_or(&Value::Null);
    let input = ["prompt_tokens", "input_tokens", "total_tokens", "promptTokenCount"];
    let input = input.iter().find_map(|name| count(usage, name)).or_else(|| count(came, "prompt_eval_count"));
    Counted { input, output: Some(0) }
}

/// Each text is a part; what is neither a text nor an object with one is kept as it came.
fn inputs(given: &Value, scribe: &mut Scribe<'_>) -> Vec<Part> {
    match given {
        Value::String(words) => said(words).into_iter().collect(),
        Value::Array(items) if items.iter().any(Value::is_number) => vec![other(given)],
        Value::Array(items) => items.iter().flat_map(|item| inputs(item, scribe)).collect(),
        Value::Object(_) if field(given, "content").is_some() => {
            given.get("content").into_iter().flat_map(|content| inputs(content, scribe)).collect()
        }
        Value::Object(_) if field(given, "parts").is_some() => {
            let words: String = list(given, "parts").iter().map(loose_text).collect();
            said(&words).into_iter().collect()
        }
        Value::Object(_) => content(Some(&Value::Array(vec![given.clone()])), scribe),
        Value::Null | Value::Bool(_) | Value::Number(_) => vec![other(given)],
    }
}

/// What is to be known of each vector.
fn told(came: &Value) -> Vec<Value> {
    let listed = list(came, "data").iter().filter_map(|item| item.get("embedding"));
    let single = field(came, "embedding").map(|one| one.get("values").unwrap_or(one));
    let several = match field(came, "embeddings") {
        Some(Value::Array(items)) => items.iter().map(|item| item.get("values").unwrap_or(item)).collect(),
        // Cohere's, by the kind of number.
        Some(Value::Object(kinds)) => kinds.values().filter_map(Value::as_array).flatten().collect(),
        _ => Vec::new(),
    };
    listed.chain(single).chain(several).map(vector).collect()
}

fn vector(vector: &Value) -> Value {
    let numbers = vector.as_array().map(Vec::len);
    // Base64 of numbers of four bytes.
    let packed = vector.as_str().and_then(super::scribe::decoded).map(|bytes| bytes.len() / 4);
    let digest = Sha256::digest(vector.to_string());
    let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    json!({"type": "vector", "dimensions": numbers.or(packed).unwrap_or_default(), "hash": hash})
}

/// Documents put in order: the query and one part for each document, then the scores.
pub(super) fn rerank(request: &Request<'_>, answer: &Answer, _scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let asked = &request.json;
    page.model(text(asked, "model"));
    page.parameters(asked, &["query", "documents", "texts"]);
    let documents = list(asked, "documents").iter().chain(list(asked, "texts"));
    let documents = documents.map(|document| match (document.as_str(), text(document, "text")) {
        (Some(words), _) => Part::Text { text: words.to_owned() },
        (None, "") => other(document),
        (None, words) => Part::Text { text: words.to_owned() },
    });
    let query = Part::Text { text: text(asked, "query").to_owned() };
    page.ask(vec![Turn { ..turn(Role::User, std::iter::once(query).chain(documents).collect()) }]);
    let scores = match &answer.form {
        Form::Whole(came) => {
            page.model(text(came, "model"));
            let usage = field(came, "usage").or_else(|| came.pointer("/meta/tokens")).unwrap_or(&Value::Null);
            let input =
                ["total_tokens", "prompt_tokens", "input_tokens"].iter().find_map(|name| count(usage, name));
            page.counted = Counted { input, output: Some(0) };
            ending::take(&mut page, came);
            list(came, "results").iter().chain(list(came, "data")).map(score).collect()
        }
        // A bare list of scores.
        Form::Pieces(pieces) => pieces.iter().map(|piece| score(&piece.data)).collect(),
        Form::Nothing | Form::Bytes(_) => Vec::new(),
    };
    if !scores.is_empty() {
        page.ending = Some(postern_store::Standing::Ok);
        page.answer(scores, "");
    }
    page
}

/// A score without the document, which the question has already.
fn score(result: &Value) -> Part {
    let mut raw: Map<String, Value> = result.as_object().cloned().unwrap_or_default();
    raw.remove("document");
    raw.remove("text");
    Part::Other { raw: Value::Object(raw) }
}
