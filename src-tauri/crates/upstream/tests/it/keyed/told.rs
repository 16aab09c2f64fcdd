//! What is told of an answer and of keys, and what is not.

use std::sync::Mutex;
use std::time::Duration;

use postern_protocol::account::{Cooldown, CooldownReason, Status};
use postern_protocol::chat::FailureKind;
use postern_tests::provider::End;
use postern_upstream::{Chronicle, Past, Policy};

use super::*;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn nothing_is_asked_again_once_a_piece_was_told() {
    let (provider, keyed) = openai(&["one", "two"]).await;
    provider.next(Turn::choices([Said::new().text("The answer is long and breaks")]).cut_after(3));
    let events = events(&keyed, question()).await;
    let pieces = events.iter().filter(|event| matches!(event, Ok(Event::Text { text }) if !text.is_empty()));
    assert!(pieces.count() > 0, "a piece was told: {events:?}");
    let failure = events.last().expect("an end").as_ref().expect_err("it broke off");
    assert_eq!(failure.kind, FailureKind::Interrupted);
    assert_eq!(asked(&provider.received()), ["one"]);
}

#[tokio::test]
async fn whoever_goes_away_stops_the_provider() {
    let (provider, keyed) = openai(&["one"]).await;
    provider.next(Turn::choices([Said::new().text("a long answer that never ends")]).held_after(2));
    let mut events = keyed.chat(call(question()));
    while let Some(event) = events.next().await {
        if matches!(event.expect("it goes on"), Event::Text { .. }) {
            break;
        }
    }
    drop(events);
    let received =
        provider.wait_for(|all| all.iter().any(|one| one.end == End::HungUp)).await.expect("it is told");
    assert_eq!(received.len(), 1);
}

#[tokio::test]
async fn a_rate_rests_the_model_for_as_long_as_the_provider_says() {
    let (provider, keyed) = openai(&["one"]).await;
    provider.next(Turn::refuse(Refusal::Rate(Some(77))));
    let failure = answered(&keyed, question()).await.expect_err("too much");
    assert_eq!(failure.kind, FailureKind::Quota);
    let wait = failure.retry_after.expect("when to come back");
    assert!((70..=77).contains(&wait.as_secs()), "{wait:?}");
    assert!(
        failure.message.contains(&format!("The key one of provider is limited for {MODEL} until ")),
        "{failure}"
    );
    // It is not asked again for this model, and for another one it is.
    let again = answered(&keyed, question()).await.expect_err("it rests");
    assert!(again.retry_after.is_some_and(|wait| wait <= Duration::from_secs(77)));
    assert_eq!(asked(&provider.received()), ["one"]);
    let other = Request { model: "gpt-4o-mini".to_owned(), ..question() };
    assert!(answered(&keyed, other).await.is_ok());
}

#[tokio::test]
async fn a_used_up_quota_rests_the_model_for_hours() {
    let (provider, keyed) = openai(&["one"]).await;
    provider.next(Turn::refuse(Refusal::Quota));
    let failure = answered(&keyed, question()).await.expect_err("used up");
    assert!(failure.retry_after.is_some_and(|wait| wait > Duration::from_secs(60)), "{failure:?}");
    assert_eq!(keyed.standing("one").cooldowns.len(), 1);
    assert!(keyed.end_cooldowns("one", Some(MODEL)));
    assert!(answered(&keyed, question()).await.is_ok(), "its owner says that it may be asked again");
}

#[tokio::test]
async fn a_rejected_key_is_not_asked_again_and_its_owner_is_told_what_to_do() {
    let (provider, keyed) = openai(&["one"]).await;
    provider.next(Turn::refuse(Refusal::Key));
    assert!(answered(&keyed, question()).await.is_err());
    assert_eq!(keyed.state_of("one"), Some(State::SignInExpired));
    let status = Status { name: "one".into(), state: State::SignInExpired };
    let action = keyed.action(&status).expect("something to do");
    assert!(action.starts_with("Paste a new key"), "{action}");
    let failure = answered(&keyed, question()).await.expect_err("nobody is left");
    assert_eq!(failure.kind, FailureKind::SignInExpired);
    assert!(
        failure.message.contains("Paste a new key: postern account add --upstream provider"),
        "{failure}"
    );
    assert_eq!(asked(&provider.received()), ["one"]);
    // A check that succeeds brings it back.
    assert_eq!(keyed.check("one").await, Ok(State::Ready));
    assert!(answered(&keyed, question()).await.is_ok());
}

#[tokio::test]
async fn a_key_that_its_provider_refused_is_looked_at_again_by_itself() {
    let (provider, keyed) = openai(&["one"]).await;
    keyed.set_policy(Policy { recheck: Some(Duration::from_millis(1)), ..Policy::default() });
    provider.next(Turn::refuse(Refusal::Forbidden));
    assert!(answered(&keyed, question()).await.is_err());
    assert!(matches!(keyed.state_of("one"), Some(State::Blocked { .. })), "{:?}", keyed.state_of("one"));
    let mut changes = keyed.changes();
    let well = async {
        while keyed.state_of("one") != Some(State::Ready) {
            changes.changed().await.expect("it is there");
        }
    };
    let tended = async {
        tokio::select! {
            () = well => {}
            () = keyed.clone().tend() => {}
        }
    };
    tokio::time::timeout(PATIENCE, tended).await.expect("somebody looks at it again");
    assert!(answered(&keyed, question()).await.is_ok());
}

#[tokio::test]
async fn no_key_is_in_any_failure() {
    for refusal in [Refusal::Key, Refusal::Forbidden, Refusal::Rate(None), Refusal::Internal] {
        let (provider, keyed) = openai(&["one", "two"]).await;
        provider.otherwise(Turn::refuse(refusal.clone()));
        for _ in 0..2 {
            let failure = answered(&keyed, question()).await.expect_err("refused");
            let told = format!("{failure:?} {failure}");
            assert!(!told.contains("secret"), "{refusal:?}: {told}");
        }
    }
}

#[tokio::test]
async fn a_key_answers_no_more_at_once_than_its_owner_wants() {
    let (provider, _) = openai(&[]).await;
    let limited = KeyedConfig { max_at_once: Some(1), ..config(provider.base_url(), Vendor::OpenAi) };
    let keyed = keyed_with(limited, &["one", "two"]);
    assert_eq!(keyed.lanes(), Some(2));
    let other = |id: &str| Call { id: RequestId::new(id), ..call(question()) };
    let first = keyed.lane(&other("a"), 0).expect("a lane");
    let second = keyed.lane(&other("b"), 1).expect("another");
    assert!(keyed.lane(&other("c"), 2).is_none(), "both are busy");
    drop(first);
    assert!(keyed.lane(&other("c"), 1).is_some());
    drop(second);
}

/// Keeps in memory what is to be known after the next start.
#[derive(Default)]
struct Notes(Mutex<Written>);

#[derive(Default)]
struct Written {
    rests: Vec<(String, Cooldown)>,
    uses: Vec<(String, bool)>,
    used_up: Vec<(String, u64)>,
    states: Vec<State>,
}

impl Notes {
    fn written(&self) -> std::sync::MutexGuard<'_, Written> {
        self.0.lock().expect("nobody failed")
    }
}

impl Chronicle for Notes {
    fn rests(&self, account: &str, cooldown: &Cooldown) {
        self.written().rests.push((account.to_owned(), cooldown.clone()));
    }

    fn used(&self, _: &str, _: &str, model: &str, answered: bool) {
        self.written().uses.push((model.to_owned(), answered));
    }

    fn used_up(&self, _: &str, _: &str, model: &str, answers: u64) {
        self.written().used_up.push((model.to_owned(), answers));
    }

    fn became(&self, _: &str, state: &State) {
        self.written().states.push(state.clone());
    }
}

#[tokio::test]
async fn what_a_key_did_and_why_it_rests_is_written_down_and_holds_after_the_next_start() {
    let provider = Provider::start(Played::OpenAi).await.expect("a stand-in");
    let notes = Arc::new(Notes::default());
    let means = KeyedMeans::new(Network::default(), None);
    let chronicle = Arc::<Notes>::clone(&notes);
    let keyed =
        Keyed::new(config(provider.base_url(), Vendor::OpenAi), &means, Some(chronicle)).expect("an address");
    keyed.set_keys(vec![key("one")]);
    assert!(answered(&keyed, question()).await.is_ok());
    provider.next(Turn::refuse(Refusal::Quota));
    assert!(answered(&keyed, question()).await.is_err());
    let Written { rests, uses, used_up, states } = std::mem::take(&mut *notes.written());
    let [(name, rest)] = &rests[..] else { panic!("{rests:?}") };
    assert_eq!((name.as_str(), rest.model.as_deref()), ("one", Some(MODEL)));
    assert_eq!(rest.reason, CooldownReason::Quota);
    assert_eq!(uses, [(MODEL.to_owned(), true), (MODEL.to_owned(), false)]);
    assert_eq!(used_up, [(MODEL.to_owned(), 1)]);
    assert!(matches!(&states[..], [State::Ready, State::CoolingDown { .. }]), "{states:?}");
    let restarted = keyed_with(config(provider.base_url(), Vendor::OpenAi), &["one"]);
    restarted.remember("one", Past { cooldowns: vec![rest.clone()], ..Past::default() });
    let asked_before = provider.received().len();
    assert_eq!(answered(&restarted, question()).await.expect_err("it rests").kind, FailureKind::Quota);
    assert_eq!(provider.received().len(), asked_before);
}
