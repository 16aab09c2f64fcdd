//! Files that a row names: pictures and recordings beside the file that is imported. Their bytes go into the row, so
//! that what is recorded has all of it.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use postern_protocol::mime::{is_media, of_end};
use serde_json::{Value, json};

/// A larger file is not taken.
const LARGEST: u64 = 64 << 20;

/// The columns that name files.
pub(super) const COLUMNS: [&str; 3] = ["images", "videos", "audios"];

/// The folder of a data set, beyond which nothing is read.
pub(super) struct Shelf(Option<PathBuf>);

impl Shelf {
    /// The folder in which this file lies.
    pub(super) fn beside(file: &Path) -> Self {
        Self(file.canonicalize().ok().and_then(|file| Some(file.parent()?.to_owned())))
    }

    /// Puts the bytes of files in the place of their names. What cannot be taken keeps its name.
    pub(super) fn fill(&self, row: &mut Value) {
        for column in COLUMNS {
            match row.get_mut(column) {
                Some(Value::Array(files)) => files.iter_mut().for_each(|file| self.take(file)),
                Some(Value::Null) | None => {}
                Some(file) => {
                    self.take(file);
                    *file = json!([file]);
                }
            }
        }
        let messages = row.get_mut("messages").and_then(Value::as_array_mut).into_iter().flatten();
        let parts = messages.filter_map(|message| message.get_mut("content")?.as_array_mut()).flatten();
        for part in parts.filter(|part| part["type"] == "image") {
            let mut file = part.get("path").or_else(|| part.get("image")).cloned().unwrap_or_default();
            self.take(&mut file);
            if file.as_str().is_some_and(|file| file.starts_with("data:")) {
                *part = json!({ "type": "image_url", "image_url": { "url": file } });
            }
        }
    }

    /// The name of a file, or an object with one, as others have it.
    fn take(&self, file: &mut Value) {
        let name = file.as_str().or_else(|| file.get("path")?.as_str());
        if let Some(address) = name.and_then(|name| self.address(name)) {
            *file = Value::String(address);
        } else if let Some(name) = name.map(str::to_owned) {
            *file = Value::String(name);
        }
    }

    /// The bytes as an address.
    fn address(&self, name: &str) -> Option<String> {
        let folder = self.0.as_deref()?;
        // Links are followed first, so that none leads out.
        let path = folder.join(name).canonicalize().ok().filter(|path| path.starts_with(folder))?;
        // Whatever else lies there is nobody's picture.
        let mime = of_end(path.extension()?.to_str()?).filter(|mime| is_media(mime))?;
        let about = fs::metadata(&path).ok()?;
        if !about.is_file() || about.len() > LARGEST {
            return None;
        }
        Some(format!("data:{mime};base64,{}", STANDARD.encode(fs::read(&path).ok()?)))
    }
}

/// Puts the pictures of a row of messages into the first message of the user, where TRL means them, unless there are marks
/// where they belong.
pub(super) fn into_messages(row: &mut Value) {
    let pictures = match row.get("images").and_then(Value::as_array) {
        Some(pictures) if !pictures.is_empty() => pictures.clone(),
        _ => return,
    };
    let Some(messages) = row.get_mut("messages").and_then(Value::as_array_mut) else { return };
    let marked = |message: &Value| message["content"].as_str().is_some_and(|text| text.contains("<image>"));
    if messages.iter().any(marked) {
        return;
    }
    let Some(first) = messages.iter_mut().find(|message| message["role"] == "user") else { return };
    let mut parts: Vec<Value> = pictures.iter().map(picture).collect();
    match first["content"].take() {
        Value::Array(more) => parts.extend(more),
        Value::String(text) if !text.is_empty() => parts.push(json!({ "type": "text", "text": text })),
        _ => {}
    }
    first["content"] = Value::Array(parts);
    if let Some(row) = row.as_object_mut() {
        row.remove("images");
    }
}

fn picture(file: &Value) -> Value {
    match file.as_str().filter(|address| address.contains(':')) {
        Some(address) => json!({ "type": "image_url", "image_url": { "url": address } }),
        // It was not there to be taken.
        None => json!({ "type": "image", "path": file }),
    }
}
