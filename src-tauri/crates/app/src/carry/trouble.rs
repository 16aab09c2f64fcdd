//! What can go wrong with a file, in words.

use postern_browser::{BrowserError, StateError};
use postern_console::api::enrolments::{EnrolmentProblem, ProblemKind};
use postern_vault::ArchiveError;

use super::unpack::UnpackError;
use crate::enrol::problem;

/// The file is none of those that are understood.
pub(super) fn bad_file(why: &StateError) -> EnrolmentProblem {
    problem(
        ProblemKind::BadFile,
        format!("The file cannot be used: {why}."),
        "Choose a storage_state JSON, the cookies that a browser extension exports as JSON or cookies.txt, or a \
         sealed profile of Postern.",
    )
}

/// Nobody can be signed in with it.
pub(super) fn no_session(what: &str, names: &[&'static str]) -> EnrolmentProblem {
    problem(
        ProblemKind::NotSignedIn,
        format!("Nobody is signed in with this file: {what} {}.", names.join(", ")),
        "Export the session again from a browser in which AI Studio shows its prompt, or sign in with a browser on \
         this computer.",
    )
}

/// Browsers run elsewhere, where their profiles are.
pub(super) fn elsewhere() -> EnrolmentProblem {
    problem(
        ProblemKind::Other,
        "The browsers run on another machine (browser.webdriver_url), where their profiles are.",
        "Import the account on that machine, or use a browser on this one.",
    )
}

/// The browser did not take the session.
pub(super) fn of_browser(error: &BrowserError) -> EnrolmentProblem {
    let (kind, action) = match error {
        BrowserError::Find(_) => (ProblemKind::NoDriver, "Run `postern doctor` to see what is missing."),
        BrowserError::Start(_) => (ProblemKind::BrowserStart, "Run `postern doctor` to see what is missing."),
        BrowserError::ProfileInUse => (ProblemKind::ProfileInUse, "Close that browser, then try again."),
        BrowserError::Profile(_) => (
            ProblemKind::Disk,
            "See whether the disk is full and the data folder can be written to, then try again.",
        ),
        _ => (ProblemKind::Other, "Try again."),
    };
    problem(kind, format!("The session could not be put into a browser: {error}."), action)
}

/// The archive cannot be opened.
pub(super) fn of_archive(error: &UnpackError) -> EnrolmentProblem {
    match error {
        UnpackError::Archive(ArchiveError::WrongPassphrase) => problem(
            ProblemKind::WrongPassphrase,
            "This is not the passphrase of the archive.",
            "Cancel this and choose the file again, with the passphrase that it was sealed with.",
        ),
        UnpackError::Archive(ArchiveError::Write(_)) | UnpackError::Disk(_) => problem(
            ProblemKind::Disk,
            format!("The archive could not be unpacked: {error}."),
            "See whether the disk is full and the data folder can be written to, then try again.",
        ),
        UnpackError::Archive(_) | UnpackError::Refused(_) | UnpackError::Tar => problem(
            ProblemKind::BadFile,
            format!("The archive cannot be used: {error}."),
            "Export the profile once more where it comes from.",
        ),
    }
}

/// The archive is sealed, and nobody said with what.
pub(super) fn no_passphrase() -> EnrolmentProblem {
    problem(
        ProblemKind::WrongPassphrase,
        "This is a sealed profile; it opens with its passphrase only.",
        "Cancel this and choose the file again, with its passphrase.",
    )
}
