//! Media that is written as base64 within a text.

use ::base64::Engine;
use ::base64::engine::GeneralPurpose;
use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::Found;

/// A data URL of so many letters is kept as a file: 4 KiB.
const DATA_URL: usize = 5462;
/// Without `data:` before it it is one from here on, 32 KiB: shorter ones are mostly embeddings, of which there are many.
const BARE: usize = 43_691;
/// A look at every so many letters finds each run of [`DATA_URL`].
const STEP: usize = 4096;
/// A `data:` is looked for so far before the base64.
const HEAD: usize = 256;

/// How media is written where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// As it is.
    Raw,
    Standard,
    StandardUnpadded,
    UrlSafe,
    UrlSafeUnpadded,
}

const WRITINGS: [Writing; 5] =
    [Writing::Raw, Writing::Standard, Writing::StandardUnpadded, Writing::UrlSafe, Writing::UrlSafeUnpadded];

impl Writing {
    /// Its number in a packed body.
    pub(super) fn number(self) -> u8 {
        match self {
            Self::Raw => 0,
            Self::Standard => 1,
            Self::StandardUnpadded => 2,
            Self::UrlSafe => 3,
            Self::UrlSafeUnpadded => 4,
        }
    }

    pub(super) fn numbered(number: u8) -> Option<Self> {
        WRITINGS.into_iter().find(|writing| writing.number() == number)
    }

    /// Appends the media as it is written.
    pub(super) fn write(self, media: Vec<u8>, out: &mut Vec<u8>) {
        match self.engine() {
            None => out.extend_from_slice(&media),
            Some(engine) => out.extend_from_slice(engine.encode(media).as_bytes()),
        }
    }

    fn engine(self) -> Option<&'static GeneralPurpose> {
        match self {
            Self::Raw => None,
            Self::Standard => Some(&STANDARD),
            Self::StandardUnpadded => Some(&STANDARD_NO_PAD),
            Self::UrlSafe => Some(&URL_SAFE),
            Self::UrlSafeUnpadded => Some(&URL_SAFE_NO_PAD),
        }
    }
}

/// Media in a text, in order.
pub(super) fn find(body: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let (mut at, mut floor) = (STEP - 1, 0);
    while at < body.len() {
        if is_letter(body[at]) {
            let start = body[floor..at]
                .iter()
                .rposition(|byte| !is_letter(*byte))
                .map_or(floor, |last| floor + last + 1);
            let end =
                body[at..].iter().position(|byte| !is_letter(*byte)).map_or(body.len(), |length| at + length);
            found.extend(look(body, start, end));
            floor = end;
            at = at.max(end);
        }
        at += STEP;
    }
    found
}

/// Whether this run of letters is media.
fn look(body: &[u8], start: usize, end: usize) -> Option<Found> {
    if end - start < DATA_URL {
        return None;
    }
    let padding = body[end..].iter().take(2).take_while(|byte| **byte == b'=').count();
    let range = start..end + padding;
    let url = data_url(&body[start.saturating_sub(HEAD)..start]);
    let quoted = start > 0 && body[start - 1] == b'"' && body.get(range.end) == Some(&b'"');
    if url.is_none() && !(quoted && end - start >= BARE) {
        return None;
    }
    let writing = writing(&body[start..end], padding)?;
    // Only what is written as it would be written again decodes.
    let decoded = writing.engine()?.decode(&body[range.clone()]).ok()?;
    let mime = url.or_else(|| infer::get(&decoded).map(|kind| kind.mime_type().to_owned()));
    let mime = mime.unwrap_or_else(|| "application/octet-stream".to_owned());
    Some(Found { range, writing, mime, decoded: Some(decoded) })
}

/// The type that a data URL names, when what comes before is the beginning of one.
fn data_url(before: &[u8]) -> Option<String> {
    let before = before.strip_suffix(b";base64,")?;
    let start = before.windows(5).rposition(|window| window == b"data:")?;
    let mime = std::str::from_utf8(&before[start + 5..]).ok()?.split(';').next()?;
    mime.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"').then(|| mime.to_ascii_lowercase())
}

fn writing(letters: &[u8], padding: usize) -> Option<Writing> {
    let url_safe = letters.iter().any(|letter| matches!(letter, b'-' | b'_'));
    let standard = letters.iter().any(|letter| matches!(letter, b'+' | b'/'));
    let whole = letters.len().is_multiple_of(4) || padding > 0;
    match (url_safe, standard) {
        (true, true) => None,
        (true, false) => Some(if whole { Writing::UrlSafe } else { Writing::UrlSafeUnpadded }),
        (false, _) => Some(if whole { Writing::Standard } else { Writing::StandardUnpadded }),
    }
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}
