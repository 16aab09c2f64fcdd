//! Log files that take no more than a bounded number of bytes together.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use time::{Date, OffsetDateTime};

use crate::tools::size;

/// Until the settings say otherwise.
const USUAL_BYTES: u64 = 50 * 1024 * 1024;
/// A file grows to this share of what all may take, so that clearing the oldest frees little history.
const SHARE: u64 = 4;
/// A file is not made smaller than this, whatever the share.
const SMALLEST: u64 = 16 * 1024;

/// The folder of log files: Postern's own, and those of the drivers in folders below. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct LogFiles {
    folder: Arc<Path>,
    max_bytes: Arc<AtomicU64>,
    /// The file that is being written.
    open: Arc<Mutex<Option<PathBuf>>>,
}

impl LogFiles {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.into(), max_bytes: Arc::new(AtomicU64::new(USUAL_BYTES)), open: Arc::default() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.max_bytes.load(Ordering::Relaxed)
    }

    pub(super) fn set_max_bytes(&self, bytes: u64) {
        self.max_bytes.store(bytes, Ordering::Relaxed);
        self.prune();
    }

    /// Removes every file except the open one. The first that cannot be removed is told.
    pub(super) fn clear(&self) -> io::Result<()> {
        let results: Vec<io::Result<()>> =
            self.others().into_iter().map(|(path, ..)| gone(std::fs::remove_file(path))).collect();
        results.into_iter().collect()
    }

    /// Removes the oldest files until the rest fits beside a full open one.
    fn prune(&self) {
        let mut others = self.others();
        others.sort_by_key(|(_, modified, _)| *modified);
        let open = self.open().as_deref().map_or(0, size::file);
        let mut total = open.max(share(self)) + others.iter().map(|(.., bytes)| bytes).sum::<u64>();
        for (path, _, bytes) in others {
            if total <= self.max_bytes() {
                break;
            }
            // A file that cannot be removed is tried again the next time.
            if std::fs::remove_file(path).is_ok() {
                total -= bytes;
            }
        }
    }

    /// Every log file except the open one.
    fn others(&self) -> Vec<(PathBuf, SystemTime, u64)> {
        let open = self.open();
        let files = size::files(&self.folder).into_iter().filter_map(|entry| {
            let meta = entry.metadata().ok()?;
            Some((entry.path(), meta.modified().ok()?, meta.len()))
        });
        files.filter(|(path, ..)| open.as_ref() != Some(path)).collect()
    }

    fn open(&self) -> Option<PathBuf> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_open(&self, path: PathBuf) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(path);
    }
}

/// What somebody else removed meanwhile is removed.
fn gone(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Writes into `postern.DAY.log` and goes on in `postern.DAY.2.log` when that one is full.
#[derive(Debug)]
pub(super) struct RollingFile {
    files: LogFiles,
    file: File,
    day: Date,
    number: u32,
    bytes: u64,
}

impl RollingFile {
    pub(super) fn open(files: LogFiles) -> io::Result<Self> {
        let day = today();
        let share = share(&files);
        let mut number = 1;
        while size::file(&path(&files, day, number)) >= share {
            number += 1;
        }
        let (file, bytes) = append(&files, day, number)?;
        Ok(Self { files, file, day, number, bytes })
    }

    fn roll(&mut self, day: Date) -> io::Result<()> {
        let number = if day == self.day { self.number + 1 } else { 1 };
        let (file, bytes) = append(&self.files, day, number)?;
        (self.file, self.bytes, self.day, self.number) = (file, bytes, day, number);
        Ok(())
    }
}

impl Write for RollingFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let day = today();
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        let full = self.bytes > 0 && self.bytes.saturating_add(length) > share(&self.files);
        if full || day != self.day {
            self.roll(day)?;
        }
        let written = self.file.write(line)?;
        self.bytes += u64::try_from(written).unwrap_or_default();
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Opens the file to write at its end, and makes room for it.
fn append(files: &LogFiles, day: Date, number: u32) -> io::Result<(File, u64)> {
    let path = path(files, day, number);
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path)?;
    let bytes = file.metadata()?.len();
    files.set_open(path);
    files.prune();
    Ok((file, bytes))
}

fn path(files: &LogFiles, day: Date, number: u32) -> PathBuf {
    let part = if number == 1 { String::new() } else { format!(".{number}") };
    files.folder.join(format!("postern.{day}{part}.log"))
}

fn share(files: &LogFiles) -> u64 {
    (files.max_bytes() / SHARE).max(SMALLEST)
}

fn today() -> Date {
    OffsetDateTime::now_utc().date()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAP: u64 = 10 * SMALLEST;

    fn total(folder: &Path) -> u64 {
        size::folder(folder)
    }

    #[test]
    fn the_files_stay_below_the_cap_and_keep_the_newest() {
        let place = tempfile::tempdir().expect("a folder");
        let old = place.path().join("main/driver-profile.log");
        std::fs::create_dir(place.path().join("main")).expect("created");
        std::fs::write(&old, "old").expect("written");
        let past = SystemTime::UNIX_EPOCH;
        File::options().append(true).open(&old).expect("there").set_modified(past).expect("set");
        let files = LogFiles::new(place.path());
        files.set_max_bytes(CAP);
        let mut log = RollingFile::open(files).expect("opened");
        for number in 0..400 {
            log.write_all(format!("{number:0>1000}\n").as_bytes()).expect("written");
        }
        assert!(total(place.path()) <= CAP, "{}", total(place.path()));
        assert!(total(place.path()) > CAP / 2, "{}", total(place.path()));
        assert!(!old.exists());
        let open = log.files.open().expect("open");
        assert!(std::fs::read_to_string(open).expect("read").contains("0399\n"));
    }

    #[test]
    fn it_goes_on_where_it_stopped() {
        let place = tempfile::tempdir().expect("a folder");
        for text in ["one\n", "two\n"] {
            let mut log = RollingFile::open(LogFiles::new(place.path())).expect("opened");
            log.write_all(text.as_bytes()).expect("written");
        }
        assert_eq!(std::fs::read_dir(place.path()).expect("read").count(), 1);
        assert_eq!(total(place.path()), 8);
    }

    #[test]
    fn clearing_leaves_the_open_file() {
        let place = tempfile::tempdir().expect("a folder");
        std::fs::write(place.path().join("postern.2020-01-01.log"), "old").expect("written");
        let files = LogFiles::new(place.path());
        let mut log = RollingFile::open(files.clone()).expect("opened");
        log.write_all(b"new\n").expect("written");
        files.clear().expect("cleared");
        assert_eq!(total(place.path()), 4);
        log.write_all(b"newer\n").expect("written");
        assert_eq!(total(place.path()), 10);
    }
}
