//! Clicks, keys, scripts and pictures.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use postern_browser::{Browser, BrowserError, CaptureMode, Handle, keys};
use serde_json::json;

use crate::capture::hear;
use crate::site::{Answer, Site, closed_origin};
use crate::{alone, browser};

#[tokio::test]
async fn a_page_is_seen_and_handled() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let browser = browser(dir.path(), CaptureMode::Network).await;
    let page = browser.page();

    page.goto(&site.origin).await.unwrap();
    assert_eq!(page.url().await.unwrap(), format!("{}/", site.origin));
    assert_eq!(page.title().await.unwrap(), "A page");

    let sum: i64 =
        page.run("return arguments[0].a + arguments[0].b", json!({ "a": 2, "b": 3 })).await.unwrap();
    assert_eq!(sum, 5);
    let late: String = page.run("return new Promise(r => setTimeout(() => r('late')))", ()).await.unwrap();
    assert_eq!(late, "late");
    let back: String = page.run_async("arguments[1](arguments[0] + '!')", "hi").await.unwrap();
    assert_eq!(back, "hi!");
    assert!(matches!(page.run::<()>("throw new Error('no')", ()).await, Err(BrowserError::Script(_))));
    assert!(matches!(page.run::<u8>("return 'text'", ()).await, Err(BrowserError::Script(_))));

    page.click("#count").await.unwrap();
    page.click_element("return document.querySelector(arguments[0])", "#count").await.unwrap();
    let counted: serde_json::Value =
        page.run("return {...document.querySelector('#count').dataset}", ()).await.unwrap();
    assert_eq!(counted, json!({ "count": "2", "trusted": "true" }));
    assert!(matches!(page.click("#none").await, Err(BrowserError::NoSuchElement(what)) if what == "#none"));
    assert!(matches!(page.click("#hidden").await, Err(BrowserError::NotInteractable(_))));
    let nothing = page.click_element("return null", ()).await;
    assert!(matches!(nothing, Err(BrowserError::NoSuchElement(_))));

    page.press("#text", &format!("hé{}", keys::CTRL_ENTER)).await.unwrap();
    let found = "return { field: document.querySelector('#text'), other: document.querySelector('#hidden') }";
    let found: HashMap<String, Handle> = page.run(found, ()).await.unwrap();
    page.press_in(&found["field"], keys::ESCAPE).await.unwrap();
    assert!(matches!(page.click_on(&found["other"]).await, Err(BrowserError::NotInteractable(_))));
    let pressed: String = page.run("return document.querySelector('#keys').textContent", ()).await.unwrap();
    assert_eq!(pressed, "h/true /true Ctrl+Control/true Ctrl+Enter/true Escape/true ");

    let picture = page.screenshot().await.unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    let width: u32 = page.run("return innerWidth", ()).await.unwrap();
    assert!(width >= 1280, "{width}");

    page.run::<()>("window.mark = 1", ()).await.unwrap();
    page.reload().await.unwrap();
    let gone = page.press_in(&found["field"], keys::ESCAPE).await;
    assert!(matches!(gone, Err(BrowserError::NoSuchElement(_))), "{gone:?}");
    assert!(page.run::<bool>("return window.mark === undefined", ()).await.unwrap());

    let (missing, _) = site.answer("missing", Answer { status: 404, ..Answer::pieces(["no"]) });
    page.run::<()>("return fetch(arguments[0] + '?token=1').then(() => {})", &missing).await.unwrap();
    page.run::<()>("", ()).await.unwrap();
    let console = page.console();
    assert!(console.iter().any(|line| line.contains("404") && line.contains("/api/missing")), "{console:?}");
    assert!(console.iter().all(|line| !line.contains("token=1")), "{console:?}");

    let refused = page.goto(&closed_origin().await).await;
    assert!(matches!(refused, Err(BrowserError::Navigation(_))), "{refused:?}");
    let profile = browser.close().await;
    assert!(!profile.dir().join("chrome_debug.log").exists());
    let log = std::fs::read_to_string(dir.path().join("logs/driver-profile.log")).unwrap();
    assert!(!log.contains("querySelector"), "what is done in the page is not written down: {log}");
}

#[tokio::test]
async fn a_dialog_holds_nothing_up() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    for capture in [CaptureMode::Network, CaptureMode::Page] {
        let browser = browser(dir.path(), capture).await;
        let page = browser.page();
        page.goto(&site.origin).await.unwrap();
        let asked = Instant::now();
        page.run::<()>("setTimeout(() => { alert('stop'); window.over = confirm('really?') })", ())
            .await
            .unwrap();
        while page.run::<Option<bool>>("return window.over ?? null", ()).await.unwrap() != Some(false) {
            assert!(asked.elapsed() < crate::NEVER);
        }
        // While no command is given, a dialog does not stop an answer either.
        let (url, _) = site.answer("after", Answer::pieces(["after the dialog"]));
        let mut watch = page.watch("/api/after").await.unwrap();
        let script = "setTimeout((url) => { alert('stop'); window.ask('xhr', url, 'GET') }, 0, arguments[0])";
        page.run::<()>(script, &url).await.unwrap();
        assert_eq!(hear(&mut watch).await.body, b"after the dialog");
        page.run::<()>(
            "addEventListener('beforeunload', e => { e.preventDefault(); e.returnValue = 'x' })",
            (),
        )
        .await
        .unwrap();
        page.click("#count").await.unwrap();
        page.goto(&format!("{}/?next", site.origin)).await.unwrap();
        assert!(page.url().await.unwrap().ends_with("/?next"));
        browser.close().await;
    }
}

#[tokio::test]
async fn files_are_given_to_a_field_that_nobody_sees() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let browser = browser(dir.path(), CaptureMode::Network).await;
    gives_files(&browser, &site, dir.path()).await;
    browser.close().await;
}

/// Files go from this folder to fields of the page.
pub(crate) async fn gives_files(browser: &Browser, site: &Site, dir: &Path) {
    let page = browser.page();
    page.goto(&site.origin).await.unwrap();
    let make = "const f = document.createElement('input'); f.type = 'file'; f.id = 'file'; f.hidden = true; \
                f.multiple = arguments[0]; document.querySelector('#file')?.remove(); document.body.append(f)";
    let field = "return document.querySelector('#file')";
    let read = "return Promise.all([...document.querySelector('#file').files].map(async (f) => \
                [f.name, f.type, await f.text()]))";
    let files = [dir.join("über uns.txt"), dir.join("b.json")];
    std::fs::write(&files[0], "one").unwrap();
    std::fs::write(&files[1], "{}").unwrap();

    page.run::<()>(make, true).await.unwrap();
    page.upload(field, (), &files).await.unwrap();
    let seen: Vec<[String; 3]> = page.run(read, ()).await.unwrap();
    assert_eq!(seen, [["über uns.txt", "text/plain", "one"], ["b.json", "application/json", "{}"]]);

    page.run::<()>(make, false).await.unwrap();
    page.upload(field, (), &files[..1]).await.unwrap();
    let seen: Vec<[String; 3]> = page.run(read, ()).await.unwrap();
    assert_eq!(seen.len(), 1);
    assert!(page.upload(field, (), &[dir.join("none")]).await.is_err());
    let nowhere = page.upload("return null", (), &files).await;
    assert!(matches!(nowhere, Err(BrowserError::NoSuchElement(_))));
}
