use serde_json::{Value, json};

use super::hands::FUNCTIONS;
use super::visitor::Visitor;
use crate::{Layout, Part, Piece, Scenario, Script, Tool, Usage, Variant};

const SWITCH: &str = "Function calling";
const BOX: &str = "textarea[aria-label='Function response']";
const FAULT: &str = "[role=dialog] [role=alert]";
const RUN_DISABLED: &str = "document.querySelector('button[aria-label=Run]').disabled";

fn weather() -> Value {
    json!([
        {
            "name": "get_weather",
            "description": "How it is",
            "parameters": {
                "type": "OBJECT",
                "properties": {
                    "city": { "type": "string", "enum": ["Oslo", "Rome"] },
                    "days": { "type": "array", "items": { "type": "integer", "minimum": 1 }, "maxItems": 3 },
                },
                "required": ["city"],
            },
        },
        { "name": "now" },
    ])
}

/// Fills the boxes for results, one after the other.
async fn fill_boxes(visitor: &Visitor, results: &[&str]) -> anyhow::Result<()> {
    visitor.until_count(BOX, results.len() as u64).await?;
    let fill = "
        const [selector, at, value] = arguments;
        const area = document.querySelectorAll(selector)[at];
        area.value = value;
        area.dispatchEvent(new Event('input', { bubbles: true }));";
    for (at, result) in results.iter().enumerate() {
        visitor.client.execute(fill, vec![json!(BOX), json!(at), json!(result)]).await?;
    }
    Ok(())
}

#[tokio::test]
async fn functions_are_declared_in_the_editor_and_forgotten_by_a_new_chat() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open_tools("gemini-3-flash-preview").await?;
    assert_eq!(visitor.count(FUNCTIONS.open).await?, 0, "no editor before the switch is on");
    visitor.switch(SWITCH, true).await?;
    visitor.write_into(&FUNCTIONS, &weather().to_string()).await?;
    visitor.uncovered().await?;
    visitor.exchange("Hi").await?;
    let record = visitor.record(1).await?;
    assert_eq!(record.tools, [Tool::Functions]);
    assert_eq!(record.functions.len(), 2);
    let declared = &record.functions[0];
    assert_eq!((declared.name.as_str(), declared.description.as_str()), ("get_weather", "How it is"));
    let expected = json!({
        "type": "object",
        "properties": {
            "city": { "type": "string", "enum": ["Oslo", "Rome"] },
            "days": { "type": "array", "items": { "type": "integer", "minimum": 1 }, "maxItems": 3 },
        },
        "required": ["city"],
    });
    assert_eq!(declared.schema, expected);
    assert_eq!((record.functions[1].name.as_str(), &record.functions[1].schema), ("now", &Value::Null));

    visitor.press(FUNCTIONS.open).await?;
    visitor.press("[role=dialog] [role=tab]:nth-of-type(2)").await?;
    let shown = format!("document.querySelector(\"{}\")?.value", FUNCTIONS.area);
    assert_eq!(visitor.until(&shown).await?, weather().to_string(), "what was saved");
    visitor.press(FUNCTIONS.reset).await?;
    visitor.press(FUNCTIONS.save).await?;
    visitor.uncovered().await?;
    visitor.exchange("Without").await?;
    assert!(visitor.record(2).await?.functions.is_empty());

    visitor.press("button[aria-label='New chat']").await?;
    visitor.press("[role=dialog] button.ms-button-primary").await?;
    let off = format!(
        "document.querySelector(\"button[aria-label='{SWITCH}']\").getAttribute('aria-checked') === 'false'"
    );
    visitor.until(&off).await?;
    visitor.end().await
}

#[tokio::test]
async fn the_editor_says_what_it_does_not_take() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.site.set_layout(Layout { editor_refuses: vec!["pattern".to_owned()], ..Layout::default() });
    visitor.open_tools("gemini-3-flash-preview").await?;
    visitor.switch(SWITCH, true).await?;
    let property = |schema: Value| json!([{ "name": "f", "parameters": { "type": "object", "properties": { "a": schema } } }]);
    let cases = [
        (
            property(json!({ "type": "string", "title": "A" })),
            r#"Unknown key "title" in f.parameters.properties.a"#,
        ),
        (
            property(json!({ "type": "string", "pattern": "a" })),
            r#"Unknown key "pattern" in f.parameters.properties.a"#,
        ),
        (
            property(json!({ "type": ["string", "null"] })),
            r#"Invalid type ["string","null"] in f.parameters.properties.a"#,
        ),
        (
            property(json!({ "type": "integer", "enum": [1] })),
            "Invalid enum in f.parameters.properties.a: expected strings",
        ),
        (json!([{ "name": "two words" }]), r#"Invalid function name "two words""#),
        (json!([{ "name": "f", "strict": true }]), r#"Unknown key "strict" in f"#),
        (json!([{ "name": "f" }, { "name": "f" }]), r#"Duplicate function name "f""#),
        (json!({}), "Expected an array of function declarations"),
    ];
    for (text, words) in cases {
        visitor.write_into(&FUNCTIONS, &text.to_string()).await?;
        assert_eq!(visitor.until(&format!("document.querySelector('{FAULT}')?.textContent")).await?, words);
        visitor.press("[role=dialog] button[aria-label=Cancel]").await?;
        visitor.uncovered().await?;
    }
    visitor.write_into(&FUNCTIONS, "[{").await?;
    visitor
        .until(&format!("document.querySelector('{FAULT}')?.textContent.startsWith('Invalid JSON: ')"))
        .await?;
    visitor.fill(FUNCTIONS.area, r#"[{"name": "f"}]"#).await?;
    visitor.until_count(FAULT, 0).await?;
    visitor.press(FUNCTIONS.save).await?;
    visitor.uncovered().await?;
    visitor.exchange("Hi").await?;
    assert_eq!(visitor.record(1).await?.functions.len(), 1, "refused ones were not kept");
    visitor.end().await
}

#[tokio::test]
async fn results_go_back_to_the_calls_with_their_signatures() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true").await?;
    let calls = [
        Part::call("get_weather", json!({ "city": "Oslo", "deep": { "list": [1, null, true] } }))
            .with_id("c1")
            .signed("c2ln"),
        Part::call("get_weather", json!({ "city": "Rome" })).with_id("c2"),
    ];
    let script = Script::new().text("Let me see.").parts(calls).repeated(2).finish(1, Usage::default());
    visitor.site.set_scenario(Scenario::answering_in_turn([script]));
    visitor.exchange("Weather?").await?;
    visitor.until_count(&format!("ms-function-call-chunk {BOX}"), 2).await?;
    let shown = visitor.text("document.querySelector('ms-function-call-chunk pre code').textContent").await?;
    let arguments: Value = serde_json::from_str(&shown)?;
    assert_eq!(arguments, json!({ "city": "Oslo", "deep": { "list": [1, null, true] } }));

    assert_eq!(visitor.value(RUN_DISABLED).await?, true, "nothing to send");
    fill_boxes(&visitor, &[r#"{"degrees": -3.5, "sun": false}"#, ""]).await?;
    visitor.fill("textarea[formcontrolname=promptText]", "Well?").await?;
    // The count follows the text, so that the page knows of it by now.
    visitor.until("document.querySelector('.v3-token-count-value').textContent === '2'").await?;
    assert_eq!(visitor.value(RUN_DISABLED).await?, true, "one result is missing");
    fill_boxes(&visitor, &[r#"{"degrees": -3.5, "sun": false}"#, "warm"]).await?;
    visitor.fill("textarea[formcontrolname=promptText]", "").await?;
    visitor.until(&format!("!{RUN_DISABLED}")).await?;
    visitor.press("button[aria-label=Run]:not([disabled])").await?;
    let record = visitor.record(2).await?;
    visitor.finished().await?;

    let model = &record.contents[1];
    assert_eq!((model.text.as_str(), model.calls.len()), ("Let me see.", 2), "repeated ones are the same");
    assert_eq!(model.calls[0].arguments, *arguments.as_object().expect("an object"));
    assert_eq!(model.calls[0].signature.as_deref(), Some("c2ln"));
    assert_eq!((model.calls[1].id.as_deref(), model.calls[1].signature.as_deref()), (Some("c2"), None));
    let results = record.function_responses();
    assert_eq!(results.len(), 2);
    assert_eq!((results[0].name.as_str(), results[0].id.as_deref()), ("get_weather", Some("c1")));
    assert_eq!(results[0].response, json!({ "degrees": -3.5, "sun": false }));
    assert_eq!(results[1].response, json!({ "result": "warm" }));
    assert_eq!((record.contents.len(), record.prompt()), (3, ""));
    let answer = "document.querySelector('ms-chat-turn:last-of-type').textContent";
    assert!(visitor.text(answer).await?.contains("degrees"), "an echo of results");
    assert_eq!(visitor.count(BOX).await?, 0, "answered");
    assert_eq!(visitor.count("ms-function-response-chunk").await?, 2);
    visitor.end().await
}

#[tokio::test]
async fn results_may_be_impossible_or_left_out() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let call = || Script::new().call("now", json!({})).repeated(1).finish(1, Usage::default());
    visitor.open_with(Layout::default().without([Piece::ResultBoxes])).await?;
    visitor.site.set_scenario(Scenario::answering_in_turn([call(), call()]));
    visitor.exchange("Time?").await?;
    visitor.until_count("ms-function-call-chunk", 1).await?;
    assert_eq!(visitor.count(BOX).await?, 0);

    visitor.open_with(Layout::default()).await?;
    visitor.exchange("Time?").await?;
    visitor.until_count(BOX, 1).await?;
    visitor.exchange("Never mind").await?;
    let record = visitor.record(3).await?;
    assert_eq!(record.contents[1].calls.len(), 1);
    assert!(record.function_responses().is_empty());
    assert_eq!(record.prompt(), "Never mind");
    visitor.end().await
}

#[tokio::test]
async fn every_generation_of_the_page_has_editor_and_boxes() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    for (at, variant) in
        [Variant::PromptBox, Variant::InputWrapper, Variant::RenamedClasses].into_iter().enumerate()
    {
        visitor.site.set_layout(Layout::of(variant));
        visitor.open("/prompts/new_chat?temporary=true").await?;
        let switch = format!("button[role=switch][aria-label='{SWITCH}']");
        if visitor.count(&switch).await? == 0 {
            visitor.press("button[aria-label='Expand or collapse tools']").await?;
            visitor.until_count(&switch, 1).await?;
        }
        visitor.switch(SWITCH, true).await?;
        visitor.write_into(&FUNCTIONS, r#"[{"name": "now"}]"#).await?;
        visitor.until_count("[role=dialog]", 0).await?;
        let call = Script::new().thought("Hm").call_signed("now", json!({}), "c1", "c2ln");
        visitor.site.set_scenario(Scenario::answering_in_turn([call.finish(1, Usage::default())]));
        visitor.exchange("Time?").await?;
        fill_boxes(&visitor, &["noon"]).await?;
        visitor.until(&format!("!{RUN_DISABLED}")).await?;
        visitor.press("button[aria-label=Run]:not([disabled])").await?;
        let record = visitor.record(2 * (at + 1)).await?;
        assert_eq!(record.functions.len(), 1, "{variant:?}");
        assert_eq!(record.function_responses()[0].response, json!({ "result": "noon" }));
        assert_eq!(record.contents[1].calls[0].signature.as_deref(), Some("c2ln"));
        visitor.finished().await?;
    }
    visitor.end().await
}
