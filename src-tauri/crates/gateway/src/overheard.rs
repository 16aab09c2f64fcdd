//! What is read along of an answer that is handed on as it comes: how many tokens it cost, for the journal. It is read
//! beside the way of the bytes and can neither delay nor change them.

use axum::body::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Event, Failure, FailureKind, Usage};
use postern_protocol::dialect::{AnswerReader, Stamp};
use postern_protocol::openai::{self, ChatReader};
use postern_protocol::sse::{SseEvent, SseReader};
use postern_protocol::{anthropic, gemini};
use postern_upstream::Operation;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::visit::Visit;

/// So many pieces may wait to be read. When more do, the rest is not read.
const WAITING: usize = 256;
/// A whole answer that is longer is not read.
const LONGEST: usize = 16 * 1024 * 1024;

/// Somebody who reads along, as long as there is something to be learned.
pub(crate) struct Listener(Option<mpsc::Sender<Bytes>>);

impl Listener {
    /// Reads the answer to `operation` along, if that says what it cost. `headers` are those of the answer.
    pub(crate) fn new(operation: Operation, headers: &HeaderMap, stamp: Stamp, visit: &Visit) -> Self {
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let reader = reader(operation, stamp, kind.starts_with("text/event-stream"));
        Self(reader.map(|reader| {
            let (told, heard) = mpsc::channel(WAITING);
            tokio::spawn(listen(heard, reader, visit.clone()));
            told
        }))
    }

    /// The next piece of the answer.
    pub(crate) fn hear(&mut self, bytes: &Bytes) {
        if self.0.as_ref().is_some_and(|told| told.try_send(bytes.clone()).is_err()) {
            self.0 = None;
        }
    }
}

async fn listen(mut heard: mpsc::Receiver<Bytes>, mut reader: Box<dyn AnswerReader>, visit: Visit) {
    let count = |events: Vec<Event>| {
        let usage = events.iter().rev().find(|event| matches!(event, Event::Usage(_)));
        usage.into_iter().for_each(|usage| visit.saw(usage));
    };
    while let Some(bytes) = heard.recv().await {
        match reader.push(&bytes) {
            Ok(events) => count(events),
            // An answer that is not understood costs what it costs.
            Err(_) => return,
        }
    }
    reader.end().map(count).unwrap_or_default();
}

fn reader(operation: Operation, stamp: Stamp, in_pieces: bool) -> Option<Box<dyn AnswerReader>> {
    match operation {
        Operation::Chat if in_pieces => Some(Box::new(ChatReader::new(&stamp))),
        Operation::Chat => Some(Whole::read_by(move |body| openai::read_whole(&stamp, body))),
        Operation::Messages if in_pieces => {
            Some(Box::new(anthropic::Reader::new(anthropic::Names::default())))
        }
        Operation::Messages => {
            Some(Whole::read_by(|body| anthropic::read_whole(body, anthropic::Names::default())))
        }
        // It tells the ways in which Google answers apart by itself.
        Operation::Generate { .. } => Some(Box::new(gemini::Reader::new(gemini::Reading::default()))),
        // Of these nothing is read but what stands in `usage`.
        Operation::Responses | Operation::Completions if in_pieces => Some(Box::new(Bills::default())),
        Operation::Responses | Operation::Completions | Operation::Embeddings | Operation::Rerank => {
            Some(Whole::read_by(|body| Ok(bill(&serde_json::from_slice(body).unwrap_or_default()))))
        }
        _ => None,
    }
}

/// Reads what a stream of OpenAI's says of tokens: in a chunk of its own, or within the response that is complete.
#[derive(Default)]
struct Bills(SseReader);

impl AnswerReader for Bills {
    fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Failure> {
        let of = |event: &SseEvent| {
            let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
            bill(data.get("response").unwrap_or(&data))
        };
        Ok(self.0.push(bytes).iter().flat_map(of).collect())
    }

    fn end(&mut self) -> Result<Vec<Event>, Failure> {
        self.push(b"\n\n")
    }
}

fn bill(answer: &Value) -> Vec<Event> {
    let usage = &answer["usage"];
    let count = |names: [&str; 2]| names.iter().find_map(|name| usage[*name].as_u64());
    let Some(prompt) = count(["input_tokens", "prompt_tokens"]) else { return Vec::new() };
    let reasoning = usage["output_tokens_details"]["reasoning_tokens"].as_u64().unwrap_or_default();
    let cached = usage["input_tokens_details"]["cached_tokens"].as_u64().unwrap_or_default();
    let completion = count(["output_tokens", "completion_tokens"]).unwrap_or_default();
    vec![Event::Usage(Usage { prompt, completion, cached, reasoning })]
}

/// An answer that says something only as a whole.
struct Whole<F> {
    bytes: Vec<u8>,
    read: F,
}

impl<F: Fn(&[u8]) -> Result<Vec<Event>, Failure> + Send + 'static> Whole<F> {
    fn read_by(read: F) -> Box<dyn AnswerReader> {
        Box::new(Self { bytes: Vec::new(), read })
    }
}

impl<F: Fn(&[u8]) -> Result<Vec<Event>, Failure> + Send> AnswerReader for Whole<F> {
    fn push(&mut self, bytes: &[u8]) -> Result<Vec<Event>, Failure> {
        if self.bytes.len() + bytes.len() > LONGEST {
            return Err(Failure::new(FailureKind::UpstreamError, "too long to be read along"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(Vec::new())
    }

    fn end(&mut self) -> Result<Vec<Event>, Failure> {
        (self.read)(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_tokens_of_a_stream_are_found_wherever_it_is_cut() {
        let response = json!({ "type": "response.completed", "response": { "usage": {
            "input_tokens": 5, "output_tokens": 3, "output_tokens_details": { "reasoning_tokens": 2 }
        } } });
        let text = format!(
            "event: response.created\ndata: {{\"response\":{{}}}}\n\ndata: {response}\n\ndata: [DONE]\n\n"
        );
        let mut reader = Bills::default();
        let told: Vec<Event> =
            text.bytes().flat_map(|byte| reader.push(&[byte]).unwrap_or_default()).collect();
        let usage = Usage { prompt: 5, completion: 3, cached: 0, reasoning: 2 };
        assert_eq!(told, [Event::Usage(usage)]);
        let older = bill(&json!({ "usage": { "prompt_tokens": 4, "total_tokens": 4 } }));
        assert_eq!(older, [Event::Usage(Usage { prompt: 4, ..Usage::default() })]);
        assert_eq!(bill(&json!({ "usage": null })), []);
    }
}
