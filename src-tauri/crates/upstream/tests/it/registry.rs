use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use postern_protocol::account::{State, Status};
use postern_protocol::chat::{Failure, FailureKind, Request};
use postern_upstream::{Call, Echo, EventStream, ModelCard, Registry, Upstream};

/// An upstream that is only listed.
struct Listing {
    name: &'static str,
    models: Result<Vec<&'static str>, Failure>,
    states: Vec<State>,
}

impl Upstream for Listing {
    fn name(&self) -> &str {
        self.name
    }

    fn lanes(&self) -> Option<usize> {
        Some(1)
    }

    fn accounts(&self) -> Vec<Status> {
        self.states.iter().map(|state| Status { name: "ada".to_owned(), state: state.clone() }).collect()
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        let card = |id: &&str| ModelCard { id: (*id).to_owned(), ..ModelCard::default() };
        let cards = self.models.as_ref().map(|ids| ids.iter().map(card).collect()).map_err(Clone::clone);
        async { cards }.boxed()
    }

    fn ignores(&self, _: &Request) -> Vec<&'static str> {
        Vec::new()
    }

    fn chat(&self, _: Call) -> EventStream {
        unreachable!("nobody chats here")
    }
}

fn listing(name: &'static str, models: &[&'static str], states: &[State]) -> Arc<dyn Upstream> {
    Arc::new(Listing { name, models: Ok(models.to_vec()), states: states.to_vec() })
}

fn failing(name: &'static str, kind: FailureKind) -> Arc<dyn Upstream> {
    Arc::new(Listing { name, models: Err(Failure::new(kind, "cannot tell")), states: vec![State::Ready] })
}

async fn resolved(registry: &Registry, model: &str) -> Option<(String, String)> {
    let (upstream, id) = registry.resolve(model).await.ok()?;
    Some((upstream.name().to_owned(), id))
}

fn pair(upstream: &str, id: &str) -> Option<(String, String)> {
    Some((upstream.to_owned(), id.to_owned()))
}

#[tokio::test]
async fn names_lead_to_upstreams() {
    let registry = Registry::new(vec![
        listing("one", &["shared", "a"], &[State::Ready]),
        listing("two", &["shared", "b", "vendor/c"], &[State::Ready]),
        Arc::new(Echo),
    ]);
    for (model, expected) in [
        ("shared", pair("one", "shared")),
        ("two/shared", pair("two", "shared")),
        ("b", pair("two", "b")),
        ("models/b", pair("two", "b")),
        ("two/models/b", pair("two", "b")),
        ("vendor/c", pair("two", "vendor/c")),
        ("two/vendor/c", pair("two", "vendor/c")),
        ("postern/echo", pair("postern", "echo")),
        ("echo", pair("postern", "echo")),
        ("one/b", None),
        ("", None),
    ] {
        assert_eq!(resolved(&registry, model).await, expected, "{model}");
    }
    let names: Vec<String> = registry.models().await.into_iter().map(|listed| listed.name).collect();
    assert_eq!(names, ["a", "b", "postern/echo", "shared", "two/shared", "vendor/c"]);
    for name in names {
        assert!(registry.resolve(&name).await.is_ok(), "{name} is listed and not found");
    }
}

async fn refused(upstreams: Vec<Arc<dyn Upstream>>, model: &str) -> Failure {
    Registry::new(upstreams).resolve(model).await.err().expect("refused")
}

#[tokio::test]
async fn an_unknown_model_is_told_with_some_that_are_known() {
    const MANY: [&str; 40] = {
        let mut names = ["m"; 40];
        names[0] = "zebra";
        names
    };
    let failure = refused(vec![listing("one", &MANY, &[State::Ready])], &"x".repeat(500)).await;
    assert_eq!((failure.kind, failure.param.as_deref()), (FailureKind::UnknownModel, Some("model")));
    assert!(failure.message.contains("and 10 more"), "{failure}");
    assert!(!failure.message.contains(&"x".repeat(200)));
}

#[tokio::test]
async fn an_upstream_without_account_is_named_where_its_model_is_missing() {
    let failure = refused(vec![listing("one", &[], &[]), Arc::new(Echo)], "m").await;
    assert_eq!(failure.kind, FailureKind::UnknownModel);
    assert!(failure.message.contains("one has no account yet"), "{failure}");
    assert!(failure.message.contains("postern/echo") && !failure.message.contains("postern has no account"));
}

#[tokio::test]
async fn trouble_of_all_accounts_is_told_rather_than_a_missing_model() {
    let until = State::CoolingDown { until: 0, model: None };
    let why = || "a captcha".to_owned();
    for (states, kind) in [
        (vec![State::SignInExpired], FailureKind::SignInExpired),
        (vec![until.clone(), until.clone()], FailureKind::Quota),
        (vec![State::NeedsVerification { why: why() }], FailureKind::NeedsVerification),
        (vec![State::Blocked { why: why() }], FailureKind::Refused),
        (vec![State::Off], FailureKind::Unavailable),
        (vec![State::SignInExpired, until], FailureKind::Unavailable),
    ] {
        let failure = refused(vec![listing("one", &[], &states), Arc::new(Echo)], "m").await;
        assert_eq!(failure.kind, kind, "{states:?}");
        assert!(failure.retry_after.is_some());
        assert!(states[0].action("ada").is_none_or(|action| failure.message.contains(&action)), "{failure}");
    }
    let failure = refused(vec![failing("one", FailureKind::NeedsVerification), Arc::new(Echo)], "m").await;
    assert_eq!(failure.kind, FailureKind::NeedsVerification);
}

#[tokio::test]
async fn trouble_of_one_upstream_does_not_touch_another() {
    let registry =
        Registry::new(vec![failing("one", FailureKind::Refused), listing("two", &["b"], &[State::Ready])]);
    assert_eq!(resolved(&registry, "b").await, pair("two", "b"));
    let names: Vec<String> = registry.models().await.into_iter().map(|listed| listed.name).collect();
    assert_eq!(names, ["b"]);
}
