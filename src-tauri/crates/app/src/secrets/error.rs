/// Why a secret could not be put away or had.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The store.
    #[error(transparent)]
    Store(#[from] postern_store::Error),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] postern_vault::Error),
    /// There is something, and no key here opens it.
    #[error("this was sealed with a master key that is not here; recover it with its recovery key")]
    Unreadable,
    /// Another process works on the keys.
    #[error("another Postern changes the master key at this moment; try again")]
    Busy,
    /// The recovery key was shown before.
    #[error("the recovery key was shown before, and is shown once only; re-keying makes a new one")]
    Shown,
    /// Somebody else keeps the key.
    #[error(
        "the master key is given from outside ({0}), and whoever gives it keeps it; to change it, give another one \
         and then recover with the old one"
    )]
    Given(postern_vault::Source),
    /// The recovery key is well formed, and of another data folder or time.
    #[error("no secret here was sealed with this key; it is of another Postern, or of an older key")]
    NotThisKey,
    /// The recovery key opens nothing that is closed.
    #[error("this key is here already; there is nothing to recover with it")]
    NothingToRecover,
}
