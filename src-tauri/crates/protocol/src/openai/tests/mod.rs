mod answers;
mod beside;
mod body;
mod content;
mod conversation;
mod older;
mod routes;
mod toolbox;
mod transcript;
mod trouble;
mod wishes;

use serde_json::{Value, json};

use super::{ChatCall, decode};
use crate::chat::{Failure, FailureKind, Part, Request};

fn read(body: &Value) -> Result<ChatCall, Failure> {
    decode(body.to_string().as_bytes())
}

/// A valid body with these fields on top.
fn body(fields: &Value) -> Value {
    let mut body = json!({ "model": "m", "messages": [{ "role": "user", "content": "Hi" }] });
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
    refused(&body(fields))
}

fn refused(body: &Value) -> (String, String) {
    let failure = read(body).expect_err("the body is wrong");
    assert_eq!(failure.kind, FailureKind::BadRequest);
    (failure.param.expect("the refusal names a field"), failure.message)
}

/// The parts of the one message.
fn parts(message: &Value) -> Vec<Part> {
    request(&json!({ "messages": [message] })).messages.remove(0).parts
}

fn user(item: &Value) -> Value {
    json!({ "role": "user", "content": [item] })
}
