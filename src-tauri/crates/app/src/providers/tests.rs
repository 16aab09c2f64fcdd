use postern_console::api::upstreams::{NewUpstreamKey, UpstreamKeyChange, UpstreamKeyView};
use postern_net::Network;
use postern_protocol::account::CooldownReason;
use postern_settings::{File, Flags};
use postern_store::Store;
use postern_upstream::Echo;
use postern_vault::MasterKey;

use super::*;
use crate::{KeyPlaces, Paths, Secrets};

const VALUE: &str = "sk-abcdefghijklmnopqrstuvwxyz";

struct Place {
    _folder: tempfile::TempDir,
    store: Store,
    secrets: Secrets,
    registry: Registry,
    providers: Providers,
}

fn settings(text: &str) -> Settings {
    let file = File { name: "config.toml", text };
    postern_settings::resolve(Some(file), |_| None, Flags::default()).expect("settings")
}

fn one(base_url: &str) -> Settings {
    settings(&format!("[upstreams.one]\nkind = \"openai\"\nbase_url = \"{base_url}\"\n"))
}

fn place() -> Place {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
    let store = Store::in_memory().expect("a store");
    let secrets =
        Secrets::new(&paths, store.sealed(), KeyPlaces::given(MasterKey::generate().expect("a key")));
    let registry = Registry::new(Vec::new());
    let providers = started(&store, &secrets, &registry);
    Place { _folder: folder, store, secrets, registry, providers }
}

fn started(store: &Store, secrets: &Secrets, registry: &Registry) -> Providers {
    Providers::new(Among {
        book: KeyBook::new(store, secrets.clone()),
        means: KeyedMeans::new(Network::default(), None),
        mcp: Mcp::default(),
        registry: registry.clone(),
        first: Arc::new(Echo),
        last: Arc::new(Echo),
    })
}

fn new(name: &str) -> NewUpstreamKey {
    NewUpstreamKey { name: Some(name.to_owned()), value: VALUE.to_owned(), proxy: String::new() }
}

async fn added(place: &Place, name: &str) -> UpstreamKeyView {
    place.providers.add_key("one", new(name)).await.expect("kept")
}

#[tokio::test]
async fn a_key_is_kept_sealed_and_shown_masked() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    let shown = added(&place, "work").await;
    assert_eq!((shown.masked.as_str(), &shown.status), ("sk-ab****yz", &State::NotChecked));
    let sealed = place.store.sealed().all().await.expect("rows");
    assert!(sealed.iter().all(|row| !String::from_utf8_lossy(&row.bytes).contains("abcdef")));
    let view = place.providers.view("one").expect("it is there");
    assert!(view.problem.is_none(), "{view:?}");
    assert_eq!(place.providers.find("one").and_then(|keyed| keyed.a_key()), Some(Secret::new(VALUE)));
    let again = place.providers.add_key("one", new("other")).await.expect_err("the same key");
    assert!(again.message.contains("as work"), "{again}");
    for bad in ["", "a b", "schlüssel"] {
        let bad = NewUpstreamKey { name: None, value: bad.to_owned(), proxy: String::new() };
        let trouble = place.providers.add_key("one", bad).await.expect_err("no key");
        assert_eq!(trouble.field.as_deref(), Some("value"));
    }
}

#[tokio::test]
async fn a_key_is_not_shown_to_another_host_before_its_owner_says_so() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    added(&place, "work").await;
    place.providers.obey(&one("https://b.example"));
    place.providers.load().await;
    let shown = place.providers.key_view("one", "work").expect("it is there");
    assert_eq!(shown.pasted_for.as_deref(), Some("a.example"));
    assert!(matches!(shown.status, State::Blocked { .. }), "{shown:?}");
    assert_eq!(place.providers.find("one").and_then(|keyed| keyed.a_key()), None);
    assert_eq!(place.providers.check_key("one", "work").await.expect_err("not yet").code, Code::Conflict);
    let confirm = UpstreamKeyChange { confirm_host: true, ..UpstreamKeyChange::default() };
    let shown = place.providers.change_key("one", "work", confirm).await.expect("confirmed");
    assert_eq!((shown.pasted_for, shown.status), (None, State::NotChecked));
    assert_eq!(place.providers.find("one").and_then(|keyed| keyed.a_key()), Some(Secret::new(VALUE)));
}

#[tokio::test]
async fn a_row_that_somebody_moved_to_another_host_cannot_be_opened() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    added(&place, "work").await;
    let keys = place.store.upstream_keys();
    let row = keys.all().await.expect("rows").remove(0);
    keys.put(UpstreamKey { host: "evil.example".into(), ..row }).await.expect("changed");
    place.providers.obey(&one("https://evil.example"));
    place.providers.load().await;
    let shown = place.providers.key_view("one", "work").expect("it is there");
    assert!(matches!(shown.status, State::Blocked { .. }), "{shown:?}");
    assert_eq!(place.providers.find("one").and_then(|keyed| keyed.a_key()), None);
}

#[tokio::test]
async fn a_key_is_renamed_switched_exchanged_and_removed() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    added(&place, "work").await;
    let change = UpstreamKeyChange {
        name: Some("home".to_owned()),
        enabled: Some(false),
        weight: Some(3),
        ..UpstreamKeyChange::default()
    };
    let shown = place.providers.change_key("one", "work", change).await.expect("changed");
    assert_eq!((shown.name.as_str(), &shown.status, shown.weight), ("home", &State::Off, 3));
    let value = Some("sk-another-key-altogether-12".to_owned());
    let change = UpstreamKeyChange { value, enabled: Some(true), ..UpstreamKeyChange::default() };
    place.providers.change_key("one", "home", change).await.expect("exchanged");
    let secret = place.providers.find("one").and_then(|keyed| keyed.a_key()).expect("a key");
    assert_eq!(secret.expose(), "sk-another-key-altogether-12");
    place.providers.remove_key("one", "home").await.expect("removed");
    assert!(place.providers.view("one").expect("it is there").keys.is_empty());
    assert_eq!(place.secrets.ids(crate::SecretKind::UpstreamKey).await.expect("ids"), Vec::<String>::new());
    let gone = place.providers.remove_key("one", "home").await.expect_err("gone");
    assert_eq!(gone.code, Code::NotFound);
}

#[tokio::test]
async fn what_a_provider_said_of_a_key_is_known_after_the_next_start() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    added(&place, "work").await;
    place.store.accounts().became("one/work", &State::SignInExpired);
    place.providers.load().await;
    let shown = place.providers.key_view("one", "work").expect("it is there");
    assert_eq!(shown.status, State::SignInExpired);
    assert!(shown.action.is_some_and(|action| action.starts_with("Paste a new key")));
    let view = place.providers.view("one").expect("it is there");
    assert_eq!(view.problem.as_deref(), Some("None of its keys can be used."));
}

#[tokio::test]
async fn a_key_that_rests_still_does_after_the_next_start() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    added(&place, "work").await;
    let cooldown =
        Cooldown { model: Some("chat".to_owned()), until: 4_000_000_000, reason: CooldownReason::Quota };
    place.providers.chronicle("one").rests("work", &cooldown);
    let restarted = started(&place.store, &place.secrets, &place.registry);
    restarted.obey(&one("https://a.example"));
    restarted.load().await;
    let keyed = restarted.find("one").expect("it is there");
    let rests = [cooldown];
    assert_eq!(keyed.standing("work").cooldowns, rests);
    restarted.load().await;
    assert_eq!(keyed.standing("work").cooldowns, rests, "also when it is read anew");
}

#[tokio::test]
async fn upstreams_stand_in_the_order_of_their_owner_and_those_switched_off_are_left_out() {
    let place = place();
    place.providers.obey(&settings(
        "[upstreams.late]\nkind = \"gemini\"\n[upstreams.early]\nkind = \"openai\"\norder = 1\n\
         [upstreams.off]\nkind = \"anthropic\"\nenabled = false\n",
    ));
    let order: Vec<String> =
        place.registry.upstreams().iter().map(|upstream| upstream.name().to_owned()).collect();
    assert_eq!(order, ["early", "postern", "late", "postern"]);
    assert_eq!(place.providers.views().len(), 3, "the console shows them all");
    place.providers.obey(&settings(""));
    assert_eq!(place.registry.upstreams().len(), 2);
}

#[tokio::test]
async fn a_server_of_this_computer_needs_no_key_and_a_variable_is_none_that_was_pasted() {
    let place = place();
    place.providers.obey(&settings(
        "[upstreams.here]\nkind = \"openai\"\nbase_url = \"http://127.0.0.1:1/v1\"\n\
         [upstreams.there]\nkind = \"openai\"\napi_key = \"env:POSTERN_TEST_NO_SUCH_VARIABLE\"\n",
    ));
    place.providers.load().await;
    let here = place.providers.view("here").expect("it is there");
    assert_eq!((here.keys[0].name.as_str(), &here.keys[0].status), (KEYLESS, &State::NotChecked));
    let there = place.providers.key_view("there", FROM_ENVIRONMENT).expect("it is there");
    assert!(there.says.contains("POSTERN_TEST_NO_SUCH_VARIABLE"), "{}", there.says);
    let refused = place.providers.remove_key("there", FROM_ENVIRONMENT).await.expect_err("not pasted");
    assert_eq!(refused.code, Code::Conflict);
}

#[tokio::test]
async fn keys_stay_in_service_while_the_database_cannot_be_read() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    added(&place, "work").await;
    let Place { store, providers, .. } = place;
    store.close();
    providers.load().await;
    assert_eq!(providers.find("one").and_then(|keyed| keyed.a_key()), Some(Secret::new(VALUE)));
    assert_eq!(providers.view("one").map(|view| view.keys.len()), Some(1));
    // One that is new is not waited for.
    providers.obey(&settings("[upstreams.new]\nkind = \"openai\"\n"));
    providers.load().await;
    assert!(providers.find("new").is_some_and(|keyed| keyed.knows_its_keys()));
}

const PROXY: &str = "socks5h://me:hunter2@127.0.0.1:1080";

async fn led(place: &Place, name: &str, proxy: &str) -> Result<UpstreamKeyView, Trouble> {
    let change = UpstreamKeyChange { proxy: Some(proxy.to_owned()), ..UpstreamKeyChange::default() };
    place.providers.change_key("one", name, change).await
}

async fn way(place: &Place, name: &str) -> Option<ProxyRule> {
    let book = &place.providers.inner.book;
    book.way(&book.find("one", name).await.expect("a key")).await.expect("opened")
}

async fn sealed_ways(place: &Place) -> usize {
    place.secrets.ids(crate::SecretKind::UpstreamProxy).await.expect("ids").len()
}

#[tokio::test]
async fn a_proxy_of_a_key_is_shown_masked_and_its_password_is_sealed() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    let new = NewUpstreamKey { proxy: PROXY.to_owned(), ..new("work") };
    let shown = place.providers.add_key("one", new).await.expect("kept");
    assert_eq!(shown.proxy.as_deref(), Some("socks5h://****@127.0.0.1:1080"));
    let row = place.store.upstream_keys().all().await.expect("rows").remove(0);
    assert!(!format!("{row:?}").contains("hunter2"));
    let sealed = place.store.sealed().all().await.expect("rows");
    assert!(sealed.iter().all(|row| !String::from_utf8_lossy(&row.bytes).contains("hunter2")));
    assert_eq!(way(&place, "work").await, Some(PROXY.parse().expect("a rule")));
    // What is shown means what is there.
    led(&place, "work", "socks5h://****@127.0.0.1:1080").await.expect("as it was");
    let change = UpstreamKeyChange { name: Some("home".to_owned()), ..UpstreamKeyChange::default() };
    place.providers.change_key("one", "work", change).await.expect("renamed");
    assert_eq!(way(&place, "home").await, Some(PROXY.parse().expect("a rule")));
    assert_eq!(sealed_ways(&place).await, 1);
    assert_eq!(led(&place, "home", "direct").await.expect("changed").proxy.as_deref(), Some("direct"));
    assert_eq!(led(&place, "home", "").await.expect("changed").proxy, None);
    assert_eq!((way(&place, "home").await, sealed_ways(&place).await), (None, 0));
    led(&place, "home", PROXY).await.expect("changed");
    place.providers.remove_key("one", "home").await.expect("removed");
    assert_eq!(sealed_ways(&place).await, 0);
}

#[tokio::test]
async fn a_key_whose_proxy_cannot_be_opened_is_not_sent_by_another_way() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    added(&place, "work").await;
    led(&place, "work", PROXY).await.expect("changed");
    for id in place.secrets.ids(crate::SecretKind::UpstreamProxy).await.expect("ids") {
        place.secrets.forget(crate::SecretKind::UpstreamProxy, &id).await.expect("gone");
    }
    place.providers.load().await;
    let shown = place.providers.key_view("one", "work").expect("it is there");
    let State::Blocked { why } = &shown.status else { panic!("{shown:?}") };
    assert!(why.contains("its proxy cannot be opened"), "{why}");
}

#[tokio::test]
async fn what_is_no_proxy_is_told_by_its_field_and_not_repeated() {
    let place = place();
    place.providers.obey(&one("https://a.example"));
    added(&place, "work").await;
    let trouble = led(&place, "work", "ftp://me:hunter2@h").await.expect_err("no proxy");
    assert_eq!((trouble.code, trouble.field.as_deref()), (Code::Invalid, Some("proxy")));
    assert!(!trouble.message.contains("hunter2"), "{trouble}");
    assert_eq!(way(&place, "work").await, None);
}
