//! Providers that are asked with keys.

use futures::future::BoxFuture;
use postern_console::api::accounts::CooldownReset;
use postern_console::api::settings::{SettingChange, SettingsChange};
use postern_console::api::upstreams::{
    KeyTrial, KeyTrialOutcome, NewUpstream, NewUpstreamKey, UpstreamChange, UpstreamKeyChange,
    UpstreamKeyView, UpstreamTemplate, UpstreamView,
};
use postern_console::{Code, Trouble, UpstreamDesk};
use postern_settings::{Upstream, UpstreamName};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::{HouseDesk, to_the_end};
use crate::providers::{host_of, no_upstream, templates, word_of};

impl UpstreamDesk for HouseDesk {
    fn upstreams(&self) -> Vec<UpstreamView> {
        self.rooms.providers.views()
    }

    fn upstream_changes(&self) -> watch::Receiver<u64> {
        self.rooms.providers.changes()
    }

    fn upstream_templates(&self) -> Vec<UpstreamTemplate> {
        templates()
    }

    fn try_upstream_key(&self, trial: KeyTrial) -> BoxFuture<'_, Result<KeyTrialOutcome, Trouble>> {
        Box::pin(self.rooms.providers.try_key(trial))
    }

    fn add_upstream(&self, new: NewUpstream) -> BoxFuture<'_, Result<UpstreamView, Trouble>> {
        let desk = self.clone();
        to_the_end(async move { desk.add_provider(new).await })
    }

    fn change_upstream<'a>(
        &'a self,
        name: &'a str,
        change: UpstreamChange,
    ) -> BoxFuture<'a, Result<UpstreamView, Trouble>> {
        let (desk, name) = (self.clone(), name.to_owned());
        to_the_end(async move { desk.change_provider(&name, change).await })
    }

    fn remove_upstream<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        let (desk, name) = (self.clone(), name.to_owned());
        to_the_end(async move { desk.remove_provider(&name).await })
    }

    fn add_upstream_key<'a>(
        &'a self,
        name: &'a str,
        new: NewUpstreamKey,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
        let (providers, name) = (self.rooms.providers.clone(), name.to_owned());
        to_the_end(async move { providers.add_key(&name, new).await })
    }

    fn change_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key: &'a str,
        change: UpstreamKeyChange,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
        let (providers, name, key) = (self.rooms.providers.clone(), name.to_owned(), key.to_owned());
        to_the_end(async move { providers.change_key(&name, &key, change).await })
    }

    fn remove_upstream_key<'a>(&'a self, name: &'a str, key: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        let (providers, name, key) = (self.rooms.providers.clone(), name.to_owned(), key.to_owned());
        to_the_end(async move { providers.remove_key(&name, &key).await })
    }

    fn check_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key: &'a str,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
        Box::pin(self.rooms.providers.check_key(name, key))
    }

    fn reset_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key: &'a str,
        reset: CooldownReset,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
        Box::pin(self.rooms.providers.end_key_cooldowns(name, key, reset))
    }
}

impl HouseDesk {
    async fn add_provider(&self, new: NewUpstream) -> Result<UpstreamView, Trouble> {
        let name = new.name.trim().to_owned();
        if let Err(unfit) = name.parse::<UpstreamName>() {
            return Err(Trouble::new(Code::Invalid, format!("{unfit}.")).field("name"));
        }
        if self.rooms.settings().upstreams.contains_key(&name) {
            let message = format!("There is an upstream {name} already.");
            return Err(Trouble::new(Code::Conflict, message).action("Choose another name.").field("name"));
        }
        let host = host_of(new.kind, &new.base_url)?;
        let mut about = Map::new();
        about.insert("kind".to_owned(), json!(word_of(new.kind)));
        let mut put = |key: &str, value: Value, usual: Value| {
            if value != usual {
                about.insert(key.to_owned(), value);
            }
        };
        put("base_url", json!(new.base_url.trim()), json!(""));
        put("api_key", json!(if new.no_key { "none" } else { "" }), json!(""));
        put("models", json!(new.models), json!([]));
        put("excluded", json!(new.excluded), json!([]));
        put("order", json!(new.order), Value::Null);
        put("max_at_once", json!(new.max_at_once), Value::Null);
        // Sealed first: an upstream whose key could not be kept is of no use.
        let providers = &self.rooms.providers;
        let key = match &new.key {
            Some(key) => Some(providers.keep_key(&name, &host, key).await?),
            None => None,
        };
        if let Err(trouble) = self.write_upstream(&name, Value::Object(about)).await {
            if let Some(key) = &key {
                providers.give_up(key).await;
            }
            return Err(trouble);
        }
        providers.load().await;
        providers.view(&name).ok_or_else(|| no_upstream(&name))
    }

    async fn change_provider(&self, name: &str, change: UpstreamChange) -> Result<UpstreamView, Trouble> {
        let mut about = self.written(name)?;
        let UpstreamChange { base_url, models, excluded, order, max_at_once, enabled } = change;
        if let Some(base_url) = &base_url {
            let kind = self.rooms.providers.view(name).ok_or_else(|| no_upstream(name))?.kind;
            host_of(kind, base_url)?;
        }
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                about.insert(key.to_owned(), value);
            }
        };
        put("base_url", json!(base_url.map(|url| url.trim().to_owned())));
        put("models", json!(models));
        put("excluded", json!(excluded));
        put("order", json!(order));
        put("max_at_once", json!(max_at_once));
        put("enabled", json!(enabled));
        self.write_upstream(name, Value::Object(about)).await?;
        self.rooms.providers.load().await;
        self.rooms.providers.view(name).ok_or_else(|| no_upstream(name))
    }

    async fn remove_provider(&self, name: &str) -> Result<(), Trouble> {
        self.written(name)?;
        self.write_upstream(name, Value::Null).await?;
        self.rooms.providers.remove_keys(name).await
    }

    /// What the file says of the upstream, without what is as usual.
    fn written(&self, name: &str) -> Result<Map<String, Value>, Trouble> {
        let settings = self.rooms.settings();
        let written: &Upstream = settings.upstreams.get(name).ok_or_else(|| no_upstream(name))?;
        let usual = [
            ("base_url", json!("")),
            ("api_key", json!("")),
            ("models", json!([])),
            ("excluded", json!([])),
            ("order", json!(postern_settings::USUAL_ORDER)),
            ("max_at_once", json!(0)),
            ("enabled", json!(true)),
        ];
        match serde_json::to_value(written) {
            Ok(Value::Object(mut about)) => {
                about.retain(|key, value| !usual.iter().any(|(known, usual)| known == key && usual == value));
                Ok(about)
            }
            _ => Err(Trouble::new(Code::Internal, "The upstream cannot be written down.")),
        }
    }

    async fn write_upstream(&self, name: &str, value: Value) -> Result<(), Trouble> {
        let change = SettingChange { key: format!("upstreams.{name}"), value };
        self.rooms.change_settings(SettingsChange { changes: vec![change] }).await
    }
}
