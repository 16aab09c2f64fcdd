//! The keys of providers as they are kept: what is no secret in the database, the key itself sealed, both bound to the
//! host that the key was pasted for.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use postern_net::ProxyRule;
use postern_protocol::Secret;
use postern_protocol::account::State;
use postern_store::{AccountRecords, Day, Memory, Store, UpstreamKey, UpstreamKeys};
use postern_upstream::today;

use crate::{AccountName, BadName, OwnWay, PRIORITIES, Paths, SecretKind, Secrets, SecretsError, WEIGHTS};

/// Longest key.
const LONGEST: usize = 4096;

/// The keys of providers. Cheap to clone.
#[derive(Clone)]
pub struct KeyBook {
    rows: UpstreamKeys,
    records: AccountRecords,
    secrets: Secrets,
}

/// A key that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKey {
    /// Nothing is there.
    #[error("the key is empty")]
    Empty,
    /// It is more than a line of visible letters.
    #[error("a key is one line of visible ASCII letters without spaces; this is something else")]
    Strange,
}

/// Why a key could not be kept, changed or had.
#[derive(Debug, thiserror::Error)]
pub enum KeyBookError {
    /// It cannot be kept.
    #[error(transparent)]
    Bad(#[from] BadKey),
    /// It cannot be called so.
    #[error(transparent)]
    Name(#[from] BadName),
    /// The upstream has no such key.
    #[error("{upstream} has no key called {name}")]
    Unknown {
        /// The upstream.
        upstream: String,
        /// The key.
        name: String,
    },
    /// Its name is taken.
    #[error("there is a key called {0} already")]
    Taken(String),
    /// Its share cannot be.
    #[error("the weight of a key is from 1 to 100, its priority from -100 to 100")]
    Share,
    /// It could not be sealed or opened.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The database.
    #[error(transparent)]
    Store(#[from] postern_store::Error),
}

/// A key to be kept. Has no `Debug`.
pub struct NewKey<'a> {
    /// What to call it; key-1, key-2, … unless given.
    pub name: Option<&'a str>,
    /// The key itself.
    pub value: &'a str,
    /// The way out for what is asked with it; that of all without it.
    pub way: Option<&'a OwnWay>,
}

/// What to change of a key.
#[derive(Clone, Debug, Default)]
pub struct Provided {
    /// Whether it is used.
    pub enabled: Option<bool>,
    /// Its share where several could answer.
    pub weight: Option<u32>,
    /// Keys of a higher priority are asked first.
    pub priority: Option<i32>,
}

impl KeyBook {
    /// The keys of this database, sealed by these secrets.
    pub fn new(store: &Store, secrets: Secrets) -> Self {
        Self { rows: store.upstream_keys(), records: store.accounts(), secrets }
    }

    /// The keys of a data folder, for commands.
    pub fn of(paths: &Paths, store: &Store) -> Self {
        Self::new(store, Secrets::new(paths, store.sealed(), crate::KeyPlaces::of_this_user()))
    }

    /// All keys, by upstream and name.
    pub async fn all(&self) -> Result<Vec<UpstreamKey>, KeyBookError> {
        Ok(self.rows.all().await?)
    }

    /// The keys of one upstream.
    pub async fn of_upstream(&self, upstream: &str) -> Result<Vec<UpstreamKey>, KeyBookError> {
        let mut all = self.all().await?;
        all.retain(|key| key.upstream == upstream);
        Ok(all)
    }

    /// What is remembered of all keys, by `upstream/name`.
    pub async fn memories(&self) -> Result<BTreeMap<String, Memory>, KeyBookError> {
        Ok(self.records.all(Day(today())).await?)
    }

    /// The key itself, to be shown to its host only.
    pub async fn open(&self, key: &UpstreamKey) -> Result<Secret, SecretsError> {
        let found = self.secrets.get(SecretKind::UpstreamKey, &sealed_id(key)).await?;
        let text = found.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
        text.map(Secret::new).ok_or(SecretsError::Unreadable)
    }

    /// Seals a key for this host and keeps it.
    pub async fn add(
        &self,
        upstream: &str,
        host: &str,
        new: NewKey<'_>,
    ) -> Result<UpstreamKey, KeyBookError> {
        let value = fitting(new.value)?;
        let present = self.of_upstream(upstream).await?;
        let taken = |name: &str| present.iter().any(|key| key.name == name) || is_reserved(name);
        let name = match new.name {
            Some(name) => name.trim().parse::<AccountName>()?.to_string(),
            None => (1..).map(|number| format!("key-{number}")).find(|name| !taken(name)).unwrap_or_default(),
        };
        if taken(&name) {
            return Err(KeyBookError::Taken(name));
        }
        let key = UpstreamKey {
            upstream: upstream.to_owned(),
            name,
            host: host.to_owned(),
            masked: value.masked(),
            enabled: true,
            weight: 1,
            priority: 0,
            added_at: now(),
            proxy: None,
            proxy_login: false,
        };
        let key = self.led(key, new.way).await?;
        self.keep(key.clone(), &value).await?;
        Ok(key)
    }

    /// Puts another key in the place of this one, for the host where the upstream is now.
    pub async fn exchange(
        &self,
        key: &UpstreamKey,
        host: &str,
        value: &str,
    ) -> Result<UpstreamKey, KeyBookError> {
        let value = fitting(value)?;
        let new =
            UpstreamKey { host: host.to_owned(), masked: value.masked(), added_at: now(), ..key.clone() };
        self.keep(new.clone(), &value).await?;
        if key.host != new.host {
            self.secrets.forget(SecretKind::UpstreamKey, &sealed_id(key)).await?;
        }
        Ok(new)
    }

    async fn keep(&self, key: UpstreamKey, value: &Secret) -> Result<(), KeyBookError> {
        let id = sealed_id(&key);
        self.secrets.put(SecretKind::UpstreamKey, &id, value.expose().as_bytes()).await?;
        // What was known of another key of this name is not known of this one.
        self.records.became(&account(&key.upstream, &key.name), &State::NotChecked);
        self.rows.put(key).await?;
        Ok(self.records.announce().await?)
    }

    /// Lets the key be shown to another host.
    pub async fn confirm(&self, key: &UpstreamKey, host: &str) -> Result<UpstreamKey, KeyBookError> {
        let new = UpstreamKey { host: host.to_owned(), ..key.clone() };
        self.secrets.rename(SecretKind::UpstreamKey, &sealed_id(key), &sealed_id(&new)).await?;
        self.rows.put(new.clone()).await?;
        self.records.announce().await?;
        Ok(new)
    }

    /// Gives the key a way out of its own, or that of all.
    pub async fn lead(&self, key: &UpstreamKey, way: Option<&OwnWay>) -> Result<UpstreamKey, KeyBookError> {
        let new = self.led(key.clone(), way).await?;
        self.rows.put(new.clone()).await?;
        if key.proxy_login && (!new.proxy_login || key.proxy != new.proxy) {
            self.secrets.forget(SecretKind::UpstreamProxy, &sealed_way(key)).await?;
        }
        self.records.announce().await?;
        Ok(new)
    }

    /// The key with this way, whose name and password are sealed.
    async fn led(&self, key: UpstreamKey, way: Option<&OwnWay>) -> Result<UpstreamKey, KeyBookError> {
        let (proxy, proxy_login) = (way.map(OwnWay::shown), way.is_some_and(OwnWay::has_login));
        let key = UpstreamKey { proxy, proxy_login, ..key };
        if let Some(way) = way.filter(|way| way.has_login()) {
            self.secrets.put(SecretKind::UpstreamProxy, &sealed_way(&key), way.text().as_bytes()).await?;
        }
        Ok(key)
    }

    /// The key's own way out; `None` for that of all.
    pub(super) async fn way(&self, key: &UpstreamKey) -> Result<Option<ProxyRule>, SecretsError> {
        let Some(shown) = &key.proxy else { return Ok(None) };
        let text = if key.proxy_login {
            let found = self.secrets.get(SecretKind::UpstreamProxy, &sealed_way(key)).await?;
            found.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
        } else {
            Some(shown.clone())
        };
        text.and_then(|text| text.parse().ok()).map(Some).ok_or(SecretsError::Unreadable)
    }

    /// Calls the key so from now on.
    pub async fn rename(&self, key: &UpstreamKey, name: &str) -> Result<UpstreamKey, KeyBookError> {
        let name = name.trim().parse::<AccountName>()?.to_string();
        if name == key.name {
            return Ok(key.clone());
        }
        let new = UpstreamKey { name: name.clone(), ..key.clone() };
        if is_reserved(&name) || !self.rows.rename(&key.upstream, &key.name, &name).await? {
            return Err(KeyBookError::Taken(name));
        }
        self.secrets.rename(SecretKind::UpstreamKey, &sealed_id(key), &sealed_id(&new)).await?;
        if key.proxy_login {
            self.secrets.rename(SecretKind::UpstreamProxy, &sealed_way(key), &sealed_way(&new)).await?;
        }
        self.records.renamed(&account(&key.upstream, &key.name), &account(&key.upstream, &name)).await?;
        self.records.announce().await?;
        Ok(new)
    }

    /// Switches the key, says how much it is used.
    pub async fn set(&self, key: &UpstreamKey, wanted: Provided) -> Result<UpstreamKey, KeyBookError> {
        let new = UpstreamKey {
            enabled: wanted.enabled.unwrap_or(key.enabled),
            weight: wanted.weight.unwrap_or(key.weight),
            priority: wanted.priority.unwrap_or(key.priority),
            ..key.clone()
        };
        if !WEIGHTS.contains(&new.weight) || !PRIORITIES.contains(&new.priority) {
            return Err(KeyBookError::Share);
        }
        if new != *key {
            self.rows.put(new.clone()).await?;
            self.records.announce().await?;
        }
        Ok(new)
    }

    /// The key of this name.
    pub async fn find(&self, upstream: &str, name: &str) -> Result<UpstreamKey, KeyBookError> {
        let found = self.of_upstream(upstream).await?.into_iter().find(|key| key.name == name);
        found.ok_or_else(|| KeyBookError::Unknown { upstream: upstream.to_owned(), name: name.to_owned() })
    }

    /// Forgets the key.
    pub async fn remove(&self, key: &UpstreamKey) -> Result<(), KeyBookError> {
        self.rows.remove(&key.upstream, &key.name).await?;
        self.secrets.forget(SecretKind::UpstreamKey, &sealed_id(key)).await?;
        if key.proxy_login {
            self.secrets.forget(SecretKind::UpstreamProxy, &sealed_way(key)).await?;
        }
        self.records.forget(&account(&key.upstream, &key.name)).await?;
        Ok(self.records.announce().await?)
    }

    /// What seals them.
    pub(super) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Where the states and cooldowns of keys are written.
    pub(super) fn records(&self) -> &AccountRecords {
        &self.records
    }
}

/// How a key is called among all accounts.
pub(super) fn account(upstream: &str, name: &str) -> String {
    format!("{upstream}/{name}")
}

/// What its bytes are sealed for: a row that is moved to another host's name cannot be opened.
fn sealed_id(key: &UpstreamKey) -> String {
    format!("{}/{}@{}", key.upstream, key.name, key.host)
}

/// What its proxy's name and password are sealed for.
fn sealed_way(key: &UpstreamKey) -> String {
    format!("{}/{}@{}", key.upstream, key.name, key.proxy.as_deref().unwrap_or_default())
}

/// The names of keys that nobody pasted.
fn is_reserved(name: &str) -> bool {
    matches!(name, super::FROM_ENVIRONMENT | super::KEYLESS)
}

fn fitting(value: &str) -> Result<Secret, BadKey> {
    let value = value.trim();
    if value.is_empty() {
        return Err(BadKey::Empty);
    }
    let good = value.len() <= LONGEST && value.bytes().all(|byte| byte.is_ascii_graphic());
    if good { Ok(Secret::new(value)) } else { Err(BadKey::Strange) }
}

pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
