//! What an answer shall be like beyond how it is sampled: `modalities`, `audio`, and `google` (or `extra_body.google`) in
//! the shape of Google's own OpenAI-compatible endpoint.

use super::field::{Field, Object, Read, invalid};
use crate::chat::{Effort, Modality, Wishes};
use crate::gemini::words::{Words, modalities, part};

/// In what form sound is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundForm {
    /// A WAV file.
    Wav,
    /// Samples of 16 bits alone, little end first.
    Pcm,
}

/// What a request says in this respect.
pub(super) struct Asked {
    pub(super) wishes: Wishes,
    /// The thinking, where it is said in Google's way.
    pub(super) effort: Option<Effort>,
    pub(super) sound: SoundForm,
}

/// Takes all of it. `stream` is whether the answer comes in chunks.
pub(super) fn wishes(body: &mut Object, stream: bool) -> Read<Asked> {
    let mut asked = Asked {
        wishes: Wishes::default(),
        effort: None,
        sound: if stream { SoundForm::Pcm } else { SoundForm::Wav },
    };
    if let Some(field) = body.take("modalities") {
        asked.wishes.modalities = modalities(field)?;
    }
    google(body, &mut asked)?;
    asked.words().safety(body)?;
    part(body, "imageConfig", |config| asked.words().image(config))?;
    part(body, "audio", |audio| asked.audio(audio, stream))?;
    Ok(asked)
}

/// `google`, at the top or inside `extra_body`. What of it is not known stays where it was.
fn google(body: &mut Object, asked: &mut Asked) -> Read<()> {
    let outer = body.take("extra_body");
    let inner = match outer {
        Some(field) if field.value.is_object() => {
            let mut extra = field.object()?;
            let inner = extra.take("google");
            if extra.has_more() {
                body.put_back("extra_body", extra.into_field().value);
            }
            inner
        }
        Some(field) => return Err(field.wrong("an object")),
        None => None,
    };
    let field = match (body.take("google"), inner) {
        (Some(_), Some(inner)) => {
            let message = format!("'google' and '{}' mean the same; send one of them.", inner.path);
            return Err(invalid(inner.path, message));
        }
        (top, inner) => top.or(inner),
    };
    let Some(field) = field else { return Ok(()) };
    let mut google = field.object()?;
    asked.words().all(&mut google)?;
    if google.has_more() {
        body.put_back("google", google.into_field().value);
    }
    Ok(())
}

impl Asked {
    fn words(&mut self) -> Words<'_> {
        Words { wishes: &mut self.wishes, effort: &mut self.effort }
    }

    fn audio(&mut self, audio: &mut Object, stream: bool) -> Read<()> {
        if let Some(field) = audio.take("voice") {
            let name = voice(field)?;
            self.wishes.voice_by_habit = is_standard_voice(&name);
            self.wishes.voice = Some(name);
        }
        let Some(field) = audio.take("format") else { return Ok(()) };
        let spoken = self.wishes.modalities.contains(&Modality::Audio);
        self.sound = match field.value.as_str() {
            Some("wav") if !stream => SoundForm::Wav,
            Some("wav") if spoken => {
                let message = format!(
                    "'{}' may not be 'wav' in a streamed answer, because a WAV file begins with its length; ask for \
                     'pcm16'.",
                    field.path
                );
                return Err(invalid(field.path, message));
            }
            Some("pcm16") => SoundForm::Pcm,
            Some("wav" | "mp3" | "flac" | "opus" | "aac") if !spoken => return Ok(()),
            Some("mp3" | "flac" | "opus" | "aac") => {
                return Err(field.wrong("'wav' or 'pcm16' (nothing here compresses sound)"));
            }
            _ => return Err(field.wrong("'wav' or 'pcm16'")),
        };
        Ok(())
    }
}

/// A voice: its name, or an object with its id.
pub(super) fn voice(field: Field) -> Read<String> {
    if field.value.is_object() { field.object()?.need("id")?.non_empty() } else { field.non_empty() }
}

/// The voices of `OpenAI`'s own models. Clients name one because the field must be there, not because it is meant.
const STANDARD_VOICES: [&str; 13] = [
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer",
    "verse",
];

pub(super) fn is_standard_voice(name: &str) -> bool {
    STANDARD_VOICES.iter().any(|voice| voice.eq_ignore_ascii_case(name))
}
