//! `POST /v1/audio/speech`: its body. The answer is the sound itself.

use super::field::{Field, Object, Read, parse};
use super::wishes::{SoundForm, is_standard_voice, voice};
use crate::chat::{self, Message, Modality, Role, Wishes};

/// A decoded `POST /v1/audio/speech` body.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeechCall {
    /// What is asked.
    pub request: chat::Request,
    /// In what form the sound is wanted; `None` where nothing is said of it.
    pub form: Option<SoundForm>,
}

/// Reads a request body.
///
/// # Errors
///
/// A [`chat::FailureKind::BadRequest`] whose `param` names the field.
pub fn decode_speech(body: &[u8]) -> Result<SpeechCall, chat::Failure> {
    let mut body = Object::root(parse(body)?);
    let model = body.need("model")?.non_empty()?;
    let input = body.need("input")?.non_empty()?;
    let instructions = body.take("instructions").map(Field::string).transpose()?;
    let voice = body.take("voice").map(voice).transpose()?;
    let voice_by_habit = voice.as_deref().is_some_and(is_standard_voice);
    let form = body.take("response_format").map(|field| form(&field)).transpose()?;
    if let Some(field) = body.take("speed").filter(|field| field.value.as_f64() != Some(1.0)) {
        return Err(
            field.wrong("1, because the speed of speech cannot be set (ask for it in 'instructions')")
        );
    }
    if let Some(field) = body.take("stream_format").filter(|field| field.value != "audio") {
        return Err(field.wrong("'audio'"));
    }
    let request = chat::Request {
        model,
        messages: vec![Message::text(Role::User, spoken(&input, instructions.as_deref()))],
        wishes: Wishes { modalities: vec![Modality::Audio], voice, voice_by_habit, ..Wishes::default() },
        extra: body.rest(),
        ..chat::Request::default()
    };
    Ok(SpeechCall { request, form })
}

/// Models that speak take no instructions beside the text; they follow those before it.
fn spoken(input: &str, instructions: Option<&str>) -> String {
    match instructions.map(|text| text.trim().trim_end_matches(['.', ':'])).filter(|text| !text.is_empty()) {
        Some(instructions) => format!("{instructions}:\n{input}"),
        None => input.to_owned(),
    }
}

fn form(field: &Field) -> Read<SoundForm> {
    match field.value.as_str() {
        Some("wav") => Ok(SoundForm::Wav),
        Some("pcm") => Ok(SoundForm::Pcm),
        _ => Err(field.wrong("'wav' or 'pcm' (nothing here compresses sound)")),
    }
}
