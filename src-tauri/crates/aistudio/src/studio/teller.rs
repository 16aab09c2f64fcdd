//! What the caller is told of an answer.
//!
//! In come the events of an answer as the site said them; out go the same with calls as the caller declared them. What
//! must be looked at as a whole before it is told is kept until then.

use postern_protocol::chat::{Completion, Event, Failure, ToolCall, ToolMode, Usage};
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
    /// More than thoughts was told. Those may be told again where the model failed over a call.
    pub(super) answered: bool,
    /// How many events the caller got.
    sent: usize,
    /// The chat shows calls as text.
    pub(super) written: bool,
    /// What the tries before this one took.
    spent: Usage,
    pub(super) whole: Completion,
    offer: Option<Offer>,
    /// Reads calls from the text, where they may be there.
    reader: Option<Reader>,
    /// What is not told before the answer is whole; `None` while everything is told at once.
    kept: Option<Vec<Event>>,
    dropped: usize,
    /// Calls that the model made although nothing may be called.
    unwanted: Vec<ToolCall>,
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
            answered: false,
            sent: 0,
            written: false,
            spent: Usage::default(),
            whole: Completion::default(),
            offer: None,
            reader: None,
            kept: None,
            dropped: 0,
            unwanted: Vec::new(),
            reshape: None,
        }
    }

    /// The text to come has this shape, and is told in the caller's.
    pub(super) fn reshape(&mut self, shape: &Shape) {
        self.reshape = Reshape::new(shape);
    }

    /// A try begins: of an earlier one nothing counts but what it took. `written` says that the model saw calls as
    /// text, so that it may write its own.
    pub(super) fn begin(&mut self, offer: &Offer, written: bool) {
        self.spent = std::mem::take(&mut self.whole).usage.unwrap_or(self.spent);
        // What is to be said of this try counts, where the caller heard of no other.
        self.started &= self.said;
        self.dropped = 0;
        self.unwanted.clear();
        self.kept = offer.owes_a_call().then(Vec::new);
        self.written = written || offer.mode() == Some(ToolMode::Emulated);
        self.reader = match offer.mode() {
            Some(ToolMode::Emulated) => Some(Reader::default()),
            Some(ToolMode::Native) => written.then(Reader::default),
            None => (written || offer.withholds()).then(Reader::of_elements),
        };
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
        let (sent, some) = (self.sent, !events.is_empty());
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
        if some && self.sent == sent {
            // What is held back is known to come by this.
            let _ = self.out.send(Ok(Event::Text { text: String::new() }));
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

    /// Tells what was kept, as the answer is what it must be, and what was left out of it.
    pub(super) fn release(&mut self) {
        let left_out = self.left_out();
        if !left_out.is_empty() {
            tracing::debug!(?left_out, "calls that the caller is not told of");
            self.start.get_or_insert_default().extend(left_out);
        }
        self.send_start();
        for event in self.kept.take().unwrap_or_default() {
            self.send(event);
        }
    }

    fn left_out(&self) -> Vec<String> {
        let calls = self.dropped + 1;
        let several = (self.dropped > 0).then(|| {
            format!("the model made {calls} calls at once; only the first is told, as parallel_tool_calls is false")
        });
        let name = |call: &ToolCall| {
            format!(
                "the model called {:?}, although no function may be called; the call was left out",
                call.name
            )
        };
        several.into_iter().chain(self.unwanted.iter().map(name)).collect()
    }

    /// How many calls the caller is not told of.
    pub(super) fn dropped(&self) -> usize {
        self.dropped + self.unwanted.len()
    }

    /// The calls of the answer that count: those that are told, or those that nobody wanted.
    pub(super) fn calls(&self) -> Vec<ToolCall> {
        if self.unwanted.is_empty() { self.whole.tool_calls() } else { self.unwanted.clone() }
    }

    /// Whether there is an answer beside calls.
    pub(super) fn spoke(&self) -> bool {
        let whole = &self.whole;
        !(whole.text().trim().is_empty() && whole.images().is_empty() && whole.audio().is_empty())
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
        let known = |name: &str| offer.known(name);
        let pieces = match text {
            Some(text) => reader.push(text, &known),
            None => reader.finish(&known),
        };
        for piece in pieces {
            let event = match piece {
                Piece::Text(text) => Event::Text { text },
                Piece::Call { name, arguments } => {
                    let number = self.whole.tool_calls().len() + self.dropped();
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
        let event = match event {
            Event::ToolCall(call) if self.offer.as_ref().is_some_and(|offer| offer.mode().is_none()) => {
                return self.unwanted.push(call);
            }
            Event::Usage(usage) => Event::Usage(self.spent + usage),
            event => event,
        };
        let call = matches!(event, Event::ToolCall(_));
        if call && self.single() {
            if !self.whole.tool_calls().is_empty() {
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
        self.answered |= !silent && !matches!(event, Event::Usage(_) | Event::Reasoning { .. });
        self.sent += 1;
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
