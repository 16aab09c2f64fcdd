//! Callers that go away.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::Event;
use postern_tests::{Answer, Frame, Layout, Outcome, Part, Scenario, Script, Step, Variant};

use crate::house::{House, question};

/// An answer that begins and then waits for a gate.
pub(crate) fn held_back() -> Scenario {
    let frame =
        |text: &str| Step::Frame(Frame { parts: vec![Part::Text(text.to_owned())], ..Frame::default() });
    let steps = vec![frame("The first words "), Step::Gate("go".to_owned()), frame("of an old answer")];
    Scenario::answering(Answer::Script(Script { steps, ..Script::default() })).times(1)
}

async fn stops(variant: Variant) {
    let house = House::with(Layout::of(variant), |_| {}).await;
    house.works().await;
    house.site.set_scenario(held_back());
    let mut stream = house.studio.chat(RequestId::new("gone"), Arc::new(question("Tell me")));
    loop {
        if let Event::Text { text } = stream.next().await.unwrap().unwrap() {
            break assert_eq!(text, "The first words ");
        }
    }
    drop(stream);
    house.site.wait_for(|records| records[1].aborted() && records[1].stop_pressed.is_some()).await.unwrap();
    house.site.open_gate("go");
    house.works().await;
    assert_eq!(house.site.records().len(), 3);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_stops_the_page() {
    stops(Variant::PromptBox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_older_page_too() {
    stops(Variant::InputWrapper).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_request_that_is_dropped_is_never_sent() {
    let house = House::open().await;
    let first = house.studio.chat(RequestId::new("a"), Arc::new(question("First")));
    let second = house.studio.chat(RequestId::new("b"), Arc::new(question("Second")));
    assert_eq!(house.studio.pending(), 2);
    drop(second);
    let events: Vec<_> = first.collect().await;
    assert!(matches!(events.last(), Some(Ok(Event::Finished(_)))));
    house.works().await;
    let prompts: Vec<String> = house.site.records().iter().map(|record| record.prompt().to_owned()).collect();
    assert_eq!(prompts, ["First", "Still there?"]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_ends_the_filling_of_the_form() {
    // The page never shows its editor, so that its first load is waited for long.
    let house = House::with(Layout { broken: true, ..Layout::default() }, |_| {}).await;
    let mut state = house.studio.subscribe();
    let stream = house.studio.chat(RequestId::new("gone"), Arc::new(question("Hi")));
    state.wait_for(|state| *state == State::Busy).await.unwrap();
    while house.site.visits().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(stream);
    let over = state.wait_for(|state| *state != State::Busy);
    tokio::time::timeout(Duration::from_secs(30), over).await.unwrap().unwrap();
    house.site.set_layout(Layout::default());
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_was_not_seen_to_stop_is_loaded_again() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("selectors.toml");
    std::fs::write(&file, "[selectors]\nstop = [\"#nothing\"]\n").unwrap();
    let house = House::with(Layout::default(), |config| config.selectors_file = Some(file.clone())).await;
    house.site.set_scenario(held_back());
    let mut stream = house.studio.chat(RequestId::new("gone"), Arc::new(question("Tell me")));
    while !matches!(stream.next().await.unwrap().unwrap(), Event::Text { .. }) {}
    drop(stream);
    house.site.open_gate("go");
    house.site.wait_for(|records| records[0].outcome == Outcome::Complete).await.unwrap();
    house.works().await;
    assert_eq!(house.site.visits().len(), 2);
    house.close().await;
}
