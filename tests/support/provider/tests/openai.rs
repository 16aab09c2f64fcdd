use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Client, bearer, events, joined};
use crate::provider::{Finish, KEY, Provider, Refusal, Said, Turn, Vendor};
use crate::{Usage, echo_text};

const CHAT: &str = "/v1/chat/completions";

fn asked(more: Value) -> Value {
    let mut body = json!({ "model": "gpt-5.2", "messages": [{ "role": "user", "content": "Hello?" }] });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

fn rich() -> Said {
    let usage = Usage { prompt: 20, output: 5, thoughts: 7, cached: 4 };
    let call = json!({ "city": "Tromsø" });
    Said::new().thought("I think.").text("Let me see.").call("look", call).call("now", json!({})).usage(usage)
}

#[tokio::test]
async fn a_stream_says_what_a_whole_answer_says() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let bearer = bearer();
    let client = Client { provider: &provider, headers: &[("authorization", &bearer)] };
    let (status, echoed) = client.post(CHAT, &asked(json!({}))).await?;
    assert_eq!((status, &echoed["choices"][0]["message"]["content"]), (200, &json!(echo_text("Hello?"))));

    provider.otherwise(rich().into());
    let (_, whole) = client.post(CHAT, &asked(json!({}))).await?;
    let message = &whole["choices"][0]["message"];
    let streamed = json!({ "stream": true, "stream_options": { "include_usage": true } });
    let text = client.text(CHAT, &asked(streamed)).await?;
    assert!(text.ends_with("data: [DONE]\n\n"));
    let events = events(&text)?;
    assert_eq!(joined(&events, "/choices/0/delta/content"), message["content"]);
    assert_eq!(joined(&events, "/choices/0/delta/reasoning_content"), message["reasoning_content"]);
    let pieces = joined(&events, "/choices/0/delta/tool_calls/0/function/arguments");
    assert_eq!(pieces, r#"{"city":"Tromsø"}{}"#);
    assert_eq!(message["tool_calls"][0]["function"]["arguments"], r#"{"city":"Tromsø"}"#);
    assert_eq!(whole["choices"][0]["finish_reason"], "tool_calls");
    let last = events.last().cloned().unwrap_or_default();
    assert_eq!((&last["choices"], &last["usage"]), (&json!([]), &whole["usage"]));
    assert_eq!(whole["usage"]["completion_tokens"], 12);
    Ok(())
}

#[tokio::test]
async fn several_answers_come_side_by_side() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let bearer = bearer();
    let client = Client { provider: &provider, headers: &[("authorization", &bearer)] };
    let cut = Said::new().text("C D").finish(Finish::Length);
    provider.otherwise(Turn::choices([Said::new().text("A B"), cut]));
    let text = client.text(CHAT, &asked(json!({ "n": 2, "stream": true }))).await?;
    let said: Vec<(Value, Value)> = events(&text)?
        .iter()
        .map(|event| (event["choices"][0]["index"].clone(), event["choices"][0]["delta"]["content"].clone()))
        .collect();
    let expected = [(0, ""), (1, ""), (0, "A "), (1, "C "), (0, "B"), (1, "D")];
    assert_eq!(said[..6], expected.map(|(index, text)| (json!(index), json!(text))));
    let (_, whole) = client.post(CHAT, &asked(json!({ "n": 2 }))).await?;
    assert_eq!(whole["choices"][1]["finish_reason"], "length");
    Ok(())
}

#[tokio::test]
async fn what_openai_refuses_is_refused() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let bearer = bearer();
    let client = Client { provider: &provider, headers: &[("authorization", &bearer)] };
    let call = json!({ "id": "c", "type": "function", "function": { "name": "f", "arguments": "{}" } });
    let called = json!({ "role": "assistant", "content": null, "tool_calls": [call] });
    let user = json!({ "role": "user", "content": "Hello?" });
    let result = json!({ "role": "tool", "tool_call_id": "c", "content": "done" });
    for (messages, status) in [
        (json!([]), 400),
        (json!([user, called]), 400),
        (json!([user, result]), 400),
        (json!([user, called, user]), 400),
        (json!([user, called, result]), 200),
    ] {
        let (told, body) = client.post(CHAT, &asked(json!({ "messages": messages }))).await?;
        assert_eq!(told, status, "{messages} {body}");
    }
    let (status, body) = client.post(CHAT, &asked(json!({ "model": "gpt-9" }))).await?;
    assert_eq!((status, &body["error"]["code"]), (404, &json!("model_not_found")));
    let stranger = Client { provider: &provider, headers: &[("authorization", "Bearer sk-no")] };
    let (status, body) = stranger.post(CHAT, &asked(json!({}))).await?;
    assert_eq!((status, &body["error"]["code"]), (401, &json!("invalid_api_key")));
    let native = Client { provider: &provider, headers: &[("x-api-key", KEY)] };
    assert_eq!(native.post(CHAT, &asked(json!({}))).await?.0, 401);

    provider.next(Turn::refuse(Refusal::Rate(Some(7))));
    let answer = client.request(CHAT, &asked(json!({}))).send().await?;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str()?), (429, "7"));
    assert_eq!(client.post(CHAT, &asked(json!({}))).await?.0, 200, "one bad day is one");
    Ok(())
}

#[tokio::test]
async fn a_response_is_streamed_item_by_item() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let bearer = bearer();
    let client = Client { provider: &provider, headers: &[("authorization", &bearer)] };
    provider.otherwise(rich().into());
    let asked = json!({ "model": "gpt-5.2", "input": "Hello?", "stream": true });
    let events = events(&client.text("/v1/responses", &asked).await?)?;
    let numbers: Vec<_> = events.iter().map(|event| event["sequence_number"].as_u64()).collect();
    assert_eq!(numbers, (0..events.len() as u64).map(Some).collect::<Vec<_>>());
    let last = &events[events.len() - 1];
    assert_eq!(last["type"], "response.completed");
    let kinds: Vec<_> =
        last["response"]["output"].as_array().into_iter().flatten().map(|item| &item["type"]).collect();
    assert_eq!(kinds, ["reasoning", "message", "function_call", "function_call"]);
    let of = |kind: &str| {
        let deltas = events.iter().filter(|event| event["type"] == kind);
        deltas.filter_map(|event| event["delta"].as_str()).collect::<String>()
    };
    assert_eq!(of("response.output_text.delta"), "Let me see.");
    assert_eq!(of("response.reasoning_summary_text.delta"), "I think.");
    assert_eq!(of("response.function_call_arguments.delta"), r#"{"city":"Tromsø"}{}"#);

    let id = last["response"]["id"].clone();
    let call = last["response"]["output"][2]["call_id"].clone();
    let result = json!([{ "type": "function_call_output", "call_id": call, "output": "done" }]);
    let goes_on = json!({ "model": "gpt-5.2", "previous_response_id": id, "input": result });
    assert_eq!(client.post("/v1/responses", &goes_on).await?.0, 200);
    let orphan = json!({ "model": "gpt-5.2", "input": result });
    assert_eq!(client.post("/v1/responses", &orphan).await?.0, 400);
    Ok(())
}

#[tokio::test]
async fn vectors_sounds_and_orders_can_be_had() -> anyhow::Result<()> {
    let provider = Provider::start(Vendor::OpenAi).await?;
    let bearer = bearer();
    let client = Client { provider: &provider, headers: &[("authorization", &bearer)] };
    let model = "text-embedding-3-small";
    let asked = json!({ "model": model, "input": ["four", "é"], "dimensions": 2 });
    let (_, plain) = client.post("/v1/embeddings", &asked).await?;
    assert_eq!(plain["data"][0]["embedding"], json!([4.0, 2.0]));
    let asked = json!({ "model": model, "input": "four", "encoding_format": "base64", "dimensions": 2 });
    let (_, packed) = client.post("/v1/embeddings", &asked).await?;
    let bytes = STANDARD.decode(packed["data"][0]["embedding"].as_str().unwrap_or_default())?;
    assert_eq!(bytes, [4.0_f32.to_le_bytes(), 2.0_f32.to_le_bytes()].concat());

    let asked = json!({ "model": "any", "query": "q", "documents": ["a", "bbb", "cc"], "top_n": 2 });
    let (_, ranked) = client.post("/v1/rerank", &asked).await?;
    assert_eq!((&ranked["results"][0]["index"], &ranked["results"][1]["index"]), (&json!(1), &json!(2)));

    let asked = json!({ "model": "gpt-4o-mini-tts", "voice": "alloy", "input": "Hello" });
    let answer = client.request("/v1/audio/speech", &asked).send().await?;
    assert_eq!(answer.headers()["content-type"], "audio/mpeg");
    let sound = answer.bytes().await?;
    assert!(sound.len() == 6_000 && std::str::from_utf8(&sound).is_err(), "no text");

    let form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n\0\x01\x02\r\n--b--\r\n";
    let heard = reqwest::Client::new().post(format!("{}/v1/audio/transcriptions", provider.url()));
    let heard =
        heard.header("authorization", &bearer).header("content-type", "multipart/form-data; boundary=b");
    let heard: Value = heard.body(form).send().await?.json().await?;
    assert_eq!(heard["text"], "A sound of 3 bytes.");
    Ok(())
}
