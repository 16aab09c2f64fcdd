//! Types of files: the one spelling of each, and how names of such files end.

/// The types whose files are known by their names, each with the ends that go with it. The first is the one that is given;
/// of types that share an end, the first is meant by it.
const ENDS: &[(&str, &[&str])] = &[
    ("image/png", &["png"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/webp", &["webp"]),
    ("image/heic", &["heic"]),
    ("image/heif", &["heif"]),
    ("image/gif", &["gif"]),
    ("image/bmp", &["bmp"]),
    ("image/avif", &["avif"]),
    ("audio/wav", &["wav"]),
    ("audio/mpeg", &["mp3"]),
    ("audio/aiff", &["aiff"]),
    ("audio/aac", &["aac"]),
    ("audio/ogg", &["ogg"]),
    ("audio/opus", &["opus"]),
    ("audio/flac", &["flac"]),
    ("audio/mp4", &["m4a"]),
    ("audio/webm", &["weba"]),
    ("video/mp4", &["mp4"]),
    ("video/mpeg", &["mpeg"]),
    ("video/quicktime", &["mov"]),
    ("video/x-msvideo", &["avi"]),
    ("video/x-flv", &["flv"]),
    ("video/webm", &["webm"]),
    ("video/x-ms-wmv", &["wmv"]),
    ("video/3gpp", &["3gp"]),
    ("application/pdf", &["pdf"]),
    ("application/rtf", &["rtf"]),
    ("application/json", &["json"]),
    ("application/xml", &["xml"]),
    ("application/javascript", &["js"]),
    ("application/x-yaml", &["yaml"]),
    ("text/html", &["html"]),
    ("text/css", &["css"]),
    ("text/csv", &["csv"]),
    ("text/markdown", &["md"]),
    ("text/xml", &["xml"]),
    ("text/javascript", &["js"]),
    ("text/x-python", &["py"]),
];

/// The type alone, without parameters, in the one spelling that is used here.
pub fn usual(mime: &str) -> String {
    let bare = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let one = match bare.as_str() {
        "image/jpg" | "image/pjpeg" => "image/jpeg",
        "image/x-png" => "image/png",
        "audio/x-wav" | "audio/wave" | "audio/vnd.wave" => "audio/wav",
        "audio/mp3" | "audio/x-mp3" | "audio/mpeg3" | "audio/x-mpeg" => "audio/mpeg",
        "audio/x-aiff" | "audio/aif" => "audio/aiff",
        "audio/x-flac" => "audio/flac",
        "audio/x-aac" | "audio/aacp" => "audio/aac",
        "audio/m4a" | "audio/x-m4a" => "audio/mp4",
        "video/x-m4v" => "video/mp4",
        "video/mpg" => "video/mpeg",
        "video/mov" => "video/quicktime",
        "video/avi" | "video/vnd.avi" | "video/msvideo" => "video/x-msvideo",
        "video/wmv" => "video/x-ms-wmv",
        "application/x-pdf" => "application/pdf",
        "text/rtf" => "application/rtf",
        other => other,
    };
    one.to_owned()
}

/// Whether it is one of pictures, recordings or films.
pub fn is_media(mime: &str) -> bool {
    ["image/", "audio/", "video/"].iter().any(|kind| mime.starts_with(kind))
}

/// How the name of a file of this type ends, without the point; `None` for a type that is not known.
pub fn end_of(mime: &str) -> Option<&'static str> {
    let mime = usual(mime);
    let (_, ends) = ENDS.iter().find(|(known, _)| *known == mime)?;
    ends.first().copied()
}

/// The type of a file whose name ends so, in small or large letters; `None` for an end that is not known.
pub fn of_end(end: &str) -> Option<&'static str> {
    let means = |(_, ends): &&(&str, &[&str])| ends.iter().any(|known| known.eq_ignore_ascii_case(end));
    ENDS.iter().find(means).map(|(mime, _)| *mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_and_types_lead_to_each_other() {
        for (mime, end) in [
            ("image/png", "png"),
            ("image/jpg", "jpg"),
            ("audio/x-wav; rate=8000", "wav"),
            ("audio/MP3", "mp3"),
            ("video/quicktime", "mov"),
        ] {
            assert_eq!(end_of(mime), Some(end), "{mime}");
            assert_eq!(of_end(end).map(str::to_owned), Some(usual(mime)), "{end}");
        }
        assert_eq!(of_end("JPEG"), Some("image/jpeg"));
        assert_eq!((end_of("image/svg+xml"), of_end("svg"), of_end("")), (None, None, None));
    }

    #[test]
    fn every_type_is_in_its_usual_spelling_and_there_once() {
        for (at, (mime, ends)) in ENDS.iter().enumerate() {
            assert_eq!(usual(mime), *mime);
            assert!(!ends.is_empty(), "{mime}");
            assert!(ENDS[..at].iter().all(|(other, _)| other != mime), "{mime}");
        }
    }
}
