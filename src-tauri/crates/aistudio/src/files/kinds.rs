//! Which files the site takes, by media type.

use postern_protocol::mime::end_of;

/// The types that the site takes beside texts.
const ACCEPTED: [&str; 36] = [
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/heic",
    "image/heif",
    "image/gif",
    "audio/wav",
    "audio/mpeg",
    "audio/aiff",
    "audio/aac",
    "audio/ogg",
    "audio/opus",
    "audio/flac",
    "audio/mp4",
    "audio/webm",
    "video/mp4",
    "video/mpeg",
    "video/quicktime",
    "video/x-msvideo",
    "video/x-flv",
    "video/webm",
    "video/x-ms-wmv",
    "video/3gpp",
    "application/pdf",
    "application/rtf",
    "application/json",
    "application/xml",
    "application/javascript",
    "application/x-yaml",
    "text/html",
    "text/css",
    "text/csv",
    "text/markdown",
    "text/xml",
    "text/javascript",
    "text/x-python",
];

/// The extension by which the browser tells a file of this type; `None` for one that the site does not take. Any other text
/// is plain.
pub fn extension(mime: &str) -> Option<&'static str> {
    let known = ACCEPTED.contains(&mime).then(|| end_of(mime)).flatten();
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
        assert_eq!(extension("image/bmp"), None, "one that is known elsewhere");
    }

    #[test]
    fn what_is_taken_has_an_extension() {
        for mime in ACCEPTED {
            assert!(extension(mime).is_some_and(|extension| extension != "txt"), "{mime}");
        }
    }
}
