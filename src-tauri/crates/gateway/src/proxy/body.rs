//! Bodies on their way through: nothing is gathered, each piece is asked for when the other side takes it.

use std::fmt::Display;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body as OwnBody, Bytes};
use http::HeaderMap;
use http::header::EXPECT;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::body;
use crate::reject::Trouble;
use crate::tape::{Ear, Heard};
use crate::visit::Visit;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How far a request is on its way to the other server. Shared by its body and by whoever waits for the answer.
#[derive(Debug)]
pub(crate) struct Progress {
    begun: Instant,
    /// When a piece last went on, in milliseconds since the beginning.
    moved: AtomicU64,
    /// Everything has gone on.
    sent: AtomicBool,
    /// The next piece has to come from the client.
    starving: AtomicBool,
    /// More came than may.
    too_large: AtomicBool,
}

impl Progress {
    fn new(sent: bool) -> Self {
        Self {
            begun: Instant::now(),
            moved: AtomicU64::new(0),
            sent: AtomicBool::new(sent),
            starving: AtomicBool::new(false),
            too_large: AtomicBool::new(false),
        }
    }

    fn moves(&self) {
        let since = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(since, Ordering::Relaxed);
        self.starving.store(false, Ordering::Relaxed);
    }

    /// Until when the next sign may take: a piece of the request that goes on, or the beginning of the answer.
    pub(crate) fn deadline(&self, first_byte: Duration, silence: Duration) -> Instant {
        let moved = self.begun + Duration::from_millis(self.moved.load(Ordering::Relaxed));
        moved + if self.sent.load(Ordering::Relaxed) { first_byte } else { silence }
    }

    /// Whether it is the client that is waited for.
    pub(crate) fn starves(&self) -> bool {
        self.starving.load(Ordering::Relaxed)
    }

    pub(crate) fn is_too_large(&self) -> bool {
        self.too_large.load(Ordering::Relaxed)
    }
}

/// A client's body on its way to the other server.
pub(crate) struct Upload {
    /// Until its end has come.
    body: Option<Incoming>,
    left: u64,
    /// The client sends it only when it is asked for, and has not been asked yet.
    held_back: bool,
    progress: Arc<Progress>,
    /// Who hears what is sent.
    ear: Option<Ear>,
}

impl Upload {
    /// Lets no more than `most` bytes through.
    pub(crate) fn new(body: Incoming, headers: &HeaderMap, most: u64) -> (Self, Arc<Progress>) {
        let empty = body.is_end_stream();
        let progress = Arc::new(Progress::new(empty));
        let held_back = headers.contains_key(EXPECT);
        let body = (!empty).then_some(body);
        (Self { body, left: most, held_back, progress: Arc::clone(&progress), ear: None }, progress)
    }

    /// Has what is sent heard from now on.
    pub(crate) fn let_hear(&mut self, ear: Ear) {
        self.ear = Some(ear);
    }

    /// Whether it says itself that it is larger than allowed.
    pub(crate) fn is_too_large(&self) -> bool {
        self.size_hint().lower() > self.left
    }

    fn end(&mut self) {
        self.body = None;
        self.progress.sent.store(true, Ordering::Relaxed);
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let upload = &mut *self;
        upload.held_back = false;
        let Some(body) = &mut upload.body else { return Poll::Ready(None) };
        let Poll::Ready(frame) = Pin::new(&mut *body).poll_frame(context) else {
            upload.progress.starving.store(true, Ordering::Relaxed);
            return Poll::Pending;
        };
        upload.progress.moves();
        match frame {
            Some(Ok(frame)) => {
                if let Some(ear) = &upload.ear {
                    ear.hear(&frame);
                }
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                let Some(left) = upload.left.checked_sub(length) else {
                    upload.progress.too_large.store(true, Ordering::Relaxed);
                    return Poll::Ready(Some(Err("the request body is too large".into())));
                };
                upload.left = left;
                if body.is_end_stream() {
                    upload.end();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Some(Err(error)) => {
                upload.body = None;
                Poll::Ready(Some(Err(error.into())))
            }
            None => {
                upload.end();
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Upload {
    /// Nobody takes the rest any more. The client is to see the answer, not a broken connection.
    fn drop(&mut self) {
        if let Some(body) = self.body.take().filter(|_| !self.held_back) {
            body::drain_body(match self.ear.take() {
                Some(ear) => OwnBody::new(Heard::new(body, ear)),
                None => OwnBody::new(body),
            });
        }
    }
}

/// The other server's body on its way to the client.
pub(crate) struct Download<B: Body = Incoming> {
    body: B,
    silence: Duration,
    /// Rings when the other server may have said nothing for too long; made when it is waited for the first time.
    alarm: Option<Pin<Box<Sleep>>>,
    /// Since when it is waited for, if it is.
    waiting: Option<Instant>,
    ended: bool,
    /// Why it broke off, until the client was sent what came before.
    broken: Option<BoxError>,
    /// Where the request is written down, if it is.
    visit: Option<Visit>,
}

impl<B: Body> Download<B> {
    pub(crate) fn new(body: B, silence: Duration, visit: Option<Visit>) -> Self {
        if let Some(visit) = &visit {
            visit.streams();
        }
        Self { body, silence, alarm: None, waiting: None, ended: false, broken: None, visit }
    }

    fn fail(&mut self, code: &'static str, status: u16, message: String) -> BoxError {
        self.ended = true;
        if let Some(visit) = &self.visit {
            visit.failed(Trouble { status, code, message: message.clone() });
        }
        io::Error::other(message).into()
    }

    /// The alarm is not set anew for every piece: it rings too early then, and is set to what is left.
    fn poll_alarm(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let deadline = *self.waiting.get_or_insert_with(Instant::now) + self.silence;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        ready!(alarm.as_mut().poll(context));
        if alarm.deadline() >= deadline {
            return Poll::Ready(());
        }
        alarm.as_mut().reset(deadline);
        alarm.as_mut().poll(context)
    }
}

impl<B: Body<Data = Bytes, Error: Display> + Unpin> Body for Download<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                self.waiting = None;
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                let message = format!("The answer broke off: {error}.");
                self.broken = Some(self.fail("upstream_broke_off", 502, message));
                // With the error the server drops what it has not sent, and it sends when it is told to wait. Over HTTP/2
                // the last piece and the break may be there at once.
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Ready(None) => {
                self.ended = true;
                Poll::Ready(None)
            }
            Poll::Pending => {
                ready!(self.poll_alarm(context));
                let message = "The answer stopped coming and was given up.".to_owned();
                Poll::Ready(Some(Err(self.fail("upstream_timeout", 504, message))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B: Body> Drop for Download<B> {
    fn drop(&mut self) {
        if let Some(visit) = self.visit.as_ref().filter(|_| self.ended || self.body.is_end_stream()) {
            visit.ended();
        }
    }
}

/// What goes out to a client.
pub(crate) enum Outgoing {
    /// What this server says itself.
    Own(OwnBody),
    /// What another server says.
    Passed(Download),
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            Self::Own(body) => Pin::new(body).poll_frame(context).map_err(Into::into),
            Self::Passed(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Own(body) => body.is_end_stream(),
            Self::Passed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Own(body) => body.size_hint(),
            Self::Passed(body) => body.size_hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::future::poll_fn;

    use futures::poll;
    use http_body_util::BodyExt;

    use super::*;

    /// A body of which everything is there at once, and which breaks off.
    struct Broken(VecDeque<Bytes>);

    impl Body for Broken {
        type Data = Bytes;
        type Error = &'static str;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
            Poll::Ready(Some(self.0.pop_front().map(Frame::data).ok_or("reset")))
        }
    }

    #[tokio::test]
    async fn what_came_before_a_break_can_be_sent_before_the_break_is_told() {
        let there = Broken(VecDeque::from([Bytes::from_static(b"last")]));
        let mut body = Download::new(there, Duration::from_secs(60), None);
        let Poll::Ready(Some(Ok(frame))) = poll!(body.frame()) else { panic!("a piece") };
        assert_eq!(frame.into_data().ok().as_deref(), Some(&b"last"[..]));
        let mut waits = 0;
        let told = poll_fn(|context| {
            let polled = Pin::new(&mut body).poll_frame(context);
            waits += usize::from(polled.is_pending());
            polled
        });
        let told = tokio::time::timeout(Duration::from_secs(60), told).await.expect("the server is woken");
        assert_eq!(
            told.expect("it is told").expect_err("it broke off").to_string(),
            "The answer broke off: reset."
        );
        assert_eq!(waits, 1, "the server is told to wait");
    }
}
