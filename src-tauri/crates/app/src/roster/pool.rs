//! What the pool of accounts is told, and what is remembered of it: shares, cooldowns, uses, changes of state.

use std::time::{Duration, Instant};

use postern_aistudio::Studio;
use postern_console::api::accounts::{AccountDetail, AccountView, CooldownReset, ModelUse, StateChange};
use postern_console::{Code, Trouble};
use postern_protocol::account::{Cooldown, State};
use postern_settings::{AccountChoice, Settings};
use postern_store::{AccountRecords, Day, Memory, Use};
use postern_upstream::{Choice, Chronicle, MediaRules, Past, Policy, Share, Tally, today};

use super::Roster;
use crate::{AccountName, Kept};

/// Writes what happens to accounts into the database.
pub(super) struct Scribe(pub(super) AccountRecords);

impl Chronicle for Scribe {
    fn rests(&self, account: &str, cooldown: &Cooldown) {
        self.0.rests(account, cooldown);
    }

    fn used(&self, account: &str, day: &str, model: &str, answered: bool) {
        let what = if answered { Use::Answer } else { Use::Failure };
        self.0.used(account, Day(day.to_owned()), model, what);
    }

    fn used_up(&self, account: &str, day: &str, model: &str, answers: u64) {
        self.0.used_up(account, Day(day.to_owned()), model, answers);
    }

    fn became(&self, account: &str, state: &State) {
        self.0.became(account, state);
    }
}

/// What was remembered, as the pool wants it.
pub(crate) fn past(memory: Memory) -> Past {
    let tally = |answers, failures| Tally { answers, failures };
    Past {
        cooldowns: memory.cooldowns,
        uses: memory.uses.into_iter().map(|uses| (uses.model, tally(uses.answers, uses.failures))).collect(),
        limits: memory.limits,
    }
}

pub(crate) fn policy(settings: &Settings) -> Policy {
    Policy {
        choice: match settings.aistudio.choice {
            AccountChoice::Sticky => Choice::Sticky,
            AccountChoice::RoundRobin => Choice::RoundRobin,
            AccountChoice::Random => Choice::Random,
            AccountChoice::LeastUsed => Choice::LeastUsed,
            AccountChoice::MostQuotaLeft => Choice::MostQuotaLeft,
        },
        quota_cooldown: settings.limits.quota_cooldown,
        rate_cooldown: settings.limits.rate_cooldown,
        recheck: Some(settings.aistudio.recheck).filter(|time| *time > Duration::ZERO),
    }
}

/// Which files are taken for clients.
pub(super) fn media_rules(settings: &Settings) -> MediaRules {
    let files = &settings.files;
    // A host that cannot be read is none; the settings have checked it in the same way.
    let hosts = files.local_hosts.iter().filter_map(|host| host.0.parse().ok());
    MediaRules {
        max_bytes: files.max_bytes,
        fetch_timeout: files.fetch_timeout,
        local_folders: files.local_folders.iter().map(|folder| folder.0.clone()).collect(),
        local_keys: files.local_keys.clone(),
        local_hosts: hosts.collect(),
    }
}

impl Roster {
    /// Uses the accounts from now on as these settings say.
    pub(crate) fn obey(&self, settings: &Settings) {
        self.inner.aistudio.set_policy(policy(settings));
        self.inner.media.set_rules(media_rules(settings));
    }

    /// Learns what was remembered of the accounts from before this start.
    pub(crate) async fn recall(&self) -> Result<(), postern_store::Error> {
        for (account, memory) in self.inner.records.all(Day(today())).await? {
            self.inner.aistudio.remember(&account, past(memory));
        }
        Ok(())
    }

    /// Brings the account in line with its file: its owner may have written into it.
    pub(super) fn heed(&self, studio: &Studio) {
        let Ok(name) = studio.name().parse::<AccountName>() else { return };
        let about = self.inner.folder.read(&name);
        self.inner
            .aistudio
            .set_share(studio.name(), Share { weight: about.weight, priority: about.priority });
        self.switch(studio, about.enabled);
        self.kept().about.insert(name, about);
    }

    /// Switches the account on or off, as its owner wants it.
    pub(super) fn switch(&self, studio: &Studio, enabled: bool) {
        if studio.is_enabled() == enabled {
            return;
        }
        studio.set_enabled(enabled);
        if !enabled {
            self.inner.records.became(studio.name(), &State::Off);
        }
    }

    /// What is kept of the account.
    pub(super) fn about(&self, name: &AccountName) -> Kept {
        self.kept().about.get(name).cloned().unwrap_or_default()
    }

    /// Keeps this of the account, here and in its file.
    pub(super) fn keep(
        &self,
        name: &AccountName,
        change: impl FnOnce(&mut Kept),
    ) -> Result<Kept, crate::KeptError> {
        let about = self.inner.folder.change(name, change)?;
        self.kept().about.insert(name.clone(), about.clone());
        Ok(about)
    }

    /// Follows what the pages say about their accounts, and what other processes did. Runs as long as the house.
    pub(crate) async fn attend(self) {
        let mut accounts = self.inner.aistudio.changes();
        let mut elsewhere = self.inner.records.changes();
        loop {
            let gone = tokio::select! {
                news = accounts.changed() => {
                    self.learn().await;
                    news.is_err()
                }
                news = elsewhere.changed() => {
                    self.hear().await;
                    news.is_err()
                }
            };
            if gone {
                return;
            }
        }
    }

    /// Keeps whose accounts they are, and what served them.
    async fn learn(&self) {
        for studio in self.inner.aistudio.accounts().iter() {
            let Ok(name) = studio.name().parse::<AccountName>() else { continue };
            let (email, browser) = (studio.identity(), studio.browser_version());
            let about = self.about(&name);
            let told = |new: &Option<String>, old: &Option<String>| new.is_some() && new != old;
            if !told(&email, &about.email) && !told(&browser, &about.browser) {
                continue;
            }
            let roster = self.clone();
            let kept = tokio::task::spawn_blocking(move || {
                roster.keep(&name, |kept| {
                    kept.email = email.or(kept.email.take());
                    kept.browser = browser.or(kept.browser.take());
                })
            });
            match kept.await {
                Ok(Ok(_)) => self.inner.changed.give(),
                Ok(Err(error)) => tracing::warn!(%error, "whose account it is cannot be kept"),
                Err(_) => {}
            }
        }
    }

    /// Another process has written something: accounts may have come, or changed, or been freed.
    async fn hear(&self) {
        {
            let _turn = self.inner.turn.lock().await;
            if let Err(error) = self.adjust() {
                tracing::warn!(%error, "the folder of accounts cannot be read");
            }
        }
        let since = Instant::now();
        match self.inner.records.all(Day(today())).await {
            Ok(mut all) => {
                for studio in self.inner.aistudio.accounts().iter() {
                    let memory = all.remove(studio.name()).unwrap_or_default();
                    self.inner.aistudio.keep_cooldowns(studio.name(), &memory.cooldowns, since);
                }
            }
            Err(error) => tracing::warn!(%error, "what other processes did is not known"),
        }
        self.inner.changed.give();
    }

    /// The account with what it did.
    pub(crate) async fn detail(&self, name: &str) -> Result<AccountDetail, Trouble> {
        let (name, studio) = self.find(name)?;
        let history = self.inner.records.history(name.as_str()).await.map_err(|error| unread(&error))?;
        let uses = self.inner.aistudio.standing(name.as_str()).uses;
        Ok(AccountDetail {
            account: self.seen(&studio)?,
            uses_today: uses
                .into_iter()
                .map(|(model, tally)| ModelUse { model, answers: tally.answers, failures: tally.failures })
                .collect(),
            history: history
                .into_iter()
                .map(|turn| StateChange { at: turn.at, status: turn.state })
                .collect(),
        })
    }

    /// Ends cooldowns of the account before their time.
    pub(crate) async fn end_cooldowns(
        &self,
        name: &str,
        reset: CooldownReset,
    ) -> Result<AccountView, Trouble> {
        let (name, studio) = self.find(name)?;
        let model = reset.model.as_deref();
        self.inner.records.end_cooldowns(name.as_str(), model).await.map_err(|error| unread(&error))?;
        self.inner.aistudio.end_cooldowns(name.as_str(), model);
        self.seen(&studio)
    }
}

fn unread(error: &postern_store::Error) -> Trouble {
    Trouble::new(Code::Internal, format!("Postern could not ask its database: {error}"))
}
