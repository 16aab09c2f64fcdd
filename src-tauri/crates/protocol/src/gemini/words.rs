//! Google's words for what an answer shall be like. Both its own API and its OpenAI-compatible endpoint have them, in
//! camel case or with underscores.

use serde_json::Value;

use crate::chat::{BlockFrom, Effort, Harm, MediaResolution, Modality, Safety, Wishes};
use crate::field::{Field, Object, Read, invalid, whole};
use crate::openai::{aspect_ratio, image_size};

/// What is read into.
pub(crate) struct Words<'a> {
    pub(crate) wishes: &'a mut Wishes,
    pub(crate) effort: &'a mut Option<Effort>,
}

/// A name in camel case, with underscores.
pub(crate) fn snake(camel: &str) -> String {
    let mut out = String::with_capacity(camel.len() + 4);
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Takes a member that is given in camel case here, whichever way it is spelled.
pub(crate) fn either(owner: &mut Object, camel: &str) -> Option<Field> {
    owner.take(camel).or_else(|| owner.take(&snake(camel)))
}

/// Reads a member that is an object. What of it is not known stays where it was, so that it can be named.
pub(crate) fn part(owner: &mut Object, camel: &str, read: impl FnOnce(&mut Object) -> Read<()>) -> Read<()> {
    let key = if owner.get(camel).is_some() { camel.to_owned() } else { snake(camel) };
    let Some(field) = owner.take(&key) else { return Ok(()) };
    let mut member = field.object()?;
    read(&mut member)?;
    if member.has_more() {
        owner.put_back(&key, member.into_field().value);
    }
    Ok(())
}

impl Words<'_> {
    /// All of them, in an object that holds them side by side.
    pub(crate) fn all(&mut self, config: &mut Object) -> Read<()> {
        part(config, "thinkingConfig", |thinking| self.thinking(thinking))?;
        self.safety(config)?;
        if let Some(field) = either(config, "mediaResolution") {
            self.wishes.media_resolution = media_resolution(&field)?;
        }
        if let Some(field) = either(config, "responseModalities") {
            self.wishes.modalities = modalities(field)?;
        }
        part(config, "imageConfig", |image| self.image(image))?;
        part(config, "speechConfig", |speech| {
            part(speech, "voiceConfig", |voice| self.voice_in(voice))?;
            // The middle one is left out now and then.
            self.voice_in(speech)
        })
    }

    /// The voice that is named in a member of this object.
    fn voice_in(&mut self, owner: &mut Object) -> Read<()> {
        part(owner, "prebuiltVoiceConfig", |built| {
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
        if let Some(field) = either(config, "includeThoughts") {
            self.wishes.include_thoughts = Some(field.boolean()?);
        }
        let budget = either(config, "thinkingBudget");
        let level = either(config, "thinkingLevel");
        *self.effort = match (budget, level) {
            (Some(budget), Some(level)) => {
                let message =
                    format!("'{}' and '{}' exclude each other; send one of them.", budget.path, level.path);
                return Err(invalid(level.path, message));
            }
            (Some(budget), None) => Some(thinking_budget(&budget)?),
            (None, Some(level)) => thinking_level(&level)?,
            (None, None) => None,
        };
        Ok(())
    }

    /// How strictly harm is filtered, as `safetySettings` of this object.
    pub(crate) fn safety(&mut self, owner: &mut Object) -> Read<()> {
        let key = if owner.get("safetySettings").is_some() { "safetySettings" } else { "safety_settings" };
        let Some(field) = owner.take(key) else { return Ok(()) };
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
        if !unknown.is_empty() {
            owner.put_back(key, Value::Array(unknown));
        }
        Ok(())
    }

    /// Sides and size of pictures.
    pub(crate) fn image(&mut self, config: &mut Object) -> Read<()> {
        if let Some(field) = either(config, "aspectRatio") {
            self.wishes.aspect_ratio = Some(aspect_ratio(&field)?);
        }
        if let Some(field) = either(config, "imageSize") {
            self.wishes.image_size = Some(image_size(&field)?);
        }
        Ok(())
    }
}

/// What an answer may consist of, each once.
pub(crate) fn modalities(field: Field) -> Read<Vec<Modality>> {
    let mut found = Vec::new();
    for entry in field.array()? {
        let modality = match word_of(&entry.value).as_str() {
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

fn thinking_level(field: &Field) -> Read<Option<Effort>> {
    match word_of(&field.value).as_str() {
        "minimal" => Ok(Some(Effort::Minimal)),
        "low" => Ok(Some(Effort::Low)),
        "medium" => Ok(Some(Effort::Medium)),
        "high" => Ok(Some(Effort::High)),
        "thinking_level_unspecified" => Ok(None),
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

/// The name of a kind of harm.
pub(crate) fn harm_word(harm: Harm) -> &'static str {
    match harm {
        Harm::Harassment => "HARM_CATEGORY_HARASSMENT",
        Harm::Hate => "HARM_CATEGORY_HATE_SPEECH",
        Harm::Sexual => "HARM_CATEGORY_SEXUALLY_EXPLICIT",
        Harm::Dangerous => "HARM_CATEGORY_DANGEROUS_CONTENT",
    }
}

/// The name of a threshold.
pub(crate) fn threshold_word(block: BlockFrom) -> &'static str {
    match block {
        BlockFrom::Low => "BLOCK_LOW_AND_ABOVE",
        BlockFrom::Medium => "BLOCK_MEDIUM_AND_ABOVE",
        BlockFrom::High => "BLOCK_ONLY_HIGH",
        BlockFrom::None => "BLOCK_NONE",
        BlockFrom::Off => "OFF",
    }
}

/// The name of a resolution.
pub(crate) fn resolution_word(resolution: MediaResolution) -> &'static str {
    match resolution {
        MediaResolution::Low => "MEDIA_RESOLUTION_LOW",
        MediaResolution::Medium => "MEDIA_RESOLUTION_MEDIUM",
        MediaResolution::High => "MEDIA_RESOLUTION_HIGH",
    }
}

/// The name of a kind of answer.
pub(crate) fn modality_word(modality: Modality) -> &'static str {
    match modality {
        Modality::Text => "TEXT",
        Modality::Image => "IMAGE",
        Modality::Audio => "AUDIO",
    }
}
