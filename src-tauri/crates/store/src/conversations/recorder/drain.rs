//! From the spool into the database.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};

use super::body::BodyNumber;
use super::folder::{Next, Source, Spool};
use super::frame::{Frame, Kept, MAGIC};
use super::state::{Place, State};
use crate::Error;
use crate::clock::signed;
use crate::conversations::media;
use crate::conversations::pack::{self, Packed, Packer};

/// One transaction takes so many exchanges, so much of packed bodies, or so long, whichever comes first.
const ROWS: usize = 200;
const BYTES: usize = 16 << 20;
const TIME: Duration = Duration::from_millis(250);

const INSERT: &str = "INSERT INTO exchanges (id, at_ms, stored_bytes, via, method, host, path, key, credential, upstream, \
     model, account, status, ended, first_byte_ms, total_ms, request_headers, response_headers, request, response) \
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)";

/// Reads the files of the spool and writes them into the database, a batch at a time.
pub(in crate::conversations) struct Drain {
    state: Arc<State>,
    desk: Mutex<Desk>,
}

struct Desk {
    tools: Tools,
    reading: Option<Reading>,
}

/// What packing needs.
struct Tools {
    packer: Packer,
    /// The folder of the conversations.
    folder: PathBuf,
}

/// A file that is read.
struct Reading {
    source: Source,
    bytes: Vec<u8>,
    at: usize,
    /// The number of the last frame that is in the database.
    done: u64,
}

/// An exchange as it goes into the database.
struct Ready<'a> {
    frame: Frame<'a>,
    request: Packed,
    response: Packed,
}

impl Ready<'_> {
    fn has_media(&self) -> bool {
        !self.request.media.is_empty() || !self.response.media.is_empty()
    }
}

/// The next exchanges of a file, and where it goes on.
struct Batch<'a> {
    rows: Vec<Ready<'a>>,
    /// So many were passed over, since they were taken before or are not to be kept.
    passed: u64,
    /// Files of bodies that are not needed after.
    bodies: Vec<PathBuf>,
    next: usize,
    last: u64,
}

impl Drain {
    pub(in crate::conversations) fn new(state: Arc<State>) -> Result<Self, Error> {
        let packer = Packer::new().map_err(|source| Error::Files { path: state.folder.clone(), source })?;
        let tools = Tools { packer, folder: state.folder.clone() };
        Ok(Self { state, desk: Mutex::new(Desk { tools, reading: None }) })
    }

    /// Writes what waits: a batch, or at the end all of it.
    pub(in crate::conversations) fn drain(&self, connection: &mut Connection) {
        self.state.looking();
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match desk.step(connection, &self.state) {
                Ok(more) => {
                    self.state.well_at(Place::Database);
                    if !more {
                        return;
                    }
                    if !self.state.is_closing() {
                        // Others may ask something in between.
                        self.state.hurry();
                        return;
                    }
                }
                Err(error) => {
                    self.state.fails(&error);
                    return;
                }
            }
        }
    }
}

impl Desk {
    /// Writes one batch. Whether there is more.
    fn step(&mut self, connection: &mut Connection, state: &State) -> Result<bool, Error> {
        if self.reading.is_none() {
            let next = state.ledger().next();
            match next {
                Next::Nothing => return Ok(false),
                Next::Over(spool) => return forget(connection, spool).map(|()| true),
                Next::File(source) => {
                    self.reading = Some(Reading { source, bytes: Vec::new(), at: 0, done: 0 })
                }
            }
        }
        let Some(reading) = &mut self.reading else { return Ok(false) };
        if reading.at == 0 {
            reading.open()?;
        }
        // Everything may have been erased since the file was opened.
        reading.done = reading.done.max(taken(connection, &reading.source.spool)?);
        let batch = reading.batch(&mut self.tools)?;
        state.expected(batch.passed);
        if !batch.rows.is_empty() {
            insert(connection, &reading.source.spool, &batch, state)?;
        }
        batch.bodies.iter().for_each(|body| remove(body));
        let (next, last) = (batch.next, batch.last);
        (reading.at, reading.done) = (next, last);
        if next == reading.bytes.len() {
            remove(&reading.source.path);
            self.reading = None;
        }
        Ok(true)
    }
}

impl Reading {
    /// Reads the file.
    fn open(&mut self) -> Result<(), Error> {
        let failed = |source| Error::Files { path: self.source.path.clone(), source };
        self.bytes = std::fs::read(&self.source.path).map_err(failed)?;
        if self.bytes.starts_with(MAGIC) {
            self.at = MAGIC.len();
        } else {
            tracing::warn!(path = %self.source.path.display(), "a file of the recorder has no beginning; skipped");
            self.at = self.bytes.len();
        }
        Ok(())
    }

    /// The next exchanges, packed.
    fn batch<'a>(&'a self, tools: &mut Tools) -> Result<Batch<'a>, Error> {
        let began = Instant::now();
        let mut batch =
            Batch { rows: Vec::new(), passed: 0, bodies: Vec::new(), next: self.at, last: self.done };
        let mut bytes = 0;
        while batch.rows.len() < ROWS && bytes < BYTES && began.elapsed() < TIME {
            if batch.next == self.bytes.len() {
                break;
            }
            let Some((frame, length)) = Frame::read(&self.bytes[batch.next..]) else {
                let torn = self.bytes.len() - batch.next;
                tracing::warn!(path = %self.source.path.display(), torn, "the end of a file of the recorder is torn; skipped");
                batch.next = self.bytes.len();
                break;
            };
            batch.next += length;
            batch
                .bodies
                .extend([frame.request, frame.response].into_iter().filter_map(|body| self.file(body)));
            if frame.number <= batch.last {
                batch.passed += 1;
                continue;
            }
            batch.last = frame.number;
            let request = self.pack(frame.request, frame.request_type, tools)?;
            let response = self.pack(frame.response, frame.response_type, tools)?;
            bytes += request.bytes.len() + response.bytes.len();
            batch.rows.push(Ready { frame, request, response });
        }
        Ok(batch)
    }

    fn pack(&self, body: Kept<'_>, content_type: &str, tools: &mut Tools) -> Result<Packed, Error> {
        let folder = &tools.folder;
        let packed = match body {
            Kept::Here(bytes) => tools.packer.pack(bytes, content_type, folder),
            Kept::File(number) => {
                let path = self.body(number);
                match path.metadata() {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {
                        tracing::warn!(path = %path.display(), "the file of a body is missing");
                        Ok(Packed::default())
                    }
                    Err(error) => Err(error),
                    Ok(file) if file.len() > pack::LARGEST || pack::is_media(pack::mime(content_type)) => {
                        media::adopt(folder, &path, pack::mime(content_type).to_owned()).map(pack::whole)
                    }
                    Ok(_) => {
                        std::fs::read(&path).and_then(|bytes| tools.packer.pack(&bytes, content_type, folder))
                    }
                }
            }
        };
        packed.map_err(|source| Error::Files { path: self.source.path.clone(), source })
    }

    fn file(&self, body: Kept<'_>) -> Option<PathBuf> {
        match body {
            Kept::Here(_) => None,
            Kept::File(number) => Some(self.body(number)),
        }
    }

    /// The file of a body.
    fn body(&self, number: BodyNumber) -> PathBuf {
        self.source.path.with_file_name(format!("{number:016x}.body"))
    }
}

/// Up to which frame a spool is taken.
fn taken(connection: &Connection, spool: &str) -> Result<u64, Error> {
    let mut select = connection.prepare_cached("SELECT frame FROM spools WHERE name = ?1")?;
    let frame = select.query_row([spool], |row| row.get::<_, i64>(0)).optional()?;
    Ok(frame.unwrap_or_default().cast_unsigned())
}

/// Inserts the batch in one transaction.
fn insert(connection: &mut Connection, spool: &str, batch: &Batch<'_>, state: &State) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (mut inserted, mut last) = (0, None);
    let step = |row: &Ready<'_>, sql: &str| match row.has_media() {
        true => transaction.prepare_cached(sql)?.execute([]),
        // It is one statement, which does all or nothing by itself.
        false => Ok(0),
    };
    for row in &batch.rows {
        step(row, "SAVEPOINT one")?;
        match insert_one(&transaction, row) {
            Ok(seq) => {
                inserted += 1;
                last = Some(seq);
            }
            Err(error) if is_of_one(&error) => {
                step(row, "ROLLBACK TO one")?;
                tracing::error!(%error, id = row.frame.id, "the database does not take an exchange; it is lost");
            }
            Err(error) => return Err(error.into()),
        }
        step(row, "RELEASE one")?;
    }
    transaction
        .prepare_cached("UPDATE totals SET exchanges = exchanges + ?1")?
        .execute([signed(inserted)])?;
    transaction
        .prepare_cached("INSERT OR REPLACE INTO spools (name, frame) VALUES (?1, ?2)")?
        .execute(params![spool, batch.last.cast_signed()])?;
    transaction.commit()?;
    let all = u64::try_from(batch.rows.len()).unwrap_or_default();
    state.expected(all);
    state.lose(all - inserted);
    if let Some(last) = last {
        state.arrivals.send_replace(last.unsigned_abs());
    }
    Ok(())
}

fn insert_one(transaction: &Transaction<'_>, row: &Ready<'_>) -> rusqlite::Result<i64> {
    let Ready { frame, request, response } = row;
    let stored = request.bytes.len()
        + response.bytes.len()
        + frame.request_headers.len()
        + frame.response_headers.len();
    transaction.prepare_cached(INSERT)?.execute(params![
        frame.id,
        frame.at_ms,
        i64::try_from(stored).unwrap_or(i64::MAX),
        frame.via,
        frame.method,
        frame.host,
        frame.path,
        frame.key,
        frame.credential,
        frame.upstream,
        frame.model,
        frame.account,
        frame.status,
        frame.ended,
        frame.first_byte_ms,
        frame.total_ms,
        frame.request_headers,
        frame.response_headers,
        request.bytes,
        response.bytes,
    ])?;
    let seq = transaction.last_insert_rowid();
    for part in request.media.iter().chain(&response.media) {
        media::register(transaction, seq, part)?;
    }
    Ok(seq)
}

/// Everything of this spool is in the database.
fn forget(connection: &Connection, spool: Spool) -> Result<(), Error> {
    connection.execute("DELETE FROM spools WHERE name = ?1", [&spool.name])?;
    let path = spool.path.clone();
    // What remains is found again at the next start.
    spool.remove().map_err(|source| Error::Files { path, source })
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "a file of the recorder cannot be removed");
    }
}

/// Whether it is this row that is wrong, rather than the database.
fn is_of_one(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::ConstraintViolation
                | ErrorCode::TooBig
                | ErrorCode::TypeMismatch
                | ErrorCode::ParameterOutOfRange
        )
    )
}
