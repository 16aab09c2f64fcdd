//! A server's owner at its console.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::product::PATIENCE;

/// The console as its owner sees it after signing in.
pub(super) struct Owner {
    base_url: String,
    cookie: String,
}

impl Owner {
    /// Signs in with what `postern console link` says.
    pub(super) async fn enter(base_url: &str, said: &str) -> anyhow::Result<Self> {
        let mut owner = Self { base_url: base_url.to_owned(), cookie: String::new() };
        let link = said.split("#link=").nth(1).and_then(|rest| rest.split_whitespace().next());
        let link = json!({ "link": link.context("a link")? });
        let answer = owner.ask(Method::POST, "/api/session", Some(link)).await?;
        let cookie = answer.headers().get("set-cookie").context("a cookie")?.to_str()?;
        owner.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(owner)
    }

    /// The same owner at a server that was started again.
    pub(super) fn move_to(&mut self, base_url: &str) {
        base_url.clone_into(&mut self.base_url);
    }

    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<reqwest::Response> {
        let request = reqwest::Client::new().request(method, format!("{}{path}", self.base_url));
        let request = request.header("x-postern-console", "1").header("cookie", &self.cookie);
        Ok(body.into_iter().fold(request, |request, body| request.json(&body)).send().await?)
    }

    /// What a successful answer says.
    pub(super) async fn told(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<Value> {
        let answer = self.ask(method, path, body).await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.text().await?);
        Ok(answer.json().await?)
    }

    /// Tells an enrolment what to do.
    pub(super) async fn order(&self, id: &str, order: &str) -> anyhow::Result<()> {
        self.told(Method::POST, &format!("/api/enrolments/{id}/{order}"), None).await.map(drop)
    }

    /// An enrolment, or nothing where there is none of this id.
    pub(super) async fn enrolment(&self, id: &str) -> anyhow::Result<Value> {
        let all = self.told(Method::GET, "/api/enrolments", None).await?;
        let mut all = all["enrolments"].as_array().context("enrolments")?.iter();
        Ok(all.find(|view| view["id"] == id).cloned().unwrap_or_default())
    }

    /// Waits until an enrolment is like this.
    pub(super) async fn until(&self, id: &str, holds: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let deadline = Instant::now() + PATIENCE * 2;
        loop {
            let view = self.enrolment(id).await?;
            if holds(&view) {
                return Ok(view);
            }
            ensure!(Instant::now() < deadline, "waited in vain: {view:#}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until an enrolment that goes on by itself, or by a person, is in this phase.
    pub(super) async fn becomes(&self, id: &str, phase: &str) -> anyhow::Result<Value> {
        let waits = |view: &Value| ["working", "awaiting_person"].iter().any(|waits| view["phase"] == *waits);
        let view =
            self.until(id, |view| view["phase"] == phase || !waits(view)).await.context(phase.to_owned())?;
        ensure!(view["phase"] == phase, "not {phase}: {view:#}");
        Ok(view)
    }
}
