//! The last step: the account goes into service, whole.

use postern_console::api::enrolments::{EnrolmentKind, EnrolmentProblem, ProblemKind};

use super::course::Course;
use super::problem::{disk, problem};
use crate::AccountName;
use crate::accounts::Kept;

/// What came of it.
pub(super) enum Saved {
    /// The account is in service under this name.
    InService(AccountName),
    /// This account has the same address.
    Duplicate(AccountName),
}

impl Course {
    /// Writes down what is known of the account and takes it into service; in the place of another, if the person has
    /// decided so.
    pub(super) async fn put_into_service(
        &mut self,
        replaced: Option<AccountName>,
    ) -> Result<Saved, EnrolmentProblem> {
        if self.note.kind == EnrolmentKind::SignInAgain {
            return self.keep_again().await;
        }
        match (replaced, self.twin()) {
            (Some(old), _) => self.replace_account(old).await,
            (None, Some(twin)) => Ok(Saved::Duplicate(twin)),
            (None, None) => self.save_new().await,
        }
    }

    /// Another account with the same address.
    pub(super) fn twin(&self) -> Option<AccountName> {
        let email = self.note.email.as_deref()?;
        let accounts = &self.machine.accounts;
        let same = |name: &AccountName| {
            accounts.read(name).email.is_some_and(|known| known.eq_ignore_ascii_case(email))
        };
        accounts.list().unwrap_or_default().into_iter().find(same)
    }

    async fn save_new(&mut self) -> Result<Saved, EnrolmentProblem> {
        let mut name = self.name()?;
        if self.machine.accounts.has(&name) {
            // Somebody took it meanwhile.
            name = self.machine.free_name();
            self.note.name = name.to_string();
        }
        let kept = self.learned(Kept::with_share(self.note.share));
        let saved = self.machine.staging.save(&self.place, &mut self.note, &kept);
        saved.map_err(|error| disk("save the account", &error))?;
        if let Some(roster) = &self.machine.roster {
            roster.admit(&name).await;
        }
        Ok(Saved::InService(name))
    }

    /// The new one gets the name of the old and what its owner decided about it.
    async fn replace_account(&mut self, old: AccountName) -> Result<Saved, EnrolmentProblem> {
        let kept = self.learned(self.machine.accounts.read(&old));
        if let Some(roster) = &self.machine.roster {
            let rested = roster.let_go(&old).await;
            if let Err(trouble) = rested {
                roster.take_back(&old).await;
                let action = trouble.action.unwrap_or_else(|| "Try again.".to_owned());
                return Err(problem(ProblemKind::ProfileInUse, trouble.message, action));
            }
        }
        let replaced = self.machine.staging.replace(&self.place, &mut self.note, &old, &kept);
        if let Some(roster) = &self.machine.roster {
            roster.take_back(&old).await;
        }
        replaced.map_err(|error| disk("put the account in the other's place", &error))?;
        Ok(Saved::InService(old))
    }

    /// The profile is where it belongs already.
    async fn keep_again(&mut self) -> Result<Saved, EnrolmentProblem> {
        let name = self.name()?;
        let learned = self.learned(Kept::default());
        let kept = self.machine.accounts.change(&name, |kept| {
            kept.email = learned.email;
            kept.source = learned.source;
            kept.browser = learned.browser;
            kept.program = learned.program;
        });
        kept.map_err(|error| {
            problem(
                ProblemKind::Disk,
                format!("Postern could not keep what it learned about the account: {error}"),
                "See whether the disk is full, then try again.",
            )
        })?;
        Ok(Saved::InService(name))
    }

    fn learned(&self, kept: Kept) -> Kept {
        Kept {
            email: self.note.email.clone(),
            source: self.note.source,
            browser: self.browser.clone(),
            program: self.note.browser.clone(),
            proxy: self.note.proxy.clone().or(kept.proxy),
            ..kept
        }
    }
}
