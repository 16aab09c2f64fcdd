//! Accounts in a form that can be carried elsewhere.

use std::io::{self, PipeReader, Write};
use std::path::Path;

use postern_aistudio::Studio;
use postern_aistudio::session::Session;
use postern_browser::{BrowserError, Profile};
use postern_protocol::Secret;
use postern_protocol::chat::{Failure, FailureKind};
use postern_vault::{ArchiveError, archive};
use serde_json::json;

use super::SHORTEST_PASSPHRASE;
use super::pack::pack;
use crate::accounts::Kept;

/// Why an account cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Its page does not show the editor.
    #[error("{0}")]
    NotSignedIn(String),
    /// Somebody else is signed in there.
    #[error("{shown} is signed in there, but this is the account of {known}")]
    OtherAccount {
        /// Whose page it is.
        shown: String,
        /// Whose account it is.
        known: String,
    },
    /// Its browser does not do what it should.
    #[error("{0}")]
    Browser(String),
    /// Somebody who has the file could guess it.
    #[error("the passphrase is too short: use at least {SHORTEST_PASSPHRASE} characters")]
    ShortPassphrase,
    /// Its profile is open in a browser.
    #[error("the profile of the account is in use")]
    InUse,
    /// A file could not be read or written.
    #[error("the profile cannot be packed: {0}")]
    Disk(#[from] io::Error),
    /// The archive could not be sealed.
    #[error("the archive cannot be sealed: {0}")]
    Seal(ArchiveError),
}

/// The session of the account, read off its page, which is opened for it.
pub async fn session(studio: &Studio, kept: &Kept) -> Result<Session, ExportError> {
    let session = studio.session().await.map_err(of_failure)?;
    match (&session.owner, &kept.email) {
        (Some(shown), Some(known)) if !shown.eq_ignore_ascii_case(known) => {
            Err(ExportError::OtherAccount { shown: shown.clone(), known: known.clone() })
        }
        _ => Ok(session),
    }
}

/// The session as Playwright's `storage_state`, in clear.
pub fn storage_state(session: Session) -> Secret {
    let Session { mut state, owner } = session;
    if let Some(owner) = owner {
        // Other programs that read this form look for it there.
        state.extra.insert("accountName".to_owned(), json!(owner));
    }
    state.to_json()
}

/// Whether a profile can be sealed with it.
pub fn check_passphrase(passphrase: &Secret) -> Result<(), ExportError> {
    let long = passphrase.expose().chars().count() >= SHORTEST_PASSPHRASE;
    if long { Ok(()) } else { Err(ExportError::ShortPassphrase) }
}

/// Writes the sealed profile. Nobody may use the profile meanwhile, which this makes sure of. Blocks.
pub fn sealed_profile(
    profile: &Path,
    kept: &Kept,
    session: Option<&Session>,
    passphrase: &Secret,
    out: impl Write,
) -> Result<(), ExportError> {
    check_passphrase(passphrase)?;
    let held = Profile::open(profile).map_err(|error| match error {
        BrowserError::Profile(error) => ExportError::Disk(error),
        _ => ExportError::InUse,
    })?;
    let (read, write) = io::pipe()?;
    std::thread::scope(|threads| {
        let state = session.map(|session| &session.state);
        let packing = threads.spawn(move || pack(held.dir(), kept, state, write));
        let sealed = seal(passphrase, read, out);
        // A pipe that broke because sealing failed is not what went wrong.
        let packed = packing.join().unwrap_or_else(|_| Err(io::Error::other("packing broke off")));
        sealed?;
        Ok(packed?)
    })
}

fn seal(passphrase: &Secret, read: PipeReader, out: impl Write) -> Result<(), ExportError> {
    match archive::seal(passphrase, read, out) {
        Ok(_) => Ok(()),
        Err(ArchiveError::Write(error)) => Err(ExportError::Disk(error)),
        Err(error) => Err(ExportError::Seal(error)),
    }
}

fn of_failure(failure: Failure) -> ExportError {
    match failure.kind {
        FailureKind::SignInExpired | FailureKind::NeedsVerification | FailureKind::Refused => {
            ExportError::NotSignedIn(failure.message)
        }
        _ => ExportError::Browser(failure.message),
    }
}
