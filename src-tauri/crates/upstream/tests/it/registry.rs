use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use postern_protocol::account::{State, Status};
use postern_protocol::chat::{Failure, FailureKind, Request};
use postern_upstream::{BadAlias, Call, Echo, EventStream, ModelCard, Registry, Upstream, Via};

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

    fn base<'a>(&self, model: &'a str) -> &'a str {
        model.strip_suffix(":more").unwrap_or(model)
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

fn aliases(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, target)| ((*name).to_owned(), (*target).to_owned())).collect()
}

fn excluded(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn two() -> Registry {
    Registry::new(vec![
        listing("one", &["shared", "a"], &[State::Ready]),
        listing("two", &["shared", "b"], &[State::Ready]),
        Arc::new(Echo),
    ])
}

async fn names(registry: &Registry) -> Vec<String> {
    registry.models().await.into_iter().map(|listed| listed.name).collect()
}

#[tokio::test]
async fn an_alias_leads_where_it_points_and_is_listed() {
    let registry = two();
    let told = [("fast", "two/shared"), ("echo-me", "postern/echo"), ("later", "one/missing"), ("a", "b")];
    registry.set_aliases(aliases(&told)).unwrap();
    assert_eq!(resolved(&registry, "fast").await, pair("two", "shared"));
    assert_eq!(resolved(&registry, "models/fast").await, pair("two", "shared"));
    assert_eq!(resolved(&registry, "a").await, pair("two", "b"), "an alias comes first");
    assert_eq!(resolved(&registry, "one/a").await, pair("one", "a"));
    assert_eq!(resolved(&registry, "later").await, None);
    let listed = registry.models().await;
    let fast = listed.iter().find(|listed| listed.name == "fast").unwrap();
    assert_eq!((fast.upstream.as_str(), fast.card.id.as_str(), fast.alias), ("two", "shared", true));
    let mut all = names(&registry).await;
    all.sort();
    assert_eq!(all, ["a", "b", "echo-me", "fast", "one/a", "postern/echo", "shared", "two/shared"]);
    for name in all {
        assert!(registry.resolve(&name).await.is_ok(), "{name} is listed and not found");
    }
    registry.set_aliases(BTreeMap::new()).unwrap();
    assert_eq!(resolved(&registry.clone(), "fast").await, None);
}

#[tokio::test]
async fn an_alias_that_asks_for_more_than_the_model_is_listed() {
    let registry = two();
    registry.set_aliases(aliases(&[("a-and-more", "one/a:more"), ("nothing", "one/missing:more")])).unwrap();
    let listed = registry.models().await;
    let found = listed.iter().find(|listed| listed.name == "a-and-more").unwrap();
    assert_eq!((found.upstream.as_str(), found.card.id.as_str(), found.alias), ("one", "a", true));
    assert!(listed.iter().all(|listed| listed.name != "nothing"));
    registry.set_excluded(&excluded(&["one/a"]));
    assert!(names(&registry).await.iter().all(|name| name != "a-and-more"));
}

#[tokio::test]
async fn an_alias_of_an_alias_is_refused_and_changes_nothing() {
    let registry = two();
    registry.set_aliases(aliases(&[("fast", "b")])).unwrap();
    for chain in [[("x", "y"), ("y", "b")], [("x", "models/y"), ("y", "b")], [("x", "x"), ("y", "b")]] {
        let refused = registry.set_aliases(aliases(&chain)).unwrap_err();
        assert!(matches!(refused, BadAlias::Chained { .. }), "{refused}");
    }
    assert!(matches!(registry.set_aliases(aliases(&[("x", " ")])), Err(BadAlias::Empty(_))));
    assert_eq!(registry.aliases(), aliases(&[("fast", "b")]));
}

#[tokio::test]
async fn an_excluded_model_is_not_there_and_the_answer_says_why() {
    let registry = two();
    registry.set_aliases(aliases(&[("fast", "one/a")])).unwrap();
    registry.set_excluded(&excluded(&["one/models/a", "one/shared"]));
    let mut all = names(&registry).await;
    all.sort();
    assert_eq!(all, ["b", "postern/echo", "shared"], "nor is its alias");
    assert_eq!(resolved(&registry, "shared").await, pair("two", "shared"));
    for name in ["a", "one/a", "models/a", "fast", "one/shared"] {
        let failure = registry.resolve(name).await.err().unwrap();
        assert_eq!(failure.kind, FailureKind::UnknownModel, "{name}");
        assert!(failure.message.contains("excluded") && failure.message.contains(name), "{failure}");
    }
    let offers = registry.offers().await;
    let told = |upstream: usize| -> Vec<(&str, bool)> {
        offers[upstream].models.iter().map(|offer| (offer.name.as_str(), offer.excluded)).collect()
    };
    assert_eq!(told(0), [("one/shared", true), ("one/a", true)]);
    assert_eq!(told(1), [("shared", false), ("b", false)]);
    assert_eq!(offers[0].models[0].accounts, ["ada"]);
    registry.set_excluded(&BTreeSet::new());
    assert_eq!(resolved(&registry, "a").await, pair("one", "a"));
}

#[tokio::test]
async fn an_upstream_whose_models_are_all_excluded_is_in_no_trouble() {
    let registry = Registry::new(vec![listing("one", &["a"], &[State::Ready]), Arc::new(Echo)]);
    registry.set_excluded(&excluded(&["one/a"]));
    assert_eq!(registry.offers().await[0].problem, None);
    assert_eq!(registry.resolve("m").await.err().unwrap().kind, FailureKind::UnknownModel);
}

#[tokio::test]
async fn what_a_name_would_hit_is_explained() {
    let registry = two();
    registry.set_aliases(aliases(&[("fast", "two/b")])).unwrap();
    for (asked, via, upstream, model) in [
        ("b", Via::Exact, Some("two"), Some("b")),
        ("fast", Via::Alias, Some("two"), Some("b")),
        ("two/shared", Via::Prefixed, Some("two"), Some("shared")),
        ("models/a", Via::ModelsPrefix, Some("one"), Some("a")),
        ("postern/echo", Via::Prefixed, Some("postern"), Some("echo")),
        ("two/nonsense", Via::Prefixed, Some("two"), None),
        ("nonsense", Via::Exact, None, None),
    ] {
        let told = registry.explain(asked).await;
        assert_eq!((told.asked.as_str(), told.via), (asked, via));
        assert_eq!((told.upstream.as_deref(), told.model.as_deref()), (upstream, model), "{asked}");
        assert_eq!(told.problem.is_some(), model.is_none(), "{told:?}");
        let accounts: &[&str] = if upstream == Some("postern") || model.is_none() { &[] } else { &["ada"] };
        assert_eq!(told.accounts, accounts, "{asked}");
    }
    assert_eq!(registry.explain("fast").await.alias_target.as_deref(), Some("two/b"));
    let failing = Registry::new(vec![failing("one", FailureKind::Quota)]);
    assert_eq!(failing.explain("x").await.problem.as_deref(), Some("cannot tell"));
    assert_eq!(failing.offers().await[0].problem.as_ref().unwrap().kind, FailureKind::Quota);
}

fn fallbacks(entries: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    entries.iter().map(|(name, targets)| ((*name).to_owned(), list(targets))).collect()
}

#[tokio::test]
async fn a_name_for_several_models_leads_to_all_that_can_answer_in_their_order() {
    let registry = Registry::new(vec![
        listing("one", &["a"], &[State::Ready]),
        failing("two", FailureKind::Quota),
        listing("three", &["c"], &[State::Ready]),
    ]);
    registry.set_fallbacks(fallbacks(&[("best", &["three/c", "two/b", "a"])])).unwrap();
    let routes = registry.routes("models/best").await.unwrap();
    let told: Vec<(&str, &str)> = routes.iter().map(|(one, id)| (one.name(), id.as_str())).collect();
    assert_eq!(told, [("three", "c"), ("one", "a")]);
    assert_eq!(resolved(&registry, "best").await, pair("three", "c"));
    let names: Vec<String> = registry.models().await.into_iter().map(|listed| listed.name).collect();
    assert!(names.contains(&"best".to_owned()), "{names:?}");
    assert_eq!(registry.explain("best").await.via, Via::Fallbacks);
    assert_eq!(registry.routes("a").await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_name_of_which_no_model_can_answer_tells_the_trouble_of_the_first() {
    let registry =
        Registry::new(vec![failing("two", FailureKind::Quota), failing("one", FailureKind::Refused)]);
    registry.set_fallbacks(fallbacks(&[("best", &["two/b", "one/a"])])).unwrap();
    assert_eq!(registry.resolve("best").await.err().unwrap().kind, FailureKind::Quota);
}

#[test]
fn lists_of_models_that_cannot_be_are_refused() {
    let registry = Registry::new(Vec::new());
    let refused = |entries: &[(&str, &[&str])]| registry.set_fallbacks(fallbacks(entries)).unwrap_err();
    assert_eq!(refused(&[("best", &[])]), BadAlias::Alone("best".into()));
    assert_eq!(
        refused(&[("best", &["good"]), ("good", &["a"])]),
        BadAlias::Nested { name: "best".into(), target: "good".into() }
    );
}
