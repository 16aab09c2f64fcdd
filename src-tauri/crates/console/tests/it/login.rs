//! Coming in from a browser and going out again.

use http::Method;
use postern_console::api::session::SignIn;
use serde_json::json;

use crate::support::{Browser, House, PASSWORD};

#[tokio::test]
async fn a_link_lets_in_once_and_the_password_from_then_on() {
    let house = House::new();
    let mut first = Browser::default();
    let session = first.get(&house, "/api/session").await.ok();
    assert_eq!((&session["signed_in"], &session["password_set"]), (&json!(false), &json!(false)));
    assert_eq!(first.get(&house, "/api/keys").await.refused(401), "sign_in_needed");

    let token = house.console.link().await.expect("a link");
    let link = SignIn::Link(token.expose().to_owned());
    let answer = first.sign_in(&house, &link).await;
    let cookie = answer.headers["set-cookie"].to_str().expect("text").to_owned();
    for part in ["postern_session=", "; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=2592000"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "{cookie}");
    assert!(!answer.text().contains(token.expose()));
    assert_eq!(answer.ok()["visitor"], "browser");
    first.get(&house, "/api/keys").await.ok();

    assert_eq!(Browser::default().sign_in(&house, &link).await.refused(401), "wrong_credential");
    let new = Some(json!({ "new": PASSWORD }));
    first.ask(&house, Method::PUT, "/api/session/password", new).await.ok();

    let mut second = Browser::default();
    assert_eq!(second.with_password(&house, "something else").await.refused(401), "wrong_credential");
    assert_eq!(second.get(&house, "/api/keys").await.refused(401), "sign_in_needed");
    second.with_password(&house, PASSWORD).await.ok();
    let session = second.get(&house, "/api/session").await.ok();
    assert_eq!((&session["signed_in"], &session["password_set"]), (&json!(true), &json!(true)));
}

#[tokio::test]
async fn nobody_guesses_the_password_for_long() {
    let house = House::new();
    let mut browser = Browser::default();
    for _ in 0..5 {
        assert_eq!(browser.with_password(&house, "a guess").await.refused(401), "wrong_credential");
    }
    assert_eq!(browser.with_password(&house, "a guess").await.refused(429), "throttled");
    let guess = SignIn::Link("a guess".to_owned());
    assert_eq!(browser.sign_in(&house, &guess).await.refused(429), "throttled");
    let link = house.console.link().await.expect("a link");
    browser.sign_in(&house, &SignIn::Link(link.expose().to_owned())).await.ok();
}

#[tokio::test]
async fn who_signs_out_is_out() {
    let house = House::new();
    let browser = house.owner().await;
    let answer = browser.ask(&house, Method::DELETE, "/api/session", None).await;
    assert_eq!(answer.status, 204);
    assert!(answer.headers["set-cookie"].to_str().expect("text").contains("Max-Age=0"));
    assert_eq!(browser.get(&house, "/api/server").await.refused(401), "sign_in_needed");
}

#[tokio::test]
async fn a_new_password_ends_every_other_session() {
    let house = House::new();
    let owner = house.owner().await;
    let mut other = Browser::default();
    other.with_password(&house, PASSWORD).await.ok();
    let sessions = owner.get(&house, "/api/session/others").await.ok();
    assert_eq!(sessions["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(sessions["sessions"][0]["peer"], "127.0.0.1");

    let change = |current: Option<&str>| Some(json!({ "current": current, "new": "quite another one" }));
    let path = "/api/session/password";
    assert_eq!(owner.ask(&house, Method::PUT, path, change(None)).await.refused(400), "invalid");
    let wrong = owner.ask(&house, Method::PUT, path, change(Some("not this"))).await;
    assert_eq!((wrong.refused(401).as_str(), wrong.field().as_str()), ("wrong_credential", "current"));
    other.get(&house, "/api/server").await.ok();
    owner.ask(&house, Method::PUT, path, change(Some(PASSWORD))).await.ok();

    owner.get(&house, "/api/server").await.ok();
    assert_eq!(other.get(&house, "/api/server").await.refused(401), "sign_in_needed");
    assert_eq!(other.with_password(&house, PASSWORD).await.refused(401), "wrong_credential");
}

#[tokio::test]
async fn the_other_sessions_can_be_ended() {
    let house = House::new();
    let owner = house.owner().await;
    let mut other = Browser::default();
    other.with_password(&house, PASSWORD).await.ok();
    let ended = owner.ask(&house, Method::DELETE, "/api/session/others", None).await.ok();
    assert_eq!(ended["ended"], 1);
    owner.get(&house, "/api/server").await.ok();
    assert_eq!(other.get(&house, "/api/server").await.refused(401), "sign_in_needed");
}

#[tokio::test]
async fn who_forgot_the_password_sets_a_new_one_with_a_link() {
    let house = House::new();
    let owner = house.owner().await;
    let mut forgetful = Browser::default();
    let link = house.console.link().await.expect("a link");
    forgetful.sign_in(&house, &SignIn::Link(link.expose().to_owned())).await.ok();
    let new = |password: &str| Some(json!({ "new": password }));
    let path = "/api/session/password";
    let short = forgetful.ask(&house, Method::PUT, path, new("too short")).await;
    assert_eq!((short.refused(400).as_str(), short.field().as_str()), ("invalid", "new"));
    forgetful.ask(&house, Method::PUT, path, new("one to remember")).await.ok();
    assert_eq!(owner.get(&house, "/api/server").await.refused(401), "sign_in_needed");
    // The link has done its work: from now on this session proves itself like any other.
    assert_eq!(
        forgetful.ask(&house, Method::PUT, path, new("yet another one")).await.refused(400),
        "invalid"
    );
}

#[tokio::test]
async fn the_window_sets_the_password_without_proof() {
    let house = House::new();
    let owner = house.owner().await;
    let new = Some(json!({ "new": "set in the window" }));
    let session = house.window(Method::PUT, "/api/session/password", new).await.ok();
    assert_eq!((&session["visitor"], &session["signed_in"]), (&json!("window"), &json!(true)));
    assert_eq!(owner.get(&house, "/api/server").await.refused(401), "sign_in_needed");
    Browser::default().with_password(&house, "set in the window").await.ok();
}

#[tokio::test]
async fn behind_tls_the_cookie_never_goes_out_without() {
    let house = House::new();
    let token = house.console.link().await.expect("a link");
    let body = json!({ "link": token.expose() });
    let mut request = Browser::default().request(Method::POST, "/api/session", Some(body));
    request.headers_mut().insert("x-forwarded-proto", "https".parse().expect("a header"));
    let answer = house.call(request).await;
    answer.ok();
    assert!(answer.headers["set-cookie"].to_str().expect("text").ends_with("; Secure"));
}

#[tokio::test]
async fn a_way_in_is_exactly_one() {
    let house = House::new();
    for body in [json!({}), json!({ "password": "a", "link": "b" }), json!("password"), json!({ "key": "a" })]
    {
        let answer = Browser::default().ask(&house, Method::POST, "/api/session", Some(body)).await;
        assert_eq!(answer.refused(400), "invalid");
    }
}
