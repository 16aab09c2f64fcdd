use super::visitor::Visitor;
use crate::{Level, ThinkingAsked, Tool};

const LEVEL: &str = "Thinking Level";
const TEMPERATURE: &str = "[data-test-id=temperatureSliderContainer] input[type=number]";

async fn add_stop(visitor: &Visitor, word: &str) -> anyhow::Result<()> {
    let input = visitor.client.find(fantoccini::Locator::Css("[aria-label='Add stop token']")).await?;
    input.send_keys(&format!("{word}\u{e007}")).await?;
    visitor.until(&format!("document.querySelector('[aria-label=\"Remove {word}\"]') !== null")).await?;
    Ok(())
}

#[tokio::test]
async fn every_setting_arrives_in_the_request() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?model=gemini-3-flash-preview").await?;
    assert_eq!(
        visitor.value("document.querySelector('[aria-label=\"Maximum output tokens\"]')").await?,
        serde_json::Value::Null
    );
    visitor.press("button[aria-label='Expand or collapse advanced settings']").await?;
    visitor
        .until("document.querySelector('[aria-label=\"Maximum output tokens\"]')?.value === '65536'")
        .await?;
    visitor.press("button[aria-label='Expand or collapse tools']").await?;
    visitor.press("[data-test-id=searchAsAToolTooltip] button[role=switch]").await?;

    visitor.fill(TEMPERATURE, "7").await?;
    assert_eq!(
        visitor.value(&format!("document.querySelector('{TEMPERATURE}').value")).await?,
        "2",
        "clamped"
    );
    visitor.fill(TEMPERATURE, "0.35").await?;
    visitor.fill("ms-slider input[type=number][max='1']", "0.8").await?;
    visitor.fill("[aria-label='Maximum output tokens']", "2048").await?;
    add_stop(&visitor, "END").await?;
    add_stop(&visitor, "STOP").await?;
    visitor.press("[aria-label='Remove END']").await?;
    visitor.choose(LEVEL, "Minimal").await?;
    visitor.press("button[data-test-system-instructions-card]").await?;
    visitor.until("document.querySelector('textarea[aria-label=\"System instructions\"]') !== null").await?;
    visitor.fill("textarea[aria-label='System instructions']", "Be brief.").await?;
    visitor.press("ms-system-instructions button[data-test-close-button]").await?;
    visitor.until("document.querySelector('.cdk-overlay-backdrop') === null").await?;
    visitor.exchange("Go").await?;

    let record = visitor.record(1).await?;
    assert_eq!((record.temperature, record.top_p, record.max_tokens), (Some(0.35), Some(0.8), Some(2048)));
    assert_eq!(record.stop, ["STOP"]);
    assert_eq!(record.system.as_deref(), Some("Be brief."));
    assert_eq!(record.thinking, ThinkingAsked { budget: None, level: Some(Level::Minimal) });
    assert_eq!(record.tools, [Tool::Search]);
    visitor.end().await
}

#[tokio::test]
async fn each_model_has_its_own_thinking_controls() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let mode = "button[aria-label='Toggle thinking mode']";
    let manual = "button[aria-label='Toggle thinking budget between auto and manual']";
    let amount = "[data-test-id=user-setting-budget-animation-wrapper] input[type=number]";
    let asked = |budget| ThinkingAsked { budget, level: None };

    visitor.open("/prompts/new_chat?temporary=true&model=gemini-2.5-pro").await?;
    assert_eq!(visitor.value(&format!("document.querySelector(\"{mode}\")")).await?, serde_json::Value::Null);
    visitor.exchange("auto").await?;
    assert_eq!(visitor.record(1).await?.thinking, asked(Some(-1)));
    visitor.press(manual).await?;
    visitor.until(&format!("document.querySelector('{amount}') !== null")).await?;
    visitor.fill(amount, "1").await?;
    visitor.exchange("least").await?;
    assert_eq!(visitor.record(2).await?.thinking, asked(Some(128)));

    visitor.open("/prompts/new_chat?temporary=true&model=gemini-2.5-flash").await?;
    visitor.press(mode).await?;
    visitor.until(&format!("document.querySelector(\"{manual}\").disabled")).await?;
    visitor.exchange("off").await?;
    assert_eq!(visitor.record(3).await?.thinking, asked(Some(0)));

    visitor.open("/prompts/new_chat?temporary=true&model=gemini-2.0-flash").await?;
    let controls =
        "document.querySelectorAll('ms-thinking-budget-setting, ms-thinking-level-setting').length";
    assert_eq!(visitor.value(controls).await?, 0);
    visitor.exchange("none").await?;
    assert_eq!(visitor.record(4).await?.thinking, ThinkingAsked::default());
    visitor.end().await
}

#[tokio::test]
async fn a_model_is_chosen_by_address_picker_or_preference() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let shown = "document.querySelector('[data-test-id=model-name]').textContent";
    visitor.open("/prompts/new_chat?model=gemini-2.5-flash").await?;
    assert_eq!(visitor.value(shown).await?, "gemini-2.5-flash");

    visitor.press("button.model-selector-card").await?;
    let row = "[...document.querySelectorAll('ms-model-carousel-row button.content-button')].find((row) => row.textContent.includes('gemini-3-pro-preview'))";
    visitor.until(&format!("{row} !== undefined")).await?;
    let rows = visitor.value("document.querySelectorAll('ms-model-carousel-row').length").await?;
    assert_eq!(rows, 7, "neither the embedding nor the speech model is for chats");
    visitor.client.execute(&format!("{row}.click()"), vec![]).await?;
    visitor.until(&format!("{shown} === 'gemini-3-pro-preview'")).await?;

    visitor.open("/prompts/new_chat").await?;
    assert_eq!(visitor.value(shown).await?, "gemini-3-pro-preview", "the preference was written");
    let preference = "const stored = JSON.parse(localStorage.aiStudioUserPreference);
        localStorage.aiStudioUserPreference = JSON.stringify({ ...stored, promptModel: 'models/gemini-2.0-flash', isAdvancedOpen: true });";
    visitor.client.execute(preference, vec![]).await?;
    visitor.open("/prompts/new_chat?model=no-such-model").await?;
    assert_eq!(visitor.value(shown).await?, "gemini-2.0-flash", "the preference was read");
    assert_eq!(
        visitor.value("document.querySelector('[aria-label=\"Maximum output tokens\"]').value").await?,
        "8192"
    );
    visitor.end().await
}
