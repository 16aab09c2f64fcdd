//! What is known of an account beside its answers.

use postern_protocol::account::State;
use postern_tests::Layout;

use crate::house::{FLASH, House};

#[tokio::test(flavor = "multi_thread")]
async fn whose_account_it_is_and_which_browser_it_has_is_read_and_stays_known() {
    let layout = Layout { account: "ada.lovelace@example.com".into(), ..Layout::default() };
    let house = House::with(layout, |_| {}).await;
    let studio = &house.studio;
    assert_eq!((studio.identity(), studio.browser_version(), studio.is_running()), (None, None, false));
    let mut states = studio.subscribe();
    assert_eq!(studio.check().await, State::Ready);
    assert_eq!(studio.identity().as_deref(), Some("ada.lovelace@example.com"));
    let version = studio.browser_version().unwrap();
    let (name, number) = version.rsplit_once(' ').unwrap();
    assert!(name.contains("Chrom") && number.split('.').count() == 4, "{version}");
    assert!(studio.is_running());

    // Another one signed in on the same profile: the next load tells.
    house.site.set_layout(Layout { account: "grace@example.com".into(), ..Layout::default() });
    studio.check().await;
    assert_eq!(studio.identity().as_deref(), Some("grace@example.com"));
    states.mark_unchanged();
    studio.set_enabled(false);
    states.wait_for(|state| *state == State::Off).await.unwrap();
    while studio.is_running() {
        states.changed().await.unwrap();
    }
    assert_eq!(
        (studio.identity().as_deref(), studio.browser_version()),
        (Some("grace@example.com"), Some(version))
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_does_not_say_whose_it_is_answers_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("selectors.toml");
    std::fs::write(&file, "[selectors]\naccount_email = [\"#nowhere\"]\n").unwrap();
    let house = House::with(Layout::default(), |config| config.selectors_file = Some(file)).await;
    assert!(house.works().await.text().contains("Still there?"));
    assert_eq!(house.studio.identity(), None);
    assert!(house.studio.known_models().unwrap().iter().any(|model| model.is_called(FLASH)));
    house.close().await;
}
