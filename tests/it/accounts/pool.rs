//! Several accounts as one: they answer at the same time, and when one cannot, another does. The real program, real
//! browsers, and accounts of the stand-in of which most are in some trouble.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::Context;
use futures::StreamExt;
use postern_protocol::account::State;
use postern_store::Store;
use postern_tests::{Misbehaviour, Outcome, Record, Scenario, Script, Standin, echo_text};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::session::{Driver, sign_in};
use crate::product::{Product, browsers_in};

const MODEL: &str = "gemini-3-flash-preview";
/// All may run at once.
const SETTINGS: &str = "max_live = 5\n";
/// An account that is well, and one whose browser dies.
const WELL: [&str; 2] = ["fine", "fragile"];
const IN_TROUBLE: [(&str, Misbehaviour); 3] = [
    ("exhausted", Misbehaviour::QuotaPerDay),
    ("expired", Misbehaviour::None),
    ("held", Misbehaviour::Verification),
];

fn email(account: &str) -> String {
    format!("{account}@example.org")
}

/// Postern with all accounts signed in, those in trouble switched off.
async fn product() -> anyhow::Result<Product> {
    let (site, data) = (Standin::start().await?, TempDir::new()?);
    let driver = Driver::start().await?;
    let troubled = IN_TROUBLE.iter().map(|(account, _)| *account);
    for account in WELL.into_iter().chain(troubled) {
        let folder = data.path().join("accounts").join(account);
        std::fs::create_dir_all(folder.join("profile"))?;
        // Nobody is signed in with the expired one.
        if account != "expired" {
            sign_in(&driver.url, &site, &email(account), &folder.join("profile")).await?;
        }
        let enabled = WELL.contains(&account);
        std::fs::write(folder.join("account.toml"), format!("enabled = {enabled}\n"))?;
    }
    Product::start_in(data, site, SETTINGS)
}

/// The accounts' states, as `/health` tells them.
async fn states(product: &Product) -> anyhow::Result<BTreeMap<String, String>> {
    let health = product.get("/health").await?;
    let accounts = health["details"]["upstreams"][0]["accounts"].as_array().context("accounts")?.clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(accounts.iter().map(|account| (text(&account["name"]), text(&account["state"]))).collect())
}

/// What `postern account list` says about one account.
fn listed(product: &Product, account: &str) -> anyhow::Result<Value> {
    let list: Value = serde_json::from_str(&product.command(&["account", "list", "--json"])?)?;
    let found = list.as_array().and_then(|list| list.iter().find(|one| one["name"] == account)).cloned();
    found.with_context(|| format!("no {account} in {list}"))
}

async fn set(product: &Product, account: &str, what: &str) -> anyhow::Result<()> {
    product.command(&["account", "set", account, what])?;
    let off = what == "--off";
    let settled =
        |product| async move { states(product).await.is_ok_and(|states| (states[account] == "off") == off) };
    product.until(settled).await
}

/// Two requests that arrive together are answered by two accounts at the same time.
async fn answer_together(product: &Product) -> anyhow::Result<()> {
    let site = product.site.control();
    for account in WELL {
        let script = Script::new().text(account).gate("both").text("!");
        site.set_scenario_of(&email(account), Scenario::answering(script).times(1));
    }
    let begun = async {
        site.wait_for(|records| records.iter().filter(|record| !record.sent.is_empty()).count() == 2).await?;
        site.open_gate("both");
        site.open_gate("both");
        anyhow::Ok(())
    };
    let (one, two, begun) = tokio::join!(product.ask("One?"), product.ask("Two?"), begun);
    begun?;
    let texts: Vec<Value> =
        [one?, two?].map(|(_, body)| body["choices"][0]["message"]["content"].clone()).into();
    assert!(texts.contains(&json!("fine!")) && texts.contains(&json!("fragile!")), "{texts:?}");
    let records = site.records();
    assert!(records[0].overlaps(&records[1]) && records[0].account != records[1].account, "{records:#?}");
    Ok(())
}

/// Kills the browser of the fragile account in the middle of its first answer.
async fn kill_in_the_middle(product: &Product) -> anyhow::Result<()> {
    let site = product.site.control();
    let fragile = email("fragile");
    let begun = |records: &[Record]| {
        records.iter().any(|one| one.account.as_ref() == Some(&fragile) && !one.sent.is_empty())
    };
    site.wait_for(begun).await?;
    for pid in browsers_in(&product.data.path().join("accounts/fragile")) {
        Command::new("kill").args(["-KILL", &pid.to_string()]).status()?;
    }
    Ok(())
}

/// Fifty requests, five at a time.
async fn rush(product: &Product) -> Vec<(String, u16, Value)> {
    let ask = |number: usize| async move {
        let marker = format!("marker-{number:02}.");
        let (status, body) = product.ask(&marker).await.expect("an answer of the server");
        (marker, status, body)
    };
    futures::stream::iter(0..50).map(ask).buffer_unordered(5).collect().await
}

/// Every request was answered once or refused with its true reason, and none was answered twice.
fn check_answers(product: &Product, answers: &[(String, u16, Value)]) {
    let records = product.site.control().records();
    let mut broken = 0;
    for (marker, status, body) in answers {
        let complete = |record: &&Record| record.prompt() == marker && record.outcome == Outcome::Complete;
        let times = records.iter().filter(complete).count();
        match status {
            200 => {
                assert_eq!(body["choices"][0]["message"]["content"], echo_text(marker), "{marker}");
                assert_eq!(times, 1, "{marker} was answered {times} times");
            }
            _ => {
                assert_eq!(
                    (*status, &body["error"]["code"]),
                    (502, &json!("interrupted")),
                    "{marker}: {body}"
                );
                assert_eq!(times, 0, "{marker}");
                broken += 1;
            }
        }
    }
    // The one that was cut in the middle, if its caller had been told something already.
    assert!(answers.len() == 50 && broken <= 1, "{broken}\n{}", product.log());
    let cut = |record: &&Record| record.account == Some(email("fragile")) && record.aborted();
    assert_eq!(records.iter().filter(cut).count(), 1, "one was cut");
    for record in &records {
        let exhausted = record.account == Some(email("exhausted"));
        assert_eq!(record.outcome == Outcome::Failed { status: 429 }, exhausted, "{record:#?}");
    }
}

/// What is known of each account afterwards, and that it is written down.
async fn check_accounts(product: &Product, answered: usize) -> anyhow::Result<()> {
    let states = states(product).await?;
    for (account, state) in [
        ("fine", "ready"),
        ("fragile", "ready"),
        ("exhausted", "cooling_down"),
        ("expired", "sign_in_expired"),
        ("held", "needs_verification"),
    ] {
        assert_eq!(states[account], state, "{account}\n{}", product.log());
        assert_eq!(listed(product, account)?["state"], state, "{account}");
    }
    let exhausted = listed(product, "exhausted")?;
    assert_eq!(exhausted["cooldowns"][0]["model"], MODEL);
    assert_eq!(
        (&exhausted["cooldowns"][0]["reason"], &exhausted["email"]),
        (&json!("quota"), &json!(email("exhausted")))
    );
    let uses = WELL.iter().map(|account| listed(product, account).map(|one| one["uses_today"].as_u64()));
    let uses: anyhow::Result<Option<Vec<u64>>> = uses.collect();
    assert_eq!(uses?.context("numbers")?.iter().sum::<u64>(), answered as u64);
    let store = Store::open(&product.data.path().join("postern.db"))?;
    let history = store.accounts().history("expired").await?;
    assert_eq!(history[0].state, State::SignInExpired);
    let history = store.accounts().history("fine").await?;
    assert!(history.iter().all(|turn| turn.state == State::Ready) && history.len() == 1, "{history:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn when_one_account_cannot_another_does() -> anyhow::Result<()> {
    let mut product = product().await?;
    let site = product.site.control();
    answer_together(&product).await?;

    // Most are in trouble, and one breaks in the middle.
    site.clear_records();
    for (account, trouble) in IN_TROUBLE {
        site.set_scenario_of(&email(account), Scenario::misbehaving(trouble));
        set(&product, account, "--on").await?;
    }
    let cut = Scenario::answering(Script::new().text("Cut ").gate("never"));
    site.set_scenario_of(&email("fragile"), cut.times(1));
    let (answers, killed) = tokio::join!(rush(&product), kill_in_the_middle(&product));
    killed?;
    check_answers(&product, &answers);
    let answered = answers.iter().filter(|(_, status, _)| *status == 200).count();
    check_accounts(&product, answered + 2).await?;

    // The server is killed while requests go from account to account: nothing is lost, and who rests still does.
    let asked = site.records_of(&email("exhausted")).len();
    {
        let begun = site.records().len();
        let some = futures::future::join_all((0..4).map(|number| product.ask(["a", "b", "c", "d"][number])));
        let arrived = site.wait_for(|records| records.len() > begun);
        tokio::select! { _ = some => {}, arrived = arrived => drop(arrived?) }
    }
    product.crash_and_restart()?;
    let (status, body) = product.ask("Still there?").await?;
    assert_eq!(status, 200, "{body}\n{}", product.log());
    assert_eq!(listed(&product, "exhausted")?["state"], "cooling_down");
    assert_eq!(site.records_of(&email("exhausted")).len(), asked, "one that rests is not asked");
    for account in ["fine", "fragile", "exhausted", "expired", "held"] {
        assert!(product.data.path().join("accounts").join(account).join("profile/Local State").is_file());
    }
    nobody_is_left(&product).await
}

/// When all are used up, the caller is told until when; one that is freed by hand answers.
async fn nobody_is_left(product: &Product) -> anyhow::Result<()> {
    let site = product.site.control();
    for account in ["expired", "held"] {
        set(product, account, "--off").await?;
    }
    for account in WELL {
        site.set_scenario_of(&email(account), Scenario::misbehaving(Misbehaviour::QuotaPerDay));
    }
    let request = json!({ "model": MODEL, "messages": [{ "role": "user", "content": "Anybody?" }] });
    for _ in 0..2 {
        let answer = product.post(&request).await?;
        let wait: u64 = answer.headers()["retry-after"].to_str()?.parse()?;
        let status = answer.status().as_u16();
        let body: Value = answer.json().await?;
        let words = body["error"]["message"].as_str().context("words")?;
        assert_eq!((status, &body["error"]["code"]), (429, &json!("rate_limit_exceeded")), "{body}");
        assert!(wait > 60 && words.contains(" until ") && words.contains("(in "), "{wait} {words}");
        assert_eq!(words.lines().count(), 6, "{words}");
    }
    assert_eq!(site.times_asked("Anybody?"), 2, "each was asked once");

    site.set_scenario_of(&email("fine"), Scenario::default());
    product.command(&["account", "reset-cooldowns", "fine", "--model", MODEL])?;
    product
        .until(|product| async move { states(product).await.is_ok_and(|states| states["fine"] == "ready") })
        .await?;
    let (status, body) = product.ask("And now?").await?;
    assert_eq!(
        (status, &body["choices"][0]["message"]["content"]),
        (200, &json!(echo_text("And now?"))),
        "{body}"
    );
    Ok(())
}
