//! Sides and sizes of pictures, and `POST /v1/images/generations`: its body, and the answer with the pictures.

use serde::Serialize;

use super::field::{Field, Object, Read, invalid, parse, whole};
use super::{Stamp, to_json};
use crate::chat::{self, Completion, Message, Modality, Role, Usage, Wishes};

/// Most pictures of one request.
const MOST: i64 = 10;
/// The sides that models which draw know.
const RATIOS: [(u32, u32); 10] =
    [(1, 1), (2, 3), (3, 2), (3, 4), (4, 3), (4, 5), (5, 4), (9, 16), (16, 9), (21, 9)];
/// How far the sides that were asked for may be from those there are.
const NEAR: f64 = 0.06;
/// From so many pixels of the longer side on it is a picture of this size.
const SIZES: [(u32, &str); 2] = [(3000, "4K"), (1900, "2K")];

/// Fields of the official body that change nothing here.
const IGNORED: [&str; 7] =
    ["background", "moderation", "output_compression", "output_format", "quality", "style", "partial_images"];

/// A decoded `POST /v1/images/generations` body.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageCall {
    /// What is asked, for each of the pictures.
    pub request: chat::Request,
    /// How many are wanted.
    pub count: u32,
    /// Whether a picture is handed over as a `data:` address, rather than as base64 alone.
    pub as_url: bool,
    /// Fields that were given and change nothing.
    pub ignored: Vec<&'static str>,
}

/// Reads a request body.
///
/// # Errors
///
/// A [`chat::FailureKind::BadRequest`] whose `param` names the field.
pub fn decode_images(body: &[u8]) -> Result<ImageCall, chat::Failure> {
    let mut body = Object::root(parse(body)?);
    let prompt = body.need("prompt")?.non_empty()?;
    let count = match body.take("n") {
        Some(field) => u32::try_from(field.integer(1..=MOST)?).unwrap_or(1),
        None => 1,
    };
    if let Some(field) = body.take("stream").filter(|field| field.value != false) {
        return Err(field.wrong("false, because pictures come whole"));
    }
    let as_url = match body.take("response_format") {
        None => false,
        Some(field) => match field.value.as_str() {
            Some("b64_json") => false,
            Some("url") => true,
            _ => return Err(field.wrong("'b64_json' or 'url'")),
        },
    };
    let modalities = vec![Modality::Text, Modality::Image];
    let mut wishes = Wishes { modalities, ..Wishes::default() };
    if let Some(field) = body.take("size") {
        size(&field, &mut wishes)?;
    }
    let ignored = IGNORED.into_iter().filter(|name| body.take(name).is_some()).collect();
    let request = chat::Request {
        model: body.need("model")?.non_empty()?,
        messages: vec![Message::text(Role::User, prompt)],
        wishes,
        user: body.take("user").map(Field::string).transpose()?,
        extra: body.rest(),
        ..chat::Request::default()
    };
    Ok(ImageCall { request, count, as_url, ignored })
}

/// `auto`, `1024x1536`, or sides such as `16:9`.
fn size(field: &Field, wishes: &mut Wishes) -> Read<()> {
    let text = field.value.as_str().unwrap_or_default().trim();
    if text == "auto" {
        return Ok(());
    }
    if text.contains(':') {
        wishes.aspect_ratio = Some(aspect_ratio(field)?);
        return Ok(());
    }
    let sides = text.split_once(['x', 'X', '×', '*']).and_then(|(width, height)| {
        let side = |text: &str| text.trim().parse::<u32>().ok().filter(|side| (1..=16_384).contains(side));
        Some((side(width)?, side(height)?))
    });
    let Some((width, height)) = sides else {
        return Err(field.wrong("'auto', a size such as '1024x1024', or sides such as '16:9'"));
    };
    let Some((across, down)) = nearest(width, height) else {
        let known: Vec<String> = RATIOS.iter().map(|(across, down)| format!("{across}:{down}")).collect();
        let message = format!(
            "'{}' asks for a picture of {width} by {height}, but pictures come with the sides {} only; ask for one \
             of these, or for 'auto'.",
            field.path,
            known.join(", ")
        );
        return Err(invalid(&field.path, message));
    };
    wishes.aspect_ratio = Some(format!("{across}:{down}"));
    let large = SIZES.iter().find(|(from, _)| width.max(height) >= *from);
    wishes.image_size = large.map(|(_, name)| (*name).to_owned());
    Ok(())
}

/// The known sides that come nearest, if any come near.
fn nearest(width: u32, height: u32) -> Option<(u32, u32)> {
    let wanted = f64::from(width) / f64::from(height);
    let far = |(across, down): (u32, u32)| (f64::from(across) / f64::from(down) / wanted).ln().abs();
    RATIOS
        .into_iter()
        .min_by(|one, other| far(*one).total_cmp(&far(*other)))
        .filter(|ratio| far(*ratio) < NEAR)
}

/// Sides such as `16:9`.
pub(crate) fn aspect_ratio(field: &Field) -> Read<String> {
    let text = field.value.as_str().unwrap_or_default().trim();
    let side = |text: &str| text.parse::<u16>().is_ok_and(|side| side > 0);
    match text.split_once(':') {
        Some((across, down)) if side(across) && side(down) => Ok(text.to_owned()),
        _ => Err(field.wrong("sides such as '16:9'")),
    }
}

/// A size such as `2K`.
pub(crate) fn image_size(field: &Field) -> Read<String> {
    let text = field.value.as_str().unwrap_or_default().trim().to_ascii_uppercase();
    let fits =
        text.strip_suffix('K').is_some_and(|number| number.parse::<f32>().is_ok_and(|size| size > 0.0));
    let pixels = whole(&field.value).or_else(|| text.parse().ok()).filter(|pixels| *pixels > 0);
    match pixels {
        _ if fits => Ok(text),
        Some(pixels) => Ok(pixels.to_string()),
        None => Err(field.wrong("a size such as '1K', '2K' or '4K'")),
    }
}

/// The answer with the pictures as JSON bytes.
pub fn encode_images(stamp: &Stamp, completions: &[Completion], as_url: bool) -> Vec<u8> {
    let pictures = || completions.iter().flat_map(Completion::images);
    let format = pictures().next().and_then(|(mime, _)| match mime {
        "image/png" => Some("png"),
        "image/jpeg" => Some("jpeg"),
        "image/webp" => Some("webp"),
        _ => None,
    });
    let data = pictures()
        .map(|(mime, base64)| {
            if as_url {
                Picture::Url { url: format!("data:{mime};base64,{base64}") }
            } else {
                Picture::Base64 { b64_json: base64 }
            }
        })
        .collect();
    let told: Vec<Usage> = completions.iter().filter_map(|completion| completion.usage).collect();
    let usage = (!told.is_empty()).then(|| ImageUsage::of(&told));
    to_json(&Pictures { created: stamp.created, data, output_format: format, usage }).into_bytes()
}

#[derive(Serialize)]
struct Pictures<'a> {
    created: u64,
    data: Vec<Picture<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<ImageUsage>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Picture<'a> {
    Base64 { b64_json: &'a str },
    Url { url: String },
}

#[derive(Serialize)]
struct ImageUsage {
    total_tokens: u64,
    input_tokens: u64,
    output_tokens: u64,
    input_tokens_details: InputDetails,
}

/// The prompt is text and nothing else.
#[derive(Serialize)]
struct InputDetails {
    text_tokens: u64,
    image_tokens: u64,
}

impl ImageUsage {
    fn of(told: &[Usage]) -> Self {
        let input = told.iter().map(|usage| usage.prompt).sum();
        let output = told.iter().map(|usage| usage.completion).sum();
        Self {
            total_tokens: told.iter().map(Usage::total).sum(),
            input_tokens: input,
            output_tokens: output,
            input_tokens_details: InputDetails { text_tokens: input, image_tokens: 0 },
        }
    }
}
