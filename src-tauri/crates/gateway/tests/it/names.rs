//! Other names for models, and models that are not offered.

use std::collections::BTreeMap;

use postern_gateway::Config;
use serde_json::json;

use crate::support::{House, Stage, echo, play};

#[tokio::test]
async fn an_alias_is_listed_and_answers() {
    let house = House::open().await;
    let aliases = BTreeMap::from([("fast/one".to_owned(), "postern/echo".to_owned())]);
    house.registry.set_aliases(aliases).expect("aliases");
    let mut body = echo("by another name");
    body["model"] = json!("fast/one");
    let answer = house.post(&body).await;
    assert_eq!((answer.content(), &answer.json["model"]), ("by another name", &json!("fast/one")));
    assert_eq!(answer.header("x-postern-upstream"), "postern");
    for id in ["fast/one", "postern/echo"] {
        let one = house.get(&format!("/v1/models/{id}")).await;
        assert_eq!((&one.json["id"], &one.json["owned_by"]), (&json!(id), &json!("postern")));
    }
    let listed = house.get("/v1/models").await;
    assert!(listed.text.contains("\"fast/one\"") && listed.text.contains("\"postern/echo\""));
}

#[tokio::test]
async fn an_excluded_model_is_unknown_and_told_to_be_excluded() {
    let (stage, mut turns) = Stage::new(1);
    let house = House::with(Config::default(), &[], vec![stage]).await;
    house.registry.set_excluded(&["stage/play".to_owned()].into());
    let refused = house.post(&play("x")).await;
    refused.assert_error(404, "model_not_found");
    assert!(refused.text.contains("excluded"), "{}", refused.text);
    assert!(!house.get("/v1/models").await.text.contains("stage"));
    house.get("/v1/models/play").await.assert_error(404, "model_not_found");
    assert!(turns.none());
    house.registry.set_excluded(&[].into());
    let asked = house.spawn(&play("x"));
    turns.next().await.answer();
    assert_eq!(asked.await.expect("answered").status, 200);
}
