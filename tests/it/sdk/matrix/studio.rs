//! Each SDK through the gateway at AI Studio's own page: one site, the words of every dialect.

use postern_tests::{Misbehaviour, Part, Record, Scenario, Script};
use serde_json::{Value, json};

use super::super::{ANY_KEY, declared, last, product_with};
use super::{COST, Client, Seat, saw_the_round};
use crate::product::Product;

const MODEL: &str = "gemini-3-flash-preview";
const CLIENTS: [Client; 4] = [Client::OpenAi, Client::Responses, Client::Anthropic, Client::Gemini];

/// What the site says in the round: the same as [`super::round`].
fn round() -> Vec<Script> {
    let said = |thought: &str, text: &str| Script::new().thought(thought).text(text);
    let calls = || {
        let weather = Part::call("get_weather", json!({ "city": "Tromsø", "days": 2 }));
        let both = [weather.with_id("a").signed("Zmlyc3Q="), Part::call("now", json!({})).with_id("b")];
        said("Two at once.", "Let me look.").parts(both)
    };
    let answer = || said("Now I know.", "Rain at noon.");
    let scripts = [
        said("Hm.", "All is well."),
        said("Hm, hm.", "It flows, 继续 👋."),
        calls(),
        answer(),
        calls(),
        answer(),
    ];
    scripts.into_iter().map(|script| script.finish(1, COST)).collect()
}

fn seat(product: &Product) -> Seat {
    Seat { url: product.base_url.clone(), key: ANY_KEY.to_owned(), model: MODEL.to_owned() }
}

/// Google's names of models have their kind before them.
fn bare(model: &str) -> &str {
    model.trim_start_matches("models/")
}

/// What reached the page is what was asked, whoever asked.
fn was_asked(client: Client, records: &[Record]) {
    let [whole, streamed, calls, results, ..] = records else { panic!("{} requests", records.len()) };
    assert_eq!((whole.prompt(), streamed.prompt()), ("How are you?", "And streamed?"));
    // Responses know no words at which to stop.
    let stop: &[&str] = if client == Client::Responses { &[] } else { &["END"] };
    assert_eq!(
        (whole.max_tokens, whole.stop.iter().map(String::as_str).collect()),
        (Some(3000), stop.to_vec())
    );
    for record in records {
        assert_eq!(record.system.as_deref(), Some("You answer in one short sentence."));
    }
    assert_eq!(declared(calls), ["get_weather", "now"]);
    let days = &calls.functions[0].schema["properties"]["days"];
    assert_eq!((&days["type"], &days["nullable"]), (&json!("integer"), &json!(true)));
    was_told_the_results(results);
    let signed =
        results.contents.iter().flat_map(|turn| &turn.calls).filter_map(|call| call.signature.as_deref());
    assert_eq!(signed.collect::<Vec<_>>(), ["Zmlyc3Q="], "the site gets its signature back");
}

fn was_told_the_results(record: &Record) {
    let told: Vec<(&str, &Value)> =
        record.function_responses().iter().map(|told| (told.name.as_str(), &told.response)).collect();
    assert_eq!(told, [("get_weather", &json!({ "sky": "rain" })), ("now", &json!({ "result": "noon" }))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_is_answered_by_the_page() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    for client in CLIENTS {
        site.clear_records();
        site.set_scenario(Scenario::answering_in_turn(round()));
        saw_the_round(client, &client.play(&seat(&product), "chat").await?);
        was_asked(client, &site.records());
    }
    Ok(())
}

/// A client of Responses that gives back nothing but the calls still gets its results to the page.
#[tokio::test(flavor = "multi_thread")]
async fn results_arrive_where_nothing_but_the_calls_comes_back() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    site.set_scenario(Scenario::answering_in_turn(round().split_off(2)));
    let seen = Client::Responses.play(&seat(&product), "bare").await?;
    for told in [&seen["tools"], &seen["tools_streamed"]] {
        assert_eq!(told[1]["text"], "Rain at noon.", "{seen}");
    }
    let records = site.records();
    assert_eq!(records.len(), 4);
    for record in [&records[1], &records[3]] {
        was_told_the_results(record);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_knows_the_trouble_of_the_page_by_its_own_name() -> anyhow::Result<()> {
    let product = product_with("").await?;
    product.ready().await?;
    let site = product.site.control();
    for client in CLIENTS {
        let models = client.play(&seat(&product), "models").await?;
        let listed = models["models"]
            .as_array()
            .is_some_and(|models| models.iter().any(|model| model.as_str().map(bare) == Some(MODEL)));
        assert!(listed, "{client:?} {models}");
        site.set_scenario(Scenario::misbehaving(Misbehaviour::Cut));
        let seen = client.play(&seat(&product), "failing_stream").await?;
        assert!(seen["message"].as_str().is_some_and(|text| !text.is_empty()), "{client:?} {seen}");
        site.set_scenario(Scenario::default());
        let unknown = Seat { model: "no-such-model".to_owned(), ..seat(&product) };
        let seen = client.play(&unknown, "failing").await?;
        let (class, kind) = match client {
            Client::OpenAi | Client::Responses => ("NotFoundError", "invalid_request_error"),
            Client::Anthropic => ("NotFoundError", "not_found_error"),
            Client::Gemini => ("ClientError", "NOT_FOUND"),
        };
        assert_eq!(
            (&seen["class"], &seen["kind"], &seen["status"]),
            (&json!(class), &json!(kind), &json!(404)),
            "{seen}"
        );
        assert!(seen["message"].as_str().is_some_and(|text| text.contains("no-such-model")), "{seen}");
    }
    assert_eq!(last(&site).model, MODEL);
    Ok(())
}
