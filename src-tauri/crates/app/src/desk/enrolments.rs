//! Enrolments, for the console.

use futures::future::BoxFuture;
use postern_console::api::enrolments::{EnrolmentChoices, EnrolmentView, ImportStart, SignInStart};
use postern_console::{EnrolmentDesk, Trouble};
use tokio::sync::watch;

use super::{HouseDesk, to_the_end};

impl EnrolmentDesk for HouseDesk {
    fn enrolments(&self) -> Vec<EnrolmentView> {
        self.rooms.enrolments.views()
    }

    fn enrolment_changes(&self) -> watch::Receiver<u64> {
        self.rooms.enrolments.changes()
    }

    fn enrolment_choices(&self) -> BoxFuture<'_, Result<EnrolmentChoices, Trouble>> {
        Box::pin(self.rooms.enrolments.choices())
    }

    fn sign_in(&self, start: SignInStart) -> BoxFuture<'_, Result<EnrolmentView, Trouble>> {
        Box::pin(self.rooms.enrolments.sign_in(start))
    }

    fn import(&self, start: ImportStart) -> BoxFuture<'_, Result<Vec<EnrolmentView>, Trouble>> {
        Box::pin(self.bring_in(start))
    }

    fn signed_in<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        Box::pin(async { self.rooms.enrolments.signed_in(id) })
    }

    fn retry_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        Box::pin(async { self.rooms.enrolments.retry(id) })
    }

    fn replace_by_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        Box::pin(async { self.rooms.enrolments.replace(id) })
    }

    fn cancel_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        let (enrolments, id) = (self.rooms.enrolments.clone(), id.to_owned());
        to_the_end(async move { enrolments.cancel(&id).await })
    }
}
