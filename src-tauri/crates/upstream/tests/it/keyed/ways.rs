//! Keys that go out by a way of their own.

use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use postern_net::{Lookup, Means, NetworkConfig, ProxyRule};

use super::*;

/// A network where only proxies know a name.
#[derive(Default)]
struct Nameless(Arc<AtomicUsize>);

impl Lookup for Nameless {
    fn addresses(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Err(io::Error::other("no such name")) })
    }
}

/// A provider that is reached through a proxy only: the stand-in, to which whole addresses are said.
async fn beyond() -> (Provider, Keyed, ProxyRule) {
    let provider = Provider::start(Played::OpenAi).await.expect("a stand-in");
    let direct = NetworkConfig { rule: ProxyRule::Direct, ..NetworkConfig::default() };
    let network =
        Network::with_means(direct, Means { lookup: Arc::new(Nameless::default()), ..Means::default() });
    let config = config("http://api.provider.org/v1".to_owned(), Vendor::OpenAi);
    let keyed = Keyed::new(config, &KeyedMeans::new(network, None), None).expect("an address");
    let rule = format!("http://me:password@{}", provider.addr()).parse().expect("a proxy");
    (provider, keyed, rule)
}

#[tokio::test]
async fn a_key_with_a_proxy_goes_through_it_and_its_neighbour_does_not() {
    let (provider, keyed, rule) = beyond().await;
    let first = KeySetup { share: Share { weight: 1, priority: 9 }, ..key("straight") };
    keyed.set_keys(vec![first, KeySetup { way: Some(rule), ..key("led") }]);
    provider.next(Turn::choices([Said::new().text("through the proxy")]));
    let told = answered(&keyed, question()).await.expect("an answer");
    assert_eq!(text(&told), "through the proxy");
    assert_eq!(asked(&provider.received()), ["led"]);
    let seen = provider.last().expect("a question");
    assert_eq!(seen.header("host"), Some("api.provider.org"));
    assert_eq!(seen.header("proxy-authorization"), Some("Basic bWU6cGFzc3dvcmQ="));
    let failure = keyed.check("straight").await.expect_err("nobody knows the name");
    assert!(failure.message.contains("could not be asked"), "{failure}");
}

#[tokio::test]
async fn a_key_is_checked_and_its_models_are_read_by_its_own_way() {
    let (provider, keyed, rule) = beyond().await;
    keyed.set_keys(vec![KeySetup { way: Some(rule), ..key("led") }]);
    assert_eq!(keyed.check("led").await.expect("asked"), State::Ready);
    assert!(!Upstream::models(&keyed).await.expect("models").is_empty());
    assert!(provider.received().iter().all(|one| one.header("host") == Some("api.provider.org")));
}

#[tokio::test]
async fn who_speaks_to_the_host_by_themselves_gets_no_key_that_has_a_way_of_its_own() {
    let (_provider, keyed, rule) = beyond().await;
    keyed.set_keys(vec![KeySetup { way: Some(rule), ..key("led") }]);
    assert_eq!(keyed.a_key(), None);
    keyed.set_keys(vec![key("led")]);
    assert_eq!(keyed.a_key(), Some(Secret::new(secret("led"))));
}
