//! Changing keys, checking them, trying them.

use postern_console::api::accounts::CooldownReset;
use postern_console::api::upstreams::{
    KeyTrial, KeyTrialOutcome, NewUpstreamKey, UpstreamKeyChange, UpstreamKeyView,
};
use postern_console::{Code, Trouble};
use postern_gateway::StoredKeys;
use postern_protocol::Secret;
use postern_protocol::account::State;
use postern_protocol::chat::FailureKind;
use postern_store::UpstreamKey;
use postern_upstream::{KeySetup, Keyed, KeyedConfig, Share};

use super::book::now;
use super::view::kind;
use super::{FROM_ENVIRONMENT, KEYLESS, KeyBookError, NewKey, Provided, Providers, vendor, word_of};
use crate::way::masked;
use crate::words::capitalised;
use crate::{OwnWay, SecretsError};

impl Providers {
    /// Keeps a key for an upstream, also for one that is yet to be added at this host.
    pub(crate) async fn keep_key(
        &self,
        upstream: &str,
        host: &str,
        new: &NewUpstreamKey,
    ) -> Result<UpstreamKey, Trouble> {
        self.refuse_twice(upstream, &new.value).await?;
        let way = OwnWay::asked(&new.proxy)?;
        let new = NewKey { name: new.name.as_deref(), value: &new.value, way: way.as_ref() };
        self.inner.book.add(upstream, host, new).await.map_err(trouble)
    }

    /// Forgets a key that was kept for an upstream which did not come to be.
    pub(crate) async fn give_up(&self, key: &UpstreamKey) {
        if let Err(error) = self.inner.book.remove(key).await {
            tracing::warn!(upstream = %key.upstream, key = %key.name, %error, "a key is left that belongs to nothing");
        }
    }

    /// Seals a key and keeps it.
    pub(crate) async fn add_key(
        &self,
        upstream: &str,
        new: NewUpstreamKey,
    ) -> Result<UpstreamKeyView, Trouble> {
        let keyed = self.known(upstream)?;
        let key = self.keep_key(upstream, &keyed.host(), &new).await?;
        self.load().await;
        self.seen(upstream, &key.name)
    }

    async fn refuse_twice(&self, upstream: &str, value: &str) -> Result<(), Trouble> {
        let masked = Secret::new(value.trim()).masked();
        for key in self.inner.book.of_upstream(upstream).await.map_err(trouble)? {
            let same = key.masked == masked
                && self.inner.book.open(&key).await.is_ok_and(|known| known.expose() == value.trim());
            if same {
                let message = format!("This key is there already, as {}.", key.name);
                return Err(Trouble::new(Code::Conflict, message).field("value"));
            }
        }
        Ok(())
    }

    /// Renames a key, exchanges it, switches it, says how much it is used.
    pub(crate) async fn change_key(
        &self,
        upstream: &str,
        name: &str,
        change: UpstreamKeyChange,
    ) -> Result<UpstreamKeyView, Trouble> {
        let host = self.known(upstream)?.host();
        let book = &self.inner.book;
        let mut key = self.pasted(upstream, name).await?;
        let shown = key.proxy.as_deref().map(|shown| masked(shown, key.proxy_login));
        // What is shown of a proxy is not all of it, and means the one that is there.
        let proxy = change.proxy.as_deref().filter(|text| Some(text.trim()) != shown.as_deref());
        let way = proxy.map(OwnWay::asked).transpose()?;
        if let Some(way) = way {
            key = book.lead(&key, way.as_ref()).await.map_err(trouble)?;
        }
        if let Some(value) = &change.value {
            key = book.exchange(&key, &host, value).await.map_err(trouble)?;
        }
        if change.confirm_host && key.host != host {
            key = book.confirm(&key, &host).await.map_err(trouble)?;
        }
        let wanted = Provided { enabled: change.enabled, weight: change.weight, priority: change.priority };
        key = book.set(&key, wanted).await.map_err(trouble)?;
        if let Some(new) = &change.name {
            let renamed = book.rename(&key, new).await.map_err(trouble)?;
            if let Some(keyed) = self.find(upstream) {
                keyed.renamed(&key.name, &renamed.name);
            }
            key = renamed;
        }
        self.load().await;
        self.seen(upstream, &key.name)
    }

    /// Forgets a key.
    pub(crate) async fn remove_key(&self, upstream: &str, name: &str) -> Result<(), Trouble> {
        let keyed = self.known(upstream)?;
        let key = self.pasted(upstream, name).await?;
        self.inner.book.remove(&key).await.map_err(trouble)?;
        keyed.forget(name);
        self.load().await;
        tracing::info!(%upstream, key = %name, "removed a key");
        Ok(())
    }

    /// Forgets all keys of an upstream that is gone.
    pub(crate) async fn remove_keys(&self, upstream: &str) -> Result<(), Trouble> {
        for key in self.inner.book.of_upstream(upstream).await.map_err(trouble)? {
            self.inner.book.remove(&key).await.map_err(trouble)?;
        }
        Ok(())
    }

    /// Asks the provider whether it takes the key.
    pub(crate) async fn check_key(&self, upstream: &str, name: &str) -> Result<UpstreamKeyView, Trouble> {
        let keyed = self.known(upstream)?;
        let view = self.seen(upstream, name)?;
        if !view.enabled {
            return Err(Trouble::new(Code::Conflict, format!("The key {name} is switched off."))
                .action("Switch it on first."));
        }
        if let (Some(host), action) = (&view.pasted_for, view.action) {
            let trouble = Trouble::new(Code::Conflict, format!("The key {name} was pasted for {host}."));
            return Err(action.into_iter().fold(trouble, Trouble::action));
        }
        let checked = keyed.check(name).await;
        self.checked(upstream, name, now());
        checked.map_err(|failure| Trouble::new(Code::Unavailable, capitalised(&failure.message)))?;
        self.seen(upstream, name)
    }

    /// Ends cooldowns of a key before their time.
    pub(crate) async fn end_key_cooldowns(
        &self,
        upstream: &str,
        name: &str,
        reset: CooldownReset,
    ) -> Result<UpstreamKeyView, Trouble> {
        let keyed = self.known(upstream)?;
        self.seen(upstream, name)?;
        let model = reset.model.as_deref();
        let ended = self.inner.book.records().end_cooldowns(&super::account(upstream, name), model).await;
        ended.map_err(|error| trouble(error.into()))?;
        keyed.end_cooldowns(name, model);
        self.seen(upstream, name)
    }

    /// Asks a provider with a key that is not kept.
    pub(crate) async fn try_key(&self, trial: KeyTrial) -> Result<KeyTrialOutcome, Trouble> {
        let config = KeyedConfig {
            name: word_of(trial.kind).to_owned(),
            vendor: vendor(kind(trial.kind)),
            base_url: trial.base_url,
            models: Vec::new(),
            excluded: Vec::new(),
            max_at_once: None,
        };
        let keyed = Keyed::new(config, &self.inner.means, None)
            .map_err(|bad| Trouble::new(Code::Invalid, capitalised(&bad.to_string())).field("base_url"))?;
        let secret = Some(trial.value.trim()).filter(|value| !value.is_empty()).map(Secret::new);
        let (share, state) = (Share::default(), State::NotChecked);
        let way = OwnWay::asked(&trial.proxy)?.map(|way| way.rule().clone());
        let (name, enabled) = (KEYLESS.to_owned(), true);
        keyed.set_keys(vec![KeySetup { name, secret, enabled, share, state, way }]);
        Ok(match keyed.listed_for(KEYLESS).await {
            Ok(models) => {
                let says = format!("It works; {} lists {} models.", keyed.host(), models.len());
                KeyTrialOutcome { works: true, says, models }
            }
            Err(failure) => {
                let says = match failure.kind {
                    FailureKind::SignInExpired => {
                        format!("The provider does not accept this key: {}", failure.message)
                    }
                    _ => capitalised(&failure.message),
                };
                KeyTrialOutcome { works: false, says, models: Vec::new() }
            }
        })
    }

    fn known(&self, upstream: &str) -> Result<Keyed, Trouble> {
        self.find(upstream).ok_or_else(|| no_upstream(upstream))
    }

    async fn pasted(&self, upstream: &str, name: &str) -> Result<UpstreamKey, Trouble> {
        if matches!(name, FROM_ENVIRONMENT | KEYLESS) && self.key_view(upstream, name).is_some() {
            let message = "This key is none that was pasted, so that it cannot be changed here.";
            let action = "Change api_key of the upstream in config.toml.";
            return Err(Trouble::new(Code::Conflict, message).action(action));
        }
        self.inner.book.find(upstream, name).await.map_err(trouble)
    }

    fn seen(&self, upstream: &str, name: &str) -> Result<UpstreamKeyView, Trouble> {
        let unknown = || KeyBookError::Unknown { upstream: upstream.to_owned(), name: name.to_owned() };
        self.key_view(upstream, name).ok_or_else(|| trouble(unknown()))
    }
}

impl StoredKeys for Providers {
    fn key_for(&self, place: &str, upstream: &str) -> Option<Secret> {
        let kept = self.kept();
        let entry = kept.entries.get(upstream)?;
        (entry.written.enabled && entry.keyed.host() == place).then(|| entry.keyed.a_key())?
    }
}

pub(crate) fn no_upstream(name: &str) -> Trouble {
    Trouble::new(Code::NotFound, format!("There is no upstream {name}."))
}

fn trouble(error: KeyBookError) -> Trouble {
    let message = capitalised(&error.to_string());
    match error {
        KeyBookError::Bad(_) => Trouble::new(Code::Invalid, message).field("value"),
        KeyBookError::Name(_) => Trouble::new(Code::Invalid, message).field("name"),
        KeyBookError::Share => Trouble::new(Code::Invalid, message).field("weight"),
        KeyBookError::Unknown { .. } => Trouble::new(Code::NotFound, message),
        KeyBookError::Taken(_) => Trouble::new(Code::Conflict, message).field("name"),
        KeyBookError::Secrets(SecretsError::Store(_)) | KeyBookError::Store(_) => {
            Trouble::new(Code::Internal, message)
        }
        KeyBookError::Secrets(_) => Trouble::new(Code::Unavailable, message),
    }
}
