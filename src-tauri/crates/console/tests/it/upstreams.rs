//! Providers that are asked with keys: shown, added, changed, checked, and their keys shown to nobody.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use postern_console::api::accounts::CooldownReset;
use postern_console::api::upstreams::{
    KeyOrigin, KeyTrial, KeyTrialOutcome, NewUpstream, NewUpstreamKey, UpstreamChange, UpstreamKeyChange,
    UpstreamKeyView, UpstreamKind, UpstreamTemplate, UpstreamView,
};
use postern_console::{Code, Trouble, UpstreamDesk};
use postern_protocol::Secret;
use postern_protocol::account::State;
use serde_json::json;
use tokio::sync::watch;

use crate::desk::{FakeDesk, bump};
use crate::support::House;

/// A key that must come back from nowhere.
const KEY: &str = "sk-abcdefghijklmnopqrstuvwxyz";

fn key(name: &str, value: &str) -> UpstreamKeyView {
    UpstreamKeyView {
        name: name.to_owned(),
        masked: Secret::new(value).masked(),
        origin: KeyOrigin::Pasted,
        status: State::NotChecked,
        says: "not checked yet".to_owned(),
        action: None,
        pasted_for: None,
        enabled: true,
        weight: 1,
        priority: 0,
        proxy: None,
        cooldowns: Vec::new(),
        uses_today: 0,
        added_at: Some(1_700_000_000),
        checked_at: None,
    }
}

fn upstream(name: &str) -> UpstreamView {
    UpstreamView {
        name: name.to_owned(),
        kind: UpstreamKind::OpenAi,
        base_url: "https://api.deepseek.com".to_owned(),
        host: "api.deepseek.com".to_owned(),
        enabled: true,
        order: 100,
        max_at_once: 0,
        models: Vec::new(),
        excluded: Vec::new(),
        keys: vec![key("work", KEY)],
        model_count: Some(2),
        models_read_at: Some(1_700_000_000),
        problem: None,
        action: None,
    }
}

/// The thing, if its name is one of those that there are.
fn only<T>(name: &str, thing: T) -> Result<T, Trouble> {
    if ["deepseek", "ada", "aider", "e1", "1"].contains(&name) {
        Ok(thing)
    } else {
        Err(Trouble::new(Code::NotFound, format!("There is no {name}.")))
    }
}

fn found<'a>(name: &str, of: &str, view: UpstreamKeyView) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
    let known = || if name == "other" { only(name, view) } else { Ok(view) };
    ready(only(of, ()).and_then(|()| known())).boxed()
}

impl UpstreamDesk for FakeDesk {
    fn upstreams(&self) -> Vec<UpstreamView> {
        vec![upstream("deepseek")]
    }

    fn upstream_changes(&self) -> watch::Receiver<u64> {
        self.changes[6].subscribe()
    }

    fn upstream_templates(&self) -> Vec<UpstreamTemplate> {
        vec![UpstreamTemplate {
            name: "ollama".to_owned(),
            title: "Ollama".to_owned(),
            kind: UpstreamKind::OpenAi,
            base_url: "http://127.0.0.1:11434/v1".to_owned(),
            needs_key: false,
            key_begins: None,
            key_page: None,
        }]
    }

    fn try_upstream_key(&self, trial: KeyTrial) -> BoxFuture<'_, Result<KeyTrialOutcome, Trouble>> {
        let works = trial.value == KEY;
        let says = if works { "It works." } else { "The provider does not accept it." };
        ready(Ok(KeyTrialOutcome { works, says: says.to_owned(), models: Vec::new() })).boxed()
    }

    fn add_upstream(&self, new: NewUpstream) -> BoxFuture<'_, Result<UpstreamView, Trouble>> {
        bump(&self.changes[6]);
        let taken = || Trouble::new(Code::Conflict, "There is one of this name.").field("name");
        ready(if new.name == "deepseek" { Err(taken()) } else { Ok(upstream(&new.name)) }).boxed()
    }

    fn change_upstream<'a>(
        &'a self,
        name: &'a str,
        change: UpstreamChange,
    ) -> BoxFuture<'a, Result<UpstreamView, Trouble>> {
        let view = upstream("deepseek");
        let order = change.order.unwrap_or(view.order);
        ready(only(name, UpstreamView { order, ..view })).boxed()
    }

    fn remove_upstream<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), Trouble>> {
        ready(only(name, ())).boxed()
    }

    fn add_upstream_key<'a>(
        &'a self,
        name: &'a str,
        new: NewUpstreamKey,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
        let named = new.name.unwrap_or_else(|| "key-1".to_owned());
        ready(only(name, key(&named, &new.value))).boxed()
    }

    fn change_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key_name: &'a str,
        change: UpstreamKeyChange,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
        let value = change.value.unwrap_or_else(|| KEY.to_owned());
        found(key_name, name, key(change.name.as_deref().unwrap_or("work"), &value))
    }

    fn remove_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key_name: &'a str,
    ) -> BoxFuture<'a, Result<(), Trouble>> {
        found(key_name, name, key("work", KEY)).map(|found| found.map(drop)).boxed()
    }

    fn check_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key_name: &'a str,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
        found(key_name, name, UpstreamKeyView { status: State::Ready, ..key("work", KEY) })
    }

    fn reset_upstream_key<'a>(
        &'a self,
        name: &'a str,
        key_name: &'a str,
        _: CooldownReset,
    ) -> BoxFuture<'a, Result<UpstreamKeyView, Trouble>> {
        found(key_name, name, key("work", KEY))
    }
}

#[tokio::test]
async fn upstreams_are_shown_with_their_keys_masked() {
    let house = House::new();
    let shown = house.get("/api/upstreams").await.ok();
    assert_eq!(shown["upstreams"][0]["keys"][0]["masked"], "sk-ab****yz");
    assert!(!shown.to_string().contains(KEY), "{shown}");
    assert_eq!(house.get("/api/upstreams/templates").await.ok()["templates"][0]["needs_key"], false);
}

#[tokio::test]
async fn a_key_goes_in_and_does_not_come_out() {
    let house = House::new();
    let answer = house.post("/api/upstreams/deepseek/keys", json!({ "name": "home", "value": KEY })).await;
    assert_eq!(answer.status, 201);
    let shown = answer.ok();
    assert_eq!(shown["masked"], "sk-ab****yz");
    assert!(!shown.to_string().contains(KEY), "{shown}");
    let tried = house.post("/api/upstreams/try", json!({ "kind": "openai", "value": KEY })).await.ok();
    assert_eq!(tried["works"], true);
    assert!(!tried.to_string().contains(KEY));
}

#[tokio::test]
async fn what_is_not_there_cannot_be_changed() {
    let house = House::new();
    assert_eq!(
        house.post("/api/upstreams/deepseek/keys/work/check", json!({})).await.ok()["status"]["state"],
        "ready"
    );
    for path in ["/api/upstreams/other/keys/work/check", "/api/upstreams/deepseek/keys/other/check"] {
        assert_eq!(house.post(path, json!({})).await.refused(404), "not_found", "{path}");
    }
    assert_eq!(house.get("/api/upstreams/nobody/models").await.refused(404), "not_found");
    let taken = json!({ "name": "deepseek", "kind": "openai" });
    assert_eq!(house.post("/api/upstreams", taken).await.field(), "name");
}
