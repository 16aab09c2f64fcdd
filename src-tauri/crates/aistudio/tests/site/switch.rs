//! Accounts that their owner switches off and on.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, FailureKind, Finish};

use crate::cancel::held_back;
use crate::house::{House, question};

const PATIENCE: Duration = Duration::from_secs(30);

async fn becomes(house: &House, wanted: State) {
    let mut states = house.studio.subscribe();
    let there = states.wait_for(|state| *state == wanted);
    tokio::time::timeout(PATIENCE, there).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_off_takes_no_requests_and_needs_no_browser() {
    let house = House::open().await;
    house.works().await;
    house.studio.set_enabled(false);
    assert_eq!(house.studio.state(), State::Off, "at once");
    let failure = house.fails(FailureKind::Unavailable).await;
    assert!(failure.message.contains("demo") && failure.message.contains("switched off"), "{failure}");
    #[cfg(target_os = "linux")]
    assert!(crate::crash::browsers(&house.dir.path().join("profile")).is_empty());
    let visits = house.site.visits().len();
    assert_eq!(house.studio.check().await, State::Off);
    assert!(house.studio.warm().await.is_err() && house.studio.refresh_models().await.is_err());
    assert_eq!(house.site.visits().len(), visits, "nobody went to the site");
    house.studio.set_enabled(true);
    becomes(&house, State::NotChecked).await;
    house.works().await;
    assert_eq!((house.studio.state(), house.studio.is_enabled()), (State::Ready, true));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_switched_off_ends_its_answer_first() {
    let house = House::open().await;
    house.site.set_scenario(held_back());
    let mut stream = house.studio.chat(RequestId::new("r"), Arc::new(question("Tell me")));
    while !matches!(stream.next().await.unwrap().unwrap(), Event::Text { .. }) {}
    let waiting = house.studio.chat(RequestId::new("w"), Arc::new(question("Me too")));
    house.studio.set_enabled(false);
    assert_eq!(house.studio.state(), State::Busy);
    house.site.open_gate("go");
    let rest: Vec<_> = stream.collect().await;
    assert_eq!(rest.last(), Some(&Ok(Event::Finished(Finish::Stop))));
    let told: Vec<_> = waiting.collect().await;
    let failure = told.last().unwrap().as_ref().unwrap_err();
    assert!(failure.message.contains("switched off"), "{failure}");
    becomes(&house, State::Off).await;
    assert_eq!(house.site.records().len(), 1, "who waited was not sent");
    house.close().await;
}
