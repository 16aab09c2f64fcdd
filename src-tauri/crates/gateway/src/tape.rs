//! The tee: what a client sends and gets goes to the recorder too, piece by piece and as it is.
//!
//! It lies around the outermost bodies, so that the record is what went over the connection. Pieces are shared, not
//! copied; nothing is read here, and nothing waits for the recorder.

use std::pin::Pin;
use std::sync::OnceLock;
use std::task::{Context, Poll, ready};
use std::time::SystemTime;

use axum::body::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderName, Method, Response};
use hyper::body::{Body, Frame, SizeHint};
use postern_protocol::RequestId;
use postern_store::{Call, Ended, Headers, KeyId, Recorder, Recording, Via};
use tokio::sync::watch;

use crate::proxy::POSTERN_KEY;
use crate::reject::{PASSED_ON, Reject};
use crate::visit::Visit;

/// By which a client has its request left out of the record.
pub(crate) const RECORD: HeaderName = HeaderName::from_static("x-postern-record");
/// The code of a request that was cancelled.
const CANCELLED: &str = "cancelled";

/// Who records, and whether they are told to look away.
#[derive(Default)]
pub(crate) struct Taping {
    recorder: OnceLock<Recorder>,
    private: watch::Sender<bool>,
}

/// What of a request decides whether it is recorded.
pub(crate) struct Wish<'a> {
    /// Whether the settings, the key and the server that is asked let it.
    pub(crate) allowed: bool,
    pub(crate) headers: &'a HeaderMap,
}

/// A request that is recorded, as far as it is known when it begins.
pub(crate) struct Begun<'a> {
    pub(crate) id: &'a RequestId,
    pub(crate) at: SystemTime,
    pub(crate) via: Via,
    pub(crate) method: &'a Method,
    /// The server it goes to; `None` for this one.
    pub(crate) host: Option<&'a str>,
    /// Path and query there.
    pub(crate) path: &'a str,
    pub(crate) key: Option<KeyId>,
}

impl Taping {
    /// Has `recorder` record from now on. Only the first one does.
    pub(crate) fn set(&self, recorder: Recorder) {
        // A second one would get half of the exchanges.
        let _ = self.recorder.set(recorder);
    }

    pub(crate) fn set_private(&self, private: bool) {
        self.private.send_if_modified(|now| std::mem::replace(now, private) != private);
    }

    pub(crate) fn is_private(&self) -> bool {
        *self.private.borrow()
    }

    pub(crate) fn private_changes(&self) -> watch::Receiver<bool> {
        self.private.subscribe()
    }

    /// The tape of a request, if it is to be recorded.
    pub(crate) fn begin(&self, wish: &Wish<'_>, begun: Begun<'_>) -> Option<Tape> {
        let recorder = self.recorder.get().filter(|_| wish.allowed && !self.is_private())?;
        // Whoever says something else than `on` is likelier to mean `off`.
        if wish.headers.get(RECORD).is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"on")) {
            return None;
        }
        let Begun { id, at, via, method, host, path, key } = begun;
        let recording = recorder.begin(Call {
            id: id.as_str().to_owned(),
            at,
            via,
            method: method.to_string(),
            host: host.map(str::to_owned),
            path: path.to_owned(),
            headers: lines(wish.headers),
            key,
        });
        Some(Tape { recording, visit: None, ended: Ended::Left })
    }
}

/// One exchange on its way to the recorder. Dropped before its end it is one whose client went away.
pub(crate) struct Tape {
    recording: Recording,
    /// What is still to become known of the request.
    visit: Option<Visit>,
    ended: Ended,
}

impl Tape {
    /// Learns from `visit` who answers and what became of it.
    pub(crate) fn watch(&mut self, visit: &Visit) {
        self.visit = Some(visit.clone());
    }

    /// Who answers is known already.
    pub(crate) fn served(&self, server: postern_store::Server) {
        self.recording.served(server);
    }

    /// Hears what is read of a request's body.
    pub(crate) fn ear(&self) -> Ear {
        Ear(self.recording.clone())
    }

    /// The response, recorded as it is taken. `refusal` is what this server says itself, if it does.
    pub(crate) fn spoken<B: Body>(
        mut self,
        response: Response<B>,
        refusal: Option<&Reject>,
    ) -> Response<Spoken<B>> {
        self.recording.answer(response.status().as_u16(), lines(response.headers()));
        self.ended = match refusal {
            Some(reject) if reject.code() == CANCELLED => Ended::Left,
            Some(_) => Ended::Refused,
            None => Ended::Whole,
        };
        if self.visit.as_ref().is_some_and(|visit| !visit.is_unfinished())
            // Nothing more becomes known of it, so that its row need not wait for this.
            && let Some(visit) = self.learn()
            && refusal.is_none()
        {
            self.ended = outcome(&visit);
        }
        let length =
            response.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        response.map(|body| Spoken { body, left: length, tape: Some(self) })
    }

    /// Lets go of the visit, having told what it knows.
    fn learn(&mut self) -> Option<Visit> {
        let visit = self.visit.take()?;
        if let Some(server) = visit.server() {
            self.recording.served(server);
        }
        Some(visit)
    }

    /// The body has ended in its order.
    fn end(mut self) {
        if let Some(visit) = self.learn() {
            self.ended = outcome(&visit);
        }
    }

    /// The body has broken off.
    fn break_off(mut self) {
        let cancelled = self.learn().is_some_and(|visit| visit.trouble_code() == Some(CANCELLED));
        self.ended = if cancelled { Ended::Left } else { Ended::Broken };
    }

    /// Nobody took the rest of the body.
    fn leave(mut self) {
        self.ended = Ended::Left;
    }
}

/// What an answer whose body ended in its order is, by what went wrong meanwhile.
fn outcome(visit: &Visit) -> Ended {
    match visit.trouble_code() {
        None | Some(PASSED_ON) => Ended::Whole,
        Some(CANCELLED) => Ended::Left,
        Some(_) => Ended::Broken,
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        self.learn();
        self.recording.ended(self.ended);
    }
}

/// Hears a request's body. It may outlast the answer: of a refused request the rest is read in the background.
pub(crate) struct Ear(Recording);

impl Ear {
    pub(crate) fn hear(&self, frame: &Frame<Bytes>) {
        if let Some(piece) = frame.data_ref() {
            self.0.request(piece.clone());
        }
    }
}

/// A request's body that is recorded as it is read.
pub(crate) struct Heard<B> {
    body: B,
    ear: Ear,
}

impl<B> Heard<B> {
    pub(crate) fn new(body: B, ear: Ear) -> Self {
        Self { body, ear }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Heard<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &frame {
            self.ear.hear(frame);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A response's body that is recorded as it is taken.
pub(crate) struct Spoken<B: Body> {
    body: B,
    /// What of the length that was promised has not come; then nobody asks whether there is more.
    left: Option<u64>,
    /// Until the end is known.
    tape: Option<Tape>,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Spoken<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                if let (Some(piece), Some(tape)) = (frame.data_ref(), &self.tape) {
                    tape.recording.response(piece.clone());
                    let length = piece.len() as u64;
                    self.left = self.left.map(|left| left.saturating_sub(length));
                }
            }
            Some(Err(_)) => {
                if let Some(tape) = self.tape.take() {
                    tape.break_off();
                }
            }
            None => {
                if let Some(tape) = self.tape.take() {
                    tape.end();
                }
            }
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: Body> Drop for Spoken<B> {
    fn drop(&mut self) {
        let whole = self.left == Some(0) || self.body.is_end_stream();
        if let Some(tape) = self.tape.take() {
            if whole { tape.end() } else { tape.leave() }
        }
    }
}

fn lines(headers: &HeaderMap) -> Headers {
    let mut lines = Headers::with_capacity(headers.len());
    // What is about this server alone is nobody else's business later.
    for (name, value) in headers.iter().filter(|(name, _)| **name != RECORD && **name != POSTERN_KEY) {
        lines.push(name.as_str(), value.as_bytes());
    }
    lines
}
