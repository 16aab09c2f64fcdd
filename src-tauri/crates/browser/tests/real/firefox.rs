//! The room with a Firefox and its driver: the same things in the other family's way.

use std::path::Path;

use postern_browser::find::{self, Family, FindError, Kind};
use postern_browser::storage_state::SameSite;
use postern_browser::{
    Browser, BrowserError, CaptureMode, Options, Profile, Reach, close, is_in_use, is_with_person, reach,
};
use tokio::time::timeout;

use crate::capture::everything;
use crate::cookies::{NOW, cookie, find, state};
use crate::life::{all_end, find_process, kill, nothing_left};
use crate::page::gives_files;
use crate::site::{Site, closed_origin};
use crate::window::is_followed;
use crate::{NEVER, alone, runs};
use postern_tests::all_there;

/// The Firefox that is installed; `None` where there is none and tests may be left out.
fn installed() -> Option<find::Choice> {
    let found = find::choices(&Options::default()).into_iter().find(|choice| choice.kind() == Kind::Firefox);
    let fit = found.filter(|choice| choice.obstacle().is_none());
    let missing: &[&str] = if fit.is_some() { &[] } else { &["Firefox with geckodriver"] };
    let there = all_there(missing);
    fit.filter(|_| there)
}

fn options(fox: &find::Choice, dir: &Path) -> Options {
    Options {
        path: Some(fox.path().to_owned()),
        headless: true,
        // What it has no way for is done in the other.
        capture: CaptureMode::Network,
        log_dir: dir.join("logs"),
        ..Options::default()
    }
}

async fn start(fox: &find::Choice, dir: &Path) -> Browser {
    Browser::start(&options(fox, dir), Profile::open(&dir.join("profile")).unwrap()).await.unwrap()
}

#[tokio::test]
async fn its_page_tells_every_byte() {
    let Some(fox) = installed() else { return };
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    everything(start(&fox, dir.path()).await).await;
    nothing_left(dir.path());
}

#[tokio::test]
async fn its_tab_is_followed_and_given_files() {
    let Some(fox) = installed() else { return };
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let browser = start(&fox, dir.path()).await;
    assert!(browser.version().unwrap().starts_with("Firefox "), "{:?}", browser.version());
    gives_files(&browser, &site, dir.path()).await;
    let size: (u32, u32) = browser.page().run("return [outerWidth, outerHeight]", ()).await.unwrap();
    assert_eq!(size, (1440, 900));
    let refused = browser.page().goto(&closed_origin().await).await;
    assert!(
        matches!(&refused, Err(BrowserError::Navigation(why)) if why == "connectionFailure"),
        "{refused:?}"
    );
    is_followed(browser, &site).await;
}

#[tokio::test]
async fn a_session_goes_into_its_profile_and_stays_there() {
    let Some(fox) = installed() else { return };
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let browser = start(&fox, dir.path()).await;
    let mut hidden = cookie("hidden", "127.0.0.1");
    (hidden.http_only, hidden.same_site) = (true, Some(SameSite::Lax));
    let cookies = vec![cookie("here", "127.0.0.1"), hidden, cookie("SID", ".closed.invalid")];
    let given = state(cookies, &[&site.origin]);
    let written = browser.write_state(&given, NOW).await.unwrap();
    assert_eq!((written.cookies, written.refused), (2, vec!["SID of .closed.invalid".to_owned()]));
    let profile = browser.close().await;

    assert_eq!(Family::of_profile(profile.dir()), Some(Family::Firefox));
    // Even when the settings name a browser that could not read it.
    let other = find::find(&Options::default()).ok().map(|found| found.path);
    let again = Browser::start(&Options { path: other, ..options(&fox, dir.path()) }, profile).await.unwrap();
    let read = again.read_state(std::slice::from_ref(&site.origin)).await.unwrap();
    assert_eq!(read.origins, given.origins);
    assert!(find(&read, "here").value == find(&given, "here").value);
    assert!(find(&read, "hidden").http_only);
    again.close().await;
}

#[tokio::test]
async fn its_end_is_noticed_and_nothing_is_left() {
    let Some(fox) = installed() else { return };
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    for mark in ["--profile ", "--profile-root="] {
        let browser = start(&fox, dir.path()).await;
        assert!(!is_with_person(&dir.path().join("profile")), "it is steered");
        let again = Profile::open(&dir.path().join("profile"));
        assert!(matches!(again, Err(BrowserError::ProfileInUse)));
        let mut watch = browser.page().watch("/").await.unwrap();
        let pids = browser.process_ids();
        assert!(pids.len() > 3, "driver, browser and its children: {pids:?}");
        kill(find_process(&browser, |line| line.contains(mark)));
        timeout(NEVER, browser.exited()).await.unwrap();
        assert!(matches!(browser.page().url().await, Err(BrowserError::Gone)));
        assert_eq!(timeout(NEVER, watch.next()).await.unwrap(), None);
        browser.close().await;
        all_end(&pids);
        nothing_left(dir.path());
    }
}

/// As somebody who signs in has it: with nothing that steers it.
#[tokio::test]
async fn a_persons_own_is_left_alone_until_it_is_asked_to_end() {
    let Some(fox) = installed() else { return };
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let folder = dir.path().join("profile");
    std::fs::create_dir(&folder).unwrap();
    let mut person = tokio::process::Command::new(fox.path())
        .args(["--headless", "--no-remote", "--profile"])
        .arg(&folder)
        .arg(&site.origin)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    while Family::of_profile(&folder).is_none() {
        assert!(person.try_wait().unwrap().is_none(), "it ended by itself");
        tokio::task::yield_now().await;
    }
    assert!(is_in_use(&folder) && is_with_person(&folder));
    assert!(matches!(Profile::open(&folder), Err(BrowserError::ProfileInUse)));
    let pid = person.id().unwrap();
    let (closed, _) = tokio::join!(close(&folder, NEVER), person.wait());
    assert!(closed && !runs(pid) && !is_in_use(&folder));
    Profile::open(&folder).unwrap();
}

#[tokio::test]
async fn it_is_asked_whether_it_reaches_an_address() {
    let Some(fox) = installed() else { return };
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let site = Site::open().await;
    let options = options(&fox, dir.path());
    assert_eq!(reach(&fox, &options, &site.origin).await, Reach::Reached);
    let failed = reach(&fox, &options, &closed_origin().await).await;
    assert_eq!(failed, Reach::Failed("connectionFailure".to_owned()));
}

#[tokio::test]
async fn a_profile_of_the_other_family_is_not_opened_with_it() {
    let Some(fox) = installed() else { return };
    let _alone = alone().await;
    let dir = tempfile::tempdir().unwrap();
    let profile = Profile::open(&dir.path().join("profile")).unwrap();
    std::fs::write(profile.dir().join("Local State"), "{}").unwrap();
    let options = options(&fox, dir.path());
    match Browser::start(&options, profile).await {
        Ok(other) => {
            assert!(!other.version().unwrap().starts_with("Firefox"), "{:?}", other.version());
            other.close().await;
        }
        Err(BrowserError::Find(FindError::NotFound { remedy })) => {
            assert!(remedy.contains("made with Chrome"), "{remedy}");
        }
        // As root its sandbox keeps it from starting.
        Err(BrowserError::Start(why)) => assert!(why.contains("--no-sandbox"), "{why}"),
        Err(other) => panic!("{other}"),
    }
}
