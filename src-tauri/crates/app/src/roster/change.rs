//! Checking, switching, renaming and removing accounts.

use std::time::Duration;

use postern_aistudio::Studio;
use postern_console::api::accounts::{AccountChange, AccountView};
use postern_console::{Code, Trouble};
use postern_protocol::account::State;
use postern_upstream::Share;

use super::{Roster, open};
use crate::{AccountName, KeptError, OwnWay};

/// How long an answer that runs may hold up the renaming or removal of its account.
const PATIENCE: Duration = Duration::from_secs(30);

impl Roster {
    /// Looks whether the account can serve.
    pub(crate) async fn check(&self, name: &str) -> Result<AccountView, Trouble> {
        let (name, studio) = self.find(name)?;
        if !studio.is_enabled() {
            return Err(Trouble::new(Code::Conflict, format!("The account {name} is switched off."))
                .action("Switch it on first."));
        }
        self.inner.aistudio.check(&studio).await;
        self.inner.facts.checked(&name);
        self.seen(&studio)
    }

    /// Switches the account on or off, gives it another name, another share.
    pub(crate) async fn change(&self, name: &str, change: AccountChange) -> Result<AccountView, Trouble> {
        let _turn = self.inner.turn.lock().await;
        let (mut name, mut studio) = self.find(name)?;
        if let Some(new) = change.name.filter(|new| *new != name.to_string()) {
            let new: AccountName = new
                .parse()
                .map_err(|bad: crate::BadName| Trouble::new(Code::Invalid, bad.to_string()).field("name"))?;
            studio = self.rename(&name, &studio, &new).await?;
            name = new;
        }
        let (weight, priority) = (change.weight, change.priority);
        let proxy = change.proxy.as_deref().map(OwnWay::asked_for_account).transpose()?;
        let before = self.about(&name).proxy;
        let kept = self.keep(&name, |kept| {
            kept.enabled = change.enabled.unwrap_or(kept.enabled);
            kept.weight = weight.unwrap_or(kept.weight);
            kept.priority = priority.unwrap_or(kept.priority);
            kept.proxy = proxy.unwrap_or(kept.proxy.take());
        });
        let kept = kept.map_err(|error| unfit(&error))?;
        self.inner.aistudio.set_share(name.as_str(), Share { weight: kept.weight, priority: kept.priority });
        if kept.proxy != before {
            studio = self.replaced(&studio, &name);
        }
        self.switch(&studio, kept.enabled);
        self.inner.changed.give();
        self.seen(&studio)
    }

    /// Opens the account anew in its own place.
    fn replaced(&self, old: &Studio, name: &AccountName) -> Studio {
        let fresh = self.opened_after(old, name);
        let present = self.inner.aistudio.accounts();
        let others =
            |studio: &Studio| if studio.name() == name.as_str() { fresh.clone() } else { studio.clone() };
        self.inner.aistudio.set_accounts(present.iter().map(others).collect());
        fresh
    }

    /// Removes the account with its profile.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), Trouble> {
        let _turn = self.inner.turn.lock().await;
        let (name, studio) = self.find(name)?;
        let _aside = self.inner.aistudio.set_aside(name.as_str());
        put_to_rest(&studio, &name).await?;
        let folder = self.inner.folder.clone();
        let removed = {
            let name = name.clone();
            tokio::task::spawn_blocking(move || folder.remove(&name)).await
        };
        let removed = removed.map_err(std::io::Error::other).and_then(|removed| removed);
        self.inner.facts.forget(&name);
        if let Err(error) = removed {
            // What is left of it goes back into service, so that it is seen.
            self.exchange(&name, Some(&name));
            return Err(internal("remove the profile", &error));
        }
        self.exchange(&name, None);
        if let Some(keeper) = self.inner.keeper.get() {
            keeper.removed(&name).await;
        }
        self.inner.aistudio.forget(name.as_str());
        self.kept().about.remove(&name);
        if let Err(error) = self.inner.records.forget(name.as_str()).await {
            tracing::warn!(account = %name, %error, "what is remembered of the account is still there");
        }
        tracing::info!(account = %name, "removed the account");
        Ok(())
    }

    async fn rename(
        &self,
        name: &AccountName,
        studio: &Studio,
        new: &AccountName,
    ) -> Result<Studio, Trouble> {
        let taken = |taken: &AccountName| {
            // On some systems two names that differ in the case of their letters are one folder.
            taken != name && taken.to_string().eq_ignore_ascii_case(&new.to_string())
        };
        let names = self.inner.folder.list().map_err(|error| internal("list the accounts", &error))?;
        if names.iter().any(taken) {
            let message = format!("There is an account {new} already.");
            return Err(Trouble::new(Code::Conflict, message).action("Choose another name.").field("name"));
        }
        let _aside = self.inner.aistudio.set_aside(name.as_str());
        put_to_rest(studio, name).await?;
        let renamed = self.inner.folder.rename(name, new);
        let now = if renamed.is_ok() { new } else { name };
        if renamed.is_ok() {
            self.inner.facts.renamed(name, new);
            if let Some(keeper) = self.inner.keeper.get() {
                keeper.renamed(name, new).await;
            }
            self.inner.aistudio.renamed(name.as_str(), new.as_str());
            if let Err(error) = self.inner.records.renamed(name.as_str(), new.as_str()).await {
                tracing::warn!(account = %name, %error, "what is remembered has the old name");
            }
        }
        let opened = self.exchange(name, Some(now));
        renamed.map_err(|error| internal("rename the folder", &error))?;
        tracing::info!(account = %name, %new, "renamed the account");
        opened.ok_or_else(|| unknown(new.as_str()))
    }

    /// Puts the account that `new` names, if any, in the place of `old`.
    pub(super) fn exchange(&self, old: &AccountName, new: Option<&AccountName>) -> Option<Studio> {
        let fresh = |new| open(&self.settings(), &self.inner.paths, new, &self.inner.fleet, async {});
        let opened = new.map(|new| self.equipped(fresh(new)));
        let present = self.inner.aistudio.accounts();
        let others = present.iter().filter(|studio| studio.name() != old.as_str()).cloned();
        let mut studios: Vec<Studio> = others.chain(opened.clone()).collect();
        studios.sort_by(|one, other| one.name().cmp(other.name()));
        self.inner.aistudio.set_accounts(studios);
        if let Some(new) = new {
            // Its owner has dealt with it, or it is new.
            self.inner.aistudio.forgive(new.as_str());
        }
        opened
    }

    pub(crate) fn find(&self, name: &str) -> Result<(AccountName, Studio), Trouble> {
        let studios = self.inner.aistudio.accounts();
        let studio = studios.iter().find(|studio| studio.name() == name).ok_or_else(|| unknown(name))?;
        let name = studio.name().parse().map_err(|_| unknown(name))?;
        Ok((name, studio.clone()))
    }

    pub(super) fn seen(&self, studio: &Studio) -> Result<AccountView, Trouble> {
        self.view(studio).ok_or_else(|| unknown(studio.name()))
    }
}

/// Lets the account end what it answers, and closes it. If that takes too long, it stays as it was.
pub(super) async fn put_to_rest(studio: &Studio, name: &AccountName) -> Result<(), Trouble> {
    let was_enabled = studio.is_enabled();
    let mut states = studio.subscribe();
    studio.set_enabled(false);
    let rested = states.wait_for(|state| *state == State::Off);
    if tokio::time::timeout(PATIENCE, rested).await.is_err() {
        studio.set_enabled(was_enabled);
        return Err(Trouble::new(Code::Conflict, format!("The account {name} is answering a request."))
            .action("Wait until it is done, or cancel the request."));
    }
    studio.close().await;
    Ok(())
}

fn unknown(name: &str) -> Trouble {
    Trouble::new(Code::NotFound, format!("There is no account {name}."))
}

fn unfit(error: &KeptError) -> Trouble {
    let field = match error {
        KeptError::Weight(_) => "weight",
        KeptError::Priority(_) => "priority",
        KeptError::File(_) => {
            return Trouble::new(Code::Internal, format!("Postern could not keep the choice: {error}"));
        }
    };
    Trouble::new(Code::Invalid, error.to_string()).field(field)
}

fn internal(what: &str, error: &std::io::Error) -> Trouble {
    Trouble::new(Code::Internal, format!("Postern could not {what}: {error}"))
}
