//! Opening the database file: rights, journal mode and migrations.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use crate::{Error, accounts, flags, keys, logins, requests, sealed, upstreams};

/// Every layout change, oldest first. `user_version` counts how many a database has had; a released
/// entry is never edited.
pub(crate) const MIGRATIONS: &[&str] = &[
    keys::CREATE_TABLE,
    keys::ADD_RULES,
    requests::CREATE_TABLE,
    logins::CREATE_TABLES,
    flags::CREATE_TABLE,
    accounts::CREATE_TABLES,
    sealed::CREATE_TABLES,
    upstreams::CREATE_TABLE,
    upstreams::ADD_PROXY,
    keys::ADD_RECORD,
    keys::ADD_SPENT,
];

/// How long a statement waits for another process to finish writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// So many compiled statements a connection keeps: more than take part in any one task.
const STATEMENTS: usize = 128;

/// Between two tries where SQLite does not wait by itself.
const BUSY_PAUSE: Duration = Duration::from_millis(10);

/// Opens the database at `path`, creates it when it is missing and takes the steps of `migrations` that it has not had.
pub(crate) fn open(path: &Path, migrations: &[&str]) -> Result<Connection, Error> {
    private_file(path).map_err(|source| Error::Files { path: path.to_owned(), source })?;
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let mut connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    write_ahead(&connection).map_err(failed)?;
    connection.pragma_update(None, "synchronous", "normal").map_err(failed)?;
    // Else a statement is compiled again for every value it is given, wherever a table has an index of a part of it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    migrate(&mut connection, path, migrations)?;
    Ok(connection)
}

/// Creates a database whose room can be given back to the system when it is free. That is decided before anything is in it.
pub(crate) fn shrinkable(path: &Path) -> Result<(), Error> {
    private_file(path).map_err(|source| Error::Files { path: path.to_owned(), source })?;
    let failed = |source| Error::Open { path: path.to_owned(), source };
    let connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    connection.pragma_update(None, "auto_vacuum", "incremental").map_err(failed)?;
    write_ahead(&connection).map_err(failed)
}

/// Switches to the write-ahead log. Of several that open a new file at once each may hold what another one needs; then
/// SQLite refuses without waiting, and whoever is refused tries again.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let until = Instant::now() + BUSY_TIMEOUT;
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until =>
            {
                std::thread::sleep(BUSY_PAUSE);
            }
            done => return done,
        }
    }
}

pub(crate) fn open_in_memory() -> Result<Connection, Error> {
    let mut connection = Connection::open_in_memory()?;
    migrate(&mut connection, Path::new(":memory:"), MIGRATIONS)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), Error> {
    // One that is up to date is opened while another process writes, however long that takes.
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if migrations.len().try_into() == Ok(found) {
        return Ok(());
    }
    // Taken before the version is read, so that of two programs starting at once only one migrates.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let steps = (1_u32..).zip(migrations);
    let known = steps.clone().map(|(layout, _)| layout).max().unwrap_or_default();
    if found > known {
        return Err(Error::Newer { path: path.to_owned(), found, known });
    }
    if found == known {
        // Nothing is written, so that other processes see no change.
        return Ok(());
    }
    for (_, step) in steps.filter(|(layout, _)| *layout > found) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}

/// Makes sure that the file exists and that only its owner can read it. SQLite gives the journal files
/// beside it the same rights.
fn private_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    only_for_owner(&options_for_owner(&mut options).open(path)?)
}

#[cfg(unix)]
fn options_for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(unix)]
fn only_for_owner(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

#[cfg(unix)]
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

// Elsewhere the user's own application folder is private by the system's defaults.
#[cfg(not(unix))]
fn options_for_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(not(unix))]
fn only_for_owner(_file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}
