//! Opening the vault, and bringing all rows under one key.

use std::collections::BTreeSet;

use postern_store::{KeyState, SealKey};
use postern_vault::{KeyId, MasterKey, Vault};

use super::{Secrets, SecretsError, aside, change, in_use};

/// How often another process may change the keys between two looks.
const ATTEMPTS: usize = 5;

impl Secrets {
    /// Looks for the keys now, and says in the log what the owner should know. For the start of a house.
    pub(crate) async fn settle(self) {
        if let Err(error) = self.vault().await.map(drop) {
            tracing::error!(%error, "the vault cannot be opened; what needs a secret has to wait");
            return;
        }
        match self.status().await {
            Ok(status) => {
                if let Some(warning) = &status.warning {
                    tracing::warn!("{warning}");
                }
                if status.unreadable > 0 {
                    tracing::warn!(
                        rows = status.unreadable,
                        "stored secrets were sealed with a key that is not here; recover it in the settings or with \
                         postern vault recover, or sign in again where one is missing"
                    );
                }
            }
            Err(error) => tracing::warn!(%error, "the state of the vault is not known"),
        }
    }

    /// Finds the keys, makes one where there is none, and brings what can be opened under the one that leads.
    pub(super) async fn open_vault(&self) -> Result<Vault, SecretsError> {
        for _ in 0..ATTEMPTS {
            let keys = self.inner.rows.keys().await?;
            let mut vault = self.look(&keys).await?;
            let leading = match vault.leading().cloned() {
                Some(leading) => leading,
                None => {
                    let key = MasterKey::generate()?;
                    vault = self.keep(vault, key.clone()).await?;
                    vault.lead(&key.id());
                    key.id()
                }
            };
            self.inner.rows.add_key(leading.as_str()).await?;
            // While the keyring is away its key stays the one in use: it comes back.
            if vault.keyring_away() || self.bring_under(&vault, &leading, in_use(&keys)).await? {
                return self.tidy(vault).await;
            }
        }
        Err(SecretsError::Busy)
    }

    /// Looks for the keys that the store knows by name, and makes none.
    pub(super) async fn look(&self, keys: &[SealKey]) -> Result<Vault, SecretsError> {
        let config = self.inner.places.config(self.inner.file.clone());
        let known = keys.iter().filter(|key| key.state != KeyState::Retired);
        let known: Vec<KeyId> = known.map(|key| KeyId::new(key.key.clone())).collect();
        let in_use = in_use(keys).map(|key| KeyId::new(key.key.clone()));
        aside(move || Vault::open(config, &known, in_use.as_ref())).await
    }

    /// Keeps a new key. Its name is written down first, so that a key is never forgotten in the keyring.
    pub(super) async fn keep(&self, mut vault: Vault, key: MasterKey) -> Result<Vault, SecretsError> {
        self.inner.rows.add_key(key.id().as_str()).await?;
        aside(move || {
            vault.keep(&key)?;
            Ok(vault)
        })
        .await
    }

    /// Brings every row that can be opened under this key, and the key into use in the place of `before`. `false`
    /// when another process was quicker.
    pub(super) async fn bring_under(
        &self,
        vault: &Vault,
        leading: &KeyId,
        before: Option<&SealKey>,
    ) -> Result<bool, SecretsError> {
        let mut before = before.map(|key| key.key.clone());
        for _ in 0..ATTEMPTS {
            let rows = self.inner.rows.all().await?;
            let mut again = Vec::new();
            for row in rows.into_iter().filter(|row| row.key != leading.as_str()) {
                let sealed = super::sealed(&row);
                // What cannot be opened stays as it is; its key may come back.
                if let Ok(new) = vault.reseal(leading, &row.name.kind, &row.name.id, &sealed) {
                    again.push(change::resealed(row.name, row.key, new));
                }
            }
            if again.is_empty() && before.as_deref() == Some(leading.as_str()) {
                return Ok(true);
            }
            if !self.inner.rows.exchange(again, leading.as_str(), before).await? {
                return Ok(false);
            }
            // Somebody may have put something away with the key of before; once more, until nothing is left.
            before = Some(leading.to_string());
        }
        Ok(true)
    }

    /// Forgets every key that is of no use any more. What cannot be forgotten now is tried again at the next start.
    pub(super) async fn tidy(&self, mut vault: Vault) -> Result<Vault, SecretsError> {
        let leading = vault.leading().map(ToString::to_string);
        let keys = self.inner.rows.keys().await?;
        let mut useless = BTreeSet::new();
        for key in keys.into_iter().filter(|key| Some(&key.key) != leading.as_ref() && key.rows == 0) {
            if key.state == KeyState::Retired || self.inner.rows.retire(&key.key).await? {
                useless.insert(key.key);
            }
        }
        for name in useless {
            let id = KeyId::new(name.clone());
            let (returned, forgotten) = aside(move || {
                let forgotten = vault.forget(&id);
                Ok((vault, forgotten))
            })
            .await?;
            vault = returned;
            match forgotten {
                Ok(()) => self.inner.rows.forget_key(&name).await?,
                Err(error) => tracing::debug!(%error, key = name, "a retired key stays for now"),
            }
        }
        Ok(vault)
    }
}
