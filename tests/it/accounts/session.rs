//! Leaves sessions in browser profiles, as persons do who sign in there.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use anyhow::Context;
use fantoccini::ClientBuilder;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use postern_tests::{Account, Standin, free_port};
use serde_json::{Value, json};

use crate::product::{PATIENCE, browser_args};

/// chromedriver's command for Chromium's own protocol, which a grid passes on.
#[derive(Debug)]
struct SetCookies(Value);

impl WebDriverCompatibleCommand for SetCookies {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        let order = json!({ "cmd": "Network.setCookies", "params": { "cookies": self.0 } });
        (http::Method::POST, Some(order.to_string()))
    }
}

/// Opens the account at the site, and leaves a session of it in the profile that this driver's browsers see.
pub(super) async fn sign_in(driver: &str, site: &Standin, email: &str, profile: &Path) -> anyhow::Result<()> {
    site.control().add_account(Account::new(email, "pw"));
    let state = site.control().session_state(email).context("an account")?;
    let mut args = browser_args(site);
    args.push("--headless=new".to_owned());
    args.push(format!("--user-data-dir={}", profile.display()));
    let mut wanted = Capabilities::new();
    wanted.insert("browserName".to_owned(), json!("chrome"));
    wanted.insert("goog:chromeOptions".to_owned(), json!({ "args": args }));
    let mut browser = ClientBuilder::new(HttpConnector::new());
    let browser = browser.capabilities(wanted).connect(driver).await?;
    browser.issue_cmd(SetCookies(state["cookies"].clone())).await?;
    Ok(browser.close().await?)
}

/// A chromedriver, until it is dropped.
pub(super) struct Driver {
    child: Child,
    pub(super) url: String,
}

impl Driver {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let port = free_port()?;
        let child = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let driver = Self { child, url: format!("http://127.0.0.1:{port}") };
        let deadline = Instant::now() + PATIENCE;
        while reqwest::get(format!("{}/status", driver.url)).await.is_err() {
            anyhow::ensure!(Instant::now() < deadline, "chromedriver does not answer");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
