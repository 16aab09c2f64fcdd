use serde_json::Value;

use super::contents::{contents, instructions};
use super::toolbox::toolbox;
use super::words::{Words, either, part, snake};
use super::write::{Form, StreamShape};
use crate::chat::{Failure, Message, Request, ResponseFormat, Sampling, Wishes};
use crate::dialect::Asked;
use crate::field::{Field, Object, Read, invalid, parse, whole};

/// Most alternative answers that the official API gives.
const MOST_CANDIDATES: i64 = 8;

/// A decoded `generateContent` or `streamGenerateContent` body.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerateCall {
    /// What is asked.
    pub request: Request,
    /// In what shape the answer comes in pieces; `None` for a whole one.
    pub stream: Option<StreamShape>,
}

impl From<GenerateCall> for Asked {
    fn from(call: GenerateCall) -> Self {
        let form = Form { shape: call.stream.unwrap_or(StreamShape::Sse) };
        Self { request: call.request, stream: call.stream.is_some(), form: Box::new(form) }
    }
}

/// Reads a request body. `model` is the one that the path names, `stream` how the path wants the answer.
///
/// Fields may be spelled in camel case or with underscores. What has no place in [`Request`] stays in its `extra` as it
/// came, what is left of `generationConfig` under that name; tools that are not known as `extra["tools"]`.
///
/// # Errors
///
/// A [`crate::chat::FailureKind::BadRequest`] whose `param` names the field, for example `contents[0].parts[1].inlineData`.
pub fn decode(model: &str, stream: Option<StreamShape>, body: &[u8]) -> Result<GenerateCall, Failure> {
    Ok(GenerateCall { request: request(model, Object::root(parse(body)?))?, stream })
}

/// Reads a `countTokens` body: bare contents, or a whole request.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_count(model: &str, body: &[u8]) -> Result<Request, Failure> {
    let mut body = Object::root(parse(body)?);
    match either(&mut body, "generateContentRequest") {
        Some(field) => request(model, field.object()?),
        None => request(model, body),
    }
}

fn request(model: &str, mut body: Object) -> Read<Request> {
    // The model is named once more in the body of some methods.
    body.take("model");
    let mut messages: Vec<Message> = instructions(&mut body)?.into_iter().collect();
    messages.extend(contents(body.need("contents")?)?);
    let tools = toolbox(&mut body)?;
    let (mut wishes, mut effort) = (Wishes::default(), None);
    let mut words = Words { wishes: &mut wishes, effort: &mut effort };
    words.safety(&mut body)?;
    let mut config = Config::default();
    part(&mut body, "generationConfig", |generation| {
        words.all(generation)?;
        config = self::config(generation)?;
        Ok(())
    })?;
    if let Some(field) = either(&mut body, "cachedContent") {
        let name = field.non_empty()?;
        body.put_back("cachedContent", name.into());
    }
    let mut request = Request {
        model: super::route::bare(model).to_owned(),
        messages,
        sampling: config.sampling,
        effort,
        tools: tools.functions,
        tool_choice: tools.choice,
        provider_tools: tools.provider,
        candidates: config.candidates,
        response_format: config.format,
        wishes,
        extra: body.rest(),
        ..Request::default()
    };
    if !tools.others.is_empty() {
        request.extra.insert("tools".to_owned(), Value::Array(tools.others));
    }
    Ok(request)
}

/// What `generationConfig` says beside [`Words`].
#[derive(Default)]
struct Config {
    sampling: Sampling,
    candidates: Option<u32>,
    format: ResponseFormat,
}

fn config(config: &mut Object) -> Read<Config> {
    let mut number = |key, range| either(config, key).map(|field| field.number(range)).transpose();
    let temperature = number("temperature", 0.0..=2.0)?;
    let top_p = number("topP", 0.0..=1.0)?;
    let presence_penalty = number("presencePenalty", -2.0..=2.0)?;
    let frequency_penalty = number("frequencyPenalty", -2.0..=2.0)?;
    let mut integer = |key, range| either(config, key).map(|field| field.integer(range)).transpose();
    let candidates = integer("candidateCount", 0..=MOST_CANDIDATES)?;
    let top_logprobs = integer("logprobs", 0..=20)?;
    let sampling = Sampling {
        temperature,
        top_p,
        top_k: top_k(config)?,
        max_tokens: either(config, "maxOutputTokens").map(Field::count).transpose()?,
        stop: either(config, "stopSequences").map(stop).transpose()?.unwrap_or_default(),
        seed: either(config, "seed").map(|field| field.integer(i64::MIN..=i64::MAX)).transpose()?,
        presence_penalty,
        frequency_penalty,
        logprobs: either(config, "responseLogprobs").map(Field::boolean).transpose()?,
        top_logprobs: top_logprobs.and_then(|count| u8::try_from(count).ok()),
        ..Sampling::default()
    };
    let candidates = candidates.and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 1);
    Ok(Config { sampling, candidates, format: format(config)? })
}

/// Zero means the model's own; some clients send `40.0`.
fn top_k(config: &mut Object) -> Read<Option<u32>> {
    let Some(field) = either(config, "topK") else { return Ok(None) };
    if whole(&field.value) == Some(0) { Ok(None) } else { field.count().map(Some) }
}

fn stop(field: Field) -> Read<Vec<String>> {
    let mut texts = Vec::new();
    for entry in field.array()? {
        match &entry.value {
            Value::String(text) if !text.is_empty() => {
                if !texts.contains(text) {
                    texts.push(text.clone());
                }
            }
            _ => return Err(entry.wrong("a string that is not empty")),
        }
    }
    Ok(texts)
}

/// The form of the answer. A schema may be Google's own or a JSON schema; the words of an enum alone are no form that
/// others know, so that stays behind.
fn format(config: &mut Object) -> Read<ResponseFormat> {
    let json = either(config, "responseJsonSchema").or_else(|| either(config, "_responseJsonSchema"));
    let schema = match (json, either(config, "responseSchema")) {
        (Some(json), Some(own)) => {
            let message = format!("'{}' and '{}' exclude each other; send one of them.", own.path, json.path);
            return Err(invalid(own.path, message));
        }
        (Some(json), None) => Some(json.object()?.into_field().value),
        (None, own) => {
            own.map(|own| Ok(super::schema::opened(own.object()?.into_field().value))).transpose()?
        }
    };
    let Some(field) = either(config, "responseMimeType") else {
        return Ok(schema.map_or(ResponseFormat::Text, named));
    };
    match (field.value.as_str(), schema) {
        (Some("application/json"), Some(schema)) => Ok(named(schema)),
        (Some("application/json"), None) => Ok(ResponseFormat::JsonObject),
        (Some("text/plain" | ""), _) => Ok(ResponseFormat::Text),
        (Some("text/x.enum"), schema) => {
            let last = field.path.rsplit('.').next().unwrap_or_default();
            config.put_back(last, field.value.clone());
            if let Some(schema) = schema {
                let camel = "responseSchema";
                let key = if last.contains('_') { snake(camel) } else { camel.to_owned() };
                config.put_back(&key, schema);
            }
            Ok(ResponseFormat::Text)
        }
        _ => Err(field.wrong("one of text/plain, application/json and text/x.enum")),
    }
}

/// A schema has no name here; the name that others want says no more than that.
fn named(schema: Value) -> ResponseFormat {
    ResponseFormat::JsonSchema { name: "answer".to_owned(), schema, strict: true }
}
