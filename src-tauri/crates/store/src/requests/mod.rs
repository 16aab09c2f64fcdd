//! The journal: one row for each request of a client, with when it passed what. It is written while the
//! request happens and read by the console. What was asked stays in memory and never reaches the disk.

mod bodies;
mod book;
mod figures;
mod pen;
mod query;
mod row;
mod table;

use std::sync::Arc;

use postern_protocol::RequestId;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use utoipa::ToSchema;

pub use figures::{Counts, FailureGroup, HourBucket, Totals};
pub use pen::{Asked, Opening, Pen};
pub use query::{Cursor, Page, PageQuery, StatusClass};
pub use row::{Mark, MarkName, Outcome, RequestDetail, RequestRow, Source, Timeline};

pub(crate) use book::Book;
pub(crate) use table::CREATE_TABLE;

use crate::Error;
use crate::keys::Door;
use crate::worker::Worker;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Rows older than so many days are deleted.
    pub keep_days: u32,
    /// Of more rows than this the oldest are deleted.
    pub max_rows: u64,
    /// Most bytes of what was asked, in memory.
    pub replay_bytes: u64,
}

/// What the journal takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalUsage {
    /// Rows in the table.
    pub rows: u64,
    /// Bytes of the table and its indexes.
    pub bytes: u64,
    /// When the oldest of them came, in milliseconds of Unix time.
    pub oldest_ms: Option<i64>,
    /// Bytes of what was asked, in memory.
    pub body_bytes: u64,
    /// Rows that could not be written because the disk did not keep up, since the start.
    pub lost: u64,
}

/// The journal. Cheap to clone. Until [`Requests::keep`] was called once no row is deleted and no body
/// kept.
#[derive(Clone, Debug)]
pub struct Requests {
    worker: Worker,
    book: Arc<Book>,
    door: Arc<Door>,
}

impl Requests {
    pub(crate) fn new(worker: Worker, book: Arc<Book>, door: Arc<Door>) -> Self {
        Self { worker, book, door }
    }

    /// Opens a row. Neither this nor what is written with the pen waits for anything.
    pub fn open(&self, opening: Opening) -> Pen {
        Pen::new(Arc::clone(&self.book), Arc::clone(&self.door), self.worker.clone(), opening)
    }

    /// The requests that run, newest first.
    pub fn running(&self) -> Vec<RequestRow> {
        self.book.running().iter().map(|sheet| pen::lock(sheet).row.clone()).collect()
    }

    /// Hears of each change of a row. A listener that is too slow misses some.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<RequestRow>> {
        self.book.subscribe()
    }

    /// Hears of each request that is over. Unlike [`Requests::subscribe`] it costs nothing while a request runs. A listener
    /// that is too slow misses some.
    pub fn ends(&self) -> broadcast::Receiver<Arc<RequestRow>> {
        self.book.subscribe_to_ends()
    }

    /// A page of rows, newest first. The first page has the requests that run too.
    pub async fn page(&self, query: PageQuery) -> Result<Page, Error> {
        let book = Arc::clone(&self.book);
        self.worker
            .run(move |connection| {
                let running = book.catch_up(connection);
                let mut page = query::finished(connection, &query)?;
                if query.before.is_none() {
                    let running = running.iter().map(|sheet| pen::lock(sheet).row.clone());
                    page.rows.extend(running.filter(|row| query.shows(row)));
                    page.rows.sort_by_key(|row| std::cmp::Reverse(row.at_ms));
                }
                Ok(page)
            })
            .await
    }

    /// Everything about one request.
    pub async fn get(&self, id: &RequestId) -> Result<Option<RequestDetail>, Error> {
        let id = id.clone();
        let book = Arc::clone(&self.book);
        self.worker
            .run(move |connection| {
                let running = book.catch_up(connection);
                let body = book.bodies().get(&id);
                let body = body.map(|body| String::from_utf8_lossy(&body).into_owned());
                let live = running.iter().map(|sheet| pen::lock(sheet)).find(|sheet| sheet.row.id == id);
                let found = match live {
                    Some(sheet) => Some((sheet.row.clone(), Timeline { marks: sheet.marks.clone() })),
                    None => table::one(connection, &id)?,
                };
                Ok(found.map(|(row, timeline)| RequestDetail { row, timeline, body }))
            })
            .await
    }

    /// What came in since `since`, in seconds of Unix time; at most 48 hours ago.
    pub async fn today(&self, since: i64) -> Result<Totals, Error> {
        self.read(move |connection| figures::totals(connection, since)).await
    }

    /// How many came in since `since`, in seconds of Unix time: quicker than [`Requests::today`].
    pub async fn counts(&self, since: i64) -> Result<Counts, Error> {
        self.read(move |connection| figures::counts(connection, since)).await
    }

    /// The failures of the last 24 hours by cause, the latest first.
    pub async fn recent_failures(&self, limit: usize) -> Result<Vec<FailureGroup>, Error> {
        self.read(move |connection| figures::failures(connection, limit)).await
    }

    /// From now on keep so much, and delete what is beyond it soon.
    pub fn keep(&self, retention: Retention) {
        self.book.keep(retention);
        self.worker.hurry();
    }

    /// Forgets every request that is over.
    pub async fn clear(&self) -> Result<(), Error> {
        let book = Arc::clone(&self.book);
        self.worker
            .run(move |connection| {
                book.clear();
                table::clear(connection)
            })
            .await
    }

    /// What the journal takes.
    pub async fn usage(&self) -> Result<JournalUsage, Error> {
        let book = Arc::clone(&self.book);
        self.read(move |connection| {
            let body_bytes = book.bodies().bytes() as u64;
            Ok(JournalUsage { body_bytes, lost: book.lost(), ..table::usage(connection)? })
        })
        .await
    }

    /// Runs a job on a table that has every request that is over and could be written.
    async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let book = Arc::clone(&self.book);
        self.worker
            .run(move |connection| {
                book.catch_up(connection);
                job(connection)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::{Opening, Outcome, RequestRow, Source, pen};

    /// A row of a request that is over.
    pub(super) fn row(id: &str) -> RequestRow {
        let opening = Opening {
            id: postern_protocol::RequestId::new(id),
            at: std::time::SystemTime::now(),
            method: "POST".to_owned(),
            path: "/v1/chat/completions".to_owned(),
            key: None,
            source: Source::Client,
        };
        RequestRow { outcome: Outcome::Ok, ..pen::Sheet::new(opening, None).row }
    }
}
