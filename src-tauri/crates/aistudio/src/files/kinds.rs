//! Which files the site takes, by media type.

/// The types that the site takes beside texts, each with the extension by which the browser tells it.
pub const ACCEPTED: &[(&str, &str)] = &[
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/webp", "webp"),
    ("image/heic", "heic"),
    ("image/heif", "heif"),
    ("image/gif", "gif"),
    ("audio/wav", "wav"),
    ("audio/mpeg", "mp3"),
    ("audio/aiff", "aiff"),
    ("audio/aac", "aac"),
    ("audio/ogg", "ogg"),
    ("audio/opus", "opus"),
    ("audio/flac", "flac"),
    ("audio/mp4", "m4a"),
    ("audio/webm", "weba"),
    ("video/mp4", "mp4"),
    ("video/mpeg", "mpeg"),
    ("video/quicktime", "mov"),
    ("video/x-msvideo", "avi"),
    ("video/x-flv", "flv"),
    ("video/webm", "webm"),
    ("video/x-ms-wmv", "wmv"),
    ("video/3gpp", "3gp"),
    ("application/pdf", "pdf"),
    ("application/rtf", "rtf"),
    ("application/json", "json"),
    ("application/xml", "xml"),
    ("application/javascript", "js"),
    ("application/x-yaml", "yaml"),
    ("text/html", "html"),
    ("text/css", "css"),
    ("text/csv", "csv"),
    ("text/markdown", "md"),
    ("text/xml", "xml"),
    ("text/javascript", "js"),
    ("text/x-python", "py"),
];

/// The extension for a file of this type; `None` for one that the site does not take. Any other text is plain.
pub fn extension(mime: &str) -> Option<&'static str> {
    let known = ACCEPTED.iter().find(|(known, _)| *known == mime).map(|(_, extension)| *extension);
    known.or_else(|| mime.starts_with("text/").then_some("txt"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_kind_are_taken_and_archives_are_not() {
        assert_eq!(extension("image/jpeg"), Some("jpg"));
        assert_eq!(extension("text/x-rust"), Some("txt"));
        assert_eq!(extension("application/zip"), None);
        assert_eq!(extension("image/svg+xml"), None);
    }
}
