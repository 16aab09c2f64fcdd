use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(text: &str) -> Result<StorageState, StateError> {
    StorageState::read(text.as_bytes())
}

fn refused(text: &str) -> String {
    read(text).expect_err("refused").to_string()
}

/// As the older of the two projects keeps a profile: Playwright's `storage_state`, out of Firefox.
const PROXY_API: &str = r#"{
  "cookies": [
    {"name": "SID", "value": "s1", "domain": ".google.com", "path": "/", "expires": 1800000000.5,
     "httpOnly": false, "secure": false, "sameSite": "None"},
    {"name": "__Host-GAPS", "value": "g1", "domain": "accounts.google.com", "path": "/", "expires": -1,
     "httpOnly": true, "secure": true, "sameSite": "Strict"}
  ],
  "origins": [
    {"origin": "https://aistudio.google.com", "indexedDB": [{"name": "db"}],
     "localStorage": [{"name": "aiStudioUserPreference", "value": "{\"a\":1}"}]}
  ]
}"#;

#[test]
fn the_older_projects_files_are_read() {
    let state = read(PROXY_API).expect("read");
    assert_eq!(state.cookies.len(), 2);
    let [sid, gaps] = &state.cookies[..] else { panic!("two cookies") };
    assert_eq!((sid.name.as_str(), sid.value.expose(), sid.host()), ("SID", "s1", "google.com"));
    assert_eq!(
        (sid.is_wide(), sid.expires, sid.same_site),
        (true, Some(1_800_000_000.5), Some(SameSite::None))
    );
    assert_eq!((gaps.is_wide(), gaps.expires, gaps.secure, gaps.http_only), (false, None, true, true));
    let storage = &state.origins[0];
    assert_eq!(storage.origin, "https://aistudio.google.com");
    assert_eq!(storage.items[0].1.expose(), "{\"a\":1}");
    assert_eq!(state.account(), None);

    let other = PROXY_API.replacen('{', r#"{"accountName": " me@example.org ", "expired": true, "#, 1);
    let state = read(&other).expect("read");
    assert_eq!(state.account(), Some("me@example.org"));
    let again: Value = serde_json::from_str(state.to_json().expose()).expect("JSON");
    assert_eq!(again["expired"], json!(true), "what others keep beside it stays");
    assert_eq!(again["origins"][0]["indexedDB"], json!([{ "name": "db" }]));
    assert_eq!(again["cookies"][1]["expires"], json!(-1.0));
}

#[test]
fn what_browser_extensions_export_is_read() {
    let state = read(
        r#"[{"domain": ".google.com", "expirationDate": 1800000000.25, "hostOnly": false, "httpOnly": true,
             "name": "SID", "path": "/", "sameSite": "no_restriction", "secure": true, "session": false,
             "storeId": "0", "value": "v", "partitionKey": {"topLevelSite": "https://a.example"}},
            {"domain": "accounts.google.com", "hostOnly": true, "name": "LSID", "sameSite": "unspecified",
             "session": true, "expirationDate": 5, "value": "w"},
            {"domain": "google.com", "hostOnly": false, "name": "X", "sameSite": null, "value": ""}]"#,
    )
    .expect("read");
    let [sid, lsid, x] = &state.cookies[..] else { panic!("three cookies") };
    assert_eq!((sid.expires, sid.same_site), (Some(1_800_000_000.25), Some(SameSite::None)));
    let partition = Partition { site: "https://a.example".to_owned(), cross_site_ancestor: false };
    assert_eq!(sid.partition, Some(partition));
    assert_eq!((lsid.is_wide(), lsid.expires, lsid.same_site, lsid.path.as_str()), (false, None, None, "/"));
    assert_eq!((x.domain.as_str(), x.same_site), (".google.com", None));
}

#[test]
fn a_cookies_txt_is_read() {
    let text = "# Netscape HTTP Cookie File\r\n\r\n.google.com\tTRUE\t/\tFALSE\t1800000000\tSID\ts1\r\n\
                #HttpOnly_accounts.google.com\tFALSE\t/\tTRUE\t0\t__Host-GAPS\tg=1\r\n\
                google.com\tTRUE\t/x\tTRUE\t1800000000\tempty\r\n";
    let state = read(text).expect("read");
    let [sid, gaps, empty] = &state.cookies[..] else { panic!("three cookies") };
    assert_eq!(
        (sid.domain.as_str(), sid.expires, sid.http_only),
        (".google.com", Some(1_800_000_000.0), false)
    );
    assert_eq!(
        (gaps.domain.as_str(), gaps.expires, gaps.value.expose()),
        ("accounts.google.com", None, "g=1")
    );
    assert!(gaps.http_only && gaps.secure);
    assert_eq!((empty.domain.as_str(), empty.path.as_str(), empty.value.expose()), (".google.com", "/x", ""));
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let cookie = |fields: &str| format!(r#"{{"cookies": [{{{fields}}}]}}"#);
    let whole = r#""name": "A", "value": "secret", "domain": "google.com", "path": "/""#;
    for (text, said) in [
        (String::new(), "there are no cookies in the file"),
        ("{}".to_owned(), "there are no cookies in the file"),
        ("[]".to_owned(), "there are no cookies in the file"),
        ("{\n \"cookies\": [x".to_owned(), "the file is not valid JSON: line 2, column 14"),
        (r#"{"cookies": {}}"#.to_owned(), "cookies is no array"),
        (r#"{"cookies": ["secret"]}"#.to_owned(), "cookies[0] is no object"),
        (cookie(r#""value": "secret", "domain": "google.com""#), "cookies[0].name is missing"),
        (cookie(r#""name": "A", "value": 5, "domain": "google.com""#), "cookies[0].value is no text"),
        (cookie(&whole.replace("google.com", "a b")), "cookies[0].domain is no host"),
        (cookie(&whole.replace("\"/\"", "\"secret\"")), "cookies[0].path is no path"),
        (
            cookie(&whole.replace("secret", "sec\\nret")),
            "cookies[0].value has a character that no cookie has",
        ),
        (cookie(&format!(r#"{whole}, "secure": "secret""#)), "cookies[0].secure is neither true nor false"),
        (cookie(&format!(r#"{whole}, "expires": "secret""#)), "cookies[0].expires is no number"),
        (
            cookie(&format!(r#"{whole}, "sameSite": "secret""#)),
            "cookies[0].sameSite is neither Strict, Lax nor None",
        ),
        (r#"{"origins": [{"origin": "secret"}]}"#.to_owned(), "origins[0].origin is no web address"),
        ("hello".to_owned(), "line 1 is not a cookie: seven columns with tabs between them"),
        ("google.com\tTRUE\t/\tFALSE\tsecret\tA\tsecret".to_owned(), "line 1 has no time in column 5"),
        (
            "google.com\tsecret\t/\tFALSE\t1\tA\tb".to_owned(),
            "line 1 says neither TRUE nor FALSE in column 2",
        ),
        ("\n..\tTRUE\t/\tFALSE\t1\tA\tsecret".to_owned(), "line 2: its domain is no host"),
    ] {
        assert_eq!(refused(&text), said, "{text}");
    }
    assert_eq!(StorageState::read(&[0xff, 0xfe, b'{']), Err(StateError::NotText));
    assert_eq!(StorageState::read(&vec![b' '; (16 << 20) + 1]), Err(StateError::TooLarge));
    let deep = format!("{{\"cookies\": {}", "[".repeat(100_000));
    assert!(matches!(read(&deep), Err(StateError::Syntax { .. })), "depth is bounded");
    let many = format!("[{}]", vec!["{}"; 5_001].join(","));
    assert_eq!(read(&many), Err(StateError::TooMany("cookies")));
}

#[test]
fn a_session_that_cannot_work_is_known_by_its_cookies() {
    const CRITICAL: &[&str] = &["SID", "HSID"];
    let cookie = |name: &str, expires: Option<f64>| Cookie {
        name: name.to_owned(),
        value: Secret::new("v"),
        domain: ".google.com".to_owned(),
        path: "/".to_owned(),
        expires,
        http_only: false,
        secure: false,
        same_site: None,
        partition: None,
    };
    let state = |cookies: Vec<Cookie>| StorageState { cookies, ..StorageState::default() };
    let good = state(vec![cookie("SID", None), cookie("HSID", Some(101.0)), cookie("HSID", Some(1.0))]);
    assert_eq!(good.health(CRITICAL, 100), Health::Aged { expired: 1, of: 3 });
    assert!(good.has(CRITICAL, 100) && !good.has(CRITICAL, 101));
    let fresh = state(vec![
        cookie("SID", None),
        cookie("HSID", Some(101.0)),
        cookie("X", None),
        cookie("Y", Some(1.0)),
    ]);
    assert_eq!(fresh.health(CRITICAL, 100), Health::Good, "a quarter of them may be over");
    let broken = state(vec![cookie("HSID", Some(100.0))]);
    assert_eq!(broken.health(CRITICAL, 100), Health::Broken { missing: vec!["SID"], expired: vec!["HSID"] });
}

#[test]
fn nothing_prints_a_value() {
    let mut state = read(PROXY_API).expect("read");
    state.extra.insert("note".to_owned(), json!("s1"));
    let printed = format!("{state:?} {:?} {:?}", state.cookies, state.origins);
    for value in ["s1", "g1", "{\\\"a\\\":1}", "db"] {
        assert!(!printed.contains(value), "{printed}");
    }
}

fn states() -> impl Strategy<Value = StorageState> {
    let word = "[a-zA-Z0-9_-]{1,12}";
    // Numbers that JSON carries exactly.
    let expires = (1_u32..u32::MAX).prop_map(|half| f64::from(half) / 2.0);
    let same_site = prop_oneof![Just(SameSite::Strict), Just(SameSite::Lax), Just(SameSite::None)];
    let cookie =
        (word, "[ -:<-~]{0,20}", "\\.?[a-z]{1,8}\\.example", proptest::option::of(expires), same_site)
            .prop_map(|(name, value, domain, expires, same_site)| Cookie {
                name,
                value: Secret::new(value),
                domain,
                path: "/".to_owned(),
                expires,
                http_only: expires.is_some(),
                secure: same_site == SameSite::None,
                same_site: Some(same_site),
                partition: expires
                    .is_none()
                    .then(|| Partition { site: "https://a.example".to_owned(), cross_site_ancestor: true }),
            });
    let items = proptest::collection::vec((".*", ".*".prop_map(|text: String| Secret::new(text))), 0..4);
    let origin = (items, "[a-z]{1,8}").prop_map(|(items, host)| OriginStorage {
        origin: format!("https://{host}.example"),
        items,
        extra: Map::new(),
    });
    let many = (proptest::collection::vec(cookie, 1..6), proptest::collection::vec(origin, 0..3), ".*");
    many.prop_map(|(cookies, origins, note)| StorageState {
        cookies,
        origins,
        extra: Map::from_iter([("note".to_owned(), json!(note))]),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(state in states()) {
        let written = state.to_json();
        let again = StorageState::read(written.expose().as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(again == state);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400), head in "[\\[{\"#.a-z\t0-9]{0,40}") {
        let mut text = head.into_bytes();
        text.extend(bytes);
        let _ = StorageState::read(&text);
    }

    /// Something is broken at a random place of a file; the error says nothing of what stands there.
    #[test]
    fn no_error_quotes_the_file(at in 0..PROXY_API.len(), instead in "[\\[\\]{}:,\"a0;\n]") {
        let mut text = PROXY_API.replace("s1", "PLANTED").replace("g1", "PLANTED").replace("{\\\"a\\\":1}", "PLANTED");
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.replace_range(at..=at, &instead);
        if let Err(error) = read(&text) {
            prop_assert!(!error.to_string().contains("PLANTED"), "{}", error);
        }
    }
}
