//! Answers that come in pieces, as server-sent events as a rule.
//!
//! The response begins with the first piece of the answer, so that a failure before it is a proper HTTP
//! error. When that takes longer than a client may want to wait, the response begins without it, and
//! comments keep the connection open.

use std::convert::Infallible;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::future::ready;
use futures::{FutureExt, Stream, StreamExt, stream};
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use postern_protocol::chat::{Event, Failure};
use postern_protocol::dialect::{AnswerForm, AnswerWriter, Stamp};
use tokio::time::{Instant, timeout, timeout_at};

use crate::answer::says_something;
use crate::reject::{Reject, Trouble};
use crate::visit::Visit;

/// Events that are ready together leave in one write of about this size.
const JOINED: usize = 16 * 1024;

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    (CONNECTION, HeaderValue::from_static("keep-alive")),
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
];

/// Answers with the events as they come, or with the failure that came before any.
pub(crate) async fn respond(
    events: impl Stream<Item = Result<Event, Failure>> + Send + 'static,
    form: &dyn AnswerForm,
    stamp: Stamp,
    visit: Visit,
    keep_alive: Duration,
) -> Response {
    let (writer, kind) = (form.writer(stamp), HeaderValue::from_static(form.content_type()));
    let mut feed = Feed { events: Box::pin(events), writer, visit, keep_alive, ended: false };
    let visit = feed.visit.clone();
    // From here on the end of the answer is the end of the response.
    visit.streams();
    let begin = feed.begin().await;
    let mut response = match begin {
        Ok(text) => {
            let rest = stream::unfold(feed, |mut feed| async { feed.more().await.map(|text| (text, feed)) });
            let frames = stream::once(ready(text)).chain(rest);
            let body = Body::from_stream(frames.map(|text| Ok::<_, Infallible>(Bytes::from(text))));
            (HEADERS, [(CONTENT_TYPE, kind)], body).into_response()
        }
        Err(failure) => Reject::from(failure).into_response(),
    };
    visit.describe(response.headers_mut());
    response
}

/// An answer on its way to the client.
struct Feed {
    events: Pin<Box<dyn Stream<Item = Result<Event, Failure>> + Send>>,
    writer: Box<dyn AnswerWriter>,
    visit: Visit,
    keep_alive: Duration,
    ended: bool,
}

impl Feed {
    /// The text up to the first piece of the answer and whatever is ready with it, or up to the first
    /// sign of life.
    async fn begin(&mut self) -> Result<String, Failure> {
        let patience = Instant::now() + self.keep_alive;
        let mut text = String::new();
        loop {
            match timeout_at(patience, self.events.next()).await {
                Err(_) => return Ok(text + &self.writer.keep_alive()),
                Ok(None) => return Ok(text),
                Ok(Some(event)) => {
                    let event = event?;
                    text += &self.writer.event(&event);
                    if says_something(&event) {
                        self.take_ready(&mut text);
                        return Ok(text);
                    }
                }
            }
        }
    }

    /// The next text to send; `None` at the end.
    async fn more(&mut self) -> Option<String> {
        let mut text = String::new();
        while text.is_empty() && !self.ended {
            match timeout(self.keep_alive, self.events.next()).await {
                Err(_) => return Some(self.writer.keep_alive()),
                Ok(event) => self.take(event, &mut text),
            }
            self.take_ready(&mut text);
        }
        (!text.is_empty()).then_some(text)
    }

    fn take_ready(&mut self, text: &mut String) {
        while !self.ended && text.len() < JOINED {
            match self.events.next().now_or_never() {
                Some(event) => self.take(event, text),
                None => return,
            }
        }
    }

    fn take(&mut self, event: Option<Result<Event, Failure>>, text: &mut String) {
        match event {
            Some(Ok(event)) => *text += &self.writer.event(&event),
            Some(Err(failure)) => {
                self.visit.failed(Trouble::from(&failure));
                *text += &self.writer.failure(&failure);
            }
            None => self.ended = true,
        }
    }
}
