//! Accounts whose browsers run elsewhere: at a real Selenium Grid with two nodes.

use anyhow::Context;
use fantoccini::ClientBuilder;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use hyper_util::client::legacy::connect::HttpConnector;
use postern_tests::{Account, Outcome, Scenario, Script, Standin};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::selenium::{self, Grid};
use crate::product::{Product, browser_args};

const ACCOUNTS: [(&str, &str); 2] = [("anna", "anna@example.org"), ("ben", "ben@example.org")];

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

/// Leaves the account's session in its profile on the nodes, as a person does who signs in there.
async fn sign_in(grid: &Grid, site: &Standin, account: &str, email: &str) -> anyhow::Result<()> {
    site.control().add_account(Account::new(email, "pw"));
    let state = site.control().session_state(email).context("an account")?;
    let mut args = browser_args(site);
    args.push("--headless=new".to_owned());
    args.push(format!("--user-data-dir={}", grid.profile(account).display()));
    let mut wanted = Capabilities::new();
    wanted.insert("browserName".to_owned(), json!("chrome"));
    wanted.insert("goog:chromeOptions".to_owned(), json!({ "args": args }));
    let mut browser = ClientBuilder::new(HttpConnector::new());
    let browser = browser.capabilities(wanted).connect(&grid.url).await?;
    browser.issue_cmd(SetCookies(state["cookies"].clone())).await?;
    Ok(browser.close().await?)
}

/// Postern with two accounts that live on the grid.
async fn product(grid: &Grid) -> anyhow::Result<Product> {
    let (site, data) = (Standin::start().await?, TempDir::new()?);
    for (account, email) in ACCOUNTS {
        sign_in(grid, &site, account, email).await?;
        std::fs::create_dir_all(data.path().join("accounts").join(account).join("profile"))?;
    }
    let profiles = grid.profiles.path().display();
    let settings = format!("webdriver_url = \"{}\"\nremote_profiles = \"{profiles}\"\n", grid.url);
    Product::start_in(data, site, &settings)
}

async fn answer(product: &Product, text: &str) -> anyhow::Result<String> {
    let (status, body) = product.ask(text).await?;
    anyhow::ensure!(status == 200, "{status} {body}\n{}", product.log());
    let words = body["choices"][0]["message"]["content"].as_str();
    Ok(words.context("an answer")?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_answer_from_two_nodes_and_one_goes_on_when_the_other_fails() -> anyhow::Result<()> {
    let Some(jar) = selenium::jar() else { return Ok(()) };
    let mut grid = Grid::start(&jar).await?;
    let product = product(&grid).await?;
    let site = product.site.control();

    for (account, email) in ACCOUNTS {
        let script = Script::new().text(&format!("{account} ")).gate("both").text("answers");
        site.set_scenario_of(email, Scenario::answering(script).times(1));
    }
    let (both, _) = tokio::join!(
        async { tokio::try_join!(answer(&product, "First"), answer(&product, "Second")) },
        async {
            let begun = site.wait_for(|records| records.iter().filter(|one| !one.sent.is_empty()).count() == 2);
            begun.await.expect("both answers begin");
            site.open_gate("both");
            site.open_gate("both");
        }
    );
    let both = both?;
    let mut both = [both.0, both.1];
    both.sort();
    assert_eq!(both, ["anna answers", "ben answers"]);
    let (annas, bens) = (site.records_of(ACCOUNTS[0].1), site.records_of(ACCOUNTS[1].1));
    assert!(annas[0].overlaps(&bens[0]), "{annas:#?} {bens:#?}");
    grid.sessions_are(2).await?;

    grid.fail_node_of("anna").await?;
    for text in ["Third", "Fourth"] {
        answer(&product, text).await?;
    }
    assert_eq!(site.records_of(ACCOUNTS[0].1).len(), 1, "anna's node is gone");
    assert_eq!(site.records_of(ACCOUNTS[1].1).len(), 3);
    for text in ["First", "Second", "Third", "Fourth"] {
        assert_eq!(site.times_asked(text), 1, "{text}");
    }
    assert!(site.records().iter().all(|record| record.outcome == Outcome::Complete));

    drop(product);
    grid.sessions_are(0).await
}
