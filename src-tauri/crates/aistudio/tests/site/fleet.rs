//! Browsers that share a machine: how many live at once, and for how long without work.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use postern_aistudio::{Fleet, FleetLimits, Studio};
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, Step};
use postern_tests::Layout;

use crate::crash::browsers;
use crate::house::{House, ask, question};

/// Waits until the account's browser is closed.
async fn sleeps(studio: &Studio) {
    let mut states = studio.subscribe();
    let asleep = async {
        while studio.is_running() {
            states.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asleep).await.unwrap();
}

fn alive(profiles: &[PathBuf]) -> usize {
    profiles.iter().filter(|profile| !browsers(profile).is_empty()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_browser_is_closed_and_its_memory_comes_back() {
    let fleet = Fleet::default();
    let house = House::with(Layout::default(), |config| config.fleet = fleet.clone()).await;
    let profile = [house.dir.path().join("profile")];
    house.works().await;
    assert!(postern_browser::memory(&profile[0]).is_some_and(|bytes| bytes > 10 << 20));
    assert_eq!((alive(&profile), fleet.live()), (1, 1));

    let none = FleetLimits { idle_stop: Some(Duration::from_millis(1)), ..fleet.limits() };
    fleet.set_limits(none);
    sleeps(&house.studio).await;
    assert_eq!((alive(&profile), postern_browser::memory(&profile[0])), (0, None));
    // It can be used as before, and nobody has to look at it anew.
    assert_eq!(house.studio.state(), State::Ready);
    let visits = house.site.visits().len();
    assert!(!house.studio.models().await.unwrap().is_empty() && house.studio.identity().is_some());
    assert_eq!((house.site.visits().len(), alive(&profile)), (visits, 0));

    fleet.set_limits(FleetLimits { idle_stop: None, ..none });
    house.works().await;
    assert_eq!((house.studio.state(), alive(&profile)), (State::Ready, 1));
    house.close().await;
    assert_eq!(fleet.live(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_browsers_live_than_allowed_and_every_request_is_answered() {
    let fleet = Fleet::new(FleetLimits { max_live: 1, idle_stop: None });
    let house = House::open().await;
    let names = ["one", "two", "three"];
    let accounts = names.map(|name| house.another(name, |config| config.fleet = fleet.clone()));
    let profiles = names.map(|name| house.dir.path().join(name).join("profile"));
    let seen = Mutex::new(Vec::new());
    let (turns, most) = (Mutex::new(0), |seen: &[usize]| seen.iter().copied().max());
    let asked = (0..6).map(|number| {
        let (account, profiles, seen, turns) = (&accounts[number % 3], &profiles, &seen, &turns);
        let prompt = format!("{} asks {number}", account.name());
        async move {
            let look = |event: &Event| {
                *turns.lock().unwrap() += usize::from(*event == Event::Step(Step::Turn));
                seen.lock().unwrap().push(alive(profiles));
            };
            let answer = ask(account, question(&prompt), look).await.unwrap();
            assert_eq!(answer.text(), postern_tests::echo_text(&prompt));
        }
    });
    join_all(asked).await;
    let seen = seen.into_inner().unwrap();
    assert_eq!(most(&seen), Some(1), "{seen:?}");
    assert!(*turns.lock().unwrap() >= 2, "those that had to wait say so");
    assert_eq!(house.site.records().len(), 6);
    // Who had to make room is as ready as before.
    assert!(accounts.iter().all(|account| account.state() == State::Ready));
    assert_eq!(accounts.iter().filter(|account| account.is_running()).count(), 1);
    join_all(accounts.iter().map(Studio::close)).await;
    assert_eq!((alive(&profiles), fleet.live()), (0, 0));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_pauses_between_its_requests_but_not_before_it_stops() {
    const PAUSE: Duration = Duration::from_secs(2);
    let house = House::open().await;
    let slow = house.another("slow", |config| config.pause = PAUSE);
    let mut waited = false;
    ask(&slow, question("Hi"), |event| waited |= *event == Event::Step(Step::Turn)).await.unwrap();
    assert!(!waited, "there is nothing to wait for before the first one");
    ask(&slow, question("Hi"), |_| {}).await.unwrap();
    let records = house.site.records();
    let (ended, pressed) = (records[0].ended.unwrap().0, records[1].run_pressed.unwrap().0);
    // The page counts in milliseconds.
    assert!(pressed.duration_since(ended) + Duration::from_millis(5) >= PAUSE, "{records:?}");
    slow.close().await;

    let lazy = house.another("lazy", |config| config.pause = Duration::from_secs(3600));
    ask(&lazy, question("Hi"), |_| {}).await.unwrap();
    let mut waiting = lazy.chat(RequestId::new("w"), question("Too soon").into());
    while waiting.next().await.unwrap().unwrap() != Event::Step(Step::Form) {}
    drop(waiting);
    let mut states = lazy.subscribe();
    lazy.set_enabled(false);
    let off = states.wait_for(|state| *state == State::Off);
    tokio::time::timeout(Duration::from_secs(60), off).await.unwrap().unwrap();
    assert_eq!(house.site.records().len(), 3, "what was cancelled in the pause is not sent");
    lazy.close().await;
    house.close().await;
}
