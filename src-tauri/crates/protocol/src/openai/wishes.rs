//! What an answer shall be like beyond how it is sampled: `modalities`, `audio`, and `google` (or `extra_body.google`) in
//! the shape of Google's own OpenAI-compatible endpoint.

use serde_json::Value;

use super::field::{Field, Object, Read, invalid, whole};
use super::picture::{aspect_ratio, image_size};
use crate::chat::{BlockFrom, Effort, Harm, MediaResolution, Modality, Safety, Wishes};

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
    asked.safety(body, &["safety_settings"])?;
    part(body, &["image_config"], |config| asked.image(config))?;
    part(body, &["audio"], |audio| asked.audio(audio, stream))?;
    Ok(asked)
}

/// Reads a member that is an object, under the first of several spellings. What of it is not known stays where it was, so
/// that it can be named.
fn part(owner: &mut Object, keys: &[&str], read: impl FnOnce(&mut Object) -> Read<()>) -> Read<()> {
    let Some(key) = keys.iter().find(|key| owner.get(key).is_some()) else { return Ok(()) };
    let Some(field) = owner.take(key) else { return Ok(()) };
    let mut member = field.object()?;
    read(&mut member)?;
    if member.has_more() {
        owner.put_back(key, member.into_field().value);
    }
    Ok(())
}

fn modalities(field: Field) -> Read<Vec<Modality>> {
    let mut found = Vec::new();
    for entry in field.array()? {
        let word = entry.value.as_str().unwrap_or_default().to_ascii_lowercase();
        let modality = match word.as_str() {
            "text" => Modality::Text,
            "image" => Modality::Image,
            "audio" => Modality::Audio,
            _ => return Err(entry.wrong("'text', 'image' or 'audio'")),
        };
        if !found.contains(&modality) {
            found.push(modality);
        }
    }
    Ok(found)
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
    asked.google(&mut google)?;
    if google.has_more() {
        body.put_back("google", google.into_field().value);
    }
    Ok(())
}

const PREBUILT: [&str; 2] = ["prebuilt_voice_config", "prebuiltVoiceConfig"];

impl Asked {
    fn google(&mut self, google: &mut Object) -> Read<()> {
        part(google, &["thinking_config", "thinkingConfig"], |config| self.thinking(config))?;
        self.safety(google, &["safety_settings", "safetySettings"])?;
        if let Some(field) = google.take_any(&["media_resolution", "mediaResolution"]) {
            self.wishes.media_resolution = media_resolution(&field)?;
        }
        if let Some(field) = google.take_any(&["response_modalities", "responseModalities"]) {
            self.wishes.modalities = modalities(field)?;
        }
        part(google, &["image_config", "imageConfig"], |config| self.image(config))?;
        part(google, &["speech_config", "speechConfig"], |config| {
            part(config, &["voice_config", "voiceConfig"], |voice| self.voice_in(voice))?;
            // The middle one is left out now and then.
            self.voice_in(config)
        })
    }

    /// The voice that is named in a member of this object.
    fn voice_in(&mut self, owner: &mut Object) -> Read<()> {
        part(owner, &PREBUILT, |built| {
            let name = match built.take("voiceName") {
                Some(field) => field,
                None => built.need("voice_name")?,
            };
            self.wishes.voice = Some(name.non_empty()?);
            self.wishes.voice_by_habit = false;
            Ok(())
        })
    }

    fn thinking(&mut self, config: &mut Object) -> Read<()> {
        if let Some(field) = config.take_any(&["include_thoughts", "includeThoughts"]) {
            self.wishes.include_thoughts = Some(field.boolean()?);
        }
        let budget = config.take_any(&["thinking_budget", "thinkingBudget"]);
        let level = config.take_any(&["thinking_level", "thinkingLevel"]);
        self.effort = match (budget, level) {
            (Some(budget), Some(level)) => {
                let message =
                    format!("'{}' and '{}' exclude each other; send one of them.", budget.path, level.path);
                return Err(invalid(level.path, message));
            }
            (Some(budget), None) => Some(thinking_budget(&budget)?),
            (None, Some(level)) => Some(thinking_level(&level)?),
            (None, None) => None,
        };
        Ok(())
    }

    fn safety(&mut self, owner: &mut Object, keys: &[&str]) -> Read<()> {
        let Some(field) = owner.take_any(keys) else { return Ok(()) };
        let mut unknown = Vec::new();
        for entry in field.array()? {
            let mut setting = entry.object()?;
            let category = setting.need("category")?;
            let block = threshold(&setting.need("threshold")?)?;
            let harm = harm(&category)?;
            if setting.has_more() {
                unknown.push(setting.into_field().value);
            }
            let (Some(harm), Some(block)) = (harm, block) else { continue };
            if self.wishes.safety.iter().any(|other| other.harm == harm) {
                let message =
                    format!("'{}' names a category for the second time; name each once.", category.path);
                return Err(invalid(category.path, message));
            }
            self.wishes.safety.push(Safety { harm, block });
        }
        if let Some(key) = keys.first().filter(|_| !unknown.is_empty()) {
            owner.put_back(key, Value::Array(unknown));
        }
        Ok(())
    }

    fn image(&mut self, config: &mut Object) -> Read<()> {
        if let Some(field) = config.take_any(&["aspect_ratio", "aspectRatio"]) {
            self.wishes.aspect_ratio = Some(aspect_ratio(&field)?);
        }
        if let Some(field) = config.take_any(&["image_size", "imageSize"]) {
            self.wishes.image_size = Some(image_size(&field)?);
        }
        Ok(())
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

fn thinking_budget(field: &Field) -> Read<Effort> {
    match whole(&field.value) {
        Some(-1) => Ok(Effort::Unlimited),
        Some(0) => Ok(Effort::None),
        number => number
            .and_then(|number| u32::try_from(number).ok())
            .map(Effort::Budget)
            .ok_or_else(|| field.wrong("a whole number of tokens, 0 for no thinking, or -1 for no limit")),
    }
}

fn thinking_level(field: &Field) -> Read<Effort> {
    match word_of(&field.value).as_str() {
        "minimal" => Ok(Effort::Minimal),
        "low" => Ok(Effort::Low),
        "medium" => Ok(Effort::Medium),
        "high" => Ok(Effort::High),
        _ => Err(field.wrong("one of minimal, low, medium and high")),
    }
}

fn media_resolution(field: &Field) -> Read<Option<MediaResolution>> {
    match word_of(&field.value).trim_start_matches("media_resolution_") {
        "unspecified" => Ok(None),
        "low" => Ok(Some(MediaResolution::Low)),
        "medium" => Ok(Some(MediaResolution::Medium)),
        "high" => Ok(Some(MediaResolution::High)),
        _ => {
            Err(field.wrong("one of MEDIA_RESOLUTION_LOW, MEDIA_RESOLUTION_MEDIUM and MEDIA_RESOLUTION_HIGH"))
        }
    }
}

/// `None` for a category that nothing filters any more, which clients still send.
fn harm(field: &Field) -> Read<Option<Harm>> {
    match word_of(&field.value).trim_start_matches("harm_category_") {
        "harassment" => Ok(Some(Harm::Harassment)),
        "hate_speech" => Ok(Some(Harm::Hate)),
        "sexually_explicit" => Ok(Some(Harm::Sexual)),
        "dangerous_content" => Ok(Some(Harm::Dangerous)),
        "civic_integrity" => Ok(None),
        _ => Err(field.wrong(
            "one of HARM_CATEGORY_HARASSMENT, HARM_CATEGORY_HATE_SPEECH, HARM_CATEGORY_SEXUALLY_EXPLICIT and \
             HARM_CATEGORY_DANGEROUS_CONTENT",
        )),
    }
}

/// `None` leaves it to the model.
fn threshold(field: &Field) -> Read<Option<BlockFrom>> {
    match word_of(&field.value).as_str() {
        "block_low_and_above" => Ok(Some(BlockFrom::Low)),
        "block_medium_and_above" => Ok(Some(BlockFrom::Medium)),
        "block_only_high" => Ok(Some(BlockFrom::High)),
        "block_none" => Ok(Some(BlockFrom::None)),
        "off" => Ok(Some(BlockFrom::Off)),
        "harm_block_threshold_unspecified" => Ok(None),
        _ => Err(field.wrong(
            "one of BLOCK_LOW_AND_ABOVE, BLOCK_MEDIUM_AND_ABOVE, BLOCK_ONLY_HIGH, BLOCK_NONE and OFF",
        )),
    }
}

fn word_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_ascii_lowercase()
}
