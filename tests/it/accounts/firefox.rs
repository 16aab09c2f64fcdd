//! A person signs in with Firefox, with hands alone, and the account is served with it; and a session is carried into a
//! profile of Firefox and out of it. The site's sign-in refuses every browser that shows it is driven by a program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command};

use anyhow::{Context, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use postern_browser::Options;
use postern_browser::find::{self, Kind};
use postern_tests::{Account, Fox, all_there};
use reqwest::Method;
use serde_json::{Value, json};

use super::owner::Owner;
use super::sign_in::{Hands, has_hands};
use crate::pages::list::ask_for;
use crate::pages::seat::Seat;
use crate::product::{command, end, program};

/// A model that the stand-in site offers.
const SERVED: &str = "gemini-3-flash-preview";

/// A server with a screen, whose browser is a Firefox, and its owner.
struct House {
    child: Child,
    owner: Owner,
    base_url: String,
    seat: Seat,
    _fox: Fox,
}

impl House {
    async fn open(fox: &find::Choice) -> anyhow::Result<Self> {
        let seat = Seat::without_account("").await?;
        let fox = Fox::tame(fox.path(), &seat.site).await?;
        let config = format!(
            "[aistudio]\npause_ms = 0\n[browser]\nheadless = true\npath = {:?}\n",
            fox.program().display().to_string()
        );
        std::fs::write(seat.data.path().join("config.toml"), config)?;
        let mut serve = Command::new(program());
        let log = std::fs::File::create(seat.data.path().join("stderr.log"))?;
        seat.dress(serve.args(["serve", "--port=0"])).stdout(std::process::Stdio::piped()).stderr(log);
        let mut child = serve.spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("stdout")?).lines();
        let line = lines.next().context("a line")??;
        let base_url = line.strip_prefix("listening on ").context(line.clone())?.trim().to_owned();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let owner = Owner::enter(&base_url, &command(seat.data.path(), &["console", "link"])?).await?;
        Ok(Self { child, owner, base_url, seat, _fox: fox })
    }

    /// Waits until it is in this phase.
    async fn becomes(&self, begun: &Value, phase: &str) -> anyhow::Result<Value> {
        let id = begun["id"].as_str().context("an id")?;
        self.owner.becomes(id, phase).await.with_context(|| self.log())
    }

    /// A client's request is answered by this account's browser.
    async fn answers(&self, marker: &str, account: &Account) -> anyhow::Result<()> {
        let (status, body) = ask_for(&self.base_url, None, SERVED, marker).await?;
        ensure!(status == 200, "{status}: {body}");
        let records = self.seat.site.control().records_of(&account.email);
        ensure!(records.iter().any(|record| record.prompt().contains(marker)), "another account answered");
        Ok(())
    }

    async fn view(&self, account: &str) -> anyhow::Result<Value> {
        let all = self.owner.told(Method::GET, "/api/accounts", None).await?;
        let mut all = all["accounts"].as_array().context("accounts")?.iter();
        all.find(|view| view["name"] == account).cloned().context("no such account")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.seat.data.path().join("stderr.log")).unwrap_or_default()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// The Firefox that is installed; `None` where something is missing and the test may be left out.
fn installed() -> Option<find::Choice> {
    let found = find::choices(&Options::default()).into_iter().find(|choice| choice.kind() == Kind::Firefox);
    let fit = found.filter(|choice| choice.obstacle().is_none());
    let missing: &[&str] = if fit.is_some() { &[] } else { &["Firefox with geckodriver"] };
    let there = all_there(missing) && has_hands();
    fit.filter(|_| there)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_made_by_hand_and_by_file_and_served() -> anyhow::Result<()> {
    let Some(fox) = installed() else { return Ok(()) };
    let house = House::open(&fox).await?;
    let ada = Account::new("ada@example.org", "an-engine-of-brass").named("Ada").device_bound();
    let grace = Account::new("grace@example.org", "nanoseconds").named("Grace");
    let site = house.seat.site.control();
    for account in [&ada, &grace] {
        site.add_account(account.clone());
    }
    let choices = house.owner.told(Method::GET, "/api/enrolments/choices", None).await?;
    ensure!(choices["browsers"][0]["name"] == "Firefox", "{choices:#}");

    let start = json!({ "name": "ada", "consent": true });
    let begun = house.owner.told(Method::POST, "/api/enrolments/sign-in", Some(start)).await?;
    house.becomes(&begun, "awaiting_person").await?;
    let hands = Hands { display: house.seat.display().to_owned() };
    hands.sign_in(&ada).await.with_context(|| format!("the site saw {:?}", site.sign_ins()))?;
    house.owner.order(begun["id"].as_str().context("an id")?, "signed-in").await?;
    let done = house.becomes(&begun, "done").await?;
    ensure!(done["email"] == ada.email, "{done:#}");
    house.answers("who stands at the gate?", &ada).await?;
    let view = house.view("ada").await?;
    let browser = view["browser"].as_str().unwrap_or_default();
    ensure!(browser.starts_with("Firefox ") && view["memory_bytes"].as_u64() > Some(10 << 20), "{view:#}");

    let state = site.session_state(&grace.email).context("an account")?.to_string();
    let files = json!([{ "name": "grace.json", "content": BASE64_STANDARD.encode(state) }]);
    let start = json!({ "files": files, "consent": true });
    let begun = house.owner.told(Method::POST, "/api/enrolments/import", Some(start)).await?;
    house.becomes(&begun["enrolments"][0], "done").await?;
    let off = json!({ "enabled": false });
    house.owner.told(Method::PATCH, "/api/accounts/ada", Some(off)).await?;
    house.answers("and who behind it?", &grace).await?;
    let asked = json!({ "form": "storage_state" });
    let exported = house.owner.told(Method::POST, "/api/accounts/grace/export", Some(asked)).await?;
    let cookies = exported["cookies"].as_array().context("cookies")?;
    ensure!(cookies.iter().any(|cookie| cookie["name"] == "SAPISID"), "{exported:#}");
    Ok(())
}
