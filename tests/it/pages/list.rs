//! What the console is for, from opening it to a changed port. The same list runs over both hosts: nothing works in one
//! and not in the other.

use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use super::host::{Console, Host, free_port};
use crate::product::PATIENCE;

#[tokio::test]
async fn everything_is_done_in_a_browser() -> anyhow::Result<()> {
    everything(Host::Browser).await
}

#[tokio::test]
async fn everything_is_done_in_the_window() -> anyhow::Result<()> {
    everything(Host::Window).await
}

async fn everything(host: Host) -> anyhow::Result<()> {
    let console = Console::open(host, "").await?;
    let done = all(&console).await;
    if done.is_err() {
        eprintln!("{host:?}\n{}\n{}", console.text().await.unwrap_or_default(), console.log());
    }
    done?;
    console.close().await
}

async fn all(console: &Console) -> anyhow::Result<()> {
    stop_and_start(console).await.context("stop and start")?;
    watch_a_request(console).await.context("watch a request")?;
    talk(console).await.context("talk in the playground")?;
    rename_a_model(console).await.context("name a model")?;
    change_and_undo(console).await.context("change a setting and take it back")?;
    guard_with_a_key(console).await.context("guard with a key")?;
    move_away(console).await.context("move to another port")
}

/// The state is the listener's, wherever one looks.
async fn stop_and_start(console: &Console) -> anyhow::Result<()> {
    console.see("The server is running").await?;
    anyhow::ensure!(console.serves(&console.base_url).await, "the page says it runs, and nobody answers");
    console.click("button", "Stop server").await?;
    console.see("The server is stopped").await?;
    anyhow::ensure!(!console.serves(&console.base_url).await, "the page says it is stopped, and it answers");
    console.click("button", "Start server").await?;
    console.see("The server is running").await?;
    anyhow::ensure!(console.serves(&console.base_url).await, "started, and nobody answers");
    Ok(())
}

/// A client's request appears while it happens, with all that is known of it.
async fn watch_a_request(console: &Console) -> anyhow::Result<()> {
    console.click("link", "Requests").await?;
    console.see("Waiting for the first request").await?;
    let (status, _) = console.ask(&console.base_url, None, "a postern is a small gate").await?;
    anyhow::ensure!(status == 200, "{status}");
    console.see("Answered").await?;
    let (status, _) = console.ask_for(&console.base_url, None, "no-such-model", "?").await?;
    anyhow::ensure!(status == 404, "{status}");
    console.see("Failed").await?;
    console.press_row("postern/echo").await?;
    console.see("Copy as curl").await?;
    console.see("a postern is a small gate").await?;
    console.click("button", "Close").await
}

/// The playground sends what is written, and shows what comes.
async fn talk(console: &Console) -> anyhow::Result<()> {
    console.click("link", "Playground").await?;
    console.fill("Message", "the drawbridge is down").await?;
    console.click("button", "Send").await?;
    console.see_times("the drawbridge is down", 2).await
}

/// An alias works for clients as soon as it is there.
async fn rename_a_model(console: &Console) -> anyhow::Result<()> {
    console.click("link", "Models").await?;
    console.fill("Name in the client", "gpt-4o").await?;
    console.fill("Means the model", "postern/echo").await?;
    console.click("button", "Add").await?;
    console.see("gpt-4o → postern/echo").await?;
    let (status, _) = console.ask_for(&console.base_url, None, "gpt-4o", "hello").await?;
    anyhow::ensure!(status == 200, "the alias is refused with {status}");
    console.fill("Name in “model”", "gpt-4o").await?;
    console.see("It is an alias of postern/echo.").await
}

/// A setting is in the file as soon as it is chosen, and out of it as soon as that is taken back.
async fn change_and_undo(console: &Console) -> anyhow::Result<()> {
    console.go("/settings/limits").await?;
    console.fill("Queue length", "7\u{e007}").await?;
    console.config_until(|file| file.contains("queue_length = 7")).await?;
    console.click("button", "Undo").await?;
    console.config_until(|file| !file.contains("queue_length = 7")).await
}

/// From the first key on, a client needs one; a key that is switched off opens nothing.
async fn guard_with_a_key(console: &Console) -> anyhow::Result<()> {
    console.click("link", "Keys").await?;
    console.see("No key yet").await?;
    console.go("/keys?new=1").await?;
    console.fill("Name", "laptop").await?;
    console.click("button", "Create").await?;
    console.see("It is not shown again").await?;
    let secret = console.secret().await?;
    console.click("button", "Done").await?;
    console.see_no_more(&secret).await?;
    console.see("laptop").await?;
    anyhow::ensure!(
        console.ask(&console.base_url, None, "hello").await?.0 == 401,
        "the server is still open"
    );
    anyhow::ensure!(
        console.ask(&console.base_url, Some(&secret), "hello").await?.0 == 200,
        "the key does not open"
    );
    console.click("switch", "Use laptop").await?;
    console.see("Switched off").await?;
    anyhow::ensure!(
        console.ask(&console.base_url, Some(&secret), "hello").await?.0 == 401,
        "it opens, though it is off"
    );
    console.click("switch", "Use laptop").await?;
    console.see("Valid").await?;
    anyhow::ensure!(
        console.ask(&console.base_url, Some(&secret), "hello").await?.0 == 200,
        "it is on, and does not open"
    );
    Ok(())
}

/// The server moves when its port is changed, not at the next start; a port that is taken is said to be, and costs
/// nothing.
async fn move_away(console: &Console) -> anyhow::Result<()> {
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    console.go("/settings/server").await?;
    console.fill("Port", &format!("{}\u{e007}", taken.local_addr()?.port())).await?;
    console.see("is taken").await?;
    anyhow::ensure!(
        console.serves(&console.base_url).await,
        "the old address was given up for one that is taken"
    );
    let port = free_port()?;
    console.fill("Port", &format!("{port}\u{e007}")).await?;
    let moved = format!("http://127.0.0.1:{port}");
    let deadline = Instant::now() + PATIENCE;
    while !console.serves(&moved).await || console.serves(&console.base_url).await {
        anyhow::ensure!(Instant::now() < deadline, "the server did not move");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

impl Console {
    /// Whether clients are served there.
    async fn serves(&self, base_url: &str) -> bool {
        let health = reqwest::get(format!("{base_url}/health")).await;
        health.is_ok_and(|answer| answer.status().is_success())
    }

    /// Asks the echo as a client and returns status and body.
    async fn ask(&self, base_url: &str, key: Option<&str>, text: &str) -> anyhow::Result<(u16, Value)> {
        self.ask_for(base_url, key, "postern/echo", text).await
    }

    async fn ask_for(
        &self,
        base_url: &str,
        key: Option<&str>,
        model: &str,
        text: &str,
    ) -> anyhow::Result<(u16, Value)> {
        let body = json!({ "model": model, "messages": [{ "role": "user", "content": text }] });
        let mut request = reqwest::Client::new().post(format!("{base_url}/v1/chat/completions")).json(&body);
        if let Some(key) = key {
            request = request.bearer_auth(key);
        }
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    /// Waits until the configuration file is so.
    async fn config_until(&self, holds: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let file = std::fs::read_to_string(self.data().join("config.toml"))?;
            if holds(&file) {
                return Ok(());
            }
            anyhow::ensure!(Instant::now() < deadline, "waited in vain; config.toml is\n{file}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The key that is shown now.
    async fn secret(&self) -> anyhow::Result<String> {
        let text = self.text().await?;
        let secret = text.split_whitespace().find(|word| word.starts_with("sk-") && !word.contains('*'));
        Ok(secret.context("no key is shown")?.to_owned())
    }
}
