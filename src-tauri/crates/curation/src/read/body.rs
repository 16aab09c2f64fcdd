//! The two bodies of an exchange, taken apart as far as their form says, whatever the dialect.

use postern_protocol::form::{self, FormField};
use postern_protocol::sse::SseReader;
use postern_store::Exchange;
use serde_json::{Deserializer, Value};

use super::coding::{Unpacked, unpacked};

/// What was sent.
pub(super) struct Request<'a> {
    body: Unpacked<'a>,
    content_type: String,
    /// The JSON of its body; null where there is none.
    pub(super) json: Value,
    /// Whether all of it could be read.
    pub(super) whole: bool,
}

impl<'a> Request<'a> {
    pub(super) fn of(exchange: &'a Exchange) -> Self {
        let body = unpacked(exchange.request_header("content-encoding"), &exchange.request);
        let content_type = exchange.request_header("content-type").unwrap_or_default().to_owned();
        let is_form = content_type.trim_start().to_ascii_lowercase().starts_with("multipart/");
        let json = if is_form { Some(Value::Null) } else { serde_json::from_slice(plain(&body.bytes)).ok() };
        let whole = body.whole && json.is_some();
        Self { body, content_type, json: json.unwrap_or_default(), whole }
    }

    /// The fields of its form; `None` where it is no whole form.
    pub(super) fn form(&self) -> Option<Vec<FormField<'_>>> {
        form::fields(&self.content_type, &self.body.bytes)
    }
}

/// One event of an answer that came in pieces.
#[derive(Debug)]
pub(super) struct Piece {
    /// Its kind, where the stream names one beside the data.
    pub(super) event: Option<String>,
    /// Its data.
    pub(super) data: Value,
}

/// In what form an answer came.
#[derive(Debug)]
pub(super) enum Form {
    /// There is none.
    Nothing,
    /// One JSON value.
    Whole(Value),
    /// Events, lines of JSON, or a list that grew.
    Pieces(Vec<Piece>),
    /// No JSON.
    Bytes(Vec<u8>),
}

/// What came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) form: Form,
    /// The media type, without its parameters.
    pub(super) mime: String,
    /// Whether a mark said that nothing more comes.
    pub(super) done: bool,
    /// Whether all of it could be read.
    pub(super) whole: bool,
}

impl Answer {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let body = unpacked(exchange.response_header("content-encoding"), &exchange.response);
        let mime = exchange.response_header("content-type").unwrap_or_default();
        let mime = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (form, done, whole) = taken_apart(&mime, &body.bytes);
        Self { form, mime, done, whole: whole && body.whole }
    }

    /// The JSON of it, or of the first of its pieces.
    pub(super) fn first(&self) -> &Value {
        match &self.form {
            Form::Whole(value) => value,
            Form::Pieces(pieces) => pieces.first().map_or(&Value::Null, |piece| &piece.data),
            Form::Nothing | Form::Bytes(_) => &Value::Null,
        }
    }
}

/// The bytes without what stands before them at times: a byte order mark and blanks.
fn plain(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii()
}

fn taken_apart(mime: &str, bytes: &[u8]) -> (Form, bool, bool) {
    let body = plain(bytes);
    let Some(first) = body.first() else { return (Form::Nothing, false, true) };
    let as_it_is = || (Form::Bytes(bytes.to_vec()), true, true);
    if ["audio/", "image/", "video/"].iter().any(|kind| mime.starts_with(kind)) {
        return as_it_is();
    }
    if matches!(first, b'{' | b'[') {
        if let Ok(value) = serde_json::from_slice(body) {
            return match value {
                Value::Array(items) => (Form::Pieces(items.into_iter().map(bare).collect()), true, true),
                value => (Form::Whole(value), true, true),
            };
        }
        let (items, whole) = items(body);
        // Words may begin like JSON.
        if items.is_empty() && mime.starts_with("text/") && mime != "text/event-stream" {
            return as_it_is();
        }
        return (Form::Pieces(items.into_iter().map(bare).collect()), false, whole);
    }
    let begins =
        [&b"data:"[..], b"event:", b":", b"id:", b"retry:"].iter().any(|word| body.starts_with(word));
    if begins || mime == "text/event-stream" {
        return events(body);
    }
    as_it_is()
}

fn bare(data: Value) -> Piece {
    Piece { event: None, data }
}

/// Server-sent events, their data as JSON.
fn events(body: &[u8]) -> (Form, bool, bool) {
    let mut reader = SseReader::default();
    let mut events = reader.push(body);
    events.extend(reader.end());
    let (mut pieces, mut done, mut whole) = (Vec::new(), false, true);
    for event in events {
        let data = event.data.trim();
        if data == "[DONE]" {
            done = true;
        } else if let Ok(data) = serde_json::from_str(data) {
            pieces.push(Piece { event: event.event, data });
        } else if !data.is_empty() {
            whole = false;
        }
    }
    (Form::Pieces(pieces), done, whole)
}

/// Values that follow each other: lines, or the items of a list that broke off.
fn items(body: &[u8]) -> (Vec<Value>, bool) {
    let mut items = Vec::new();
    let mut rest = body;
    loop {
        rest = rest.trim_ascii_start();
        rest = match rest.first() {
            None => return (items, true),
            Some(b',' | b'[' | b']') if items.is_empty() || rest[0] != b'[' => &rest[1..],
            Some(_) => rest,
        };
        if rest.trim_ascii_start().first() != Some(&b'{') {
            if matches!(rest.trim_ascii_start().first(), Some(b',' | b']')) || rest.trim_ascii().is_empty() {
                continue;
            }
            return (items, false);
        }
        let mut values = Deserializer::from_slice(rest).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                items.push(value);
                rest = &rest[values.byte_offset()..];
            }
            Some(Err(_)) | None => return (items, false),
        }
    }
}
