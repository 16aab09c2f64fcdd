//! What is read along of an answer that is handed on as it comes: how many tokens it cost, for the journal. It is read
//! beside the way of the bytes and can neither delay nor change them.

use axum::body::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Event, Failure, FailureKind};
use postern_protocol::dialect::{AnswerReader, Stamp};
use postern_protocol::openai::{self, ChatReader};
use postern_protocol::{anthropic, gemini};
use postern_upstream::Operation;
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
        _ => None,
    }
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
