//! The length of a prompt: asked for by clients, asked of a provider, or guessed.

use serde::Serialize;
use serde_json::Value;

use super::decode::{conversation, keep};
use super::{Facts, ask, to_json};
use crate::chat::{Failure, FailureKind, Part, Request};
use crate::field::{Object, parse};

/// So many bytes of text are a token, by and large.
const BYTES_PER_TOKEN: u64 = 4;
/// So many tokens a picture or a page takes, by and large.
const TOKENS_PER_MEDIUM: u64 = 1500;

/// What a count is made of: members of a body that asks for an answer.
const COUNTED: [&str; 7] =
    ["model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"];

/// Reads the body of `POST /v1/messages/count_tokens`. It needs no `max_tokens`.
///
/// # Errors
///
/// Those of [`super::decode`].
pub fn decode_count(body: &[u8]) -> Result<Request, Failure> {
    let mut body = Object::root(parse(body)?);
    let mut request = conversation(&mut body)?;
    keep(&mut request, body);
    Ok(request)
}

/// The answer of `/v1/messages/count_tokens`, as JSON bytes.
pub fn encode_count(tokens: u64) -> Vec<u8> {
    #[derive(Serialize)]
    struct Count {
        input_tokens: u64,
    }
    to_json(&Count { input_tokens: tokens }).into_bytes()
}

/// The body that asks a provider for the length of this prompt.
pub fn ask_count(request: &Request, facts: &Facts) -> Value {
    let (asking, _) = ask(request, facts);
    let Value::Object(members) = asking.body else { return asking.body };
    Value::Object(members.into_iter().filter(|(key, _)| COUNTED.contains(&key.as_str())).collect())
}

/// What a provider answered to [`ask_count`].
///
/// # Errors
///
/// A [`FailureKind::UpstreamError`] when it is not a count.
pub fn read_count(body: &[u8]) -> Result<u64, Failure> {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    answer.and_then(|answer| answer["input_tokens"].as_u64()).ok_or_else(|| {
        Failure::new(FailureKind::UpstreamError, "The provider's count of tokens cannot be read.")
    })
}

/// About how many tokens a prompt has, where nobody can be asked.
pub fn estimate(request: &Request) -> u64 {
    let length = |text: &str| text.len() as u64;
    let of_part = |part: &Part| match part {
        Part::Text { text } | Part::Reasoning { text } | Part::Refusal { text } => length(text),
        Part::ToolResult { text, .. } => length(text),
        Part::ToolCall(call) => length(&call.name) + length(&call.arguments),
        Part::Image { .. } | Part::Audio { .. } | Part::Video { .. } | Part::File { .. } => {
            TOKENS_PER_MEDIUM * BYTES_PER_TOKEN
        }
        Part::Signature(_) | Part::Sealed(_) => 0,
    };
    let said: u64 = request.messages.iter().flat_map(|message| &message.parts).map(of_part).sum();
    let offered: u64 = request
        .tools
        .iter()
        .map(|tool| {
            let schema = tool.parameters.as_ref().map(Value::to_string).unwrap_or_default();
            length(&tool.name) + length(tool.description.as_deref().unwrap_or_default()) + length(&schema)
        })
        .sum();
    ((said + offered) / BYTES_PER_TOKEN).max(1)
}
