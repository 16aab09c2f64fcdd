//! What is not recorded, and that nothing else changes by it.

use postern_gateway::Config;
use postern_store::{KeyChange, NewKey};

use super::Archive;
use crate::proxy::{Far, config, house_with, plain};
use crate::support::{Answer, House, echo, soon};

const KEY: &str = "sk-the-right-key";

/// Asks something that is to be recorded; it must be the first that is.
async fn assert_first(house: &House, archive: &Archive, text: &str) {
    let asked = house.chat(&echo(text)).bearer_auth(KEY);
    assert_eq!(Answer::of(asked).await.status, 200);
    let first = archive.only().await;
    assert_eq!(first.request, echo(text).to_string(), "something else was recorded before");
}

#[tokio::test]
async fn by_the_settings() {
    let off = Config { record: false, ..Config::default() };
    let house = House::with(off, &[], Vec::new()).await;
    let archive = Archive::of(&house);
    assert_eq!(house.post(&echo("x")).await.content(), "x");
    house.gateway.configure(Config::default());
    assert_first(&house, &archive, "on again").await;
}

#[tokio::test]
async fn by_the_key() {
    let house = House::with(Config::default(), &[KEY], Vec::new()).await;
    let archive = Archive::of(&house);
    let (info, quiet) = house.keys.add(NewKey { record: false, ..NewKey::default() }).await.expect("a key");
    let ask = |text: &str| Answer::of(house.chat(&echo(text)).bearer_auth(quiet.expose()));
    assert_eq!(ask("x").await.content(), "x");
    let yes = KeyChange { record: Some(true), ..KeyChange::default() };
    house.keys.change(info.id, yes).await.expect("changed");
    ask("y").await;
    assert_eq!(archive.only().await.key, Some(info.id));
    assert!(String::from_utf8_lossy(&archive.only().await.request).contains("\"y\""));
}

#[tokio::test]
async fn by_the_client_whose_wish_goes_no_further() {
    let far = Far::open().await;
    let house = house_with(config(&far), &[]).await;
    let archive = Archive::of(&house);
    for wish in ["off", "OFF", "no"] {
        let answer = Answer::of(house.chat(&echo("x")).header("X-Postern-Record", wish)).await;
        assert_eq!(answer.content(), "x");
        let asked = house.request("POST", &format!("/{}/v1/x", far.address)).header("x-postern-record", wish);
        let asked = tokio::spawn(Answer::of(asked.body("{}")));
        let mut line = far.accept().await;
        assert_eq!(line.request().await.header("x-postern-record"), None);
        line.answer("ok").await;
        assert_eq!(asked.await.expect("no panic").text, "ok");
    }
    assert_first(&house, &archive, "marked").await;
}

#[tokio::test]
async fn by_the_server_that_is_asked() {
    let far = Far::open().await;
    let mut quiet = config(&far);
    let mut entry = plain(far.address.to_string(), postern_gateway::AuthType::Off);
    entry.record = false;
    quiet.allowed[0] = entry;
    let house = house_with(quiet, &[]).await;
    let archive = Archive::of(&house);
    let asked = house.request("POST", &format!("/{}/v1/x", far.address)).body("{}");
    let asked = tokio::spawn(Answer::of(asked));
    let mut line = far.accept().await;
    line.request().await;
    line.answer("ok").await;
    assert_eq!(asked.await.expect("no panic").text, "ok");
    assert_first(&house, &archive, "another server").await;
}

#[tokio::test]
async fn while_it_is_private() {
    let house = House::open().await;
    let archive = Archive::of(&house);
    let mut changes = house.gateway.private_changes();
    house.gateway.set_private(true);
    soon(changes.changed()).await.expect("told");
    assert_eq!(house.post(&echo("a secret")).await.content(), "a secret");
    house.gateway.set_private(false);
    assert_first(&house, &archive, "no secret").await;
}

#[tokio::test]
async fn an_answer_is_the_same_with_and_without() {
    let house = House::open().await;
    let _archive = Archive::of(&house);
    let with = house.post(&echo("x")).await;
    let without = Answer::of(house.chat(&echo("x")).header("x-postern-record", "off")).await;
    let names = |answer: &Answer| answer.headers.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!((with.status, with.content(), names(&with)), (200, without.content(), names(&without)));
    assert_eq!(with.text.len(), without.text.len());
}

#[tokio::test]
async fn whoever_is_not_let_in_is_not_recorded() {
    let house = House::with(Config::default(), &[KEY], Vec::new()).await;
    let archive = Archive::of(&house);
    house.post(&echo("a stranger")).await.assert_error(401, "invalid_api_key");
    assert_first(&house, &archive, "the owner").await;
}
