//! A person signs in: from the button in the real window, with hands alone, to the first answered request. The site's
//! sign-in refuses every browser that shows it is driven by a program.

use std::process::{Output, Stdio};
use std::time::Instant;

use anyhow::{Context, ensure};
use postern_tests::{Account, Misbehaviour, Scenario, SignInOutcome, all_there, free_port};
use serde_json::{Value, json};

use crate::pages::host::{Console, Host};
use crate::pages::list::ask_for;
use crate::pages::seat::Seat;
use crate::pages::{can_open, on_path};
use crate::product::PATIENCE;

/// A model that the stand-in site offers.
const SERVED: &str = "gemini-3-flash-preview";

/// What the person agrees to.
const CONSENT: &str = "I have read this, and I use an account for which I accept these risks.";

/// Somebody before the screen.
pub(super) struct Hands {
    pub(super) display: String,
}

impl Hands {
    /// Waits until a window with this in its title is there, and turns to it.
    async fn turn_to(&self, title: &str) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let turned = self.try_to_turn_to(title).await;
            // A window that goes while it is looked at is an error to X.
            if turned.is_ok() || Instant::now() > deadline {
                return turned;
            }
        }
    }

    async fn try_to_turn_to(&self, title: &str) -> anyhow::Result<()> {
        let found = self.act(&["search", "--sync", "--onlyvisible", "--limit", "1", "--name", title]).await?;
        let window = String::from_utf8(found.stdout)?.trim().to_owned();
        self.act(&["windowfocus", "--sync", &window]).await?;
        Ok(())
    }

    async fn type_line(&self, text: &str) -> anyhow::Result<()> {
        self.act(&["type", "--delay", "15", text]).await?;
        self.act(&["key", "Return"]).await?;
        Ok(())
    }

    /// Moves the mouse to the middle of the window that has the focus, and clicks there.
    async fn click_into_it(&self) -> anyhow::Result<()> {
        let focused = self.act(&["getwindowfocus"]).await?;
        let window = String::from_utf8(focused.stdout)?.trim().to_owned();
        self.act(&["mousemove", "--window", &window, "--sync", "400", "700"]).await?;
        self.act(&["click", "1"]).await?;
        Ok(())
    }

    async fn close_browser(&self) -> anyhow::Result<()> {
        self.act(&["key", "ctrl+shift+w"]).await.map(drop)
    }

    async fn act(&self, words: &[&str]) -> anyhow::Result<Output> {
        let mut command = tokio::process::Command::new("xdotool");
        command.args(words).env("DISPLAY", &self.display).stdin(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(PATIENCE, command.output()).await;
        let output = output.with_context(|| format!("waited in vain for {words:?}"))??;
        ensure!(output.status.success(), "xdotool {words:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(output)
    }

    /// Signs in as a person does, until AI Studio shows its editor.
    pub(super) async fn sign_in(&self, account: &Account) -> anyhow::Result<()> {
        self.turn_to("Sign in - Google Accounts").await?;
        self.type_line(&account.email).await?;
        self.turn_to("Welcome - Google Accounts").await?;
        self.type_line(&account.password).await?;
        self.turn_to("Untitled prompt").await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_button_in_the_window_to_the_first_answer() -> anyhow::Result<()> {
    if !can_open(Host::Window) || !has_hands() {
        return Ok(());
    }
    let port = free_port()?;
    let seat = Seat::without_account(&format!("[server]\nport = {port}\n")).await?;
    let hands = Hands { display: seat.display().to_owned() };
    let console = Console::in_window(seat, port).await?;
    let done = tokio::time::timeout(PATIENCE * 5, all(&console, &hands)).await.map_err(Into::into).flatten();
    if done.is_err() {
        console.complain().await;
        eprintln!("the site saw {:?}", console.site().sign_ins());
    }
    done?;
    console.close().await
}

async fn all(console: &Console, hands: &Hands) -> anyhow::Result<()> {
    let ada = Account::new("ada@example.org", "an-engine-of-brass").named("Ada");
    let bound = Account::new("grace@example.org", "nanoseconds").named("Grace").device_bound();
    for account in [&ada, &bound] {
        console.site().add_account(account.clone());
    }
    first_account(console, hands, &ada).await.context("the first account")?;
    closed_too_early(console, hands, &bound).await.context("the second account")?;
    let outcomes: Vec<SignInOutcome> = console.site().sign_ins().iter().map(|tried| tried.outcome).collect();
    ensure!(outcomes == [SignInOutcome::Done; 2], "{outcomes:?}");
    Ok(())
}

async fn first_account(console: &Console, hands: &Hands, ada: &Account) -> anyhow::Result<()> {
    console.click("link", "Accounts").await?;
    console.click("button", "Add account").await?;
    console.click("checkbox", CONSENT).await?;
    console.click("button", "Go on").await?;
    console.click("button", "Open the browser").await?;
    console.see("Sign in, in the browser that has opened").await?;
    hands.sign_in(ada).await?;
    hands.click_into_it().await?;
    hands.close_browser().await?;
    console.see("“account-1” is in service").await?;
    console.see(&ada.email).await?;
    let marker = "who stands at the gate?";
    answered(console, marker, ada).await
}

/// A browser that was closed before anybody had signed in opens again; and "I have signed in" closes it. The sessions of
/// this account hold only in the profile in which they began.
async fn closed_too_early(console: &Console, hands: &Hands, account: &Account) -> anyhow::Result<()> {
    console.click("button", "Add another").await?;
    console.fill("Name", "grace").await?;
    console.click("button", "Open the browser").await?;
    hands.turn_to("Sign in - Google Accounts").await?;
    hands.close_browser().await?;
    console.see("Nobody is signed in").await?;
    console.click("button", "Try again").await?;
    hands.sign_in(account).await?;
    console.click("button", "I have signed in").await?;
    console.see("“grace” is in service").await?;
    console.see(&account.email).await?;
    // The other one cannot answer, so that this one has to.
    console.site().set_scenario_of("ada@example.org", Scenario::misbehaving(Misbehaviour::QuotaPerDay));
    answered(console, "and who behind it?", account).await
}

/// A client's request is answered by this account's browser.
async fn answered(console: &Console, marker: &str, account: &Account) -> anyhow::Result<()> {
    let (status, body) = ask_for(&console.base_url, None, SERVED, marker).await?;
    ensure!(status == 200, "{status}: {body}");
    let records = console.site().records_of(&account.email);
    ensure!(records.iter().any(|record| record.prompt().contains(marker)), "another account answered");
    let health: Value = reqwest::get(format!("{}/health", console.base_url)).await?.json().await?;
    let accounts = health["details"]["upstreams"][0]["accounts"].as_array().context("accounts")?.clone();
    let state = accounts.iter().map(|one| &one["state"]);
    ensure!(state.clone().any(|state| *state == json!("ready")), "{accounts:?}");
    Ok(())
}

pub(super) fn has_hands() -> bool {
    let missing: &[&str] = if on_path("xdotool") { &[] } else { &["xdotool"] };
    all_there(missing)
}
