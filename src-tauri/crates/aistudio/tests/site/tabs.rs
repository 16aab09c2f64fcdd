//! Accounts that answer in several tabs at once.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use postern_aistudio::{Config, Fleet, FleetLimits, Studio};
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, Failure, FailureKind, Finish, Role};
use postern_tests::{Answer, Frame, Layout, Part, Scenario, Script, Step};

use crate::crash::kill_browser;
use crate::house::{House, ask, conversation, question};

const PATIENCE: Duration = Duration::from_secs(60);

async fn house(change: impl FnOnce(&mut Config)) -> House {
    House::with(Layout::default(), |config| {
        config.tabs = 2;
        change(config);
    })
    .await
}

/// The next answer begins and then waits for this gate.
fn hold_back(house: &House, gate: &str) {
    let frame =
        |text: &str| Step::Frame(Frame { parts: vec![Part::Text(text.to_owned())], ..Frame::default() });
    let steps = vec![frame("begun "), Step::Gate(gate.to_owned()), frame("done")];
    let script = Script { steps, ..Script::default() };
    house.site.set_scenario(Scenario::answering(Answer::Script(script)).times(1));
}

type Stream = BoxStream<'static, Result<Event, Failure>>;

/// A request whose answer has begun and waits for this gate.
async fn begun(house: &House, gate: &str) -> Stream {
    hold_back(house, gate);
    let mut stream = house.studio.chat(RequestId::new(gate), Arc::new(question(gate)));
    while !matches!(stream.next().await.unwrap().unwrap(), Event::Text { .. }) {}
    stream
}

async fn ends(stream: Stream) -> Result<Event, Failure> {
    stream.collect::<Vec<_>>().await.pop().unwrap()
}

async fn sleeps(studio: &Studio) {
    let mut states = studio.subscribe();
    let asleep = async {
        while studio.is_running() {
            states.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, asleep).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_are_answered_at_once_in_one_browser_and_each_chat_goes_on_in_its_tab() {
    let fleet = Fleet::default();
    let house = house(|config| config.fleet = fleet.clone()).await;
    assert_eq!(house.studio.lanes(), 2);
    let one = begun(&house, "one").await;
    let two = begun(&house, "two").await;
    assert_eq!((house.studio.pending(), fleet.live()), (2, 1));
    let records = house.site.records();
    assert!(records[0].overlaps(&records[1]) && records.iter().all(|record| record.ended.is_none()));
    house.site.open_gate("one");
    house.site.open_gate("two");
    for stream in [two, one] {
        assert_eq!(ends(stream).await, Ok(Event::Finished(Finish::Stop)));
    }

    let (left, right) = (question("Left"), question("Right"));
    let (said, told) = tokio::join!(ask(&house.studio, left, |_| {}), ask(&house.studio, right, |_| {}));
    for (first, said, next) in
        [("Left", said.unwrap().text(), "Left on"), ("Right", told.unwrap().text(), "Right on")]
    {
        assert_eq!(said, postern_tests::echo_text(first));
        let talk = conversation(&[(Role::User, first), (Role::Assistant, &said), (Role::User, next)]);
        assert!(house.studio.holds(&talk));
        assert_eq!(house.ask(talk).await.unwrap().text(), postern_tests::echo_text(next));
        let record = house.site.records().pop().unwrap();
        assert_eq!((record.contents.len(), record.prompt()), (3, next), "it goes on in place");
    }

    // Who goes away stops his own answer, and no other.
    let stays = begun(&house, "stays").await;
    let leaves = begun(&house, "leaves").await;
    let before = house.site.records().len();
    drop(leaves);
    house.site.wait_for(|records| records[before - 1].aborted()).await.unwrap();
    house.site.open_gate("stays");
    assert_eq!(ends(stays).await, Ok(Event::Finished(Finish::Stop)));
    house.close().await;
    assert_eq!(fleet.live(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_of_two_tabs_lives_and_dies_for_both() {
    let fleet = Fleet::new(FleetLimits { max_live: 1, idle_stop: Some(Duration::from_millis(1)) });
    let house = house(|config| config.fleet = fleet.clone()).await;
    let studio = &house.studio;
    // It is not idle while the other tab answers.
    let one = begun(&house, "one").await;
    let two = begun(&house, "two").await;
    house.site.open_gate("one");
    assert_eq!(ends(one).await, Ok(Event::Finished(Finish::Stop)));
    house.site.open_gate("two");
    assert_eq!(ends(two).await, Ok(Event::Finished(Finish::Stop)));
    sleeps(studio).await;
    assert_eq!(studio.state(), State::Ready);

    fleet.set_limits(FleetLimits { max_live: 1, idle_stop: None });
    let (one, two) = (begun(&house, "three").await, begun(&house, "four").await);
    kill_browser(&house.dir.path().join("profile"));
    for stream in [one, two] {
        assert_eq!(ends(stream).await.unwrap_err().kind, FailureKind::Interrupted);
    }
    let (one, two) = (begun(&house, "five").await, begun(&house, "six").await);
    // Switched off, it ends both first.
    studio.set_enabled(false);
    house.site.open_gate("five");
    house.site.open_gate("six");
    for stream in [one, two] {
        assert_eq!(ends(stream).await, Ok(Event::Finished(Finish::Stop)));
    }
    let mut states = studio.subscribe();
    let off = states.wait_for(|state| *state == State::Off);
    tokio::time::timeout(PATIENCE, off).await.unwrap().unwrap();
    assert_eq!(fleet.live(), 0);
    house.close().await;
}
