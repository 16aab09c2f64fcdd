//! Putting the provider's own name of a model into a body, and changing no other byte.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Failure, FailureKind};
use postern_protocol::openai::form_model;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What of a body in JSON counts.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    model: Option<&'a RawValue>,
}

/// The body with this model in it. One that names it already, or names none, is given back as it is. What could be read
/// in more than one way is refused: the provider may not read the model that the caller was judged by.
pub(super) fn with_model(body: &Bytes, headers: &HeaderMap, model: &str) -> Result<Bytes, Failure> {
    let mut kinds = headers.get_all(CONTENT_TYPE).iter();
    let kind = kinds.next().and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kinds.next().is_some() {
        return Err(wrong("the content type is given more than once"));
    }
    match boundary(kind)? {
        Some(boundary) => in_form(body, kind, boundary, model),
        None => in_json(body, model),
    }
}

fn wrong(what: &str) -> Failure {
    Failure::new(FailureKind::BadRequest, format!("{what}."))
}

fn in_json(body: &Bytes, model: &str) -> Result<Bytes, Failure> {
    let unread = |error| {
        Failure::new(FailureKind::BadRequest, format!("the body is not the JSON of a request: {error}"))
    };
    let named: Named<'_> = serde_json::from_slice(body).map_err(unread)?;
    let Some(raw) = named.model.map(RawValue::get) else { return Ok(body.clone()) };
    if serde_json::from_str::<String>(raw).is_ok_and(|named| named == model) {
        return Ok(body.clone());
    }
    let start = raw.as_ptr() as usize - body.as_ptr() as usize;
    let name = serde_json::to_string(model).map_err(unread)?;
    Ok(spliced(body, start, start + raw.len(), name.as_bytes()))
}

/// The boundary of a form with files.
fn boundary(kind: &str) -> Result<Option<&str>, Failure> {
    let Some((essence, rest)) = kind.split_once(';') else { return Ok(None) };
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Ok(None);
    }
    let mut given = rest.split(';').filter_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then(|| value.trim().trim_matches('"'))
    });
    match (given.next(), given.next()) {
        (Some(boundary), None) => Ok(Some(boundary)),
        _ => Err(wrong("the form's content type names no boundary, or several")),
    }
}

/// The form with the value of its field `model` exchanged.
fn in_form(body: &Bytes, kind: &str, boundary: &str, model: &str) -> Result<Bytes, Failure> {
    let fields = model_fields(body, boundary)
        .ok_or_else(|| wrong("the form cannot be read; each part needs one name and the form an end"))?;
    let (value, judged) = match (fields.as_slice(), form_model(kind, body)) {
        ([], None) => return Ok(body.clone()),
        ([value], Some(judged)) => (value.clone(), judged),
        _ => return Err(wrong("the form must have one field `model`").param("model")),
    };
    if String::from_utf8_lossy(&body[value.clone()]).trim() != judged {
        return Err(wrong("the form's field `model` cannot be read").param("model"));
    }
    Ok(spliced(body, value.start, value.end, model.as_bytes()))
}

/// Where the values of the form's fields `model` are; `None` for what is no form.
fn model_fields(body: &[u8], boundary: &str) -> Option<Vec<Range<usize>>> {
    let fence = format!("\r\n--{boundary}");
    let (fence, first) = (fence.as_bytes(), &fence.as_bytes()[2..]);
    let mut at = if body.starts_with(first) { first.len() } else { find(body, fence)? + fence.len() };
    let mut found = Vec::new();
    while !body[at..].starts_with(b"--") {
        let head = at + find(&body[at..], b"\r\n")? + 2;
        if !body[at..head - 2].iter().all(|byte| b" \t".contains(byte)) {
            return None;
        }
        let end = head + find(&body[head..], fence)?;
        let part = &body[head..end];
        let value = if part.starts_with(b"\r\n") { 2 } else { find(part, b"\r\n\r\n")? + 4 };
        match names(&String::from_utf8_lossy(&part[..value]))?.as_slice() {
            [] => {}
            [name] if name.trim() == "model" => found.push(head + value..end),
            [_] => {}
            _ => return None,
        }
        at = end + fence.len();
    }
    Some(found)
}

/// All names that a part's head gives it; `None` for a head that others may read in another way.
fn names(head: &str) -> Option<Vec<String>> {
    let lines = head.split("\r\n");
    if lines.clone().any(|line| line.starts_with([' ', '\t']) || line.contains(['\r', '\n'])) {
        return None;
    }
    let headers = lines.filter_map(|line| line.split_once(':'));
    let dispositions = headers.filter(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"));
    let mut names = Vec::new();
    for parameter in dispositions.flat_map(|(_, value)| parameters(value)) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "name" => names.push(value.trim().to_owned()),
            "name*" => return None,
            _ => {}
        }
    }
    Some(names)
}

/// A header's value, parted at the semicolons that are not in quotes, without its quotes.
fn parameters(value: &str) -> Vec<String> {
    let (mut all, mut quoted) = (vec![String::new()], false);
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        let last = all.last_mut();
        match letter {
            '"' => quoted = !quoted,
            ';' if !quoted => all.push(String::new()),
            '\\' if quoted => last.into_iter().for_each(|last| last.extend(letters.next())),
            _ => last.into_iter().for_each(|last| last.push(letter)),
        }
    }
    all
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first).map(|at| from + at) {
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn spliced(body: &Bytes, start: usize, end: usize, new: &[u8]) -> Bytes {
    let mut spliced = BytesMut::with_capacity(body.len() + new.len());
    spliced.extend_from_slice(&body[..start]);
    spliced.extend_from_slice(new);
    spliced.extend_from_slice(&body[end..]);
    spliced.freeze()
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn changed(body: &'static str, model: &str) -> String {
        let body = with_model(&Bytes::from_static(body.as_bytes()), &HeaderMap::new(), model).unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[test]
    fn only_the_name_of_the_model_is_exchanged() {
        let odd =
            "{ \"b\":1.0,  \"messages\":[{\"model\":\"x\"}], \"model\" : \"up\\u002fm\" ,\"z\": 1e2 }\n";
        assert_eq!(changed(odd, "m\"2"), odd.replace("\"up\\u002fm\"", "\"m\\\"2\""));
        assert_eq!(changed(odd, "up/m"), odd, "what names it already stays as it is");
        assert_eq!(changed("{\"input\":\"x\"}", "m"), "{\"input\":\"x\"}");
    }

    #[test]
    fn a_body_that_is_no_request_is_refused() {
        for body in ["[1", "3", "{\"model\":\"a\",\"model\":\"b\"}"] {
            let refused =
                with_model(&Bytes::from_static(body.as_bytes()), &HeaderMap::new(), "m").unwrap_err();
            assert_eq!(refused.kind, FailureKind::BadRequest, "{body}");
        }
    }

    fn form_headers() -> HeaderMap {
        let kind = HeaderValue::from_static("multipart/form-data; boundary=\"X\"");
        HeaderMap::from_iter([(CONTENT_TYPE, kind)])
    }

    /// A form of parts with these heads and values.
    fn form(parts: &[(&str, &str)]) -> String {
        let parts = parts.iter().map(|(head, value)| format!("--X\r\n{head}\r\n\r\n{value}\r\n"));
        parts.collect::<String>() + "--X--\r\n"
    }

    fn reformed(parts: &[(&str, &str)]) -> Result<Bytes, Failure> {
        with_model(&Bytes::from(form(parts)), &form_headers(), "whisper-1")
    }

    const MODEL: &str = "Content-Disposition: form-data; name=\"model\"";

    #[test]
    fn a_form_keeps_its_file_to_the_byte() {
        let file = "content-disposition: form-data; name=\"file\"; filename=\"a\"";
        let parts = |model| [(file, "\0name=\"model\"\r\n--Y"), (MODEL, model)];
        assert_eq!(reformed(&parts("up/whisper")).unwrap(), form(&parts("whisper-1")));
    }

    #[test]
    fn a_form_that_names_two_models_is_refused() {
        let disposition = |rest: &str| format!("content-disposition: form-data; {rest}");
        for second in [
            "name=\"model\"",
            "name=model",
            "NAME = \"model\"",
            "name=\"mo\\del\"",
            "name=x; name=model",
            "name*=utf-8''model",
            "\r\n name=model",
        ] {
            let second = disposition(second);
            for parts in
                [[(MODEL, "whisper-1"), (&second, "dear")], [(&second, "dear"), (MODEL, "whisper-1")]]
            {
                assert_eq!(reformed(&parts).unwrap_err().kind, FailureKind::BadRequest, "{parts:?}");
            }
        }
    }

    #[test]
    fn a_name_without_quotes_is_found_and_a_file_of_that_name_is_left_alone() {
        let bare = "content-disposition: form-data; name=model";
        let file = "content-disposition: form-data; filename=\"a; name=\\\"model\\\"\"; name=file";
        let parts = |model| [(file, "bytes"), (bare, model)];
        assert_eq!(reformed(&parts("up/whisper")).unwrap(), form(&parts("whisper-1")));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        let body = Bytes::from(form(&[(MODEL, "whisper-1")]));
        let mut twice = form_headers();
        twice.append(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let two = HeaderValue::from_static("multipart/form-data; boundary=X; boundary=Y");
        for headers in [twice, HeaderMap::from_iter([(CONTENT_TYPE, two)])] {
            let refused = with_model(&body, &headers, "whisper-1").unwrap_err();
            assert_eq!(refused.kind, FailureKind::BadRequest);
        }
        let endless = Bytes::from_static(b"--X\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\na");
        assert!(with_model(&endless, &form_headers(), "whisper-1").is_err());
    }
}
