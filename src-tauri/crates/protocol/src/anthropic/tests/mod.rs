mod answers;
mod asking;
mod counting;
mod errors;
mod facts;
mod properties;
mod reading;
mod requests;

use serde_json::{Value, json};

use super::{MessagesCall, Names, Reader, decode, read_whole};
use crate::RequestId;
use crate::chat::{Completion, Event, Failure, FailureKind, Request, ToolCall};
use crate::dialect::{AnswerReader as _, Stamp};

fn stamp() -> Stamp {
    Stamp { id: RequestId::new("abc"), created: 1_770_000_000, model: "claude-x".to_owned() }
}

fn read(body: &Value) -> Result<MessagesCall, Failure> {
    decode(body.to_string().as_bytes())
}

/// A valid body with these fields on top.
fn body(fields: &Value) -> Value {
    let mut body =
        json!({ "model": "m", "max_tokens": 100, "messages": [{ "role": "user", "content": "Hi" }] });
    for (key, value) in fields.as_object().expect("fields are an object") {
        body[key] = value.clone();
    }
    body
}

fn request(fields: &Value) -> Request {
    read(&body(fields)).unwrap_or_else(|failure| panic!("{failure}")).request
}

/// The field that a body with these fields is refused for, and the words.
fn refusal(fields: &Value) -> (String, String) {
    let failure = read(&body(fields)).expect_err("the body is wrong");
    assert_eq!(failure.kind, FailureKind::BadRequest);
    (failure.param.expect("the refusal names a field"), failure.message)
}

fn text(text: &str) -> Event {
    Event::Text { text: text.to_owned() }
}

fn call(id: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: "f".to_owned(), arguments: arguments.to_owned() }
}

fn fold(events: impl IntoIterator<Item = Event>) -> Completion {
    let mut completion = Completion::default();
    events.into_iter().for_each(|event| completion.push(event));
    completion
}

/// The events of a stream, read in one piece.
fn events(stream: &str) -> Result<Vec<Event>, Failure> {
    let mut reader = Reader::new(Names::default());
    let mut events = reader.push(stream.as_bytes())?;
    events.extend(reader.end()?);
    Ok(events)
}

/// The events of a stream of these objects.
fn streamed(objects: &[Value]) -> Result<Vec<Event>, Failure> {
    let frame = |object: &Value| {
        let kind = object["type"].as_str().unwrap_or_default();
        format!("event: {kind}\ndata: {object}\n\n")
    };
    events(&objects.iter().map(frame).collect::<String>())
}

fn whole(message: &Value) -> Vec<Event> {
    read_whole(message.to_string().as_bytes(), Names::default()).unwrap_or_else(|failure| panic!("{failure}"))
}
