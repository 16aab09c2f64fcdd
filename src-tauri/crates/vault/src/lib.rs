//! The vault: keeps what must not lie on the disk in clear.
//!
//! In come secret bytes and what they belong to, out come [`Sealed`] bytes that somebody else keeps, and the other
//! way round. One master key of 32 bytes seals them all; [`Vault`] finds it where it was given or kept, keeps a new
//! one in the system's keyring, or in a file where there is no keyring, and never asks the keyring for longer than a
//! few seconds. It holds several keys at once, so that whoever keeps the rows can go from one key to another without
//! a moment in which rows have no key. [`archive`] seals files with a passphrase, to carry them to another machine.

pub mod archive;
mod error;
mod given;
mod key;
mod keyring;
mod safe;
mod sealed;
mod shelf;
#[cfg(test)]
mod tests;
mod vault;

pub use archive::ArchiveError;
pub use error::Error;
pub use given::Given;
pub use key::{BadKey, KeyId, MasterKey};
pub use keyring::SystemKeyring;
pub use safe::{Safe, SafeError};
pub use sealed::Sealed;
pub use vault::{Config, Source, Vault, Warning};
