//! One small file of somebody else: read, copied, replaced.

use std::fmt::Write as _;
use std::fs::{Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::tools::stamp::Stamp;

/// What stands between a file's name and the time of its copy.
const BACKUP: &str = ".postern-backup-";

/// Most copies of one file that are kept.
const KEPT: usize = 5;

/// Most bytes of a file that people write by hand.
const LARGEST: u64 = 4 * 1024 * 1024;

/// A file as it is now.
#[derive(Debug)]
pub(super) struct Target {
    /// The file itself, also when it was named through a link.
    pub(super) path: PathBuf,
    /// What is in it; nothing when there is no file.
    pub(super) text: String,
    /// `None` when there is no file.
    meta: Option<Metadata>,
}

/// A copy made earlier.
#[derive(Debug)]
pub(super) struct Backup {
    pub(super) path: PathBuf,
    /// When it was made, in seconds of Unix time.
    pub(super) at: u64,
}

impl Target {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        // Configuration is often a link into a folder of dotfiles: the link stays, its target changes.
        let path = match std::fs::symlink_metadata(path) {
            Ok(_) => path.canonicalize()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path: path.to_owned(), text: String::new(), meta: None });
            }
            Err(error) => return Err(error),
        };
        let meta = std::fs::metadata(&path)?;
        // Reading a pipe or a device would not end.
        if !meta.is_file() || meta.len() > LARGEST {
            return Err(io::Error::other("it is not a small file"));
        }
        let text = std::fs::read_to_string(&path)?;
        Ok(Self { path, text, meta: Some(meta) })
    }

    /// What the file is like; another text when anything in it changes.
    pub(super) fn revision(&self) -> String {
        if self.meta.is_none() {
            return "none".to_owned();
        }
        Sha256::digest(self.text.as_bytes()).iter().fold(String::new(), |mut text, byte| {
            // Writing into a text cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    pub(super) fn newest_backup(&self) -> Option<Backup> {
        let path = self.backups().pop()?;
        let made = std::fs::metadata(&path).ok()?.modified().ok()?;
        Some(Backup { path, at: made.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() })
    }

    /// The copies that were made, the oldest first.
    fn backups(&self) -> Vec<PathBuf> {
        let prefix = format!("{}{BACKUP}", self.name());
        let entries = self.path.parent().and_then(|folder| std::fs::read_dir(folder).ok());
        let names =
            entries.into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut own: Vec<PathBuf> = names
            .filter(|name| name.strip_prefix(&prefix).is_some_and(Stamp::is_one))
            .map(|name| self.path.with_file_name(name))
            .collect();
        own.sort();
        own
    }

    /// Removes the oldest copies where there are too many. One that cannot be removed does no harm.
    fn prune(&self) {
        let backups = self.backups();
        for path in &backups[..backups.len().saturating_sub(KEPT)] {
            if let Err(error) = std::fs::remove_file(path) {
                tracing::debug!(%error, "an old copy stays");
            }
        }
    }

    /// Puts the text in the file's place, all or nothing, after a copy of what was there. Says where the
    /// copy is. A text that stands there already is not written.
    pub(super) fn replace(&self, text: &str) -> io::Result<Option<PathBuf>> {
        if self.meta.is_some() && text == self.text {
            return Ok(None);
        }
        let folder = self.path.parent().ok_or_else(|| io::Error::other("it is in no folder"))?;
        std::fs::create_dir_all(folder)?;
        let backup = self.meta.is_some().then(|| self.back_up()).transpose()?;
        let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
        fresh.write_all(text.as_bytes())?;
        // A new file is for its owner alone, as the temporary one is: it has a key in it.
        if let Some(meta) = &self.meta {
            fresh.as_file().set_permissions(meta.permissions())?;
        }
        fresh.as_file().sync_all()?;
        fresh.persist(&self.path).map_err(|error| error.error)?;
        self.prune();
        Ok(backup)
    }

    fn back_up(&self) -> io::Result<PathBuf> {
        let name = self.name();
        let path = |stamp: &Stamp| self.path.with_file_name(format!("{name}{BACKUP}{stamp}"));
        let newest = self.backups().pop();
        let (path, mut file) = Stamp::now().first_free(|stamp| {
            let path = path(stamp);
            // The name of a copy that was removed is not given again: names tell which copy is the newest.
            if newest.as_ref().is_some_and(|newest| *newest >= path) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            private_file(&path).map(|file| (path, file))
        })?;
        file.write_all(self.text.as_bytes())?;
        file.sync_all()?;
        Ok(path)
    }

    fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

fn private_file(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
