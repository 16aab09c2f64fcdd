//! What the caller is told of an answer.
//!
//! In come the events of an answer as the site said them; out go the same with calls as the caller declared them. What
//! must be looked at as a whole before it is told is kept until then.

use postern_protocol::chat::{Completion, Event, Failure, ToolCall, ToolMode};
use tokio::sync::mpsc::UnboundedSender;

use super::reshape::Reshape;
use super::serve::Job;
use crate::functions::{Offer, Piece, Reader, Shape};

/// Passes events on to the caller and remembers what it was told.
pub(super) struct Teller<'a> {
    out: &'a UnboundedSender<Result<Event, Failure>>,
    model: &'a str,
    /// Makes the ids of calls that are read from text unique.
    id_base: &'a str,
    /// What the next event must follow: the start of the answer, with these warnings.
    start: Option<Vec<String>>,
    started: bool,
    /// Something of the answer was told, so that it cannot be begun again.
    pub(super) said: bool,
    pub(super) whole: Completion,
    offer: Option<Offer>,
    /// Reads calls from the text, where they may be there.
    reader: Option<Reader>,
    /// What is not told before the answer is whole; `None` while everything is told at once.
    kept: Option<Vec<Event>>,
    dropped: usize,
    /// Holds the text until it is whole, where its form must be changed.
    reshape: Option<Reshape>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(job: &'a Job) -> Self {
        Self::over(&job.out, &job.request.model, job.id.as_str())
    }

    fn over(out: &'a UnboundedSender<Result<Event, Failure>>, model: &'a str, id_base: &'a str) -> Self {
        Self {
            out,
            model,
            id_base,
            start: None,
            started: false,
            said: false,
            whole: Completion::default(),
            offer: None,
            reader: None,
            kept: None,
            dropped: 0,
            reshape: None,
        }
    }

    /// The text to come has this shape, and is told in the caller's.
    pub(super) fn reshape(&mut self, shape: &Shape) {
        self.reshape = Reshape::new(shape);
    }

    /// A try begins: nothing of an earlier one counts. `written` says that the model saw calls as text, so that it may
    /// write its own.
    pub(super) fn begin(&mut self, offer: &Offer, written: bool) {
        self.whole = Completion::default();
        self.dropped = 0;
        self.kept = offer.owes_a_call().then(Vec::new);
        let reads = match offer.mode() {
            Some(ToolMode::Emulated) => true,
            Some(ToolMode::Native) => written,
            None => false,
        };
        self.reader = reads.then(Reader::default);
        self.offer = Some(offer.clone());
    }

    /// The site answers. The caller hears of it with the first event where more may have to be said of it by then.
    pub(super) fn start(&mut self, warnings: Vec<String>) {
        if self.started {
            return;
        }
        self.start = Some(warnings);
        if self.kept.is_none() && !self.single() {
            self.send_start();
        }
    }

    pub(super) fn tell(&mut self, events: Vec<Event>) {
        for event in events {
            let event = match &mut self.reshape {
                Some(reshape) => reshape.hold(event),
                None => event,
            };
            match event {
                Event::Text { text } if self.reader.is_some() => self.read(Some(&text)),
                Event::ToolCall(mut call) => {
                    self.restore(&mut call);
                    self.take(Event::ToolCall(call));
                }
                other => self.take(other),
            }
        }
    }

    /// The answer is over: nothing is held back in the hope of more.
    pub(super) fn end(&mut self) {
        if let Some(reshape) = self.reshape.take() {
            self.take(reshape.release());
        }
        if self.reader.is_some() {
            self.read(None);
        }
    }

    /// Tells what was kept, as the answer is what it must be.
    pub(super) fn release(&mut self) {
        if self.dropped > 0 {
            let calls = self.dropped + 1;
            tracing::debug!(calls, "more calls than the caller wants at once");
            if let Some(warnings) = &mut self.start {
                warnings.push(format!(
                    "the model made {calls} calls at once; only the first is told, as parallel_tool_calls is false"
                ));
            }
        }
        self.send_start();
        for event in self.kept.take().unwrap_or_default() {
            self.send(event);
        }
    }

    /// How many calls the caller is not told of.
    pub(super) fn dropped(&self) -> usize {
        self.dropped
    }

    fn single(&self) -> bool {
        self.offer.as_ref().is_some_and(Offer::single)
    }

    /// Only what went through the site's editor has other names and shapes.
    fn restore(&self, call: &mut ToolCall) {
        let native = self.offer.as_ref().filter(|offer| offer.mode() == Some(ToolMode::Native));
        if let Some(declared) = native.and_then(Offer::declared) {
            declared.restore(call);
        }
    }

    /// Reads the next piece of text, or its end.
    fn read(&mut self, text: Option<&str>) {
        let (Some(reader), Some(offer)) = (&mut self.reader, &self.offer) else { return };
        let known = |name: &str| offer.declared()?.known(name).map(str::to_owned);
        let pieces = match text {
            Some(text) => reader.push(text, &known),
            None => reader.finish(&known),
        };
        for piece in pieces {
            let event = match piece {
                Piece::Text(text) => Event::Text { text },
                Piece::Call { name, arguments } => {
                    let number = self.whole.tool_calls.len() + self.dropped;
                    Event::ToolCall(ToolCall {
                        id: format!("call_{}_{number}", self.id_base),
                        name,
                        arguments,
                    })
                }
            };
            self.take(event);
        }
    }

    fn take(&mut self, event: Event) {
        let call = matches!(event, Event::ToolCall(_));
        if call && self.single() {
            if !self.whole.tool_calls.is_empty() {
                self.dropped += 1;
                return;
            }
            // Whether it is the only one is known at the end.
            self.kept.get_or_insert_default();
        }
        self.whole.push(event.clone());
        match &mut self.kept {
            Some(kept) => kept.push(event),
            None => self.send(event),
        }
    }

    fn send(&mut self, event: Event) {
        self.send_start();
        let silent = matches!(&event, Event::Text { text } if text.is_empty());
        self.said |= !silent && !matches!(event, Event::Usage(_));
        // A caller that is gone cancels the job; nothing else is to be done here.
        let _ = self.out.send(Ok(event));
    }

    fn send_start(&mut self) {
        if let Some(warnings) = self.start.take() {
            self.started = true;
            let _ = self.out.send(Ok(Event::Started { model: self.model.to_owned(), warnings }));
        }
    }
}

#[cfg(test)]
#[path = "teller_tests.rs"]
mod tests;
