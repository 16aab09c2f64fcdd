//! Every dialect, whole and in pieces, and what went wrong on the way.

mod chat;
mod endings;
mod fixtures;
mod gemini;
mod messages;
mod others;
mod properties;
mod responses;

use std::time::Duration;

use bytes::Bytes;
use postern_store::{Ended, Exchange, Seq, Server, Via};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Media, Read, read};
use crate::{Part, Role, Source, Turn};

/// Media that are only counted.
#[derive(Default)]
pub(crate) struct Kept(pub(crate) Vec<(String, Vec<u8>)>);

impl Media for Kept {
    fn keep(&mut self, mime: &str, bytes: &[u8]) -> Source {
        self.0.push((mime.to_owned(), bytes.to_vec()));
        source(mime, bytes)
    }
}

pub(crate) fn source(mime: &str, bytes: &[u8]) -> Source {
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Source::Media { sha256, mime: mime.to_owned(), bytes: bytes.len() as u64 }
}

/// An exchange that went well.
pub(crate) fn exchange(path: &str, request: &Value, kind: &str, response: impl Into<Bytes>) -> Exchange {
    let header = |kind: &str| vec![("Content-Type".to_owned(), kind.to_owned())];
    Exchange {
        seq: Seq(1),
        id: "r".into(),
        at_ms: 0,
        via: Via::Proxy,
        method: "POST".into(),
        host: Some("example.test".into()),
        path: path.into(),
        key: None,
        credential: None,
        server: Server::default(),
        status: 200,
        ended: Ended::Whole,
        first_byte: None,
        total: Duration::ZERO,
        request_headers: header("application/json"),
        request: request.to_string().into(),
        response_headers: header(kind),
        response: response.into(),
    }
}

/// What a whole answer of JSON says.
fn whole(path: &str, request: &Value, answer: &Value) -> Read {
    told(&exchange(path, request, "application/json", answer.to_string()))
}

/// What an answer in events says.
fn streamed(path: &str, request: &Value, events: &[Value]) -> Read {
    told(&exchange(path, request, "text/event-stream", sse(events)))
}

fn sse(events: &[Value]) -> String {
    events.iter().map(|event| format!("data: {event}\n\n")).collect()
}

fn told(exchange: &Exchange) -> Read {
    read(exchange, &mut Kept::default()).expect("a conversation")
}

fn text(text: &str) -> Part {
    Part::Text { text: text.into() }
}

fn reasoning(text: &str, seal: Option<&str>) -> Part {
    Part::Reasoning { text: text.into(), seal: seal.map(str::to_owned) }
}

fn call(id: &str, name: &str, arguments: &str) -> Part {
    Part::ToolCall { id: id.into(), name: name.into(), arguments: arguments.into() }
}

fn result(call_id: &str, name: Option<&str>, parts: Vec<Part>) -> Part {
    Part::ToolResult { call_id: call_id.into(), name: name.map(str::to_owned), parts, failed: false }
}

fn turn(role: Role, parts: Vec<Part>) -> Turn {
    Turn { role, name: None, parts, train: None }
}

fn hello() -> Value {
    json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}]})
}

/// The parts of the answer.
fn answer(read: &Read) -> &[Part] {
    &read.conversation.turns[read.asked..].first().expect("an answer").parts
}
