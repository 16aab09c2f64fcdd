//! The thread that appends what has ended to a file, within milliseconds.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::Recorder;
use super::body::BodyNumber;
use super::coding::{Decoder, decode, value};
use super::folder::{Segment, Spool};
use super::frame::{Frame, Kept};
use super::pour::Pour;
use super::recording::{Side, Written};
use super::state::{Place, State, TroubleKind, is_full};
use crate::Error;
use crate::clock::{millis, whole_millis};
use crate::conversations::secrets::Secrets;
use crate::conversations::{Call, Headers};

/// What ends within this time is written at once, so that many exchanges wake the thread once, and those that answer keep
/// the processor meanwhile.
const GATHER: Duration = Duration::from_millis(2);

/// After so many exchanges those that answer have their turn, if they wait for a processor: what has gathered takes
/// longer than an answer does.
const TURN: u64 = 4;

/// So much is written at once at most, or one exchange.
const AT_ONCE: usize = 1 << 20;

/// The database is told after so many exchanges, or so much time.
const BATCH: usize = 200;
const BATCH_AFTER: Duration = Duration::from_millis(250);

/// So much of the disk is left to the database, which has to take what is spooled before any of it is removed.
const RESERVE: u64 = 16 << 20;

/// What did not work is tried again after this.
const RETRY: Duration = Duration::from_secs(1);

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Message {
    /// A body left memory, or more of one.
    Grow { body: BodyNumber, start: Option<Box<Start>>, pieces: Vec<Bytes>, bytes: u64 },
    /// An exchange has ended.
    Finished(Box<Written>),
    /// An exchange has ended that could not be kept.
    Lost { bodies: Vec<BodyNumber> },
    /// What has ended before is not to be kept.
    Forget { reached: oneshot::Sender<Option<Reached>> },
    /// Nothing comes after.
    Stop,
}

/// How far a process has spooled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::conversations) struct Reached {
    /// The name of its spool.
    pub(in crate::conversations) spool: String,
    /// The number of the last frame in it.
    pub(in crate::conversations) frame: u64,
}

/// What is known when a body leaves memory.
#[derive(Debug)]
pub(super) struct Start {
    pub(super) call: Arc<Call>,
    pub(super) side: Side,
    /// The request's body, for the body of an answer.
    pub(super) request: Vec<Bytes>,
    /// The headers of the answer so far.
    pub(super) headers: Headers,
}

/// Starts the thread.
pub(in crate::conversations) fn start(state: Arc<State>) -> Result<(Recorder, JoinHandle<()>), Error> {
    let (spooler, inbox) = channel();
    let thread = Spooler {
        state: Arc::clone(&state),
        spool: None,
        queue: VecDeque::new(),
        pours: HashMap::new(),
        failed: HashSet::new(),
        frames: 0,
        segments: 0,
        untold: 0,
        since: None,
        retry: None,
        buffer: Vec::new(),
    };
    let thread = std::thread::Builder::new()
        .name("recorder".to_owned())
        .spawn(move || thread.serve(&inbox))
        .map_err(|source| Error::Files { path: "the recorder's thread".into(), source })?;
    Ok((Recorder { spooler, state }, thread))
}

struct Spooler {
    state: Arc<State>,
    /// Made when there is something to write.
    spool: Option<Spool>,
    queue: VecDeque<Message>,
    /// Bodies that grow in files.
    pours: HashMap<BodyNumber, Pour>,
    /// Bodies that the disk did not take.
    failed: HashSet<BodyNumber>,
    /// So many frames were numbered.
    frames: u64,
    segments: u64,
    /// So many exchanges the database was not told of, since then.
    untold: usize,
    since: Option<Instant>,
    /// When to try again what did not work.
    retry: Option<Instant>,
    buffer: Vec<u8>,
}

impl Spooler {
    fn serve(mut self, inbox: &Receiver<Message>) {
        while self.gather(inbox) {
            if self.retry.is_none_or(|retry| retry <= Instant::now()) {
                self.write();
            }
            if self.untold >= BATCH || self.since.is_some_and(|since| since.elapsed() >= BATCH_AFTER) {
                self.tell();
            }
        }
        self.write();
        let left = self.queue.iter().filter(|message| matches!(message, Message::Finished(_))).count();
        self.state.lose(u64::try_from(left).unwrap_or_default());
        self.tell();
        if let Some(spool) = self.spool {
            self.state.ledger().give_up(spool);
        }
    }

    /// Waits for something to do. False when nothing comes any more.
    fn gather(&mut self, inbox: &Receiver<Message>) -> bool {
        let tell = self.since.map(|since| since + BATCH_AFTER);
        let first = match self.retry.into_iter().chain(tell).min() {
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(until) => inbox.recv_timeout(until.saturating_duration_since(Instant::now())),
        };
        let mut goes_on = true;
        match first {
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => goes_on = false,
            Ok(message) => {
                self.take(message);
                std::thread::sleep(GATHER);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        for message in inbox.try_iter() {
            match message {
                Message::Stop => goes_on = false,
                message => self.take(message),
            }
        }
        goes_on
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Forget { reached } => {
                self.forget();
                let name = self.spool.as_ref().map(|spool| spool.name.clone());
                // Who asked may be gone.
                let _ = reached.send(name.map(|spool| Reached { spool, frame: self.frames }));
            }
            message => self.queue.push_back(message),
        }
    }

    /// Drops what has ended and waits for the disk, with its bodies.
    fn forget(&mut self) {
        for message in std::mem::take(&mut self.queue) {
            let Message::Finished(written) = message else {
                self.queue.push_back(message);
                continue;
            };
            self.state.release(written.bytes());
            self.state.expected(1);
            // Pieces of its bodies that come before this in the queue are written first.
            self.queue.push_back(Message::Lost { bodies: written.bodies() });
        }
    }

    /// Tells the database that there is something to read.
    fn tell(&mut self) {
        self.untold = 0;
        self.since = None;
        self.state.hurry();
    }

    /// Writes what waits, in order, until something fails.
    fn write(&mut self) {
        self.retry = None;
        while let Some(message) = self.queue.front_mut() {
            let done = match message {
                Message::Finished(written)
                    if written.bodies().iter().any(|body| self.failed.contains(body)) =>
                {
                    self.state.release(written.bytes());
                    self.state.expected(1);
                    self.state.lose(1);
                    let bodies = written.bodies();
                    self.drop_front(&bodies)
                }
                Message::Finished(_) => self.append(),
                Message::Grow { .. } => self.grow(),
                Message::Lost { bodies } => {
                    let bodies = std::mem::take(bodies);
                    self.drop_front(&bodies)
                }
                Message::Forget { .. } | Message::Stop => self.drop_front(&[]),
            };
            if let Err(error) = done {
                let kind = if is_full(&error) { TroubleKind::DiskFull } else { TroubleKind::Disk };
                self.state.trouble_at(Place::Spool, kind, error.to_string());
                self.retry = Some(Instant::now() + RETRY);
                return;
            }
        }
        self.state.well_at(Place::Spool);
    }

    /// Appends the exchanges at the front of the queue.
    fn append(&mut self) -> io::Result<()> {
        let spool = spool(&mut self.spool, &self.state)?;
        room(spool)?;
        self.buffer.clear();
        let mut count = 0;
        for message in &self.queue {
            let Message::Finished(written) = message else { break };
            if written.bodies().iter().any(|body| self.failed.contains(body)) {
                break;
            }
            if count > 0 && self.buffer.len() + written.request.len() + written.response.len() > AT_ONCE {
                break;
            }
            count += 1;
            let number = self.frames + u64::try_from(count).unwrap_or_default();
            let mut poured = [false; 2];
            for (body, decoded) in [written.request.file, written.response.file].into_iter().zip(&mut poured)
            {
                if let Some(pour) = body.and_then(|body| self.pours.get_mut(&body)) {
                    pour.finish()?;
                    *decoded = pour.is_decoded();
                }
            }
            write(written, number, &Known { poured, secret: &self.state.secret }, &mut self.buffer);
            if number.is_multiple_of(TURN) {
                std::thread::yield_now();
            }
        }
        let open = self.state.ledger().take_open();
        let mut segment = match open {
            Some(segment) => segment,
            None => {
                self.segments += 1;
                Segment::create(spool, self.segments)?
            }
        };
        let appended = segment.append(&self.buffer);
        self.state.ledger().put(segment);
        appended?;
        self.frames += u64::try_from(count).unwrap_or_default();
        self.untold += count;
        self.since.get_or_insert_with(Instant::now);
        for message in self.queue.drain(..count) {
            if let Message::Finished(written) = message {
                for body in written.bodies() {
                    self.pours.remove(&body);
                }
                self.state.release(written.bytes());
            }
        }
        Ok(())
    }

    /// Appends the piece at the front of the queue to its body's file. One that the disk has no room for is given up: it
    /// is too large to wait in memory.
    fn grow(&mut self) -> io::Result<()> {
        let Some(Message::Grow { body, start, pieces, bytes }) = self.queue.front_mut() else {
            return Ok(());
        };
        let (body, bytes) = (*body, *bytes);
        if !self.failed.contains(&body) {
            let spool = spool(&mut self.spool, &self.state)?;
            match pour(&mut self.pours, spool, (body, start.as_deref()), pieces) {
                Err(error) if is_full(&error) => {
                    self.pours.remove(&body);
                    // What cannot be removed goes with the folder.
                    let _ = std::fs::remove_file(spool.body(body));
                    self.failed.insert(body);
                }
                done => done?,
            }
        }
        self.state.release(bytes);
        self.queue.pop_front();
        Ok(())
    }

    /// Forgets what is at the front of the queue, with the files of these bodies.
    fn drop_front(&mut self, bodies: &[BodyNumber]) -> io::Result<()> {
        for body in bodies {
            self.pours.remove(body);
            self.failed.remove(body);
            if let Some(spool) = &self.spool {
                // What cannot be removed goes with the folder.
                let _ = std::fs::remove_file(spool.body(*body));
            }
        }
        self.queue.pop_front();
        Ok(())
    }
}

/// This process's spool, made when there is none.
fn spool<'a>(spool: &'a mut Option<Spool>, state: &State) -> io::Result<&'a Spool> {
    match spool {
        Some(spool) => Ok(spool),
        None => {
            let new = Spool::create(&state.folder.join("spool"))?;
            state.ledger().own(&new.name);
            Ok(spool.insert(new))
        }
    }
}

/// Whether there is room for more than the database needs.
fn room(spool: &Spool) -> io::Result<()> {
    if fs4::available_space(&spool.path)? < RESERVE {
        return Err(io::Error::new(io::ErrorKind::StorageFull, "less than 16 MB of the disk are free"));
    }
    Ok(())
}

/// Writes pieces of a body.
fn pour(
    pours: &mut HashMap<BodyNumber, Pour>,
    spool: &Spool,
    (body, start): (BodyNumber, Option<&Start>),
    pieces: &mut Vec<Bytes>,
) -> io::Result<()> {
    room(spool)?;
    if let (false, Some(start)) = (pours.contains_key(&body), start) {
        pours.insert(body, begin(start, &spool.body(body))?);
    }
    if let Some(pour) = pours.get_mut(&body) {
        // What is written is taken away, so that it is not written again when a later piece fails.
        while let Some(piece) = pieces.first() {
            pour.push(piece)?;
            pieces.remove(0);
        }
    }
    Ok(())
}

/// Where a body goes that leaves memory.
fn begin(start: &Start, path: &Path) -> io::Result<Pour> {
    let mut secrets = Secrets::of(&start.call);
    let (headers, cleaner) = match start.side {
        Side::Request => (&start.call.headers, secrets.request_cleaner()),
        Side::Response => {
            // What the request names is not to be in the answer.
            secrets.request(&decode(&start.request, &start.call.headers).0);
            (&start.headers, secrets.response_cleaner())
        }
    };
    Pour::create(path, Decoder::of(headers), cleaner)
}

/// What the spooler knows beside an exchange.
struct Known<'a> {
    /// Whether the encodings of its bodies were undone on their way into files: of the request's, and the answer's.
    poured: [bool; 2],
    /// By which credentials are told apart.
    secret: &'a [u8],
}

/// Appends the exchange to `out`, without its secrets.
fn write(written: &Written, number: u64, known: &Known<'_>, out: &mut Vec<u8>) {
    let Known { poured, secret } = *known;
    let call = Arc::clone(&written.call);
    let mut secrets = Secrets::of(&call);
    let (request, request_decoded) = decode(written.request.pieces(), &call.headers);
    let (response, response_decoded) = decode(written.response.pieces(), &written.headers);
    let request = secrets.request(&request);
    let response = secrets.response(&response);
    let credential = secrets.credential(secret);
    let kept = |file: Option<BodyNumber>| file.map(Kept::File);
    let frame = Frame {
        number,
        id: &call.id,
        at_ms: millis(call.at),
        via: call.via.name(),
        method: &call.method,
        host: call.host.as_deref(),
        path: &secrets.path(&call.path),
        key: call.key.map(|key| key.0),
        credential: credential.as_deref(),
        upstream: &written.server.upstream,
        model: &written.server.model,
        account: written.server.account.as_deref(),
        status: written.status.into(),
        ended: written.ended.name(),
        first_byte_ms: written.first_byte.map(whole_millis),
        total_ms: written.total.map(whole_millis).unwrap_or_default(),
        request_headers: &secrets.headers(&call.headers, request_decoded || poured[0]),
        response_headers: &secrets.headers(&written.headers, response_decoded || poured[1]),
        request_type: &value(&call.headers, "content-type"),
        response_type: &value(&written.headers, "content-type"),
        request: kept(written.request.file).unwrap_or(Kept::Here(&request)),
        response: kept(written.response.file).unwrap_or(Kept::Here(&response)),
    };
    frame.write(out);
}
