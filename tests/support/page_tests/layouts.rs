use super::visitor::Visitor;
use crate::{Layout, Outcome, Record, TemporaryToggle, Variant};

async fn one_exchange(visitor: &Visitor, prompt: &str) -> anyhow::Result<Record> {
    visitor.site.clear_records();
    visitor.exchange(prompt).await?;
    let done = |records: &[Record]| records.len() == 1 && records[0].outcome == Outcome::Complete;
    Ok(visitor.site.wait_for(done).await?.remove(0))
}

#[tokio::test]
async fn every_generation_of_the_page_answers() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let marks = [
        (Variant::PromptBox, "ms-prompt-box ms-run-button button.ms-button-primary"),
        (Variant::InputWrapper, "ms-chunk-editor ms-prompt-input-wrapper button.run-button"),
        (Variant::RenamedClasses, "button[aria-label=Run]"),
    ];
    for (variant, mark) in marks {
        visitor.open_with(Layout::of(variant)).await?;
        assert_eq!(
            visitor.value(&format!("document.querySelectorAll('{mark}').length")).await?,
            1,
            "{variant:?}"
        );
        assert_eq!(one_exchange(&visitor, "Hi").await?.prompt(), "Hi");
        if let Ok(folder) = std::env::var("STANDIN_SCREENSHOTS") {
            std::fs::write(format!("{folder}/{variant:?}.png"), visitor.client.screenshot().await?)?;
        }
    }
    let own = "[...document.querySelectorAll('*')].filter((node) => /^(MS|MAT)-/.test(node.tagName) || [...node.classList].some((name) => !name.startsWith('x'))).length";
    assert_eq!(visitor.value(own).await?, 0, "every name of the site's own is another one");
    visitor.end().await
}

#[tokio::test]
async fn the_older_page_keeps_the_label_of_run_and_shows_a_spinner() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open_with(Layout::of(Variant::InputWrapper)).await?;
    visitor
        .site
        .set_scenario(crate::Scenario::answering(crate::Script::new().thought("Hm").text("a").gate("go")));
    visitor.run("Hi").await?;
    visitor
        .until("document.querySelector('button[aria-label=Run].run-button svg .stoppable-spinner') !== null")
        .await?;
    visitor.until("document.querySelectorAll('ms-chat-turn').length === 3").await?;
    visitor.site.open_gate("go");
    visitor.finished().await?;
    assert_eq!(visitor.value("document.querySelector('.stoppable-spinner')").await?, serde_json::Value::Null);
    visitor.end().await
}

#[tokio::test]
async fn dialogs_greet_once_and_cover_the_page() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open_with(Layout { dialogs: true, clutter: true, ..Layout::default() }).await?;
    visitor.until("document.querySelectorAll('[role=dialog]').length === 2").await?;
    let marks = "document.querySelectorAll('iframe[id*=google-hats-survey], [role=tooltip], .glue-cookie-notification-bar__accept').length";
    assert_eq!(visitor.value(marks).await?, 3);
    let covered = "(() => { const box = document.querySelector('footer').getBoundingClientRect(); return document.elementFromPoint(box.x + 300, box.y + 20).closest('footer') === null; })()";
    assert_eq!(visitor.value(covered).await?, true);
    for words in ["Got it", "Don\\'t save"] {
        let button = format!(
            "[...document.querySelectorAll('[role=dialog] button')].find((button) => button.textContent === '{words}')"
        );
        visitor.client.execute(&format!("{button}.click()"), vec![]).await?;
    }
    visitor.until("document.querySelector('.cdk-overlay-backdrop') === null").await?;
    let autosave = visitor.value("JSON.parse(localStorage.aiStudioUserPreference).autosaveEnabled").await?;
    assert_eq!(autosave, false);
    visitor.end().await
}

#[tokio::test]
async fn controls_can_hide_or_be_missing() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let toggle = "document.querySelector('[data-test-incognito-toggle]')";
    let hidden = Layout { temporary_toggle: TemporaryToggle::InMenu, top_p: false, ..Layout::default() };
    visitor.site.set_layout(hidden);
    visitor.open("/prompts/new_chat").await?;
    assert_eq!(visitor.value(toggle).await?, serde_json::Value::Null);
    visitor.press("button[aria-label='View more actions']").await?;
    visitor.press("[data-test-incognito-toggle]").await?;
    visitor
        .until("document.querySelector('[data-test-id=main-text]')?.textContent === 'Temporary chat'")
        .await?;
    assert!(one_exchange(&visitor, "Hush").await?.temporary);
    visitor.press("button[aria-label='Expand or collapse advanced settings']").await?;
    visitor.until("document.querySelector('[aria-label=\"Maximum output tokens\"]') !== null").await?;
    assert_eq!(
        visitor.value("document.querySelector('[aria-label=\"Top P\"]')").await?,
        serde_json::Value::Null
    );

    visitor.open_with(Layout { temporary_toggle: TemporaryToggle::Missing, ..Layout::default() }).await?;
    assert_eq!(visitor.value(toggle).await?, serde_json::Value::Null);
    visitor.open_with(Layout { broken: true, ..Layout::default() }).await?;
    assert_eq!(visitor.value("document.querySelectorAll('textarea').length").await?, 0);
    visitor.end().await
}

#[tokio::test]
async fn a_narrow_window_has_no_run_settings() -> anyhow::Result<()> {
    let visitor = Visitor::of_size(900, 800).await?;
    visitor.go("/prompts/new_chat").await?;
    let button = "button[aria-label='Toggle run settings panel']";
    visitor.until(&format!("document.querySelector(\"{button}\") !== null")).await?;
    visitor.fill("[formcontrolname=promptText]", "models are known once Run can be pressed").await?;
    visitor.until("!document.querySelector('button[aria-label=Run]').disabled").await?;
    let panels = "document.querySelectorAll('ms-run-settings, [data-test-id=model-name]').length";
    assert_eq!(visitor.value(panels).await?, 0);
    visitor.press(button).await?;
    visitor.until(&format!("{panels} === 2")).await?;
    visitor.press("button[aria-label='Close run settings panel']").await?;
    visitor.until(&format!("{panels} === 0")).await?;
    visitor.client.set_window_size(1400, 900).await?;
    visitor.until(&format!("{panels} === 2")).await?;
    visitor.end().await
}
