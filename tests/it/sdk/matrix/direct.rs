//! Each SDK at the stand-in of its own vendor: what the SDKs take from them is what the other tests of the matrix rest on.

use postern_tests::provider::{KEY, Provider, Refusal, Said, Turn, Vendor};
use serde_json::{Value, json};

use super::{Client, Seat, round, saw_the_round};

async fn seat(vendor: Vendor, model: &str) -> anyhow::Result<(Provider, Seat)> {
    let provider = Provider::start(vendor).await?;
    let seat = Seat { url: provider.url(), key: KEY.to_owned(), model: model.to_owned() };
    Ok((provider, seat))
}

async fn plays_the_round(client: Client, provider: &Provider, seat: &Seat) -> anyhow::Result<()> {
    round().into_iter().for_each(|said| provider.next(said.into()));
    saw_the_round(client, &client.play(seat, "chat").await?);
    assert_eq!(provider.received().len(), round().len());
    Ok(())
}

async fn fails(client: Client, provider: &Provider, seat: &Seat, refusal: Refusal) -> anyhow::Result<Value> {
    provider.next(Turn::refuse(refusal));
    client.play(seat, "failing").await
}

async fn breaks_off(client: Client, provider: &Provider, seat: &Seat, after: usize) -> anyhow::Result<()> {
    provider.next(Turn::from(Said::new().text("One two three")).trouble_after(after, Refusal::Overloaded));
    let seen = client.play(seat, "failing_stream").await?;
    assert_eq!(seen["text"], "One two ", "{seen}");
    assert!(
        seen["message"].as_str().is_some_and(|text| text.to_lowercase().contains("overloaded")),
        "{seen}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn openai_is_played_for_its_own_sdk() -> anyhow::Result<()> {
    let (provider, seat) = seat(Vendor::OpenAi, "gpt-5.2").await?;
    plays_the_round(Client::OpenAi, &provider, &seat).await?;
    provider.clear();
    plays_the_round(Client::Responses, &provider, &seat).await?;
    let seen = fails(Client::OpenAi, &provider, &seat, Refusal::Rate(Some(1))).await?;
    assert_eq!((&seen["class"], &seen["status"]), (&json!("RateLimitError"), &json!(429)));
    breaks_off(Client::OpenAi, &provider, &seat, 3).await?;
    let models = Client::OpenAi.play(&seat, "models").await?;
    assert!(models["models"].as_array().is_some_and(|models| models.contains(&json!("gpt-5.2"))), "{models}");
    let seat = Seat { model: "text-embedding-3-small".to_owned(), ..seat };
    let seen = Client::OpenAi.play(&seat, "embeddings").await?;
    assert_eq!(seen["vectors"], json!([[4.0, 2.0, 1.0, 0.5], [2.0, 1.0, 0.5, 0.25]]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn anthropic_is_played_for_its_own_sdk() -> anyhow::Result<()> {
    let (provider, seat) = seat(Vendor::Anthropic, "claude-sonnet-4-6").await?;
    plays_the_round(Client::Anthropic, &provider, &seat).await?;
    let seen = fails(Client::Anthropic, &provider, &seat, Refusal::Overloaded).await?;
    assert_eq!((&seen["kind"], &seen["status"]), (&json!("overloaded_error"), &json!(529)));
    breaks_off(Client::Anthropic, &provider, &seat, 5).await?;
    let models = Client::Anthropic.play(&seat, "models").await?;
    assert!(
        models["models"].as_array().is_some_and(|models| models.contains(&json!("claude-opus-4-7"))),
        "{models}"
    );
    let seen = Client::Anthropic.play(&seat, "count").await?;
    assert!(seen["tokens"].as_u64() > Some(0), "{seen}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_is_played_for_its_own_sdk() -> anyhow::Result<()> {
    let (provider, seat) = seat(Vendor::Gemini, "gemini-3-flash-preview").await?;
    plays_the_round(Client::Gemini, &provider, &seat).await?;
    let seen = fails(Client::Gemini, &provider, &seat, Refusal::Rate(Some(38))).await?;
    assert_eq!((&seen["kind"], &seen["status"]), (&json!("RESOURCE_EXHAUSTED"), &json!(429)));
    breaks_off(Client::Gemini, &provider, &seat, 2).await?;
    let models = Client::Gemini.play(&seat, "models").await?;
    assert!(
        models["models"]
            .as_array()
            .is_some_and(|models| models.contains(&json!("models/gemini-3-pro-preview"))),
        "{models}"
    );
    assert!(Client::Gemini.play(&seat, "count").await?["tokens"].as_u64() > Some(0));
    let seat = Seat { model: "gemini-embedding-001".to_owned(), ..seat };
    let seen = Client::Gemini.play(&seat, "embeddings").await?;
    assert_eq!(seen["vectors"], json!([[4.0, 2.0, 1.0, 0.5], [2.0, 1.0, 0.5, 0.25]]));
    Ok(())
}
