//! A tab that is followed.

use postern_browser::{Browser, CaptureMode, Whereabouts};
use tokio::time::timeout;

use crate::site::Site;
use crate::{NEVER, alone, browser};

async fn comes_to(whereabouts: &mut Whereabouts, address: &str) {
    let arrived = async { while whereabouts.moved().await.unwrap() != address {} };
    timeout(NEVER, arrived).await.unwrap();
}

#[tokio::test]
async fn a_tab_is_followed_from_page_to_page_and_to_its_end() {
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    // Its network need not be listened to.
    is_followed(browser(dir.path(), CaptureMode::Page).await, &site).await;
}

/// To the browser's end.
pub(crate) async fn is_followed(browser: Browser, site: &Site) {
    let mut whereabouts = browser.follow().await.unwrap();
    browser.raise().await.unwrap();
    browser.page().goto(&site.origin).await.unwrap();
    comes_to(&mut whereabouts, &format!("{}/", site.origin)).await;
    // A move that the page makes by itself, without loading anything.
    let moved: bool =
        browser.page().run("history.pushState(null, '', '/further'); return true", ()).await.unwrap();
    assert!(moved);
    comes_to(&mut whereabouts, &format!("{}/further", site.origin)).await;
    browser.close().await;
    let end = async { while whereabouts.moved().await.is_some() {} };
    timeout(NEVER, end).await.unwrap();
}
