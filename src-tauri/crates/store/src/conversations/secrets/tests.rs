use std::time::SystemTime;

use proptest::prelude::*;

use super::{Cleaner, Secrets};
use crate::{Call, Via};

const KEY: &str = "sk-live-0123456789abcdef";

fn call(path: &str, headers: &[(&str, &str)]) -> Call {
    Call {
        id: "req".to_owned(),
        at: SystemTime::now(),
        via: Via::Proxy,
        method: "POST".to_owned(),
        host: None,
        path: path.to_owned(),
        headers: headers.iter().copied().collect(),
        key: None,
    }
}

fn cleaned(mut cleaner: Cleaner, pieces: &[&[u8]]) -> String {
    let mut out = Vec::new();
    pieces.iter().for_each(|piece| cleaner.push(piece, &mut out));
    cleaner.finish(&mut out);
    String::from_utf8(out).expect("text")
}

fn request(secrets: &mut Secrets, body: &str) -> String {
    String::from_utf8(secrets.request(body.as_bytes()).into_owned()).expect("text")
}

#[test]
fn headers_with_credentials_lose_their_values() {
    let sent = [
        ("Authorization", "Bearer abc"),
        ("X-API-Key", "abc"),
        ("api-key", "abc"),
        ("x-goog-api-key", "abc"),
        ("X-Postern-Key", "abc"),
        ("Cookie", "a=b"),
        ("Set-Cookie", "a=b"),
        ("Ocp-Apim-Subscription-Key", "abc"),
        ("x-amz-security-token", "abc"),
        ("content-encoding", "gzip"),
        ("anthropic-ratelimit-tokens-remaining", "12"),
        ("idempotency-key", "stays"),
    ];
    let call = call("/", &sent);
    let clean: Vec<(String, String)> =
        serde_json::from_str(&Secrets::of(&call).headers(&call.headers, false)).expect("JSON");
    for (name, value) in &clean[..9] {
        assert_eq!(value, "[removed]", "{name}");
    }
    let rest: Vec<&str> = clean[9..].iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(rest, ["gzip", "12", "stays"]);
    assert!(!Secrets::of(&call).headers(&call.headers, true).contains("gzip"));
}

#[test]
fn parameters_with_credentials_lose_their_values() {
    let path =
        "/v1/models/m:generateContent?alt=sse&key=AIzaSECRET&x=1&Access_Token=ya29.a&sig=b&empty=&flag";
    let expected = "/v1/models/m:generateContent?alt=sse&key=[removed]&x=1&Access_Token=[removed]&sig=[removed]&empty=&flag";
    assert_eq!(Secrets::of(&call(path, &[])).path(path), expected);
}

#[test]
fn fields_with_credentials_lose_their_strings() {
    let body = r#"{"tools":[{"type":"mcp","authorization": "tok en\"\\","headers":{"X-Api-Key" : "k","Other":"stays"}},
        {"authorization_token":"","API_KEY":null,"apiKey":{"type":"string"},"token":"stays"}],"say":"\"api_key\":\"stays\""}"#;
    let expected = r#"{"tools":[{"type":"mcp","authorization": "[removed]","headers":{"X-Api-Key" : "[removed]","Other":"stays"}},
        {"authorization_token":"","API_KEY":null,"apiKey":{"type":"string"},"token":"stays"}],"say":"\"api_key\":\"stays\""}"#;
    assert_eq!(request(&mut Secrets::default(), body), expected);
}

#[test]
fn what_was_sent_as_a_credential_is_taken_out_everywhere() {
    let call = call("/echo", &[("authorization", &format!("Bearer {KEY}")), ("x-note", KEY)]);
    let mut secrets = Secrets::of(&call);
    assert_eq!(request(&mut secrets, &format!("my key is {KEY}{KEY}.")), "my key is [removed][removed].");
    assert_eq!(cleaned(secrets.response_cleaner(), &[KEY.as_bytes()]), "[removed]");
    assert!(!secrets.headers(&call.headers, false).contains(KEY));
    assert_eq!(secrets.path(&format!("/{KEY}/a")), "/[removed]/a");
}

#[test]
fn what_a_request_names_is_not_in_the_answer() {
    let mut secrets = Secrets::default();
    request(&mut secrets, &format!("{{\"authorization\":\"Bearer {KEY}\"}}"));
    assert_eq!(secrets.response(format!("echo {KEY}").as_bytes()), "echo [removed]".as_bytes());
}

#[test]
fn a_credential_that_is_a_word_is_not_looked_for() {
    for word in ["ollama", "none", "not-needed", "lm-studio"] {
        let mut secrets = Secrets::of(&call("/", &[("authorization", &format!("Bearer {word}"))]));
        let body = format!("I use {word} and it is none of yours");
        assert_eq!(request(&mut secrets, &body), body);
    }
}

#[test]
fn credentials_are_told_apart_and_not_named() {
    let of =
        |headers: &[(&str, &str)], path: &str| Secrets::of(&call(path, headers)).credential(b"installation");
    let bearer = of(&[("authorization", "Bearer k1")], "/").expect("one");
    assert_eq!(bearer.len(), 16);
    assert_eq!(of(&[("x-api-key", "k1")], "/"), Some(bearer.clone()), "the same key in another header");
    assert_eq!(of(&[], "/?key=k1"), Some(bearer.clone()), "or in the query");
    assert_ne!(of(&[("x-api-key", "k2")], "/"), Some(bearer.clone()));
    assert_eq!(of(&[("x-postern-key", "k1")], "/"), None, "that one is known by its id");
    let elsewhere = Secrets::of(&call("/?key=k1", &[])).credential(b"another installation");
    assert_ne!(elsewhere, Some(bearer));
}

/// Parts of which secrets and what is like them are made.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[ -~]{0,12}",
        Just("\"api_key\"".to_owned()),
        Just("\"Authorization\"".to_owned()),
        Just("\"access_token".to_owned()),
        Just(" : ".to_owned()),
        Just(":".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just(" ".repeat(70)),
        Just(KEY.to_owned()),
        Just(KEY[..10].to_owned()),
        Just("0123456789abcdef0123".to_owned()),
    ];
    proptest::collection::vec(part, 0..16).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn pieces_make_no_difference(text in text(), cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8)) {
        let sent = call("/", &[("x-api-key", KEY), ("authorization", "Bearer 0123456789abcdef0123")]);
        let cleaner = || Secrets::of(&sent).request_cleaner();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &text.as_bytes()[pair[0]..pair[1]]).collect();
        let whole = cleaned(cleaner(), &[text.as_bytes()]);
        prop_assert_eq!(&cleaned(cleaner(), &pieces), &whole);
        prop_assert!(!whole.contains(KEY));
    }

    #[test]
    fn what_has_no_secrets_stays(text in "[ -~\\n]{0,300}") {
        let clean = cleaned(Secrets::default().request_cleaner(), &[text.as_bytes()]);
        prop_assert_eq!(clean, text);
    }
}
