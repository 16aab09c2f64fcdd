//! What all dialects write down in the same way.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::value::{list, text, text_of};
use crate::{Part, Source, Tool};

/// The fields that [`mask`] reads.
pub(super) const MASKS: [&str; 3] = ["train", "weight", "loss"];

const FORGIVING: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const LOOSE: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, FORGIVING);

/// Keeps the bytes of pictures, recordings and files beside the conversations.
pub trait Media {
    /// Keeps these bytes and says where they are. `mime` is empty where nobody said what they are.
    fn keep(&mut self, mime: &str, bytes: &[u8]) -> Source;
}

/// Writes down what is read.
pub(super) struct Scribe<'a> {
    media: &'a mut dyn Media,
    /// Whether something was there that could not be read.
    pub(super) damaged: bool,
}

impl<'a> Scribe<'a> {
    pub(super) fn new(media: &'a mut dyn Media) -> Self {
        Self { media, damaged: false }
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, mime: &str, bytes: &[u8]) -> Source {
        self.media.keep(mime, bytes)
    }

    /// Bytes in base64, bare or as a `data:` URL; `None` for what is neither.
    pub(super) fn base64(&mut self, mime: &str, data: &str) -> Option<Source> {
        if is_data_url(data) {
            return self.data_url(data);
        }
        let bytes = decoded(data)?;
        Some(self.media.keep(mime, &bytes))
    }

    /// An address; the bytes themselves where it is a `data:` URL.
    pub(super) fn address(&mut self, url: &str) -> Option<Source> {
        if is_data_url(url) {
            return self.data_url(url);
        }
        (!url.is_empty()).then(|| Source::Url(url.to_owned()))
    }

    fn data_url(&mut self, url: &str) -> Option<Source> {
        let (head, data) = url[5..].split_once(',')?;
        let bytes = match head.strip_suffix(";base64") {
            Some(_) => decoded(&percent_decode_str(data).decode_utf8_lossy())?,
            None => percent_decode_str(data).collect(),
        };
        let mime = head.split(';').next().unwrap_or_default();
        Some(self.media.keep(mime, &bytes))
    }

    /// A part with this source, or the raw form of what has none.
    pub(super) fn part(
        &mut self,
        source: Option<Source>,
        raw: &Value,
        make: impl FnOnce(Source) -> Part,
    ) -> Part {
        match source {
            Some(source) => make(source),
            None => {
                self.damaged = true;
                other(raw)
            }
        }
    }
}

fn is_data_url(text: &str) -> bool {
    text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// Bytes in any variant of base64.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    let dense: String = text
        .chars()
        .filter(|letter| !letter.is_ascii_whitespace())
        .map(|letter| match letter {
            '-' => '+',
            '_' => '/',
            letter => letter,
        })
        .collect();
    LOOSE.decode(dense).ok().filter(|bytes| !bytes.is_empty())
}

/// What is at this source, by its media type.
pub(super) fn by_mime(mime: &str, source: Source, name: Option<String>) -> Part {
    match mime.split('/').next().unwrap_or_default() {
        "image" => Part::Image { source },
        "audio" => Part::Audio { source, transcript: None },
        "video" => Part::Video { source },
        _ => Part::File { source, name },
    }
}

/// Whether a trainer learns a turn, in the words of those whose files say so: axolotl's `train`, OpenAI's and Mistral's
/// `weight`, ms-swift's `loss`.
pub(super) fn mask(message: &Value) -> Option<bool> {
    MASKS.iter().find_map(|name| match message.get(*name)? {
        Value::Bool(train) => Some(*train),
        Value::Number(weight) => Some(weight.as_f64().is_some_and(|weight| weight > 0.0)),
        _ => None,
    })
}

/// What has no word here.
pub(super) fn other(raw: &Value) -> Part {
    Part::Other { raw: raw.clone() }
}

/// Text, unless there is none.
pub(super) fn said(text: &str) -> Option<Part> {
    (!text.is_empty()).then(|| Part::Text { text: text.to_owned() })
}

/// A thought, unless there is neither a word nor a seal.
pub(super) fn thought(text: &str, seal: &str) -> Option<Part> {
    let seal = (!seal.is_empty()).then(|| seal.to_owned());
    (!text.is_empty() || seal.is_some()).then(|| Part::Reasoning { text: text.to_owned(), seal })
}

/// The text in what is a text, an object with one, or a list of them.
pub(super) fn loose_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(loose_text).collect(),
        Value::Object(_) => match text_of(value, &["text", "content", "thinking", "summary", "message"]) {
            "" => ["parts", "thinking", "content", "summary"]
                .iter()
                .map(|name| list(value, name))
                .find(|items| !items.is_empty())
                .map(|items| items.iter().map(loose_text).collect())
                .unwrap_or_default(),
            text => text.to_owned(),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => String::new(),
    }
}

/// A function, from an object with its name, what it does, and the schema of its arguments in the first of these fields.
pub(super) fn function(value: &Value, schemas: &[&str]) -> Tool {
    let description = text(value, "description");
    Tool {
        name: text(value, "name").to_owned(),
        description: (!description.is_empty()).then(|| description.to_owned()),
        parameters: schemas
            .iter()
            .find_map(|name| value.get(name))
            .filter(|schema| schema.is_object())
            .cloned(),
    }
}

/// A tool of the provider's own, by the word for it.
pub(super) fn own_tool(name: &str) -> Tool {
    Tool { name: name.to_owned(), ..Tool::default() }
}
