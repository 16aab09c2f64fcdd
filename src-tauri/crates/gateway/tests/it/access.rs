//! Who may do what.

use std::sync::Arc;

use postern_gateway::{Config, Gateway, OpenDoor};
use postern_protocol::Secret;
use postern_store::{Keys, NewKey, Store};
use postern_upstream::{Guests, Registry, Upstream};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::{Answer, House, Stage, echo, play, soon};

const KEY: &str = "sk-the-right-key";

async fn locked() -> House {
    House::with(Config::default(), &["sk-another-key", KEY], Vec::new()).await
}

#[tokio::test]
async fn every_way_to_show_a_key() {
    let house = locked().await;
    let right = [
        vec![("authorization", format!("Bearer {KEY}"))],
        vec![("authorization", format!("bearer  {KEY}"))],
        vec![("authorization", KEY.to_owned())],
        vec![("x-api-key", KEY.to_owned())],
        vec![("authorization", "Bearer of-something-else".to_owned()), ("x-api-key", KEY.to_owned())],
    ];
    let wrong = [
        vec![],
        vec![("authorization", "Bearer".to_owned())],
        vec![("authorization", "Bearer sk-the-wrong-key".to_owned())],
        vec![("authorization", format!("Basic {KEY}"))],
        vec![("x-api-key", String::new())],
        vec![("x-api-key", format!("{KEY}x"))],
    ];
    for (headers, fits) in right.into_iter().map(|h| (h, true)).chain(wrong.into_iter().map(|h| (h, false))) {
        let mut request = house.chat(&echo("let me in"));
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let answer = Answer::of(request).await;
        if fits {
            assert_eq!(answer.content(), "let me in", "{headers:?}");
        } else {
            answer.assert_error(401, "invalid_api_key");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            assert_eq!(answer.json["error"]["type"], "invalid_request_error");
            assert!(!answer.text.contains("wrong-key") && !answer.text.contains(KEY));
        }
    }
}

#[tokio::test]
async fn which_paths_need_a_key() {
    let house = locked().await;
    for path in ["/health", "/api/info", "/v1/models", "/v1/models/postern/echo", "/"] {
        assert_eq!(house.get(path).await.status, 200, "{path}");
    }
    for (method, path) in [
        ("POST", "/v1/chat/completions"),
        ("POST", "//v1//chat/completions/"),
        ("GET", "/v1/queue"),
        ("POST", "/v1/cancel/x"),
        ("GET", "/v1/modelsx"),
        ("GET", "/v1/unknown"),
    ] {
        Answer::of(house.request(method, path)).await.assert_error(401, "invalid_api_key");
    }
    let info = house.get("/api/info").await;
    assert_eq!(
        (info.json["api_key_required"].as_bool(), info.json["api_key_count"].as_u64()),
        (Some(true), Some(2))
    );
}

#[tokio::test]
async fn keys_made_and_removed_count_at_once() {
    let house = House::open().await;
    assert_eq!(house.post(&echo("open")).await.status, 200);
    let (info, secret) = house.keys.add(NewKey::default()).await.expect("a key");
    house.post(&echo("closed")).await.assert_error(401, "invalid_api_key");
    let request = house.chat(&echo("keyed")).bearer_auth(secret.expose());
    assert_eq!(Answer::of(request).await.content(), "keyed");
    house.keys.remove(info.id).await.expect("removed");
    assert_eq!(house.post(&echo("open again")).await.status, 200);
}

#[tokio::test]
async fn beyond_loopback_nobody_comes_in_without_a_key() {
    let gateway = |keys: &[&str]| {
        let keys = Keys::in_memory(keys).expect("keys");
        let requests = Store::in_memory().expect("a store").requests();
        Gateway::new(Config::default(), keys, Registry::new(Vec::new()), requests)
    };
    let everywhere = "0.0.0.0:2048".parse().expect("an address");
    assert_eq!(gateway(&[]).may_bind(everywhere), Err(OpenDoor(everywhere)));
    assert!(OpenDoor(everywhere).to_string().contains("postern key add"));
    assert_eq!(gateway(&[KEY]).may_bind(everywhere), Ok(()));
    for own in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
        assert_eq!(gateway(&[]).may_bind(own.parse().expect("an address")), Ok(()));
    }
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
    let refused = gateway(&[]).serve(listener, CancellationToken::new()).await.expect_err("refused");
    assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied);
}

#[tokio::test]
async fn the_last_key_removed_beyond_loopback_opens_nothing() {
    let listener = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
    let house = House::on(listener, Config::default(), &[KEY], Vec::new());
    assert_eq!(Answer::of(house.chat(&echo("x")).bearer_auth(KEY)).await.status, 200);
    let key = house.keys.find("key-1").await.expect("the key");
    house.keys.remove(key.id).await.expect("removed");
    let answer = house.post(&echo("x")).await;
    answer.assert_error(401, "invalid_api_key");
    assert!(answer.text.contains("postern key add"), "{}", answer.text);
    assert_eq!(house.get("/health").await.status, 200);
    assert_eq!(house.get("/api/info").await.json["api_key_required"], true);
}

#[tokio::test]
async fn names_of_accounts_are_for_those_who_may_use_them() {
    let (stage, _turns) = Stage::new(1);
    let house = House::with(Config::default(), &[KEY], vec![stage]).await;
    let stranger = house.get("/health").await;
    assert!(!stranger.text.contains("ada@example.org") && stranger.text.contains("sign_in_expired"));
    let owner = Answer::of(house.request("GET", "/health").bearer_auth(KEY)).await;
    let account = &owner.json["details"]["upstreams"][0]["accounts"][0];
    assert_eq!(account["name"], "ada@example.org");
    assert_eq!(account["state"], "sign_in_expired");
    assert!(account["action"].as_str().is_some_and(|action| action.contains("Sign in again")));
}

fn from(house: &House, origin: &str) -> reqwest::RequestBuilder {
    house.chat(&echo("hi")).header("origin", origin)
}

#[tokio::test]
async fn pages_while_no_key_is_needed() {
    let config = Config { allowed_origins: vec!["https://chat.example".to_owned()], ..Config::default() };
    let house = House::with(config, &[], Vec::new()).await;
    for own in ["http://localhost:3210", "tauri://localhost", "app://obsidian.md", "https://chat.example"] {
        let answer = Answer::of(from(&house, own)).await;
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, own));
        assert!(answer.header("access-control-expose-headers").contains("x-request-id"));
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    }
    for foreign in ["https://evil.example", "null", "file://", "http://localhost.evil.example"] {
        for path in ["/v1/models", "/health", "/api/info"] {
            Answer::of(house.request("GET", path).header("origin", foreign))
                .await
                .assert_error(403, "origin_not_allowed");
        }
        // What a form of a foreign page could send without asking.
        let simple = from(&house, foreign).header("content-type", "text/plain");
        let answer = Answer::of(simple).await;
        answer.assert_error(403, "origin_not_allowed");
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
        assert_eq!(Answer::of(preflight(&house, foreign)).await.status, 403);
    }
    house.assert_well().await;
}

fn preflight(house: &House, origin: &str) -> reqwest::RequestBuilder {
    house
        .request("OPTIONS", "/v1/chat/completions")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,x-stainless-os")
}

#[tokio::test]
async fn pages_while_a_key_is_needed() {
    let house = locked().await;
    let asked = Answer::of(
        preflight(&house, "https://chat.example").header("access-control-request-private-network", "true"),
    );
    let asked = asked.await;
    assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, "https://chat.example"));
    assert_eq!(asked.header("access-control-allow-headers"), "authorization,content-type,x-stainless-os");
    assert!(asked.header("access-control-allow-methods").contains("POST"));
    assert_eq!(asked.header("access-control-allow-private-network"), "true");
    let with_key = Answer::of(from(&house, "https://chat.example").bearer_auth(KEY)).await;
    assert_eq!(
        (with_key.status, with_key.header("access-control-allow-origin")),
        (200, "https://chat.example")
    );
    let without = Answer::of(from(&house, "https://chat.example")).await;
    assert_eq!(
        (without.status, without.header("access-control-allow-origin")),
        (401, "https://chat.example")
    );
    // What lies outside of /v1 is not for foreign pages.
    let health = Answer::of(house.request("GET", "/health").header("origin", "https://chat.example")).await;
    assert_eq!((health.status, health.header("access-control-allow-origin")), (200, ""));
}

/// Sends those whose key begins with `their-` to a stage.
struct Hosts(Arc<Stage>);

impl Guests for Hosts {
    fn host(&self, key: &Secret) -> Option<Arc<dyn Upstream>> {
        key.expose().starts_with("their-").then(|| Arc::clone(&self.0) as Arc<dyn Upstream>)
    }
}

#[tokio::test]
async fn a_providers_own_key_leads_to_the_provider_while_the_server_is_open() {
    let (stage, mut turns) = Stage::new(1);
    let house = House::open().await;
    house.gateway.welcome(Arc::new(Hosts(stage)));
    let ask = |model: &str, key: &'static str| {
        let mut body = echo("x");
        body["model"] = model.into();
        house.chat(&body).bearer_auth(key)
    };
    for model in ["any-model", "models/any-model"] {
        let asked = tokio::spawn(Answer::of(ask(model, "their-key")));
        let turn = turns.next().await;
        assert_eq!(turn.request.model, "any-model");
        turn.answer();
        assert_eq!(asked.await.expect("answered").header("x-postern-upstream"), "stage");
    }
    assert_eq!(Answer::of(ask("postern/echo", "their-key")).await.header("x-postern-upstream"), "postern");
    Answer::of(ask("any-model", "another-key")).await.assert_error(404, "model_not_found");
    assert!(!format!("{:?}", house.journal().await).contains("their-key"));
    house.keys.add(NewKey::default()).await.expect("a key");
    Answer::of(ask("any-model", "their-key")).await.assert_error(401, "invalid_api_key");
    assert!(turns.none());
}

#[tokio::test]
async fn who_brings_a_key_waits_in_no_line_of_the_owners() {
    let (stage, mut turns) = Stage::new(1);
    let house = House::with(Config::default(), &[], vec![stage]).await;
    let (theirs, mut their_turns) = Stage::new(1);
    house.gateway.welcome(Arc::new(Hosts(theirs)));
    let first = house.spawn(&play("first"));
    let running = turns.next().await;
    let second = house.spawn(&play("second"));
    let mut changes = house.gateway.queue_changes();
    soon(changes.wait_for(|_| house.gateway.queue_view().len() == 2)).await.expect("open");
    let guest = tokio::spawn(Answer::of(house.chat(&play("guest")).bearer_auth("their-key")));
    their_turns.next().await.answer();
    assert_eq!(guest.await.expect("answered").status, 200);
    assert!(turns.none(), "the owner's lane is taken");
    running.answer();
    turns.next().await.answer();
    for asked in [first, second] {
        assert_eq!(asked.await.expect("answered").status, 200);
    }
}
