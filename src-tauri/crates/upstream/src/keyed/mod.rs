//! Providers that are asked with keys: Gemini, OpenAI and all who speak its dialect, Anthropic.
//!
//! In goes a request in canonical words ([`relay`]) or in the provider's own ([`hand`]); the pool of keys decides which
//! is shown to the provider ([`key`]), and when one is refused the next is tried, as long as nothing of an answer has
//! come. What differs from vendor to vendor is a [`provider::Provider`], its list of models is kept in a [`catalogue`],
//! and the way out is one [`wire`]. No key is in an error, a log or an address.

mod anthropic;
mod base;
mod care;
mod catalogue;
mod gemini;
mod hand;
mod inline;
mod key;
mod openai;
mod provider;
mod relay;
mod seals;
mod splice;
mod visitors;
mod wire;

use std::sync::{Arc, Mutex, Weak};
use std::time::{Instant, SystemTime};

use futures::StreamExt;
use futures::future::BoxFuture;
use postern_net::{Network, ProxyRule};
use postern_protocol::Secret;
use postern_protocol::account::{Cooldown, State, Status};
use postern_protocol::chat::{Failure, FailureKind, Request};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::accounts::{self, Account, Chronicle, Lease, Naming, Past, Policy, Pool, Share, Standing};
use crate::media::Media;
use crate::{Call, Errand, EventStream, Lane, ModelCard, Operation, Passage, Upstream};
use catalogue::Catalogue;
use key::Key;
use provider::Provider;
use seals::Seals;
use wire::Wire;

pub use openai::is_azure;
pub use provider::Vendor;
pub use visitors::GeminiGuests;

/// What the owner says about a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedConfig {
    /// What it is called: the part of a model's name before the `/`.
    pub name: String,
    /// Whose dialect it speaks.
    pub vendor: Vendor,
    /// Where it is; empty for the maker of the dialect.
    pub base_url: String,
    /// The only models that are offered; empty for all.
    pub models: Vec<String>,
    /// Models that are not offered.
    pub excluded: Vec<String>,
    /// Most requests that a key answers at once; `None` for any number.
    pub max_at_once: Option<usize>,
}

/// A key and what is known of it. Has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeySetup {
    /// What its owner calls it, unique within the upstream.
    pub name: String,
    /// The key; `None` for a provider that wants none, or a key that may not be shown to it.
    pub secret: Option<Secret>,
    /// Whether it is used.
    pub enabled: bool,
    /// What its owner decided.
    pub share: Share,
    /// How it was when it was last used.
    pub state: State,
    /// The way out for what is asked with it; `None` for that of all.
    pub way: Option<ProxyRule>,
}

/// What upstreams with keys have in common.
#[derive(Clone)]
pub struct KeyedMeans {
    /// The way out.
    pub network: Network,
    /// Gets files that requests name.
    pub media: Option<Media>,
    seals: Seals,
}

impl KeyedMeans {
    /// Goes out by this network and gets files in this way.
    pub fn new(network: Network, media: Option<Media>) -> Self {
        Self { network, media, seals: Seals::default() }
    }
}

/// An address that no provider can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no address of a provider; it begins with https:// or http:// and names a host")]
pub struct BadBase;

/// A provider that is asked with keys. Cheap to clone; clones share the keys.
#[derive(Clone)]
pub struct Keyed {
    inner: Arc<Inner>,
}

struct Inner {
    config: KeyedConfig,
    provider: Box<dyn Provider>,
    pool: Pool<Key>,
    network: Network,
    /// For keys without a way of their own.
    wire: Wire,
    media: Option<Media>,
    seals: Seals,
    catalogue: Catalogue,
    /// Whoever reads the list of models while the old one serves.
    readers: Mutex<JoinSet<()>>,
    /// Whether the keys were told.
    ready: watch::Sender<bool>,
}

struct Unheld(Weak<Inner>);

impl Unheld {
    fn upgrade(&self) -> Option<Keyed> {
        self.0.upgrade().map(|inner| Keyed { inner })
    }
}

impl Keyed {
    /// A provider whose keys are yet to be told.
    pub fn new(
        config: KeyedConfig,
        means: &KeyedMeans,
        chronicle: Option<Arc<dyn Chronicle>>,
    ) -> Result<Self, BadBase> {
        let provider = config.vendor.at(&config.base_url).ok_or(BadBase)?;
        let inner = Inner {
            pool: Pool::new(Naming::Keys(config.name.clone()), chronicle),
            wire: Wire::to(provider.base(), &means.network),
            network: means.network.clone(),
            media: means.media.clone(),
            seals: means.seals.clone(),
            catalogue: Catalogue::default(),
            readers: Mutex::default(),
            ready: watch::Sender::new(false),
            provider,
            config,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What the owner says about it.
    pub fn config(&self) -> &KeyedConfig {
        &self.inner.config
    }

    /// The host that is shown its keys.
    pub fn host(&self) -> String {
        self.inner.provider.base().host()
    }

    /// The keys from now on. What is known of one that stays is kept.
    pub fn set_keys(&self, keys: Vec<KeySetup>) {
        let lanes = self.inner.config.max_at_once;
        for key in &keys {
            self.inner.pool.set_share(&key.name, key.share);
        }
        let key = |key: KeySetup| {
            let wire = self.wire_by(key.way.as_ref());
            Key::new(key, lanes, wire)
        };
        self.inner.pool.set_accounts(keys.into_iter().map(key).collect());
        self.inner.catalogue.try_again();
        self.inner.ready.send_replace(true);
    }

    /// What goes by this way, with the connections that a key there is has already.
    fn wire_by(&self, way: Option<&ProxyRule>) -> Wire {
        let Some(rule) = way else { return self.inner.wire.clone() };
        let accounts = self.inner.pool.accounts();
        let same = accounts.iter().find(|key| key.way() == way).map(|key| key.wire().clone());
        same.unwrap_or_else(|| Wire::to(self.inner.provider.base(), &self.inner.network.with(rule.clone())))
    }

    /// Whether it was told its keys, be it none.
    pub fn knows_its_keys(&self) -> bool {
        *self.inner.ready.borrow()
    }

    /// How the keys are used from now on.
    pub fn set_policy(&self, policy: Policy) {
        self.inner.pool.set_policy(policy);
    }

    /// What was remembered of the key from before this start.
    pub fn remember(&self, key: &str, past: Past) {
        self.inner.pool.remember(key, past);
    }

    /// What is known of the key beside its state.
    pub fn standing(&self, key: &str) -> Standing {
        self.inner.pool.standing(key)
    }

    /// The key's state; `None` where there is no such key.
    pub fn state_of(&self, key: &str) -> Option<State> {
        self.inner.pool.find(key).map(|key| self.inner.pool.state_of(&key))
    }

    /// Ends cooldowns of the key before their time: that of this model, or all. Whether there was one.
    pub fn end_cooldowns(&self, key: &str, model: Option<&str>) -> bool {
        self.inner.pool.end_cooldowns(key, model)
    }

    /// Of the cooldowns that were there before `since`, only these are left.
    pub fn keep_cooldowns(&self, key: &str, kept: &[Cooldown], since: Instant) {
        self.inner.pool.keep_cooldowns(key, kept, since);
    }

    /// The key has another name.
    pub fn renamed(&self, key: &str, new: &str) {
        self.inner.pool.renamed(key, new);
    }

    /// The key is gone.
    pub fn forget(&self, key: &str) {
        self.inner.pool.forget(key);
    }

    /// Hears when there are other keys, or when the state of one changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.pool.changes()
    }

    /// A key that can be used now, for those who speak to the same host by themselves and by the way of all.
    pub fn a_key(&self) -> Option<Secret> {
        let pool = &self.inner.pool;
        pool.accounts()
            .iter()
            .find(|key| pool.serves(key) && key.way().is_none() && key.secret().is_some())?
            .secret()
            .cloned()
    }

    /// How many models the provider listed; `None` while it was not asked.
    pub fn model_count(&self) -> Option<usize> {
        self.inner.catalogue.count()
    }

    /// Asks the provider whether it takes the key, by asking for its models. The key's state follows whether it does; other
    /// trouble is told.
    pub async fn check(&self, key: &str) -> Result<State, Failure> {
        let unknown = || Failure::new(FailureKind::BadRequest, format!("there is no key {key}"));
        let found = self.inner.pool.find(key).ok_or_else(unknown)?;
        match self.list_with(&found).await {
            Ok(_) => {
                found.became(State::Ready);
                self.inner.pool.forgive(key);
                self.inner.pool.changed(key);
                self.inner.catalogue.try_again();
            }
            Err(failure) => {
                self.note(&found, &failure);
                if failure.kind != FailureKind::SignInExpired {
                    return Err(failure);
                }
            }
        }
        Ok(self.inner.pool.state_of(&found))
    }

    /// The ids of the models that the provider lists for the key, whatever the owner wants of them.
    pub async fn listed_for(&self, key: &str) -> Result<Vec<String>, Failure> {
        let unknown = || Failure::new(FailureKind::BadRequest, format!("there is no key {key}"));
        let found = self.inner.pool.find(key).ok_or_else(unknown)?;
        Ok(self.list_with(&found).await?.into_iter().map(|card| card.id).collect())
    }

    fn weak(&self) -> Unheld {
        Unheld(Arc::downgrade(&self.inner))
    }

    /// A request was answered with the key.
    fn answered(&self, key: &Key, model: &str) {
        let changed = key.became(State::Ready);
        self.inner.pool.answered(key.name(), model);
        if changed {
            self.inner.pool.changed(key.name());
        }
    }

    /// A request failed with the key. Whether another is to be tried.
    fn failed(&self, lease: &Lease<Key>, model: &str, failure: &Failure) -> bool {
        if failure.kind == FailureKind::SignInExpired {
            lease.account.became(State::SignInExpired);
        }
        self.inner.pool.failed(lease.account.name(), model, failure, lease.sure)
    }

    /// The provider said this when it was asked for its list of models. A key may well answer that may not have the list.
    fn note(&self, key: &Key, failure: &Failure) {
        if failure.kind == FailureKind::SignInExpired {
            key.became(State::SignInExpired);
            self.inner.pool.changed(key.name());
        }
    }

    /// Waits until the keys were told.
    async fn ready(&self) {
        // The sender is there as long as this is.
        let _ = self.inner.ready.subscribe().wait_for(|ready| *ready).await;
    }
}

impl Upstream for Keyed {
    fn name(&self) -> &str {
        &self.inner.config.name
    }

    fn lanes(&self) -> Option<usize> {
        self.inner.pool.lanes_now()
    }

    fn lane(&self, call: &Call, _running: usize) -> Option<Lane> {
        self.inner.pool.reserve(call, &call.request.model)
    }

    fn accounts(&self) -> Vec<Status> {
        self.inner.pool.statuses()
    }

    fn action(&self, account: &Status) -> Option<String> {
        account.state.key_action(self.name())
    }

    fn enrolment(&self) -> String {
        format!("{name} has no key yet: postern account add --upstream {name}", name = self.name())
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        Box::pin(async move {
            self.ready().await;
            if self.inner.pool.accounts().is_empty() {
                return Ok(Vec::new());
            }
            self.offered().await
        })
    }

    fn serving(&self, model: &str) -> Vec<String> {
        let pool = &self.inner.pool;
        let serves = |key: &&Key| pool.serves(key) && !pool.rests_for(key.name(), model);
        pool.accounts().iter().filter(serves).map(|key| key.name().to_owned()).collect()
    }

    fn refresh(&self) -> BoxFuture<'_, Result<(), Failure>> {
        Box::pin(async move {
            self.ready().await;
            if self.inner.pool.accounts().is_empty() {
                return Ok(());
            }
            self.read(true).await.map(drop)
        })
    }

    fn models_read_at(&self) -> Option<SystemTime> {
        self.inner.catalogue.read_at()
    }

    fn ignores(&self, _: &Request) -> Vec<&'static str> {
        // What a provider cannot be told is a warning of its answer.
        Vec::new()
    }

    fn chat(&self, call: Call) -> EventStream {
        let lane = self.inner.pool.reserved(&call.id);
        accounts::relay(self.clone(), call, lane).boxed()
    }

    fn passes(&self, operation: Operation) -> bool {
        self.inner.provider.pass_url(operation, "model").is_some()
    }

    fn pass(&self, errand: Errand) -> BoxFuture<'static, Result<Passage, Failure>> {
        Box::pin(self.clone().hand_on(errand))
    }
}
