//! Putting the provider's own name of a model into a body, and changing no other byte.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Failure, FailureKind};
use serde::Deserialize;
use serde_json::value::RawValue;

/// What of a body in JSON counts.
#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    model: Option<&'a RawValue>,
}

/// The body with this model in it. One that names it already, or names none, is given back as it is.
pub(super) fn with_model(body: &Bytes, headers: &HeaderMap, model: &str) -> Result<Bytes, Failure> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match boundary(kind) {
        Some(boundary) => Ok(in_form(body, boundary, model)),
        None => in_json(body, model),
    }
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
fn boundary(kind: &str) -> Option<&str> {
    let (essence, rest) = kind.split_once(';')?;
    let form = essence.trim().eq_ignore_ascii_case("multipart/form-data");
    let given = rest.split(';').find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| value.trim_matches('"'))
    });
    given.filter(|_| form)
}

/// The form with the value of its field `model` exchanged.
fn in_form(body: &Bytes, boundary: &str, model: &str) -> Bytes {
    let line = format!("--{boundary}");
    let mut from = 0;
    while let Some(at) = find(&body[from..], line.as_bytes()).map(|at| from + at) {
        let part = at + line.len();
        let Some(head) = find(&body[part..], b"\r\n\r\n").map(|end| part + end) else { break };
        let value = head + 4;
        let Some(end) = find(&body[value..], format!("\r\n{line}").as_bytes()).map(|end| value + end) else {
            break;
        };
        if String::from_utf8_lossy(&body[part..head]).contains("name=\"model\"") {
            return spliced(body, value, end, model.as_bytes());
        }
        from = end + 2;
    }
    body.clone()
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

    #[test]
    fn a_form_keeps_its_file_to_the_byte() {
        let form = |model: &str| {
            format!(
                "--X\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n\0name=\"model\"\r\n--Y\r\n\
                 --X\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n{model}\r\n--X--\r\n"
            )
        };
        let kind = HeaderValue::from_static("multipart/form-data; boundary=\"X\"");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, kind)]);
        let changed = with_model(&Bytes::from(form("up/whisper")), &headers, "whisper-1").unwrap();
        assert_eq!(changed, form("whisper-1"));
    }
}
