//! The providers that are asked with keys: brought in line with the settings and with the keys that are kept, while the
//! server runs.

mod book;
mod change;
mod command;
mod templates;
#[cfg(test)]
mod tests;
mod view;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use postern_console::api::upstreams::UpstreamKind as ShownKind;
use postern_console::{Code, Trouble};
use postern_net::ProxyRule;
use postern_protocol::Secret;
use postern_protocol::account::{Cooldown, State};
use postern_settings::{ApiKey, Settings, Upstream as Written, UpstreamKind};
use postern_store::{AccountRecords, Day, Memory, UpstreamKey, Use};
use postern_upstream::{
    Chronicle, KeySetup, Keyed, KeyedConfig, KeyedMeans, Mcp, Policy, Registry, Share, Upstream, Vendor,
};
use tokio::sync::{Mutex as Turn, Notify, watch};
use tokio::task::JoinSet;

use book::account;
pub use book::{BadKey, KeyBook, KeyBookError, NewKey, Provided};
pub(crate) use change::no_upstream;
pub use command::{CheckedKey, check_keys};
pub(crate) use templates::templates;

use crate::roster::pool::{past, policy};
use crate::signal::Signal;

/// What the key of an environment variable is called.
const FROM_ENVIRONMENT: &str = "environment";
/// What stands for the key of a provider that wants none.
const KEYLESS: &str = "no-key";

/// When a key is looked at again that its provider refused for a reason that may pass.
const LOOK_AGAIN: Duration = Duration::from_secs(3600);
/// When keys that could not be read are read again.
const AGAIN: Duration = Duration::from_secs(5);

/// The providers with keys. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Providers {
    inner: Arc<Inner>,
}

struct Inner {
    book: KeyBook,
    means: KeyedMeans,
    mcp: Mcp,
    registry: Registry,
    /// What stands before and behind them: AI Studio, and the built-in model.
    first: Arc<dyn Upstream>,
    last: Arc<dyn Upstream>,
    changed: Signal,
    /// Held by whoever reads the keys.
    turn: Turn<()>,
    /// Told when they could not be read.
    unread: Notify,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    entries: BTreeMap<String, Entry>,
    /// When each key was last checked, by its name among all accounts.
    checked: HashMap<String, u64>,
}

/// One provider in service.
struct Entry {
    written: Written,
    keyed: Keyed,
    keys: Vec<UpstreamKey>,
    /// What goes on for it; ends with it.
    _tasks: JoinSet<()>,
}

/// Among which upstreams the providers stand, and what they ask with.
pub(crate) struct Among {
    pub(crate) book: KeyBook,
    pub(crate) means: KeyedMeans,
    pub(crate) mcp: Mcp,
    pub(crate) registry: Registry,
    pub(crate) first: Arc<dyn Upstream>,
    pub(crate) last: Arc<dyn Upstream>,
}

impl Providers {
    pub(crate) fn new(among: Among) -> Self {
        let Among { book, means, mcp, registry, first, last } = among;
        let (changed, turn, kept) = (Signal::default(), Turn::new(()), Mutex::default());
        let unread = Notify::new();
        let inner = Inner { book, means, mcp, registry, first, last, changed, turn, unread, kept };
        Self { inner: Arc::new(inner) }
    }

    /// Hears when there is something new about a provider or its keys.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.listen()
    }

    /// Brings the providers in line with the settings. Must be called within a tokio runtime; the keys of those that
    /// are new come a moment later, and who asks for their models meanwhile waits.
    pub(crate) fn obey(&self, settings: &Settings) {
        let mut kept = self.kept();
        let before = std::mem::take(&mut kept.entries);
        let policy = Policy { recheck: Some(LOOK_AGAIN), ..policy(settings) };
        let mut fresh = false;
        for (name, written) in &settings.upstreams {
            let config = keyed_config(name, written);
            let same = before.get(name).filter(|entry| *entry.keyed.config() == config);
            let keyed = match same {
                Some(entry) => entry.keyed.clone(),
                None => match Keyed::new(config, &self.inner.means, Some(self.chronicle(name))) {
                    Ok(keyed) => keyed,
                    Err(error) => {
                        tracing::warn!(upstream = %name, %error, "the upstream is left out");
                        continue;
                    }
                },
            };
            fresh |= same.is_none_or(|entry| entry.written != *written);
            keyed.set_policy(policy);
            let keys = same.map(|entry| entry.keys.clone()).unwrap_or_default();
            let tasks = self.attend_to(&keyed);
            let entry = Entry { written: written.clone(), keyed, keys, _tasks: tasks };
            kept.entries.insert(name.clone(), entry);
        }
        self.enlist(&kept);
        drop(kept);
        if fresh {
            let providers = self.clone();
            tokio::spawn(async move { providers.load().await });
        }
        self.inner.changed.give();
    }

    fn attend_to(&self, keyed: &Keyed) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(keyed.clone().tend());
        tasks.spawn(self.inner.changed.clone().repeat(keyed.changes()));
        tasks
    }

    fn chronicle(&self, upstream: &str) -> Arc<dyn Chronicle> {
        Arc::new(Scribe { records: self.inner.book.records().clone(), upstream: upstream.to_owned() })
    }

    /// Tells the registry who is asked, in which order.
    fn enlist(&self, kept: &Kept) {
        let used = kept.entries.values().filter(|entry| entry.written.enabled);
        let mut ordered: Vec<(u64, Arc<dyn Upstream>)> = used
            .map(|entry| (entry.written.order, self.inner.mcp.over(Arc::new(entry.keyed.clone()) as _)))
            .collect();
        ordered.sort_by_key(|(order, _)| *order);
        let place = ordered.partition_point(|(order, _)| *order < postern_settings::USUAL_ORDER);
        let mut all: Vec<Arc<dyn Upstream>> = ordered.into_iter().map(|(_, upstream)| upstream).collect();
        all.insert(place, Arc::clone(&self.inner.first));
        all.push(Arc::clone(&self.inner.last));
        self.inner.registry.set_upstreams(all);
    }

    /// Reads the keys anew whenever another process has written something, and after a while when they could not be
    /// read. Ends with the store.
    pub(crate) async fn attend(self) {
        let mut news = self.inner.book.records().changes();
        loop {
            tokio::select! {
                changed = news.changed() => if changed.is_err() { return },
                () = self.inner.unread.notified() => tokio::time::sleep(AGAIN).await,
            }
            self.load().await;
        }
    }

    /// Reads the keys and what is remembered of them, and gives them to their providers. When they cannot be read, the
    /// providers go on with those they have.
    pub(crate) async fn load(&self) {
        let _turn = self.inner.turn.lock().await;
        let since = Instant::now();
        let read = async {
            Ok::<_, KeyBookError>((self.inner.book.all().await?, self.inner.book.memories().await?))
        };
        let (rows, memories) = match read.await {
            Ok(read) => read,
            Err(error) => {
                tracing::warn!(%error, "the keys of providers cannot be read");
                self.inner.unread.notify_one();
                return self.begin_without_keys();
            }
        };
        let entries: Vec<(String, Written, Keyed)> = {
            let kept = self.kept();
            let entry =
                |(name, entry): (&String, &Entry)| (name.clone(), entry.written.clone(), entry.keyed.clone());
            kept.entries.iter().map(entry).collect()
        };
        for (name, written, keyed) in entries {
            let own: Vec<UpstreamKey> = rows.iter().filter(|key| key.upstream == name).cloned().collect();
            let setups = setups(&self.inner.book, &keyed, &written, &own, &memories).await;
            for setup in &setups {
                let memory = memories.get(&account(&name, &setup.name)).cloned().unwrap_or_default();
                match keyed.state_of(&setup.name) {
                    Some(_) => keyed.keep_cooldowns(&setup.name, &memory.cooldowns, since),
                    None => keyed.remember(&setup.name, past(memory)),
                }
            }
            keyed.set_keys(setups);
            if let Some(entry) = self.kept().entries.get_mut(&name) {
                entry.keys = own;
            }
        }
        self.inner.changed.give();
    }

    /// Tells providers that were told nothing yet that there are no keys, so that nobody waits for them.
    fn begin_without_keys(&self) {
        for entry in self.kept().entries.values().filter(|entry| !entry.keyed.knows_its_keys()) {
            entry.keyed.set_keys(Vec::new());
        }
        self.inner.changed.give();
    }

    pub(crate) fn find(&self, name: &str) -> Option<Keyed> {
        self.kept().entries.get(name).map(|entry| entry.keyed.clone())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys of one provider, opened.
async fn setups(
    book: &KeyBook,
    keyed: &Keyed,
    written: &Written,
    rows: &[UpstreamKey],
    memories: &BTreeMap<String, Memory>,
) -> Vec<KeySetup> {
    let host = keyed.host();
    let mut setups = Vec::new();
    for row in rows {
        let last = memories.get(&account(&row.upstream, &row.name)).and_then(|memory| memory.last.as_ref());
        let opened = opened(book, row, &host).await;
        let (secret, way, state) = match opened {
            Ok((secret, way)) => (Some(secret), way, begins_as(last)),
            Err(why) => (None, None, State::Blocked { why }),
        };
        let share = Share { weight: row.weight, priority: row.priority };
        setups.push(KeySetup { name: row.name.clone(), secret, enabled: row.enabled, share, state, way });
    }
    setups.extend(unpasted(written, rows.is_empty()));
    setups
}

/// The key and its way, or why it cannot be used. One whose way is not known is not sent by another.
async fn opened(
    book: &KeyBook,
    row: &UpstreamKey,
    host: &str,
) -> Result<(Secret, Option<ProxyRule>), String> {
    if row.host != host {
        return Err(format!("it was pasted for {}, and {} is at {host} now", row.host, row.upstream));
    }
    let secret = book.open(row).await.map_err(|error| format!("it cannot be opened: {error}"))?;
    let way = book.way(row).await.map_err(|error| format!("its proxy cannot be opened: {error}"))?;
    Ok((secret, way))
}

/// How a key begins that ended as `last`. What a provider refused for reasons of its own may be over.
fn begins_as(last: Option<&State>) -> State {
    match last {
        Some(State::SignInExpired) => State::SignInExpired,
        Some(State::Ready | State::CoolingDown { .. }) => State::Ready,
        _ => State::NotChecked,
    }
}

/// The key that nobody pasted, if there is one.
fn unpasted(written: &Written, no_pasted: bool) -> Option<KeySetup> {
    let base_url = base_url(written);
    let setup = |name: &str, secret, state| KeySetup {
        name: name.to_owned(),
        secret,
        enabled: true,
        share: Share::default(),
        state,
        way: None,
    };
    match &written.api_key {
        ApiKey::Env(variable) => {
            let value = std::env::var(&variable.0).ok().filter(|value| !value.trim().is_empty());
            let missing = || State::Blocked { why: format!("the variable {} is not set", variable.0) };
            let state = if value.is_some() { State::NotChecked } else { missing() };
            Some(setup(FROM_ENVIRONMENT, value.map(|value| Secret::new(value.trim())), state))
        }
        ApiKey::None => Some(setup(KEYLESS, None, State::NotChecked)),
        ApiKey::Pasted if no_pasted && vendor(written.kind).may_want_no_key(&base_url) => {
            Some(setup(KEYLESS, None, State::NotChecked))
        }
        ApiKey::Pasted => None,
    }
}

/// The host that would be shown keys.
pub(crate) fn host_of(kind: ShownKind, base_url: &str) -> Result<String, Trouble> {
    let host = vendor(view::kind(kind)).host(base_url);
    let message = "This is no address of a provider.";
    let wrong =
        || Trouble::new(Code::Invalid, message).action("Begin with https:// or http://.").field("base_url");
    host.ok_or_else(wrong)
}

/// The word of the file for a dialect.
pub(crate) fn word_of(kind: ShownKind) -> &'static str {
    view::kind(kind).as_str()
}

fn base_url(written: &Written) -> String {
    written.base_url.as_ref().map(|url| url.0.clone()).unwrap_or_default()
}

/// The same as the upstream is told it.
pub fn keyed_config(name: &str, written: &Written) -> KeyedConfig {
    KeyedConfig {
        name: name.to_owned(),
        vendor: vendor(written.kind),
        base_url: base_url(written),
        models: written.models.clone(),
        excluded: written.excluded.clone(),
        max_at_once: Some(written.max_at_once).filter(|most| *most > 0),
    }
}

fn vendor(kind: UpstreamKind) -> Vendor {
    match kind {
        UpstreamKind::Gemini => Vendor::Gemini,
        UpstreamKind::OpenAi => Vendor::OpenAi,
        UpstreamKind::Anthropic => Vendor::Anthropic,
    }
}

/// Writes what happens to the keys of one upstream into the database.
struct Scribe {
    records: AccountRecords,
    upstream: String,
}

impl Chronicle for Scribe {
    fn rests(&self, key: &str, cooldown: &Cooldown) {
        self.records.rests(&account(&self.upstream, key), cooldown);
    }

    fn used(&self, key: &str, day: &str, model: &str, answered: bool) {
        let what = if answered { Use::Answer } else { Use::Failure };
        self.records.used(&account(&self.upstream, key), Day(day.to_owned()), model, what);
    }

    fn used_up(&self, key: &str, day: &str, model: &str, answers: u64) {
        self.records.used_up(&account(&self.upstream, key), Day(day.to_owned()), model, answers);
    }

    fn became(&self, key: &str, state: &State) {
        self.records.became(&account(&self.upstream, key), state);
    }
}
