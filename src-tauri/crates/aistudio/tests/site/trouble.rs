//! Every misbehaviour of the site leads to its own failure, and the next request works.

use std::time::Duration;

use postern_protocol::account::State;
use postern_protocol::chat::{FailureKind, Finish};
use postern_tests::{Layout, Misbehaviour, Scenario};

use crate::house::{House, question};

/// The site misbehaves `times`; the request fails like that; the next one works.
async fn fails_and_recovers(misbehaviour: Misbehaviour, times: u32, kind: FailureKind) -> House {
    let house = House::open().await;
    house.site.set_scenario(Scenario::misbehaving(misbehaviour).times(times));
    house.fails(kind).await;
    house.works().await;
    assert_eq!(house.studio.state(), State::Ready);
    house
}

/// The site misbehaves once; the caller does not notice.
async fn is_tried_again(misbehaviour: Misbehaviour) {
    let house = House::open().await;
    house.site.set_scenario(Scenario::misbehaving(misbehaviour).times(1));
    house.works().await;
    assert_eq!(house.site.records().len(), 2);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quota_is_not_tried_again() {
    let house = fails_and_recovers(Misbehaviour::Quota, 1, FailureKind::Quota).await;
    assert_eq!(house.site.records().len(), 2);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_session_is_tried_again_on_a_reloaded_page() {
    is_tried_again(Misbehaviour::Refused).await;
    fails_and_recovers(Misbehaviour::Refused, 2, FailureKind::Refused).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_site_is_tried_again() {
    is_tried_again(Misbehaviour::ServerError).await;
    fails_and_recovers(Misbehaviour::ServerError, 2, FailureKind::UpstreamError).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_argument_is_the_callers() {
    let house = fails_and_recovers(Misbehaviour::BadArgument, 1, FailureKind::BadRequest).await;
    assert!(!house.dir.path().join("snapshots").exists(), "no snapshot of what is not the page's fault");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_answer_is_interrupted() {
    fails_and_recovers(Misbehaviour::Cut, 1, FailureKind::Interrupted).await.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stalled_answer_times_out_and_is_stopped() {
    let house =
        House::with(Layout::default(), |config| config.silence_timeout = Duration::from_secs(3)).await;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Stall).times(1));
    house.fails(FailureKind::Timeout).await;
    house.works().await;
    assert!(house.site.records()[0].aborted());
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_does_not_begin_times_out() {
    let house =
        House::with(Layout::default(), |config| config.first_byte_timeout = Duration::from_secs(3)).await;
    let late = Misbehaviour::SlowFirstByte(Duration::from_secs(600));
    house.site.set_scenario(Scenario::misbehaving(late).times(1));
    house.fails(FailureKind::Timeout).await;
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_is_waited_for() {
    let house = House::open().await;
    let late = Misbehaviour::SlowFirstByte(Duration::from_secs(4));
    house.site.set_scenario(Scenario::misbehaving(late).times(1));
    house.works().await;
    assert_eq!(house.site.records().len(), 1);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn endings_are_told_apart() {
    let house = House::open().await;
    let finish = async |misbehaviour| {
        house.site.set_scenario(Scenario::misbehaving(misbehaviour).times(1));
        house.ask(question("Hi")).await.unwrap().finish.unwrap()
    };
    assert_eq!(finish(Misbehaviour::Blocked).await, Finish::ContentFilter);
    assert_eq!(finish(Misbehaviour::MaxTokens).await, Finish::Length);
    assert_eq!(finish(Misbehaviour::ThoughtsOnly).await, Finish::Stop);
    assert_eq!(finish(Misbehaviour::EmptyAnswer).await, Finish::Stop);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_or_a_check_by_a_human_is_told_and_looked_at_again() {
    let house = House::open().await;
    for (misbehaviour, kind) in [
        (Misbehaviour::ExpiredSession, FailureKind::SignInExpired),
        (Misbehaviour::Verification, FailureKind::NeedsVerification),
        (Misbehaviour::RegionBlocked, FailureKind::NeedsVerification),
        (Misbehaviour::UnusualTraffic, FailureKind::NeedsVerification),
    ] {
        house.site.set_scenario(Scenario::misbehaving(misbehaviour));
        house.fails(kind).await;
        assert!(!house.studio.state().usable(), "{misbehaviour:?}");
        house.site.set_scenario(Scenario::default());
        house.works().await;
        assert_eq!(house.studio.state(), State::Ready);
        // The page is open now, so that the next trouble meets it at its next load.
        house.site.set_scenario(Scenario::misbehaving(misbehaviour));
        assert!(!house.studio.check().await.usable(), "{misbehaviour:?}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_expires_under_an_open_page_is_told() {
    let house = House::open().await;
    house.works().await;
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::ExpiredSession));
    house.fails(FailureKind::SignInExpired).await;
    assert_eq!(house.studio.state(), State::SignInExpired);
    house.site.set_scenario(Scenario::default());
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_the_network_did_not_show_is_read_off_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("selectors.toml");
    std::fs::write(&file, "[network]\ngenerate = \"SomethingElse\"\n").unwrap();
    let house = House::with(Layout::default(), |config| config.selectors_file = Some(file.clone())).await;
    let answer = house.works().await;
    assert!(answer.warnings.iter().any(|warning| warning.contains("off the page")));
    house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Quota).times(1));
    house.fails(FailureKind::Quota).await;
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_cannot_be_reached_is_unavailable() {
    for nowhere in ["https://nowhere.example", "http://127.0.0.1:9"] {
        let house = House::with(Layout::default(), |config| config.url = nowhere.into()).await;
        house.fails(FailureKind::Unavailable).await;
        assert_eq!(house.studio.state(), State::NotChecked);
        house.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_is_not_there_is_told_with_its_remedy() {
    let nowhere =
        |config: &mut postern_aistudio::Config| config.browser.path = Some("/nowhere/chromium".into());
    let house = House::with(Layout::default(), nowhere).await;
    house.fails(FailureKind::Unavailable).await;
    assert!(matches!(house.studio.state(), State::BrowserMissing { .. }));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_is_open_elsewhere_is_said_so() {
    let house = House::open().await;
    let profile = postern_browser::Profile::open(&house.dir.path().join("profile")).unwrap();
    let failure = house.fails(FailureKind::Unavailable).await;
    assert!(failure.message.contains("open elsewhere"));
    drop(profile);
    house.works().await;
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_hold_nothing_private_and_are_limited() {
    let house = House::open().await;
    let secret = "my secret plan";
    for _ in 0..4 {
        house.site.set_scenario(Scenario::misbehaving(Misbehaviour::Cut).times(1));
        house.ask(question(secret)).await.unwrap_err();
    }
    let mut folders: Vec<_> =
        std::fs::read_dir(house.dir.path().join("snapshots")).unwrap().flatten().collect();
    folders.sort_by_key(std::fs::DirEntry::file_name);
    assert_eq!(folders.len(), 3);
    let folder = folders.pop().unwrap().path();
    let outline = std::fs::read_to_string(folder.join("outline.txt")).unwrap();
    let report = std::fs::read_to_string(folder.join("report.json")).unwrap();
    assert!(outline.contains("textarea") && report.contains("Interrupted") && report.contains("answering"));
    for text in [&outline, &report] {
        assert!(
            !text.contains("secret") && !text.contains("example.com") && !text.contains("You sent"),
            "{text}"
        );
    }
    let png = std::fs::read(folder.join("screenshot.png")).unwrap();
    assert_eq!(&png[1..4], b"PNG");
    house.close().await;
}
