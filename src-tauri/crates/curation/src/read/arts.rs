//! Pictures and sound: made for a text, changed, spoken, written down.
//!
//! <https://platform.openai.com/docs/api-reference/images>, <https://platform.openai.com/docs/api-reference/audio>

use std::collections::BTreeMap;

use postern_protocol::form::FormField;
use postern_store::Standing;
use serde_json::{Map, Value};

use super::body::{Answer, Form, Piece, Request};
use super::chat::audio_mime;
use super::ending;
use super::page::{Counted, Page, turn};
use super::scribe::{Scribe, by_mime, decoded, other, said};
use super::value::{append, count, field, list, text, text_of};
use crate::{Part, Role};

/// Pictures.
pub(super) fn images(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = asked(request, "prompt", scribe);
    let made;
    let came = match &answer.form {
        Form::Whole(value) => value,
        Form::Pieces(pieces) => {
            made = last_picture(pieces);
            &made
        }
        Form::Bytes(bytes) if answer.mime.starts_with("image/") => {
            let source = scribe.bytes(&answer.mime, bytes);
            page.answer(vec![Part::Image { source }], "");
            return page;
        }
        Form::Nothing | Form::Bytes(_) => return page,
    };
    page.counted = counted(came);
    let mime = match text(came, "output_format") {
        "" => String::new(),
        form => format!("image/{form}"),
    };
    let mut parts = Vec::new();
    for item in list(came, "data").iter().chain(list(came, "images")) {
        let source = match text(item, "b64_json") {
            "" => scribe.address(text(item, "url")),
            data => scribe.base64(&mime, data),
        };
        parts.push(scribe.part(source, item, |source| Part::Image { source }));
        parts.extend(said(text(item, "revised_prompt")));
    }
    ending::take(&mut page, came);
    if !parts.is_empty() {
        page.ending = Some(Standing::Ok);
        page.answer(parts, "");
    }
    page
}

/// The last picture of a stream, in which each is a sketch of the next.
fn last_picture(pieces: &[Piece]) -> Value {
    let mut whole = Map::new();
    for Piece { data, .. } in pieces {
        if field(data, "error").is_some() || text(data, "type") == "error" {
            whole.insert("error".to_owned(), field(data, "error").unwrap_or(data).clone());
        } else if text(data, "type").ends_with(".completed") || field(data, "data").is_some() {
            whole.insert(
                "data".to_owned(),
                data.get("data").cloned().unwrap_or_else(|| Value::Array(vec![data.clone()])),
            );
            for name in ["usage", "output_format"] {
                whole.extend(field(data, name).map(|value| (name.to_owned(), value.clone())));
            }
        }
    }
    Value::Object(whole)
}

/// Speech for a text.
pub(super) fn speech(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = asked(request, "input", scribe);
    let mime = match answer.mime.as_str() {
        "" | "application/octet-stream" => audio_mime(text(&request.json, "response_format")),
        mime => mime.to_owned(),
    };
    let source = match &answer.form {
        Form::Bytes(bytes) => Some(scribe.bytes(&mime, bytes)),
        Form::Pieces(pieces) => {
            let mut sound = Vec::new();
            for Piece { data, .. } in pieces {
                sound.extend(decoded(text_of(data, &["audio", "delta"])).unwrap_or_default());
                page.ending = page.ending.or(text(data, "type").ends_with(".done").then_some(Standing::Ok));
                ending::take(&mut page, data);
            }
            let mime = audio_mime(text(&request.json, "response_format"));
            (!sound.is_empty()).then(|| scribe.bytes(&mime, &sound))
        }
        Form::Whole(came) => {
            ending::take(&mut page, came);
            None
        }
        Form::Nothing => None,
    };
    if let Some(source) = source {
        page.answer(vec![Part::Audio { source, transcript: None }], "");
    }
    page
}

/// A recording written down: JSON, subtitles, or plain text.
pub(super) fn transcription(request: &Request<'_>, answer: &Answer, scribe: &mut Scribe<'_>) -> Page {
    let mut page = asked(request, "prompt", scribe);
    let words = match &answer.form {
        Form::Whole(came) => {
            page.counted = counted(came);
            ending::take(&mut page, came);
            came.get("text").and_then(Value::as_str).map(str::to_owned)
        }
        Form::Pieces(pieces) => {
            let mut words = Map::new();
            for Piece { data, .. } in pieces {
                if text(data, "type").ends_with(".done") {
                    page.ending = Some(Standing::Ok);
                    page.counted = counted(data);
                    words.extend(field(data, "text").map(|text| ("text".to_owned(), text.clone())));
                } else {
                    append(&mut words, "text", text(data, "delta"));
                }
                ending::take(&mut page, data);
            }
            words.get("text").and_then(Value::as_str).map(str::to_owned)
        }
        Form::Bytes(bytes) => std::str::from_utf8(bytes).ok().map(str::to_owned),
        Form::Nothing => None,
    };
    if let Some(words) = words {
        page.answer(said(&words).into_iter().collect(), "");
    }
    page
}

fn counted(came: &Value) -> Counted {
    let usage = field(came, "usage").unwrap_or(&Value::Null);
    Counted { input: count(usage, "input_tokens"), output: count(usage, "output_tokens") }
}

/// What was asked, as JSON or as a form with files in it. The words are in the field `words`.
fn asked(request: &Request<'_>, words: &str, scribe: &mut Scribe<'_>) -> Page {
    let mut page = Page::default();
    let form = if request.json.is_null() { request.form() } else { None };
    let Some(form) = form else {
        scribe.damaged |= request.json.is_null();
        let asked = &request.json;
        page.model(text(asked, "model"));
        page.parameters(asked, &[words, "image", "images"]);
        let mut parts: Vec<Part> = said(text(asked, words)).into_iter().collect();
        let pictures = field(asked, "image").into_iter().chain(list(asked, "images"));
        for raw in pictures {
            let url = raw.as_str().unwrap_or_else(|| text_of(raw, &["image_url", "url"]));
            let source = scribe.address(url);
            parts.push(scribe.part(source, raw, |source| Part::Image { source }));
        }
        page.ask(vec![turn(Role::User, parts)]);
        return page;
    };
    let (mut parts, mut fields) = (Vec::new(), BTreeMap::new());
    for field in &form {
        match file(field, scribe) {
            Some(part) => parts.push(part),
            None => {
                fields.insert(field.name.clone(), String::from_utf8_lossy(field.bytes).into_owned());
            }
        }
    }
    page.model(fields.get("model").map_or("", String::as_str));
    let spoken = fields.remove(words).and_then(|words| said(&words));
    page.ask(vec![turn(Role::User, spoken.into_iter().chain(parts).collect())]);
    let fields = fields.into_iter().map(|(name, value)| (name, Value::String(value)));
    page.parameters(&Value::Object(fields.collect()), &[]);
    page
}

/// A file of a form, by its kind.
fn file(field: &FormField<'_>, scribe: &mut Scribe<'_>) -> Option<Part> {
    let name = field.file_name.clone()?;
    let mime = field.mime.clone().unwrap_or_default();
    if field.bytes.is_empty() {
        return Some(other(&Value::String(name)));
    }
    let source = scribe.bytes(&mime, field.bytes);
    Some(match field.name.trim_end_matches("[]") {
        "image" | "mask" => Part::Image { source },
        "file" if mime.is_empty() || mime.starts_with("audio/") || mime == "application/octet-stream" => {
            Part::Audio { source, transcript: None }
        }
        _ => by_mime(&mime, source, Some(name)),
    })
}
