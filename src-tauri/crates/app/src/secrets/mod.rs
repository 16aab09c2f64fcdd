//! What is kept sealed: the vault's keys and the store's rows, as one thing that puts secrets away and gives them
//! back.
//!
//! Rows carry the name of the key that opens them, and the store knows which key is in use. So whatever is cut short,
//! by a crash or by a keyring that is locked for a while, the next start finds for every row the key it was sealed
//! with, and brings all rows under one key again.

mod change;
mod error;
mod settle;
mod status;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use postern_store::{KeyState, SealKey, SealedName, SealedRow, SealedRows};
use postern_vault::{Config, Given, KeyId, MasterKey, Safe, Sealed, Vault};
use tokio::sync::{RwLock, RwLockReadGuard};
use zeroize::Zeroizing;

pub use error::SecretsError;
pub use status::SecretsStatus;

use crate::Paths;

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// The cookies and storage of an account that was imported; its id is the account's name.
    AccountState,
    /// A key of a provider; its id names the upstream, the key and the host that it may be shown to.
    UpstreamKey,
    /// A proxy with a name and a password; its id names the upstream and the key that go by it, and the proxy.
    UpstreamProxy,
    /// The proxy of all, with its name and its password; its id is the proxy without them.
    NetworkProxy,
}

impl SecretKind {
    /// How many generations are kept.
    fn kept(self) -> u32 {
        match self {
            Self::AccountState => 3,
            Self::UpstreamKey | Self::UpstreamProxy | Self::NetworkProxy => 1,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::AccountState => "account_state",
            Self::UpstreamKey => "upstream_key",
            Self::UpstreamProxy => "upstream_proxy",
            Self::NetworkProxy => "network_proxy",
        }
    }
}

/// One secret, as it was put away once. Shows itself in no log.
#[derive(Clone)]
pub struct Generation {
    /// Counts up with every one that is put away.
    pub number: i64,
    /// When, in seconds of Unix time.
    pub created_at: i64,
    /// The secret; `None` where it cannot be opened.
    pub secret: Option<Zeroizing<Vec<u8>>>,
}

/// Where master keys are looked for and kept.
#[derive(Clone)]
pub struct KeyPlaces {
    given: Given,
    keyring: Option<Arc<dyn Fn() -> Box<dyn Safe> + Send + Sync>>,
}

impl KeyPlaces {
    /// As the environment says, else the keyring of whoever runs this program, else a file in the data folder.
    pub fn of_this_user() -> Self {
        let given = Given::find(|name| std::env::var(name).ok());
        Self { given, keyring: Some(Arc::new(|| Box::new(postern_vault::SystemKeyring))) }
    }

    /// This key and no keyring.
    pub fn given(key: MasterKey) -> Self {
        Self { given: Given::key(key), keyring: None }
    }

    fn config(&self, file: PathBuf) -> Config {
        Config { safe: self.keyring.as_ref().map(|new| new()), ..Config::new(self.given.clone(), file) }
    }
}

/// The secrets of a data folder. Cheap to clone. The keys are looked for when they are needed first, so that a
/// keyring that hangs holds up nobody who needs none.
#[derive(Clone)]
pub struct Secrets {
    inner: Arc<Inner>,
}

struct Inner {
    rows: SealedRows,
    places: KeyPlaces,
    file: PathBuf,
    vault: RwLock<Option<Vault>>,
    /// Keys that were looked for because of a row, and not found then.
    missing: Mutex<BTreeSet<String>>,
}

impl Secrets {
    /// The secrets of this data folder's database.
    pub fn new(paths: &Paths, rows: SealedRows, places: KeyPlaces) -> Self {
        let (vault, missing) = (RwLock::new(None), Mutex::default());
        let inner = Inner { rows, places, file: paths.master_key(), vault, missing };
        Self { inner: Arc::new(inner) }
    }

    /// Puts a secret away as the newest generation; the oldest beyond those that are kept of its kind is dropped.
    pub async fn put(&self, kind: SecretKind, id: &str, secret: &[u8]) -> Result<(), SecretsError> {
        // Another process may exchange the key at this moment; then the new one is looked for, once.
        for _ in 0..2 {
            let sealed = {
                let vault = self.vault().await?;
                held(&vault)?.seal(kind.name(), id, secret)?
            };
            let row = (sealed.key.to_string(), sealed.bytes);
            if self.inner.rows.put(kind.name(), id, row, kind.kept()).await?.is_some() {
                return Ok(());
            }
            *self.inner.vault.write().await = None;
        }
        Err(SecretsError::Busy)
    }

    /// The newest generation that can be opened; `None` where there is none at all.
    pub async fn get(&self, kind: SecretKind, id: &str) -> Result<Option<Zeroizing<Vec<u8>>>, SecretsError> {
        let generations = self.generations(kind, id).await?;
        let none = generations.is_empty();
        match generations.into_iter().find_map(|generation| generation.secret) {
            Some(secret) => Ok(Some(secret)),
            None if none => Ok(None),
            None => Err(SecretsError::Unreadable),
        }
    }

    /// All generations, the newest first.
    pub async fn generations(&self, kind: SecretKind, id: &str) -> Result<Vec<Generation>, SecretsError> {
        // Opened first: that may seal the rows with another key.
        let mut vault = self.vault().await?;
        let mut rows = self.inner.rows.generations(kind.name(), id).await?;
        if self.is_news(held(&vault)?, &rows) {
            // Another process may have kept the key since the vault was opened here.
            drop(vault);
            *self.inner.vault.write().await = None;
            vault = self.vault().await?;
            rows = self.inner.rows.generations(kind.name(), id).await?;
        }
        let vault = held(&vault)?;
        let generation = |row: SealedRow| Generation {
            number: row.name.generation,
            created_at: row.created_at,
            secret: open(vault, &row),
        };
        Ok(rows.into_iter().map(generation).collect())
    }

    /// The ids there are secrets of. Needs no key.
    pub async fn ids(&self, kind: SecretKind) -> Result<Vec<String>, SecretsError> {
        let rows = self.inner.rows.all().await?;
        let of_kind = rows.into_iter().filter(|row| row.name.kind == kind.name()).map(|row| row.name.id);
        let mut ids: Vec<String> = of_kind.collect();
        ids.dedup();
        Ok(ids)
    }

    /// Forgets every generation. Needs no key.
    pub async fn forget(&self, kind: SecretKind, id: &str) -> Result<(), SecretsError> {
        self.inner.rows.remove(kind.name(), id).await?;
        Ok(())
    }

    /// Keeps the secrets under another id, because what they belong to is called so now. What the new id had before
    /// is forgotten, and so is what cannot be opened.
    pub async fn rename(&self, kind: SecretKind, from: &str, to: &str) -> Result<(), SecretsError> {
        if from == to {
            return Ok(());
        }
        let vault = self.vault().await?;
        let vault = held(&vault)?;
        let rows = self.inner.rows.generations(kind.name(), from).await?;
        let mut moved = Vec::new();
        for row in rows {
            let Some(secret) = open(vault, &row) else { continue };
            let sealed = vault.seal(kind.name(), to, &secret)?;
            let name = SealedName { id: to.to_owned(), ..row.name };
            moved.push(change::resealed(name, row.key, sealed));
        }
        if !self.inner.rows.rename(kind.name(), from, moved).await? {
            return Err(SecretsError::Busy);
        }
        self.forget(kind, from).await
    }

    /// Whether one of these rows was sealed with a key that is not here and was not looked for on its behalf yet.
    fn is_news(&self, vault: &Vault, rows: &[SealedRow]) -> bool {
        let mut missing = self.inner.missing.lock().unwrap_or_else(PoisonError::into_inner);
        let absent = rows.iter().filter(|row| !vault.holds(&KeyId::new(row.key.clone())));
        absent.filter(|row| missing.insert(row.key.clone())).count() > 0
    }

    /// The vault, opened when it is not yet. Holds the key in use until the guard is dropped.
    async fn vault(&self) -> Result<RwLockReadGuard<'_, Option<Vault>>, SecretsError> {
        loop {
            let open = self.inner.vault.read().await;
            if open.is_some() {
                return Ok(open);
            }
            drop(open);
            let mut slot = self.inner.vault.write().await;
            if slot.is_none() {
                *slot = Some(self.open_vault().await?);
            }
        }
    }
}

/// The vault in its slot, which [`Secrets::vault`] has filled.
fn held(slot: &Option<Vault>) -> Result<&Vault, SecretsError> {
    slot.as_ref().ok_or(SecretsError::Busy)
}

fn open(vault: &Vault, row: &SealedRow) -> Option<Zeroizing<Vec<u8>>> {
    let sealed = sealed(row);
    match vault.open_sealed(&row.name.kind, &row.name.id, &sealed) {
        Ok(secret) => Some(secret),
        Err(error) => {
            let SealedName { kind, id, generation } = &row.name;
            tracing::warn!(kind, id, generation, %error, "a stored secret cannot be opened");
            None
        }
    }
}

fn sealed(row: &SealedRow) -> Sealed {
    Sealed { key: KeyId::new(row.key.clone()), bytes: row.bytes.clone() }
}

fn in_use(keys: &[SealKey]) -> Option<&SealKey> {
    keys.iter().find(|key| key.state == KeyState::InUse)
}

/// Runs what may wait for the keyring where it holds nobody up.
async fn aside<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, postern_vault::Error> + Send + 'static,
) -> Result<T, SecretsError> {
    match tokio::task::spawn_blocking(job).await {
        Ok(done) => Ok(done?),
        Err(error) => {
            tracing::error!(%error, "the vault broke off");
            Err(SecretsError::Busy)
        }
    }
}
