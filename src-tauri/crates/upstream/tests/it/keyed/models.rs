//! Lists of models: asked for once, filtered, and read again on demand.

use http::StatusCode;
use postern_protocol::chat::FailureKind;
use postern_tests::provider::Replay;

use super::*;

fn lists(received: &[Received]) -> usize {
    received.iter().filter(|one| one.method == "GET").count()
}

async fn ids(keyed: &Keyed) -> Vec<String> {
    keyed.models().await.expect("a list").into_iter().map(|card| card.id).collect()
}

#[tokio::test]
async fn the_models_are_asked_for_once_and_again_when_somebody_wants_that() {
    let (provider, keyed) = openai(&["one"]).await;
    let first = ids(&keyed).await;
    assert!(!first.is_empty());
    assert_eq!(ids(&keyed).await, first);
    assert_eq!(lists(&provider.received()), 1);
    assert!(keyed.models_read_at().is_some());
    assert_eq!(keyed.model_count(), Some(first.len()));
    keyed.refresh().await.expect("read again");
    assert_eq!(lists(&provider.received()), 2);
}

#[tokio::test]
async fn whoever_asks_for_the_models_at_the_same_time_shares_what_comes_of_it() {
    let (provider, keyed) = openai(&["one"]).await;
    let (first, second) = tokio::join!(ids(&keyed), ids(&keyed));
    assert!(!first.is_empty());
    assert_eq!(first, second);
    assert_eq!(lists(&provider.received()), 1);
    let (provider, keyed) = openai(&["one"]).await;
    provider.otherwise(Turn::refuse(Refusal::Internal));
    let (first, second) = tokio::join!(keyed.models(), keyed.models());
    assert!(first.is_err() && second.is_err());
    assert_eq!(lists(&provider.received()), 1, "nor is a failure asked for twice");
}

#[tokio::test]
async fn a_key_that_may_not_have_the_list_is_asked_for_answers() {
    let scopes = "{\"error\":{\"message\":\"You have insufficient permissions for this operation. Missing scopes: \
                  api.model.read.\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":null}}";
    for said in [scopes, "{\"error\":{\"message\":\"Access denied\"}}", "<h1>403 Forbidden</h1>"] {
        let (provider, unnamed) = openai(&["one"]).await;
        let refused = || Turn::replay(Replay::new(StatusCode::FORBIDDEN, "application/json", said));
        provider.next(refused());
        let failure = unnamed.models().await.expect_err("no list");
        assert_eq!(failure.kind, FailureKind::Refused, "{failure}");
        let named = KeyedConfig { models: vec![MODEL.into()], ..config(provider.base_url(), Vendor::OpenAi) };
        let keyed = keyed_with(named, &["one"]);
        provider.next(refused());
        assert_eq!(ids(&keyed).await, [MODEL]);
        provider.next(refused());
        assert_eq!(keyed.check("one").await.expect_err("it is told").kind, FailureKind::Refused);
        assert_eq!(keyed.state_of("one"), Some(State::NotChecked), "{said}");
        assert!(answered(&keyed, question()).await.is_ok(), "{said}");
    }
}

#[tokio::test]
async fn only_what_the_owner_wants_is_offered() {
    let (provider, all) = openai(&["one"]).await;
    let known = ids(&all).await;
    let wanted = KeyedConfig {
        models: vec![known[0].clone(), known[1].clone(), "unlisted".into()],
        excluded: vec![known[1].clone()],
        ..config(provider.base_url(), Vendor::OpenAi)
    };
    let keyed = keyed_with(wanted, &["one"]);
    assert_eq!(ids(&keyed).await, [known[0].clone(), "unlisted".into()]);
    assert_eq!(keyed.offers(&known[1]).await, Ok(Some(false)));
}

#[tokio::test]
async fn a_provider_that_cannot_list_offers_what_its_owner_named() {
    let (provider, unnamed) = openai(&["one"]).await;
    provider.otherwise(Turn::refuse(Refusal::Internal));
    let failure = unnamed.models().await.expect_err("no list");
    assert_eq!(failure.kind, FailureKind::UpstreamError);
    assert!(unnamed.models().await.is_err());
    assert_eq!(lists(&provider.received()), 1, "it is not asked again and again");
    let named = KeyedConfig { models: vec!["mine".into()], ..config(provider.base_url(), Vendor::OpenAi) };
    assert_eq!(ids(&keyed_with(named, &["one"])).await, ["mine"]);
}

#[tokio::test]
async fn a_key_that_is_refused_for_the_list_makes_room_for_the_next() {
    let (provider, keyed) = openai(&["one", "two"]).await;
    provider.next(Turn::refuse(Refusal::Key));
    assert!(!ids(&keyed).await.is_empty());
    assert_eq!(keyed.state_of("one"), Some(State::SignInExpired));
    assert_eq!(lists(&provider.received()), 2);
}

#[tokio::test]
async fn without_keys_nothing_is_offered_and_nobody_asked() {
    let (provider, keyed) = openai(&[]).await;
    assert_eq!(keyed.models().await, Ok(Vec::new()));
    assert!(provider.received().is_empty());
    assert!(keyed.enrolment().contains("--upstream provider"));
}
