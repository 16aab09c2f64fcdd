use serde_json::json;

use super::hands::{FUNCTIONS, SCHEMA};
use super::visitor::Visitor;
use crate::{Grounding, Layout, Piece, Scenario, Script, Source, Support, Tool, Usage};

const SWITCHES: [(&str, &str, Tool); 5] = [
    ("codeExecutionTooltip", "Code execution", Tool::CodeExecution),
    ("functionCallingTooltip", "Function calling", Tool::Functions),
    ("searchAsAToolTooltip", "Grounding with Google Search", Tool::Search),
    ("browseAsAToolTooltip", "Browse the url context", Tool::UrlContext),
    ("googleMapsTooltip", "Grounding with Google Maps", Tool::Maps),
];

#[tokio::test]
async fn each_switch_arrives_alone() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    for (count, (test, label, tool)) in SWITCHES.into_iter().enumerate() {
        visitor.open_tools("gemini-2.5-flash").await?;
        assert_eq!(visitor.count(&format!("[data-test-id={test}] button[role=switch]")).await?, 1, "{test}");
        visitor.switch(label, true).await?;
        visitor.exchange("Go").await?;
        assert_eq!(visitor.record(count + 1).await?.tools, [tool]);
        visitor.switch(label, false).await?;
    }
    visitor.end().await
}

#[tokio::test]
async fn what_does_not_go_together_is_barred() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open_tools("gemini-2.5-flash").await?;
    let barred = |label: &str| {
        format!(
            "document.querySelector(\"button[aria-label='{label}']\").disabled && document.querySelector(\"button[aria-label='{label}']\").closest('.settings-item').getAttribute('mattooltip') === 'This tool is not compatible with the current active tools'"
        )
    };
    for (_, label, tool) in SWITCHES {
        if tool == Tool::Functions {
            continue;
        }
        visitor.switch(label, true).await?;
        visitor.until(&barred("Function calling")).await?;
        visitor.until(&barred("Structured output")).await?;
        visitor.switch(label, false).await?;
    }
    visitor.switch("Function calling", true).await?;
    visitor.until(&barred("Structured output")).await?;
    visitor.switch("Grounding with Google Search", true).await?;
    visitor.exchange("Go").await?;
    assert_eq!(visitor.record(1).await?.tools, [Tool::Search], "the last one wins");
    visitor.end().await
}

#[tokio::test]
async fn switches_come_and_go_with_the_model_and_the_layout() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let all = "ms-run-settings .settings-group button[role=switch]";
    for (model, count) in [("gemini-2.5-flash", 6), ("gemini-2.0-flash", 4), ("gemma-3-27b-it", 0)] {
        visitor.open_tools(model).await?;
        assert_eq!(visitor.count(all).await?, count, "{model}");
    }
    let pieces = [Piece::Search, Piece::UrlContext, Piece::CodeExecution, Piece::Maps];
    let pieces =
        pieces.into_iter().chain([Piece::Functions, Piece::StructuredOutput, Piece::MediaResolution]);
    visitor.site.set_layout(Layout::default().without(pieces.chain([Piece::Safety, Piece::Attach])));
    visitor.open_tools("gemini-2.5-flash").await?;
    let gone = format!(
        "{all}, [data-test-id=mediaResolution], .edit-safety-button, [data-test-id=add-media-button]"
    );
    assert_eq!(visitor.count(&gone).await?, 0);

    let pieces = [Piece::System, Piece::Temperature, Piece::Thinking, Piece::MaxTokens, Piece::Stop];
    visitor.site.set_layout(Layout::default().without(pieces));
    visitor.open("/prompts/new_chat?temporary=true&model=gemini-2.5-flash").await?;
    visitor.press("button[aria-label='Expand or collapse advanced settings']").await?;
    visitor.until_count(".edit-safety-button", 1).await?;
    let gone = "[aria-label='System instructions'], [aria-label=Temperature], [aria-label='Toggle thinking mode'], [aria-label='Maximum output tokens'], #chip-input";
    assert_eq!(visitor.count(gone).await?, 0);

    visitor.site.set_layout(Layout { drifted: true, ..Layout::default() });
    visitor.open_tools("gemini-2.5-flash").await?;
    assert_eq!(visitor.count(all).await?, 6);
    assert_eq!(visitor.count("[data-test-id$=Tooltip], [data-test-id=mediaResolution]").await?, 0);
    visitor.switch("Browse the url context", true).await?;
    visitor.exchange("Go").await?;
    assert!(visitor.record(1).await?.has(Tool::UrlContext));
    visitor.end().await
}

#[tokio::test]
async fn the_answer_takes_the_schema_of_the_editor() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open_tools("gemini-3-pro-preview").await?;
    visitor.switch("Structured output", true).await?;
    visitor.exchange("Any JSON").await?;
    let record = visitor.record(1).await?;
    assert_eq!((record.response_mime.as_deref(), record.schema), (Some("application/json"), None));

    visitor.write_into(&SCHEMA, r#"{"type": "object", "$defs": {}}"#).await?;
    let fault = "document.querySelector('[role=dialog] [role=alert]')?.textContent";
    assert_eq!(visitor.until(fault).await?, r#"Unknown key "$defs" in schema"#);
    let schema = json!({ "type": "object", "properties": { "n": { "type": "number", "nullable": true } }, "required": ["n"] });
    visitor.fill(SCHEMA.area, &schema.to_string()).await?;
    visitor.press(SCHEMA.save).await?;
    visitor.uncovered().await?;
    visitor.exchange("This JSON").await?;
    assert_eq!(visitor.record(2).await?.schema, Some(schema));
    visitor.switch("Structured output", false).await?;
    visitor.exchange("Words").await?;
    let record = visitor.record(3).await?;
    assert_eq!((record.response_mime, record.schema), (None, None));
    visitor.end().await
}

#[tokio::test]
async fn a_sticky_page_keeps_its_tools_and_settings() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.site.set_layout(Layout { sticky_tools: true, confirm_discard: false, ..Layout::default() });
    visitor.open_tools("gemini-2.5-flash").await?;
    visitor.switch("Function calling", true).await?;
    visitor.write_into(&FUNCTIONS, r#"[{"name": "now"}]"#).await?;
    visitor.uncovered().await?;
    visitor.choose("Media resolution", "Low").await?;
    visitor.fill("input[type=number][aria-label=Temperature]", "0.3").await?;
    visitor.exchange("One").await?;
    visitor.press("button[aria-label='New chat']").await?;
    visitor.until_count("ms-chat-turn", 0).await?;
    visitor.exchange("Two").await?;
    let record = visitor.record(2).await?;
    assert_eq!((record.contents.len(), record.functions.len()), (1, 1));
    assert_eq!((record.media_resolution, record.temperature), (Some(crate::Resolution::Low), Some(0.3)));
    visitor.end().await
}

#[tokio::test]
async fn answers_show_their_sources_and_the_code_that_was_run() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true").await?;
    let source = Source { uri: "https://a.example/".into(), title: "A page".into() };
    let support = Support { start: 0, end: 4, text: "Four".into(), sources: vec![0] };
    let grounding = Grounding { chunks: vec![source], supports: vec![support], queries: vec!["2+2".into()] };
    let script = Script::new().code("print(2 + 2)").code_result("4\n").text("Four").grounding(grounding);
    visitor.site.set_scenario(Scenario::answering(script.finish(1, Usage::default())));
    visitor.exchange("Sum?").await?;
    visitor.until_count("a.grounding-source[href='https://a.example/']", 1).await?;
    let shown = |tag: &str| format!("document.querySelector('{tag} pre').textContent");
    assert_eq!(visitor.text(&shown("ms-executable-code-chunk")).await?, "print(2 + 2)");
    assert_eq!(visitor.text(&shown("ms-code-execution-result-chunk")).await?, "4\n");
    assert_eq!(visitor.text("document.querySelector('.search-entry-container').textContent").await?, "2+2");
    visitor.end().await
}
