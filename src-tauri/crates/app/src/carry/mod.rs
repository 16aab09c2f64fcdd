//! Carrying accounts between machines and programs.
//!
//! In come files ([`given`]): sessions of other programs ([`cookies`]) and sealed profiles of Postern ([`sealed`]);
//! each becomes an enrolment, whose first step puts it into a fresh profile. Out go the same forms ([`export`]).
//! What was imported as cookies is kept up to date and sealed ([`keep`]), because such a session has no other home.
//! No session and no passphrase is in a log, an error or a file outside of a profile and the vault.

mod cookies;
mod export;
mod given;
mod keep;
mod names;
mod pack;
mod sealed;
mod trouble;
mod unpack;

pub use export::{ExportError, check_passphrase, sealed_profile, session, storage_state};
pub use given::{File, Given, import, is_sealed};
pub(crate) use keep::Keeper;

/// Fewer characters are guessed too soon by somebody who has the file.
pub const SHORTEST_PASSPHRASE: usize = 12;
