//! Enrolments: the ways by which an account comes into service.
//!
//! [`Machine`] owns their state; window, console and command line read it and give orders. Each enrolment is a task
//! ([`course`]) that goes from step to step on a place of its own in the staging area ([`staging`]). A sign-in begins
//! with the person's own browser ([`person`]), an import with a [`Bring`]; what follows is the same for both: the
//! profile is opened and looked at ([`verify`]), and goes into service whole, by one rename ([`save`]).

mod bring;
mod choices;
mod course;
mod entry;
mod launcher;
mod orders;
mod person;
mod problem;
mod save;
mod staging;
mod verify;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use postern_aistudio::Fleet;
use postern_console::api::enrolments::EnrolmentView;
use postern_settings::Settings;
use tokio::sync::{Semaphore, watch};

use crate::roster::Roster;
use crate::signal::Signal;
use crate::studios::fleet_limits;
use crate::{AccountName, Accounts, Paths};

pub(crate) use bring::{Bring, Brought};
pub use launcher::{Direct, Ended, Launched, Launcher, environment};
pub use postern_browser::find::Choice;
pub(crate) use problem::problem;

use entry::Entry;
use staging::Staging;

/// Browsers that are driven at the same time to look at new profiles.
const LOOKS: usize = 2;
/// Sign-ins that may wait for a person at the same time; each has a browser on the screen.
const SIGN_INS: usize = 3;

/// The enrolments of a data folder. Cheap to clone.
#[derive(Clone)]
pub struct Machine {
    inner: Arc<Inner>,
}

struct Inner {
    paths: Paths,
    accounts: Accounts,
    staging: Staging,
    settings: watch::Receiver<Arc<Settings>>,
    /// The accounts in service; `None` where no server runs.
    roster: Option<Roster>,
    launcher: Arc<dyn Launcher>,
    changed: Signal,
    looks: Arc<Semaphore>,
    /// Oldest first.
    entries: Mutex<Vec<Entry>>,
}

impl Machine {
    /// The enrolments of this data folder where no server runs on it, as for a command.
    pub fn alone(paths: &Paths, settings: Settings) -> Self {
        let settings = watch::Sender::new(Arc::new(settings)).subscribe();
        Self::open(paths, settings, None, Arc::new(Direct), Recovered::at(paths))
    }

    fn open(
        paths: &Paths,
        settings: watch::Receiver<Arc<Settings>>,
        roster: Option<Roster>,
        launcher: Arc<dyn Launcher>,
        Recovered { staging, broken_off }: Recovered,
    ) -> Self {
        let inner = Inner {
            paths: paths.clone(),
            accounts: Accounts::new(paths),
            staging,
            settings,
            roster,
            launcher,
            changed: Signal::default(),
            looks: Arc::new(Semaphore::new(LOOKS)),
            entries: Mutex::default(),
        };
        let machine = Self { inner: Arc::new(inner) };
        for (place, note) in broken_off {
            machine.inner.take_up(place, note);
        }
        machine
    }

    /// The enrolments under way and those that ended, newest first.
    pub fn views(&self) -> Vec<EnrolmentView> {
        let views: Vec<EnrolmentView> = self.inner.entries().iter().map(Entry::view).collect();
        views.into_iter().rev().collect()
    }

    /// Hears when [`Machine::views`] says something new.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.listen()
    }

    /// The profiles on which browsers of enrolments may run.
    pub(crate) fn profiles(&self) -> Vec<PathBuf> {
        self.inner.entries().iter().filter_map(Entry::profile).collect()
    }
}

/// What is needed before the accounts are listed, and what is left of it after.
pub(crate) struct Recovered {
    staging: Staging,
    broken_off: Vec<(staging::Place, staging::Note)>,
}

impl Recovered {
    /// Carries renames of accounts that a killed Postern had begun to their end. Comes before anything lists the
    /// accounts.
    pub(crate) fn at(paths: &Paths) -> Self {
        let staging = Staging::new(paths);
        let broken_off = staging.recover();
        Self { staging, broken_off }
    }

    /// The enrolments of a house.
    pub(crate) fn open(
        self,
        paths: &Paths,
        settings: watch::Receiver<Arc<Settings>>,
        roster: Roster,
        launcher: Arc<dyn Launcher>,
    ) -> Machine {
        Machine::open(paths, settings, Some(roster), launcher, self)
    }
}

impl Inner {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.borrow())
    }

    /// The browsers among which one that looks at a profile has its place.
    fn fleet(&self) -> Fleet {
        match &self.roster {
            Some(roster) => roster.fleet().clone(),
            None => Fleet::new(fleet_limits(&self.settings())),
        }
    }

    /// The first name that neither an account nor an enrolment has.
    fn free_name(&self) -> AccountName {
        let taken: Vec<String> = self
            .entries()
            .iter()
            .filter(|entry| entry.is_under_way())
            .map(|entry| entry.view().name)
            .collect();
        self.accounts.free_name_but(&taken)
    }
}
