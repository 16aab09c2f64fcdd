//! An answer on its way to the client.

use std::io::{self, Write as _};

use async_stream::stream;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::{Stream, StreamExt as _};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;

use super::Vendor;
use super::desk::{Desk, Ending};
use super::received::{End, Received};
use super::refusal::Refused;
use super::turn::{Delivery, Pieces, Replay};
use super::{anthropic, gemini, openai};
use crate::server::Reply;

pub(super) const JSON: &str = "application/json";
pub(super) const SSE: &str = "text/event-stream";

/// A good answer: its headers and its events, or the whole of it as the only one.
pub(super) struct Frames {
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) frames: Vec<Bytes>,
    /// What the vendor sends in the middle of a stream when something goes wrong.
    pub(super) trouble: Option<Bytes>,
}

impl Frames {
    pub(super) fn whole(mime: &str, body: impl Into<Bytes>) -> Self {
        Self::stream(mime, vec![body.into()])
    }

    pub(super) fn json(body: &serde_json::Value) -> Self {
        Self::whole(JSON, body.to_string())
    }

    pub(super) fn stream(mime: &str, frames: Vec<Bytes>) -> Self {
        Self { headers: vec![("content-type", mime.to_owned())], frames, trouble: None }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With what is said if it breaks off in the middle.
    pub(super) fn or_trouble(mut self, trouble: Option<String>) -> Self {
        self.trouble = trouble.map(Bytes::from);
        self
    }
}

/// Sends a good answer as it is to be delivered.
pub(super) async fn frames(mut answer: Frames, delivery: Delivery, desk: Desk, ending: Ending) -> Reply {
    if delivery.held_after == Some(0) {
        desk.pass().await;
    }
    if let (Some((after, _)), Some(trouble)) = (&delivery.trouble_after, answer.trouble.take()) {
        answer.frames.truncate(*after);
        answer.frames.push(trouble);
    }
    let more = delivery.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let headers: Vec<(String, String)> = (answer.headers.iter().map(|(name, value)| (*name, value.as_str())))
        .chain(more)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let (gzip, pieces) = (delivery.gzip, delivery.pieces);
    let body = body(answer.frames, delivery, desk, ending);
    reply(StatusCode::OK, &headers, packed(body, gzip, pieces), gzip)
}

/// Sends what is written down.
pub(super) fn replay(replay: Replay, ending: Ending) -> Reply {
    let whole = stream! {
        yield Ok(replay.body);
        ending.is(End::Complete);
    };
    reply(replay.status, &replay.headers, packed(whole, replay.gzip, replay.pieces), replay.gzip)
}

/// Sends a refusal in the vendor's form.
pub(super) fn refused(vendor: Vendor, refused: &Refused, request: &Received, ending: Ending) -> Reply {
    let (body, mut headers) = match vendor {
        Vendor::OpenAi => (openai::refusal(refused), vec![("x-request-id", format!("req_{}", request.id))]),
        Vendor::Anthropic => {
            (anthropic::refusal(refused, request), vec![("request-id", anthropic::request_id(request))])
        }
        Vendor::Gemini => (gemini::refusal(refused, request), Vec::new()),
    };
    headers.push(("content-type", JSON.to_owned()));
    headers.extend(refused.headers.iter().cloned());
    let headers: Vec<_> = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let whole = stream! {
        yield Ok(Bytes::from(body));
        ending.is(End::Complete);
    };
    let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply(status, &headers, whole, false)
}

fn body(
    frames: Vec<Bytes>,
    delivery: Delivery,
    desk: Desk,
    ending: Ending,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream! {
        for (sent, frame) in frames.into_iter().enumerate() {
            if sent > 0 && delivery.held_after == Some(sent) {
                desk.pass().await;
            }
            if delivery.cut_after == Some(sent) {
                ending.is(End::Cut);
                yield Err(io::Error::other("cut by the turn"));
                return;
            }
            yield Ok(frame);
        }
        ending.is(End::Complete);
    }
}

fn reply(
    status: StatusCode,
    headers: &[(String, String)],
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    gzip: bool,
) -> Reply {
    let mut reply = Response::new(StreamBody::new(body.map(|piece| piece.map(Frame::data))).boxed_unsync());
    *reply.status_mut() = status;
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            let once = name == CONTENT_TYPE;
            if once {
                reply.headers_mut().insert(name, value);
            } else {
                reply.headers_mut().append(name, value);
            }
        }
    }
    if gzip {
        reply.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    reply
}

/// Compresses and cuts. What is sent event by event can be unpacked event by event.
fn packed(
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    gzip: bool,
    pieces: Pieces,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let mut encoder = gzip.then(|| GzEncoder::new(Vec::new(), Compression::fast()));
    stream! {
        let mut kept = Vec::new();
        for await frame in body {
            let mut frame = match frame {
                Ok(frame) => frame,
                Err(cut) => {
                    yield Err(cut);
                    return;
                }
            };
            if let Some(encoder) = &mut encoder {
                encoder.write_all(&frame)?;
                encoder.flush()?;
                frame = Bytes::from(std::mem::take(encoder.get_mut()));
            }
            match pieces {
                Pieces::Whole => kept.extend_from_slice(&frame),
                Pieces::Events | Pieces::Bytes(_) => {
                    for piece in cut(frame, pieces) {
                        yield Ok(piece);
                        // Gives hyper the chance to flush, so that each piece travels alone.
                        tokio::task::yield_now().await;
                    }
                }
            }
        }
        if let Some(encoder) = encoder {
            kept.extend(encoder.finish()?);
        }
        for piece in cut(Bytes::from(kept), pieces) {
            yield Ok(piece);
        }
    }
}

fn cut(mut rest: Bytes, pieces: Pieces) -> Vec<Bytes> {
    let size = match pieces {
        Pieces::Bytes(size) => size.max(1),
        Pieces::Events | Pieces::Whole => rest.len(),
    };
    let mut cut = Vec::new();
    while !rest.is_empty() {
        cut.push(rest.split_to(size.min(rest.len())));
    }
    cut
}
