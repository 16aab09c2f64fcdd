mod answers;
mod asking;
mod body;
mod conversation;
mod embeddings;
mod failures;
mod lists;
mod properties;
mod reading;
mod schemas;

use serde_json::{Value, json};

use super::{Facts, GenerateCall, Reader, Reading, ask, decode};
use crate::RequestId;
use crate::chat::{Event, Failure, FailureKind, Request};
use crate::dialect::{AnswerReader, Asking, Stamp};

/// A valid body with these fields on top.
fn body(fields: &Value) -> Value {
    let mut body = json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hi" }] }] });
    for (key, value) in fields.as_object().expect("fields are an object") {
        body[key] = value.clone();
    }
    body
}

fn read(body: &Value) -> Result<GenerateCall, Failure> {
    decode("gemini-x", None, body.to_string().as_bytes())
}

fn request(fields: &Value) -> Request {
    read(&body(fields)).unwrap_or_else(|failure| panic!("{failure}")).request
}

/// The field that a body with these fields is refused for.
fn refusal(fields: &Value) -> String {
    let failure = read(&body(fields)).expect_err("the body is wrong");
    assert_eq!(failure.kind, FailureKind::BadRequest);
    failure.param.expect("the refusal names a field")
}

fn facts(model: &str) -> Facts<'_> {
    Facts { model, schemas: super::Acceptor::default(), seal_of: &|_| None }
}

fn asking(model: &str, request: &Request) -> Asking {
    ask(request, &facts(model)).0
}

fn stamp() -> Stamp {
    Stamp { id: RequestId::new("abc123"), created: 1_770_000_000, model: "gemini-x".to_owned() }
}

fn reading() -> Reading {
    Reading { id: "r".to_owned(), model: "gemini-x".to_owned(), ..Reading::default() }
}

fn started() -> Event {
    Event::Started { model: "gemini-x".to_owned(), warnings: Vec::new() }
}

fn text(text: &str) -> Event {
    Event::Text { text: text.to_owned() }
}

/// What a reader tells of these pieces, and how it ended.
fn told(pieces: &[&[u8]], reading: Reading) -> (Vec<Event>, Option<Failure>) {
    let mut reader = Reader::new(reading);
    let mut events = Vec::new();
    for piece in pieces {
        match reader.push(piece) {
            Ok(more) => events.extend(more),
            Err(failure) => return (events, Some(failure)),
        }
    }
    match reader.end() {
        Ok(more) => events.extend(more),
        Err(failure) => return (events, Some(failure)),
    }
    (events, None)
}

/// These objects as server-sent events.
fn sse(values: &[Value]) -> String {
    values.iter().map(|value| format!("data: {value}\r\n\r\n")).collect()
}

/// What comes of these objects, streamed.
fn streamed(values: &[Value]) -> Vec<Event> {
    let (events, failure) = told(&[sse(values).as_bytes()], reading());
    assert_eq!(failure, None);
    events
}
