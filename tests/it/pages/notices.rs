//! What the window lets the system tell: each change once, and nothing while that is not wanted.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use postern_tests::screen::{Notice, Notices, Panel};
use postern_tests::{Misbehaviour, Scenario};
use serde_json::json;

use super::host::{Console, Host};
use super::seat::Seat;
use super::window::State;
use crate::product::PATIENCE;

/// A window whose server could not start, because its port is taken, and the session around it.
struct Evening {
    console: Console,
    notices: Notices,
    holder: TcpListener,
    _panel: Panel,
}

impl Evening {
    async fn begin(settings: &str) -> anyhow::Result<Self> {
        let holder = TcpListener::bind("127.0.0.1:0")?;
        let port = holder.local_addr()?.port();
        let seat = Seat::set(&format!("[server]\nport = {port}\n{settings}")).await?;
        let (panel, notices) = (seat.panel().await?, seat.notices().await?);
        let console = Console::in_window(seat, port).await?;
        console.agrees(State::Failed, &console.base_url).await?;
        Ok(Self { console, notices, holder, _panel: panel })
    }

    /// The port becomes free, and the server is started from the tray.
    async fn start_server(self) -> anyhow::Result<(Console, Notices, Panel)> {
        let Self { console, notices, holder, _panel } = self;
        drop(holder);
        console.ask_shell("POST", "/window/tray/start_stop").await?;
        console.agrees(State::Running, &console.base_url).await?;
        Ok((console, notices, _panel))
    }
}

async fn shown(notices: &Notices, count: usize) -> anyhow::Result<Vec<Notice>> {
    let waited = tokio::time::timeout(PATIENCE, notices.become_at_least(count)).await;
    anyhow::ensure!(waited.is_ok(), "not {count}: {:?}", notices.shown());
    Ok(notices.shown())
}

/// The site asks for a new sign-in as soon as somebody wants an answer.
async fn lose_the_account(console: &Console) -> anyhow::Result<()> {
    console.site().set_scenario(Scenario::misbehaving(Misbehaviour::ExpiredSession));
    let body = json!({
        "model": "gemini-3-flash-preview",
        "messages": [{ "role": "user", "content": "Anybody there?" }],
    });
    let url = format!("{}/v1/chat/completions", console.base_url);
    let answer = reqwest::Client::new().post(url).json(&body).send().await?;
    anyhow::ensure!(answer.status() == 503, "answered with {}", answer.status());
    Ok(())
}

/// What is told of an account that was the only one.
fn lost() -> Notice {
    ("No account is left that could answer".to_owned(), "Sign in again: main".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_the_user_is_told_once_and_a_click_leads_there() -> anyhow::Result<()> {
    if !super::can_open(Host::Window) {
        return Ok(());
    }
    let evening = Evening::begin("[notifications]\nenabled = true\n").await?;
    let port = evening.holder.local_addr()?.port();
    let taken = (
        format!("The server could not start: port {port} is in use"),
        "Open Postern to see what to do.".to_owned(),
    );
    assert_eq!(shown(&evening.notices, 1).await?, std::slice::from_ref(&taken));
    let (console, notices, _panel) = evening.start_server().await?;
    lose_the_account(&console).await?;
    assert_eq!(shown(&notices, 2).await?, [taken, lost()]);
    notices.click(2).await?;
    let deadline = Instant::now() + PATIENCE;
    while !console.client.current_url().await?.as_str().contains("/accounts?id=main") {
        anyhow::ensure!(Instant::now() < deadline, "the click leads nowhere");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    console.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_until_it_is_wanted() -> anyhow::Result<()> {
    if !super::can_open(Host::Window) {
        return Ok(());
    }
    let (console, notices, _panel) = Evening::begin("").await?.start_server().await?;
    console.go("/settings/notifications").await?;
    console.click("switch", "Show notifications").await?;
    console.see("Saved: Show notifications").await?;
    lose_the_account(&console).await?;
    assert_eq!(shown(&notices, 1).await?, [lost()], "and nothing of the server, which had failed before");
    console.close().await
}
