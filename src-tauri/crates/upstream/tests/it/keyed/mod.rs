//! Providers with keys on real sockets: which key is shown, when the next one is, what is told and what is not.

mod broken;
mod handed;
mod inline;
mod models;
mod told;
mod vendors;
mod ways;

use std::sync::Arc;

use futures::StreamExt;
use postern_net::Network;
use postern_protocol::account::State;
use postern_protocol::chat::{Completion, Event, Failure, Message, Part, Request, Role};
use postern_protocol::{RequestId, Secret};
use postern_tests::provider::{Provider, Received, Refusal, Said, Turn, Vendor as Played};
use postern_upstream::{Call, KeySetup, Keyed, KeyedConfig, KeyedMeans, Principal, Share, Upstream, Vendor};

const MODEL: &str = "gpt-5.2";

fn key(name: &str) -> KeySetup {
    KeySetup {
        name: name.to_owned(),
        secret: Some(Secret::new(secret(name))),
        enabled: true,
        share: Share::default(),
        state: State::NotChecked,
        way: None,
    }
}

/// What the stand-ins take, and what no failure may show.
fn secret(name: &str) -> String {
    format!("sk-standin-{name}-secret")
}

fn config(base_url: String, vendor: Vendor) -> KeyedConfig {
    KeyedConfig {
        name: "provider".to_owned(),
        vendor,
        base_url,
        models: Vec::new(),
        excluded: Vec::new(),
        max_at_once: None,
    }
}

/// A provider with these keys; those of a higher priority are asked first.
fn keyed_with(config: KeyedConfig, names: &[&str]) -> Keyed {
    let keyed = Keyed::new(config, &KeyedMeans::new(Network::default(), None), None).expect("an address");
    let ordered = |(place, name): (usize, &&str)| {
        let priority = 10 - i32::try_from(place).expect("few");
        KeySetup { share: Share { weight: 1, priority }, ..key(name) }
    };
    keyed.set_keys(names.iter().enumerate().map(ordered).collect());
    keyed
}

async fn openai(names: &[&str]) -> (Provider, Keyed) {
    let provider = Provider::start(Played::OpenAi).await.expect("a stand-in");
    let keyed = keyed_with(config(provider.base_url(), Vendor::OpenAi), names);
    (provider, keyed)
}

fn call(request: Request) -> Call {
    Call { id: RequestId::new("r1"), principal: Principal::Anonymous, request: Arc::new(request) }
}

fn question() -> Request {
    Request { model: MODEL.to_owned(), messages: vec![Message::text(Role::User, "Hi")], ..Request::default() }
}

async fn events(keyed: &Keyed, request: Request) -> Vec<Result<Event, Failure>> {
    keyed.chat(call(request)).collect().await
}

/// The whole answer.
async fn answered(keyed: &Keyed, request: Request) -> Result<Completion, Failure> {
    let mut completion = Completion::default();
    for event in events(keyed, request).await {
        completion.push(event?);
    }
    Ok(completion)
}

fn text(completion: &Completion) -> String {
    let first = completion.candidates.first().expect("an answer");
    let text = |part: &Part| match part {
        Part::Text { text } => Some(text.clone()),
        _ => None,
    };
    first.parts.iter().filter_map(text).collect()
}

/// Whose key each question showed.
fn asked(received: &[Received]) -> Vec<String> {
    let shown = |one: &Received| {
        let line = one.header("authorization").or(one.header("x-api-key")).unwrap_or_default().to_owned();
        line.trim_start_matches("Bearer sk-standin-").trim_end_matches("-secret").to_owned()
    };
    received.iter().filter(|one| one.method == "POST").map(shown).collect()
}

#[tokio::test]
async fn a_chat_is_asked_with_a_key_and_told_as_it_comes() {
    let (provider, keyed) = openai(&["one"]).await;
    provider.next(Turn::choices([Said::new().text("Good day")]));
    let told = answered(&keyed, question()).await.expect("an answer");
    assert_eq!(text(&told), "Good day");
    assert!(told.usage.is_some());
    let asked = provider.last().expect("a question");
    assert_eq!(asked.path(), "/v1/chat/completions");
    assert_eq!(asked.json()["model"], MODEL);
    assert_eq!(keyed.state_of("one"), Some(State::Ready));
}

#[tokio::test]
async fn the_next_key_is_asked_where_another_could_do_better() {
    for refusal in [
        Refusal::Key,
        Refusal::Forbidden,
        Refusal::Timeout,
        Refusal::Rate(Some(7)),
        Refusal::Quota,
        Refusal::Internal,
        Refusal::Unavailable,
    ] {
        let (provider, keyed) = openai(&["one", "two"]).await;
        provider.next(Turn::refuse(refusal.clone()));
        provider.next(Turn::choices([Said::new().text("from the other")]));
        let told =
            answered(&keyed, question()).await.unwrap_or_else(|failure| panic!("{refusal:?}: {failure}"));
        assert_eq!(text(&told), "from the other", "{refusal:?}");
        assert_eq!(asked(&provider.received()), ["one", "two"], "{refusal:?}");
    }
}

#[tokio::test]
async fn what_another_key_would_not_change_is_told_at_once() {
    for refusal in [Refusal::Wrong("bad".into()), Refusal::Model(MODEL.into()), Refusal::TooLarge] {
        let (provider, keyed) = openai(&["one", "two"]).await;
        provider.next(Turn::refuse(refusal.clone()));
        assert!(answered(&keyed, question()).await.is_err(), "{refusal:?}");
        assert_eq!(asked(&provider.received()), ["one"], "{refusal:?}");
    }
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_told_as_that() {
    let gone = {
        let (provider, _) = openai(&[]).await;
        provider.base_url()
    };
    let keyed = keyed_with(config(gone, Vendor::OpenAi), &["one", "two"]);
    let failure = answered(&keyed, question()).await.expect_err("nobody is there");
    assert!(failure.message.contains("could not be asked"), "{failure}");
    assert!(
        failure.message.contains("one: ") && failure.message.contains("two: "),
        "both were tried: {failure}"
    );
}
