use std::path::PathBuf;

use crate::{BadKey, KeyId, SafeError};

/// Why the vault could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no place to keep a key in.
    #[error("there is no place for the master key: {keyring}; {} cannot be written: {source}", path.display())]
    NoPlace {
        /// What the keyring said.
        keyring: String,
        /// The file that would be the other place.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file of keys cannot be read or changed.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The keyring cannot be used now.
    #[error(transparent)]
    Keyring(#[from] SafeError),
    /// No key was found, and none was made.
    #[error("there is no master key")]
    NoKey,
    /// What is sealed needs a key that is not here.
    #[error("this was sealed with another master key ({0}), which is not here")]
    OtherKey(KeyId),
    /// The bytes are not what was sealed for this place.
    #[error("what is stored here was damaged, or belongs elsewhere")]
    Damaged,
    /// The text is no key.
    #[error(transparent)]
    BadKey(#[from] BadKey),
    /// The system has no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
}
