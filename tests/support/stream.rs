//! An answer on its way to the page, chunk by chunk.

use std::future::{pending, ready};
use std::io::{self, Write as _};

use async_stream::stream;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::{Stream, StreamExt as _};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderValue, Response};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame as BodyFrame;

use crate::answer::{Script, Step};
use crate::control::Control;
use crate::record::{Moment, Outcome, Sent};
use crate::rpc::PROTOBUF;
use crate::scenario::Misbehaviour;
use crate::server::Reply;

/// How much of an answer comes before it breaks off.
const FRAMES_BEFORE_TROUBLE: usize = 2;

/// Writes down how a request ended; one that is dropped before its end was aborted by the page.
pub(crate) struct Ending {
    control: Control,
    id: u64,
    outcome: Option<Outcome>,
}

impl Ending {
    pub(crate) fn new(control: Control, id: u64) -> Self {
        Self { control, id, outcome: None }
    }

    pub(crate) fn is(mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }

    fn sent(&self, bytes: usize) {
        self.control.note_sent(self.id, Sent { at: Moment::now(), bytes });
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        let outcome = self.outcome.unwrap_or_else(|| Outcome::Aborted { at: Moment::now() });
        self.control.end_record(self.id, outcome);
    }
}

/// Streams the script.
pub(crate) fn reply(script: Script, misbehaviour: Misbehaviour, ending: Ending) -> Reply {
    let compressed = script.chunk_bytes.is_empty();
    let packing = if compressed { Packing::gzip() } else { Packing::Plain };
    let frames = chunks(script, misbehaviour, ending)
        .scan(packing, |packing, chunk| ready(Some(chunk.and_then(|chunk| packing.pack(chunk)))))
        .map(|chunk| chunk.map(BodyFrame::data));
    let mut reply = Response::new(StreamBody::new(frames).boxed_unsync());
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROTOBUF));
    if compressed {
        reply.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    reply
}

/// How chunks go over the network.
enum Packing {
    Plain,
    Gzip(Box<GzEncoder<Vec<u8>>>),
}

impl Packing {
    fn gzip() -> Self {
        Self::Gzip(Box::new(GzEncoder::new(Vec::new(), Compression::fast())))
    }

    /// A chunk that the browser can unpack at once. The last one closes the stream.
    fn pack(&mut self, chunk: Chunk) -> io::Result<Bytes> {
        let Self::Gzip(encoder) = self else { return Ok(chunk.bytes) };
        encoder.write_all(&chunk.bytes)?;
        if chunk.last {
            encoder.try_finish()?
        } else {
            encoder.flush()?
        }
        Ok(Bytes::from(std::mem::take(encoder.get_mut())))
    }
}

struct Chunk {
    bytes: Bytes,
    last: bool,
}

fn chunks(
    script: Script,
    misbehaviour: Misbehaviour,
    ending: Ending,
) -> impl Stream<Item = io::Result<Chunk>> + Send {
    stream! {
        let mut cutter = Cutter::new(&script.chunk_bytes);
        let mut before = script.opening();
        let mut frames = 0;
        for step in &script.steps {
            match step {
                Step::Gate(name) => ending.control.pass_gate(name).await,
                Step::Pause(duration) => tokio::time::sleep(*duration).await,
                Step::Frame(frame) => {
                    for bytes in cutter.cut(format!("{before}{}", script.render(frame))) {
                        ending.sent(bytes.len());
                        yield Ok(Chunk { bytes, last: false });
                        // Gives hyper the chance to flush, so that each chunk travels alone.
                        tokio::task::yield_now().await;
                    }
                    before = ",";
                    frames += 1;
                }
            }
            if frames == FRAMES_BEFORE_TROUBLE && misbehaviour.breaks_off() {
                break;
            }
        }
        match misbehaviour {
            Misbehaviour::Stall => pending::<()>().await,
            Misbehaviour::Cut => {
                ending.is(Outcome::Cut);
                yield Err(io::Error::other("cut by the scenario"));
                return;
            }
            _ => {}
        }
        let close = if frames == 0 { format!("{before}]]") } else { "]]".to_owned() };
        ending.sent(close.len());
        yield Ok(Chunk { bytes: Bytes::from(close), last: true });
        ending.is(Outcome::Complete);
    }
}

/// Cuts text into pieces of given sizes, used in turn.
struct Cutter {
    sizes: Vec<usize>,
    next: usize,
}

impl Cutter {
    fn new(sizes: &[usize]) -> Self {
        Self { sizes: sizes.iter().copied().filter(|size| *size > 0).collect(), next: 0 }
    }

    fn cut(&mut self, text: String) -> Vec<Bytes> {
        let mut rest = Bytes::from(text);
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let size = self.sizes.get(self.next % self.sizes.len().max(1)).copied().unwrap_or(rest.len());
            self.next += 1;
            pieces.push(rest.split_to(size.min(rest.len())));
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_fall_inside_characters_too() {
        let pieces = Cutter::new(&[1, 2]).cut("a🌍b".to_owned());
        assert_eq!(pieces.iter().map(Bytes::len).collect::<Vec<_>>(), [1, 2, 1, 2]);
        assert_eq!(pieces.concat(), "a🌍b".as_bytes());
    }
}
