//! Enrolments, for the console.

use futures::future::BoxFuture;
use postern_console::api::enrolments::{EnrolmentChoices, EnrolmentView, ImportStart, SignInStart};
use postern_console::{Code, EnrolmentDesk, Trouble};
use tokio::sync::watch;

use super::HouseDesk;

impl EnrolmentDesk for HouseDesk {
    fn enrolments(&self) -> Vec<EnrolmentView> {
        Vec::new()
    }

    fn enrolment_changes(&self) -> watch::Receiver<u64> {
        self.rooms.roster.changes()
    }

    fn enrolment_choices(&self) -> BoxFuture<'_, Result<EnrolmentChoices, Trouble>> {
        later()
    }

    fn sign_in(&self, _start: SignInStart) -> BoxFuture<'_, Result<EnrolmentView, Trouble>> {
        later()
    }

    fn import(&self, _start: ImportStart) -> BoxFuture<'_, Result<Vec<EnrolmentView>, Trouble>> {
        later()
    }

    fn signed_in<'a>(&'a self, _id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        later()
    }

    fn retry_enrolment<'a>(&'a self, _id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        later()
    }

    fn replace_by_enrolment<'a>(&'a self, _id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        later()
    }

    fn cancel_enrolment<'a>(&'a self, _id: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        later()
    }
}

fn later<T: Send + 'static>() -> BoxFuture<'static, Result<T, Trouble>> {
    Box::pin(async { Err(Trouble::new(Code::Unavailable, "not built yet")) })
}
