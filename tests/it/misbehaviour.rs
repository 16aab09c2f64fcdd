//! The site's bad days, one after the other on one server and one browser: each gives the status and the
//! words that fit it, and the next request is answered as if nothing had been.

use std::time::Duration;

use postern_tests::{Misbehaviour, Outcome, Record, Scenario, Script, echo_text};
use serde_json::{Value, json};

use crate::product::Product;

/// Patience that a test can wait for, and long enough for a page that is loaded anew on a busy machine.
const SHORT: &str = "[limits]\nfirst_byte_timeout_s = 15\nsilence_timeout_s = 15\n";
const MODEL: &str = "gemini-3-flash-preview";

/// A misbehaviour that lasts until further notice gives this status and this code.
async fn refused(
    product: &Product,
    misbehaviour: Misbehaviour,
    status: u16,
    code: impl Into<Value>,
) -> anyhow::Result<()> {
    let (site, code) = (product.site.control(), code.into());
    site.set_scenario(Scenario::misbehaving(misbehaviour));
    let (seen, body) = product.ask("Will this fail?").await?;
    assert_eq!(
        (seen, &body["error"]["code"]),
        (status, &code),
        "{misbehaviour:?}: {body}\n{}",
        product.log()
    );
    let message = body["error"]["message"].as_str().unwrap_or_default();
    assert!(message.len() > 20, "{misbehaviour:?}: {body}");
    assert!(!message.contains("NAME"), "the account is known: {message}");
    recovered(product, &format!("{misbehaviour:?}")).await
}

/// The site behaves again, and so does the product, without help.
async fn recovered(product: &Product, after: &str) -> anyhow::Result<()> {
    product.site.control().set_scenario(Scenario::default());
    let question = format!("All well after {after}?");
    let (status, body) = product.ask(&question).await?;
    assert_eq!(status, 200, "after {after}: {body}\n{}", product.log());
    assert_eq!(body["choices"][0]["message"]["content"], echo_text(&question), "after {after}");
    Ok(())
}

/// An answer that ends otherwise than with `stop`.
async fn ends(product: &Product, misbehaviour: Misbehaviour, finish: &str) -> anyhow::Result<Value> {
    product.site.control().set_scenario(Scenario::misbehaving(misbehaviour));
    let (status, mut body) = product.ask("How will this end?").await?;
    assert_eq!(status, 200, "{misbehaviour:?}: {body}\n{}", product.log());
    assert_eq!(body["choices"][0]["finish_reason"], finish, "{misbehaviour:?}: {body}");
    recovered(product, &format!("{misbehaviour:?}")).await?;
    Ok(body["choices"][0]["message"].take())
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_site_become_errors_of_their_own_kind() -> anyhow::Result<()> {
    let product = Product::start().await?;
    refused(&product, Misbehaviour::Refused, 403, "session_refused").await?;
    refused(&product, Misbehaviour::ServerError, 502, "upstream_error").await?;
    refused(&product, Misbehaviour::BadArgument, 400, Value::Null).await?;
    refused(&product, Misbehaviour::Cut, 502, "interrupted").await?;
    Ok(())
}

/// An account whose quota is used up is not asked again, and says until when; its owner can try all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_used_up_quota_rests_until_its_end_or_by_hand() -> anyhow::Result<()> {
    let product = Product::start().await?;
    let site = product.site.control();
    site.set_scenario(Scenario::misbehaving(Misbehaviour::Quota));
    for _ in 0..2 {
        let (status, body) = product.ask("Any left?").await?;
        assert_eq!((status, &body["error"]["code"]), (429, &json!("rate_limit_exceeded")), "{body}");
        let message = body["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(" until ") && message.contains("main"), "{message}");
    }
    assert_eq!(site.times_asked("Any left?"), 1, "one that rests is not asked");
    let request =
        json!({ "model": "gemini-2.5-flash", "messages": [{ "role": "user", "content": "And this one?" }] });
    site.set_scenario(Scenario::default());
    assert_eq!(product.post(&request).await?.status(), 200, "another model has its own quota");
    product.command(&["account", "reset-cooldowns", "main"])?;
    let asks = |product| async move {
        Product::ask(product, "Any left?").await.is_ok_and(|(status, _)| status == 200)
    };
    product.until(asks).await?;
    recovered(&product, "a used-up quota").await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_want_a_human_are_told_apart() -> anyhow::Result<()> {
    let product = Product::start().await?;
    recovered(&product, "the start").await?;
    refused(&product, Misbehaviour::ExpiredSession, 503, "sign_in_expired").await?;
    refused(&product, Misbehaviour::Verification, 503, "verification_needed").await?;
    refused(&product, Misbehaviour::RegionBlocked, 503, "verification_needed").await?;
    refused(&product, Misbehaviour::UnusualTraffic, 503, "verification_needed").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_ends_at_its_limits() -> anyhow::Result<()> {
    let product = Product::start_with(SHORT).await?;
    product.ready().await?;
    refused(&product, Misbehaviour::Stall, 504, "timeout").await?;
    refused(&product, Misbehaviour::SlowFirstByte(Duration::from_secs(3600)), 504, "timeout").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passing_trouble_is_not_the_clients() -> anyhow::Result<()> {
    let product = Product::start().await?;
    for misbehaviour in [Misbehaviour::Refused, Misbehaviour::ServerError] {
        product.site.control().set_scenario(Scenario::misbehaving(misbehaviour).times(1));
        let (status, body) = product.ask("Once more?").await?;
        assert_eq!(status, 200, "{misbehaviour:?}: {body}\n{}", product.log());
        assert_eq!(body["choices"][0]["message"]["content"], echo_text("Once more?"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_end_for_their_own_reasons() -> anyhow::Result<()> {
    let product = Product::start().await?;
    ends(&product, Misbehaviour::Blocked, "content_filter").await?;
    ends(&product, Misbehaviour::MaxTokens, "length").await?;
    let empty = ends(&product, Misbehaviour::EmptyAnswer, "stop").await?;
    assert_eq!(empty["content"], "", "{empty}");
    let thoughts = ends(&product, Misbehaviour::ThoughtsOnly, "stop").await?;
    assert!(thoughts["reasoning_content"].as_str().is_some_and(|text| !text.is_empty()), "{thoughts}");
    assert_eq!(thoughts["content"], "", "no words are put into the model's mouth: {thoughts}");
    Ok(())
}

/// After the first piece of text the error comes as an event, and the stream ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_breaks_off_says_so() -> anyhow::Result<()> {
    let product = Product::start().await?;
    let site = product.site.control();
    let script = Script::new().text("The beginning ").gate("cut").text("and no end");
    site.set_scenario(Scenario { misbehaviour: Misbehaviour::Cut, ..Scenario::answering(script) });
    let request =
        json!({ "model": MODEL, "stream": true, "messages": [{ "role": "user", "content": "Go on." }] });
    let mut answer = product.post(&request).await?;
    assert_eq!(answer.status(), 200);
    let mut text = String::new();
    while let Some(chunk) = answer.chunk().await? {
        text += &String::from_utf8_lossy(&chunk);
        if text.contains("The beginning ") {
            site.open_gate("cut");
        }
    }
    let frames: Vec<&str> = text.split("\n\n").filter_map(|frame| frame.strip_prefix("data: ")).collect();
    let [before @ .., error, done] = frames.as_slice() else { panic!("too short: {text}") };
    assert_eq!(*done, "[DONE]");
    let error: Value = serde_json::from_str(error)?;
    assert_eq!(error["error"]["code"], "interrupted", "{text}");
    assert!(before.iter().all(|frame| !frame.contains("\"finish_reason\":\"stop\"")), "{text}");
    recovered(&product, "a broken stream").await
}

/// Nothing of an answer that was given up reaches the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_reaches_nobody() -> anyhow::Result<()> {
    let product = Product::start().await?;
    let site = product.site.control();
    site.set_scenario(Scenario::answering(Script::new().text("old ").gate("late").text("late words")));
    let request =
        json!({ "model": MODEL, "stream": true, "messages": [{ "role": "user", "content": "Old?" }] });
    let mut answer = product.post(&request).await?;
    while let Some(chunk) = answer.chunk().await? {
        if String::from_utf8_lossy(&chunk).contains("old ") {
            break;
        }
    }
    drop(answer);
    site.open_gate("late");
    site.wait_for(|records| records.last().is_some_and(|record| record.outcome != Outcome::Open)).await?;
    recovered(&product, "a late answer").await
}

/// A request that waits in the queue can be cancelled by its id, and so can the one that runs.
#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_visible_and_can_be_cancelled() -> anyhow::Result<()> {
    let product = Product::start().await?;
    let site = product.site.control();
    site.set_scenario(Scenario::answering(Script::new().text("held ").gate("never")));
    let (running, waiting) = (product.ask("Running?"), product.ask("Waiting?"));
    let watch = async {
        site.wait_for(|records| !records.is_empty()).await?;
        product
            .until(|product| async move { items(product).await.is_ok_and(|items| items.len() == 2) })
            .await?;
        for item in items(&product).await?.iter().rev() {
            let id = item["req_id"].as_str().expect("an id");
            let url = format!("{}/v1/cancel/{id}", product.base_url);
            let cancelled: Value = reqwest::Client::new().post(url).send().await?.json().await?;
            assert_eq!(cancelled["success"], true, "{cancelled}");
        }
        anyhow::Ok(())
    };
    let (running, waiting, watched) = tokio::join!(running, waiting, watch);
    watched?;
    assert_eq!((running?.0, waiting?.0), (499, 499));
    let records = site.wait_for(|records| records.iter().all(Record::aborted)).await?;
    assert_eq!(records.len(), 1, "the waiting request never reached the page");
    recovered(&product, "being cancelled").await
}

async fn items(product: &Product) -> anyhow::Result<Vec<Value>> {
    Ok(product.get("/v1/queue").await?["items"].as_array().cloned().unwrap_or_default())
}
