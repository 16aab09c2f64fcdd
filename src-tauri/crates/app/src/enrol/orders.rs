//! What window, console and command line can ask of the machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use postern_browser::Options;
use postern_browser::find::{self, Choice, Family};
use postern_console::api::accounts::AccountSource;
use postern_console::api::enrolments::{
    EnrolmentKind, EnrolmentPhase, EnrolmentProblem, EnrolmentView, SignInStart,
};
use postern_console::{Code, Trouble};

use super::bring::Bring;
use super::course::{Course, Origin};
use super::entry::{Entry, now};
use super::staging::{Note, Place};
use super::{Inner, Machine, SIGN_INS, choices};
use crate::{AccountName, BadName, OwnWay, browser_options};

impl Machine {
    /// Begins a sign-in and returns at once.
    pub async fn sign_in(&self, start: SignInStart) -> Result<EnrolmentView, Trouble> {
        if !start.consent {
            return Err(Trouble::new(Code::Invalid, "Nobody has agreed to it.")
                .action("Read what a sign-in means and agree to it first.")
                .field("consent"));
        }
        let inner = &self.inner;
        let (kind, name) = match start.account {
            Some(name) => (EnrolmentKind::SignInAgain, inner.existing(&name)?),
            None => (EnrolmentKind::SignIn, inner.new_name(start.name.as_deref())?),
        };
        inner.check_seats(&name)?;
        let proxy = match kind {
            EnrolmentKind::SignInAgain => inner.accounts.read(&name).proxy,
            _ => OwnWay::asked_for_account(start.proxy.as_deref().unwrap_or_default())?,
        };
        // What one browser keeps in a profile another cannot be trusted to read.
        let own = match kind {
            EnrolmentKind::SignInAgain => inner.accounts.read(&name).program,
            _ => None,
        };
        let own = own.filter(|program| program.is_file());
        let browser = inner.chosen_browser(start.browser.map(PathBuf::from), own).await?;
        if kind == EnrolmentKind::SignInAgain {
            check_family(&inner.accounts.profile(&name), browser.kind().family())?;
        }
        let browser = Some(browser.path().to_owned());
        let note = Note { browser, proxy, ..note(kind, AccountSource::SignIn, &name) };
        inner.begin(note, Origin::Person)
    }

    /// Begins an enrolment whose session comes from a file, and returns at once. Whoever asks has the person's
    /// consent. Without a name the account gets the first free one.
    pub(crate) fn bring(
        &self,
        name: Option<&str>,
        session: Arc<dyn Bring>,
    ) -> Result<EnrolmentView, Trouble> {
        let name = self.inner.new_name(name)?;
        let note = note(session.kind(), session.source(), &name);
        let note = Note { file: Some(session.file()), ..note };
        self.inner.begin(note, Origin::File(session))
    }

    /// The person says that the sign-in is over: the browser is asked to end.
    pub fn signed_in(&self, id: &str) -> Result<EnrolmentView, Trouble> {
        let entry = self.inner.find(id)?;
        if entry.view().phase != EnrolmentPhase::AwaitingPerson {
            return Err(Trouble::new(Code::Conflict, "This enrolment does not wait for a sign-in."));
        }
        entry.shared().signed_in.notify_one();
        Ok(entry.view())
    }

    /// Does the failed step again, or goes on after an interruption.
    pub fn retry(&self, id: &str) -> Result<EnrolmentView, Trouble> {
        let entry = self.inner.find(id)?;
        if !entry.order(super::entry::Order::Retry) {
            return Err(Trouble::new(Code::Conflict, "Nothing of this enrolment has failed."));
        }
        Ok(entry.view())
    }

    /// Puts the new session in the place of the account with the same address.
    pub fn replace(&self, id: &str) -> Result<EnrolmentView, Trouble> {
        let entry = self.inner.find(id)?;
        if !entry.order(super::entry::Order::Replace) {
            return Err(Trouble::new(Code::Conflict, "There is no account in the way of this enrolment."));
        }
        Ok(entry.view())
    }

    /// Calls it off and leaves nothing behind; one that has ended is taken off the list. Resolves when that is done.
    pub async fn cancel(&self, id: &str) -> Result<(), Trouble> {
        let entry = self.inner.find(id)?;
        entry.shared().cancel.cancel();
        entry.task.wait().await;
        self.inner.entries().retain(|entry| entry.view().id != id);
        self.inner.changed.give();
        Ok(())
    }

    /// Ends everything that runs and keeps what was done, so that it can go on at the next start.
    pub async fn close(&self) {
        let entries: Vec<Entry> = self.inner.entries().clone();
        for entry in &entries {
            entry.shared().closing.cancel();
        }
        futures::future::join_all(entries.iter().map(|entry| entry.task.wait())).await;
    }
}

/// Refuses a browser that cannot read what another one has kept in the profile.
fn check_family(profile: &Path, chosen: Family) -> Result<(), Trouble> {
    match Family::of_profile(profile) {
        Some(family) if family != chosen => {
            let message =
                format!("This account's profile was made with {family}, which {chosen} cannot read.");
            Err(Trouble::new(Code::Conflict, message)
                .action(format!("Choose {family}, or add the account anew."))
                .field("browser"))
        }
        _ => Ok(()),
    }
}

impl Inner {
    /// Shows an enrolment that a killed Postern left, and waits for what the person decides.
    pub(super) fn take_up(self: &Arc<Self>, place: Place, note: Note) {
        self.list(place, note, Origin::Interrupted);
    }

    fn begin(self: &Arc<Self>, note: Note, origin: Origin) -> Result<EnrolmentView, Trouble> {
        let place = self.staging.begin(&note).map_err(|error| {
            Trouble::new(Code::Internal, format!("Postern could not begin: {error}"))
                .action("See whether the disk is full and the data folder can be written to.")
        })?;
        Ok(self.list(place, note, origin).view())
    }

    fn list(self: &Arc<Self>, place: Place, note: Note, origin: Origin) -> Entry {
        let (entry, inbox) = Entry::new(place.id(), &note, self.changed.clone());
        let course = Course::new(Arc::clone(self), place, note, origin, entry.shared());
        entry.task.spawn(course.run(inbox));
        entry.task.close();
        self.entries().push(entry.clone());
        self.changed.give();
        entry
    }

    fn find(&self, id: &str) -> Result<Entry, Trouble> {
        let found = self.entries().iter().find(|entry| entry.view().id == id).cloned();
        found.ok_or_else(|| Trouble::new(Code::NotFound, "There is no such enrolment."))
    }

    fn existing(&self, name: &str) -> Result<AccountName, Trouble> {
        let known = name.parse().ok().filter(|name| self.accounts.has(name));
        known.ok_or_else(|| Trouble::new(Code::NotFound, format!("There is no account {name}.")))
    }

    fn new_name(&self, wanted: Option<&str>) -> Result<AccountName, Trouble> {
        let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty()) else { return Ok(self.free_name()) };
        let name: AccountName = wanted
            .parse()
            .map_err(|bad: BadName| Trouble::new(Code::Invalid, bad.to_string()).field("name"))?;
        let accounts = self.accounts.list().unwrap_or_default();
        // On some systems two names that differ in the case of their letters are one folder.
        if accounts.iter().any(|taken| taken.as_str().eq_ignore_ascii_case(name.as_str())) {
            return Err(Trouble::new(Code::Conflict, format!("There is an account {name} already."))
                .action("Choose another name.")
                .field("name"));
        }
        Ok(name)
    }

    /// A person looks at a few browsers at most, and at one for each account.
    fn check_seats(&self, name: &AccountName) -> Result<(), Trouble> {
        let under_way: Vec<EnrolmentView> =
            self.entries().iter().filter(|entry| entry.is_under_way()).map(Entry::view).collect();
        if under_way.iter().any(|view| view.name.eq_ignore_ascii_case(name.as_str())) {
            return Err(Trouble::new(Code::Conflict, format!("{name} is being signed in already."))
                .action("Go on with that, or cancel it first."));
        }
        let at_work = |view: &&EnrolmentView| {
            matches!(view.kind, EnrolmentKind::SignIn | EnrolmentKind::SignInAgain)
                && matches!(view.phase, EnrolmentPhase::Working | EnrolmentPhase::AwaitingPerson)
        };
        if under_way.iter().filter(at_work).count() >= SIGN_INS {
            return Err(Trouble::new(Code::Conflict, format!("{SIGN_INS} sign-ins are under way already."))
                .action("Finish or cancel one of them first."));
        }
        Ok(())
    }

    /// The browser of this path out of those that were found, or the one that is taken when none is chosen: the
    /// account's own, if it has one.
    async fn chosen_browser(&self, wanted: Option<PathBuf>, own: Option<PathBuf>) -> Result<Choice, Trouble> {
        let settings = self.settings();
        if let Some(problem) = choices::nowhere_to_sign_in(&settings) {
            return Err(unavailable(problem));
        }
        let options = browser_options(&settings, &self.paths);
        let (wanted, path) = match (wanted, own) {
            (None, Some(own)) => (Some(own.clone()), Some(own)),
            (wanted, _) => (wanted, options.path),
        };
        let options = Options { path, ..options };
        let found = tokio::task::spawn_blocking(move || find::choices(&options)).await;
        let found =
            found.map_err(|_| Trouble::new(Code::Internal, "The browsers could not be looked for."))?;
        let chosen = match wanted {
            Some(path) => {
                let of_path = found.into_iter().find(|choice| choice.path() == path);
                of_path.ok_or_else(|| {
                    let message = format!("{} is not among the browsers that were found.", path.display());
                    Trouble::new(Code::NotFound, message).field("browser")
                })?
            }
            None => choices::preferred(found).ok_or_else(|| {
                let options = browser_options(&settings, &self.paths);
                let why = find::find(&options).err().map(|error| error.to_string()).unwrap_or_default();
                Trouble::new(Code::Unavailable, "No browser can be used.").action(why)
            })?,
        };
        match choices::problem_of(&chosen) {
            Some(problem) => Err(unavailable(problem)),
            None => Ok(chosen),
        }
    }
}

fn unavailable(problem: EnrolmentProblem) -> Trouble {
    Trouble::new(Code::Unavailable, problem.message).action(problem.action)
}

fn note(kind: EnrolmentKind, source: AccountSource, name: &AccountName) -> Note {
    Note {
        kind,
        source,
        name: name.to_string(),
        started_at: now(),
        filled: false,
        left: false,
        browser: None,
        file: None,
        email: None,
        share: None,
        proxy: None,
        saving: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_opened_by_its_own_family_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(check_family(folder.path(), Family::Firefox).is_ok(), "nobody has used it");
        std::fs::write(folder.path().join("compatibility.ini"), "").expect("written");
        assert!(check_family(folder.path(), Family::Firefox).is_ok());
        let trouble = check_family(folder.path(), Family::Chromium).expect_err("refused");
        assert_eq!(trouble.field.as_deref(), Some("browser"));
        assert!(trouble.message.contains("made with Firefox"), "{}", trouble.message);
    }
}
