use serde_json::{Map, Value};

use super::field::{Field, Object, Read, describe, invalid, parse, whole};
use super::media::attachment;
use super::message::messages;
use super::tools::tools;
use super::wishes::{self, SoundForm};
use super::{Stamp, StreamEncoder, encode_completion};
use crate::chat::{self, Completion, Effort, Failure, ResponseFormat, Sampling};
use crate::dialect::{AnswerForm, AnswerWriter, Asked, Dialect};

/// Most alternative answers that the official API gives.
const MOST_CANDIDATES: i64 = 128;

/// A decoded `POST /v1/chat/completions` body.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatCall {
    /// What is asked.
    pub request: chat::Request,
    /// Whether the answer comes in chunks.
    pub stream: bool,
    /// Whether the last chunk tells the token counts (`stream_options.include_usage`).
    pub include_usage: bool,
    /// In what form sound is wanted, should there be some.
    pub sound: SoundForm,
}

impl From<ChatCall> for Asked {
    fn from(call: ChatCall) -> Self {
        let form = ChatForm { include_usage: call.include_usage, sound: call.sound };
        Self { request: call.request, stream: call.stream, form: Box::new(form) }
    }
}

/// How an answer of Chat Completions is wanted.
struct ChatForm {
    include_usage: bool,
    sound: SoundForm,
}

impl AnswerForm for ChatForm {
    fn dialect(&self) -> Dialect {
        Dialect::Chat
    }

    fn writer(&self, stamp: Stamp) -> Box<dyn AnswerWriter> {
        Box::new(StreamEncoder::new(stamp, self.include_usage))
    }

    fn whole(&self, stamp: &Stamp, completion: &Completion) -> Vec<u8> {
        encode_completion(stamp, completion, self.sound)
    }
}

/// Reads a request body.
///
/// Every field is checked here; what has no place in [`chat::Request`] stays in its `extra` as it came,
/// and so do tools that are neither functions nor the provider's, as `extra["tools"]`. Members of a message that nothing is known
/// of are skipped. `null` means absent everywhere.
///
/// # Errors
///
/// A [`chat::FailureKind::BadRequest`] whose `param` names the field, for example `temperature` or
/// `messages[2].content[0].type`.
pub fn decode(body: &[u8]) -> Result<ChatCall, Failure> {
    let mut body = Object::root(parse(body)?);
    let model = body.need("model")?.non_empty()?;
    let messages = messages(body.need("messages")?)?;
    let candidates = candidates(&mut body)?;
    let stream = body.take("stream").map(Field::boolean).transpose()?.unwrap_or_default();
    let include_usage = include_usage(&mut body)?;
    let toolbox = tools(&mut body)?;
    let reasoning_effort = body.take("reasoning_effort");
    let wishes::Asked { wishes, effort, sound } = wishes::wishes(&mut body, stream)?;
    let mut request = chat::Request {
        model,
        messages,
        sampling: sampling(&mut body)?,
        effort: one_effort(reasoning_effort, effort)?,
        tools: toolbox.functions,
        tool_choice: toolbox.choice,
        parallel_tool_calls: body.take("parallel_tool_calls").map(Field::boolean).transpose()?,
        provider_tools: toolbox.provider,
        candidates,
        response_format: body.take("response_format").map(response_format).transpose()?.unwrap_or_default(),
        wishes,
        attachments: each(body.take("attachments"), attachment)?,
        mcp_endpoint: body.take("mcp_endpoint").map(Field::non_empty).transpose()?,
        user: body.take("user").map(Field::string).transpose()?,
        extra: Map::new(),
    };
    check_kept(&body)?;
    request.extra = body.rest();
    if !toolbox.others.is_empty() {
        request.extra.insert("tools".to_owned(), Value::Array(toolbox.others));
    }
    Ok(ChatCall { request, stream, include_usage, sound })
}

/// The effort in OpenAI's words or in Google's; together they must agree.
fn one_effort(field: Option<Field>, config: Option<Effort>) -> Read<Option<Effort>> {
    let said = field.map(effort).transpose()?;
    match (said, config) {
        (Some(said), Some(config)) if said != config => {
            let message =
                "'reasoning_effort' and the 'thinking_config' of 'google' differ; send one of them.";
            Err(invalid("reasoning_effort", message))
        }
        (said, config) => Ok(said.or(config)),
    }
}

/// Several alternatives are for the upstream to grant; one is what everybody gives.
pub(super) fn candidates(body: &mut Object) -> Read<Option<u32>> {
    let count = body.take("n").map(|field| field.integer(1..=MOST_CANDIDATES)).transpose()?;
    Ok(count.and_then(|count| u32::try_from(count).ok()).filter(|count| *count > 1))
}

pub(super) fn include_usage(body: &mut Object) -> Read<bool> {
    let Some(field) = body.take("stream_options") else { return Ok(false) };
    let mut options = field.object()?;
    options.take("include_obfuscation").map(Field::boolean).transpose()?;
    Ok(options.take("include_usage").map(Field::boolean).transpose()?.unwrap_or_default())
}

pub(super) fn sampling(body: &mut Object) -> Read<Sampling> {
    let mut number = |key, range| body.take(key).map(|field| field.number(range)).transpose();
    let temperature = number("temperature", 0.0..=2.0)?;
    let top_p = number("top_p", 0.0..=1.0)?;
    let presence_penalty = number("presence_penalty", -2.0..=2.0)?;
    let frequency_penalty = number("frequency_penalty", -2.0..=2.0)?;
    let top_logprobs = body.take("top_logprobs").map(|field| field.integer(0..=20)).transpose()?;
    Ok(Sampling {
        temperature,
        top_p,
        top_k: body.take("top_k").map(Field::count).transpose()?,
        max_tokens: max_tokens(body)?,
        stop: body.take("stop").map(stop).transpose()?.unwrap_or_default(),
        seed: body.take("seed").map(|field| field.integer(i64::MIN..=i64::MAX)).transpose()?,
        presence_penalty,
        frequency_penalty,
        logit_bias: body.take("logit_bias").map(logit_bias).transpose()?.unwrap_or_default(),
        logprobs: body.take("logprobs").map(Field::boolean).transpose()?,
        top_logprobs: top_logprobs.and_then(|count| u8::try_from(count).ok()),
    })
}

/// Three names for one thing; if several are given they must agree.
fn max_tokens(body: &mut Object) -> Read<Option<u32>> {
    let mut first: Option<(String, u32)> = None;
    for key in ["max_tokens", "max_completion_tokens", "max_output_tokens"] {
        let Some(field) = body.take(key) else { continue };
        let count = field.count()?;
        match &first {
            Some((name, other)) if *other != count => {
                let message = format!(
                    "'{name}' ({other}) and '{key}' ({count}) mean the same but differ; send one of them."
                );
                return Err(invalid(key, message));
            }
            Some(_) => {}
            None => first = Some((key.to_owned(), count)),
        }
    }
    Ok(first.map(|(_, count)| count))
}

fn stop(field: Field) -> Read<Vec<String>> {
    /// More than the official four, because the site behind takes more.
    const MOST: usize = 16;
    if field.value.is_string() {
        return Ok(vec![stop_text(field)?]);
    }
    let count = field.value.as_array().map(Vec::len);
    match count {
        Some(count) if count > MOST => {
            Err(invalid("stop", format!("'stop' may hold at most {MOST} texts, but holds {count}.")))
        }
        Some(_) => {
            let mut texts: Vec<String> = Vec::new();
            for item in field.array()? {
                let text = stop_text(item)?;
                if !texts.contains(&text) {
                    texts.push(text);
                }
            }
            Ok(texts)
        }
        None => Err(field.wrong("a string, an array of strings, or null")),
    }
}

/// A stop text may be a bare line break, but not nothing.
fn stop_text(field: Field) -> Read<String> {
    match field.value {
        Value::String(text) if !text.is_empty() => Ok(text),
        _ => Err(field.wrong("a string that is not empty")),
    }
}

fn logit_bias(field: Field) -> Read<Map<String, Value>> {
    let path = field.path.clone();
    let bias = field.object()?.rest();
    for (token, value) in &bias {
        Field { path: format!("{path}.{token}"), value: value.clone() }.number(-100.0..=100.0)?;
    }
    Ok(bias)
}

/// The official words, `max` as others have it, and numbers: a budget of tokens, 0 for no thinking and
/// -1 for no limit. `xhigh` and `max` ask for more than `high`, and beyond that there is only no limit.
pub(super) fn effort(field: Field) -> Read<Effort> {
    let number = match &field.value {
        Value::String(text) => text.trim().parse().ok(),
        other => whole(other),
    };
    let word = field.value.as_str().unwrap_or_default();
    let budget = number.and_then(|number| u32::try_from(number).ok());
    match (word, number, budget) {
        ("none", ..) | (_, Some(0), _) => Ok(Effort::None),
        ("minimal", ..) => Ok(Effort::Minimal),
        ("low", ..) => Ok(Effort::Low),
        ("medium", ..) => Ok(Effort::Medium),
        ("high", ..) => Ok(Effort::High),
        ("xhigh" | "max", ..) | (_, Some(-1), _) => Ok(Effort::Unlimited),
        (_, _, Some(budget)) => Ok(Effort::Budget(budget)),
        _ => {
            Err(field
                .wrong("one of none, minimal, low, medium, high, xhigh and max, a number of tokens, or -1"))
        }
    }
}

fn response_format(field: Field) -> Read<ResponseFormat> {
    const EXPECTED: &str = "'text', 'json_object' or 'json_schema'";
    // Some callers send the bare word.
    if field.value.is_string() {
        return match field.value.as_str() {
            Some("text") => Ok(ResponseFormat::Text),
            Some("json_object") => Ok(ResponseFormat::JsonObject),
            _ => Err(field.wrong("an object whose 'type' is 'text', 'json_object' or 'json_schema'")),
        };
    }
    let mut format = field.object()?;
    let kind = format.need("type")?;
    match kind.value.as_str() {
        Some("text") => Ok(ResponseFormat::Text),
        Some("json_object") => Ok(ResponseFormat::JsonObject),
        Some("json_schema") => json_schema(format.need("json_schema")?.object()?),
        _ => Err(kind.wrong(EXPECTED)),
    }
}

/// The form of an answer as Responses has it: a schema lies beside its type.
pub(super) fn flat_format(field: Field) -> Read<ResponseFormat> {
    let mut format = field.object()?;
    let kind = format.need("type")?;
    match kind.value.as_str() {
        Some("text") => Ok(ResponseFormat::Text),
        Some("json_object") => Ok(ResponseFormat::JsonObject),
        Some("json_schema") => json_schema(format),
        _ => Err(kind.wrong("'text', 'json_object' or 'json_schema'")),
    }
}

fn json_schema(mut format: Object) -> Read<ResponseFormat> {
    let name = format.need("name")?.non_empty()?;
    let strict = format.take("strict").map(Field::boolean).transpose()?.unwrap_or_default();
    let description = format.take("description").map(Field::string).transpose()?;
    let mut schema = match format.take("schema") {
        Some(field) => field.object()?.rest(),
        None => Map::new(),
    };
    if let Some(description) = description {
        schema.entry("description").or_insert(Value::String(description));
    }
    Ok(ResponseFormat::JsonSchema { name, schema: Value::Object(schema), strict })
}

fn each<T>(field: Option<Field>, read: fn(Field) -> Read<T>) -> Read<Vec<T>> {
    match field {
        Some(field) => field.array()?.map(read).collect(),
        None => Ok(Vec::new()),
    }
}

/// Official fields that stay in `extra`, with the type they must have.
const KEPT: &[(&str, Shape)] = &[
    ("metadata", Shape::Object),
    ("prediction", Shape::Object),
    ("prompt_cache_key", Shape::Text),
    ("prompt_cache_retention", Shape::Text),
    ("safety_identifier", Shape::Text),
    ("service_tier", Shape::Text),
    ("store", Shape::Bool),
    ("verbosity", Shape::Text),
];

#[derive(Clone, Copy)]
enum Shape {
    Bool,
    Text,
    Object,
}

fn check_kept(body: &Object) -> Read<()> {
    for (key, shape) in KEPT {
        let Some(value) = body.get(key) else { continue };
        let (fits, expected) = match shape {
            Shape::Bool => (value.is_boolean(), "true or false"),
            Shape::Text => (value.is_string(), "a string"),
            Shape::Object => (value.is_object(), "an object"),
        };
        if !fits {
            return Err(invalid(*key, format!("'{key}' must be {expected}, but is {}.", describe(value))));
        }
    }
    Ok(())
}
