use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fantoccini::wd::{TimeoutConfiguration, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::{Control, Layout, Standin};

/// A driver, a Chromium and the stand-in it looks at.
pub(super) struct Visitor {
    pub(super) client: Client,
    pub(super) site: Control,
    driver: Child,
    browser: Option<u64>,
    profile: Arc<TempDir>,
    standin: Arc<Standin>,
}

const WAIT: &str = "
    const [met, done] = arguments;
    const check = () => { try { return new Function(`return (${met})`)(); } catch { return null; } };
    const now = check();
    if (now) { done(now); return; }
    const again = () => {
        const value = check();
        if (value) { observer.disconnect(); done(value); }
    };
    const observer = new MutationObserver(again);
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    // A change of the focus is no mutation.
    document.addEventListener('focusin', again);";

/// How the driver says that a script's page is gone. When the page goes in the moment the script comes, the driver does
/// not notice and waits for its answer in vain.
const LOST: [&str; 3] = ["document unloaded", "navigation", "script timeout"];

/// How long a page may take to become what a test waits for.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one script waits before the page is asked anew.
const ROUND: Duration = Duration::from_secs(2);

const FILL: &str = "
    const [selector, value] = arguments;
    const field = document.querySelector(selector);
    const kind = field.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, value);
    for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, { bubbles: true }));";

impl Visitor {
    pub(super) async fn start() -> anyhow::Result<Self> {
        Self::of_size(1440, 900).await
    }

    pub(super) async fn of_size(width: u32, height: u32) -> anyhow::Result<Self> {
        Self::at(Arc::new(Standin::start().await?), Arc::new(TempDir::new()?), (width, height)).await
    }

    /// Another browser of another person, at the same site.
    pub(super) async fn beside(&self) -> anyhow::Result<Self> {
        Self::at(Arc::clone(&self.standin), Arc::new(TempDir::new()?), (1440, 900)).await
    }

    /// Ends the browser and starts it again on its profile.
    pub(super) async fn restart(self) -> anyhow::Result<Self> {
        let (standin, profile) = (Arc::clone(&self.standin), Arc::clone(&self.profile));
        self.end().await?;
        Self::at(standin, profile, (1440, 900)).await
    }

    async fn at(standin: Arc<Standin>, profile: Arc<TempDir>, window: (u32, u32)) -> anyhow::Result<Self> {
        let (driver, address) = start_driver().await?;
        let mut args: Vec<String> = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
            .into_iter()
            .chain(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .map(str::to_owned)
            .collect();
        args.push(format!("--window-size={},{}", window.0, window.1));
        args.push(format!("--user-data-dir={}", profile.path().display()));
        args.extend(standin.browser_args());
        let mut wanted = fantoccini::wd::Capabilities::new();
        wanted.insert("goog:chromeOptions".to_owned(), json!({ "args": args }));
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(wanted)
            .connect(&address)
            .await?;
        client.update_timeouts(TimeoutConfiguration::new(Some(ROUND), Some(PATIENCE), None)).await?;
        let browser = client.capabilities().and_then(|given| given.get("goog:processID")?.as_u64());
        Ok(Self { client, site: standin.control(), driver, browser, profile, standin })
    }

    /// Opens a path of the site, without waiting for the page to be ready.
    pub(super) async fn go(&self, path: &str) -> anyhow::Result<()> {
        Ok(self.client.goto(&format!("https://aistudio.google.com{path}")).await?)
    }

    /// Opens a path and waits until the page shows its model.
    pub(super) async fn open(&self, path: &str) -> anyhow::Result<()> {
        self.go(path).await?;
        self.until("document.querySelector('[data-test-id=model-name]')?.textContent").await?;
        Ok(())
    }

    pub(super) async fn open_with(&self, layout: Layout) -> anyhow::Result<()> {
        self.site.set_layout(layout);
        self.open("/prompts/new_chat?temporary=true").await
    }

    /// Waits until the expression is true in the page, or in the one that comes after it, and returns its value.
    pub(super) async fn until(&self, expression: &str) -> anyhow::Result<Value> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.client.execute_async(WAIT, vec![json!(expression)]).await {
                Ok(met) => return Ok(met),
                Err(why)
                    if Instant::now() < deadline && LOST.iter().any(|it| why.to_string().contains(it)) => {}
                Err(why) => {
                    let (place, page) = (self.client.current_url().await?, self.client.source().await?);
                    return Err(why).with_context(|| format!("{place} never fulfilled {expression}: {page}"));
                }
            }
        }
    }

    pub(super) async fn value(&self, expression: &str) -> anyhow::Result<Value> {
        Ok(self.client.execute(&format!("return ({expression})"), vec![]).await?)
    }

    pub(super) async fn text(&self, expression: &str) -> anyhow::Result<String> {
        let value = self.value(expression).await?;
        Ok(value.as_str().with_context(|| format!("{expression} is {value}"))?.to_owned())
    }

    /// Sets a field as a driver does: by its value, and with the events that follow.
    pub(super) async fn fill(&self, selector: &str, value: &str) -> anyhow::Result<()> {
        self.client.execute(FILL, vec![json!(selector), json!(value)]).await?;
        Ok(())
    }

    /// Waits for an enabled element and clicks it.
    pub(super) async fn press(&self, selector: &str) -> anyhow::Result<()> {
        let quoted = json!(selector);
        self.until(&format!("document.querySelector({quoted})?.disabled === false || document.querySelector({quoted}) && !('disabled' in document.querySelector({quoted}))")).await?;
        self.client.execute("document.querySelector(arguments[0]).click()", vec![json!(selector)]).await?;
        Ok(())
    }

    /// Fills the prompt and presses Run.
    pub(super) async fn run(&self, prompt: &str) -> anyhow::Result<()> {
        self.fill("textarea[formcontrolname=promptText]", prompt).await?;
        self.press("button[aria-label=Run]:not([disabled])").await
    }

    /// Waits until the page is not generating any more.
    pub(super) async fn finished(&self) -> anyhow::Result<()> {
        self.until("document.querySelector('button[aria-label=\"New chat\"]:not([disabled])') !== null")
            .await?;
        Ok(())
    }

    /// Runs a prompt to its end.
    pub(super) async fn exchange(&self, prompt: &str) -> anyhow::Result<()> {
        self.run(prompt).await?;
        self.finished().await
    }

    /// Runs a command of Chromium's own protocol.
    pub(super) async fn devtools(&self, cmd: &str, params: Value) -> anyhow::Result<Value> {
        Ok(self.client.issue_cmd(DevTools(json!({ "cmd": cmd, "params": params }))).await?)
    }

    pub(super) async fn end(mut self) -> anyhow::Result<()> {
        self.client.clone().close().await?;
        self.browser = None;
        self.driver.kill().await?;
        Ok(())
    }
}

/// chromedriver's own command for Chromium's protocol.
#[derive(Debug)]
struct DevTools(Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}

impl Drop for Visitor {
    /// A failed test never comes to `end`, and a killed driver leaves its browser behind.
    fn drop(&mut self) {
        if let Some(browser) = self.browser {
            let _ = std::process::Command::new("kill").arg(browser.to_string()).status();
        }
    }
}

/// The driver chooses a port, and ends when somebody else has it first; then it may choose again.
async fn start_driver() -> anyhow::Result<(Child, String)> {
    let mut started = try_driver().await;
    for _ in 0..2 {
        if started.is_ok() {
            break;
        }
        started = try_driver().await;
    }
    started
}

async fn try_driver() -> anyhow::Result<(Child, String)> {
    let mut driver = Command::new("chromedriver")
        .arg("--port=0")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("chromedriver is not installed")?;
    let output = driver.stdout.take().context("no output of chromedriver")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            let port = port.trim_end_matches('.');
            ensure!(port.parse::<u16>().is_ok(), "chromedriver says {line}");
            return Ok((driver, format!("http://127.0.0.1:{port}")));
        }
    }
    anyhow::bail!("chromedriver ended at once")
}
