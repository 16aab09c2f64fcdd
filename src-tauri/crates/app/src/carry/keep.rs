//! Sessions that came as a file of cookies, kept up to date and sealed. Their browser profile is their home as that of
//! any other; but such a profile is easily lost (browsers encrypt cookies with keys of a machine), and then the file
//! that it came from is long out of date.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use postern_aistudio::session::{NEEDED, Session, SessionKeeper};
use postern_browser::StorageState;
use postern_console::api::accounts::AccountSource;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::cookies::now;
use crate::{AccountName, Accounts, SecretKind, Secrets};

/// Keeps the sessions of imported accounts. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Keeper {
    secrets: Secrets,
    accounts: Accounts,
}

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    /// Whose it is: a name may belong to another account one day.
    email: Option<String>,
    state: Box<RawValue>,
}

impl Keeper {
    /// Keeps sessions in these secrets.
    pub(crate) fn new(secrets: Secrets, accounts: Accounts) -> Self {
        Self { secrets, accounts }
    }

    /// Who keeps the session of the account; nobody where its profile did not come from a file of cookies.
    pub(crate) fn of(&self, name: &AccountName) -> Option<Arc<dyn SessionKeeper>> {
        let copied = self.accounts.read(name).source == AccountSource::Cookies;
        copied.then(|| Arc::new(Of { keeper: self.clone(), name: name.clone() }) as Arc<dyn SessionKeeper>)
    }

    /// The account is called so now.
    pub(crate) async fn renamed(&self, from: &AccountName, to: &AccountName) {
        let renamed = self.secrets.rename(SecretKind::AccountState, from.as_str(), to.as_str()).await;
        if let Err(error) = renamed {
            tracing::warn!(account = %to, %error, "its kept sessions were lost with its name");
        }
    }

    /// Drops the sessions of accounts that are gone or have become their own home.
    pub(crate) async fn sweep(&self) {
        let ids = match self.secrets.ids(SecretKind::AccountState).await {
            Ok(ids) => ids,
            Err(error) => return tracing::warn!(%error, "kept sessions cannot be looked through"),
        };
        for name in ids.iter().filter_map(|id| id.parse::<AccountName>().ok()) {
            if self.of(&name).is_none() {
                self.removed(&name).await;
            }
        }
    }

    /// The account is gone.
    pub(crate) async fn removed(&self, name: &AccountName) {
        if let Err(error) = self.secrets.forget(SecretKind::AccountState, name.as_str()).await {
            tracing::warn!(account = %name, %error, "its kept sessions could not be removed");
        }
    }
}

/// The keeper of one account.
struct Of {
    keeper: Keeper,
    name: AccountName,
}

impl Of {
    async fn put(&self, session: Session) {
        let Session { state, owner } = session;
        let known = self.keeper.accounts.read(&self.name).email;
        if !is_of(known.as_deref(), owner.as_deref()) {
            tracing::warn!(account = %self.name, "another Google account is signed in there; its session is not kept");
            return;
        }
        if !state.has(NEEDED, now()) {
            return;
        }
        let Some(sealed) = encode(&state, owner) else { return };
        match self.keeper.secrets.put(SecretKind::AccountState, self.name.as_str(), &sealed).await {
            Ok(()) => tracing::debug!(account = %self.name, "the session was kept"),
            Err(error) => tracing::warn!(account = %self.name, %error, "the session could not be kept"),
        }
    }

    async fn newest(&self) -> Option<StorageState> {
        let known = self.keeper.accounts.read(&self.name).email;
        let generations = self.keeper.secrets.generations(SecretKind::AccountState, self.name.as_str()).await;
        let generations = generations
            .inspect_err(|error| tracing::warn!(account = %self.name, %error, "no kept session can be had"))
            .ok()?;
        generations.into_iter().find_map(|generation| decode(&generation.secret?, known.as_deref()))
    }
}

impl SessionKeeper for Of {
    fn keep(&self, session: Session) -> BoxFuture<'_, ()> {
        Box::pin(self.put(session))
    }

    fn last_good(&self) -> BoxFuture<'_, Option<StorageState>> {
        Box::pin(self.newest())
    }
}

impl fmt::Debug for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keeper of {}", self.name)
    }
}

/// Whether a session of `owner` may be kept for an account of the address `known`.
fn is_of(known: Option<&str>, owner: Option<&str>) -> bool {
    match (known, owner) {
        (Some(known), Some(owner)) => known.eq_ignore_ascii_case(owner),
        (Some(_), None) => false,
        (None, _) => true,
    }
}

fn encode(state: &StorageState, email: Option<String>) -> Option<Zeroizing<Vec<u8>>> {
    let state = RawValue::from_string(state.to_json().expose().to_owned()).ok()?;
    serde_json::to_vec(&Sealed { email, state }).ok().map(Zeroizing::new)
}

fn decode(secret: &[u8], known: Option<&str>) -> Option<StorageState> {
    let sealed: Sealed = serde_json::from_slice(secret).ok()?;
    if !is_of(known, sealed.email.as_deref()) {
        return None;
    }
    StorageState::read(sealed.state.get().as_bytes()).ok()
}

#[cfg(test)]
#[path = "keep_tests.rs"]
mod tests;
