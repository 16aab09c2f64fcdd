use std::time::Duration;

use super::visitor::Visitor;
use crate::{Misbehaviour, Outcome, Scenario};

const ENDED: &str = "document.querySelector('.toast .content-text')?.textContent";

#[tokio::test]
async fn failures_are_told_apart_on_the_page_and_pass() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    let cases = [
        (Misbehaviour::Quota, 429, "exceeded quota"),
        (Misbehaviour::Refused, 403, "permission denied"),
        (Misbehaviour::ServerError, 500, "Please try again."),
        (Misbehaviour::BadArgument, 400, "token count"),
        (Misbehaviour::ExpiredSession, 401, "signed out"),
    ];
    for (misbehaviour, status, words) in cases {
        visitor.open("/prompts/new_chat?temporary=true").await?;
        visitor.site.set_scenario(Scenario::misbehaving(misbehaviour).times(1));
        visitor.run("Hi").await?;
        let toast = visitor.until(ENDED).await?;
        assert!(toast.as_str().is_some_and(|toast| toast.contains(words)), "{misbehaviour:?}: {toast}");
        let callouts =
            visitor.value("document.querySelectorAll('ms-callout.error-callout .message').length").await?;
        assert_eq!(callouts, u8::from(misbehaviour == Misbehaviour::Quota));
        visitor.finished().await?;
        if misbehaviour == Misbehaviour::Refused {
            visitor.exchange("Only another page can do it").await?;
            visitor
                .site
                .wait_for(|records| {
                    records.last().is_some_and(|last| last.outcome == Outcome::Failed { status })
                })
                .await?;
            visitor.site.clear_records();
            visitor.open("/prompts/new_chat?temporary=true").await?;
            visitor.exchange("As this one").await?;
            assert_eq!(visitor.site.records()[0].outcome, Outcome::Complete);
            visitor.site.clear_records();
            continue;
        }
        visitor.exchange("Once more").await?;
        let outcomes: Vec<_> = visitor.site.records().iter().map(|record| record.outcome).collect();
        assert_eq!(outcomes, [Outcome::Failed { status }, Outcome::Complete]);
        visitor.site.clear_records();
    }
    visitor.end().await
}

#[tokio::test]
async fn answers_can_break_off_end_early_or_come_late() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    visitor.open("/prompts/new_chat?temporary=true").await?;
    visitor.site.set_scenario(Scenario::misbehaving(Misbehaviour::Cut).times(1));
    visitor.run("Cut").await?;
    visitor.until(&format!("{ENDED}?.includes('xhr error')")).await?;
    visitor.finished().await?;
    assert_eq!(visitor.site.records()[0].outcome, Outcome::Cut);

    visitor.site.set_scenario(Scenario::misbehaving(Misbehaviour::Stall).times(1));
    visitor.run("Stall").await?;
    visitor.site.wait_for(|records| records.len() == 2 && records[1].sent.len() == 2).await?;
    visitor.press("button[aria-label='Stop generating']").await?;
    visitor.site.wait_for(|records| records[1].aborted()).await?;
    visitor.finished().await?;

    for (misbehaviour, marks) in [
        (
            Misbehaviour::Blocked,
            "document.querySelector('ms-chat-turn:last-of-type .model-error')?.textContent.includes('Content blocked')",
        ),
        (
            Misbehaviour::MaxTokens,
            "document.querySelector('ms-chat-turn:last-of-type ms-cmark-node')?.textContent.startsWith('You sent')",
        ),
        (
            Misbehaviour::EmptyAnswer,
            "document.querySelector('ms-chat-turn:last-of-type .turn-content')?.textContent === ''",
        ),
        (
            Misbehaviour::ThoughtsOnly,
            "document.querySelector('ms-chat-turn:last-of-type ms-thought-chunk') !== null",
        ),
        (
            Misbehaviour::SlowFirstByte(Duration::from_millis(300)),
            "document.querySelector('ms-chat-turn:last-of-type .turn-footer') !== null",
        ),
    ] {
        visitor.site.set_scenario(Scenario::misbehaving(misbehaviour).times(1));
        visitor.exchange("Go").await?;
        visitor.until(marks).await?;
    }
    let slow = visitor.site.records().pop().expect("a record");
    assert!(slow.sent[0].at.0 - slow.arrived.0 >= Duration::from_millis(300));
    visitor.end().await
}

#[tokio::test]
async fn the_way_to_the_page_can_be_barred() -> anyhow::Result<()> {
    let visitor = Visitor::start().await?;
    for (misbehaviour, address, words) in [
        (Misbehaviour::ExpiredSession, "https://accounts.google.com/v3/signin/identifier", "Sign in"),
        (Misbehaviour::Verification, "https://accounts.google.com/v3/signin/challenge", "Verify"),
        (Misbehaviour::UnusualTraffic, "https://www.google.com/sorry/", "unusual traffic"),
        (Misbehaviour::RegionBlocked, "https://aistudio.google.com/prompts/", "Available regions"),
    ] {
        visitor.site.set_scenario(Scenario::misbehaving(misbehaviour).times(1));
        visitor.go("/prompts/new_chat").await?;
        let url = visitor.client.current_url().await?;
        assert!(url.as_str().starts_with(address), "{misbehaviour:?} leads to {url}");
        assert!(visitor.text("document.body.textContent").await?.contains(words));
        visitor.open("/prompts/new_chat").await?;
    }
    visitor.site.set_scenario(Scenario::misbehaving(Misbehaviour::ExpiredSession));
    visitor.go("/prompts/new_chat?model=gemini-2.5-pro").await?;
    visitor.press("a[role=button]").await?;
    visitor
        .until("document.querySelector('[data-test-id=model-name]')?.textContent === 'gemini-2.5-pro'")
        .await?;
    visitor
        .client
        .goto("https://accounts.google.com/ServiceLogin?continue=https://aistudio.google.com/")
        .await?;
    assert_eq!(
        visitor.client.current_url().await?.path(),
        "/prompts/new_chat",
        "a valid session bounces back"
    );
    visitor.end().await
}
