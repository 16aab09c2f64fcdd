use std::path::PathBuf;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder or file could not be created or protected.
    #[error("cannot prepare {}: {source}", path.display())]
    Files {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A newer program wrote this database.
    #[error(
        "{} was written by a newer Postern (its layout is {found}, this program knows up to {known}); \
         update this program, or start it with another data folder",
        path.display()
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The layout it has.
        found: u32,
        /// The newest layout this program knows.
        known: u32,
    },
    /// The database could not be opened.
    #[error("cannot open the database {}: {source}", path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// SQLite refused an operation.
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// Another key has this name.
    #[error("a key named \"{0}\" exists already; choose another name or remove that key first")]
    NameTaken(String),
    /// The name cannot be used.
    #[error("\"{0}\" cannot be a key's name: use 1 to 64 visible characters that are not digits only")]
    BadName(String),
    /// The text cannot be a key.
    #[error("a key needs at least 8 characters, and a client can send visible ASCII only")]
    BadKey,
    /// This is a key already.
    #[error("this is the key \"{0}\" already")]
    KnownKey(String),
    /// The model or pattern cannot be used.
    #[error("\"{0}\" cannot be a model: use a model's name, or a pattern with *")]
    BadModel(String),
    /// The limit cannot be used.
    #[error("a limit of 0 would admit nothing: use at least 1, or switch the key off")]
    BadLimit,
    /// The place in a list is none that the list gave in this order.
    #[error("\"{0}\" is no place in this list: begin again with its first page")]
    BadPlace(String),
    /// What is stored cannot be read.
    #[error("a stored record cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// What is stored is not what was stored.
    #[error("{0} is damaged")]
    Damaged(&'static str),
    /// No key matches.
    #[error("no key has the name, id or prefix \"{0}\"")]
    NoSuchKey(String),
    /// Several keys match.
    #[error("\"{which}\" fits several keys ({}); use the name or the id", names.join(", "))]
    Ambiguous {
        /// What was asked for.
        which: String,
        /// The names of the keys it fits.
        names: Vec<String>,
    },
}
