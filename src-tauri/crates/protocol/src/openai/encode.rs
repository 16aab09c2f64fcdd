use serde::Serialize;
use serde_json::Value;

use super::answer::{WireCall, WireImage, WireUsage, finish_reason, is_annotation, sound};
use super::{SoundForm, Stamp, to_json};
use crate::chat::{Completion, Finish};

/// The whole answer as JSON bytes, with its sound in the form that was asked for.
///
/// A completion without a finish is one that broke off; that is a failure to be told as such. Should one
/// come here all the same, it ends with `length`, the official word for an answer that is not all there.
pub fn encode_completion(stamp: &Stamp, completion: &Completion, form: SoundForm) -> Vec<u8> {
    let finish = completion.finish.unwrap_or(Finish::Length);
    let answer = Answer {
        id: stamp.completion_id(),
        object: "chat.completion",
        created: stamp.created,
        model: &stamp.model,
        choices: [Choice {
            index: 0,
            message: Message::of(completion, Audio::of(stamp, completion, form)),
            logprobs: (),
            finish_reason: finish_reason(finish, !completion.tool_calls.is_empty()),
        }],
        usage: completion.usage.map(WireUsage::from),
    };
    to_json(&answer).into_bytes()
}

#[derive(Serialize)]
struct Answer<'a> {
    id: String,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: [Choice<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<WireUsage>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u8,
    message: Message<'a>,
    logprobs: (),
    finish_reason: &'static str,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Option<&'a str>,
    refusal: (),
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<WireCall<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<WireImage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<Audio<'a>>,
    annotations: Vec<&'a Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citations: Vec<&'a Value>,
}

/// Speech. It is kept nowhere, so nobody can refer to it later.
#[derive(Serialize)]
struct Audio<'a> {
    id: String,
    expires_at: u64,
    data: String,
    transcript: &'a str,
}

impl<'a> Audio<'a> {
    fn of(stamp: &Stamp, completion: &'a Completion, form: SoundForm) -> Option<Self> {
        let data = (!completion.audio.is_empty()).then(|| sound(&completion.audio, form))?;
        Some(Self { id: stamp.audio_id(), expires_at: stamp.created, data, transcript: &completion.text })
    }
}

impl<'a> Message<'a> {
    fn of(completion: &'a Completion, audio: Option<Audio<'a>>) -> Self {
        let other = !completion.tool_calls.is_empty() || audio.is_some();
        let wordless = completion.text.is_empty() && other;
        let (annotations, citations) = completion.citations.iter().partition(|raw| is_annotation(raw));
        let images = completion.images.iter().enumerate();
        Self {
            role: "assistant",
            content: (!wordless).then_some(completion.text.as_str()),
            refusal: (),
            reasoning_content: Some(completion.reasoning.as_str()).filter(|text| !text.is_empty()),
            tool_calls: completion.tool_calls.iter().map(|call| WireCall::new(None, call)).collect(),
            images: images.map(|(index, (mime, base64))| WireImage::new(index, mime, base64)).collect(),
            audio,
            annotations,
            citations,
        }
    }
}
