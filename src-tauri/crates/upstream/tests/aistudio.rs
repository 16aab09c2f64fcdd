//! Accounts of AI Studio as one upstream, on the stand-in site in a real Chromium.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use postern_aistudio::{Config, Fleet, Studio};
use postern_browser::Options;
use postern_protocol::RequestId;
use postern_protocol::account::State;
use postern_protocol::chat::{Completion, Event, Failure, FailureKind, Message, Request, Role, Step};
use postern_tests::{Misbehaviour, Scenario, Standin};
use postern_upstream::{AiStudio, Call, Upstream};
use tokio::time::timeout;

const MODEL: &str = "gemini-3-flash-preview";

fn account(standin: &Standin, dir: &Path, name: &str) -> Studio {
    let mut args: Vec<String> = ["--no-sandbox", "--disable-gpu"].map(str::to_owned).to_vec();
    args.extend(standin.browser_args());
    let home = dir.join(name);
    Studio::open(Config {
        url: "https://aistudio.google.com".into(),
        browser: Options { headless: true, args, log_dir: home.join("logs"), ..Options::default() },
        profile_dir: home.join("profile"),
        name: name.into(),
        temporary_chat: true,
        selectors_file: None,
        snapshots_dir: home.join("snapshots"),
        max_snapshots: 1,
        first_byte_timeout: Duration::from_secs(60),
        silence_timeout: Duration::from_secs(60),
        pause: Duration::ZERO,
        fleet: Fleet::default(),
        tabs: 1,
    })
}

fn call(messages: &[(Role, &str)]) -> Call {
    let messages = messages.iter().map(|(role, text)| Message::text(*role, *text)).collect();
    let request = Request { model: MODEL.into(), messages, ..Request::default() };
    Call { id: RequestId::new("test"), request: Arc::new(request) }
}

async fn answer(upstream: &AiStudio, messages: &[(Role, &str)]) -> String {
    let events: Vec<Event> = upstream.chat(call(messages)).map(Result::unwrap).collect().await;
    let mut whole = Completion::default();
    events.into_iter().for_each(|event| whole.push(event));
    whole.text
}

fn states(upstream: &AiStudio) -> Vec<State> {
    upstream.accounts().iter().map(Studio::state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_stays_with_its_account() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let accounts = ["one", "two"].map(|name| account(&standin, dir.path(), name));
    let upstream = AiStudio::new(accounts.to_vec());
    assert_eq!((upstream.name(), upstream.lanes()), ("aistudio", Some(2)));

    // Two at once: each account takes one.
    let (left, right) = ([(Role::User, "Left")], [(Role::User, "Right")]);
    let (said, told) = tokio::join!(answer(&upstream, &left), answer(&upstream, &right));
    assert_eq!(states(&upstream), [State::Ready, State::Ready]);
    for (first, said, next) in [("Left", &said, "Left on"), ("Right", &told, "Right on")] {
        let talk = [(Role::User, first), (Role::Assistant, said.as_str()), (Role::User, next)];
        answer(&upstream, &talk).await;
        let record = site.records().pop().unwrap();
        assert_eq!((record.contents.len(), record.prompt()), (3, next));
    }
    let models = upstream.models().await.unwrap();
    assert_eq!(models.iter().filter(|model| model.id == MODEL).count(), 1, "each model once");
    futures::future::join_all(accounts.iter().map(Studio::close)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_was_signed_in_again_is_found_again() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let one = account(&standin, dir.path(), "one");
    let upstream = AiStudio::new(vec![one.clone()]);
    site.set_scenario(Scenario::misbehaving(Misbehaviour::ExpiredSession));
    assert!(upstream.models().await.is_err());
    assert_eq!(states(&upstream), [State::SignInExpired]);
    site.set_scenario(Scenario::default());
    assert!(upstream.models().await.unwrap().iter().any(|model| model.id == MODEL));
    assert_eq!(states(&upstream), [State::Ready]);
    one.close().await;
    assert_eq!(states(&upstream), [State::Off]);
}

// On one thread, so that nobody who was following is still about to tell when he has been sent away.
#[tokio::test]
async fn accounts_come_and_go_while_others_answer() {
    let standin = Standin::start().await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let [one, two] = ["one", "two"].map(|name| account(&standin, dir.path(), name));
    let upstream = AiStudio::new(Vec::new());
    let mut changes = upstream.changes();
    upstream.set_accounts(vec![one.clone()]);
    assert!(changes.has_changed().unwrap());
    answer(&upstream, &[(Role::User, "Left")]).await;
    assert_eq!(upstream.serving(MODEL), ["one"]);
    assert!(upstream.serving("gemini-nonsense").is_empty());

    // An answer that runs on an account goes on when the account is left out.
    let mut stream = upstream.chat(call(&[(Role::User, "To the end")]));
    while !matches!(stream.next().await.unwrap().unwrap(), Event::Started { .. }) {}
    upstream.set_accounts(vec![two.clone()]);
    let rest: Vec<_> = stream.collect().await;
    assert!(matches!(rest.last(), Some(Ok(Event::Finished(_)))), "{rest:?}");
    changes.mark_unchanged();
    one.close().await;
    assert!(!changes.has_changed().unwrap(), "one that is not there is not followed");

    assert!(upstream.serving(MODEL).is_empty() && upstream.models_read_at().is_none());
    upstream.refresh().await.unwrap();
    assert!(upstream.models_read_at().is_some());
    // The state is followed by a task of its own, so its change may come a moment later.
    let told = async {
        while upstream.serving(MODEL) != ["two"] {
            changes.changed().await.unwrap();
        }
    };
    timeout(Duration::from_secs(60), told).await.unwrap();
    assert_eq!(upstream.lanes(), Some(1));

    // One that is switched off is neither counted nor asked.
    two.set_enabled(false);
    assert_eq!((upstream.lanes(), states(&upstream)), (Some(0), vec![State::Off]));
    let failure = upstream.chat(call(&[(Role::User, "Hi")])).next().await.unwrap().unwrap_err();
    assert!(
        failure.message.contains("two") && failure.message.contains("Switch the account on"),
        "{failure}"
    );
    assert!(upstream.models().await.is_err());

    // While it is held back for a moment, requests wait for it; then they hear what is the matter.
    let aside = upstream.set_aside("two");
    assert!(upstream.lane(&call(&[(Role::User, "Later?")]), 0).is_none());
    let mut waiting = upstream.chat(call(&[(Role::User, "Later?")]));
    assert!(waiting.next().now_or_never().is_none() && upstream.offers(MODEL).now_or_never().is_none());
    drop(aside);
    assert!(waiting.next().await.unwrap().is_err());
    two.close().await;
}

/// The accounts that were asked, in order.
fn attempts(events: &[Result<Event, Failure>]) -> Vec<&str> {
    let mut attempts = Vec::new();
    for event in events {
        if let Ok(Event::Step(Step::Account { name })) = event {
            attempts.push(name.as_str());
        }
    }
    attempts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_goes_on_with_the_next_account_and_the_exhausted_one_rests() {
    let standin = Standin::start().await.unwrap();
    let site = standin.control();
    let dir = tempfile::tempdir().unwrap();
    let accounts = ["one", "two"].map(|name| account(&standin, dir.path(), name));
    let upstream = AiStudio::new(accounts.to_vec());
    for one in &accounts {
        upstream.set_share(one.name(), postern_upstream::Share::default());
    }
    site.set_scenario(Scenario::misbehaving(Misbehaviour::Quota).times(1));
    let events: Vec<_> = upstream.chat(call(&[(Role::User, "Who answers?")])).collect().await;
    assert_eq!(attempts(&events), ["one", "two"]);
    assert!(matches!(events.last(), Some(Ok(Event::Finished(_)))), "{events:?}");
    let started = events.iter().filter(|event| matches!(event, Ok(Event::Started { .. }))).count();
    assert_eq!((started, site.times_asked("Who answers?")), (1, 2), "one was told no");
    let State::CoolingDown { model, .. } = upstream.state_of(&accounts[0]) else {
        panic!("it does not rest")
    };
    assert_eq!((model.as_deref(), upstream.serving(MODEL)), (Some(MODEL), vec!["two".to_owned()]));

    // The other one, too: nobody is left, and nobody is asked again.
    site.set_scenario(Scenario::misbehaving(Misbehaviour::QuotaPerMinute(Duration::from_secs(90))));
    let failure = upstream.chat(call(&[(Role::User, "Anybody?")])).collect::<Vec<_>>().await.pop();
    let failure = failure.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Quota);
    let wait = failure.retry_after.unwrap().as_secs();
    assert!((80..=90).contains(&wait), "the first that comes back: {failure:?}");
    let asked = site.records().len();
    let again = upstream.chat(call(&[(Role::User, "Still nobody?")])).next().await.unwrap().unwrap_err();
    assert!(again.message.lines().count() == 3 && site.records().len() == asked, "{again}");
    assert!(upstream.models().await.unwrap().iter().any(|model| model.id == MODEL), "it is there, but rests");

    site.set_scenario(Scenario::default());
    assert!(upstream.end_cooldowns("one", None));
    assert_eq!(answer(&upstream, &[(Role::User, "And now?")]).await, postern_tests::echo_text("And now?"));
    assert_eq!(upstream.standing("one").uses[0].1.answers, 1);
    futures::future::join_all(accounts.iter().map(Studio::close)).await;
}
