//! Each SDK through the gateway at each kind of provider that is asked with a key.

use anyhow::Context;
use postern_tests::Standin;
use postern_tests::provider::{Provider, Received, Refusal, Said, Turn, Vendor};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::ANY_KEY;
use super::{Client, Seat, round, saw_the_round};
use crate::product::Product;

const CLIENTS: [Client; 4] = [Client::OpenAi, Client::Responses, Client::Anthropic, Client::Gemini];

/// A provider with a key, and the model that is asked there, behind the provider's name in the settings.
struct Keyed {
    provider: Provider,
    model: &'static str,
    /// Pieces of a stream until its second word is out.
    words: usize,
}

/// A product with one provider of each kind, whose models it has read.
async fn product() -> anyhow::Result<(Product, Vec<Keyed>)> {
    let kinds = [
        (Vendor::OpenAi, "openai", "standin-openai/gpt-5.2", 3),
        (Vendor::Anthropic, "anthropic", "standin-anthropic/claude-sonnet-4-6", 5),
        (Vendor::Gemini, "gemini", "standin-gemini/gemini-3-flash-preview", 2),
    ];
    let mut settings = String::new();
    let mut all = Vec::new();
    for (vendor, kind, model, words) in kinds {
        let provider = Provider::start(vendor).await?;
        settings += &format!(
            "[upstreams.standin-{kind}]\nkind = \"{kind}\"\nbase_url = \"{}\"\napi_key = \"env:POSTERN_TEST_KEY\"\n",
            provider.base_url()
        );
        all.push(Keyed { provider, model, words });
    }
    let product = Product::start_in(TempDir::new()?, Standin::start().await?, &settings)?;
    let listed = product.get("/v1/models").await?.to_string();
    assert!(all.iter().all(|keyed| listed.contains(keyed.bare())), "{listed}");
    Ok((product, all))
}

impl Keyed {
    fn seat(&self, product: &Product) -> Seat {
        Seat { url: product.base_url.clone(), key: ANY_KEY.to_owned(), model: self.model.to_owned() }
    }

    /// The model as it is listed where nobody else has one of that name.
    fn bare(&self) -> &str {
        self.model.split_once('/').map_or(self.model, |(_, bare)| bare)
    }

    /// Requests for an answer, not those for the list of models.
    fn asked(&self) -> Vec<Received> {
        self.provider.received().into_iter().filter(|request| request.method == "POST").collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_is_answered_by_every_provider() -> anyhow::Result<()> {
    let (product, all) = product().await?;
    for keyed in &all {
        for client in CLIENTS {
            keyed.provider.clear();
            round().into_iter().for_each(|said| keyed.provider.next(said.into()));
            let seen = client.play(&keyed.seat(&product), "chat").await;
            let seen = seen.with_context(|| format!("{}\n{}", keyed.model, product.log()))?;
            saw_the_round(client, &seen);
            let asked = keyed.asked();
            assert_eq!(asked.len(), round().len(), "{client:?} at {}", keyed.model);
            let [whole, _, calls, results, ..] = asked.as_slice() else { continue };
            for (request, words) in [(whole, "How are you?"), (calls, "get_weather"), (results, "noon")] {
                assert!(request.json().to_string().contains(words), "{client:?} {words}");
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_knows_a_providers_trouble_by_its_own_name() -> anyhow::Result<()> {
    let (product, all) = product().await?;
    for keyed in &all {
        let wrong = Refusal::Wrong("The stand-in does not like this.".to_owned());
        for (refusal, status) in [(wrong, 400), (Refusal::Rate(Some(3600)), 429)] {
            keyed.provider.clear();
            keyed.provider.otherwise(Turn::refuse(refusal));
            for (before, client) in CLIENTS.into_iter().enumerate() {
                let seen = client.play(&keyed.seat(&product), "failing").await?;
                // Who said that it is too much for now is left alone.
                let asked = if status == 429 { 1 } else { before + 1 };
                assert_eq!(keyed.asked().len(), asked, "{client:?} at {} {seen}", keyed.model);
                let (class, kind) = named(client, status);
                assert_eq!(
                    (&seen["class"], &seen["kind"], &seen["status"]),
                    (&json!(class), &json!(kind), &json!(status)),
                    "{client:?} at {} {seen}",
                    keyed.model
                );
                let message = seen["message"].as_str().unwrap_or_default();
                assert!(
                    !message.is_empty() && (status != 400 || message.contains("does not like this")),
                    "{seen}"
                );
            }
        }
    }
    Ok(())
}

/// What a client calls a refusal with this status, and of which kind it takes it to be.
fn named(client: Client, status: u16) -> (&'static str, &'static str) {
    match (client, status) {
        (Client::Gemini, 400) => ("ClientError", "INVALID_ARGUMENT"),
        (Client::Gemini, _) => ("ClientError", "RESOURCE_EXHAUSTED"),
        (_, 400) => ("BadRequestError", "invalid_request_error"),
        (_, _) => ("RateLimitError", "rate_limit_error"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_is_told_that_a_providers_stream_breaks_off() -> anyhow::Result<()> {
    let (product, all) = product().await?;
    for keyed in &all {
        for client in CLIENTS {
            let said = || Turn::from(Said::new().text("One two three"));
            let told = said().trouble_after(keyed.words, Refusal::Overloaded);
            for turn in [told, said().cut_after(keyed.words)] {
                keyed.provider.clear();
                keyed.provider.next(turn);
                let seen = client.play(&keyed.seat(&product), "failing_stream").await?;
                assert_eq!(seen["text"], "One two ", "{client:?} at {} {seen}", keyed.model);
                let message = seen["message"].as_str().unwrap_or_default();
                assert!(!message.is_empty(), "{client:?} at {} {seen}", keyed.model);
                // A key that fails again and again would rest.
                let well =
                    json!({ "model": keyed.model, "messages": [{ "role": "user", "content": "Well?" }] });
                assert_eq!(product.post(&well).await?.status(), 200, "{}", keyed.model);
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_lists_counts_and_embeds() -> anyhow::Result<()> {
    let (product, all) = product().await?;
    for client in CLIENTS {
        let listed = client.play(&all[0].seat(&product), "models").await?;
        let has = |name: &str| {
            let all = listed["models"].as_array().into_iter().flatten().filter_map(Value::as_str);
            all.map(|listed| listed.trim_start_matches("models/")).any(|listed| listed == name)
        };
        assert!(all.iter().all(|keyed| has(keyed.bare())), "{client:?} {listed}");
    }
    let counters = [
        (Client::Anthropic, "anthropic", "/v1/messages/count_tokens"),
        (Client::Gemini, "gemini", ":countTokens"),
    ];
    for (client, kind, path) in counters {
        for keyed in &all {
            keyed.provider.clear();
            let counted = client.play(&keyed.seat(&product), "count").await?;
            assert!(counted["tokens"].as_u64() > Some(0), "{client:?} at {} {counted}", keyed.model);
            // Who speaks another dialect is not asked: then it is a guess.
            let asked = keyed.asked();
            let speaks = keyed.model.starts_with(&format!("standin-{kind}/"));
            assert_eq!(asked.len(), usize::from(speaks), "{client:?} at {}", keyed.model);
            assert!(asked.iter().all(|asked| asked.path().ends_with(path)), "{asked:?}");
        }
    }
    let makers = [
        (&all[0], "standin-openai/text-embedding-3-small"),
        (&all[2], "standin-gemini/gemini-embedding-001"),
    ];
    for client in [Client::OpenAi, Client::Gemini] {
        for (keyed, model) in makers {
            let seat = Seat { model: model.to_owned(), ..keyed.seat(&product) };
            let seen = client
                .play(&seat, "embeddings")
                .await
                .with_context(|| format!("{model}\n{}", product.log()))?;
            let vectors = json!([[4.0, 2.0, 1.0, 0.5], [2.0, 1.0, 0.5, 0.25]]);
            assert_eq!(seen["vectors"], vectors, "{client:?} at {model}");
        }
    }
    Ok(())
}
