//! Accounts whose browsers run elsewhere: at a real Selenium Grid with two nodes.

use anyhow::Context;
use postern_tests::{Outcome, Record, Scenario, Script, Standin};
use tempfile::TempDir;

use super::selenium::{self, Grid};
use super::session::sign_in;
use crate::product::Product;

const ACCOUNTS: [(&str, &str); 2] = [("anna", "anna@example.org"), ("ben", "ben@example.org")];

/// Postern with two accounts that live on the grid.
async fn product(grid: &Grid) -> anyhow::Result<Product> {
    let (site, data) = (Standin::start().await?, TempDir::new()?);
    for (account, email) in ACCOUNTS {
        sign_in(&grid.url, &site, email, &grid.profile(account)).await?;
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
async fn two_accounts_answer_from_two_nodes_and_go_on_when_one_node_fails() -> anyhow::Result<()> {
    let Some(jar) = selenium::jar() else { return Ok(()) };
    let mut grid = Grid::start(&jar).await?;
    let product = product(&grid).await?;
    let site = product.site.control();

    for (account, email) in ACCOUNTS {
        let script = Script::new().text(format!("{account} ")).gate("both").text("answers");
        site.set_scenario_of(email, Scenario::answering(script).times(1));
    }
    let (both, _) = tokio::join!(
        async { tokio::try_join!(answer(&product, "First"), answer(&product, "Second")) },
        async {
            let begun =
                site.wait_for(|records| records.iter().filter(|one| !one.sent.is_empty()).count() == 2);
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
    grid.sessions_are(1).await?;

    // Nothing of this answer was sent when its node fails.
    site.set_scenario(Scenario::answering(Script::new().gate("never")).times(1));
    let unheard = async {
        let asked = |records: &[Record]| records.iter().any(|record| record.prompt() == "Third");
        let records = site.wait_for(asked).await?;
        let email = records.last().and_then(|record| record.account.clone()).context("an account")?;
        let (account, _) = ACCOUNTS.iter().find(|(_, known)| email == *known).context("a known one")?;
        grid.fail_node_of(account).await
    };
    tokio::try_join!(answer(&product, "Third"), unheard)?;
    for text in ["Fourth", "Fifth"] {
        answer(&product, text).await?;
    }
    let outcomes = |text: &str| {
        let records = site.records().into_iter().filter(|record| record.prompt() == text);
        records.map(|record| record.outcome).collect::<Vec<_>>()
    };
    assert!(matches!(outcomes("Third")[..], [Outcome::Aborted { .. }, Outcome::Complete]));
    assert_eq!([outcomes("Fourth"), outcomes("Fifth")], [[Outcome::Complete], [Outcome::Complete]]);

    drop(product);
    grid.sessions_are(0).await
}
