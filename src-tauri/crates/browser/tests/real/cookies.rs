//! A session goes into a browser and comes out of it, through DevTools and through the driver alone.

use postern_browser::storage_state::{Cookie, OriginStorage, Partition, SameSite};
use postern_browser::{Browser, CaptureMode, Options, Profile, StorageState};
use postern_protocol::Secret;
use serde_json::Map;

use crate::life::remote_driver;
use crate::site::Site;
use crate::{alone, browser, options};

pub(crate) const NOW: u64 = 1_700_000_000;
/// Later than any day this test is run on, and no later than the browser keeps a cookie.
fn later() -> f64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_secs() as f64 + 86_400.0
}

pub(crate) fn cookie(name: &str, domain: &str) -> Cookie {
    Cookie {
        name: name.to_owned(),
        value: Secret::new(format!("value of {name}")),
        domain: domain.to_owned(),
        path: "/".to_owned(),
        expires: Some(later()),
        http_only: false,
        secure: false,
        same_site: None,
        partition: None,
    }
}

pub(crate) fn state(cookies: Vec<Cookie>, origins: &[&str]) -> StorageState {
    let storage = |origin: &&str| OriginStorage {
        origin: (*origin).to_owned(),
        items: vec![("kept".to_owned(), Secret::new(format!("at {origin}")))],
        extra: Map::new(),
    };
    StorageState { cookies, origins: origins.iter().map(storage).collect(), extra: Map::new() }
}

pub(crate) fn find<'a>(state: &'a StorageState, name: &str) -> &'a Cookie {
    state.cookies.iter().find(|cookie| cookie.name == name).unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test]
async fn a_session_of_many_hosts_goes_in_and_comes_out() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let there = browser(dir.path(), CaptureMode::Page).await;

    let mut plain = cookie("SID", ".google.com");
    plain.same_site = Some(SameSite::None);
    let mut own = cookie("__Host-GAPS", "accounts.google.com");
    (own.secure, own.http_only, own.same_site) = (true, true, Some(SameSite::Strict));
    let mut third = cookie("__Secure-3PSID", ".google.com");
    (third.secure, third.same_site) = (true, Some(SameSite::None));
    let mut partitioned = cookie("CHIP", "a.example");
    (partitioned.secure, partitioned.same_site) = (true, Some(SameSite::None));
    partitioned.partition =
        Some(Partition { site: "https://b.example".to_owned(), cross_site_ancestor: true });
    let mut over = cookie("OLD", ".google.com");
    over.expires = Some(NOW as f64);
    let mut impossible = cookie("__Host-BAD", ".google.com");
    impossible.secure = true;
    let here = cookie("here", "127.0.0.1");
    let session = cookie("session", "127.0.0.1");
    let session = Cookie { expires: None, ..session };
    let cookies = vec![plain, own, third, partitioned, over, impossible, here, session];

    let given = state(cookies, &[&site.origin, &site.other_origin, "https://closed.invalid"]);
    let written = there.write_state(&given, NOW).await.unwrap();
    assert_eq!((written.cookies, written.expired), (6, 1));
    assert_eq!(written.refused, ["__Host-BAD of .google.com"]);
    assert_eq!(written.closed_origins, ["https://closed.invalid"]);
    assert_eq!(there.page().url().await.unwrap(), "about:blank");

    // The site itself sees them.
    there.page().goto(&format!("{}/some/page", site.other_origin)).await.unwrap();
    let seen: String = there.page().run("return document.cookie", ()).await.unwrap();
    assert!(seen.contains("here=value of here") && seen.contains("session=value of session"), "{seen}");

    let origins = [site.other_origin.clone()];
    let read = there.read_state(&origins).await.unwrap();
    assert!(there.page().url().await.unwrap().ends_with("/some/page"), "it stayed where it was");
    assert_eq!(read.origins, state(vec![], &[&site.other_origin]).origins);
    for name in ["SID", "__Host-GAPS", "__Secure-3PSID", "CHIP", "here", "session"] {
        let (put, got) = (find(&given, name), find(&read, name));
        assert!(got.value == put.value && got.domain == put.domain && got.path == put.path, "{name}");
        assert_eq!((got.secure, got.http_only), (put.secure, put.http_only), "{name}");
        assert_eq!(got.partition, put.partition, "{name}");
        assert_eq!(got.expires.is_some(), put.expires.is_some(), "{name}");
    }
    assert_eq!(find(&read, "SID").same_site, None, "what the browser would refuse is left to it");
    assert_eq!(find(&read, "__Secure-3PSID").same_site, Some(SameSite::None));

    let both = there.read_state(&[site.origin.clone(), site.other_origin.clone()]).await.unwrap();
    assert_eq!(both.origins.len(), 2);

    // What goes in stays in the profile.
    let profile = there.close().await;
    let again = Browser::start(&options(dir.path(), CaptureMode::Page), profile).await.unwrap();
    let read = again.read_state(&origins).await.unwrap();
    for name in ["SID", "__Host-GAPS", "__Secure-3PSID", "CHIP", "here"] {
        assert!(find(&read, name).value == find(&given, name).value, "{name}");
    }
    assert_eq!(read.origins, state(vec![], &[&site.other_origin]).origins);
    again.close().await;
}

#[tokio::test]
async fn without_devtools_the_driver_carries_the_session() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let (_driver, address) = remote_driver();
    let remote = Options { webdriver_url: Some(address), ..options(dir.path(), CaptureMode::Page) };
    let profile = Profile::open(&dir.path().join("unused")).unwrap();
    let there = Browser::start(&remote, profile).await.unwrap();

    let mut hidden = cookie("hidden", "127.0.0.1");
    (hidden.http_only, hidden.same_site) = (true, Some(SameSite::None));
    let cookies = vec![cookie("here", "127.0.0.1"), hidden, cookie("SID", ".closed.invalid")];
    let given = state(cookies, &[&site.origin]);
    let written = there.write_state(&given, NOW).await.unwrap();
    assert_eq!((written.cookies, written.refused), (2, vec!["SID of .closed.invalid".to_owned()]));
    let read = there.read_state(std::slice::from_ref(&site.origin)).await.unwrap();
    assert_eq!(read.origins, given.origins);
    assert!(find(&read, "here").value == find(&given, "here").value);
    assert!(find(&read, "hidden").http_only);
    there.close().await;
}
