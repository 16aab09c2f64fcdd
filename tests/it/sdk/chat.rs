//! Conversations: models, whole and streamed answers, refusals, hanging up.

use anyhow::Context;
use postern_tests::{Level, Outcome, Record, Scenario, Script, Usage, echo_text, echo_thought};
use serde_json::Value;

use super::{Sdk, last};
use crate::product::Product;

/// A product that asks for a key, and that key.
async fn product_with_key() -> anyhow::Result<(Product, String)> {
    let product = Product::start().await?;
    let added: Value = serde_json::from_str(&product.command(&["key", "add", "sdk", "--json"])?)?;
    let key = added["key"].as_str().context("the new key")?.to_owned();
    product
        .until(|product| async move {
            product.get("/api/info").await.is_ok_and(|info| info["api_key_required"] == true)
        })
        .await?;
    Ok((product, key))
}

/// What both SDKs ask with `whole` and `stream` arrived on the page's own request.
fn settings_arrived(record: &Record) {
    assert_eq!(record.model, "gemini-3-flash-preview");
    assert_eq!(record.system.as_deref(), Some("You answer in one short sentence."));
    assert_eq!(record.temperature, Some(0.4));
    assert_eq!(record.top_p, Some(0.8));
    assert_eq!(record.max_tokens, Some(1234));
    assert_eq!(record.stop, ["END", "<stop>"]);
    assert_eq!(record.thinking.level, Some(Level::Low));
    assert!(record.temporary, "the chat is temporary");
    assert_eq!(record.outcome, Outcome::Complete);
}

/// The answer that the SDK read is the one that the site gave to the prompt it received.
fn answers(seen: &Value, record: &Record) {
    assert_eq!(seen["content"], echo_text(record.prompt()), "{seen}");
}

async fn whole_and_streamed(sdk: Sdk, product: &Product, key: &str) -> anyhow::Result<()> {
    let site = product.site.control();
    let seen = sdk.play(product, key, "whole").await?;
    settings_arrived(&last(&site));
    answers(&seen, &last(&site));
    assert_eq!(seen["reasoning"], echo_thought(last(&site).prompt()));
    assert_eq!(seen["finish"], "stop");

    let seen = sdk.play(product, key, "stream").await?;
    settings_arrived(&last(&site));
    answers(&seen, &last(&site));
    assert_eq!(seen["reasoning"], echo_thought(last(&site).prompt()));
    assert_eq!(seen["finish"], serde_json::json!(["stop"]));
    assert!(seen["usage"].as_u64() > Some(0), "{seen}");
    assert!(seen["chunks"].as_u64() > Some(4), "the answer came in pieces: {seen}");
    Ok(())
}

async fn refusals(sdk: Sdk, product: &Product, key: &str) -> anyhow::Result<()> {
    let before = product.site.control().records().len();
    let seen = sdk.play(product, key, "wrong_key").await?;
    assert_eq!((&seen["status"], &seen["code"]), (&401.into(), &"invalid_api_key".into()));
    let seen = sdk.play(product, key, "unknown_model").await?;
    assert_eq!((&seen["status"], &seen["code"]), (&404.into(), &"model_not_found".into()));
    assert!(seen["message"].as_str().is_some_and(|text| text.contains("gemini-3-flash-preview")), "{seen}");
    assert_eq!(product.site.control().records().len(), before, "nothing of it reached the site");
    Ok(())
}

/// The SDK hangs up after the first text: the page's Stop button is pressed, and the next request works.
async fn cancelled(sdk: Sdk, product: &Product, key: &str) -> anyhow::Result<()> {
    let site = product.site.control();
    site.set_scenario(Scenario::answering(
        Script::new().text("First words, ").gate("never").text("and more"),
    ));
    sdk.play(product, key, "cancelled").await?;
    // The site hears of the one and of the other by different ways.
    let stopped = |record: &Record| record.aborted() && record.stop_pressed.is_some();
    site.wait_for(|records| records.last().is_some_and(stopped)).await?;
    site.set_scenario(Scenario::default());
    let seen = sdk.play(product, key, "whole").await?;
    answers(&seen, &last(&site));
    Ok(())
}

async fn long_prompt(sdk: Sdk, product: &Product, key: &str) -> anyhow::Result<()> {
    let seen = sdk.play(product, key, "long_prompt").await?;
    assert!(seen["bytes"].as_u64() > Some(100_000), "{seen}");
    let hash = seen["sha256"].as_str().context("a hash")?;
    assert!(
        seen["content"].as_str().is_some_and(|content| content.contains(hash)),
        "every byte arrived: {seen}"
    );
    Ok(())
}

async fn two_clients(sdk: Sdk, product: &Product, key: &str) -> anyhow::Result<()> {
    let seen = sdk.play(product, key, "two_clients").await?;
    assert_eq!(seen["one"], echo_text("I am the first client."));
    assert_eq!(seen["two"], echo_text("I am the second client."));
    Ok(())
}

/// The network cuts the answer inside of an emoji; the client sees it whole.
async fn emoji_across_chunks(sdk: Sdk, product: &Product, key: &str) -> anyhow::Result<()> {
    let text = "Grüße 👋🏽 an die Familie 👩‍👩‍👧‍👦, 再见!";
    let site = product.site.control();
    let usage = Usage { prompt: 5, output: 9, thoughts: 0, cached: 0 };
    site.set_scenario(Scenario::answering(Script::new().text(text).finish(1, usage).chunked([1, 2, 3])));
    let seen = sdk.play(product, key, "stream").await?;
    assert_eq!(seen["content"], text);
    assert_eq!(seen["usage"], 14);
    site.set_scenario(Scenario::default());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_works_unmodified() -> anyhow::Result<()> {
    let (product, key) = product_with_key().await?;
    let site = product.site.control();
    Sdk::Python.play(&product, &key, "models").await?;
    whole_and_streamed(Sdk::Python, &product, &key).await?;
    refusals(Sdk::Python, &product, &key).await?;
    cancelled(Sdk::Python, &product, &key).await?;
    long_prompt(Sdk::Python, &product, &key).await?;
    two_clients(Sdk::Python, &product, &key).await?;
    emoji_across_chunks(Sdk::Python, &product, &key).await?;

    let seen = Sdk::Python.play(&product, &key, "whole").await?;
    assert_eq!(seen["ignored"], "presence_penalty, seed");
    Sdk::Python.play(&product, &key, "stream_without_usage").await?;
    let seen = Sdk::Python.play(&product, &key, "asynchronous").await?;
    answers(&seen, &last(&site));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_sdk_works_unmodified() -> anyhow::Result<()> {
    let (product, key) = product_with_key().await?;
    Sdk::Node.play(&product, &key, "models").await?;
    whole_and_streamed(Sdk::Node, &product, &key).await?;
    refusals(Sdk::Node, &product, &key).await?;
    cancelled(Sdk::Node, &product, &key).await?;
    long_prompt(Sdk::Node, &product, &key).await?;
    two_clients(Sdk::Node, &product, &key).await?;
    emoji_across_chunks(Sdk::Node, &product, &key).await?;
    let seen = Sdk::Node.play(&product, &key, "helper").await?;
    answers(&seen, &last(&product.site.control()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_on_in_place() -> anyhow::Result<()> {
    let (product, key) = product_with_key().await?;
    let seen = Sdk::Python.play(&product, &key, "continued").await?;
    let record = last(&product.site.control());
    let turns: Vec<(&str, &str)> =
        record.contents.iter().map(|turn| (turn.role.as_str(), turn.text.as_str())).collect();
    let first = seen["first"].as_str().context("the first answer")?;
    assert_eq!(turns, [("user", "My name is Ada."), ("model", first), ("user", "What is my name?")]);
    assert_eq!(record.system.as_deref(), Some("You answer in one short sentence."));
    Ok(())
}
