use serde_json::Value;

use super::content::{messages, system};
use super::count::estimate;
use super::stream::Writer;
use super::tools::tools;
use super::whole::encode;
use crate::chat::{self, Completion, Effort, Failure, ResponseFormat, Sampling};
use crate::dialect::{AnswerForm, AnswerWriter, Asked, Dialect, Stamp};
use crate::field::{Field, Object, Read, parse};

/// The dialect has no names for schemas; other providers want one.
const SCHEMA_NAME: &str = "answer";
/// Least tokens of a budget for thinking.
const LEAST_BUDGET: i64 = 1024;

/// A decoded `POST /v1/messages` body.
#[derive(Clone, Debug, PartialEq)]
pub struct MessagesCall {
    /// What is asked.
    pub request: chat::Request,
    /// Whether the answer comes in pieces.
    pub stream: bool,
}

impl From<MessagesCall> for Asked {
    fn from(call: MessagesCall) -> Self {
        let form = MessagesForm { prompt: estimate(&call.request) };
        Self { request: call.request, stream: call.stream, form: Box::new(form) }
    }
}

/// How an answer is wanted: always the same, but its first event tells the length of the prompt, which nobody has counted
/// then.
struct MessagesForm {
    prompt: u64,
}

impl AnswerForm for MessagesForm {
    fn dialect(&self) -> Dialect {
        Dialect::Messages
    }

    fn writer(&self, stamp: Stamp) -> Box<dyn AnswerWriter> {
        Box::new(Writer::new(stamp, self.prompt))
    }

    fn whole(&self, stamp: &Stamp, completion: &Completion) -> Vec<u8> {
        encode(stamp, completion, self.prompt)
    }
}

/// Reads a request body.
///
/// What has no place in [`chat::Request`] stays in its `extra` as it came, and so do tools that are neither functions
/// nor the provider's own, as `extra["tools"]`, and the provider's own tools that came with options, as
/// `extra["server_tools"]`. Marks for the cache are skipped: they change no answer. `null` means absent everywhere.
///
/// # Errors
///
/// A [`chat::FailureKind::BadRequest`] whose `param` names the field, for example `max_tokens` or
/// `messages[2].content[0].type`.
pub fn decode(body: &[u8]) -> Result<MessagesCall, Failure> {
    let mut body = Object::root(parse(body)?);
    // In the order in which the official API finds fault.
    let model = body.need("model")?;
    let max_tokens = body.need("max_tokens")?.count()?;
    body.put_back("model", model.value);
    let mut request = conversation(&mut body)?;
    request.sampling = sampling(&mut body)?;
    request.sampling.max_tokens = Some(max_tokens);
    request.user = match body.take("metadata") {
        Some(field) => field.object()?.take("user_id").map(Field::string).transpose()?,
        None => None,
    };
    let stream = body.take("stream").map(Field::boolean).transpose()?.unwrap_or_default();
    keep(&mut request, body);
    Ok(MessagesCall { request, stream })
}

/// What a request for an answer and one for its length have in common.
pub(super) fn conversation(body: &mut Object) -> Read<chat::Request> {
    let mut request = chat::Request { model: body.need("model")?.non_empty()?, ..Default::default() };
    request.messages.extend(body.take("system").map(system).transpose()?.flatten());
    request.messages.extend(messages(body.need("messages")?)?);
    let toolbox = tools(body)?;
    request.tools = toolbox.functions;
    request.tool_choice = toolbox.choice;
    request.parallel_tool_calls = toolbox.parallel;
    request.provider_tools = toolbox.provider;
    for (key, entries) in [("tools", toolbox.others), ("server_tools", toolbox.with_options)] {
        if !entries.is_empty() {
            request.extra.insert(key.to_owned(), Value::Array(entries));
        }
    }
    let thinking = body.take("thinking").map(thinking).transpose()?.unwrap_or_default();
    let (effort, format) = output(body)?;
    request.effort = thinking.effort.or(effort);
    request.wishes.include_thoughts = thinking.shown;
    request.response_format = format;
    Ok(request)
}

/// What is left of the body, beside what already stands in `extra`.
pub(super) fn keep(request: &mut chat::Request, mut body: Object) {
    body.take("cache_control");
    let kept = std::mem::take(&mut request.extra);
    request.extra = body.rest();
    request.extra.extend(kept);
}

fn sampling(body: &mut Object) -> Read<Sampling> {
    let stop = match body.take("stop_sequences") {
        Some(field) => field.array()?.map(stop_text).collect::<Read<Vec<String>>>()?,
        None => Vec::new(),
    };
    Ok(Sampling {
        temperature: body.take("temperature").map(|field| field.number(0.0..=1.0)).transpose()?,
        top_p: body.take("top_p").map(|field| field.number(0.0..=1.0)).transpose()?,
        top_k: body.take("top_k").map(top_k).transpose()?.flatten(),
        stop,
        ..Sampling::default()
    })
}

/// None of the likeliest tokens only means all of them.
fn top_k(field: Field) -> Read<Option<u32>> {
    let count = field.integer(0..=i64::from(u32::MAX))?;
    Ok(u32::try_from(count).ok().filter(|count| *count > 0))
}

fn stop_text(field: Field) -> Read<String> {
    match field.value {
        Value::String(text) if !text.is_empty() => Ok(text),
        _ => Err(field.wrong("a string that is not empty")),
    }
}

#[derive(Default)]
struct Thinking {
    effort: Option<Effort>,
    shown: Option<bool>,
}

/// `thinking`. An adaptive one leaves it to the model how much, or to `output_config.effort`.
fn thinking(field: Field) -> Read<Thinking> {
    let mut thinking = field.object()?;
    let kind = thinking.need("type")?;
    let shown = match thinking.take("display") {
        None => true,
        Some(field) => match field.value.as_str() {
            Some("omitted") => false,
            Some(_) => true,
            None => return Err(field.wrong("a string")),
        },
    };
    match kind.value.as_str() {
        Some("enabled") => {
            let budget = thinking.need("budget_tokens")?.integer(LEAST_BUDGET..=i64::from(u32::MAX))?;
            let effort = u32::try_from(budget).ok().map(Effort::Budget);
            Ok(Thinking { effort, shown: Some(shown) })
        }
        Some("adaptive") => Ok(Thinking { effort: None, shown: Some(shown) }),
        Some("disabled" | "between_tools") => Ok(Thinking { effort: Some(Effort::None), shown: None }),
        _ => Err(kind.wrong("one of enabled, adaptive, disabled and between_tools")),
    }
}

/// `output_config`, and the format under its older name.
fn output(body: &mut Object) -> Read<(Option<Effort>, ResponseFormat)> {
    let older = body.take("output_format");
    let (mut effort, mut format) = (None, older);
    if let Some(field) = body.take("output_config") {
        let mut config = field.object()?;
        effort = config.take("effort").map(|field| effort_word(&field)).transpose()?;
        format = config.take("format").or(format);
        if config.has_more() {
            body.put_back("output_config", config.into_field().value);
        }
    }
    Ok((effort, format.map(output_format).transpose()?.unwrap_or_default()))
}

fn effort_word(field: &Field) -> Read<Effort> {
    match field.value.as_str() {
        Some("low") => Ok(Effort::Low),
        Some("medium") => Ok(Effort::Medium),
        Some("high") => Ok(Effort::High),
        Some("xhigh" | "max") => Ok(Effort::Unlimited),
        _ => Err(field.wrong("one of low, medium, high, xhigh and max")),
    }
}

fn output_format(field: Field) -> Read<ResponseFormat> {
    let mut format = field.object()?;
    let kind = format.need("type")?;
    if kind.value != "json_schema" {
        return Err(kind.wrong("'json_schema'"));
    }
    let schema = format.need("schema")?;
    if !schema.value.is_object() {
        return Err(schema.wrong("a JSON schema object"));
    }
    Ok(ResponseFormat::JsonSchema { name: SCHEMA_NAME.to_owned(), schema: schema.value, strict: true })
}
