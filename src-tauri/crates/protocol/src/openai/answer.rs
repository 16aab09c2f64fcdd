//! The pieces that whole answers and chunks have in common, as they go over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::seals::ExtraContent;
use super::{Sound, SoundForm};
use crate::chat::{Finish, ToolCall, Usage};

/// A call of a function. `index` is for chunks, where a client puts calls together by it: the first has id and name, and
/// the arguments of all are joined.
#[derive(Serialize)]
pub(super) struct WireCall<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    function: WireFunction<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_content: Option<ExtraContent>,
}

#[derive(Serialize)]
struct WireFunction<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

impl<'a> WireCall<'a> {
    pub(super) fn new(index: Option<usize>, call: &'a ToolCall) -> Self {
        let function = WireFunction { name: Some(&call.name), arguments: &call.arguments };
        Self { index, id: Some(&call.id), kind: Some("function"), function, extra_content: None }
    }

    pub(super) fn begun(index: usize, id: &'a str, name: &'a str) -> Self {
        let function = WireFunction { name: Some(name), arguments: "" };
        Self { index: Some(index), id: Some(id), kind: Some("function"), function, extra_content: None }
    }

    pub(super) fn arguments(index: usize, arguments: &'a str) -> Self {
        let function = WireFunction { name: None, arguments };
        Self { index: Some(index), id: None, kind: None, function, extra_content: None }
    }

    pub(super) fn sealed(self, extra_content: Option<ExtraContent>) -> Self {
        Self { extra_content, ..self }
    }
}

/// A picture, in the form of the servers that send pictures from this endpoint.
#[derive(Serialize)]
pub(super) struct WireImage {
    index: usize,
    #[serde(rename = "type")]
    kind: &'static str,
    image_url: WireUrl,
}

#[derive(Serialize)]
struct WireUrl {
    url: String,
}

impl WireImage {
    pub(super) fn new(index: usize, mime: &str, base64: &str) -> Self {
        Self { index, kind: "image_url", image_url: WireUrl { url: format!("data:{mime};base64,{base64}") } }
    }
}

/// Sound in the form that was asked for, as base64. What is of another kind is handed on as it is.
pub(super) fn sound(pieces: &[(&str, &str)], form: SoundForm) -> String {
    let bytes = match (Sound::of(pieces), form) {
        (Ok(sound), SoundForm::Wav) => sound.to_wav(),
        (Ok(sound), SoundForm::Pcm) => sound.samples().to_vec(),
        (Err(_), _) => pieces.iter().flat_map(|(_, base64)| decoded(base64)).collect(),
    };
    STANDARD.encode(bytes)
}

/// The samples of one piece of sound. What is of another kind is handed on as it is.
pub(super) fn samples(mime: &str, base64: &str) -> Vec<u8> {
    match Sound::of(&[(mime, base64)]) {
        Ok(sound) => sound.samples().to_vec(),
        Err(_) => decoded(base64),
    }
}

fn decoded(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).unwrap_or_default()
}

/// Token counts.
#[derive(Serialize)]
pub(super) struct WireUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    prompt_tokens_details: PromptDetails,
    completion_tokens_details: CompletionDetails,
}

#[derive(Serialize)]
struct PromptDetails {
    cached_tokens: u64,
}

#[derive(Serialize)]
struct CompletionDetails {
    reasoning_tokens: u64,
}

impl From<Usage> for WireUsage {
    fn from(usage: Usage) -> Self {
        Self {
            prompt_tokens: usage.prompt,
            completion_tokens: usage.completion,
            total_tokens: usage.total(),
            prompt_tokens_details: PromptDetails { cached_tokens: usage.cached },
            completion_tokens_details: CompletionDetails { reasoning_tokens: usage.reasoning },
        }
    }
}

/// The word for the end. A client runs its tools when it reads `tool_calls`, so whether there are calls
/// decides that, whatever the provider's own word was.
pub(super) fn finish_reason(finish: Finish, has_calls: bool) -> &'static str {
    match finish {
        Finish::Stop | Finish::ToolCalls if has_calls => "tool_calls",
        Finish::Stop | Finish::ToolCalls => "stop",
        Finish::Length => "length",
        Finish::ContentFilter => "content_filter",
    }
}

/// Whether a source already has the official form of an annotation.
pub(super) fn is_annotation(raw: &Value) -> bool {
    let citation = &raw["url_citation"];
    raw["type"] == "url_citation"
        && citation["url"].is_string()
        && citation["title"].is_string()
        && citation["start_index"].is_u64()
        && citation["end_index"].is_u64()
}
