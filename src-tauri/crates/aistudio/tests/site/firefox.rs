//! An account that is served with Firefox.

use postern_aistudio::Config;
use postern_browser::find::{self, Kind};
use postern_browser::{CaptureMode, Options};
use postern_protocol::account::State;
use postern_protocol::chat::{Event, Finish, Message, Role};
use postern_tests::{Fox, Layout, Standin, all_there, echo_text, echo_thought};

use crate::house::{House, ask, question};

/// The Firefox that is installed; `None` where there is none and tests may be left out.
fn installed() -> Option<find::Choice> {
    let found = find::choices(&Options::default()).into_iter().find(|choice| choice.kind() == Kind::Firefox);
    let fit = found.filter(|choice| choice.obstacle().is_none());
    let missing: &[&str] = if fit.is_some() { &[] } else { &["Firefox with geckodriver"] };
    let there = all_there(missing);
    fit.filter(|_| there)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_is_streamed_and_goes_on() {
    let Some(fox) = installed() else { return };
    let standin = Standin::start().await.unwrap();
    let tame = Fox::tame(fox.path(), &standin).await.unwrap();
    let with_fox = |config: &mut Config| {
        config.browser.path = Some(tame.program());
        config.browser.args.clear();
        config.browser.capture = CaptureMode::Network;
    };
    let house = House::at(standin, Layout::default(), with_fox);
    let mut pieces = 0;
    let look = |event: &Event| pieces += usize::from(matches!(event, Event::Text { .. }));
    let mut request = question("Hello 👋🏽");
    let answer = ask(&house.studio, request.clone(), look).await.unwrap();
    assert_eq!(answer.text(), echo_text("Hello 👋🏽"));
    assert_eq!(answer.reasoning(), echo_thought("Hello 👋🏽"));
    assert_eq!(answer.finish(), Some(Finish::Stop));
    assert_eq!(answer.warnings, Vec::<String>::new());
    assert!(pieces > 1, "it came in {pieces} pieces");
    assert_eq!(house.studio.state(), State::Ready);
    assert!(house.studio.browser_version().unwrap().starts_with("Firefox "));

    request
        .messages
        .extend([Message::text(Role::Assistant, answer.text()), Message::text(Role::User, "And?")]);
    house.ask(request).await.unwrap();
    let records = house.site.records();
    assert_eq!((records[0].prompt(), records[1].contents.len()), ("Hello 👋🏽", 3));
    assert_eq!(house.site.visits().len(), 1, "the chat went on in its page");
    house.studio.close().await;

    // However many tabs are wanted, it has one, in which requests wait for each other.
    let again = house.another("again", |config| {
        with_fox(config);
        config.profile_dir = house.dir.path().join("profile");
        config.tabs = 3;
    });
    let both = tokio::join!(ask(&again, question("One"), |_| {}), ask(&again, question("Two"), |_| {}));
    assert_eq!((both.0.unwrap().text(), both.1.unwrap().text()), (echo_text("One"), echo_text("Two")));
    again.close().await;
}
