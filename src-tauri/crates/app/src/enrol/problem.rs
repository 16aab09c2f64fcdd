//! What can go wrong on the way of an account into service, in words, each with what to do next.

use postern_console::api::enrolments::{EnrolmentProblem, ProblemKind};

/// A problem of this kind.
pub(crate) fn problem(
    kind: ProblemKind,
    message: impl Into<String>,
    action: impl Into<String>,
) -> EnrolmentProblem {
    EnrolmentProblem { kind, message: message.into(), action: action.into() }
}

/// The disk did not take something.
pub(super) fn disk(what: &str, error: &std::io::Error) -> EnrolmentProblem {
    problem(
        ProblemKind::Disk,
        format!("Postern could not {what}: {error}"),
        "See whether the disk is full and the data folder can be written to, then try again.",
    )
}
