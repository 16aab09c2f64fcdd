use serde_json::{Value, json};

use super::{Client, bearer, events, joined};
use crate::provider::{KEY, Provider, Refusal, Said, Turn, Vendor};

const MESSAGES: &str = "/v1/messages";
const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

fn asked(messages: &Value, more: Value) -> Value {
    let mut body = json!({ "model": "claude-opus-4-7", "max_tokens": 100, "messages": messages });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

fn user(content: impl Into<Value>) -> Value {
    json!({ "role": "user", "content": content.into() })
}

#[tokio::test]
async fn a_stream_opens_and_closes_a_block_for_each_thing_said() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Anthropic).await?;
    let client = Client { provider: &provider, headers: &[("x-api-key", KEY), VERSION] };
    let said = Said::new().thought("I think.").text("Let me see.").call("look", json!({ "city": "Tromsø" }));
    provider.otherwise(said.call("now", json!({})).into());
    let hello = json!([user("Hello?")]);
    let (_, whole) = client.post(MESSAGES, &asked(&hello, json!({}))).await?;
    let kinds: Vec<_> =
        whole["content"].as_array().into_iter().flatten().map(|block| &block["type"]).collect();
    assert_eq!(kinds, ["thinking", "text", "tool_use", "tool_use"]);
    assert_eq!(whole["stop_reason"], "tool_use");
    let events = events(&client.text(MESSAGES, &asked(&hello, json!({ "stream": true }))).await?)?;
    assert_eq!(joined(&events, "/delta/thinking"), "I think.");
    assert_eq!(joined(&events, "/delta/text"), "Let me see.");
    assert_eq!(joined(&events, "/delta/partial_json"), r#"{"city":"Tromsø"}"#);
    assert!(!joined(&events, "/delta/signature").is_empty());
    let bare =
        events.iter().filter(|event| event["index"] == 3).map(|event| event["delta"]["partial_json"].clone());
    assert_eq!(bare.collect::<Vec<_>>(), [json!(null), json!(""), json!(null)]);
    assert_eq!(events[events.len() - 1]["type"], "message_stop");
    Ok(())
}

#[tokio::test]
async fn a_key_and_a_version_are_asked_for() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Anthropic).await?;
    let bearer = bearer();
    let hello = asked(&json!([user("Hello?")]), json!({}));
    for (headers, status, kind) in [
        (vec![("x-api-key", KEY)], 400, "invalid_request_error"),
        (vec![("x-api-key", "sk-no"), VERSION], 401, "authentication_error"),
        (vec![("authorization", bearer.as_str()), VERSION], 401, "authentication_error"),
        (vec![VERSION], 401, "authentication_error"),
    ] {
        let client = Client { provider: &provider, headers: &headers };
        let (told, body) = client.post(MESSAGES, &hello).await?;
        assert_eq!((told, &body["error"]["type"]), (status, &json!(kind)), "{headers:?} {body}");
    }
    let newer = ("anthropic-version", "2026-10-21");
    for headers in [
        vec![("authorization", bearer.as_str()), newer],
        vec![("x-api-key", KEY), ("authorization", "Bearer sk-no"), VERSION],
    ] {
        let client = Client { provider: &provider, headers: &headers };
        assert_eq!(client.post(MESSAGES, &hello).await?.0, 200, "{headers:?}");
    }
    let client = Client { provider: &provider, headers: &[("x-api-key", KEY), newer] };
    let warm = asked(&json!([user("Hello?")]), json!({ "temperature": 1.0, "model": "claude-sonnet-4-6" }));
    assert_eq!(client.post(MESSAGES, &warm).await?.0, 400, "the newer version knows no sampling");
    let subscriber = [("authorization", "Bearer sk-ant-oat01-standin"), VERSION];
    let client = Client { provider: &provider, headers: &subscriber };
    assert_eq!(client.post(MESSAGES, &hello).await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn calls_need_their_results_and_thoughts_their_signatures() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Anthropic).await?;
    let client = Client { provider: &provider, headers: &[("x-api-key", KEY), VERSION] };
    provider.next(Said::new().thought("Hm.").call("now", json!({})).into());
    let (_, first) = client.post(MESSAGES, &asked(&json!([user("Hello?")]), json!({}))).await?;
    let said = json!({ "role": "assistant", "content": first["content"] });
    let id = &first["content"][1]["id"];
    let result = user(json!([{ "type": "tool_result", "tool_use_id": id, "content": "noon" }]));
    let mut forged = said.clone();
    forged["content"][0]["signature"] = "Zm9yZ2Vk".into();
    for (messages, status) in [
        (json!([user("Hello?"), said, result]), 200),
        (json!([user("Hello?"), said, user("And?")]), 400),
        (json!([user("Hello?"), result]), 400),
        (json!([user("Hello?"), forged, result]), 400),
        (json!([said, result]), 400),
    ] {
        let (told, body) = client.post(MESSAGES, &asked(&messages, json!({}))).await?;
        assert_eq!(told, status, "{messages} {body}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_generation_of_models_does_not_know_is_refused() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Anthropic).await?;
    let client = Client { provider: &provider, headers: &[("x-api-key", KEY), VERSION] };
    let budget = json!({ "type": "enabled", "budget_tokens": 2048 });
    for (more, status) in [
        (json!({ "temperature": 0.5 }), 400),
        (json!({ "temperature": 0.5, "model": "claude-sonnet-4-6" }), 200),
        (json!({ "temperature": 1.5, "model": "claude-sonnet-4-6" }), 400),
        (json!({ "thinking": budget, "max_tokens": 4096 }), 400),
        (json!({ "thinking": budget, "max_tokens": 4096, "model": "claude-sonnet-4-6" }), 200),
        (json!({ "thinking": budget, "model": "claude-sonnet-4-6" }), 400),
        (json!({ "thinking": { "type": "adaptive" } }), 200),
        (json!({ "n": 2 }), 400),
        (json!({ "max_tokens": null }), 400),
        (json!({ "model": "claude-9" }), 404),
    ] {
        let (told, body) = client.post(MESSAGES, &asked(&json!([user("Hello?")]), more.clone())).await?;
        assert_eq!(told, status, "{more} {body}");
    }
    let counted = json!({ "model": "claude-opus-4-7", "messages": [user("Hello?")] });
    let (status, body) = client.post("/v1/messages/count_tokens", &counted).await?;
    assert_eq!((status, &body["input_tokens"]), (200, &json!(5)));
    Ok(())
}

#[tokio::test]
async fn trouble_in_the_middle_is_an_event() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Anthropic).await?;
    let client = Client { provider: &provider, headers: &[("x-api-key", KEY), VERSION] };
    provider.next(Turn::from(Said::new().text("One two three")).trouble_after(5, Refusal::Overloaded));
    let events =
        events(&client.text(MESSAGES, &asked(&json!([user("Hello?")]), json!({ "stream": true }))).await?)?;
    assert_eq!(joined(&events, "/delta/text"), "One two ");
    let last = &events[events.len() - 1];
    assert_eq!((&last["type"], &last["error"]["type"]), (&json!("error"), &json!("overloaded_error")));
    provider.next(Turn::refuse(Refusal::Overloaded));
    let (status, _) = client.post(MESSAGES, &asked(&json!([user("Hello?")]), json!({}))).await?;
    assert_eq!(status, 529);
    Ok(())
}
