use serde_json::{Value, json};

use super::{Client, bearer, events, joined};
use crate::provider::{Finish, KEY, Provider, Refusal, Said, Turn, Vendor};

const FLASH: &str = "/v1beta/models/gemini-3-flash-preview:generateContent";
const OLDER: &str = "/v1beta/models/gemini-2.5-flash:generateContent";
const STREAM: &str = "/v1beta/models/gemini-3-flash-preview:streamGenerateContent";
const PART: &str = "/candidates/0/content/parts/0";

fn asked(more: Value) -> Value {
    let mut body = json!({ "contents": [{ "role": "user", "parts": [{ "text": "Hello?" }] }] });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

#[tokio::test]
async fn an_answer_comes_whole_as_events_and_as_a_list() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Gemini).await?;
    let client = Client { provider: &provider, headers: &[("x-goog-api-key", KEY)] };
    provider.otherwise(Said::new().thought("Hm, hm.").text("Let me see.").call("now", json!({})).into());
    let thinks = asked(json!({ "generationConfig": { "thinkingConfig": { "includeThoughts": true } } }));
    let (_, whole) = client.post(FLASH, &thinks).await?;
    assert_eq!(whole["candidates"][0]["content"]["parts"].as_array().map(Vec::len), Some(3));
    let (_, silent) = client.post(FLASH, &asked(json!({}))).await?;
    assert_eq!(
        silent["candidates"][0]["content"]["parts"].as_array().map(Vec::len),
        Some(2),
        "thoughts are asked for"
    );

    let text = client.text(&format!("{STREAM}?alt=sse"), &thinks).await?;
    assert!(text.contains("}\r\n\r\ndata: "), "{text}");
    let streamed = events(&text)?;
    assert_eq!(joined(&streamed, &format!("{PART}/text")), "Hm, hm.Let me see.");
    let (call, last) = (&streamed[streamed.len() - 2], &streamed[streamed.len() - 1]);
    assert!(
        call["candidates"][0]["finishReason"].is_null()
            && call.pointer(&format!("{PART}/functionCall")).is_some()
    );
    assert_eq!(last["candidates"][0]["finishReason"], "STOP");

    let list: Vec<Value> = serde_json::from_str(&client.text(STREAM, &thinks).await?)?;
    assert_eq!(list.len(), streamed.len());
    assert_eq!(list.iter().map(|chunk| &chunk["candidates"]).collect::<Vec<_>>().len(), list.len());
    Ok(())
}

#[tokio::test]
async fn one_credential_of_the_right_kind_is_asked_for() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Gemini).await?;
    let bearer = bearer();
    let both = [("x-goog-api-key", KEY), ("authorization", bearer.as_str())];
    for (headers, status, reason) in [
        (vec![("authorization", bearer.as_str())], 401, Some("ACCESS_TOKEN_TYPE_UNSUPPORTED")),
        (both.to_vec(), 400, None),
        (vec![("x-goog-api-key", "no")], 400, Some("API_KEY_INVALID")),
        (vec![], 403, None),
        (vec![("authorization", "Bearer ya29.token")], 200, None),
    ] {
        let client = Client { provider: &provider, headers: &headers };
        let (told, body) = client.post(FLASH, &asked(json!({}))).await?;
        assert_eq!(told, status, "{headers:?} {body}");
        assert_eq!(body["error"]["details"][0]["reason"].as_str(), reason, "{body}");
    }
    let client = Client { provider: &provider, headers: &[] };
    assert_eq!(client.post(&format!("{FLASH}?key={KEY}"), &asked(json!({}))).await?.0, 200);
    let (_, wrapped) = client.post(STREAM, &asked(json!({}))).await?;
    assert_eq!(wrapped[0]["error"]["code"], 403, "where a list was to come, the refusal is one");
    Ok(())
}

#[tokio::test]
async fn calls_of_the_current_turn_bear_the_signatures_that_were_given() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Gemini).await?;
    let client = Client { provider: &provider, headers: &[("x-goog-api-key", KEY)] };
    provider.next(Said::new().call("now", json!({})).call("then", json!({})).into());
    let (_, first) = client.post(FLASH, &asked(json!({}))).await?;
    let said = first["candidates"][0]["content"].clone();
    assert!(
        said["parts"][0]["thoughtSignature"].is_string() && said["parts"][1]["thoughtSignature"].is_null()
    );
    let result = |name: &str| json!({ "functionResponse": { "name": name, "response": { "result": 1 } } });
    let results = json!({ "role": "user", "parts": [result("now"), result("then")] });
    let hello = asked(json!({}))["contents"][0].clone();
    let signed = |signature: Value| {
        let mut said = said.clone();
        said["parts"][0]["thoughtSignature"] = signature;
        said
    };
    let few = json!({ "role": "user", "parts": [result("now")] });
    for (contents, status) in [
        (json!([hello, said, results]), 200),
        (json!([hello, signed(Value::Null), results]), 400),
        (json!([hello, signed("Zm9yZ2Vk".into()), results]), 400),
        (json!([hello, signed("skip_thought_signature_validator".into()), results]), 200),
        (json!([hello, signed(Value::Null), results, hello]), 200),
        (json!([hello, said, few]), 400),
        (json!([hello, said, hello]), 400),
    ] {
        let (told, body) = client.post(FLASH, &json!({ "contents": contents })).await?;
        assert_eq!(told, status, "{contents} {body}");
    }
    let older = json!({ "contents": [hello, signed(Value::Null), results] });
    assert_eq!(client.post(OLDER, &older).await?.0, 200, "an older model does not ask for them");
    Ok(())
}

#[tokio::test]
async fn schemas_are_read_as_google_reads_them() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Gemini).await?;
    let client = Client { provider: &provider, headers: &[("x-goog-api-key", KEY)] };
    let declared = |name: &str, schema: Value| {
        let function = json!({ "name": "f", name: schema });
        asked(json!({ "tools": [{ "functionDeclarations": [function] }] }))
    };
    let plain = json!({ "type": "object", "properties": { "title": { "type": "string", "enum": ["a"] } }, "required": ["title"] });
    let with = |name: &str, value: Value| {
        let mut schema = plain.clone();
        schema[name] = value;
        schema
    };
    for (schema, status) in [
        (plain.clone(), 200),
        (with("additionalProperties", json!(false)), 400),
        (with("$schema", json!("x")), 400),
        (with("oneOf", json!([])), 400),
        (with("type", json!(["object", "null"])), 400),
        (with("required", json!(["other"])), 400),
        (with("properties", json!({ "title": { "type": "integer", "enum": [1] } })), 400),
        (with("properties", json!({ "title": { "type": "string", "const": "a" } })), 400),
        (with("properties", json!({ "title": { "type": "array" } })), 400),
    ] {
        let (told, body) = client.post(FLASH, &declared("parameters", schema.clone())).await?;
        assert_eq!(told, status, "{schema} {body}");
    }
    let json_schema = with("additionalProperties", json!(false));
    assert_eq!(client.post(FLASH, &declared("parametersJsonSchema", json_schema)).await?.0, 200);
    let dangling = json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/gone" } } });
    assert_eq!(client.post(FLASH, &declared("parametersJsonSchema", dangling)).await?.0, 400);
    let snake = asked(
        json!({ "tools": [{ "function_declarations": [{ "name": "f", "parameters": { "additionalProperties": false } }] }] }),
    );
    assert_eq!(client.post(FLASH, &snake).await?.0, 400, "both ways of writing a name are read");
    Ok(())
}

#[tokio::test]
async fn settings_that_exclude_each_other_are_refused() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Gemini).await?;
    let client = Client { provider: &provider, headers: &[("x-goog-api-key", KEY)] };
    let thinking = |config: Value| json!({ "generationConfig": { "thinkingConfig": config } });
    let calling = |config: Value| json!({ "toolConfig": { "functionCallingConfig": config } });
    let stops = json!(["1", "2", "3", "4", "5", "6"]);
    for (path, more, status) in [
        (FLASH, thinking(json!({ "thinkingLevel": "low" })), 200),
        (OLDER, thinking(json!({ "thinkingLevel": "low" })), 400),
        (OLDER, thinking(json!({ "thinkingBudget": 0 })), 200),
        (FLASH, thinking(json!({ "thinkingLevel": "low", "thinkingBudget": 0 })), 400),
        (FLASH, calling(json!({ "mode": "AUTO" })), 400),
        (FLASH, json!({ "generationConfig": { "stopSequences": stops } }), 400),
        (FLASH, json!({ "frequency_penalty": 1 }), 400),
        (FLASH, json!({ "contents": [] }), 400),
    ] {
        let (told, body) = client.post(path, &asked(more.clone())).await?;
        assert_eq!(told, status, "{more} {body}");
    }
    let flat = "/v1beta/models/gemini-3-flash-preview:countTokens";
    assert_eq!(client.post(flat, &asked(json!({}))).await?.1["totalTokens"], 3);
    assert_eq!(client.post(flat, &asked(json!({ "tools": [] }))).await?.0, 400);
    Ok(())
}

#[tokio::test]
async fn a_blocked_question_gets_no_candidate_and_a_full_day_no_retry() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::Gemini).await?;
    let client = Client { provider: &provider, headers: &[("x-goog-api-key", KEY)] };
    provider.next(Said::new().finish(Finish::Filtered).into());
    let (status, body) = client.post(FLASH, &asked(json!({}))).await?;
    assert_eq!((status, body.get("candidates")), (200, None));
    assert!(body["promptFeedback"]["blockReason"].is_string());
    provider.next(Turn::refuse(Refusal::Rate(Some(38))));
    let (status, body) = client.post(FLASH, &asked(json!({}))).await?;
    assert_eq!((status, &body["error"]["details"][1]["retryDelay"]), (429, &json!("38s")));
    Ok(())
}
