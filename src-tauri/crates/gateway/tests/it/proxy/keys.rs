//! Keys of this server, and credentials of others.

use postern_store::NewKey;

use super::{Far, Seen, config, house, house_with};
use crate::support::{Answer, House};

const KEY: &str = "sk-the-right-key";

/// What arrives of a request with these headers to a name of the other server.
async fn arrives(far: &Far, house: &House, name: &str, path: &str, headers: &[(&str, &str)]) -> Seen {
    let path = format!("/{name}.far.example:{}{path}", far.address.port());
    let mut request = house.request("POST", &path).body("x");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let asked = tokio::spawn(Answer::of(request));
    let mut line = far.accept().await;
    let seen = line.request().await;
    line.write("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await;
    assert_eq!(asked.await.expect("answered").status, 200);
    seen
}

/// What of a request is a credential, with its query.
fn credentials(seen: &Seen) -> Vec<String> {
    let places = ["authorization", "x-api-key", "api-key", "x-goog-api-key", "x-postern-key"];
    let found = places.iter().filter_map(|place| Some(format!("{place}: {}", seen.header(place)?)));
    let query =
        seen.line.split(' ').nth(1).and_then(|path| path.split_once('?')).map(|(_, query)| query.to_owned());
    found.chain(query).collect()
}

#[tokio::test]
async fn while_no_key_exists_credentials_go_where_each_server_looks_for_them() {
    let far = Far::open().await;
    let house = house(&far).await;
    let bearer = ("authorization", "Bearer K");
    for (name, path, shown, expected) in [
        ("openai", "/v1/x", vec![bearer], vec!["authorization: Bearer K"]),
        ("openai", "/v1/x?key=K&a=%2F", vec![], vec!["authorization: Bearer K", "a=%2F"]),
        ("anthropic", "/v1/messages", vec![bearer], vec!["x-api-key: K"]),
        ("anthropic", "/v1/messages", vec![("x-api-key", "K")], vec!["x-api-key: K"]),
        (
            "google",
            "/v1beta/models/x:streamGenerateContent?alt=sse",
            vec![bearer],
            vec!["x-goog-api-key: K", "alt=sse"],
        ),
        (
            "google",
            "/v1beta/openai/chat/completions",
            vec![("x-goog-api-key", "K")],
            vec!["authorization: Bearer K"],
        ),
        ("auto", "/v1/messages", vec![("api-key", "K")], vec!["x-api-key: K"]),
        ("known", "/v1/x", vec![], vec!["authorization: Bearer sk-of-known"]),
        ("astray", "/v1/x", vec![], vec![]),
        ("auto", "/v1/x", vec![], vec![]),
        ("bound", "/v1/x", vec![], vec!["authorization: Bearer sk-of-home"]),
        ("bound", "/v1/x", vec![bearer], vec!["authorization: Bearer K"]),
    ] {
        let seen = arrives(&far, &house, name, path, &shown).await;
        assert_eq!(credentials(&seen), expected, "{name}{path} {shown:?}");
        assert_eq!(seen.header("anthropic-version"), path.ends_with("/messages").then_some("2023-06-01"));
    }
}

#[tokio::test]
async fn with_keys_nobody_comes_through_without_one() {
    let far = Far::open().await;
    let house = house_with(config(&far), &[KEY]).await;
    let path = format!("/openai.far.example:{}/v1/x", far.address.port());
    for (name, value) in
        [("authorization", "Bearer sk-of-openai"), ("x-postern-key", "sk-wrong"), ("x-a", "b")]
    {
        let answer = Answer::of(house.request("POST", &path).header(name, value)).await;
        answer.assert_error(401, "invalid_api_key");
        assert!(answer.text.contains("X-Postern-Key"), "{}", answer.text);
    }
    assert!(far.is_quiet());
}

#[tokio::test]
async fn a_key_of_this_server_never_leaves_it() {
    let far = Far::open().await;
    let house = house_with(config(&far), &[KEY]).await;
    let (own, theirs) = (("x-postern-key", KEY), ("authorization", "Bearer sk-theirs"));
    let bearer = format!("Bearer {KEY}");
    let in_place = ("authorization", bearer.as_str());
    for (name, path, shown, expected) in [
        ("openai", "/v1/x", vec![own, theirs], vec!["authorization: Bearer sk-theirs"]),
        ("openai", "/v1/x", vec![own, in_place, ("x-api-key", "K")], vec!["authorization: Bearer K"]),
        ("auto", "/v1/x", vec![own], vec![]),
        ("known", "/v1/x", vec![in_place], vec!["authorization: Bearer sk-of-known"]),
        ("known", "/v1/messages?a=b&key=sk-the-right-key", vec![], vec!["x-api-key: sk-of-known", "a=b"]),
        (
            "known",
            "/v1/x?key=K&key=sk-the-right-key&a=b",
            vec![],
            vec!["authorization: Bearer sk-of-known", "a=b"],
        ),
        ("known", "/v1/x?k%65y=sk-the-right-key", vec![], vec!["authorization: Bearer sk-of-known"]),
        ("known", "/v1/x", vec![("x-goog-api-key", KEY)], vec!["authorization: Bearer sk-of-known"]),
        ("bound", "/v1/x", vec![("api-key", KEY)], vec!["authorization: Bearer sk-of-home"]),
    ] {
        let seen = arrives(&far, &house, name, path, &shown).await;
        assert_eq!(credentials(&seen), expected, "{name} {shown:?}");
        assert!(!format!("{seen:?}").contains(KEY), "{seen:?}");
    }
    assert!(house.journal().await.iter().all(|detail| detail.row.key.is_some()));
}

/// Of two in the same place only one is looked at.
#[tokio::test]
async fn a_credential_that_is_there_twice_is_refused() {
    let far = Far::open().await;
    let house = house_with(config(&far), &[KEY]).await;
    for name in ["authorization", "x-api-key", "api-key", "x-goog-api-key"] {
        let path = format!("/openai.far.example:{}/v1/x", far.address.port());
        let request = house.request("POST", &path).header("x-postern-key", KEY);
        let request = request.header(name, "sk-theirs").header(name, KEY);
        Answer::of(request).await.assert_error(400, "credential_twice");
    }
    assert!(far.is_quiet());
}

/// Neither the host nor the way its credential is found is a reason to give away what is stored.
#[tokio::test]
async fn a_stored_key_goes_only_where_a_domain_names_its_upstream() {
    let far = Far::open().await;
    let house = house_with(config(&far), &[KEY]).await;
    let port = far.address.port();
    for name in ["openai", "auto", "astray"] {
        let path = format!("/{name}.far.example:{port}/v1/x");
        let answer = Answer::of(house.request("POST", &path).bearer_auth(KEY)).await;
        answer.assert_error(401, "no_stored_key");
        let told = answer.text.contains(&format!("{name}.far.example")) && answer.text.contains("`key`");
        assert!(told && far.is_quiet(), "{}", answer.text);
    }
    // A server of one's own often wants none.
    let asked =
        tokio::spawn(Answer::of(house.request("POST", &format!("/localhost:{port}/v1/x")).bearer_auth(KEY)));
    let mut line = far.accept().await;
    assert!(credentials(&line.request().await).is_empty());
    line.answer("ok").await;
    assert_eq!(asked.await.expect("answered").status, 200);
}

#[tokio::test]
async fn limits_of_keys_hold_for_other_servers_too() {
    let far = Far::open().await;
    let house = house_with(config(&far), &[]).await;
    let (_, limited) = house.keys.add(NewKey { per_day: Some(1), ..NewKey::default() }).await.expect("a key");
    let models = NewKey { models: vec!["gpt-*".to_owned()], ..NewKey::default() };
    let (_, narrow) = house.keys.add(models).await.expect("a key");
    arrives(&far, &house, "openai", "/v1/x", &[("x-postern-key", limited.expose())]).await;
    let path = format!("/openai.far.example:{}/v1/x", far.address.port());
    let ask = |key: &str| Answer::of(house.request("POST", &path).header("x-postern-key", key));
    ask(limited.expose()).await.assert_error(429, "rate_limit_exceeded");
    ask(narrow.expose()).await.assert_error(403, "key_not_allowed");
    assert!(far.is_quiet());
}

#[tokio::test]
async fn a_key_that_opens_nothing_any_more_stays_here_too() {
    let far = Far::open().await;
    let house = house_with(config(&far), &[KEY]).await;
    let key = house.keys.whose(KEY).expect("a key");
    let (_, new) = house.keys.rotate(key, std::time::Duration::ZERO).await.expect("exchanged");
    let (gone, removed) = house.keys.add(NewKey::named("gone")).await.expect("added");
    house.keys.remove(gone.id).await.expect("removed");
    for spent in [KEY, removed.expose()] {
        let bearer = format!("Bearer {spent}");
        let shown = [("x-postern-key", new.expose()), ("authorization", bearer.as_str())];
        let seen = arrives(&far, &house, "known", "/v1/x", &shown).await;
        assert_eq!(credentials(&seen), ["authorization: Bearer sk-of-known"]);
        let answer = Answer::of(house.request("POST", "/known.far.example/v1/x").bearer_auth(spent)).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
}
