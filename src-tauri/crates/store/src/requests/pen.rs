//! Writes one request down while it happens.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use postern_protocol::RequestId;
use postern_protocol::chat::{Step, ToolMode, Usage};

use super::book::{Book, Closed};
use super::{Mark, MarkName, Outcome, RequestRow, Source};
use crate::clock;
use crate::keys::{Door, KeyId};
use crate::worker::Worker;

/// More marks than this no request gets, however often it is tried again.
const MOST_MARKS: usize = 64;
/// A cancelled request is answered with this status, if anybody still listens.
const CANCELLED: u16 = 499;

/// A request at the moment it comes.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Its id.
    pub id: RequestId,
    /// When it came.
    pub at: SystemTime,
    /// The HTTP method.
    pub method: String,
    /// The path; what follows a `?` does not belong here.
    pub path: String,
    /// The caller's key, where it is known already.
    pub key: Option<KeyId>,
    /// Who asks.
    pub source: Source,
}

/// What a request asks for, once its body was read.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The model.
    pub model: String,
    /// Whether the answer is to be streamed.
    pub stream: bool,
    /// The body, unpacked. It stays in memory for a while, within the limit of bytes.
    pub body: Bytes,
}

/// Writes one request down. Nothing here waits for the disk. The row is closed when the last clone is
/// dropped: as answered after [`Pen::answered`], as failed after [`Pen::failed`], and otherwise as one whose
/// client went away.
#[derive(Clone, Debug)]
pub struct Pen(Arc<Holder>);

#[derive(Debug)]
struct Holder {
    book: Arc<Book>,
    door: Arc<Door>,
    worker: Worker,
    sheet: Arc<Mutex<Sheet>>,
    place: u64,
}

/// What is written so far.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) row: RequestRow,
    pub(super) marks: Vec<Mark>,
    begun: Instant,
    /// What will have become of it if nothing more is written.
    end: Outcome,
}

impl Sheet {
    pub(super) fn new(opening: Opening, key_name: Option<String>) -> Self {
        let waited = opening.at.elapsed().unwrap_or_default();
        let now = Instant::now();
        let row = RequestRow {
            id: opening.id,
            at_ms: clock::millis(opening.at),
            method: opening.method,
            path: opening.path,
            source: opening.source,
            key: opening.key,
            key_name,
            status: None,
            outcome: Outcome::Running,
            code: None,
            error: None,
            model: None,
            upstream: None,
            upstream_model: None,
            account: None,
            stream: false,
            prompt_tokens: None,
            completion_tokens: None,
            reasoning_tokens: None,
            first_ms: None,
            total_ms: None,
        };
        Self {
            row,
            marks: vec![Mark { name: MarkName::Received, at_ms: 0, account: None, mode: None }],
            begun: now.checked_sub(waited).unwrap_or(now),
            end: Outcome::ClientGone,
        }
    }

    fn elapsed(&self) -> u64 {
        clock::unsigned(clock::whole_millis(self.begun.elapsed()))
    }

    fn mark(&mut self, name: MarkName) {
        self.mark_with(name, None);
    }

    fn mark_with(&mut self, name: MarkName, mode: Option<ToolMode>) {
        if self.marks.len() < MOST_MARKS {
            // The row names the last account only; here stands each that was tried.
            let account = self.row.account.clone().filter(|_| name == MarkName::Account);
            self.marks.push(Mark { name, at_ms: self.elapsed(), account, mode });
        }
    }
}

pub(super) fn lock(sheet: &Mutex<Sheet>) -> MutexGuard<'_, Sheet> {
    sheet.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pen {
    pub(super) fn new(book: Arc<Book>, door: Arc<Door>, worker: Worker, opening: Opening) -> Self {
        let name = opening.key.and_then(|key| door.name(key));
        let sheet = Arc::new(Mutex::new(Sheet::new(opening, name)));
        let place = book.enter(Arc::clone(&sheet));
        if book.is_heard() {
            book.announce(Arc::new(lock(&sheet).row.clone()));
        }
        Self(Arc::new(Holder { book, door, worker, sheet, place }))
    }

    /// The caller turned out to have this key.
    pub fn key(&self, key: KeyId) {
        let name = self.0.door.name(key);
        self.write(|sheet| {
            sheet.row.key = Some(key);
            sheet.row.key_name = name;
        });
    }

    /// The body was read.
    pub fn asked(&self, asked: Asked) {
        let id = lock(&self.0.sheet).row.id.clone();
        self.0.book.bodies().push(id, asked.body);
        self.write(|sheet| {
            sheet.row.model = Some(asked.model);
            sheet.row.stream = asked.stream;
        });
    }

    /// Who is to answer, and what the model is called there.
    pub fn planned(&self, upstream: impl Into<String>, model: impl Into<String>) {
        self.write(|sheet| {
            sheet.row.upstream = Some(upstream.into());
            sheet.row.upstream_model = Some(model.into());
        });
    }

    /// It goes on to this server, as it is.
    pub fn passed_to(&self, server: impl Into<String>) {
        self.write(|sheet| sheet.row.upstream = Some(server.into()));
    }

    /// It waits for its turn.
    pub fn queued(&self) {
        self.write(|sheet| sheet.mark(MarkName::Queued));
    }

    /// Its turn came.
    pub fn admitted(&self) {
        self.write(|sheet| sheet.mark(MarkName::Admitted));
    }

    /// The upstream got further.
    pub fn step(&self, step: Step) {
        self.write(|sheet| {
            let mode = if let Step::Tools { mode } = step { Some(mode) } else { None };
            let name = match step {
                Step::Account { name } => {
                    sheet.row.account = Some(name);
                    MarkName::Account
                }
                Step::Turn => MarkName::Turn,
                Step::Browser => MarkName::Browser,
                Step::Page => MarkName::Page,
                Step::Form => MarkName::Form,
                Step::Tools { .. } => MarkName::Tools,
                Step::Sent => MarkName::Sent,
                Step::Waits => return,
            };
            sheet.mark_with(name, mode);
        });
    }

    /// Which account answers, from an upstream that tells no steps.
    pub fn account(&self, name: impl Into<String>) {
        self.step(Step::Account { name: name.into() });
    }

    /// The first piece of the answer came; later calls change nothing.
    pub fn first_byte(&self) {
        self.write(|sheet| {
            if sheet.row.first_ms.is_none() {
                sheet.row.first_ms = Some(sheet.elapsed());
                sheet.mark(MarkName::FirstByte);
            }
        });
    }

    /// What it costs so far; the last call holds.
    pub fn usage(&self, usage: Usage) {
        self.write(|sheet| {
            sheet.row.prompt_tokens = Some(usage.prompt);
            sheet.row.completion_tokens = Some(usage.completion);
            sheet.row.reasoning_tokens = Some(usage.reasoning);
        });
    }

    /// It failed. Of several failures the first holds, because the others follow from it. A request that
    /// ends with the status 499 counts as cancelled.
    pub fn failed(&self, code: impl Into<String>, message: impl Into<String>, status: u16) {
        self.write(|sheet| {
            if sheet.row.code.is_some() {
                return;
            }
            sheet.end = if status == CANCELLED { Outcome::Cancelled } else { Outcome::Failed };
            sheet.row.code = Some(code.into());
            sheet.row.error = Some(message.into());
            sheet.row.status = Some(status);
        });
    }

    /// The whole answer went out, with this status. After [`Pen::failed`] it changes nothing.
    pub fn answered(&self, status: u16) {
        self.write(|sheet| {
            if sheet.row.code.is_none() {
                sheet.row.status = Some(status);
                sheet.end = if status < 400 { Outcome::Ok } else { Outcome::Failed };
            }
        });
    }

    /// Changes the sheet and tells the listeners, in the order of the changes.
    fn write(&self, change: impl FnOnce(&mut Sheet)) {
        let mut sheet = lock(&self.0.sheet);
        if !self.0.book.is_heard() {
            return change(&mut sheet);
        }
        let (row, marks) = (sheet.row.clone(), sheet.marks.len());
        change(&mut sheet);
        if sheet.row != row || sheet.marks.len() != marks {
            self.0.book.announce(Arc::new(sheet.row.clone()));
        }
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let closed = {
            let mut sheet = lock(&self.sheet);
            sheet.mark(MarkName::End);
            sheet.row.total_ms = Some(sheet.elapsed());
            sheet.row.outcome = sheet.end;
            Closed { row: Arc::new(sheet.row.clone()), marks: std::mem::take(&mut sheet.marks) }
        };
        let row = Arc::clone(&closed.row);
        if self.book.leave(self.place, closed) {
            self.worker.hurry();
        }
        self.book.announce_end(row);
    }
}
