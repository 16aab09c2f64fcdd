//! The accounts in service: which there are, how they are, and changing them while the server runs.

mod change;
mod facts;
mod leave;
mod page;
pub(crate) mod pool;
mod window;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use postern_aistudio::selectors::Pack;
use postern_aistudio::{Fleet, Studio};
use postern_browser::Profile;
use postern_console::api::accounts::AccountView;
use postern_net::Network;
use postern_protocol::account::{State, Status};
use postern_settings::Settings;
use postern_store::{AccountRecords, Outcome, PageQuery, RequestRow, Requests};
use postern_upstream::{AiStudio, Media, Upstream};
use tokio::sync::{Mutex as Turn, watch};

use crate::carry::Keeper;
use crate::signal::Signal;
use crate::{AccountName, Accounts, Paths, studios};
use facts::Facts;
use pool::{Scribe, media_rules};

/// The folder of accounts is looked at anew no more often than this.
const SCAN: Duration = Duration::from_secs(2);

/// The accounts in service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Roster {
    inner: Arc<Inner>,
}

struct Inner {
    paths: Paths,
    folder: Accounts,
    aistudio: AiStudio,
    /// Gets the files that requests name.
    media: Media,
    /// The browsers of all accounts.
    fleet: Fleet,
    /// The selectors of accounts of which no browser has told a fault.
    pack: Pack,
    facts: Facts,
    records: AccountRecords,
    /// Keeps the sessions that came from files.
    keeper: OnceLock<Keeper>,
    changed: Signal,
    /// Held by whoever takes accounts into service or out of it.
    turn: Turn<()>,
    kept: Mutex<Kept>,
}

struct Kept {
    settings: Arc<Settings>,
    scanned: Instant,
    /// What the accounts' files say, as last read or written.
    about: HashMap<AccountName, crate::Kept>,
    /// Accounts that were replaced and whose last answer may still run.
    leaving: Vec<watch::Receiver<State>>,
}

impl Roster {
    /// Takes every account into service. Must be called within a tokio runtime.
    pub(crate) fn open(
        paths: &Paths,
        settings: &Arc<Settings>,
        records: AccountRecords,
        network: Network,
    ) -> std::io::Result<Self> {
        let folder = Accounts::new(paths);
        let names = folder.list()?;
        let fleet = Fleet::new(studios::fleet_limits(settings));
        let opened = |name: &AccountName| open(settings, paths, name, &fleet, tidied(folder.profile(name)));
        let studios = names.iter().map(opened).collect();
        let changed = Signal::default();
        let kept = Kept {
            settings: Arc::clone(settings),
            scanned: Instant::now(),
            about: HashMap::new(),
            leaving: Vec::new(),
        };
        let media = Media::open(&paths.uploads(), media_rules(settings), network)?;
        let aistudio = AiStudio::written_down(studios, Arc::new(Scribe(records.clone())));
        aistudio.set_media(media.clone());
        let inner = Inner {
            paths: paths.clone(),
            folder,
            aistudio,
            media,
            fleet,
            pack: Pack::new(Some(paths.selectors())),
            facts: Facts::new(changed.clone()),
            records,
            keeper: OnceLock::new(),
            changed,
            turn: Turn::new(()),
            kept: Mutex::new(kept),
        };
        let roster = Self { inner: Arc::new(inner) };
        roster.obey(settings);
        roster.inner.aistudio.accounts().iter().for_each(|studio| roster.heed(studio));
        Ok(roster)
    }

    /// The upstream that these accounts are.
    pub(crate) fn aistudio(&self) -> &AiStudio {
        &self.inner.aistudio
    }

    /// What gets the files that requests name.
    pub(crate) fn media(&self) -> &Media {
        &self.inner.media
    }

    /// Hears when there is something new about an account.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.listen()
    }

    /// Passes on what the accounts say about themselves. Ends with the accounts.
    pub(crate) async fn follow(self) {
        let states = self.inner.aistudio.changes();
        let changed = self.inner.changed.clone();
        drop(self);
        changed.repeat(states).await;
    }

    /// The accounts and their states.
    pub(crate) fn statuses(&self) -> Vec<Status> {
        self.inner.aistudio.accounts().iter().map(|studio| self.status(studio)).collect()
    }

    /// The profile folders of all accounts.
    pub(crate) fn profiles(&self) -> Vec<PathBuf> {
        let name = |studio: &Studio| studio.name().parse().ok();
        let names = self.inner.aistudio.accounts();
        names.iter().filter_map(name).map(|name| self.inner.folder.profile(&name)).collect()
    }

    /// The accounts as the console shows them, worst first. Takes accounts into service that were added
    /// meanwhile, and out of it that are gone.
    pub(crate) fn views(&self) -> Vec<AccountView> {
        self.scan();
        let studios = self.inner.aistudio.accounts();
        let mut views: Vec<AccountView> = studios.iter().filter_map(|studio| self.view(studio)).collect();
        views.sort_by(|one, other| {
            (concern(&one.status), &one.name).cmp(&(concern(&other.status), &other.name))
        });
        views
    }

    fn view(&self, studio: &Studio) -> Option<AccountView> {
        let name: AccountName = studio.name().parse().ok()?;
        let status = self.inner.aistudio.state_of(studio);
        let standing = self.inner.aistudio.standing(studio.name());
        let about = self.about(&name);
        let profile = self.inner.folder.profile(&name);
        let facts = self.inner.facts.of(&name, &profile);
        Some(AccountView {
            upstream: self.inner.aistudio.name().to_owned(),
            action: status.action(studio.name()),
            status,
            enabled: studio.is_enabled(),
            pending: studio.pending(),
            models: studio.known_models().map(|models| models.len()),
            created_at: facts.created_at,
            profile: profile.display().to_string(),
            profile_bytes: facts.profile_bytes,
            memory_bytes: facts.memory_bytes,
            last_used_at: facts.last_used_at,
            checked_at: facts.checked_at,
            email: studio.identity().or(about.email),
            source: about.source,
            weight: standing.share.weight,
            priority: standing.share.priority,
            proxy: about.proxy.map(String::from),
            cooldowns: standing.cooldowns,
            uses_today: standing.uses.iter().map(|(_, tally)| tally.answers).sum(),
            browser_running: studio.is_running(),
            browser_shown: studio.is_shown(),
            browser: studio.browser_version().or(about.browser),
            name: name.to_string(),
        })
    }

    /// Looks at the folder, unless that was done a moment ago or somebody changes the accounts just now.
    fn scan(&self) {
        let Ok(_turn) = self.inner.turn.try_lock() else { return };
        {
            let mut kept = self.kept();
            if kept.scanned.elapsed() < SCAN {
                return;
            }
            kept.scanned = Instant::now();
        }
        if let Err(error) = self.adjust() {
            tracing::warn!(%error, "the folder of accounts cannot be read");
        }
    }

    /// Brings the accounts in service in line with the folder. Whoever calls it has the turn.
    fn adjust(&self) -> std::io::Result<()> {
        let names = self.inner.folder.list()?;
        let present = self.inner.aistudio.accounts();
        let known = |name: &AccountName| present.iter().find(|studio| studio.name() == name.to_string());
        let led_otherwise: Vec<&AccountName> =
            names.iter().filter(|name| self.is_led_otherwise(name)).collect();
        present.iter().for_each(|studio| self.heed(studio));
        let same = names.len() == present.len() && names.iter().all(|name| known(name).is_some());
        if same && led_otherwise.is_empty() {
            return Ok(());
        }
        let settings = self.settings();
        let studio = |name: &AccountName| match known(name) {
            Some(studio) if led_otherwise.contains(&name) => self.opened_after(studio, name),
            Some(studio) => studio.clone(),
            None => self.equipped(open(&settings, &self.inner.paths, name, &self.inner.fleet, async {})),
        };
        self.inner.aistudio.set_accounts(names.iter().map(studio).collect());
        Ok(())
    }

    /// Whether its file names another way out than the one it was opened with.
    fn is_led_otherwise(&self, name: &AccountName) -> bool {
        let known = self.kept().about.get(name).map(|about| about.proxy.clone());
        known.is_some_and(|known| known != self.inner.folder.read(name).proxy)
    }

    /// The account anew. The old one ends what it has to answer first; what is asked of it meanwhile waits.
    fn opened_after(&self, old: &Studio, name: &AccountName) -> Studio {
        let gone = old.subscribe();
        let (settings, paths) = (self.settings(), &self.inner.paths);
        let fresh = open(&settings, paths, name, &self.inner.fleet, has_left(gone.clone()));
        let mut kept = self.kept();
        kept.leaving.retain(|gone| gone.has_changed().is_ok());
        kept.leaving.push(gone);
        drop(kept);
        self.equipped(fresh)
    }

    /// Opens every account anew with these settings. Each ends what it has to answer first; what is asked of
    /// it meanwhile waits.
    pub(crate) async fn renew(&self, settings: &Arc<Settings>) {
        let _turn = self.inner.turn.lock().await;
        let mut leaving = Vec::new();
        let mut studios = Vec::new();
        for old in self.inner.aistudio.accounts().iter() {
            let Ok(name) = old.name().parse::<AccountName>() else { continue };
            let gone = old.subscribe();
            let (paths, fleet) = (&self.inner.paths, &self.inner.fleet);
            studios.push(self.equipped(open(settings, paths, &name, fleet, has_left(gone.clone()))));
            leaving.push(gone);
        }
        // The last handles of the old ones are those of their answers.
        self.inner.aistudio.set_accounts(studios);
        let mut kept = self.kept();
        kept.settings = Arc::clone(settings);
        kept.leaving.retain(|gone| gone.has_changed().is_ok());
        kept.leaving.append(&mut leaving);
    }

    /// The browsers among which those of all accounts have their places.
    pub(crate) fn fleet(&self) -> &Fleet {
        &self.inner.fleet
    }

    /// From now on the sessions that came from files are kept there.
    pub(crate) fn keep_sessions(&self, keeper: Keeper) {
        let _ = self.inner.keeper.set(keeper);
        for studio in self.inner.aistudio.accounts().iter() {
            self.equipped(studio.clone());
        }
    }

    /// Tells the account who keeps its session, if somebody has to.
    fn equipped(&self, studio: Studio) -> Studio {
        let keeper = self.inner.keeper.get();
        let of = keeper.and_then(|keeper| keeper.of(&studio.name().parse().ok()?));
        if let Some(keeper) = of {
            studio.keep_with(keeper);
        }
        self.heed(&studio);
        studio
    }

    /// Settings for accounts that are opened from now on.
    pub(crate) fn set_settings(&self, settings: &Arc<Settings>) {
        self.kept().settings = Arc::clone(settings);
    }

    /// Ends what runs and closes every browser.
    pub(crate) async fn close(&self) {
        let studios = self.inner.aistudio.accounts();
        futures::future::join_all(studios.iter().map(Studio::close)).await;
        let leaving = std::mem::take(&mut self.kept().leaving);
        futures::future::join_all(leaving.into_iter().map(has_left)).await;
    }

    /// Learns when each account last answered, from the journal.
    pub(crate) async fn remember(&self, requests: &Requests) {
        for status in self.statuses() {
            let query = PageQuery {
                account: Some(status.name),
                outcome: Some(Outcome::Ok),
                limit: Some(1),
                ..PageQuery::default()
            };
            match requests.page(query).await {
                Ok(page) => page.rows.iter().for_each(|row| self.answered(row)),
                Err(error) => tracing::debug!(%error, "when an account last answered is not known"),
            }
        }
    }

    /// A request was answered.
    pub(crate) fn answered(&self, row: &RequestRow) {
        if row.upstream.as_deref() != Some(self.inner.aistudio.name()) {
            return;
        }
        if let Some(name) = row.account.as_deref().and_then(|name| name.parse().ok()) {
            self.inner.facts.answered(&name, row.at_ms, row.total_ms.unwrap_or_default());
        }
    }

    fn status(&self, studio: &Studio) -> Status {
        Status { name: studio.name().to_owned(), state: self.inner.aistudio.state_of(studio) }
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.kept().settings)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Resolves when nothing is on the profile that a killed Postern left there.
async fn tidied(profile: PathBuf) {
    if let Err(error) = tokio::task::spawn_blocking(move || Profile::tidy(&profile)).await {
        tracing::error!(%error, "a profile could not be looked at");
    }
}

/// Takes the account into service once `free` resolves, switched on or off as its owner left it.
fn open(
    settings: &Settings,
    paths: &Paths,
    name: &AccountName,
    fleet: &Fleet,
    free: impl Future<Output = ()> + Send + 'static,
) -> Studio {
    let studio = studios::open_studio_after(settings, paths, name, fleet, free);
    if !Accounts::new(paths).read(name).enabled {
        studio.set_enabled(false);
    }
    studio
}

/// Resolves when the account's worker has ended, and with it its browser.
async fn has_left(mut states: watch::Receiver<State>) {
    while states.changed().await.is_ok() {}
}

/// How soon its owner should look at it; what needs nothing comes last.
fn concern(state: &State) -> u8 {
    match state {
        State::Blocked { .. } => 0,
        State::NeedsVerification { .. } => 1,
        State::SignInExpired => 2,
        State::BrowserMissing { .. } => 3,
        State::CoolingDown { .. } => 4,
        State::NotChecked => 5,
        State::Busy => 6,
        State::Ready => 7,
        State::Off => 8,
    }
}

#[cfg(test)]
mod tests;
