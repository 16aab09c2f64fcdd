//! What only the window does: it agrees with tray, command line and `/health`; it hides and comes back; a second start
//! leads to the first; and it leaves nothing behind.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use postern_tests::free_port;
use postern_tests::screen::Panel;
use serde_json::{Value, json};

use super::host::{Console, Host};
use super::seat::{Group, Seat, desktop};
use crate::product::{PATIENCE, postern, program};

/// The server's states that everybody has to agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Running,
    Stopped,
    Failed,
}

impl State {
    /// As the page, the tray and `postern status` say it.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Running => ("The server is running", "running", "running"),
            Self::Stopped => ("The server is stopped", "stopped", "stopped"),
            Self::Failed => ("The server is not running", "problem", "failed"),
        }
    }
}

/// A window on a session with a panel, and the panel.
async fn open(settings: &str, port: u16) -> anyhow::Result<(Console, Panel)> {
    let settings = format!("[server]\nport = {port}\n{settings}");
    let seat = Seat::set(&settings).await?;
    let panel = seat.panel().await?;
    Ok((Console::in_window(seat, port).await?, panel))
}

#[tokio::test(flavor = "multi_thread")]
async fn window_tray_command_line_and_health_agree() -> anyhow::Result<()> {
    if !super::can_open(Host::Window) {
        return Ok(());
    }
    let (console, _panel) = open("", free_port()?).await?;
    console.agrees(State::Running, &console.base_url).await?;
    console.click("link", "Requests").await?;
    console.see("Waiting for the first request").await?;
    first_request(&console.base_url).await?;
    console.see("postern/echo").await?;
    console.see("Answered").await?;
    console.click("link", "Overview").await?;
    console.ask_shell("POST", "/window/tray/start_stop").await?;
    console.agrees(State::Stopped, &console.base_url).await?;
    console.ask_shell("POST", "/window/tray/start_stop").await?;
    console.agrees(State::Running, &console.base_url).await?;
    quits(&console).await
}

/// Quitting leaves no process behind and frees the port.
async fn quits(console: &Console) -> anyhow::Result<()> {
    // The page may be gone before it can say that it heard the answer.
    let _gone = tokio::time::timeout(Duration::from_secs(1), console.ask_shell("POST", "/window/quit")).await;
    console.seat()?.emptied().await?;
    anyhow::ensure!(crate::product::browsers_in(console.data()).is_empty(), "a browser was left behind");
    TcpListener::bind(console.base_url.trim_start_matches("http://")).context("the port is not free")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_is_said_and_one_click_takes_another() -> anyhow::Result<()> {
    if !super::can_open(Host::Window) {
        return Ok(());
    }
    let holder = TcpListener::bind("127.0.0.1:0")?;
    let (console, _panel) = open("", holder.local_addr()?.port()).await?;
    console.agrees(State::Failed, &console.base_url).await?;
    console.see("listens on").await?;
    let offer = fantoccini::Locator::XPath("//button[starts-with(normalize-space(.), 'Use port ')]");
    let offer = console.client.wait().at_most(PATIENCE).for_element(offer).await?;
    let free: u16 = offer.text().await?.trim_start_matches("Use port ").trim().parse()?;
    offer.click().await?;
    console.agrees(State::Running, &format!("http://127.0.0.1:{free}")).await?;
    console.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_window_stays_in_the_tray_and_comes_back() -> anyhow::Result<()> {
    if !super::can_open(Host::Window) {
        return Ok(());
    }
    let (console, _panel) = open("[window]\nkeep_page_s = 1\n", free_port()?).await?;
    console.agrees(State::Running, &console.base_url).await?;
    let seat = console.seat()?;
    seat.close_windows()?;
    console.click_and_go("button", "Keep running in the tray").await?;
    seat.windows_become(0).await?;
    seat.page_becomes(false).await?;
    anyhow::ensure!(is_well(&console.base_url).await, "the server went with the window");
    start_again(seat).await?;
    seat.windows_become(1).await?;
    seat.page_becomes(true).await?;
    // The answer was remembered: this time nobody is asked.
    seat.close_windows()?;
    seat.windows_become(0).await?;
    anyhow::ensure!(is_well(&console.base_url).await, "the server went with the window");
    console.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_in_the_tray_comes_back_when_the_tray_goes() -> anyhow::Result<()> {
    if !super::can_open(Host::Window) {
        return Ok(());
    }
    let (console, panel) = open("[window]\nclose = \"tray\"\nkeep_page_s = 3\n", free_port()?).await?;
    console.agrees(State::Running, &console.base_url).await?;
    let seat = console.seat()?;
    seat.close_windows()?;
    seat.windows_become(0).await?;
    panel.close().await?;
    seat.windows_become(1).await?;
    anyhow::ensure!(is_well(&console.base_url).await, "the server went with the tray");
    console.close().await
}

/// A second start ends at once and well; the first one shows itself.
async fn start_again(seat: &Seat) -> anyhow::Result<()> {
    let second =
        seat.dress(&mut Command::new(desktop())).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    anyhow::ensure!(second.success(), "the second start ended with {second}");
    // For a moment, whatever the first one starts looks like it.
    let deadline = Instant::now() + PATIENCE;
    while seat.desktops().len() > 1 {
        anyhow::ensure!(Instant::now() < deadline, "there are two");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_in_use_is_said_and_taken_when_it_is_free() -> anyhow::Result<()> {
    if !super::can_open(Host::Window) {
        return Ok(());
    }
    let port = free_port()?;
    let seat = Seat::set(&format!("[server]\nport = {port}\n")).await?;
    let mut serve = Command::new(program());
    seat.dress(serve.arg("serve")).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Group::start(&mut serve)?;
    let base_url = format!("http://127.0.0.1:{port}");
    becomes_well(&base_url).await?;
    let console = Console::in_window(seat, port).await?;
    console.see("is in use by another Postern").await?;
    drop(server);
    console.click("button", "Try again").await?;
    console.agrees(State::Running, &base_url).await?;
    console.close().await
}

/// Sends the first request as a client would: with the official SDK where it is, else by hand.
async fn first_request(base_url: &str) -> anyhow::Result<()> {
    let Some(python) = std::env::var_os("POSTERN_PYTHON") else {
        let body = json!({ "model": "postern/echo", "messages": [{ "role": "user", "content": "hello" }] });
        let url = format!("{base_url}/v1/chat/completions");
        reqwest::Client::new().post(url).json(&body).send().await?.error_for_status()?;
        return Ok(());
    };
    let script = "import openai; print(openai.OpenAI().chat.completions.create(model='postern/echo', \
                  messages=[{'role': 'user', 'content': 'hello'}]).choices[0].message.content)";
    let mut command = Command::new(python);
    command
        .args(["-c", script])
        .env("OPENAI_BASE_URL", format!("{base_url}/v1"))
        .env("OPENAI_API_KEY", "none");
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

async fn is_well(base_url: &str) -> bool {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build();
    let Ok(client) = client else { return false };
    client.get(format!("{base_url}/health")).send().await.is_ok_and(|answer| answer.status().is_success())
}

async fn becomes_well(base_url: &str) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !is_well(base_url).await {
        anyhow::ensure!(Instant::now() < deadline, "nobody serves {base_url}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

impl Console {
    /// What the shell answers.
    pub(super) async fn ask_shell(&self, method: &str, path: &str) -> anyhow::Result<Value> {
        self.api(method, path, &Value::Null).await
    }

    /// What the command line says of the server. Its exit status tells the same again.
    fn status(&self) -> anyhow::Result<Value> {
        let said = postern(self.data()).args(["status", "--json"]).stdin(Stdio::null()).output()?;
        Ok(serde_json::from_slice(&said.stdout)?)
    }

    /// Page, tray, command line and `/health` say the same of the server.
    pub(super) async fn agrees(&self, state: State, base_url: &str) -> anyhow::Result<()> {
        let (page, tray, status) = state.words();
        self.see(page).await?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let shown = self.ask_shell("GET", "/window").await?["tray"]["shape"].clone();
            if shown == tray {
                break;
            }
            anyhow::ensure!(Instant::now() < deadline, "the tray says {shown}, not {tray}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // The file that it reads is written a moment after the tray is told.
        loop {
            let said = self.status()?;
            if said["state"] == status {
                break;
            }
            anyhow::ensure!(Instant::now() < deadline, "the command line says {said}, not {status}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::ensure!(
            is_well(base_url).await == (state == State::Running),
            "/health says otherwise: {state:?}"
        );
        Ok(())
    }
}
