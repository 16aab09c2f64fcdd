use serde_json::{Map, json};

use super::visitor::Visitor;
use crate::{Frame, Outcome, Part, Scenario, Script, Usage};

const REPLAY: &str = "
    const [body, done] = arguments;
    const xhr = new XMLHttpRequest();
    xhr.open('POST', 'https://alkalimakersuite-pa.clients6.google.com/$rpc/google.internal.alkali.applications.makersuite.v1.MakerSuiteService/GenerateContent');
    xhr.setRequestHeader('content-type', 'application/json+protobuf');
    xhr.onload = () => done([xhr.status, xhr.responseText]);
    xhr.send(body);";

#[tokio::test]
async fn a_token_serves_once_and_only_its_own_text() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true").await?;
    visitor.exchange("Mine").await?;
    let body = visitor.site.records()[0].raw.clone();
    let forged = body.to_string().replace(".1-", ".2-");
    assert_ne!(forged, body.to_string(), "the token counts");
    for body in [body.to_string(), forged] {
        let reply = visitor.client.execute_async(REPLAY, vec![json!(body)]).await?;
        assert_eq!(reply, json!([403, r#"[,[7,"The caller does not have permission"]]"#]));
    }
    let outcomes: Vec<_> = visitor.site.records().iter().map(|record| record.outcome).collect();
    assert_eq!(outcomes, [Outcome::Complete, Outcome::Forged, Outcome::Forged]);
    visitor.end().await
}

#[tokio::test]
async fn the_page_reads_every_kind_of_stream() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true").await?;
    let Ok(arguments) = serde_json::from_value::<Map<_, _>>(json!({"city": "Oslo"})) else { unreachable!() };
    let call = Part::Call {
        name: "get_weather".into(),
        arguments,
        id: Some("c1".into()),
        signature: Some("c2ln".into()),
    };
    let twice = Frame {
        parts: vec![Part::Text("🌍 ]],\"model\"] ".into()), Part::Text("x".into())],
        ..Frame::default()
    };
    let signed = Part::SignedText { text: " signed".into(), signature: "c2ln".into() };
    let script = Script { guard: true, elide_nulls: true, ..Script::new() }
        .thought("\\ \" [ hm")
        .frame(twice.clone())
        .frame(twice)
        .parts([signed])
        .parts([call])
        .finish(1, Usage { prompt: 1, output: 2, thoughts: 3, cached: 0 })
        .chunked([1, 2, 3, 5]);
    visitor.site.set_scenario(Scenario::answering(script));
    visitor.exchange("Go").await?;
    let text = "document.querySelector('ms-chat-turn:last-of-type ms-text-chunk:not(:has(ms-thought-chunk))').textContent";
    let once = "🌍 ]],\"model\"] x";
    assert_eq!(visitor.text(text).await?, format!("{once}{once} signed"));
    assert!(
        visitor
            .text("document.querySelector('ms-function-call-chunk').textContent")
            .await?
            .contains("get_weather")
    );
    let sent = visitor.site.records()[0].sent.clone();
    assert!(sent.len() > 100 && sent.iter().all(|chunk| chunk.bytes <= 5));

    visitor.exchange("On").await?;
    let records = visitor.site.records();
    let returned = &records[1].raw[1][1][0];
    assert_eq!(returned[1][14], "c2ln", "the call goes back with its signature");
    visitor.end().await
}
