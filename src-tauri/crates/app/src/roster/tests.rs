use postern_console::Code;
use postern_console::api::accounts::AccountChange;
use postern_settings::Flags;
use tempfile::TempDir;

use postern_net::Network;

use super::*;

fn records() -> AccountRecords {
    postern_store::Store::in_memory().expect("a store").accounts()
}

/// Accounts whose browser is not there.
fn roster(names: &[&str]) -> (Roster, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
    let config = "[browser]\npath = \"/does/not/exist\"\n";
    let settings = Arc::new(paths.resolve(Some(config), Flags::default()).expect("settings"));
    for name in names {
        std::fs::create_dir_all(folder.path().join("accounts").join(name).join("profile")).expect("created");
    }
    (Roster::open(&paths, &settings, records(), Network::default()).expect("a roster"), folder)
}

fn names(roster: &Roster) -> Vec<String> {
    roster.views().into_iter().map(|view| view.name).collect()
}

fn renamed(name: &str) -> AccountChange {
    AccountChange { name: Some(name.to_owned()), ..AccountChange::default() }
}

#[tokio::test]
async fn accounts_that_come_and_go_are_noticed() {
    let (roster, folder) = roster(&["b"]);
    assert_eq!(names(&roster), ["b"]);
    let accounts = folder.path().join("accounts");
    std::fs::create_dir_all(accounts.join("a/profile")).expect("created");
    // Not more often than every two seconds.
    assert_eq!(names(&roster), ["b"]);
    let long_ago = || roster.kept().scanned = Instant::now().checked_sub(SCAN * 2).expect("a moment");
    long_ago();
    assert_eq!(names(&roster), ["a", "b"]);
    std::fs::remove_dir_all(accounts.join("b")).expect("removed");
    long_ago();
    assert_eq!(names(&roster), ["a"]);
    assert_eq!(roster.profiles(), [accounts.join("a/profile")]);
}

/// Counts what is logged on this thread.
#[derive(Clone, Default)]
struct Lines(Arc<std::sync::atomic::AtomicUsize>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Lines {
    fn on_event(&self, _: &tracing::Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_file_of_selectors_is_taken_up_once_however_often_somebody_looks() {
    use tracing_subscriber::layer::SubscriberExt;
    let (roster, folder) = roster(&["a"]);
    let lines = Lines::default();
    let _listening = tracing::subscriber::set_default(tracing_subscriber::registry().with(lines.clone()));
    let looked = || {
        let pack = roster.page_view().pack;
        (pack.file.map(|file| file.overrides.len()), lines.0.load(std::sync::atomic::Ordering::Relaxed))
    };
    let file = folder.path().join("selectors.toml");
    std::fs::write(&file, "[selectors]\nrun = [\"#go\"]\n").expect("written");
    let (overrides, told) = looked();
    assert!(overrides == Some(1) && told > 0, "{told} lines");
    assert_eq!([looked(), looked()], [(overrides, told); 2]);
    std::fs::write(&file, "[selectors]\nrun = [\"#go\"]\nstop = [\"#no\"]\n").expect("written");
    assert_eq!(looked().0, Some(2), "a change is seen");
}

#[tokio::test]
async fn a_choice_outlives_the_house() {
    let (roster, folder) = roster(&["a", "b"]);
    let off = AccountChange { enabled: Some(false), ..AccountChange::default() };
    let view = roster.change("b", off).await.expect("changed");
    assert_eq!((view.enabled, &view.status), (false, &State::Off));
    roster.close().await;
    let paths = Paths::new(Some(folder.path().to_owned()), None).expect("paths");
    let again = Roster::open(&paths, &roster.settings(), records(), Network::default()).expect("a roster");
    let enabled = again.views().into_iter().map(|view| (view.name, view.enabled)).collect::<Vec<_>>();
    // What is switched off concerns nobody and comes last.
    assert_eq!(enabled, [("a".to_owned(), true), ("b".to_owned(), false)]);
}

#[tokio::test]
async fn a_share_counts_at_once_and_outlives_the_house() {
    let (roster, folder) = roster(&["a"]);
    let change = AccountChange { weight: Some(5), priority: Some(-3), ..AccountChange::default() };
    let view = roster.change("a", change).await.expect("changed");
    assert_eq!((view.weight, view.priority), (5, -3));
    assert_eq!(roster.inner.aistudio.standing("a").share.weight, 5);
    for (change, field) in [
        (AccountChange { weight: Some(0), ..AccountChange::default() }, "weight"),
        (AccountChange { priority: Some(101), ..AccountChange::default() }, "priority"),
    ] {
        let trouble = roster.change("a", change).await.expect_err("out of bounds");
        assert_eq!((trouble.code, trouble.field.as_deref()), (Code::Invalid, Some(field)));
    }
    // What its owner writes into the file counts as well.
    let file = folder.path().join("accounts/a/account.toml");
    std::fs::write(&file, "weight = 7\nenabled = false\nemail = \"me@example.org\"\n").expect("written");
    roster.adjust().expect("read");
    let view = roster.views().remove(0);
    assert_eq!((view.weight, view.priority, view.enabled), (7, 0, false));
    assert_eq!(view.email.as_deref(), Some("me@example.org"));
    assert_eq!(roster.detail("a").await.expect("there").history[0].status, State::Off);
}

#[tokio::test]
async fn an_account_gets_a_way_out_of_its_own_and_is_opened_anew_for_it() {
    let (roster, folder) = roster(&["a", "b"]);
    let led = |proxy: &str| AccountChange { proxy: Some(proxy.to_owned()), ..AccountChange::default() };
    let of = |name: &str| roster.find(name).expect("there").1.subscribe();
    let (mut old, untouched) = (of("a"), of("b"));
    let view = roster.change("a", led("http://127.0.0.1:7890")).await.expect("changed");
    assert_eq!(view.proxy.as_deref(), Some("http://127.0.0.1:7890"));
    // The old one ends once nobody needs it; the other is the same.
    while old.changed().await.is_ok() {}
    assert!(untouched.has_changed().is_ok());
    for bad in ["http://me:secret@h:1", "ftp://h"] {
        let trouble = roster.change("a", led(bad)).await.expect_err("no way");
        assert_eq!((trouble.code, trouble.field.as_deref()), (Code::Invalid, Some("proxy")));
    }
    // The same by the file.
    let mut old = of("a");
    let file = folder.path().join("accounts/a/account.toml");
    std::fs::write(&file, "proxy = \"direct\"\n").expect("written");
    roster.adjust().expect("read");
    while old.changed().await.is_ok() {}
    assert_eq!(
        roster.views().iter().find(|view| view.name == "a").and_then(|a| a.proxy.as_deref()),
        Some("direct")
    );
    assert_eq!(roster.change("a", led("")).await.expect("changed").proxy, None);
}

#[tokio::test]
async fn what_an_account_did_goes_with_its_name_and_cooldowns_end_by_hand() {
    use postern_protocol::account::{Cooldown, CooldownReason};
    use postern_upstream::Chronicle;
    let (roster, _folder) = roster(&["a"]);
    let until = 4_000_000_000;
    let cooldown = Cooldown { model: Some("pro".to_owned()), until, reason: CooldownReason::Quota };
    let scribe = pool::Scribe(roster.inner.records.clone());
    scribe.rests("a", &cooldown);
    scribe.became("a", &State::Ready);
    roster.recall().await.expect("recalled");
    let cooling = State::CoolingDown { until, model: Some("pro".to_owned()) };
    assert_eq!(roster.views()[0].status, cooling);
    roster.change("a", renamed("b")).await.expect("renamed");
    let detail = roster.detail("b").await.expect("there");
    assert_eq!((detail.account.cooldowns, detail.history.len()), (vec![cooldown], 1));
    let reset = postern_console::api::accounts::CooldownReset { model: Some("pro".to_owned()) };
    assert_eq!(roster.end_cooldowns("b", reset).await.expect("ended").cooldowns, []);
    roster.recall().await.expect("recalled");
    assert_eq!(roster.views()[0].cooldowns, [], "nor does it come back with the next start");
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let (roster, folder) = roster(&["a", "b"]);
    for taken in ["b", "B"] {
        let trouble = roster.change("a", renamed(taken)).await.expect_err("taken");
        assert_eq!((trouble.code, trouble.field.as_deref()), (Code::Conflict, Some("name")));
    }
    let trouble = roster.change("a", renamed("a b")).await.expect_err("bad");
    assert_eq!(trouble.code, Code::Invalid);
    assert_eq!(roster.change("c", renamed("d")).await.expect_err("unknown").code, Code::NotFound);
    // Its own name in other letters is no clash.
    let view = roster.change("a", renamed("A")).await.expect("renamed");
    assert_eq!((view.name.as_str(), view.enabled), ("A", true));
    assert!(folder.path().join("accounts/A/profile").is_dir());
    assert_eq!(names(&roster), ["A", "b"]);
}

#[tokio::test]
async fn what_is_removed_is_gone() {
    let (roster, folder) = roster(&["a", "b"]);
    roster.remove("a").await.expect("removed");
    assert_eq!(names(&roster), ["b"]);
    assert!(!folder.path().join("accounts/a").exists());
    assert_eq!(roster.remove("a").await.expect_err("gone").code, Code::NotFound);
}

#[tokio::test]
async fn new_settings_open_accounts_anew_and_the_old_ones_leave() {
    let (roster, _folder) = roster(&["a"]);
    let old = roster.inner.aistudio.accounts()[0].subscribe();
    let new = Arc::new(Settings::default());
    roster.renew(&new).await;
    assert_eq!(names(&roster), ["a"]);
    has_left(old).await;
    assert_eq!(roster.settings(), new);
    roster.close().await;
}

#[tokio::test]
async fn what_takes_long_is_told_when_it_is_known() {
    let (roster, folder) = roster(&["a"]);
    std::fs::write(folder.path().join("accounts/a/profile/Cookies"), "12345").expect("written");
    let mut changes = roster.changes();
    assert_eq!(roster.views()[0].profile_bytes, None);
    while roster.views()[0].profile_bytes.is_none() {
        changes.changed().await.expect("told");
    }
    let view = roster.views().remove(0);
    assert_eq!((view.profile_bytes, view.memory_bytes), (Some(5), None));
    assert!(view.created_at.is_some() && view.last_used_at.is_none());
    roster.inner.facts.answered(&"a".parse().expect("a name"), 5_000, 1_500);
    roster.inner.facts.answered(&"a".parse().expect("a name"), 2_000, 0);
    assert_eq!(roster.views()[0].last_used_at, Some(6));
}
