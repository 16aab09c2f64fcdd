//! Pictures, recordings and files as content items.

use serde_json::{Map, Value, json};

use crate::chat::{Part, Source};

/// The content item of a part that the user may send; `None` for what is said elsewhere in a message.
pub(super) fn item(part: &Part) -> Option<Value> {
    match part {
        Part::Text { text } => Some(text_item(text)),
        Part::Refusal { text } => Some(json!({ "type": "refusal", "refusal": text })),
        Part::Image { source, detail } => Some(image(source, detail.as_deref())),
        Part::Audio { source } => Some(audio(source)),
        Part::Video { source } => Some(match address(source, "video/mp4") {
            Ok(url) => json!({ "type": "video_url", "video_url": { "url": url } }),
            Err(id) => stored(id),
        }),
        Part::File { source, name } => Some(file(source, name.as_deref())),
        Part::Reasoning { .. }
        | Part::Signature(_)
        | Part::Sealed(_)
        | Part::ToolCall(_)
        | Part::ToolResult { .. } => None,
    }
}

pub(super) fn text_item(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn image(source: &Source, detail: Option<&str>) -> Value {
    let unsaid = match source {
        Source::Data { base64, .. } => picture_type(base64),
        Source::Url(_) | Source::FileId(_) => "",
    };
    match address(source, unsaid) {
        Ok(url) => {
            let mut image = Map::from_iter([("url".to_owned(), url.into())]);
            image.extend(detail.map(|detail| ("detail".to_owned(), detail.into())));
            json!({ "type": "image_url", "image_url": image })
        }
        Err(id) => stored(id),
    }
}

/// What kind of picture begins with these bytes.
fn picture_type(base64: &str) -> &'static str {
    let starts = [("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp")];
    starts.iter().find(|(start, _)| base64.starts_with(start)).map_or("image/png", |(_, mime)| mime)
}

fn audio(source: &Source) -> Value {
    match source {
        Source::Data { mime, base64 } => {
            let subtype = mime.as_deref().and_then(|mime| mime.split(['/', ';']).nth(1)).unwrap_or("wav");
            let format = match subtype {
                "mpeg" => "mp3",
                "x-wav" | "wave" => "wav",
                other => other,
            };
            json!({ "type": "input_audio", "input_audio": { "data": base64, "format": format } })
        }
        // As servers have it that take addresses of recordings; the official service takes none.
        Source::Url(url) => json!({ "type": "audio_url", "audio_url": { "url": url } }),
        Source::FileId(id) => stored(id),
    }
}

fn file(source: &Source, name: Option<&str>) -> Value {
    let mut file = Map::new();
    match source {
        Source::Data { mime, base64 } => {
            let mime = mime.as_deref().unwrap_or("application/octet-stream");
            file.insert("file_data".to_owned(), format!("data:{mime};base64,{base64}").into());
            // The official service refuses bytes without a name.
            let subtype = mime.split(['/', ';']).nth(1).filter(|subtype| subtype.len() < 6);
            let unnamed = || format!("file.{}", subtype.unwrap_or("bin"));
            file.insert("filename".to_owned(), name.map_or_else(unnamed, str::to_owned).into());
        }
        Source::Url(url) => {
            file.insert("file_url".to_owned(), url.as_str().into());
            file.extend(name.map(|name| ("filename".to_owned(), name.into())));
        }
        Source::FileId(id) => return stored(id),
    }
    json!({ "type": "file", "file": file })
}

fn stored(id: &str) -> Value {
    json!({ "type": "file", "file": { "file_id": id } })
}

/// The address of the bytes, or their id at the provider.
fn address<'a>(source: &'a Source, unsaid: &str) -> Result<String, &'a str> {
    match source {
        Source::Data { mime, base64 } => {
            Ok(format!("data:{};base64,{base64}", mime.as_deref().unwrap_or(unsaid)))
        }
        Source::Url(url) => Ok(url.clone()),
        Source::FileId(id) => Err(id),
    }
}
