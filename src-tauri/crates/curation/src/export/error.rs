//! What can go wrong with an export as a whole.

use std::io;
use std::path::{Path, PathBuf};

use postern_store::ThreadId;

/// What can go wrong with an export as a whole. What goes wrong with a conversation leaves that one out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The specification cannot be followed.
    #[error("{0}")]
    Spec(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] postern_store::Error),
    /// A conversation in the store is not one.
    #[error("conversation {} cannot be read: {source}", id.0)]
    Body {
        /// Which.
        id: ThreadId,
        /// Why.
        source: serde_json::Error,
    },
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is something already where the export should go.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// A Parquet file cannot be written.
    #[error("writing Parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Somebody called it off. Nothing of it is left.
    #[error("it was called off")]
    Cancelled,
}

impl Error {
    /// The error of a file.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::File { path: path.to_owned(), source }
    }
}
