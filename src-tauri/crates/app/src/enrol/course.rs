//! One enrolment on its way: the task that goes from step to step, waits for the person where it has to, and leaves
//! nothing behind when it is called off.

use std::path::PathBuf;
use std::sync::Arc;

use postern_aistudio::Studio;
use postern_browser::Profile;
use postern_console::api::enrolments::{
    EnrolmentKind, EnrolmentPhase, EnrolmentProblem, EnrolmentStep, ProblemKind, StepState,
};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::UnboundedReceiver;

use super::Inner;
use super::bring::Bring;
use super::entry::{Order, Shared, steps};
use super::launcher::Launched;
use super::problem::{disk, problem};
use super::save::Saved;
use super::staging::{Note, Place};
use crate::AccountName;

/// Where the session of an enrolment comes from.
pub(super) enum Origin {
    /// A person signs in.
    Person,
    /// A file has it.
    File(Arc<dyn Bring>),
    /// It was begun by a Postern that was killed.
    Interrupted,
}

/// A step that failed.
struct Stuck {
    step: EnrolmentStep,
    problem: EnrolmentProblem,
}

/// An enrolment, in the hands of its task.
pub(super) struct Course {
    pub(super) machine: Arc<Inner>,
    pub(super) place: Place,
    pub(super) note: Note,
    origin: Origin,
    pub(super) shared: Arc<Shared>,
    /// The person's browser.
    pub(super) launched: Option<Launched>,
    /// The profile, while the person's browser is on it.
    pub(super) hold: Option<Profile>,
    /// The profile under the driver.
    pub(super) studio: Option<Studio>,
    /// Its turn among those that need a browser of Postern's.
    turn: Option<OwnedSemaphorePermit>,
    /// What the profile was last opened with.
    pub(super) browser: Option<String>,
    /// The account of a sign-in again, while the others do without it.
    resting: Option<AccountName>,
}

impl Course {
    pub(super) fn new(
        machine: Arc<Inner>,
        place: Place,
        note: Note,
        origin: Origin,
        shared: Arc<Shared>,
    ) -> Self {
        let course = Self {
            machine,
            place,
            note,
            origin,
            shared,
            launched: None,
            hold: None,
            studio: None,
            turn: None,
            browser: None,
            resting: None,
        };
        course.shared.on_profile(Some(course.profile()));
        course
    }

    /// Goes on until the account is in service, or somebody calls it off.
    pub(super) async fn run(mut self, mut orders: UnboundedReceiver<Order>) {
        let shared = Arc::clone(&self.shared);
        let mut next = match self.origin {
            Origin::Interrupted => {
                shared.phase(EnrolmentPhase::Interrupted);
                None
            }
            Origin::Person | Origin::File(_) => steps(self.note.kind).first().copied(),
        };
        let mut stuck = None;
        loop {
            if let Some(step) = next.take() {
                let gone = tokio::select! {
                    biased;
                    () = shared.stopped() => break,
                    gone = self.go(step) => gone,
                };
                self.let_free().await;
                // What is saved is not called off half-way.
                let gone = match gone {
                    Ok(()) => self.save(None).await,
                    Err(stuck) => Err(stuck),
                };
                stuck = match gone {
                    Ok(Some(account)) => return self.settled(account).await,
                    Ok(None) => None,
                    Err(stuck) => Some(self.fail(stuck)),
                };
                self.take_back().await;
            }
            let order = tokio::select! {
                biased;
                () = shared.stopped() => break,
                order = orders.recv() => order,
            };
            match order {
                None => break,
                Some(Order::Retry) => next = Some(self.again_from(stuck.as_ref())),
                Some(Order::Replace) => match self.replace().await {
                    Ok(Some(account)) => return self.settled(account).await,
                    Ok(None) => {}
                    Err(problem) => stuck = Some(self.fail(problem)),
                },
            }
        }
        self.end().await;
    }

    /// Does the steps from this one on, up to the one that saves.
    async fn go(&mut self, from: EnrolmentStep) -> Result<(), Stuck> {
        self.shared.rewind(from);
        self.shared.phase(EnrolmentPhase::Working);
        self.let_go().await.map_err(|problem| Stuck { step: from, problem })?;
        for &step in steps(self.note.kind) {
            if step < from || step == EnrolmentStep::Save {
                continue;
            }
            self.shared.step(step, StepState::Running);
            let note = self.perform(step).await.map_err(|problem| Stuck { step, problem })?;
            self.shared.step(step, StepState::Done { note });
        }
        Ok(())
    }

    async fn perform(&mut self, step: EnrolmentStep) -> Result<Option<String>, EnrolmentProblem> {
        match step {
            EnrolmentStep::File => self.fill().await,
            EnrolmentStep::Network => self.reach().await,
            EnrolmentStep::Browser => self.start_browser().await,
            EnrolmentStep::SignIn => self.await_person().await,
            EnrolmentStep::Page => self.open_page().await,
            EnrolmentStep::Identity => self.identify().await,
            EnrolmentStep::Models => self.read_models().await,
            EnrolmentStep::Question => self.ask().await,
            EnrolmentStep::Save => Ok(None),
        }
    }

    /// Puts the session of a file into the profile.
    async fn fill(&mut self) -> Result<Option<String>, EnrolmentProblem> {
        let Origin::File(session) = &self.origin else {
            return Err(problem(
                ProblemKind::BadFile,
                "Postern ended before the file was read.",
                "Cancel this and choose the file again.",
            ));
        };
        let session = Arc::clone(session);
        self.take_turn().await;
        self.place.empty_profile().map_err(|error| disk("make the profile folder", &error))?;
        let brought = session.fill(&self.profile()).await?;
        self.note.filled = true;
        // A sealed profile says itself where it came from.
        self.note.source = session.source();
        self.note.share = brought.share;
        self.write_down()?;
        Ok(brought.note)
    }

    /// Where a further try begins.
    fn again_from(&self, stuck: Option<&(EnrolmentStep, ProblemKind)>) -> EnrolmentStep {
        let person = matches!(self.note.kind, EnrolmentKind::SignIn | EnrolmentKind::SignInAgain);
        let first = steps(self.note.kind).first().copied().unwrap_or(EnrolmentStep::Page);
        let Some(&(step, kind)) = stuck else {
            // After an interruption.
            return match self.note.filled {
                true if person && self.is_open() => EnrolmentStep::Browser,
                true => EnrolmentStep::Page,
                false => first,
            };
        };
        match step {
            EnrolmentStep::File | EnrolmentStep::Network | EnrolmentStep::Browser | EnrolmentStep::Save => {
                step
            }
            EnrolmentStep::SignIn => EnrolmentStep::Browser,
            _ if person && needs_person(kind) => EnrolmentStep::Browser,
            _ => EnrolmentStep::Page,
        }
    }

    /// Whether the person still has the browser open.
    pub(super) fn is_open(&self) -> bool {
        self.note.filled && !self.note.left && postern_browser::is_in_use(&self.profile())
    }

    /// Shows why it does not go on.
    fn fail(&mut self, Stuck { step, problem }: Stuck) -> (EnrolmentStep, ProblemKind) {
        tracing::info!(enrolment = self.place.id(), ?step, kind = ?problem.kind, "an enrolment is stuck");
        let kind = problem.kind;
        self.shared.step(step, StepState::Failed { problem });
        self.shared.phase(EnrolmentPhase::Stuck);
        (step, kind)
    }

    /// Saves the account; `None` when the person has to decide about another of the same address.
    async fn save(&mut self, replaced: Option<AccountName>) -> Result<Option<AccountName>, Stuck> {
        self.shared.step(EnrolmentStep::Save, StepState::Running);
        match self.put_into_service(replaced).await {
            Ok(Saved::InService(account)) => Ok(Some(account)),
            Ok(Saved::Duplicate(account)) => {
                self.shared.step(EnrolmentStep::Save, StepState::Waiting);
                self.shared.phase(EnrolmentPhase::Duplicate { account: account.to_string() });
                Ok(None)
            }
            Err(problem) => Err(Stuck { step: EnrolmentStep::Save, problem }),
        }
    }

    async fn replace(&mut self) -> Result<Option<AccountName>, Stuck> {
        match self.twin() {
            Some(account) => self.save(Some(account)).await,
            // It was removed meanwhile.
            None => self.save(None).await,
        }
    }

    /// The account is in service, and nothing else is left of the enrolment.
    async fn settled(mut self, account: AccountName) {
        self.take_back().await;
        self.shared.on_profile(None);
        let Self { place, shared, machine, .. } = self;
        blocking(move || place.sweep()).await;
        shared.step(EnrolmentStep::Save, StepState::Done { note: None });
        shared.change(|view| {
            view.name = account.to_string();
            view.phase = EnrolmentPhase::Done { account: account.to_string() };
        });
        tracing::info!(%account, "the account is in service");
        if let Some(roster) = machine.roster.clone() {
            // So that it is seen to be ready, and its first answer needs no start of a browser.
            tokio::spawn(async move { roster.check(account.as_str()).await });
        }
    }

    /// Ends what runs. What was called off is removed; what only Postern's end cut short is kept.
    async fn end(mut self) {
        let called_off = self.shared.cancel.is_cancelled();
        self.close_browsers(called_off).await;
        self.take_back().await;
        self.shared.on_profile(None);
        if !called_off {
            return;
        }
        let Self { place, shared, .. } = self;
        blocking(move || place.sweep()).await;
        shared.phase(EnrolmentPhase::Cancelled);
    }

    async fn close_browsers(&mut self, called_off: bool) {
        self.let_free().await;
        let profile = self.profile();
        let own = self.note.kind == EnrolmentKind::SignInAgain;
        // Unless the account was let go, what is on its profile belongs to whoever serves it; but not the browser of a
        // person whose sign-in was interrupted.
        let served = own
            && self.machine.roster.is_some()
            && self.resting.is_none()
            && !postern_browser::is_with_person(&profile);
        if served || !postern_browser::is_in_use(&profile) {
            return;
        }
        if own || !called_off {
            // What the person did is written down by a browser that ends in good order.
            postern_browser::close(&profile, super::person::POLITE_END).await;
        }
        self.launched = None;
        self.hold = None;
        blocking(move || {
            if !postern_browser::end_processes(&profile) {
                tracing::warn!(profile = %profile.display(), "a browser is left that could not be ended");
            }
        })
        .await;
    }

    /// Waits until it may have a browser of Postern's; it keeps its turn until the profile is let free.
    pub(super) async fn take_turn(&mut self) {
        if self.turn.is_none() {
            // Nobody closes the semaphore.
            self.turn = Arc::clone(&self.machine.looks).acquire_owned().await.ok();
        }
    }

    /// Closes the browser under the driver, so that the profile is free.
    pub(super) async fn let_free(&mut self) {
        if let Some(studio) = self.studio.take() {
            studio.close().await;
        }
        self.turn = None;
    }

    /// For a sign-in again the account is not served meanwhile.
    async fn let_go(&mut self) -> Result<(), EnrolmentProblem> {
        let (EnrolmentKind::SignInAgain, Some(roster)) = (self.note.kind, &self.machine.roster) else {
            return Ok(());
        };
        let name = self.name()?;
        self.resting = Some(name.clone());
        roster.let_go(&name).await.map_err(|trouble| {
            let action = trouble.action.unwrap_or_else(|| "Try again.".to_owned());
            problem(ProblemKind::ProfileInUse, trouble.message, action)
        })
    }

    /// Whatever happened, the account goes back into service.
    async fn take_back(&mut self) {
        if let (Some(name), Some(roster)) = (self.resting.take(), &self.machine.roster) {
            roster.take_back(&name).await;
        }
    }

    /// The profile that the enrolment is about.
    pub(super) fn profile(&self) -> PathBuf {
        match (self.note.kind, self.note.name.parse()) {
            (EnrolmentKind::SignInAgain, Ok(name)) => self.machine.accounts.profile(&name),
            _ => self.place.profile(),
        }
    }

    pub(super) fn name(&self) -> Result<AccountName, EnrolmentProblem> {
        self.note.name.parse().map_err(|bad: crate::BadName| {
            problem(ProblemKind::Other, bad.to_string(), "Cancel this and begin anew.")
        })
    }

    /// Writes down how far it is.
    pub(super) fn write_down(&self) -> Result<(), EnrolmentProblem> {
        self.place.write(&self.note).map_err(|error| disk("write down how far the enrolment is", &error))
    }
}

impl Shared {
    /// Resolves when it is called off or Postern closes.
    async fn stopped(&self) {
        tokio::select! {
            () = self.cancel.cancelled() => {}
            () = self.closing.cancelled() => {}
        }
    }
}

/// Whether only the person can do something about it, in their own browser.
fn needs_person(kind: ProblemKind) -> bool {
    matches!(
        kind,
        ProblemKind::NotSignedIn
            | ProblemKind::Challenge
            | ProblemKind::Age
            | ProblemKind::Region
            | ProblemKind::Blocked
            | ProblemKind::OtherAccount
    )
}

pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work)
        .await
        .inspect_err(|error| tracing::error!(%error, "a job of an enrolment broke off"))
        .ok()
}
