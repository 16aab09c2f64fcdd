//! Browsers that are shown to a person.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use postern_aistudio::{Fleet, FleetLimits, ShowError, Studio};
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Event, FailureKind};
use postern_tests::{Layout, Misbehaviour, Scenario, screen};

use crate::cancel::held_back;
use crate::house::{House, question};

const PATIENCE: Duration = Duration::from_secs(60);

/// A screen that nobody looks at.
struct Screen {
    server: Child,
    name: String,
}

impl Screen {
    fn open() -> Self {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { server, name: format!(":{}", line.trim()) }
    }

    /// Moves mouse and keys as a hand would.
    fn hand(&self, moves: &[&str]) {
        let done = Command::new("xdotool").env("DISPLAY", &self.name).args(moves).status().unwrap();
        assert!(done.success());
    }

    fn windows(&self) -> usize {
        screen::windows(&self.name).unwrap()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

async fn house(screen: &Screen, fleet: &Fleet) -> House {
    House::with(Layout::default(), |config| {
        config.browser.args.push(format!("--display={}", screen.name));
        config.browser.args.push("--ozone-platform=x11".into());
        config.fleet = fleet.clone();
    })
    .await
}

async fn becomes(studio: &Studio, wanted: impl Fn(&Studio) -> bool) {
    let mut states = studio.subscribe();
    let there = async {
        while !wanted(studio) {
            states.changed().await.unwrap();
        }
    };
    assert!(tokio::time::timeout(PATIENCE, there).await.is_ok(), "{studio:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_does_in_the_window_what_the_site_asks_and_the_account_goes_on_by_itself() {
    let screen = Screen::open();
    let fleet = Fleet::new(FleetLimits { max_live: 1, idle_stop: Some(Duration::from_millis(1)) });
    let house = house(&screen, &fleet).await;
    let studio = &house.studio;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Verification));
    assert!(matches!(studio.check().await, State::NeedsVerification { .. }));
    assert_eq!((studio.is_running(), screen.windows()), (false, 0));

    studio.show(true).await.unwrap();
    assert!(studio.is_shown() && studio.is_running());
    assert_eq!(screen.windows(), 1);
    // The window is the person's: no request touches it, and it stays however idle it is.
    let visits = house.site.visits().len();
    let failure = house.fails(FailureKind::NeedsVerification).await;
    assert!(failure.message.contains("window"), "{failure}");
    assert!(matches!(studio.check().await, State::NeedsVerification { .. }));
    studio.show(true).await.unwrap();
    assert_eq!((house.site.visits().len(), screen.windows()), (visits, 1));

    screen.hand(&["mousemove", "700", "800", "click", "1", "key", "Tab", "key", "Return"]);
    becomes(studio, |studio| studio.state() == State::Ready).await;
    house.works().await;
    assert!(studio.is_shown() && house.site.records().len() == 1);

    // Closing the window is no crash, and the account goes on without one.
    screen::close_windows(&screen.name).unwrap();
    becomes(studio, |studio| !studio.is_running()).await;
    assert_eq!((studio.state(), studio.is_shown(), fleet.live()), (State::Ready, false, 0));
    house.works().await;
    assert_eq!(screen.windows(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_is_put_away_again_and_refused_where_none_can_be() {
    let screen = Screen::open();
    let fleet = Fleet::new(FleetLimits { max_live: 1, idle_stop: None });
    let house = house(&screen, &fleet).await;
    let studio = &house.studio;
    studio.show(true).await.unwrap();
    assert_eq!((studio.state(), screen.windows()), (State::Ready, 1));
    studio.show(false).await.unwrap();
    assert_eq!((studio.state(), studio.is_shown(), screen.windows()), (State::Ready, false, 0));

    house.site.set_scenario(held_back());
    let mut stream = studio.chat(RequestId::new("r"), Arc::new(question("Tell me")));
    while !matches!(stream.next().await.unwrap().unwrap(), Event::Text { .. }) {}
    assert_eq!(studio.show(true).await, Err(ShowError::Busy));
    // Another account finds every place taken.
    let second = house.another("second", |config| {
        config.browser.args.push(format!("--display={}", screen.name));
        config.fleet = fleet.clone();
    });
    assert_eq!(second.show(true).await, Err(ShowError::Full));
    house.site.open_gate("go");
    assert!(stream.all(|event| async move { event.is_ok() }).await);
    second.set_enabled(false);
    assert_eq!(second.show(true).await, Err(ShowError::Off));
    second.close().await;
    assert_eq!(second.show(true).await, Err(ShowError::Gone));

    let far = house.another("far", |config| config.browser.webdriver_url = Some("http://127.0.0.1:9".into()));
    assert_eq!(far.show(true).await, Err(ShowError::Remote));
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        let blind = house.another("blind", |_| {});
        assert_eq!(blind.show(true).await, Err(ShowError::NoScreen));
    }
    house.close().await;
}
