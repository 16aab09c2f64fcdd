//! What is read along of an answer that is handed on as it comes: how many tokens it cost, for the journal. It is read
//! beside the way of the bytes and can neither delay nor change them.

use axum::body::Bytes;
use postern_protocol::anthropic;
use postern_protocol::chat::Event;
use postern_protocol::dialect::{AnswerReader, Stamp};
use postern_protocol::openai::ChatReader;
use postern_upstream::Operation;
use tokio::sync::mpsc;

use crate::visit::Visit;

/// So many pieces may wait to be read. When more do, the rest is not read.
const WAITING: usize = 256;

/// Somebody who reads along, as long as there is something to be learned.
pub(crate) struct Listener(Option<mpsc::Sender<Bytes>>);

impl Listener {
    /// Reads the answer to `operation` along, if that says what it cost.
    pub(crate) fn new(operation: Operation, stamp: &Stamp, visit: &Visit) -> Self {
        Self(reader(operation, stamp).map(|reader| {
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

fn reader(operation: Operation, stamp: &Stamp) -> Option<Box<dyn AnswerReader>> {
    match operation {
        Operation::Chat => Some(Box::new(ChatReader::new(stamp))),
        Operation::Messages => Some(Box::new(anthropic::Reader::new(anthropic::Names::default()))),
        _ => None,
    }
}
