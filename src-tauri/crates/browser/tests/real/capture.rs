//! What a watch tells is what the server sent, to the byte, in both ways of listening.

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use postern_browser::{Browser, BrowserError, CaptureMode, NetEvent, Page, Watch};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::site::{Answer, End, Site, closed_origin};
use crate::{NEVER, alone, browser};

/// One exchange as it was heard.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    url: String,
    request: Option<String>,
    status: Option<u16>,
    pub(crate) body: Vec<u8>,
    broken: Option<String>,
}

async fn next(watch: &mut Watch) -> NetEvent {
    timeout(NEVER, watch.next()).await.unwrap().unwrap()
}

/// Listens until the next exchange ends, checking the order of its events.
pub(crate) async fn hear(watch: &mut Watch) -> Heard {
    let mut heard = Heard::default();
    let NetEvent::Sent { id, url, body } = next(watch).await else { panic!("an exchange begins with Sent") };
    (heard.url, heard.request) = (url, body);
    loop {
        let event = next(watch).await;
        assert_eq!(event.id(), id, "exchanges of this test come one after the other");
        match event {
            NetEvent::Sent { .. } => panic!("sent twice"),
            NetEvent::Answered { status, .. } => assert_eq!(heard.status.replace(status), None),
            NetEvent::Data { bytes, .. } => {
                assert!(heard.status.is_some() && !bytes.is_empty());
                heard.body.extend_from_slice(&bytes);
            }
            NetEvent::Done { .. } => return heard,
            NetEvent::Broken { why, .. } => {
                heard.broken = Some(why);
                return heard;
            }
        }
    }
}

async fn ask(page: &Page, via: &str, url: &str, method: &str, body: Option<&str>) {
    let args = json!([via, url, method, body]);
    page.run::<()>("window.ask(...arguments[0])", args).await.unwrap();
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Text of every kind of character, different at each place.
fn long_text(bytes: usize) -> Vec<u8> {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&format!("[{number},\"ä漢😀\"],"));
    }
    text.into_bytes()
}

fn cases() -> Vec<(&'static str, Answer, Vec<u8>)> {
    let plain = |name, answer: Answer| {
        let body = answer.body();
        (name, answer, body)
    };
    let packed = long_text(200_000);
    let half = gzip(&packed).len() / 2;
    let (first, second) = (gzip(&packed)[..half].to_vec(), gzip(&packed)[half..].to_vec());
    let zipped = Answer { headers: "Content-Encoding: gzip\r\n", ..Answer::pieces([first, second]) };
    let emoji = "a😀b👩‍👩‍👧c".as_bytes();
    vec![
        plain("tiny", Answer::pieces(["x"])),
        plain("empty", Answer::pieces(Vec::<Vec<u8>>::new())),
        plain("single-bytes", Answer::pieces(long_text(3_000).chunks(1))),
        plain("split-emoji", Answer::pieces(emoji.chunks(1))),
        plain("odd-pieces", Answer::pieces(long_text(60_000).chunks(997))),
        plain("megabyte-at-once", Answer::pieces([long_text(1 << 20)])),
        plain("megabytes-in-pieces", Answer::pieces(long_text(3 << 20).chunks(16_384))),
        ("gzip", zipped, packed),
        plain("too-many", Answer { status: 429, ..Answer::pieces(["[null,[8,", "\"quota\"]]"]) }),
        plain("forbidden", Answer { status: 403, ..Answer::pieces(["[,[7,\"no\"]]"]) }),
        plain("broken-server", Answer { status: 500, ..Answer::pieces(["oh"]) }),
    ]
}

async fn exactness(page: &Page, site: &Site) {
    let mut watch = page.watch("/api/").await.unwrap();
    for (name, answer, expected) in cases() {
        let status = answer.status;
        let (url, _) = site.answer(name, answer);
        for via in ["xhr", "fetch"] {
            ask(page, via, &url, "POST", Some("[\"prompt 😀\"]")).await;
            let heard = hear(&mut watch).await;
            assert_eq!(heard.url, url);
            assert_eq!(heard.request.as_deref(), Some("[\"prompt 😀\"]"), "{name} {via}");
            assert_eq!((heard.status, heard.broken), (Some(status), None), "{name} {via}");
            assert_eq!(heard.body.len(), expected.len(), "{name} {via}");
            assert_eq!(Sha256::digest(&heard.body), Sha256::digest(&expected), "{name} {via}");
            let page_saw: String = page.run("return window.answer", ()).await.unwrap();
            assert_eq!(page_saw.as_bytes(), expected, "the page itself is not disturbed: {name} {via}");
        }
    }
}

async fn many_tiny_ones_at_once(page: &Page, site: &Site) {
    let (url, _) = site.answer("burst", Answer::pieces(["{\"n\":", "1}"]));
    let mut watch = page.watch("/api/burst").await.unwrap();
    let script =
        "for (let i = 0; i < 40; i++) window.ask(i % 2 ? 'xhr' : 'fetch', arguments[0] + '?' + i, 'GET')";
    page.run::<()>(script, &url).await.unwrap();
    let mut bodies = std::collections::HashMap::<_, Vec<u8>>::new();
    let mut done = 0;
    while done < 40 {
        match next(&mut watch).await {
            NetEvent::Sent { id, .. } => assert_eq!(bodies.insert(id, Vec::new()), None),
            NetEvent::Data { id, bytes } => bodies.get_mut(&id).unwrap().extend_from_slice(&bytes),
            NetEvent::Done { id } => {
                assert_eq!(bodies[&id], b"{\"n\":1}");
                done += 1;
            }
            NetEvent::Answered { .. } => {}
            NetEvent::Broken { why, .. } => panic!("{why}"),
        }
    }
}

async fn interruptions(page: &Page, site: &Site) {
    let mut watch = page.watch("/api/").await.unwrap();

    let (url, _) = site.answer("cut", Answer { end: End::Cut, ..Answer::pieces(["abc", "def"]) });
    ask(page, "xhr", &url, "GET", None).await;
    let heard = hear(&mut watch).await;
    assert_eq!(heard.status, Some(200));
    assert!(heard.broken.is_some(), "{heard:?}");
    assert!(b"abcdef".starts_with(&heard.body[..]));

    let (url, _) = site.answer("aborted", Answer { end: End::Hang, ..Answer::pieces(["abc"]) });
    ask(page, "xhr", &url, "GET", None).await;
    let NetEvent::Sent { .. } = next(&mut watch).await else { panic!() };
    let NetEvent::Answered { status: 200, .. } = next(&mut watch).await else { panic!() };
    let NetEvent::Data { bytes, .. } = next(&mut watch).await else { panic!() };
    assert_eq!(bytes, Bytes::from_static(b"abc"));
    page.run::<()>("window.last.abort()", ()).await.unwrap();
    let NetEvent::Broken { .. } = next(&mut watch).await else { panic!() };

    ask(page, "xhr", &format!("{}/api/refused", closed_origin().await), "GET", None).await;
    let heard = hear(&mut watch).await;
    assert_eq!(heard.status, None);
    assert!(heard.broken.is_some());

    ask(page, "xhr", &url, "GET", None).await;
    let NetEvent::Sent { id, .. } = next(&mut watch).await else { panic!() };
    page.goto(&site.origin).await.unwrap();
    loop {
        let event = next(&mut watch).await;
        assert_eq!(event.id(), id);
        if matches!(event, NetEvent::Broken { .. }) {
            break;
        }
    }
}

async fn bytes_come_while_the_answer_is_under_way(page: &Page, site: &Site) {
    let gate = Arc::new(Notify::new());
    let answer = Answer { gate: Some(gate.clone()), ..Answer::pieces(["first", "second"]) };
    let (url, _) = site.answer("gated", answer);
    let mut watch = page.watch("/api/gated").await.unwrap();
    ask(page, "xhr", &url, "GET", None).await;
    let mut body = Vec::new();
    while body != b"first" {
        if let NetEvent::Data { bytes, .. } = next(&mut watch).await {
            body.extend_from_slice(&bytes);
        }
    }
    gate.notify_one();
    while !matches!(next(&mut watch).await, NetEvent::Done { .. }) {}
}

async fn only_what_is_asked_for(page: &Page, site: &Site) {
    let (early, _) = site.answer("asked", Answer::pieces(["early"]));
    let (_, url) = site.answer("asked", Answer::pieces(["late"]));
    let (other, _) = site.answer("other", Answer::pieces(["other"]));
    let gate = Arc::new(Notify::new());
    let slow = Answer { gate: Some(gate.clone()), ..Answer::pieces(["slow", "er"]) };
    let (slow, _) = site.answer("asked-before", slow);
    // An older watch hears it, a younger one must not.
    let mut older = page.watch("/api/asked").await.unwrap();
    ask(page, "xhr", &slow, "GET", None).await;
    let NetEvent::Sent { id: before, .. } = next(&mut older).await else { panic!() };
    let mut watch = page.watch("/api/asked").await.unwrap();
    gate.notify_one();
    while !matches!(next(&mut older).await, NetEvent::Done { id } if id == before) {}
    drop(older);

    ask(page, "xhr", &format!("{other}?x=/api/asked"), "GET", None).await;
    page.run::<String>("return window.answer", ()).await.unwrap();
    // Another origin and a header of its own: the browser asks the server first, by a request of its own.
    let args = json!(["xhr", url, "POST", "b", { "x-own": "1" }]);
    page.run::<()>("window.ask(...arguments[0])", args).await.unwrap();
    let heard = hear(&mut watch).await;
    assert_eq!((heard.url.as_str(), heard.request.as_deref()), (url.as_str(), Some("b")));
    assert_eq!(heard.body, b"late");
    // Requests that a document makes while it loads.
    page.goto(&format!("{}/?ask={early}", site.origin)).await.unwrap();
    let heard = hear(&mut watch).await;
    assert_eq!((heard.url, heard.body), (early, b"late".to_vec()));
}

async fn long_request_bodies(page: &Page, site: &Site) {
    let (url, _) = site.answer("long", Answer::pieces(["ok"]));
    let mut watch = page.watch("/api/long").await.unwrap();
    let body = String::from_utf8(long_text(3 << 20)).unwrap();
    ask(page, "xhr", &url, "POST", Some(&body)).await;
    let heard = hear(&mut watch).await;
    assert_eq!(Sha256::digest(heard.request.unwrap()), Sha256::digest(&body));
    assert_eq!(heard.body, b"ok");
}

async fn a_new_tab_is_heard_too(browser: &mut Browser, site: &Site) {
    let old = browser.page();
    let mut old_watch = old.watch("/api/").await.unwrap();
    browser.new_tab().await.unwrap();
    assert!(matches!(old.url().await, Err(BrowserError::Gone)));
    assert!(matches!(old.watch("x").await, Err(BrowserError::Gone)));
    assert_eq!(timeout(NEVER, old_watch.next()).await.unwrap(), None);

    let page = browser.page();
    let mut watch = page.watch("/api/").await.unwrap();
    page.goto(&site.origin).await.unwrap();
    let (url, _) = site.answer("tab", Answer::pieces(["in the new tab"]));
    ask(&page, "xhr", &url, "GET", None).await;
    assert_eq!(hear(&mut watch).await.body, b"in the new tab");
}

/// All that there is to hear, in this browser.
pub(crate) async fn everything(mut browser: Browser) {
    let site = Site::open().await;
    let page = browser.page();
    page.goto(&site.origin).await.unwrap();
    exactness(&page, &site).await;
    many_tiny_ones_at_once(&page, &site).await;
    bytes_come_while_the_answer_is_under_way(&page, &site).await;
    only_what_is_asked_for(&page, &site).await;
    long_request_bodies(&page, &site).await;
    interruptions(&page, &site).await;
    a_new_tab_is_heard_too(&mut browser, &site).await;

    let page = browser.page();
    let mut watch = page.watch("/api/").await.unwrap();
    browser.close().await;
    assert_eq!(timeout(NEVER, watch.next()).await.unwrap(), None);
}

#[tokio::test]
async fn every_byte_is_told_by_the_network_and_by_the_page() {
    let _alone = alone().await;
    for capture in [CaptureMode::Network, CaptureMode::Page] {
        let dir = tempfile::tempdir().unwrap();
        everything(browser(dir.path(), capture).await).await;
    }
}
