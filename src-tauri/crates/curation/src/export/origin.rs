//! Where conversations come from.

use std::path::PathBuf;

use postern_store::{Alike, Likeness, Seq, ThreadId, ThreadRow};

use super::Error;
use super::target::Shelf;
use crate::conversation::{Conversation, Turn};

/// A conversation, with what people decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// As it is listed.
    pub row: ThreadRow,
    /// What was said, as it was edited.
    pub conversation: Conversation,
    /// What was said before it was edited.
    pub original: Option<Conversation>,
    /// Better and worse answers that somebody told apart.
    pub pairs: Vec<Preference>,
}

/// A better and a worse answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Preference {
    /// How many turns they answer.
    pub at: usize,
    /// The better one.
    pub chosen: Turn,
    /// The worse one.
    pub rejected: Turn,
}

/// An exchange as it was, for those who want it raw.
#[derive(Clone, Debug, PartialEq)]
pub struct RawExchange {
    /// The method and the path it went to.
    pub path: String,
    /// The server it went to.
    pub host: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The body of the request.
    pub request: Vec<u8>,
    /// The body of the answer.
    pub response: Vec<u8>,
}

/// Where conversations come from, one after the other, so that memory stays flat.
pub trait Origin {
    /// How many there are, for those who watch.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn count(&mut self) -> Result<u64, Error>;

    /// Those that may say the same as another, the next ones after `after`: all of a group behind each other, and by their
    /// ids within it. Empty at the end.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn alike(&mut self, by: Likeness, after: Option<Alike>) -> Result<Vec<Alike>, Error>;

    /// The next of them after `after`, by their ids, in pieces. Empty at the end.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn records(&mut self, after: Option<ThreadId>) -> Result<Vec<Record>, Error>;

    /// An exchange as it was.
    ///
    /// # Errors
    ///
    /// When the store fails.
    fn raw(&mut self, seq: Seq) -> Result<Option<RawExchange>, Error>;

    /// The file of a picture or recording.
    fn media(&self, sha256: &str) -> Option<PathBuf>;
}

/// The pictures and recordings of an origin.
pub(crate) struct Pictures<'a>(pub(crate) &'a dyn Origin);

impl Shelf for Pictures<'_> {
    fn has(&self, sha256: &str) -> bool {
        self.0.media(sha256).is_some_and(|path| path.is_file())
    }

    fn bytes(&self, sha256: &str) -> Option<Vec<u8>> {
        std::fs::read(self.0.media(sha256)?).ok()
    }
}
