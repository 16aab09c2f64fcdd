//! The content of a message: a string, or an array of typed items.

use super::field::{Field, Object, Read, invalid};
use super::media::{address, attached_part, bytes, source};
use crate::chat::{Attachment, Part, Source};

/// A message's `content`. An empty string is no part at all.
pub(super) fn content(field: Field) -> Read<Vec<Part>> {
    if field.value.is_string() {
        let text = field.string()?;
        return Ok(if text.is_empty() { Vec::new() } else { vec![Part::Text { text }] });
    }
    if !field.value.is_array() {
        return Err(field.wrong("a string, an array of content items, or null"));
    }
    field.array()?.map(|item| self::item(item.object()?)).collect()
}

/// One content item: the official ones, those of the Responses API, and those of the servers that
/// Postern's users come from.
pub(super) fn item(mut item: Object) -> Read<Part> {
    let kind = item.need("type")?.string()?;
    match kind.as_str() {
        "text" | "input_text" | "output_text" => Ok(Part::Text { text: item.need("text")?.string()? }),
        "refusal" => Ok(Part::Refusal { text: item.need("refusal")?.string()? }),
        "image_url" | "input_image" => image(item, &kind),
        "input_audio" => Ok(Part::Audio { source: recording(item, &kind, "audio")? }),
        "input_video" => Ok(Part::Video { source: recording(item, &kind, "video")? }),
        "audio_url" => Ok(Part::Audio { source: linked(item, &kind)? }),
        "video_url" => Ok(Part::Video { source: linked(item, &kind)? }),
        "file_url" | "media_url" => {
            Ok(attached_part(Attachment { source: linked(item, &kind)?, name: None }))
        }
        "file" | "input_file" => file(item, &kind),
        _ => {
            let path = item.path_of("type");
            let message = format!(
                "'{path}' is '{kind}', which is not a known content type. Known are text, image_url, input_audio, \
                 file, refusal, input_image, input_video, audio_url, video_url, file_url and media_url."
            );
            Err(invalid(path, message))
        }
    }
}

/// The object that says more, under the item's own type name or, as the Responses API has it, the item.
fn body(mut item: Object, kind: &str) -> Read<Object> {
    match item.take(kind) {
        Some(field) => field.object(),
        None => Ok(item),
    }
}

fn image(mut item: Object, kind: &str) -> Read<Part> {
    let mut detail = item.take("detail");
    let nested = item.take_any(&[kind, "image_url"]);
    let source = match nested {
        Some(field) if field.value.is_object() => {
            let mut image = field.object()?;
            detail = image.take("detail").or(detail);
            source(&mut image, None)?
        }
        Some(field) => address(field)?,
        None if item.get("url").is_some() || item.get("file_id").is_some() => source(&mut item, None)?,
        None => address(item.need(kind)?)?,
    };
    Ok(Part::Image { source, detail: detail.map(Field::string).transpose()? })
}

/// `{"data" | "url", "format", "mime_type"}`, for sound (`family` audio) and moving pictures (video).
fn recording(item: Object, kind: &str, family: &str) -> Read<Source> {
    let mut recording = body(item, kind)?;
    let format = recording.take("format").map(Field::non_empty).transpose()?;
    let mime = recording.take("mime_type").map(Field::non_empty).transpose()?;
    let mime = mime.or_else(|| format.map(|format| media_type(family, &format)));
    match recording.take("data") {
        Some(data) => bytes(data, mime),
        None if recording.get("url").is_some() => source(&mut recording, mime),
        None => bytes(recording.need("data")?, mime),
    }
}

fn media_type(family: &str, format: &str) -> String {
    let subtype = match format {
        "mp3" => "mpeg",
        "m4a" => "mp4",
        "mov" => "quicktime",
        "avi" => "x-msvideo",
        "mkv" => "x-matroska",
        other => other,
    };
    format!("{family}/{subtype}")
}

fn linked(mut item: Object, kind: &str) -> Read<Source> {
    match item.take_any(&[kind, "url"]) {
        Some(field) if field.value.is_object() => address(field.object()?.need("url")?),
        Some(field) => address(field),
        None => address(item.need(kind)?),
    }
}

fn file(item: Object, kind: &str) -> Read<Part> {
    let mut file = body(item, kind)?;
    let name = file.take("filename").map(Field::string).transpose()?;
    if file.get("file_data").is_none() && file.get("file_id").is_none() && file.get("file_url").is_none() {
        let message = format!("'{}' needs 'file_data' or 'file_id'.", file.path);
        return Err(invalid(&file.path, message));
    }
    Ok(Part::File { source: source(&mut file, None)?, name })
}
