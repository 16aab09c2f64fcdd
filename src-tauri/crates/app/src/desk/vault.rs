//! The master key, for the console.

use futures::future::BoxFuture;
use postern_console::api::vault::{Recovered, RecoveryKey, RecoveryText, VaultView};
use postern_console::{Code, Trouble, VaultDesk};

use super::{HouseDesk, to_the_end};
use crate::secrets::SecretsError;
use crate::words::capitalised;

impl VaultDesk for HouseDesk {
    fn vault(&self) -> BoxFuture<'_, Result<VaultView, Trouble>> {
        Box::pin(async { Ok(self.rooms.secrets.status().await?.into()) })
    }

    fn recovery_key(&self) -> BoxFuture<'_, Result<RecoveryKey, Trouble>> {
        Box::pin(async {
            let key = self.rooms.secrets.recovery_key().await?;
            Ok(RecoveryKey { key: key.expose().to_owned() })
        })
    }

    fn recover(&self, told: RecoveryText) -> BoxFuture<'_, Result<Recovered, Trouble>> {
        let secrets = self.rooms.secrets.clone();
        to_the_end(async move {
            let recovered = secrets.recover(&told.key).await?;
            Ok(Recovered { secrets: recovered, vault: secrets.status().await?.into() })
        })
    }

    fn rekey(&self) -> BoxFuture<'_, Result<RecoveryKey, Trouble>> {
        let secrets = self.rooms.secrets.clone();
        to_the_end(async move {
            let key = secrets.rekey().await?;
            Ok(RecoveryKey { key: key.expose().to_owned() })
        })
    }
}

impl From<SecretsError> for Trouble {
    fn from(error: SecretsError) -> Self {
        use postern_vault::Error as Vault;
        let message = capitalised(&error.to_string());
        match error {
            SecretsError::Store(error) => error.into(),
            SecretsError::Vault(Vault::BadKey(_)) => Self::new(Code::Invalid, message).field("key"),
            SecretsError::Vault(_) => Self::new(Code::Unavailable, message)
                .action("Unlock the keyring, or see whether the data folder can be written, and try again."),
            SecretsError::Busy => Self::new(Code::Unavailable, message),
            SecretsError::Unreadable => Self::new(Code::Conflict, message),
            SecretsError::Shown => {
                Self::new(Code::Conflict, message).action("Re-key, and keep the new recovery key.")
            }
            SecretsError::Given(_) => Self::new(Code::Locked, message),
            SecretsError::NotThisKey | SecretsError::NothingToRecover => {
                Self::new(Code::Conflict, message).field("key")
            }
        }
    }
}
