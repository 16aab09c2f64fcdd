//! `POST /v1/rerank`, in the form that Jina and Cohere share and others copied: from callers and to providers.

use serde_json::{Map, Value, json};

use super::field::{Field, Object, parse};
use super::to_json;
use super::trouble::of_object;
use crate::chat::{Failure, FailureKind};
use crate::rerank::{Ranked, Ranking, Request};

/// Reads a request body.
///
/// # Errors
///
/// A [`FailureKind::BadRequest`] whose `param` names the field.
pub fn decode_rerank(body: &[u8]) -> Result<Request, Failure> {
    let mut body = Object::root(parse(body)?);
    let model = body.need("model")?.non_empty()?;
    let query = body.need("query")?.non_empty()?;
    let field = body.need("documents")?;
    if field.value.as_array().is_none_or(Vec::is_empty) {
        return Err(field.wrong("an array that is not empty"));
    }
    let mut documents = Vec::new();
    for entry in field.array()? {
        if !entry.value.is_string() && !entry.value.is_object() {
            return Err(entry.wrong("a string or an object"));
        }
        documents.push(entry.value);
    }
    Ok(Request {
        model,
        query,
        documents,
        top_n: body.take("top_n").map(Field::count).transpose()?,
        return_documents: body.take("return_documents").map(Field::boolean).transpose()?.unwrap_or_default(),
        extra: body.rest(),
    })
}

/// What the provider is asked. Its answer need not tell the documents again: they are known here.
pub fn ask_rerank(request: &Request) -> Value {
    let mut body = Map::from_iter([
        ("model".to_owned(), request.model.as_str().into()),
        ("query".to_owned(), request.query.as_str().into()),
        ("documents".to_owned(), request.documents.clone().into()),
    ]);
    body.extend(request.top_n.map(|count| ("top_n".to_owned(), count.into())));
    for (key, value) in &request.extra {
        body.entry(key).or_insert_with(|| value.clone());
    }
    Value::Object(body)
}

/// Reads a provider's answer.
///
/// # Errors
///
/// What the provider said went wrong, or a [`FailureKind::UpstreamError`] for what is no order of documents.
pub fn read_rerank(body: &[u8]) -> Result<Ranking, Failure> {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let list = [&answer["results"], &answer["data"], &answer].into_iter().find_map(Value::as_array);
    let Some(list) = list else {
        let is_error = ["error", "detail", "message"].iter().any(|key| !answer[*key].is_null());
        let strange = || Failure::new(FailureKind::UpstreamError, "The provider sent no order of documents.");
        return Err(if is_error { of_object(&answer) } else { strange() });
    };
    let ranked = |entry: &Value| {
        let index = usize::try_from(entry["index"].as_u64()?).ok()?;
        let score = entry["relevance_score"].as_f64().or(entry["score"].as_f64())?;
        Some(Ranked { index, score })
    };
    let mut results: Vec<Ranked> = list.iter().filter_map(ranked).collect();
    results.sort_by(|one, other| other.score.total_cmp(&one.score));
    let counts = [
        &answer["usage"]["total_tokens"],
        &answer["usage"]["prompt_tokens"],
        &answer["meta"]["tokens"]["input_tokens"],
    ];
    Ok(Ranking { results, tokens: counts.into_iter().find_map(Value::as_u64) })
}

/// The answer to a request as JSON bytes.
pub fn encode_rerank(request: &Request, ranking: &Ranking) -> Vec<u8> {
    let most = request.top_n.and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
    let results = ranking.results.iter().take(most).map(|ranked| {
        let mut result = json!({ "index": ranked.index, "relevance_score": ranked.score });
        if let Some(document) = request.documents.get(ranked.index).filter(|_| request.return_documents) {
            let is_text = document.is_string();
            result["document"] = if is_text { json!({ "text": document }) } else { document.clone() };
        }
        result
    });
    let results: Vec<Value> = results.collect();
    let mut answer = json!({ "model": request.model, "object": "list", "results": results });
    if let Some(tokens) = ranking.tokens {
        answer["usage"] = json!({ "total_tokens": tokens, "prompt_tokens": tokens });
    }
    to_json(&answer).into_bytes()
}
