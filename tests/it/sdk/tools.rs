//! Functions, forms of answers and searches, as programs with the Python SDK ask for them.

use postern_tests::{Control, Grounding, Part, Record, Scenario, Script, Source, Support, Tool, echo_text};
use serde_json::{Value, json};

use super::{ANY_KEY, Sdk, declared, done, last, product_with};
use crate::product::Product;

const QUESTION: &str = "How is the weather in Oslo and Rome?";
const FORECAST: &str = r#"{"city": "Oslo", "days": [{"date": "2026-05-17", "sky": "sun"}, {"date": "2026-05-18", "sky": "rain"}], "wind": null}"#;

fn both() -> Script {
    let weather = |city: &str, days: Value| Part::call("GetWeather", json!({ "city": city, "days": days }));
    done(
        Script::new()
            .thought("Both.")
            .parts([weather("Oslo", json!(2)).with_id("a"), weather("Rome", Value::Null)]),
    )
}

async fn play(product: &Product, scenario: &str, answers: Vec<Script>) -> anyhow::Result<(Value, Record)> {
    let site = product.site.control();
    site.set_scenario(Scenario::answering_in_turn(answers));
    let seen = Sdk::PythonTools.play(product, ANY_KEY, scenario).await?;
    Ok((seen, last(&site)))
}

/// A plain question is answered, and nothing of the request before is left.
async fn plain(product: &Product, site: &Control) -> anyhow::Result<()> {
    site.set_scenario(Scenario::default());
    let (status, body) = product.ask("And you?").await?;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["choices"][0]["message"]["content"], echo_text("And you?"));
    let record = last(site);
    assert_eq!((record.contents.len(), record.tools.as_slice(), declared(&record).len()), (1, &[][..], 0));
    assert_eq!((record.schema, record.response_mime.as_deref()), (None, None));
    assert_eq!(record.system.as_deref().unwrap_or_default(), "");
    Ok(())
}

/// The calls of [`both`] as a client reads them. A call to which the site gave no id has one all the same.
fn are_both(calls: &Value) {
    assert_eq!(calls.as_array().map(Vec::len), Some(2), "{calls}");
    assert_eq!(
        calls[0],
        json!({ "id": "a", "name": "GetWeather", "arguments": { "city": "Oslo", "days": 2 } })
    );
    assert_eq!(calls[1]["arguments"], json!({ "city": "Rome", "days": null }));
    let id = calls[1]["id"].as_str().unwrap_or_default();
    assert!(!id.is_empty() && id != "a", "{calls}");
}

/// The SDK read [`FORECAST`], and no more than that was told.
fn is_forecast(seen: &Value) -> anyhow::Result<()> {
    let forecast: Value = serde_json::from_str(FORECAST)?;
    assert_eq!(seen["parsed"], forecast);
    let told: Value = serde_json::from_str(seen["content"].as_str().unwrap_or_default())?;
    assert_eq!(told, forecast);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_are_streamed_and_required_as_the_python_sdk_knows_them() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    let (seen, record) = play(&product, "tool_stream", vec![both()]).await?;
    are_both(&seen["calls"]);
    assert_eq!((&seen["finish"], &seen["tools"]), (&json!(["tool_calls"]), &json!("native")));
    assert_eq!(declared(&record), ["GetWeather", "now"]);
    assert_eq!(record.functions[0].description, "The weather of a city.");

    let (seen, record) = play(&product, "tool_helper", vec![both()]).await?;
    are_both(&seen["calls"]);
    assert_eq!(seen["done"], json!([[0, "Oslo"], [1, "Rome"]]));
    assert_eq!(declared(&record), ["GetWeather"], "the second function was of the request before");
    plain(&product, &site).await?;

    let words = done(Script::new().text("I would rather talk."));
    let (seen, record) = play(&product, "required", vec![words, both()]).await?;
    are_both(&seen["calls"]);
    assert_eq!((&seen["content"], &seen["finish"]), (&Value::Null, &json!("tool_calls")));
    assert_eq!(record.contents.len(), 3, "it was asked once more in the same chat");

    let asked = site.records().len();
    let seen = Sdk::PythonTools.play(&product, ANY_KEY, "orphan").await?;
    assert_eq!(seen["param"], "messages[1].tool_call_id");
    let message = seen["message"].as_str().unwrap_or_default();
    assert!(message.contains("'gone'") && message.contains("leave its result out"), "{message}");
    assert_eq!(site.records().len(), asked, "nothing of it reached the site");
    plain(&product, &site).await
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_parsed_into_pydantic_models_and_rest_on_sources() -> anyhow::Result<()> {
    let product = product_with("").await?;
    let site = product.site.control();
    let wrong = || done(Script::new().text(r#"{"city": "Oslo", "days": [{"date": 5}]}"#));
    let right = || {
        let (one, two) = FORECAST.split_at(40);
        done(Script::new().thought("Sun, then rain.").text(one).text(two))
    };

    let (seen, record) = play(&product, "parse", vec![right()]).await?;
    is_forecast(&seen)?;
    assert_eq!(record.response_mime.as_deref(), Some("application/json"));
    let schema = record.schema.unwrap_or_default();
    let sky = &schema["properties"]["days"]["items"]["properties"]["sky"];
    assert_eq!(sky["enum"], json!(["rain", "sun"]), "{schema}");
    assert_eq!(schema["properties"]["wind"]["nullable"], true, "{schema}");
    plain(&product, &site).await?;

    let (seen, record) = play(&product, "parse_stream", vec![wrong(), right()]).await?;
    is_forecast(&seen)?;
    assert_eq!(record.contents.len(), 3, "the second try went on in the chat");
    assert!(record.prompt().contains("/days/0/date"), "{}", record.prompt());
    assert!(record.schema.is_some());

    let (seen, _) = play(&product, "unparsed", vec![wrong(), wrong()]).await?;
    assert_eq!((&seen["status"], &seen["param"]), (&json!(502), &json!("response_format")), "{seen}");
    assert!(seen["message"].as_str().is_some_and(|text| text.contains("/days/0/date")), "{seen}");
    plain(&product, &site).await?;

    searched(&product).await?;
    plain(&product, &site).await
}

/// A search of the site in two of the forms that clients ask for it in.
async fn searched(product: &Product) -> anyhow::Result<()> {
    let said = "Grüße aus Oslo. Es regnet.";
    let end = "Grüße aus Oslo.".len() as u64;
    let grounding = Grounding {
        chunks: vec![Source { uri: "https://weather.example/oslo".into(), title: "Weather".into() }],
        supports: vec![Support { start: 0, end, text: "Grüße aus Oslo.".into(), sources: vec![0] }],
        queries: vec!["weather oslo".into()],
    };
    let answer = || vec![done(Script::new().text(said).grounding(grounding.clone()))];
    let (seen, record) = play(product, "search", answer()).await?;
    let cited =
        json!([{ "url": "https://weather.example/oslo", "title": "Weather", "about": "Grüße aus Oslo." }]);
    assert_eq!((&seen["content"], &seen["cited"]), (&json!(said), &cited));
    assert_eq!((record.tools.as_slice(), record.prompt()), (&[Tool::Search][..], QUESTION));
    let (seen, record) = play(product, "search_stream", answer()).await?;
    assert_eq!((&seen["content"], &seen["urls"]), (&json!(said), &json!(["https://weather.example/oslo"])));
    assert!(record.has(Tool::Search));
    Ok(())
}
