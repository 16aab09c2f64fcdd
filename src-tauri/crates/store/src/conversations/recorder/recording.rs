//! The record of one exchange while it is held.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::Recorder;
use super::body::{Body, BodyNumber};
use super::spooler::{Message, Start};
use crate::conversations::{Call, Ended, Headers, Server};

/// Takes down one exchange. Clones write into the same record; it is handed in when the last one is dropped.
#[derive(Clone)]
pub struct Recording {
    sheet: Arc<Sheet>,
}

impl Recording {
    pub(super) fn new(recorder: Recorder, call: Call) -> Self {
        Self { sheet: Arc::new(Sheet { recorder, written: Mutex::new(Some(Box::new(Written::new(call)))) }) }
    }

    /// A piece of the request's body, in order.
    pub fn request(&self, piece: Bytes) {
        self.sheet.write(|written, recorder| written.grow(Side::Request, piece, recorder));
    }

    /// Status and headers of the answer. Told again, the later ones count.
    pub fn answer(&self, status: u16, headers: Headers) {
        self.sheet.write(|written, _| {
            written.status = status;
            written.headers = headers;
        });
    }

    /// A piece of the answer's body, in order.
    pub fn response(&self, piece: Bytes) {
        self.sheet.write(|written, recorder| {
            if written.first_byte.is_none() && !piece.is_empty() {
                written.first_byte = Some(written.began.elapsed());
            }
            written.grow(Side::Response, piece, recorder);
        });
    }

    /// Who answers.
    pub fn served(&self, server: Server) {
        self.sheet.write(|written, _| written.server = server);
    }

    /// How it ended. Told again, the later one counts; never told, the client left.
    pub fn ended(&self, ended: Ended) {
        self.sheet.write(|written, _| {
            written.ended = ended;
            written.total = Some(written.began.elapsed());
        });
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").finish_non_exhaustive()
    }
}

/// Which of the two bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Response,
}

struct Sheet {
    recorder: Recorder,
    /// Gone once it is handed in.
    written: Mutex<Option<Box<Written>>>,
}

impl Sheet {
    fn write(&self, what: impl FnOnce(&mut Written, &Recorder)) {
        if let Some(written) = self.lock().as_mut() {
            what(written, &self.recorder);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<Written>>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        let written = self.lock().take();
        if let Some(mut written) = written {
            written.finish(&self.recorder);
            self.recorder.hand_in(written);
        }
    }
}

/// An exchange as it was taken down.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) call: Arc<Call>,
    began: Instant,
    pub(super) request: Body,
    pub(super) status: u16,
    pub(super) headers: Headers,
    pub(super) response: Body,
    pub(super) first_byte: Option<Duration>,
    pub(super) total: Option<Duration>,
    pub(super) server: Server,
    pub(super) ended: Ended,
}

impl Written {
    fn new(call: Call) -> Self {
        Self {
            call: Arc::new(call),
            began: Instant::now(),
            request: Body::default(),
            status: 0,
            headers: Headers::default(),
            response: Body::default(),
            first_byte: None,
            total: None,
            server: Server::default(),
            ended: Ended::Left,
        }
    }

    fn body(&mut self, side: Side) -> &mut Body {
        match side {
            Side::Request => &mut self.request,
            Side::Response => &mut self.response,
        }
    }

    fn grow(&mut self, side: Side, piece: Bytes, recorder: &Recorder) {
        if self.body(side).push(piece) {
            self.spill(side, recorder);
        }
    }

    /// Lets what is in memory of a body go into its file.
    fn spill(&mut self, side: Side, recorder: &Recorder) {
        let start = self.body(side).file.is_none().then(|| Box::new(self.start(side)));
        let body = self.body(side);
        let bytes = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let pieces = body.take();
        let number = *body.file.get_or_insert_with(|| recorder.state.next_body());
        if !recorder.state.admit(bytes) {
            body.lost = true;
        } else {
            recorder.send(Message::Grow { body: number, start, pieces, bytes });
        }
    }

    /// What is to be known of a body before it is written.
    fn start(&mut self, side: Side) -> Start {
        let request = match side {
            Side::Request => Vec::new(),
            Side::Response => {
                self.request.gather();
                self.request.pieces().to_vec()
            }
        };
        Start { call: Arc::clone(&self.call), side, request, headers: self.headers.clone() }
    }

    /// The last piece of a body in a file goes there too.
    fn finish(&mut self, recorder: &Recorder) {
        self.total.get_or_insert(self.began.elapsed());
        for side in [Side::Request, Side::Response] {
            let body = self.body(side);
            body.gather();
            if body.file.is_some() && body.len() > 0 && !body.lost {
                self.spill(side, recorder);
            }
        }
    }

    /// Whether a part of it could not be kept.
    pub(super) fn is_lost(&self) -> bool {
        self.request.lost || self.response.lost
    }

    /// The files of its bodies.
    pub(super) fn bodies(&self) -> Vec<BodyNumber> {
        [self.request.file, self.response.file].into_iter().flatten().collect()
    }

    /// How much memory it takes, more or less.
    pub(super) fn bytes(&self) -> u64 {
        let headers = self.call.headers.bytes() + self.headers.bytes();
        let all = self.request.len() + self.response.len() + headers;
        u64::try_from(all + size_of::<Self>() + self.call.path.len()).unwrap_or(u64::MAX)
    }
}
