//! Where files lie while their request is answered: in a folder of the request's own, for this user alone.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use super::{HEAD, MediaError};

/// All files of a request may have so many times the bytes of one.
const TOGETHER: u64 = 4;

/// The files of one request. What is in it goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: TempDir,
    files: AtomicUsize,
    /// Bytes of all of them.
    size: Arc<AtomicU64>,
}

/// A file that is being written, and then has its place.
#[derive(Debug)]
pub(crate) struct Draft {
    path: PathBuf,
    file: File,
    head: Vec<u8>,
    size: u64,
    limit: u64,
    /// Bytes of all files of its folder.
    all: Arc<AtomicU64>,
}

/// Makes the folder of all requests, without what an earlier program left in it.
pub(super) fn empty(root: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(root) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => private_folder(root),
    }
}

fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

impl Folder {
    pub(super) fn within(root: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("request-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        // The data folder may have been tidied up by hand meanwhile.
        private_folder(root)?;
        Ok(Self { dir: builder.tempdir_in(root)?, files: AtomicUsize::new(0), size: Arc::default() })
    }

    /// Where it is.
    #[cfg(test)]
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A file for so many bytes at most, in a folder of its own so that it can have any name.
    pub(super) fn draft(&self, limit: u64) -> Result<Draft, MediaError> {
        let number = self.files.fetch_add(1, Ordering::Relaxed);
        let dir = self.dir.path().join(number.to_string());
        private_folder(&dir).map_err(disk)?;
        let path = dir.join("content");
        let file = File::from_std(std::fs::File::create_new(&path).map_err(disk)?);
        Ok(Draft { path, file, head: Vec::new(), size: 0, limit, all: Arc::clone(&self.size) })
    }
}

impl Draft {
    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), MediaError> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(MediaError::TooLarge { limit: self.limit });
        }
        let more = bytes.len() as u64;
        let most = self.limit.saturating_mul(TOGETHER);
        if self.all.fetch_add(more, Ordering::Relaxed).saturating_add(more) > most {
            return Err(MediaError::TooMuch { limit: most });
        }
        let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..room]);
        self.file.write_all(bytes).await.map_err(disk)
    }

    pub(super) async fn finish(&mut self) -> Result<(), MediaError> {
        self.file.flush().await.map_err(disk)?;
        if self.size == 0 { Err(MediaError::Empty) } else { Ok(()) }
    }

    /// How it begins.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// How many bytes it has.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Gives it this name, and says where it is.
    pub(crate) fn named(self, name: &str) -> io::Result<PathBuf> {
        let path = self.path.with_file_name(name);
        // Some systems do not rename a file that is open.
        drop(self.file);
        std::fs::rename(&self.path, &path)?;
        Ok(path)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where a function of an error is wanted")]
fn disk(error: io::Error) -> MediaError {
    MediaError::Disk(error.to_string())
}
