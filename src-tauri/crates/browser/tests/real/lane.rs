//! Several tabs of one browser, each under a session of its own.

use postern_browser::{BrowserError, CaptureMode, keys};
use serde_json::json;
use tokio::time::timeout;

use crate::capture::hear;
use crate::site::{Answer, Site};
use crate::{NEVER, alone, browser};

/// Says that it runs until it is told to end.
const BUSY: &str = "const saying = setInterval(() => new BroadcastChannel('runs').postMessage(1), 20);
    return new Promise((end) => new BroadcastChannel('end').onmessage = () => { clearInterval(saying); end(true); });";
const UNTIL_IT_RUNS: &str =
    "return new Promise((runs) => new BroadcastChannel('runs').onmessage = () => runs(true));";
const END_IT: &str = "new BroadcastChannel('end').postMessage(1); return true;";

#[tokio::test]
async fn a_tab_is_handled_and_heard_while_another_one_is_busy() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let mut browser = browser(dir.path(), CaptureMode::Network).await;
    let host = browser.host().unwrap();
    let mut lane = host.open().await.unwrap();
    let (own, page) = (browser.page(), lane.page());
    own.goto(&site.origin).await.unwrap();
    page.goto(&site.origin).await.unwrap();
    let busy = tokio::spawn(async move { own.run::<bool>(BUSY, ()).await });
    assert!(page.run::<bool>(UNTIL_IT_RUNS, ()).await.unwrap());

    let (url, _) = site.answer("lane", Answer::pieces(["one ", "two"]));
    let mut watch = page.watch("/api/lane").await.unwrap();
    page.click("#count").await.unwrap();
    page.press("#text", keys::CTRL_ENTER).await.unwrap();
    let seen: [String; 2] = page
        .run("return [document.querySelector('#count').dataset.trusted, document.querySelector('#keys').textContent]", ())
        .await
        .unwrap();
    assert!(seen[0] == "true" && seen[1].contains("Ctrl+Enter/true"), "{seen:?}");
    assert!(
        page.run::<bool>("window.ask('fetch', arguments[0], 'GET'); return true", json!(url)).await.unwrap()
    );
    let heard = timeout(NEVER, hear(&mut watch)).await.unwrap();
    assert_eq!(heard.body, b"one two");
    assert!(page.run::<bool>(END_IT, ()).await.unwrap());
    assert!(timeout(NEVER, busy).await.unwrap().unwrap().unwrap());

    // Each renews its own tab and leaves the other alone.
    lane.new_tab().await.unwrap();
    assert!(matches!(page.title().await, Err(BrowserError::Gone)));
    browser.new_tab().await.unwrap();
    lane.page().goto(&site.origin).await.unwrap();
    assert_eq!(lane.page().title().await.unwrap(), "A page");
    lane.close().await;
    browser.page().goto(&site.origin).await.unwrap();

    // One that lives on says when the browser is gone.
    let lane = host.open().await.unwrap();
    browser.close().await;
    timeout(NEVER, lane.exited()).await.unwrap();
    assert!(!lane.is_alive() && !host.is_alive());
    assert!(matches!(host.open().await, Err(BrowserError::Gone)));
}
