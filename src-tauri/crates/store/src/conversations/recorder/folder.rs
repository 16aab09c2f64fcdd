//! The folder of a spool. Each process has its own, held by a lock; one that nobody holds was left by a process that was
//! killed, and whoever opens the conversations next takes it over.

use std::collections::VecDeque;
use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::body::BodyNumber;
use super::frame::MAGIC;
use crate::database;

/// The lock by which a folder is held.
const LOCK: &str = "lock";

/// A file of exchanges does not grow beyond this, so that it can be read at once.
const SEGMENT: u64 = 8 << 20;

/// A spool's folder and the lock on it.
#[derive(Debug)]
pub(in crate::conversations) struct Spool {
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// Held as long as it is open.
    _lock: File,
}

impl Spool {
    /// Makes a new one below `root`.
    pub(super) fn create(root: &Path) -> io::Result<Self> {
        // While it is made, nobody takes it for one that was left.
        let _making = hold_all(root)?;
        let name = format!("{:016x}", rand::random::<u64>());
        let path = root.join(&name);
        database::private_folder(&path)?;
        let lock = File::create_new(path.join(LOCK))?;
        lock.lock()?;
        Ok(Self { name, path, _lock: lock })
    }

    /// The file of a body.
    pub(super) fn body(&self, number: BodyNumber) -> PathBuf {
        self.path.join(format!("{number:016x}.body"))
    }

    /// Removes the folder with what is left in it.
    pub(super) fn remove(self) -> io::Result<()> {
        let Self { path, _lock, .. } = self;
        drop(_lock);
        std::fs::remove_dir_all(path)
    }
}

/// A spool that a process left behind, with its files of exchanges in order.
#[derive(Debug)]
pub(in crate::conversations) struct Left {
    pub(super) spool: Spool,
    pub(super) segments: VecDeque<PathBuf>,
}

/// Takes over the spools below `root` that nobody holds.
pub(in crate::conversations) fn take_over(root: &Path) -> io::Result<VecDeque<Left>> {
    let mut left = VecDeque::new();
    if !root.exists() {
        return Ok(left);
    }
    let _making = hold_all(root)?;
    for entry in std::fs::read_dir(root)? {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        let lock = File::options().create(true).truncate(false).write(true).open(path.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => continue,
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut segments: Vec<_> = std::fs::read_dir(&path)?
            .filter_map(|file| Some(file.ok()?.path()))
            .filter(|file| file.extension().is_some_and(|extension| extension == "spool"))
            .collect();
        // Their names have one width: in the order of names they are in the order of time.
        segments.sort();
        left.push_back(Left { spool: Spool { name, path, _lock: lock }, segments: segments.into() });
    }
    Ok(left)
}

fn hold_all(root: &Path) -> io::Result<File> {
    if !root.exists() {
        database::private_folder(root)?;
    }
    let lock = File::options().create(true).truncate(false).write(true).open(root.join(LOCK))?;
    lock.lock()?;
    Ok(lock)
}

/// A file of exchanges that is written.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    file: File,
    len: u64,
}

impl Segment {
    pub(super) fn create(spool: &Spool, number: u64) -> io::Result<Self> {
        let path = spool.path.join(format!("{number:016x}.spool"));
        let mut segment = Self { file: File::create_new(&path)?, path, len: 0 };
        match segment.append(MAGIC) {
            Ok(()) => Ok(segment),
            Err(error) => {
                // It would be in the way of the next try; one that cannot be removed is empty.
                let _ = std::fs::remove_file(&segment.path);
                Err(error)
            }
        }
    }

    /// Appends all of `bytes`, or nothing.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.file.write_all(bytes) {
            Ok(()) => {
                self.len += u64::try_from(bytes.len()).unwrap_or_default();
                Ok(())
            }
            Err(error) => {
                // What cannot be cut off is a torn frame, behind which nothing more may stand.
                if self.file.set_len(self.len).is_err()
                    || io::Seek::seek(&mut self.file, io::SeekFrom::End(0)).is_err()
                {
                    self.len = SEGMENT;
                }
                Err(error)
            }
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.len >= SEGMENT
    }
}

/// Where a file of exchanges comes from.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The name of its spool.
    pub(super) spool: String,
    pub(super) path: PathBuf,
}

/// The files of exchanges that are not in the database yet, oldest first.
#[derive(Debug)]
pub(super) struct Ledger {
    /// Spools of processes that are gone.
    left: VecDeque<Left>,
    /// The name of this process's spool, and its files that nobody writes to any more.
    own: Option<String>,
    full: VecDeque<PathBuf>,
    /// The one that is written to, unless it is written to just now.
    open: Option<Segment>,
    /// This process's spool, when nothing is written to it any more.
    over: Option<Spool>,
}

/// What is to be read next.
pub(super) enum Next {
    File(Source),
    /// All of this spool is read.
    Over(Spool),
    Nothing,
}

impl Ledger {
    pub(super) fn new(left: VecDeque<Left>) -> Self {
        Self { left, own: None, full: VecDeque::new(), open: None, over: None }
    }

    pub(super) fn own(&mut self, name: &str) {
        self.own = Some(name.to_owned());
    }

    /// The names of the spools of processes that are gone.
    pub(super) fn left_behind(&self) -> Vec<String> {
        self.left.iter().map(|left| left.spool.name.clone()).collect()
    }

    /// What is to be read. A file that was written to is closed by this.
    pub(super) fn next(&mut self) -> Next {
        if let Some(left) = self.left.front_mut() {
            if let Some(path) = left.segments.pop_front() {
                return Next::File(Source { spool: left.spool.name.clone(), path });
            }
            return self.left.pop_front().map_or(Next::Nothing, |left| Next::Over(left.spool));
        }
        let path = self.full.pop_front().or_else(|| self.open.take().map(|segment| segment.path));
        match (path, &self.own) {
            (Some(path), Some(spool)) => Next::File(Source { spool: spool.clone(), path }),
            _ => self.over.take().map_or(Next::Nothing, Next::Over),
        }
    }

    /// Nothing is written to this process's spool any more.
    pub(super) fn give_up(&mut self, spool: Spool) {
        self.over = Some(spool);
    }

    /// Takes the file that is written to; meanwhile it is not read.
    pub(super) fn take_open(&mut self) -> Option<Segment> {
        self.open.take()
    }

    /// Gives it back.
    pub(super) fn put(&mut self, segment: Segment) {
        if segment.is_full() {
            self.full.push_back(segment.path);
        } else {
            self.open = Some(segment);
        }
    }
}
