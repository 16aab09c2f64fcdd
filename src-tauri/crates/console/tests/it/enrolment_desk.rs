//! What the desk of the tests does with enrolments.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use postern_console::api::enrolments::{
    EnrolmentChoices, EnrolmentKind, EnrolmentPhase, EnrolmentStep, EnrolmentView, ImportStart, SignInStart,
    StepState, StepView,
};
use postern_console::{Code, EnrolmentDesk, Trouble};
use tokio::sync::watch;

use crate::desk::FakeDesk;

fn enrolment(id: &str, name: String) -> EnrolmentView {
    EnrolmentView {
        id: id.to_owned(),
        kind: EnrolmentKind::SignIn,
        name,
        email: None,
        file: None,
        browser: None,
        phase: EnrolmentPhase::AwaitingPerson,
        steps: vec![StepView { step: EnrolmentStep::Network, state: StepState::Done { note: None } }],
        started_at: 0,
    }
}

impl FakeDesk {
    fn enrolled<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        let found = self.enrolments().into_iter().find(|enrolment| enrolment.id == id);
        ready(found.ok_or_else(|| Trouble::new(Code::NotFound, "There is no such enrolment."))).boxed()
    }
}

impl EnrolmentDesk for FakeDesk {
    fn enrolments(&self) -> Vec<EnrolmentView> {
        vec![enrolment("e1", "new".to_owned())]
    }

    fn enrolment_changes(&self) -> watch::Receiver<u64> {
        self.changes[5].subscribe()
    }

    fn enrolment_choices(&self) -> BoxFuture<'_, Result<EnrolmentChoices, Trouble>> {
        let choices = EnrolmentChoices {
            browsers: Vec::new(),
            screen: true,
            remote: false,
            free_name: "account-1".to_owned(),
        };
        ready(Ok(choices)).boxed()
    }

    fn sign_in(&self, start: SignInStart) -> BoxFuture<'_, Result<EnrolmentView, Trouble>> {
        let outcome = if start.consent {
            Ok(enrolment("e2", start.name.unwrap_or_else(|| "account-1".to_owned())))
        } else {
            Err(Trouble::new(Code::Invalid, "Nothing begins without consent.").field("consent"))
        };
        ready(outcome).boxed()
    }

    fn import(&self, start: ImportStart) -> BoxFuture<'_, Result<Vec<EnrolmentView>, Trouble>> {
        let begun = start.files.into_iter().map(|file| enrolment("e3", file.name)).collect();
        ready(Ok(begun)).boxed()
    }

    fn signed_in<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        self.enrolled(id)
    }

    fn retry_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        self.enrolled(id)
    }

    fn replace_by_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<EnrolmentView, Trouble>> {
        self.enrolled(id)
    }

    fn cancel_enrolment<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        self.enrolled(id).map(|found| found.map(drop)).boxed()
    }
}
