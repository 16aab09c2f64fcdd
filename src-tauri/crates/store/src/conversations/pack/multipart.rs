//! Files in a form.

use memchr::memmem;

use super::base64::Writing;
use super::{Found, MEDIUM, is_media};

/// The files of a form, in order.
pub(super) fn find(body: &[u8], content_type: &str) -> Vec<Found> {
    let Some(boundary) = boundary(content_type) else { return Vec::new() };
    let line = format!("--{boundary}");
    let marks: Vec<usize> = memmem::find_iter(body, line.as_bytes()).collect();
    let parts = marks.windows(2).filter_map(|pair| {
        let [mark, next] = *pair else { return None };
        let start = mark + line.len();
        let head = memmem::find(&body[start..next], b"\r\n\r\n")?;
        // A line break belongs to the mark that comes after.
        let range = start + head + 4..next.checked_sub(2)?;
        let mime = file(std::str::from_utf8(&body[start..start + head]).ok()?)?;
        (range.start + MEDIUM <= range.end).then_some(Found {
            range,
            writing: Writing::Raw,
            mime,
            decoded: None,
        })
    });
    parts.collect()
}

fn boundary(content_type: &str) -> Option<&str> {
    let parameters = content_type.split(';').skip(1).filter_map(|part| part.trim().split_once('='));
    let mut boundaries = parameters.filter(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    boundaries.next().map(|(_, value)| value.trim_matches('"')).filter(|value| !value.is_empty())
}

/// The type of a part that is a file.
fn file(head: &str) -> Option<String> {
    let mut mime = None;
    let mut named = false;
    for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-type") {
            mime = Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        } else if name.eq_ignore_ascii_case("content-disposition") {
            named = value.contains("filename");
        }
    }
    match mime {
        Some(mime) if named || is_media(&mime) => Some(mime),
        Some(_) => None,
        None => named.then(|| "application/octet-stream".to_owned()),
    }
}
