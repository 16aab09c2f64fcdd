//! The joint for imports: whatever fills a fresh profile with a session in place of a person who signs in.

use std::path::Path;

use futures::future::BoxFuture;
use postern_console::api::accounts::AccountSource;
use postern_console::api::enrolments::{EnrolmentKind, EnrolmentProblem};

use crate::accounts::Share;

/// The first step of an import, [`EnrolmentStep::File`](postern_console::api::enrolments::EnrolmentStep::File). All
/// that follows (page, identity, models, question, save) is the machine's, as after a sign-in.
///
/// A session lives in this value alone until it is in the profile: nothing of it is written anywhere else. So an
/// import that was cut short before its file was in the profile has to be begun anew with the file.
pub(crate) trait Bring: Send + Sync + 'static {
    /// [`EnrolmentKind::Cookies`] or [`EnrolmentKind::SealedProfile`].
    fn kind(&self) -> EnrolmentKind;

    /// What is kept of the account about where its profile came from.
    fn source(&self) -> AccountSource;

    /// The file's name, for people.
    fn file(&self) -> String;

    /// Puts the session into the profile. The folder is there, empty and its owner's alone; no browser is on it, and
    /// none may be left on it. It is in the accounts' staging area, so that nothing of a failed import is ever seen
    /// as an account. When it fails the step can be tried again, and then the folder is empty again.
    ///
    /// Dropping the future calls the import off: processes that it started on the profile are ended by the machine.
    fn fill<'a>(&'a self, profile: &'a Path) -> BoxFuture<'a, Result<Brought, EnrolmentProblem>>;
}

/// What the file held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Brought {
    /// What is said beside the step, such as how many cookies there were.
    pub(crate) note: Option<String>,
    /// What its owner had decided about the account, where the file says so.
    pub(crate) share: Option<Share>,
}
