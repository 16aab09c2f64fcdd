//! `kill -9` of the server and of the browser in the middle of an answer: a restart, or just the next
//! request, works without anybody's help, and no browser is left over.

use std::process::Command;

use postern_tests::{Scenario, Script, echo_text};
use serde_json::json;

use crate::product::Product;

/// Begins an answer that will not end, and returns it once its first words have come.
async fn unfinished(product: &Product) -> anyhow::Result<reqwest::Response> {
    let site = product.site.control();
    site.set_scenario(Scenario::answering(Script::new().text("first words").gate("never")));
    let mut answer = product
        .post(&json!({
            "model": "gemini-3-flash-preview", "stream": true,
            "messages": [{ "role": "user", "content": "A long story, please." }],
        }))
        .await?;
    while let Some(chunk) = answer.chunk().await? {
        if String::from_utf8_lossy(&chunk).contains("first words") {
            site.set_scenario(Scenario::default());
            return Ok(answer);
        }
    }
    anyhow::bail!("the answer ended before its first words\n{}", product.log())
}

async fn answers(product: &Product) -> anyhow::Result<()> {
    let (status, body) = product.ask("Are you back?").await?;
    assert_eq!(status, 200, "{body}\n{}", product.log());
    assert_eq!(body["choices"][0]["message"]["content"], echo_text("Are you back?"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_starts_again_without_help() -> anyhow::Result<()> {
    let mut product = Product::start().await?;
    let answer = unfinished(&product).await?;
    let before = product.browsers();
    assert_eq!(before.len(), 1, "one browser for one account");
    product.crash_and_restart()?;
    drop(answer);
    answers(&product).await?;
    let after = product.browsers();
    assert_eq!(after.len(), 1, "the browser of the killed server is gone: {before:?} {after:?}");
    assert_ne!(before, after);
    Ok(())
}

/// Also when nobody asked meanwhile, and the account says that it must be looked at again.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_killed_between_requests_is_replaced() -> anyhow::Result<()> {
    let product = Product::start().await?;
    answers(&product).await?;
    for pid in product.browsers() {
        Command::new("kill").args(["-KILL", &pid.to_string()]).status()?;
    }
    product
        .until(|product| async { product.account_state().await.is_ok_and(|state| state == "not_checked") })
        .await?;
    answers(&product).await?;
    assert_eq!(product.account_state().await?, "ready");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_browser_is_replaced() -> anyhow::Result<()> {
    let product = Product::start().await?;
    let answer = unfinished(&product).await?;
    for pid in product.browsers() {
        Command::new("kill").args(["-KILL", &pid.to_string()]).status()?;
    }
    let rest = answer.text().await?;
    assert!(rest.contains("\"code\":\"interrupted\"") && rest.ends_with("data: [DONE]\n\n"), "{rest}");
    answers(&product).await?;
    assert_eq!(product.browsers().len(), 1);
    Ok(())
}

/// It lives but does not answer any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_browser_is_replaced() -> anyhow::Result<()> {
    let product = Product::start().await?;
    answers(&product).await?;
    let before = product.browsers();
    for pid in &before {
        Command::new("kill").args(["-STOP", &pid.to_string()]).status()?;
    }
    answers(&product).await?;
    let after = product.browsers();
    assert_eq!(after.len(), 1);
    assert_ne!(before, after);
    Ok(())
}
