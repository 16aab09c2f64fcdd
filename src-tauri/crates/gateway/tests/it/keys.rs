//! What a key allows, and what is said when it does not.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use postern_gateway::Config;
use postern_store::{KeyChange, NewKey};
use serde_json::Value;

use crate::support::{Answer, House, Stage, echo, streamed};

async fn ask(house: &House, model: &str, key: &str) -> Answer {
    let mut body = echo("hi");
    body["model"] = model.into();
    Answer::of(house.chat(&body).bearer_auth(key)).await
}

async fn key(house: &House, new: NewKey) -> String {
    house.keys.add(new).await.expect("a key").1.expose().to_owned()
}

#[tokio::test]
async fn a_key_switched_off_opens_nothing_and_leaves_nothing_open() {
    let house = House::open().await;
    let (info, secret) = house.keys.add(NewKey::default()).await.expect("a key");
    let off = KeyChange { enabled: Some(false), ..KeyChange::default() };
    house.keys.change(info.id, off).await.expect("changed");
    let refused = ask(&house, "echo", secret.expose()).await;
    refused.assert_error(401, "invalid_api_key");
    assert!(refused.text.contains("switched off"), "{}", refused.text);
    house.post(&echo("open?")).await.assert_error(401, "invalid_api_key");
    let on = KeyChange { enabled: Some(true), ..KeyChange::default() };
    house.keys.change(info.id, on).await.expect("changed");
    assert_eq!(ask(&house, "echo", secret.expose()).await.status, 200);
}

#[tokio::test]
async fn a_key_whose_time_is_over_says_so() {
    let house = House::open().await;
    let an_hour_ago = SystemTime::now() - Duration::from_secs(3600);
    let at = an_hour_ago.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
    let new = NewKey { expires_at: Some(at.try_into().expect("fits")), ..NewKey::default() };
    let secret = key(&house, new).await;
    let refused = ask(&house, "echo", &secret).await;
    refused.assert_error(401, "invalid_api_key");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    assert!(refused.text.contains("expired"), "{}", refused.text);
    assert!(!refused.text.contains(&secret));
    let row = &house.journal().await[0].row;
    assert_eq!((row.key, row.status), (house.keys.whose(&secret), Some(401)));
    assert!(row.key.is_some(), "whose key it is, is known all the same");
    // One that opens counts, whatever else is shown.
    let other = key(&house, NewKey::default()).await;
    let both = house.chat(&echo("x")).bearer_auth(&secret).header("x-api-key", &other);
    assert_eq!(Answer::of(both).await.status, 200);
}

#[tokio::test]
async fn a_limit_counts_questions_and_says_when_to_come_again() {
    let house = House::open().await;
    let secret = key(&house, NewKey { per_day: Some(2), ..NewKey::default() }).await;
    for path in ["/v1/models", "/v1/queue", "/health", "/v1/nothing"] {
        for _ in 0..3 {
            let answer = Answer::of(house.request("GET", path).bearer_auth(&secret)).await;
            assert_ne!(answer.status, 429, "{path}");
        }
    }
    assert_eq!(ask(&house, "echo", &secret).await.status, 200);
    assert_eq!(ask(&house, "echo", &secret).await.status, 200);
    for body in [echo("x"), streamed(echo("x"))] {
        let refused = Answer::of(house.chat(&body).header("x-api-key", &secret)).await;
        refused.assert_error(429, "rate_limit_exceeded");
        assert_eq!(refused.json["error"]["type"], "rate_limit_error");
        assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds >= 1));
        assert!(refused.text.contains("(2 per day)"), "{}", refused.text);
    }
    let other = key(&house, NewKey::default()).await;
    assert_eq!(ask(&house, "echo", &other).await.status, 200, "the limit is that key's own");
}

fn ids(list: &Answer) -> Vec<&str> {
    let models = list.json["data"].as_array().expect("a list");
    models.iter().filter_map(|model| model["id"].as_str()).collect()
}

#[tokio::test]
async fn a_key_for_some_models_serves_those_by_all_their_names() {
    let (stage, _turns) = Stage::new(1);
    let house = House::with(Config::default(), &[], vec![stage]).await;
    let aliases = [("parrot", "postern/echo"), ("stagecraft", "play")];
    let aliases = aliases.map(|(name, target)| (name.to_owned(), target.to_owned()));
    house.registry.set_aliases(BTreeMap::from(aliases)).expect("aliases");
    let of = |models: &[&str]| NewKey {
        models: models.iter().map(|model| (*model).to_owned()).collect(),
        ..NewKey::default()
    };
    for written in ["echo", "postern/echo", "postern/*", "ech?", "*cho"] {
        let secret = key(&house, of(&[written])).await;
        for name in ["echo", "postern/echo", "models/echo", "parrot"] {
            assert_eq!(ask(&house, name, &secret).await.status, 200, "{written} allows {name}");
        }
        for name in ["play", "stage/play", "models/play", "stagecraft"] {
            let refused = ask(&house, name, &secret).await;
            refused.assert_error(403, "model_not_allowed");
            assert_eq!(refused.json["error"]["type"], "permission_error");
            assert!(refused.text.contains(written), "{}", refused.text);
        }
        let list = Answer::of(house.request("GET", "/v1/models").bearer_auth(&secret)).await;
        let mut told = ids(&list);
        told.sort_unstable();
        assert_eq!(told, ["parrot", "postern/echo"]);
        let one = Answer::of(house.request("GET", "/v1/models/play").bearer_auth(&secret)).await;
        one.assert_error(403, "model_not_allowed");
    }
    // An alias that was written down allows itself, not all that it stands for.
    let by_alias = key(&house, of(&["parrot"])).await;
    assert_eq!(ask(&house, "parrot", &by_alias).await.status, 200);
    ask(&house, "postern/echo", &by_alias).await.assert_error(403, "model_not_allowed");
    let list = Answer::of(house.request("GET", "/v1/models").bearer_auth(&by_alias)).await;
    assert_eq!(ids(&list), ["parrot"]);
    let all: Value = house.get("/v1/models").await.json;
    assert_eq!(all["data"].as_array().map(Vec::len), Some(4), "without a key nothing is left out");
}
