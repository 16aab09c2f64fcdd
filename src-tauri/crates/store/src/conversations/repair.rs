//! A damaged database is moved aside, and what can be read of it goes into a new one.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::{Duration, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, Row, params_from_iter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::MIGRATIONS;
use crate::clock::millis;
use crate::worker::Worker;
use crate::{Error, database};

/// So long a reader may take to let go of the file.
const PATIENCE: Duration = Duration::from_secs(30);

/// So many rows are copied in one transaction.
const BATCH: u64 = 1000;

/// So many numbers are tried behind a row that cannot be read, when nobody knows the last one.
const BLIND: i64 = 1_000_000;

/// What was done about a damaged database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Repaired {
    /// When, in milliseconds of Unix time.
    pub at_ms: i64,
    /// Where the damaged one is.
    pub moved_to: String,
    /// So many exchanges could be read of it.
    pub exchanges: u64,
    /// Whether everything could be read.
    pub whole: bool,
}

/// Whether this error says that the file is damaged.
pub(crate) fn is_damage(error: &Error) -> bool {
    let (Error::Sqlite(source) | Error::Open { source, .. }) = error else { return false };
    matches!(source.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Opens the database, repaired if it has to be.
pub(super) fn open(path: &Path) -> Result<(Connection, Option<Repaired>), Error> {
    match create(path) {
        Err(error) if is_damage(&error) => {
            tracing::error!(%error, "the database of conversations is damaged");
            repair(path).map(|(connection, repaired)| (connection, Some(repaired)))
        }
        opened => opened.map(|connection| (connection, None)),
    }
}

/// Opens the database; a new one gives back room that is free.
fn create(path: &Path) -> Result<Connection, Error> {
    if !path.exists() {
        database::shrinkable(path)?;
    }
    database::open(path, MIGRATIONS)
}

/// Repairs the database that `connection` and the `readers` have open. They have the new one afterwards; what readers are
/// asked meanwhile waits.
pub(super) fn repair_open(
    connection: &mut Connection,
    readers: &[Worker],
    path: &Path,
) -> Result<Repaired, Error> {
    let mut repairing = Vec::new();
    for reader in readers {
        let (gone, let_go) = channel();
        let (repaired, over) = channel::<()>();
        let path = path.to_owned();
        reader.post(move |connection| {
            if let Ok(nothing) = Connection::open_in_memory() {
                *connection = nothing;
            }
            // Whoever waited may have lost patience.
            let _ = gone.send(());
            // Ends with an error when the other end is dropped, which is what is waited for.
            let _ = over.recv();
            match database::open(&path, MIGRATIONS) {
                Ok(new) => *connection = new,
                Err(error) => tracing::error!(%error, "the repaired database cannot be opened for reading"),
            }
        });
        // One that is busy still reads the file under its new name, where the system lets it be moved.
        if let_go.recv_timeout(PATIENCE).is_ok() {
            // What it met before is what is repaired now, and no reason to do so again.
            reader.is_damaged();
        }
        repairing.push(repaired);
    }
    *connection = Connection::open_in_memory()?;
    let (new, repaired) = repair(path)?;
    *connection = new;
    Ok(repaired)
}

/// Moves the database aside and copies what can be read of it.
fn repair(path: &Path) -> Result<(Connection, Repaired), Error> {
    let at_ms = millis(SystemTime::now());
    let aside = suffixed(path, &format!(".damaged-{at_ms}"));
    for suffix in ["", "-wal", "-shm"] {
        let from = suffixed(path, suffix);
        match fs::rename(&from, suffixed(&aside, suffix)) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Files { path: from, source });
            }
            _ => {}
        }
    }
    let mut new = create(path)?;
    let mut repaired = Repaired { at_ms, moved_to: aside.display().to_string(), exchanges: 0, whole: false };
    match salvage(&aside, &mut new) {
        Ok((exchanges, whole)) => (repaired.exchanges, repaired.whole) = (exchanges, whole),
        Err(error) => tracing::error!(%error, "not everything that can be read could be copied"),
    }
    tracing::error!(
        moved_to = %aside.display(),
        exchanges = repaired.exchanges,
        "the database of conversations was damaged; it was moved aside, and what could be read is in a new one"
    );
    Ok((new, repaired))
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Copies what can be read. How many exchanges, and whether it was everything.
fn salvage(from: &Path, to: &mut Connection) -> Result<(u64, bool), Error> {
    let from = Connection::open(from)?;
    // The counts are copied as they are.
    to.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let mut tables = tables(to)?;
    tables.sort_by_key(|table| (table.name != "exchanges", table.name.clone()));
    let (mut exchanges, mut whole) = (0, true);
    for table in &tables {
        let mut copy = Copy { from: &from, to, table, columns: Vec::new(), copied: 0 };
        let all = copy.run()?;
        if !all {
            tracing::error!(table = table.name, copied = copy.copied, "a part of a table cannot be read");
        }
        if table.name == "exchanges" {
            exchanges = copy.copied;
        }
        whole &= all;
    }
    // The index of texts is made anew with everything that is derived, as if the rules had changed.
    to.execute_batch(
        "UPDATE exchanges SET derived = 0;
         UPDATE bodies SET version = 0, texts = 0;
         UPDATE threads SET linked = 0;
         UPDATE links SET version = 0;
         UPDATE classes SET threads = (SELECT count(*) FROM threads WHERE class = classes.id);
         UPDATE totals SET exchanges = (SELECT count(*) FROM exchanges),
             media_bytes = (SELECT coalesce(sum(bytes), 0) FROM media);",
    )?;
    to.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    Ok((exchanges, whole))
}

/// A table to be copied.
struct Table {
    name: String,
    without_rowid: bool,
}

/// The tables with rows of their own.
fn tables(connection: &Connection) -> Result<Vec<Table>, Error> {
    let mut select = connection.prepare(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
             AND name != 'totals'",
    )?;
    let tables = select.query_map([], |row| Ok(Table { name: row.get(0)?, without_rowid: row.get(1)? }))?;
    Ok(tables.collect::<Result<_, _>>()?)
}

struct Copy<'a> {
    from: &'a Connection,
    to: &'a Connection,
    table: &'a Table,
    /// Those that both have.
    columns: Vec<String>,
    copied: u64,
}

impl Copy<'_> {
    /// Copies what can be read. Whether that was everything.
    fn run(&mut self) -> Result<bool, Error> {
        let Ok(known) = columns(self.from, &self.table.name) else { return Ok(false) };
        let known: HashSet<String> = known.into_iter().collect();
        self.columns = columns(self.to, &self.table.name)?;
        self.columns.retain(|column| known.contains(column));
        if self.columns.is_empty() {
            return Ok(false);
        }
        self.to.execute_batch("BEGIN IMMEDIATE")?;
        let whole = if self.table.without_rowid { self.both_ways() } else { self.by_number() };
        self.to.execute_batch("COMMIT")?;
        whole
    }

    /// From the beginning, around each row that cannot be read.
    fn by_number(&mut self) -> Result<bool, Error> {
        let max: Option<i64> = self.one("SELECT max(rowid) FROM", "").ok();
        let (mut next, mut whole) = (i64::MIN, true);
        loop {
            let mut last = next;
            let order = "WHERE rowid >= ?1 ORDER BY rowid";
            if self.scan(order, &[next], &mut last)? {
                return Ok(whole);
            }
            whole = false;
            let first =
                if last == i64::MIN { self.one("SELECT min(rowid) FROM", "").unwrap_or(0) } else { last + 1 };
            let end = max.unwrap_or(first.saturating_add(BLIND));
            let readable = (first..=end).find(|number| {
                let found =
                    self.one("SELECT rowid FROM", &format!("WHERE rowid >= {number} ORDER BY rowid LIMIT 1"));
                found.is_ok_and(|found| self.is_readable(found))
            });
            match readable {
                Some(number) => next = number,
                None => return Ok(false),
            }
        }
    }

    /// From the beginning and from the end, each up to what cannot be read.
    fn both_ways(&mut self) -> Result<bool, Error> {
        let mut last = 0;
        let whole = self.scan("", &[], &mut last)?;
        if !whole {
            let key = self.columns.first().cloned().unwrap_or_default();
            self.scan(&format!("ORDER BY \"{key}\" DESC"), &[], &mut last)?;
        }
        Ok(whole)
    }

    /// Copies rows until one cannot be read. Whether there was none such; the number of the last is in `last`.
    fn scan(&mut self, order: &str, from: &[i64], last: &mut i64) -> Result<bool, Error> {
        let columns = quoted(&self.columns);
        let number = if self.table.without_rowid { "0" } else { "rowid" };
        let name = &self.table.name;
        let Ok(mut select) =
            self.from.prepare(&format!("SELECT {number}, {columns} FROM \"{name}\" {order}"))
        else {
            return Ok(false);
        };
        let marks = vec!["?"; self.columns.len()].join(", ");
        let mut insert =
            self.to.prepare(&format!("INSERT OR REPLACE INTO \"{name}\" ({columns}) VALUES ({marks})"))?;
        let Ok(mut rows) = select.query(params_from_iter(from)) else { return Ok(false) };
        loop {
            let (number, values) = match rows.next().map(|row| row.map(|row| values(row, self.columns.len())))
            {
                Ok(Some(Ok(row))) => row,
                Ok(None) => return Ok(true),
                Ok(Some(Err(_))) | Err(_) => return Ok(false),
            };
            *last = number;
            match insert.execute(params_from_iter(values)) {
                Ok(_) => self.copied += 1,
                // What is damaged may not fit any more.
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {}
                Err(error) => return Err(error.into()),
            }
            if self.copied.is_multiple_of(BATCH) {
                self.to.execute_batch("COMMIT; BEGIN IMMEDIATE")?;
            }
        }
    }

    fn is_readable(&self, number: i64) -> bool {
        let sql = format!("SELECT {} FROM \"{}\" WHERE rowid = ?1", quoted(&self.columns), self.table.name);
        let read = |row: &Row<'_>| (0..self.columns.len()).try_for_each(|at| row.get_ref(at).map(|_| ()));
        self.from.prepare_cached(&sql).and_then(|mut select| select.query_row([number], read)).is_ok()
    }

    fn one(&self, select: &str, which: &str) -> rusqlite::Result<i64> {
        self.from.query_row(&format!("{select} \"{}\" {which}", self.table.name), [], |row| row.get(0))
    }
}

/// The number and the columns of a row.
fn values(row: &Row<'_>, columns: usize) -> rusqlite::Result<(i64, Vec<Value>)> {
    Ok((row.get(0)?, (1..=columns).map(|at| row.get(at)).collect::<Result<_, _>>()?))
}

fn quoted(columns: &[String]) -> String {
    columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ")
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut select = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let names = select.query_map([table], |row| row.get(0))?;
    names.collect()
}
