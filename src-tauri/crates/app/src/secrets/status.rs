//! What can be said about the vault without saying a secret.

use postern_console::api::vault::{KeyPlace, VaultView, VaultWarning};
use postern_store::KeyState;
use postern_vault::{Source, Vault, Warning};

use super::{Secrets, SecretsError, held, sealed};

/// How the vault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretsStatus {
    /// Where the master key lies; `None` where there is none yet.
    pub source: Option<Source>,
    /// What the owner should know about it.
    pub warning: Option<Warning>,
    /// Since when it is there, in seconds of Unix time.
    pub since: Option<i64>,
    /// How many secrets are kept, all generations counted.
    pub rows: u64,
    /// How many of them cannot be opened.
    pub unreadable: u64,
    /// When the recovery key was shown, in seconds of Unix time.
    pub shown_at: Option<i64>,
}

impl Secrets {
    /// How the vault is. Opens it, which makes a key where there is none.
    pub async fn status(&self) -> Result<SecretsStatus, SecretsError> {
        let vault = self.vault().await?;
        self.status_of(held(&vault)?).await
    }

    /// How the vault would be. Makes and changes nothing.
    pub async fn glance(&self) -> Result<SecretsStatus, SecretsError> {
        let keys = self.inner.rows.keys().await?;
        let vault = self.look(&keys).await?;
        self.status_of(&vault).await
    }

    async fn status_of(&self, vault: &Vault) -> Result<SecretsStatus, SecretsError> {
        let keys = self.inner.rows.keys().await?;
        let rows = self.inner.rows.all().await?;
        let known = keys.iter().filter(|key| key.state != KeyState::Retired);
        let mut known = known.filter(|key| vault.leading().is_some_and(|id| id.as_str() == key.key));
        let leading = known.next();
        let closed = |row: &&postern_store::SealedRow| {
            vault.open_sealed(&row.name.kind, &row.name.id, &sealed(row)).is_err()
        };
        Ok(SecretsStatus {
            source: vault.source(),
            warning: vault.warning(),
            since: leading.map(|key| key.created_at),
            rows: count(rows.len()),
            unreadable: count(rows.iter().filter(closed).count()),
            shown_at: leading.and_then(|key| key.shown_at),
        })
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

impl From<SecretsStatus> for VaultView {
    fn from(status: SecretsStatus) -> Self {
        Self {
            place: status.source.map(place),
            given: status.source.is_some_and(Source::given),
            warning: status.warning.map(warning),
            since: status.since,
            secrets: status.rows,
            unreadable: status.unreadable,
            recovery_shown_at: status.shown_at,
        }
    }
}

fn place(source: Source) -> KeyPlace {
    match source {
        Source::Environment => KeyPlace::Environment,
        Source::GivenFile => KeyPlace::GivenFile,
        Source::Credential => KeyPlace::Credential,
        Source::Keyring => KeyPlace::Keyring,
        Source::File => KeyPlace::File,
    }
}

fn warning(warning: Warning) -> VaultWarning {
    match warning {
        Warning::GivenUnusable(why) => VaultWarning::GivenUnusable { why },
        Warning::InFile(why) => VaultWarning::InFile { why: why.map(|why| why.to_string()) },
        Warning::KeyringAway(why) => VaultWarning::KeyringAway { why: why.to_string() },
    }
}
