//! `POST /v1/embeddings`, from callers and to providers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::field::{Field, Object, Read, parse};
use super::to_json;
use super::trouble::of_object;
use crate::chat::{Failure, FailureKind};
use crate::embedding::{Input, Request, Vectors};

/// Most inputs of one request.
const MOST: usize = 2048;

/// A decoded `POST /v1/embeddings` body.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddingsCall {
    /// What is asked.
    pub request: Request,
    /// In what form the vectors are wanted.
    pub form: VectorForm,
}

/// How a vector is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VectorForm {
    /// As numbers.
    Float,
    /// As base64 of numbers of 32 bits, little end first.
    Base64,
}

/// Reads a request body.
///
/// # Errors
///
/// A [`FailureKind::BadRequest`] whose `param` names the field.
pub fn decode_embeddings(body: &[u8]) -> Result<EmbeddingsCall, Failure> {
    let mut body = Object::root(parse(body)?);
    let form = match body.take("encoding_format") {
        None => VectorForm::Float,
        Some(field) => match field.value.as_str() {
            Some("float") => VectorForm::Float,
            Some("base64") => VectorForm::Base64,
            _ => return Err(field.wrong("'float' or 'base64'")),
        },
    };
    let request = Request {
        model: body.need("model")?.non_empty()?,
        input: input(body.need("input")?)?,
        dimensions: body.take("dimensions").map(Field::count).transpose()?,
        user: body.take("user").map(Field::string).transpose()?,
        extra: body.rest(),
    };
    Ok(EmbeddingsCall { request, form })
}

fn input(field: Field) -> Read<Input> {
    if field.value.is_string() {
        return Ok(Input::Texts(vec![field.non_empty()?]));
    }
    let first = match field.value.as_array().map(Vec::as_slice) {
        Some([first, ..]) => first.clone(),
        _ => return Err(field.wrong("a string, or an array of strings or tokens that is not empty")),
    };
    if field.value.as_array().is_some_and(|entries| entries.len() > MOST) {
        return Err(field.wrong(&format!("an array of at most {MOST} entries")));
    }
    match first {
        Value::String(_) => Ok(Input::Texts(field.array()?.map(Field::non_empty).collect::<Read<_>>()?)),
        Value::Number(_) => Ok(Input::Tokens(vec![tokens(field)?])),
        _ => Ok(Input::Tokens(field.array()?.map(tokens).collect::<Read<_>>()?)),
    }
}

fn tokens(field: Field) -> Read<Vec<u32>> {
    let token = |field: Field| Ok(u32::try_from(field.integer(0..=i64::from(u32::MAX))?).unwrap_or_default());
    field.array()?.map(token).collect()
}

/// What the provider is asked.
pub fn ask_embeddings(request: &Request) -> Value {
    let mut body = Map::from_iter([("model".to_owned(), request.model.as_str().into())]);
    let input = match &request.input {
        Input::Texts(texts) => json!(texts),
        Input::Tokens(tokens) => json!(tokens),
    };
    body.insert("input".to_owned(), input);
    body.insert("encoding_format".to_owned(), "float".into());
    body.extend(request.dimensions.map(|count| ("dimensions".to_owned(), count.into())));
    body.extend(request.user.as_deref().map(|user| ("user".to_owned(), user.into())));
    for (key, value) in &request.extra {
        body.entry(key).or_insert_with(|| value.clone());
    }
    Value::Object(body)
}

/// Reads a provider's answer.
///
/// # Errors
///
/// What the provider said went wrong, or a [`FailureKind::UpstreamError`] for what holds no vectors.
pub fn read_embeddings(body: &[u8]) -> Result<Vectors, Failure> {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    if !answer["error"].is_null() {
        return Err(of_object(&answer));
    }
    let strange = || Failure::new(FailureKind::UpstreamError, "The provider sent no vectors.");
    let mut found = Vec::new();
    for (at, entry) in (0..).zip(answer["data"].as_array().ok_or_else(strange)?) {
        let vector = vector(&entry["embedding"]).ok_or_else(strange)?;
        found.push((entry["index"].as_u64().unwrap_or(at), vector));
    }
    found.sort_by_key(|(index, _)| *index);
    let usage = &answer["usage"];
    let tokens = usage["prompt_tokens"].as_u64().or(usage["total_tokens"].as_u64());
    Ok(Vectors { vectors: found.into_iter().map(|(_, vector)| vector).collect(), tokens })
}

fn vector(value: &Value) -> Option<Vec<f32>> {
    match value {
        Value::String(base64) => {
            let bytes = STANDARD.decode(base64).ok()?;
            let numbers = bytes.chunks_exact(4).map(|four| four.try_into().map(f32::from_le_bytes).ok());
            if bytes.len() % 4 == 0 { numbers.collect() } else { None }
        }
        value => serde_json::from_value(value.clone()).ok(),
    }
}

/// The answer as JSON bytes. `model` is the one the caller asked for.
pub fn encode_embeddings(model: &str, vectors: &Vectors, form: VectorForm) -> Vec<u8> {
    let data = vectors.vectors.iter().enumerate().map(|(index, vector)| {
        let embedding = match form {
            VectorForm::Float => json!(vector),
            VectorForm::Base64 => {
                let bytes: Vec<u8> = vector.iter().flat_map(|number| number.to_le_bytes()).collect();
                STANDARD.encode(bytes).into()
            }
        };
        json!({ "object": "embedding", "index": index, "embedding": embedding })
    });
    let data: Vec<Value> = data.collect();
    let tokens = vectors.tokens.unwrap_or_default();
    let usage = json!({ "prompt_tokens": tokens, "total_tokens": tokens });
    to_json(&json!({ "object": "list", "data": data, "model": model, "usage": usage })).into_bytes()
}
