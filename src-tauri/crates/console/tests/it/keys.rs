//! Client keys, in our words and in the predecessor's.

use http::Method;
use serde_json::{Value, json};

use crate::support::House;

async fn delete(house: &House, key: &str) -> crate::support::Answer {
    house.window(Method::DELETE, "/api/keys", Some(json!({ "key": key }))).await
}

async fn test(house: &House, key: &str) -> Value {
    house.post("/api/keys/test", json!({ "key": key })).await.ok()
}

#[tokio::test]
async fn a_secret_is_told_once() {
    let house = House::new();
    let rules =
        json!({ "name": "laptop", "models": ["gemini-*"], "per_minute": 3, "expires_at": 4_000_000_000_i64 });
    let made = house.post("/api/keys", rules).await.ok();
    let secret = made["secret"].as_str().expect("a secret").to_owned();
    assert!(house.keys.recognise(&secret).is_ok());
    assert_eq!((&made["key"]["name"], &made["key_count"]), (&json!("laptop"), &json!(1)));

    let list = house.get("/api/keys").await;
    assert!(!list.text().contains(&secret));
    let list = list.ok();
    assert_eq!((&list["success"], &list["total_count"]), (&json!(true), &json!(1)));
    let key = &list["keys"][0];
    assert_eq!(
        (&key["per_minute"], &key["models"], &key["status"]),
        (&json!(3), &json!(["gemini-*"]), &json!("Valid"))
    );
    assert_eq!(key["value"], key["masked"]);
    assert_eq!(key["id"], made["key"]["id"]);
}

#[tokio::test]
async fn a_key_that_would_have_expired_already_is_not_made() {
    let house = House::new();
    let told = house.post("/api/keys", json!({ "name": "late", "expires_at": 1 })).await;
    assert_eq!(told.refused(400), "invalid");
    assert!(told.text().contains("expires_at"), "{}", told.text());
    assert!(house.keys.is_empty());
}

#[tokio::test]
async fn a_key_changes_what_is_said_and_nothing_else() {
    let house = House::new();
    let made = house.post("/api/keys", json!({ "name": "one", "per_day": 5 })).await.ok();
    let path = format!("/api/keys/{}", made["key"]["id"]);
    let patch = |change: Value| house.window(Method::PATCH, &path, Some(change));
    let key = patch(json!({ "name": "two", "per_minute": 9 })).await.ok();
    assert_eq!((&key["name"], &key["per_minute"], &key["per_day"]), (&json!("two"), &json!(9), &json!(5)));
    let key = patch(json!({ "per_day": null, "enabled": false, "record": false })).await.ok();
    assert_eq!(
        (&key["per_day"], &key["per_minute"], &key["status"]),
        (&json!(null), &json!(9), &json!("Disabled"))
    );
    assert_eq!(key["record"], false);
    let key = patch(json!({ "enabled": true, "expires_at": 1 })).await.ok();
    assert_eq!((&key["status"], &key["record"]), (&json!("Expired"), &json!(false)));

    house.post("/api/keys", json!({ "name": "other" })).await.ok();
    let taken = patch(json!({ "name": "other" })).await;
    assert_eq!((taken.refused(409).as_str(), taken.field().as_str()), ("conflict", "name"));
    let answer = house.window(Method::PATCH, "/api/keys/999", Some(json!({}))).await;
    assert_eq!(answer.refused(404), "not_found");
    let answer = house.window(Method::PATCH, "/api/keys/one", Some(json!({}))).await;
    assert_eq!(answer.refused(400), "invalid");
}

#[tokio::test]
async fn rotation_gives_a_new_secret_and_the_old_one_some_time() {
    let house = House::new();
    let made = house.post("/api/keys", json!({})).await.ok();
    let old = made["secret"].as_str().expect("a secret");
    let path = format!("/api/keys/{}/rotate", made["key"]["id"]);
    let kept = house.post(&path, json!({ "grace_s": 3600 })).await.ok();
    let new = kept["secret"].as_str().expect("a secret");
    assert!(kept["key"]["old_until"].is_i64());
    assert!(house.keys.recognise(old).is_ok() && house.keys.recognise(new).is_ok());
    house.post(&path, json!({ "grace_s": 0 })).await.ok();
    assert!(house.keys.recognise(new).is_err());
    assert_eq!(house.post("/api/keys/999/rotate", json!({})).await.refused(404), "not_found");
}

#[tokio::test]
async fn a_key_can_be_brought_along_tested_and_removed_by_its_text() {
    let house = House::new();
    assert_eq!(test(&house, "whatever").await["valid"], true, "without keys nobody is asked for one");
    let brought = house.post("/api/keys", json!({ "key": "my-own-key", "name": "own" })).await.ok();
    assert_eq!(
        (&brought["success"], &brought["secret"], &brought["key_count"]),
        (&json!(true), &json!(null), &json!(1))
    );
    let tested = test(&house, "my-own-key").await;
    assert_eq!(
        (&tested["success"], &tested["valid"], &tested["key"]["name"]),
        (&json!(true), &json!(true), &json!("own"))
    );
    assert_eq!(test(&house, "whatever").await["valid"], false);

    for bad in ["my-own-key", "short", "        ", "with space in", "schlüssel-nicht-ascii"] {
        let answer = house.post("/api/keys", json!({ "key": bad })).await;
        assert_eq!((answer.refused(400).as_str(), answer.field().as_str()), ("invalid", "key"), "{bad}");
    }
    assert_eq!(house.post("/api/keys/test", json!({ "key": " " })).await.refused(400), "invalid");
    assert_eq!(delete(&house, "whatever").await.refused(404), "not_found");
    let removed = delete(&house, "my-own-key").await.ok();
    assert_eq!((&removed["success"], &removed["key_count"]), (&json!(true), &json!(0)));
}

#[tokio::test]
async fn a_key_that_is_switched_off_is_known_but_opens_nothing() {
    let house = House::new();
    let brought = house.post("/api/keys", json!({ "key": "my-own-key" })).await.ok();
    let path = format!("/api/keys/{}", brought["key"]["id"]);
    house.window(Method::PATCH, &path, Some(json!({ "enabled": false }))).await.ok();
    let tested = test(&house, "my-own-key").await;
    assert_eq!((&tested["valid"], &tested["key"]["enabled"]), (&json!(false), &json!(false)));
    assert!(tested["message"].as_str().expect("text").contains("switched off"));
    delete(&house, "my-own-key").await.ok();
    assert_eq!(house.window(Method::DELETE, &path, None).await.refused(404), "not_found");
}

#[tokio::test]
async fn a_file_of_keys_is_taken_line_by_line() {
    let house = House::new();
    let text = "# old keys\nfirst-old-key\n\nshort\nfirst-old-key\n";
    let report = house.post("/api/keys/import", json!({ "text": text })).await.ok();
    assert_eq!((report["added"].as_array().map(Vec::len), &report["already_there"]), (Some(1), &json!(1)));
    assert_eq!(report["too_short"], json!([4]));
    let path = format!("/api/keys/{}", report["added"][0]["id"]);
    assert_eq!(house.window(Method::DELETE, &path, None).await.ok()["key_count"], 0);
}
