//! The vault: keeps what must not lie on the disk in clear.
//!
//! In come secret bytes and what they belong to, out come sealed bytes that somebody else keeps, and the other
//! way round. [`archive`] seals files with a passphrase, to carry them to another machine.

pub mod archive;

pub use archive::ArchiveError;
