//! Agents: the SDK runs functions by itself, step after step, in one chat of the site.

use postern_tests::{Control, FunctionResponse, Part, Record, Scenario, Script, echo_text};
use serde_json::{Value, json};

use super::{ANY_KEY, Sdk, declared, done, last, product_with};
use crate::product::Product;

/// Three steps with calls, two of them with parallel ones, and the answer. Frames come twice, as the site
/// sends them now and then.
fn journey() -> Scenario {
    let weather = |city: &str| Part::call("get-weather", json!({ "city": city, "days": 2 }));
    let both = [weather("Oslo").with_id("a").signed("Zmlyc3Q="), weather("Rome").with_id("b")];
    let seats = json!({ "seats": [{ "row": 3, "window": true }, { "row": 4, "window": false }] });
    let mixed = [Part::call("now", json!({})).with_id("d").signed("dGhpcmQ="), weather("Bonn").with_id("e")];
    Scenario::answering_in_turn([
        done(Script::new().thought("Two at once.").parts(both).repeated(1)),
        done(Script::new().text("Let me book. ").call_signed("book", seats, "c", "c2Vjb25k")),
        done(Script::new().parts(mixed)),
        done(Script::new().text("Go to Rome ").text("at noon.")),
    ])
}

fn results(record: &Record) -> Vec<(&str, Value)> {
    let result = |result: &'_ FunctionResponse| result.response.clone();
    record.function_responses().iter().map(|told| (told.name.as_str(), result(told))).collect()
}

fn signatures(record: &Record) -> Vec<&str> {
    let calls = record.contents.iter().flat_map(|turn| &turn.calls);
    calls.filter_map(|call| call.signature.as_deref()).collect()
}

/// What the agent did: which functions it ran with what, and how it answered whom.
fn ran_as_called(seen: &Value) {
    let weather = |city: &str| json!(["get-weather", { "city": city, "days": 2 }]);
    let seats = json!(["book", { "seats": [{ "row": 3, "window": true }, { "row": 4, "window": false }] }]);
    let ran = json!([weather("Oslo"), weather("Rome"), seats, ["now", "{}"], weather("Bonn")]);
    assert_eq!(seen["ran"], ran, "names and arguments are those that were declared");
    assert_eq!(seen["content"], "Go to Rome at noon.");
    assert_eq!(seen["finishes"], json!(["tool_calls", "tool_calls", "tool_calls", "stop"]));
    assert_eq!(seen["ids"], json!(["a", "b", "c", "d", "e"]));
    assert_eq!(seen["answered"], seen["ids"]);
    assert_eq!(seen["modes"], json!(vec!["native"; 4]));
    let roles = "system user assistant tool tool assistant tool assistant tool tool assistant";
    assert_eq!(seen["roles"], json!(roles.split(' ').collect::<Vec<_>>()));
}

/// What the site got: one chat that grew, with results and signatures in their places.
fn stayed_in_one_chat(records: &[Record]) {
    let turns: Vec<usize> = records.iter().map(|record| record.contents.len()).collect();
    assert_eq!(turns, [1, 3, 5, 7], "every step went on in the chat");
    for record in records {
        assert_eq!(declared(record), ["get-weather", "now", "book"]);
        assert_eq!(record.system.as_deref(), Some("You travel light."));
        assert!(record.temporary);
    }
    let days = &records[0].functions[0].schema["properties"]["days"];
    assert_eq!((&days["type"], &days["nullable"]), (&json!("integer"), &json!(true)));
    assert_eq!(
        results(&records[1]),
        [("get-weather", json!({ "sky": "rain" })), ("get-weather", json!({ "sky": "sun" }))]
    );
    assert_eq!(results(&records[2]), [("book", json!({ "result": "2 booked" }))]);
    assert_eq!(
        results(&records[3]),
        [("now", json!({ "result": "noon" })), ("get-weather", json!({ "sky": "sun" }))]
    );
    assert_eq!(signatures(&records[3]), ["Zmlyc3Q=", "c2Vjb25k", "dGhpcmQ="]);
}

/// A plain question after the agent: nothing is left of it.
async fn forgotten(product: &Product, site: &Control) -> anyhow::Result<()> {
    let seen = Sdk::NodeAgent.play(product, ANY_KEY, "plain").await?;
    assert_eq!((&seen["content"], &seen["modes"]), (&json!(echo_text("And you?")), &json!([null])));
    let record = last(site);
    assert_eq!((record.contents.len(), declared(&record).len(), record.tools.len()), (1, 0, 0));
    assert_eq!(record.system.as_deref().unwrap_or_default(), "");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_of_the_node_sdk_runs_its_functions() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    for scenario in ["whole", "streamed"] {
        site.clear_records();
        site.set_scenario(journey());
        let seen = Sdk::NodeAgent.play(&product, ANY_KEY, scenario).await?;
        ran_as_called(&seen);
        stayed_in_one_chat(&site.records());
        forgotten(&product, &site).await?;
    }
    in_words(&product, &site, "gemma-3-27b-it").await?;
    forgotten(&product, &site).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_may_have_all_functions_said_in_words() -> anyhow::Result<()> {
    let mut product = product_with("").await?;
    product.reconfigure("pause_ms = 0", "pause_ms = 0\ntool_mode = \"emulated\"")?;
    product.crash_and_restart()?;
    let site = product.site.control();
    in_words(&product, &site, "gemini-3-flash-preview").await?;
    forgotten(&product, &site).await
}

/// A model is told of functions in words and calls them so; the SDK does not notice.
async fn in_words(product: &Product, site: &Control, model: &str) -> anyhow::Result<()> {
    let call = |city: &str| {
        let call = json!({ "name": "get-weather", "arguments": { "city": city, "days": null } });
        format!("<tool_call>\n{call}\n</tool_call>\n")
    };
    site.clear_records();
    site.set_scenario(Scenario::answering_in_turn([
        done(Script::new().text(call("Oslo")).text(call("Rome"))),
        done(Script::new().text("Go to Rome.")),
    ]));
    let model = [("POSTERN_MODEL", model)];
    let seen = Sdk::NodeAgent.play_with(product, ANY_KEY, "streamed", &model).await?;
    let weather = |city: &str| json!(["get-weather", { "city": city, "days": null }]);
    assert_eq!(seen["ran"], json!([weather("Oslo"), weather("Rome")]));
    assert_eq!((&seen["content"], &seen["modes"]), (&json!("Go to Rome."), &json!(["emulated", "emulated"])));
    assert_eq!(seen["finishes"], json!(["tool_calls", "stop"]));
    let records = site.records();
    let turns: Vec<usize> = records.iter().map(|record| record.contents.len()).collect();
    assert_eq!(turns, [1, 3]);
    assert!(records.iter().all(|record| declared(record).is_empty()));
    assert!(records[0].raw.to_string().contains("Books a seat."), "{:?}", records[0]);
    let told = records[1].prompt();
    assert!(told.contains("rain") && told.contains("sun"), "{told}");
    Ok(())
}
