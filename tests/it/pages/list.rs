//! What the console is for, from opening it to a changed port. The same list runs over both hosts: nothing works in one
//! and not in the other.

use std::time::{Duration, Instant};

use anyhow::Context;
use postern_tests::{Scenario, Script, free_port};
use serde_json::{Value, json};

use super::host::{Console, Host, PASSWORD};
use crate::product::PATIENCE;

/// A model that the stand-in site offers.
const SERVED: &str = "gemini-3-flash-preview";

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_done_in_a_browser() -> anyhow::Result<()> {
    everything(Host::Browser).await
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_done_in_the_window() -> anyhow::Result<()> {
    everything(Host::Window).await
}

async fn everything(host: Host) -> anyhow::Result<()> {
    if !super::can_open(host) {
        return Ok(());
    }
    let console = Console::open(host, "").await?;
    // A driver may wait for ever where a page does not answer.
    let done = tokio::time::timeout(PATIENCE * 5, all(&console)).await.map_err(Into::into).flatten();
    if done.is_err() {
        console.complain().await;
    }
    done?;
    console.close().await
}

async fn all(console: &Console) -> anyhow::Result<()> {
    stop_and_start(console).await.context("stop and start")?;
    watch_a_request(console).await.context("watch a request")?;
    talk(console).await.context("talk in the playground")?;
    rename_a_model(console).await.context("name a model")?;
    connect_a_client(console).await.context("connect a client")?;
    keep_an_account(console).await.context("keep an account")?;
    bring_an_account(console).await.context("bring an account")?;
    cancel_what_runs(console).await.context("cancel what runs")?;
    remove_an_account(console).await.context("remove an account")?;
    dress_and_speak(console).await.context("change theme and language")?;
    change_and_undo(console).await.context("change a setting and take it back")?;
    look_after(console).await.context("look at logs, health and the bundle")?;
    guard_with_a_key(console).await.context("guard with a key")?;
    if console.host() == Host::Browser {
        leave_and_come_back(console).await.context("sign out and in")?;
    }
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
    // The filters say "Failed" too; only the row has this name.
    console.see("no-such-model").await?;
    console.press_row("postern/echo").await?;
    console.see("Copy as curl").await?;
    console.see("a postern is a small gate").await?;
    console.click("button", "Replay in Playground").await?;
    console.see("The recorded request is ready to be sent again").await?;
    console.click("button", "Send").await?;
    console.see_times("a postern is a small gate", 2).await
}

/// The playground sends what is written, and shows what comes.
async fn talk(console: &Console) -> anyhow::Result<()> {
    console.click("link", "Playground").await?;
    console.click("button", "New conversation").await?;
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

/// The test of a client's set-up asks as the client would.
async fn connect_a_client(console: &Console) -> anyhow::Result<()> {
    console.click("link", "Connect").await?;
    console.see(&format!("{}/v1", console.base_url)).await?;
    console.click("button", "Send test").await?;
    console.see("It works").await
}

/// An account is checked in its own browser, gets another name, and serves only while it is used.
async fn keep_an_account(console: &Console) -> anyhow::Result<()> {
    console.click("link", "Accounts").await?;
    console.press_row("main").await?;
    console.click("button", "Check now").await?;
    console.see("Ready").await?;
    console.fill("Name", "keeper").await?;
    console.click("button", "Rename").await?;
    console.see("Now called keeper").await?;
    anyhow::ensure!(console.data().join("accounts/keeper").is_dir(), "the profile kept its old name");
    console.fill("Weight", "3\u{e007}").await?;
    console.see("Saved for keeper").await?;
    console.press_button("Undo").await?;
    console.see("As before: keeper").await?;
    console.click("switch", "Use keeper for requests").await?;
    console.see("keeper is not used any more").await?;
    let (status, body) = console.ask_for(&console.base_url, None, SERVED, "is anybody there?").await?;
    anyhow::ensure!(status >= 400, "an account that is off answered: {body}");
    // That of the weight is on its way out.
    let offers = "[...document.querySelectorAll('button')].filter((it) => it.textContent === 'Undo').length";
    console.becomes(offers, json!(1)).await?;
    console.press_button("Undo").await?;
    console.see("keeper is used again").await?;
    let (status, body) = console.ask_for(&console.base_url, None, SERVED, "is anybody there?").await?;
    anyhow::ensure!(status == 200, "{status}: {body}");
    Ok(())
}

/// Files come as they are dropped, also large ones; what is wrong with them is said, and nothing of them is left.
async fn bring_an_account(console: &Console) -> anyhow::Result<()> {
    console.go("/accounts?add=import").await?;
    console.find("dialog", "Import accounts").await?;
    let drop = "const files = new DataTransfer();
        files.items.add(new File(['{}'], 'nobody.json'));
        files.items.add(new File([new Uint8Array(12_000_000)], 'large.postern-profile'));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: files, cancelable: true }))";
    console.client.execute(drop, vec![]).await?;
    console.fill("Passphrase", "open the postern").await?;
    let agreed = "These are sessions of my own accounts, and I accept the risks of using them here.";
    console.click("checkbox", agreed).await?;
    console.click("button", "Import 2 files").await?;
    console.find("dialog", "2 accounts on their way").await?;
    console.see_times("This file is not understood", 2).await?;
    console.click("button", "Throw 2 away").await?;
    console.see("It is over, and nothing of it is left here.").await?;
    console.click("button", "Close").await?;
    let left = console.data().join("accounts/.enrolling");
    anyhow::ensure!(!left.is_dir() || left.read_dir()?.next().is_none(), "something of the imports is left");
    Ok(())
}

/// Who is answered is seen, and can be sent away.
async fn cancel_what_runs(console: &Console) -> anyhow::Result<()> {
    console.site().set_scenario(Scenario::answering(Script::new().text("Once ").gate("never")));
    console.click("link", "Overview").await?;
    // What was asked while another page was open is counted here.
    console.see_no_more("No traffic yet").await?;
    let base_url = console.base_url.clone();
    let client = tokio::spawn(async move { ask_for(&base_url, None, SERVED, "tell me a tale").await });
    console.see("1 running, 0 waiting").await?;
    console.click("button", &format!("Cancel the request for {SERVED}")).await?;
    console.see("Nobody is being answered or waits.").await?;
    let (status, body) = client.await??;
    anyhow::ensure!(status >= 400, "a cancelled request was answered: {body}");
    console.click("link", "Requests").await?;
    console.see("Cancelled").await?;
    console.site().set_scenario(Scenario::default());
    Ok(())
}

/// What is removed is gone from the computer, after its name was typed.
async fn remove_an_account(console: &Console) -> anyhow::Result<()> {
    console.click("link", "Accounts").await?;
    console.press_row("keeper").await?;
    console.click("button", "Remove account").await?;
    console.fill("Type “keeper” to confirm", "keeper").await?;
    console.click("button", "Remove account").await?;
    console.see("No account yet").await?;
    anyhow::ensure!(!console.data().join("accounts/keeper").exists(), "the profile is still there");
    Ok(())
}

/// Theme and language hold beyond the page.
async fn dress_and_speak(console: &Console) -> anyhow::Result<()> {
    let theme = "document.documentElement.dataset.theme";
    console.command("theme dark").await?;
    console.becomes(theme, json!("dark")).await?;
    console.command("简体中文").await?;
    console.find("link", "总览").await?;
    console.config_until(|file| file.contains("theme = \"dark\"") && file.contains("zh-CN")).await?;
    console.client.refresh().await?;
    console.find("link", "总览").await?;
    console.becomes(theme, json!("dark")).await?;
    console.command("theme light").await?;
    console.command("English").await?;
    console.find("link", "Overview").await?;
    console.becomes(theme, json!("light")).await
}

/// A setting is in the file as soon as it is chosen, and out of it as soon as that is taken back.
async fn change_and_undo(console: &Console) -> anyhow::Result<()> {
    console.go("/settings/limits").await?;
    console.fill("Queue", "7\u{e007}").await?;
    console.config_until(|file| file.contains("queue_length = 7")).await?;
    console.press_button("Undo").await?;
    console.config_until(|file| !file.contains("queue_length = 7")).await
}

/// What happened can be searched, what is wrong is said, and all of it goes into one file.
async fn look_after(console: &Console) -> anyhow::Result<()> {
    console.go("/settings/logs").await?;
    console.fill("Search in the log", "removed the account").await?;
    console.see("removed the account").await?;
    console.fill("Search in the log", "there is no such line").await?;
    console.see("No line fits the filter").await?;
    console.go("/settings/health").await?;
    console.see("Browser driver").await?;
    console.go("/settings/diagnostics").await?;
    console.click("button", "Make a bundle").await?;
    console.see(".zip").await
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

/// Whoever signs out is out, and the password lets them in again.
async fn leave_and_come_back(console: &Console) -> anyhow::Result<()> {
    console.command("sign out").await?;
    console.see("Sign in to Postern").await?;
    console.fill("Password", "not what it is").await?;
    console.click("button", "Sign in").await?;
    console.see("That is not right.").await?;
    console.fill("Password", PASSWORD).await?;
    console.click("button", "Sign in").await?;
    console.find("navigation", "Pages").await?;
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

pub(crate) async fn ask_for(
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
        ask_for(base_url, key, model, text).await
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
