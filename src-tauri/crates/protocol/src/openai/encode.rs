use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::answer::{WireCall, WireImage, WireUsage, finish_reason, is_annotation, sound};
use super::seals::{ExtraContent, Seals, ThinkingBlock};
use super::{SoundForm, Stamp, to_json};
use crate::chat::{Candidate, Completion, Finish};

/// The whole answer as JSON bytes, with its sound in the form that was asked for.
///
/// A completion without a finish is one that broke off; that is a failure to be told as such. Should one
/// come here all the same, it ends with `length`, the official word for an answer that is not all there.
pub fn encode_completion(stamp: &Stamp, completion: &Completion, form: SoundForm) -> Vec<u8> {
    let nothing = [Candidate::default()];
    let candidates = if completion.candidates.is_empty() { &nothing[..] } else { &completion.candidates[..] };
    let answer = Answer {
        id: stamp.completion_id(),
        object: "chat.completion",
        created: stamp.created,
        model: &stamp.model,
        choices: (0..).zip(candidates).map(|(index, told)| Choice::of(index, told, stamp, form)).collect(),
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
    choices: Vec<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<WireUsage>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    message: Message<'a>,
    logprobs: (),
    finish_reason: &'static str,
}

impl<'a> Choice<'a> {
    fn of(index: u32, told: &'a Candidate, stamp: &Stamp, form: SoundForm) -> Self {
        let finish = told.finish.unwrap_or(Finish::Length);
        let finish_reason = finish_reason(finish, told.tool_calls().next().is_some());
        let message = Message::of(told, Audio::of(stamp, told, form));
        Self { index, message, logprobs: (), finish_reason }
    }
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Option<Cow<'a, str>>,
    refusal: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thinking_blocks: Vec<ThinkingBlock<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_content: Option<ExtraContent>,
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
    transcript: Cow<'a, str>,
}

impl<'a> Audio<'a> {
    fn of(stamp: &Stamp, told: &'a Candidate, form: SoundForm) -> Option<Self> {
        let pieces: Vec<(&str, &str)> = told.audio().collect();
        let data = (!pieces.is_empty()).then(|| sound(&pieces, form))?;
        Some(Self { id: stamp.audio_id(), expires_at: stamp.created, data, transcript: told.text() })
    }
}

impl<'a> Message<'a> {
    fn of(told: &'a Candidate, audio: Option<Audio<'a>>) -> Self {
        let (text, refusal) = (told.text(), told.refusal());
        let seals = Seals::of(&told.parts);
        let tool_calls: Vec<WireCall<'a>> = told
            .tool_calls()
            .zip(seals.calls)
            .map(|(call, seal)| WireCall::new(None, call).sealed(seal))
            .collect();
        let other = !tool_calls.is_empty() || audio.is_some() || !refusal.is_empty();
        let wordless = text.is_empty() && other;
        let (annotations, citations) = told.citations.iter().partition(|raw| is_annotation(raw));
        Self {
            role: "assistant",
            content: (!wordless).then_some(text),
            refusal: Some(refusal).filter(|text| !text.is_empty()),
            reasoning_content: Some(told.reasoning()).filter(|text| !text.is_empty()),
            thinking_blocks: seals.thoughts,
            extra_content: seals.text,
            tool_calls,
            images: told
                .images()
                .enumerate()
                .map(|(at, (mime, base64))| WireImage::new(at, mime, base64))
                .collect(),
            audio,
            annotations,
            citations,
        }
    }
}
