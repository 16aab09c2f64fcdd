//! From DevTools messages of one tab to exact exchanges. Pure: messages in, events and commands out.
//!
//! The bytes of an answer come in two parts that fit without gap or overlap, because the page's own process
//! hands out both in order: what it had buffered when it was told to stream (the reply to
//! `Network.streamResourceContent`), then each further piece in `Network.dataReceived`. An answer that ended
//! before it could be streamed is fetched whole.

use std::collections::HashMap;
use std::sync::PoisonError;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::network::Lines;
use super::wire::{
    Body, Buffered, Command, DataReceived, DialogOpening, EntryAdded, FrameNavigated, LoadingFailed,
    LoadingFinished, Outcome, PostData, RequestWillBeSent, ResponseReceived,
};
use crate::watchers::{Exchange, Watcher};

/// Log lines kept per tab.
const LINES: usize = 200;

/// What a reply is about.
#[derive(Debug)]
pub(super) enum Token {
    /// The request's body.
    PostData(String),
    /// The beginning of the answer; the rest streams.
    Stream(String),
    /// The whole answer.
    Body(String),
    /// All events before a new watch have been seen.
    Watch(Watcher, oneshot::Sender<()>),
    /// Nothing depends on it.
    Ignored,
}

/// The state of one tab.
#[derive(Debug)]
pub(super) struct Tracker {
    watchers: Vec<Watcher>,
    open: HashMap<String, Open>,
    commands: Vec<Command<Token>>,
    lines: Lines,
}

/// One exchange under way.
#[derive(Debug)]
struct Open {
    exchange: Exchange,
    frame: String,
    loader: String,
    url: String,
    /// What happened while the request's body was still being fetched.
    held: Option<Vec<Happening>>,
    body: BodyState,
    /// Bytes told so far, and bytes the browser says there were.
    told: u64,
    received: u64,
}

/// How the answer's bytes come.
#[derive(Debug, PartialEq, Eq)]
enum BodyState {
    /// Streaming was asked for. Pieces that overtook the reply wait for it, and so does the end.
    Asked { early: Vec<Bytes>, end: Option<End> },
    /// Each piece comes with its event.
    Streaming,
    /// Streaming was refused; the answer is fetched when it is complete.
    Refused,
    /// It is complete and being fetched.
    Fetching,
}

#[derive(Debug, PartialEq, Eq)]
enum End {
    Complete,
    Failed(String),
}

#[derive(Debug)]
enum Happening {
    Answered(u16),
    Data { length: u64, data: Option<Bytes> },
    Streamed(Option<Bytes>),
    Ended(End),
}

impl Tracker {
    pub(super) fn new(lines: Lines) -> Self {
        Self { watchers: Vec::new(), open: HashMap::new(), commands: Vec::new(), lines }
    }

    /// Registers a watch once everything sent before has passed: the reply to a command that the page's
    /// process answers in turn comes after the events of what it did before.
    pub(super) fn watch(&mut self, watcher: Watcher, ready: oneshot::Sender<()>) {
        self.ask("Runtime.getHeapUsage", json!({}), Token::Watch(watcher, ready));
    }

    /// The commands to send, in order.
    pub(super) fn take_commands(&mut self) -> Vec<Command<Token>> {
        std::mem::take(&mut self.commands)
    }

    /// Takes in one event.
    pub(super) fn event(&mut self, method: &str, params: &RawValue) {
        match method {
            "Network.requestWillBeSent" => read(params, |event| self.sent(event)),
            "Network.responseReceived" => read(params, |event: ResponseReceived| {
                self.happened(&event.request_id, Happening::Answered(event.response.status));
            }),
            "Network.dataReceived" => self.data_received(params),
            "Network.loadingFinished" => read(params, |event: LoadingFinished| {
                self.happened(&event.request_id, Happening::Ended(End::Complete));
            }),
            "Network.loadingFailed" => read(params, |event: LoadingFailed| {
                let why = failure_text(&event);
                self.happened(&event.request_id, Happening::Ended(End::Failed(why)));
            }),
            "Page.frameNavigated" => read(params, |event| self.navigated(event)),
            "Page.javascriptDialogOpening" => read(params, |event| self.dialog(event)),
            "Inspector.targetCrashed" => self.break_where("the tab crashed", |_| true),
            "Log.entryAdded" => read(params, |event| self.logged(event)),
            _ => {}
        }
    }

    /// Takes in the reply to a command.
    pub(super) fn reply(&mut self, token: Token, outcome: Outcome<'_>) {
        match token {
            Token::PostData(request) => {
                let body = outcome.ok().and_then(parse::<PostData>).map(|data| data.post_data);
                self.release(&request, body);
            }
            Token::Stream(request) => {
                let data = outcome.ok().and_then(parse::<Buffered>).and_then(|b| decode(&b.buffered_data));
                self.happened(&request, Happening::Streamed(data));
            }
            Token::Body(request) => self.fetched(&request, outcome),
            Token::Watch(watcher, ready) => {
                self.watchers.retain(|watcher| !watcher.events.is_closed());
                self.watchers.push(watcher);
                // Who asked may have given up; then the watch is already closed.
                let _ = ready.send(());
            }
            Token::Ignored => {}
        }
    }

    fn sent(&mut self, event: RequestWillBeSent) {
        // A redirected request comes again under the same id; it is still the same exchange.
        let known = self.open.contains_key(&event.request_id);
        // The browser's own question whether a cross-origin request is welcome is not the page's request.
        let preflight = event.kind == "Preflight" || event.request.method == "OPTIONS";
        if known || preflight {
            return;
        }
        let Some(exchange) = Exchange::open(self.watchers.iter(), &event.request.url) else { return };
        let id = event.request_id;
        let mut open = Open {
            exchange,
            frame: event.frame_id,
            loader: event.loader_id,
            url: event.request.url,
            held: None,
            body: BodyState::Asked { early: Vec::new(), end: None },
            told: 0,
            received: 0,
        };
        if event.request.has_post_data && event.request.post_data.is_none() {
            open.held = Some(Vec::new());
            self.ask("Network.getRequestPostData", json!({ "requestId": id }), Token::PostData(id.clone()));
        } else {
            open.exchange.sent(open.url.clone(), event.request.post_data);
        }
        self.open.insert(id.clone(), open);
        self.ask("Network.streamResourceContent", json!({ "requestId": id }), Token::Stream(id));
    }

    fn data_received(&mut self, params: &RawValue) {
        if self.open.is_empty() {
            return;
        }
        read(params, |event: DataReceived| {
            if self.open.contains_key(&event.request_id) {
                let data = event.data.as_deref().and_then(decode);
                self.happened(&event.request_id, Happening::Data { length: event.data_length, data });
            }
        });
    }

    fn happened(&mut self, request: &str, happening: Happening) {
        let Some(mut open) = self.open.remove(request) else { return };
        if let Some(held) = &mut open.held {
            held.push(happening);
            self.open.insert(request.to_owned(), open);
        } else {
            self.step(request, open, happening);
        }
    }

    /// The request's body is known: what was held back may go.
    fn release(&mut self, request: &str, body: Option<String>) {
        let Some(open) = self.open.get_mut(request) else { return };
        open.exchange.sent(open.url.clone(), body);
        for happening in open.held.take().unwrap_or_default() {
            self.happened(request, happening);
        }
    }

    fn step(&mut self, request: &str, mut open: Open, happening: Happening) {
        match happening {
            Happening::Answered(status) => open.exchange.answered(status),
            Happening::Data { length, data } => open.take_piece(length, data),
            Happening::Streamed(Some(data)) => {
                let before = std::mem::replace(&mut open.body, BodyState::Streaming);
                open.tell(data);
                if let BodyState::Asked { early, end } = before {
                    early.into_iter().for_each(|piece| open.tell(piece));
                    if let Some(end) = end {
                        return self.step(request, open, Happening::Ended(end));
                    }
                }
            }
            Happening::Streamed(None) => {
                let before = std::mem::replace(&mut open.body, BodyState::Refused);
                if let BodyState::Asked { end: Some(end), .. } = before {
                    return self.step(request, open, Happening::Ended(end));
                }
            }
            Happening::Ended(end) => return self.end(request, open, end),
        }
        self.open.insert(request.to_owned(), open);
    }

    fn end(&mut self, request: &str, mut open: Open, end: End) {
        if let BodyState::Asked { end: waiting, .. } = &mut open.body {
            *waiting = Some(end);
            self.open.insert(request.to_owned(), open);
            return;
        }
        match end {
            End::Failed(why) => open.exchange.broken(why),
            End::Complete if open.told == open.received => open.exchange.done(),
            End::Complete => {
                open.body = BodyState::Fetching;
                self.open.insert(request.to_owned(), open);
                let token = Token::Body(request.to_owned());
                self.ask("Network.getResponseBody", json!({ "requestId": request }), token);
            }
        }
    }

    fn fetched(&mut self, request: &str, outcome: Outcome<'_>) {
        let Some(mut open) = self.open.remove(request) else { return };
        let body = outcome.map(parse::<Body>).map(|body| {
            body.and_then(|body| match body.base64_encoded {
                true => decode(&body.body),
                false => Some(Bytes::from(body.body)),
            })
        });
        match body {
            Ok(Some(bytes)) => {
                let told = usize::try_from(open.told).unwrap_or(usize::MAX).min(bytes.len());
                open.tell(bytes.slice(told..));
                open.exchange.done();
            }
            Ok(None) => open.exchange.broken("the answer could not be read from the browser".to_owned()),
            Err(failure) => open.exchange.broken(failure.message),
        }
    }

    /// A document that replaces another ends the other's requests, whether or not the browser still says so.
    fn navigated(&mut self, event: FrameNavigated) {
        if event.frame.parent_id.is_some() {
            return;
        }
        let frame = event.frame;
        self.break_where("the page was left", |open| {
            open.frame == frame.id && open.loader != frame.loader_id
        });
    }

    fn break_where(&mut self, why: &str, gone: impl Fn(&Open) -> bool) {
        for (_, open) in self.open.extract_if(|_, open| gone(open)) {
            open.exchange.broken(why.to_owned());
        }
    }

    /// A dialog holds up the whole page; nobody is there to answer it.
    fn dialog(&mut self, event: DialogOpening) {
        let accept = event.kind == "beforeunload";
        self.ask("Page.handleJavaScriptDialog", json!({ "accept": accept }), Token::Ignored);
    }

    fn logged(&mut self, event: EntryAdded) {
        let entry = event.entry;
        let mut line = format!("{} {}: {}", entry.level, entry.source, entry.text);
        if let Some(url) = entry.url.as_deref().filter(|url| !url.is_empty()) {
            let bare = url.find(['?', '#']).map_or(url, |end| &url[..end]);
            line.push_str(&format!(" ({bare})"));
        }
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn ask(&mut self, method: &'static str, params: serde_json::Value, token: Token) {
        self.commands.push(Command { method, params, token });
    }
}

impl Open {
    fn take_piece(&mut self, length: u64, data: Option<Bytes>) {
        self.received += length;
        match (&mut self.body, data) {
            (BodyState::Asked { early, .. }, Some(data)) => early.push(data),
            // Once a piece came without its bytes, those after it would leave a gap.
            (BodyState::Streaming, None) if length > 0 => self.body = BodyState::Refused,
            (BodyState::Streaming, Some(data)) => self.tell(data),
            (
                BodyState::Asked { .. } | BodyState::Streaming | BodyState::Refused | BodyState::Fetching,
                _,
            ) => {}
        }
    }

    fn tell(&mut self, data: Bytes) {
        self.told += data.len() as u64;
        self.exchange.data(data);
    }
}

fn read<T: for<'de> Deserialize<'de>>(params: &RawValue, then: impl FnOnce(T)) {
    match serde_json::from_str(params.get()) {
        Ok(event) => then(event),
        Err(error) => tracing::warn!(%error, "a DevTools event has an unknown shape"),
    }
}

fn parse<T: for<'de> Deserialize<'de>>(result: &RawValue) -> Option<T> {
    serde_json::from_str(result.get()).ok()
}

fn decode(base64: &str) -> Option<Bytes> {
    BASE64_STANDARD.decode(base64).ok().map(Bytes::from)
}

fn failure_text(event: &LoadingFailed) -> String {
    let mut why = event.error_text.clone();
    if event.canceled {
        why.push_str(" (canceled)");
    }
    if let Some(reason) = &event.blocked_reason {
        why.push_str(&format!(" (blocked: {reason})"));
    }
    why
}

#[cfg(test)]
#[path = "tracker_tests.rs"]
mod tests;
