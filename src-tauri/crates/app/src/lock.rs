//! One server per data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;

use crate::Paths;

/// Held for as long as a server uses the data folder; the system frees it when the process ends, however
/// it ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// Why the data folder cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another server has it.
    #[error(
        "{} is in use by another Postern server{}; stop that server first, or choose another folder with \
         --data-dir",
        folder.display(),
        process.as_ref().map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The other server's process, if it said so.
        process: Option<String>,
    },
    /// The lock file cannot be opened.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl DataLock {
    /// Takes the data folder.
    pub fn take(paths: &Paths) -> Result<Self, LockError> {
        let path = paths.lock_file();
        let failed = |source| LockError::Io { path: path.clone(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::InUse { folder: paths.data().to_owned(), process: owner(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        sign(&mut file).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

fn sign(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}

/// What the holder wrote. Where the system lets nobody read a locked file, the error just says less.
fn owner(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    let id = text.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_one_owner_at_a_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
        let lock = DataLock::take(&paths).expect("free");
        let error = DataLock::take(&paths).expect_err("taken");
        assert!(matches!(error, LockError::InUse { .. }), "{error}");
        #[cfg(unix)]
        assert!(error.to_string().contains(&format!("(process {})", std::process::id())), "{error}");
        drop(lock);
        DataLock::take(&paths).expect("free again");
    }
}
