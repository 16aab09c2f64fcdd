//! Bad input on a real socket: the right 4xx in OpenAI's shape, and an answer that is under way at the same
//! time comes to its end undisturbed.

use postern_tests::{Scenario, Script, Usage};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use crate::product::Product;

const MODEL: &str = "gemini-3-flash-preview";

/// One bad request and what it must get.
struct Case {
    name: &'static str,
    request: RequestBuilder,
    status: u16,
    param: Value,
    says: &'static str,
}

fn cases(base: &str) -> Vec<Case> {
    let url = format!("{base}/v1/chat/completions");
    let post = || Client::new().post(&url).header("content-type", "application/json");
    let case = |name, request, status, param: Value, says| Case { name, request, status, param, says };
    let user = json!([{ "role": "user", "content": "Hello" }]);
    let with = |field: &str, value: Value| {
        let mut body = json!({ "model": MODEL, "messages": user });
        body[field] = value;
        post().json(&body)
    };
    vec![
        case("broken JSON", post().body(r#"{"model": "x", "messages": ["#), 400, Value::Null, "JSON"),
        case("bad UTF-8", post().body(&b"{\"model\": \"\xff\xfe\"}"[..]), 400, Value::Null, "UTF-8"),
        case("no body", post(), 400, Value::Null, "JSON"),
        case("not an object", post().json(&json!([1, 2])), 400, Value::Null, "object"),
        case("wrong type", with("temperature", json!("hot")), 400, json!("temperature"), "number"),
        case("out of range", with("temperature", json!(3)), 400, json!("temperature"), "2"),
        case("n above 1", with("n", json!(2)), 400, json!("n"), "n"),
        case("messages of the wrong type", with("messages", json!("hi")), 400, json!("messages"), "array"),
        case("empty messages", with("messages", json!([])), 400, json!("messages"), "empty"),
        case("unknown model", with("model", json!("gpt-9")), 404, json!("model"), "gpt-9"),
        case(
            "only system messages",
            with("messages", json!([{ "role": "system", "content": "Be nice." }])),
            400,
            json!("messages"),
            "system",
        ),
        case("huge body", with("messages", json!("x".repeat(200_000))), 413, Value::Null, "limit"),
        case(
            "foreign Host",
            with("n", json!(1)).header("host", "evil.example"),
            403,
            Value::Null,
            "evil.example",
        ),
        case(
            "foreign Origin",
            with("n", json!(1)).header("origin", "https://evil.example"),
            403,
            Value::Null,
            "evil.example",
        ),
        case(
            "unknown path",
            Client::new().get(format!("{base}/v1/nothing")),
            404,
            Value::Null,
            "/v1/nothing",
        ),
        case("wrong method", Client::new().get(&url), 405, Value::Null, "POST"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_explained_and_disturbs_nothing() -> anyhow::Result<()> {
    let product = Product::start_with("[limits]\nbody_bytes = 100000\n").await?;
    let site = product.site.control();
    let usage = Usage { prompt: 1, output: 2, thoughts: 0, cached: 0 };
    let script = Script::new().text("Undisturbed ").gate("go").text("to the end.").finish(1, usage);
    site.set_scenario(Scenario::answering(script));
    let bystander = product.ask("Let me be.");
    let trouble = async {
        site.wait_for(|records| !records.is_empty()).await?;
        for case in cases(&product.base_url) {
            check(case).await?;
        }
        site.open_gate("go");
        anyhow::Ok(())
    };
    let (bystander, trouble) = tokio::join!(bystander, trouble);
    trouble?;
    let (status, body) = bystander?;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["choices"][0]["message"]["content"], "Undisturbed to the end.");
    assert_eq!(site.records().len(), 1, "nothing bad reached the site");
    Ok(())
}

async fn check(case: Case) -> anyhow::Result<()> {
    let answer = case.request.send().await?;
    let name = case.name;
    assert_eq!(answer.status().as_u16(), case.status, "{name}");
    assert!(answer.headers().contains_key("x-request-id"), "{name}");
    let body: Value = answer.json().await?;
    let error = &body["error"];
    assert!(error["message"].as_str().is_some_and(|text| text.contains(case.says)), "{name}: {body}");
    assert!(error["type"].is_string() && error.get("code").is_some(), "{name}: {body}");
    assert_eq!(error["param"], case.param, "{name}: {body}");
    Ok(())
}
