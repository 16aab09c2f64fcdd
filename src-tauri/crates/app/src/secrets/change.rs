//! Another master key: made anew, or brought back.

use postern_protocol::Secret;
use postern_store::{Resealed, SealedName};
use postern_vault::{MasterKey, Sealed, Source, Vault};

use super::{Secrets, SecretsError, held, in_use};

impl Secrets {
    /// The form in which people keep the master key; shown once.
    pub async fn recovery_key(&self) -> Result<Secret, SecretsError> {
        let vault = self.vault().await?;
        let vault = held(&vault)?;
        not_given(vault)?;
        let (Some(leading), Some(text)) = (vault.leading(), vault.recovery_key()) else {
            return Err(postern_vault::Error::NoKey.into());
        };
        if self.inner.rows.show_key(leading.as_str()).await? { Ok(text) } else { Err(SecretsError::Shown) }
    }

    /// Makes a new master key, seals everything with it and forgets the old one. Returns the new recovery key, which
    /// counts as shown. Whatever is cut short, all rows have a key that the next start finds.
    pub async fn rekey(&self) -> Result<Secret, SecretsError> {
        self.vault().await.map(drop)?;
        let mut slot = self.inner.vault.write().await;
        not_given(held(&slot)?)?;
        let key = MasterKey::generate()?;
        let text = key.recovery();
        let vault = slot.take().ok_or(SecretsError::Busy)?;
        *slot = Some(self.exchange(vault, key.clone()).await?);
        self.inner.rows.show_key(key.id().as_str()).await?;
        tracing::info!("the master key was exchanged; the recovery key of before opens nothing any more");
        Ok(text)
    }

    /// Brings a lost master key back, so that what it sealed opens again. It becomes the one in use, unless one is
    /// given from outside. Returns how many secrets open again.
    pub async fn recover(&self, text: &str) -> Result<u64, SecretsError> {
        let text = text.trim();
        // A key that was given from outside may have been written otherwise; of a typo the other form tells more.
        let key = MasterKey::from_text(text).or_else(|_| MasterKey::from_recovery(text));
        let key = key.map_err(postern_vault::Error::from)?;
        self.vault().await.map(drop)?;
        let mut slot = self.inner.vault.write().await;
        if held(&slot)?.holds(&key.id()) {
            return Err(SecretsError::NothingToRecover);
        }
        let keys = self.inner.rows.keys().await?;
        let rows = keys.iter().find(|known| known.key == key.id().as_str()).map_or(0, |known| known.rows);
        if rows == 0 {
            return Err(SecretsError::NotThisKey);
        }
        let mut vault = slot.take().ok_or(SecretsError::Busy)?;
        let leading = vault.leading().filter(|_| vault.source().is_some_and(Source::given)).cloned();
        *slot = Some(match leading {
            Some(given) => {
                vault.take(key, Source::File);
                self.bring_under(&vault, &given, in_use(&keys)).await?;
                self.tidy(vault).await?
            }
            None => self.exchange(vault, key).await?,
        });
        tracing::info!(rows, "stored secrets can be opened again");
        Ok(rows)
    }

    /// Keeps the key, brings all rows under it, and forgets what is of no use then. When it fails the slot stays
    /// empty, and the vault is opened anew by whoever needs it next.
    async fn exchange(&self, vault: Vault, key: MasterKey) -> Result<Vault, SecretsError> {
        let id = key.id();
        let mut vault = self.keep(vault, key).await?;
        let keys = self.inner.rows.keys().await?;
        if !self.bring_under(&vault, &id, in_use(&keys)).await? {
            return Err(SecretsError::Busy);
        }
        vault.lead(&id);
        self.tidy(vault).await
    }
}

pub(super) fn resealed(name: SealedName, from: String, new: Sealed) -> Resealed {
    Resealed { name, from, key: new.key.to_string(), bytes: new.bytes }
}

fn not_given(vault: &Vault) -> Result<(), SecretsError> {
    match vault.source().filter(|source| source.given()) {
        Some(source) => Err(SecretsError::Given(source)),
        None => Ok(()),
    }
}
