//! `embedContent` and `batchEmbedContents`, from callers and to providers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::failure::failure_in;
use super::route::bare;
use super::words::either;
use crate::chat::{Failure, FailureKind};
use crate::embedding::{Input, Request, Vectors};
use crate::field::{Field, Object, Read, invalid, parse};

/// What may be said of a text that is turned into a vector, beside its size.
const WORDS: [&str; 2] = ["taskType", "title"];

/// Reads an `embedContent` body.
///
/// # Errors
///
/// A [`FailureKind::BadRequest`] whose `param` names the field.
pub fn decode_embed(model: &str, body: &[u8]) -> Result<Request, Failure> {
    let (text, wanted) = entry(Object::root(parse(body)?))?;
    Ok(request(model, vec![text], wanted))
}

/// Reads a `batchEmbedContents` body. All of its requests must want the same, but for their texts.
///
/// # Errors
///
/// As [`decode_embed`].
pub fn decode_batch_embed(model: &str, body: &[u8]) -> Result<Request, Failure> {
    let mut body = Object::root(parse(body)?);
    let (mut texts, mut common) = (Vec::new(), None);
    for field in body.need("requests")?.array()? {
        let path = field.path.clone();
        let (text, wanted) = entry(field.object()?)?;
        if common.get_or_insert_with(|| wanted.clone()) != &wanted {
            let message =
                format!("'{path}' wants something else than the request before it; ask for it on its own.");
            return Err(invalid(path, message));
        }
        texts.push(text);
    }
    let Some(wanted) = common else {
        return Err(invalid("requests", "'requests' must hold at least one request, but is empty."));
    };
    Ok(request(model, texts, wanted))
}

/// What is wanted beside the vector of a text.
#[derive(Clone, PartialEq)]
struct Wanted {
    dimensions: Option<u32>,
    extra: Map<String, Value>,
}

fn request(model: &str, texts: Vec<String>, wanted: Wanted) -> Request {
    Request {
        model: bare(model).to_owned(),
        input: Input::Texts(texts),
        dimensions: wanted.dimensions,
        user: None,
        extra: wanted.extra,
    }
}

fn entry(mut entry: Object) -> Read<(String, Wanted)> {
    // The path names it already.
    entry.take("model");
    let mut content = entry.need("content")?.object()?;
    let mut text = String::new();
    for part in content.need("parts")?.array()? {
        text.push_str(&part.object()?.need("text")?.string()?);
    }
    let dimensions = either(&mut entry, "outputDimensionality").map(Field::count).transpose()?;
    let mut extra = Map::new();
    for word in WORDS {
        if let Some(field) = either(&mut entry, word) {
            extra.insert(word.to_owned(), Value::String(field.string()?));
        }
    }
    extra.extend(entry.rest());
    Ok((text, Wanted { dimensions, extra }))
}

/// The answer to `embedContent`, as JSON bytes.
pub fn encode_embed(vectors: &Vectors) -> Vec<u8> {
    #[derive(Serialize)]
    struct Answer<'a> {
        embedding: Embedding<'a>,
    }
    let values = vectors.vectors.first().map(Vec::as_slice).unwrap_or_default();
    serde_json::to_vec(&Answer { embedding: Embedding { values } }).unwrap_or_default()
}

/// The answer to `batchEmbedContents`, as JSON bytes.
pub fn encode_batch_embed(vectors: &Vectors) -> Vec<u8> {
    #[derive(Serialize)]
    struct Answer<'a> {
        embeddings: Vec<Embedding<'a>>,
    }
    let embeddings = vectors.vectors.iter().map(|values| Embedding { values }).collect();
    serde_json::to_vec(&Answer { embeddings }).unwrap_or_default()
}

#[derive(Serialize)]
struct Embedding<'a> {
    values: &'a [f32],
}

/// The body of `batchEmbedContents` that asks a provider. `model` is its own name of the model, without `models/`.
///
/// # Errors
///
/// A [`FailureKind::BadRequest`] for tokens, which this dialect does not take.
pub fn ask_embeddings(request: &Request, model: &str) -> Result<Value, Failure> {
    let Input::Texts(texts) = &request.input else {
        let message = "This provider turns texts into vectors, not tokens; send 'input' as texts.";
        return Err(invalid("input", message));
    };
    let one = |text: &String| {
        let mut one =
            json!({ "model": format!("models/{model}"), "content": { "parts": [{ "text": text }] } });
        for word in WORDS {
            if let Some(said) = request.extra.get(word) {
                one[word] = said.clone();
            }
        }
        if let Some(dimensions) = request.dimensions {
            one["outputDimensionality"] = json!(dimensions);
        }
        one
    };
    Ok(json!({ "requests": texts.iter().map(one).collect::<Value>() }))
}

/// Reads a provider's vectors, of one text or of several.
///
/// # Errors
///
/// What the provider said went wrong, or a [`FailureKind::UpstreamError`] when there are no vectors in it.
pub fn read_embeddings(body: &[u8]) -> Result<Vectors, Failure> {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(failure) = failure_in(&value, 500) {
        return Err(failure);
    }
    let several = value["embeddings"].as_array().map(Vec::as_slice);
    let listed = several.or_else(|| value.get("embedding").map(std::slice::from_ref));
    let vectors: Option<Vec<Vec<f32>>> = listed
        .filter(|listed| !listed.is_empty())
        .and_then(|listed| listed.iter().map(|one| Vec::deserialize(&one["values"]).ok()).collect());
    let Some(vectors) = vectors else {
        return Err(Failure::new(FailureKind::UpstreamError, "The provider's answer has no vectors in it."));
    };
    Ok(Vectors { vectors, tokens: value["usageMetadata"]["promptTokenCount"].as_u64() })
}
