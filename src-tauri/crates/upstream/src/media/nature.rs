//! What a file is, by its content.

use postern_protocol::mime::usual;

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nature {
    /// Its media type, without parameters.
    pub(crate) mime: String,
}

/// Says nothing about a file.
const UNKNOWN: &str = "application/octet-stream";

impl Nature {
    /// Whether its type is one of texts.
    pub(crate) fn is_text(&self) -> bool {
        is_textual(&self.mime)
    }

    /// What the beginning of the content shows; where it shows only that it is text, or nothing, what was said of it
    /// is believed. Also the type that was said, if the content is of another one.
    pub(super) fn of(head: &[u8], claimed: Option<&str>, named: Option<&str>) -> (Self, Option<String>) {
        let claimed = claimed.map(usual).filter(|mime| !says_nothing(mime));
        let by_name = || named.and_then(by_name);
        let Some(shown) = shown(head) else {
            let text = is_text(head);
            let told = claimed.clone().filter(|mime| is_textual(mime) == text || (!text && is_textual(mime)));
            let mime = match (text, told) {
                (_, Some(mime)) => mime,
                (true, None) => {
                    by_name().filter(|mime| is_textual(mime)).unwrap_or_else(|| "text/plain".into())
                }
                (false, None) => by_name().filter(|mime| !is_textual(mime)).unwrap_or_else(|| UNKNOWN.into()),
            };
            let other = claimed.filter(|claimed| *claimed != mime);
            return (Self { mime }, other);
        };
        match claimed {
            // What one container holds is not seen from its beginning.
            Some(claimed) if same_container(&claimed, &shown) => (Self { mime: claimed }, None),
            Some(claimed) if claimed != shown => (Self { mime: shown }, Some(claimed)),
            _ => (Self { mime: shown }, None),
        }
    }
}

/// The type that the content gives away by itself.
fn shown(head: &[u8]) -> Option<String> {
    /// Those that are written in letters. Others begin with a few of them, as any text may.
    const LETTERS: [&str; 3] = ["application/pdf", "application/rtf", "application/postscript"];
    if !is_text(head) {
        let found = infer::get(head).filter(|found| found.matcher_type() != infer::MatcherType::Text)?;
        return Some(usual(found.mime_type()));
    }
    if is_svg(head) {
        return Some("image/svg+xml".to_owned());
    }
    // Programs and pages are texts, and what kind of text is a matter of what was said of them.
    infer::get(head).map(|found| usual(found.mime_type())).filter(|mime| LETTERS.contains(&mime.as_str()))
}

/// Whether the text is a picture rather than has one in it: its outermost element says so.
fn is_svg(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    let end = |rest: &str| match rest {
        rest if rest.starts_with("<?") => Some("?>"),
        rest if rest.starts_with("<!--") => Some("-->"),
        rest if !rest.starts_with("<!") => None,
        // A document type may hold declarations of its own.
        rest => match (rest.find('['), rest.find('>')) {
            (Some(inner), Some(end)) if inner < end => Some("]>"),
            _ => Some(">"),
        },
    };
    while let Some(end) = end(rest) {
        let Some((_, after)) = rest.split_once(end) else { return false };
        rest = after.trim_start();
    }
    let element =
        rest.split(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).next().unwrap_or_default();
    element.eq_ignore_ascii_case("<svg")
}

fn says_nothing(mime: &str) -> bool {
    mime.is_empty()
        || mime == UNKNOWN
        || mime == "binary/octet-stream"
        || mime.contains('*')
        || !mime.contains('/')
}

fn same_container(claimed: &str, shown: &str) -> bool {
    const CONTAINERS: [&[&str]; 5] = [
        &["audio/webm", "video/webm"],
        &["audio/mp4", "video/mp4", "video/quicktime", "video/3gpp"],
        &["audio/ogg", "video/ogg", "audio/opus"],
        &["image/heic", "image/heif"],
        &["audio/aac", "audio/mpeg"],
    ];
    CONTAINERS.iter().any(|kinds| kinds.contains(&claimed) && kinds.contains(&shown))
}

/// Types of texts that are not called so.
fn is_textual(mime: &str) -> bool {
    const ALSO: [&str; 9] =
        ["json", "xml", "javascript", "x-yaml", "yaml", "toml", "x-sh", "x-ndjson", "sql"];
    let ends =
        |ending: &str| mime.ends_with(&format!("+{ending}")) || mime == format!("application/{ending}");
    let called_picture = mime.starts_with("image/");
    mime.starts_with("text/") || (!called_picture && ALSO.iter().any(|ending| ends(ending)))
}

/// Whether it reads as text, as far as the beginning shows.
fn is_text(head: &[u8]) -> bool {
    if head.contains(&0) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last character may be cut.
        Err(error) => error.error_len().is_none(),
    }
}

/// The type that goes with the end of a name or an address.
fn by_name(name: &str) -> Option<String> {
    let path = name.split(['?', '#']).next()?;
    mime_guess::from_path(path).first_raw().map(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";

    fn of(head: &[u8], claimed: Option<&str>, named: Option<&str>) -> (String, Option<String>) {
        let (nature, other) = Nature::of(head, claimed, named);
        (nature.mime, other)
    }

    #[test]
    fn the_content_wins() {
        assert_eq!(of(PNG, None, None), ("image/png".into(), None));
        assert_eq!(of(PNG, Some("image/png; q=1"), None), ("image/png".into(), None));
        assert_eq!(of(JPEG, Some("image/jpg"), None), ("image/jpeg".into(), None));
        assert_eq!(of(PNG, Some("image/jpeg"), None), ("image/png".into(), Some("image/jpeg".into())));
        assert_eq!(of(PNG, Some("application/octet-stream"), Some("x.jpg")), ("image/png".into(), None));
        assert_eq!(of(b"%PDF-1.7\n", None, None).0, "application/pdf");
        let zip = of(b"PK\x03\x04\x14\0\0\0\x08\0", Some("image/png"), None);
        assert_eq!(zip, ("application/zip".into(), Some("image/png".into())));
    }

    #[test]
    fn sounds_and_films_are_told_apart() {
        assert_eq!(of(b"RIFF\x24\0\0\0WAVEfmt ", Some("audio/x-wav"), None), ("audio/wav".into(), None));
        assert_eq!(of(b"RIFF\x24\0\0\0WEBPVP8 ", None, None).0, "image/webp");
        assert_eq!(of(b"ID3\x04\0\0\0\0\0\0", Some("audio/mp3"), None), ("audio/mpeg".into(), None));
        let header = b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x86\x81\x01\x42\x82\x84webm";
        let webm = [header.as_slice(), &[0; 256]].concat();
        assert_eq!(of(&webm, Some("audio/webm"), None), ("audio/webm".into(), None));
        assert_eq!(of(&webm, None, None).0, "video/webm");
    }

    #[test]
    fn texts_are_what_they_are_said_to_be() {
        assert_eq!(of(b"a,b\n1,2", Some("text/csv"), None), ("text/csv".into(), None));
        assert_eq!(of("Grüße".as_bytes(), None, Some("notes.md")).0, "text/markdown");
        assert_eq!(of(b"{}", None, Some("https://a.test/x.json?y=1.png")).0, "application/json");
        assert_eq!(of(b"plain", None, None).0, "text/plain");
        assert_eq!(of(b"plain", None, Some("x.png")).0, "text/plain");
        assert_eq!(
            of(b"no picture", Some("image/png"), None),
            ("text/plain".into(), Some("image/png".into()))
        );
        assert_eq!(of(b"<?xml version=\"1.0\"?><svg/>", Some("image/png"), None).0, "image/svg+xml");
        for (text, name, mime) in [
            ("#!/bin/sh\nmake", "deploy.sh", "application/x-sh"),
            ("{\"type\": \"Point\"}", "map.geojson", "application/geo+json"),
            ("<?xml version=\"1.0\"?><rss/>", "feed.rss", "application/rss+xml"),
            ("key = 1", "a.toml", "text/x-toml"),
        ] {
            let (nature, other) = Nature::of(text.as_bytes(), None, Some(name));
            assert_eq!((nature.mime.as_str(), nature.is_text(), other), (mime, true, None), "{name}");
        }
        // Cut within a character.
        assert_eq!(of(&"ü".as_bytes()[..1], None, None).0, "text/plain");
    }

    #[test]
    fn a_text_with_a_picture_in_it_is_no_picture() {
        for text in [
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "\u{feff}<?xml version='1.0'?>\n<!-- an <html> page? -->\n<SVG>",
            "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'>\n<svg>",
            "<!DOCTYPE svg [ <!ENTITY a \"b\"> ]><svg\n>",
        ] {
            assert_eq!(of(text.as_bytes(), None, None).0, "image/svg+xml", "{text}");
        }
        for (text, name, mime) in [
            ("<!doctype html><body><svg></svg>", "index.html", "text/html"),
            ("# Logo\n<svg></svg>", "README.md", "text/markdown"),
            ("<svgs/>", "list.xml", "text/xml"),
            ("<!-- <svg> -->", "a.xml", "text/xml"),
            ("no picture", "a.svg", "text/plain"),
        ] {
            assert_eq!(of(text.as_bytes(), None, Some(name)).0, mime, "{name}");
        }
    }

    #[test]
    fn a_text_may_begin_with_any_letters() {
        for text in ["BM is a town", "MZ, dear reader", "ID3 tags explained", "PK", "GIF89a, the format"] {
            assert_eq!(of(text.as_bytes(), None, Some("a.txt")), ("text/plain".into(), None), "{text}");
        }
        assert_eq!(of(b"%PDF-1.7\n%text", None, Some("a.txt")).0, "application/pdf");
        assert_eq!(of(b"{\\rtf1\\ansi Hi}", None, None).0, "application/rtf");
        assert_eq!(of(b"%!PS-Adobe-3.0", None, None).0, "application/postscript");
    }

    #[test]
    fn what_shows_nothing_is_believed_or_unknown() {
        assert_eq!(of(b"\x01\x02\0\x03", None, None).0, UNKNOWN);
        assert_eq!(of(b"\x01\x02\0\x03", Some("audio/pcm16"), None), ("audio/pcm16".into(), None));
        assert_eq!(of(b"caf\xe9 in latin", Some("text/plain"), None), ("text/plain".into(), None));
    }
}
