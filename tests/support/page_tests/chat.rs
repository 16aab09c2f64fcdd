use super::visitor::Visitor;
use crate::{Layout, Outcome, Record, Scenario, Script, Usage, echo_text, echo_thought};

const ANSWER: &str = "document.querySelector('ms-chat-turn:last-of-type ms-text-chunk:not(:has(ms-thought-chunk))')?.textContent";

fn done(count: usize) -> impl Fn(&[Record]) -> bool {
    move |records| records.len() == count && records.iter().all(|record| record.outcome == Outcome::Complete)
}

#[tokio::test]
async fn an_answer_streams_in_and_the_next_request_carries_the_conversation() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?model=gemini-3-pro-preview").await?;
    let usage = Usage { prompt: 2, output: 3, ..Usage::default() };
    let script = Script::new().thought("Let me see.").text("First, ").gate("more").text("**last**.");
    visitor.site.set_scenario(Scenario::answering(script.finish(1, usage)).times(1));
    visitor.run("Hello").await?;
    visitor.until(&format!("{ANSWER}?.startsWith('First,')")).await?;
    assert_eq!(visitor.value("document.querySelector('ms-run-button button').textContent").await?, "Stop");
    visitor.site.open_gate("more");
    visitor.finished().await?;
    assert_eq!(visitor.text(ANSWER).await?, "First, last.", "bold is shown, not written");
    visitor.until("document.querySelector('.turn-footer button[iconname=thumb_up]') !== null").await?;

    visitor.press("ms-chat-turn:last-of-type button[aria-label=Edit]").await?;
    let raw = "document.querySelector('ms-chat-turn:last-of-type ms-text-chunk textarea')?.value";
    assert_eq!(visitor.until(raw).await?, "First, **last**.");
    visitor.press("button[aria-label='Stop editing']").await?;

    visitor.exchange("And now?").await?;
    let records = visitor.site.wait_for(done(2)).await?;
    let spoken: Vec<_> =
        records[1].contents.iter().map(|turn| (turn.role.as_str(), turn.text.as_str())).collect();
    assert_eq!(spoken, [("user", "Hello"), ("model", "First, **last**."), ("user", "And now?")]);
    assert_eq!(records[0].model, "gemini-3-pro-preview");
    let pressed = records[0].run_pressed.expect("the page says when Run was pressed");
    assert!(pressed <= records[0].arrived && records[0].arrived <= records[0].sent[0].at);
    visitor.end().await
}

#[tokio::test]
async fn run_follows_events_and_not_the_value_of_the_box() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true").await?;
    let disabled = "document.querySelector('button[aria-label=Run]').disabled";
    assert_eq!(visitor.value(disabled).await?, true);
    visitor
        .client
        .execute("document.querySelector('[formcontrolname=promptText]').value = 'unseen'", vec![])
        .await?;
    assert_eq!(visitor.value(disabled).await?, true, "no event, no prompt");

    let prompt = "0123456789".repeat(10_000) + "🌍";
    visitor.fill("[formcontrolname=promptText]", &prompt).await?;
    visitor.until("document.querySelector('.v3-token-count-value').textContent === '25,001'").await?;
    let area = visitor.client.find(fantoccini::Locator::Css("[formcontrolname=promptText]")).await?;
    area.send_keys("\u{e009}\u{e007}").await?;
    let records = visitor.site.wait_for(done(1)).await?;
    assert_eq!(records[0].prompt(), prompt);
    assert!(records[0].temporary);
    visitor.finished().await?;
    assert_eq!(visitor.text(ANSWER).await?.replace("\n", ""), echo_text(&prompt).replace("\n", ""));
    assert!(visitor.site.saved_chats().is_empty(), "a temporary chat is not saved");
    visitor.press("mat-expansion-panel-header").await?;
    let thought = visitor.until("document.querySelector('.mat-expansion-panel-body')?.textContent").await?;
    assert_eq!(thought, echo_thought(&prompt).replace("**", "").replace("\n", ""));
    visitor.end().await
}

#[tokio::test]
async fn stop_ends_the_request_and_the_chat_goes_on() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true").await?;
    visitor.site.set_scenario(Scenario::answering(Script::new().text("Begun ").gate("never")).times(1));
    visitor.run("Talk").await?;
    visitor.until(&format!("{ANSWER}?.startsWith('Begun')")).await?;
    visitor.press("button[aria-label='Stop generating']").await?;
    let stopped = |records: &[Record]| records[0].aborted() && records[0].stop_pressed.is_some();
    let records = visitor.site.wait_for(stopped).await?;
    assert_eq!(records[0].sent.len(), 1);
    visitor.finished().await?;
    visitor.exchange("Again").await?;
    let records = visitor.site.wait_for(|records| records.len() == 2).await?;
    assert_eq!((records[1].outcome, records[1].stop_pressed), (Outcome::Complete, None));
    visitor.end().await
}

#[tokio::test]
async fn a_chat_is_saved_reopened_and_thrown_away() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/u/0/prompts/new_chat").await?;
    visitor.exchange("Keep this").await?;
    visitor.until("!location.pathname.includes('new_chat')").await?;
    let address = visitor.client.current_url().await?;
    let saved = visitor.site.saved_chats();
    assert_eq!(address.path(), format!("/u/0/prompts/{}", saved[0].id));
    visitor.open(address.path()).await?;
    visitor.until("document.querySelectorAll('ms-chat-turn').length === 2").await?;

    visitor.site.set_layout(Layout::default());
    visitor.open("/app/prompts/new_chat?temporary=true").await?;
    visitor.exchange("Forget this").await?;
    visitor.press("button[aria-label='New chat']").await?;
    visitor.until("document.querySelector('[role=dialog]') !== null").await?;
    visitor.press(".mat-mdc-dialog-inner-container button.ms-button-primary").await?;
    visitor.until("document.querySelectorAll('ms-chat-turn').length === 0").await?;
    let toggle = "document.querySelector('[data-test-incognito-toggle]').getAttribute('aria-pressed')";
    assert_eq!(visitor.value(toggle).await?, "false", "a new chat is an ordinary one");
    visitor.end().await
}
