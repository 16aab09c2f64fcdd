//! Browsers that die.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use futures::StreamExt;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, FailureKind};

use crate::cancel::held_back;
use crate::house::{House, question};

/// Every process that runs on this profile.
pub(crate) fn browsers(profile: &Path) -> Vec<String> {
    let mark = format!("--user-data-dir={}", profile.display());
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|process| {
            let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(&mark)
        })
        .map(|process| process.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Ends them without asking.
pub(crate) fn kill_browser(profile: &Path) {
    let pids = browsers(profile);
    assert!(!pids.is_empty(), "no browser runs on {}", profile.display());
    Command::new("kill").arg("-9").args(&pids).status().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_dies_in_an_answer_interrupts_it_and_comes_back() {
    let house = House::open().await;
    house.site.set_scenario(held_back());
    let mut stream = house.studio.chat(RequestId::new("r"), Arc::new(question("Tell me")));
    while !matches!(stream.next().await.unwrap().unwrap(), Event::Text { .. }) {}
    kill_browser(&house.dir.path().join("profile"));
    let failure = loop {
        if let Err(failure) = stream.next().await.unwrap() {
            break failure;
        }
    };
    assert_eq!(failure.kind, FailureKind::Interrupted);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_died_in_between_is_noticed_and_comes_back() {
    let house = House::open().await;
    house.works().await;
    let mut state = house.studio.subscribe();
    kill_browser(&house.dir.path().join("profile"));
    state.wait_for(|state| *state == State::NotChecked).await.unwrap();
    house.works().await;
    assert_eq!(house.studio.state(), State::Ready);
    house.close().await;
}
