//! What is remembered of accounts.

use std::time::{SystemTime, UNIX_EPOCH};

use postern_protocol::account::{Cooldown, CooldownReason, State};
use postern_store::{AccountRecords, Day, Memory, Store, Use};

use crate::support::database;

const HOUR: u64 = 3600;

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs()
}

fn day(text: &str) -> Day {
    Day(text.to_owned())
}

fn rest(model: Option<&str>, until: u64) -> Cooldown {
    Cooldown { model: model.map(str::to_owned), until, reason: CooldownReason::Quota }
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
fn records() -> AccountRecords {
    Store::in_memory().expect("opens").accounts()
}

#[expect(clippy::expect_used, reason = "a helper of tests")]
async fn of(records: &AccountRecords, account: &str) -> Memory {
    records.all(day("2026-01-31")).await.expect("asked").remove(account).unwrap_or_default()
}

#[tokio::test]
async fn cooldowns_outlive_the_program_and_end_in_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let records = store.accounts();
    records.rests("a", &rest(Some("pro"), now() + HOUR));
    records.rests("a", &rest(Some("pro"), now() + 2 * HOUR));
    records.rests("a", &rest(Some("flash"), now() - 1));
    records.rests("b", &rest(None, now() + HOUR));
    let (pro, every) = (now() + 2 * HOUR, now() + HOUR);
    store.close();
    let records = Store::open(&database(&folder)).expect("opens again").accounts();
    let kept = of(&records, "a").await.cooldowns;
    assert_eq!((kept.len(), kept[0].model.as_deref()), (1, Some("pro")), "the later word holds");
    assert!(kept[0].until.abs_diff(pro) <= 1, "{kept:?}");
    let every_model = of(&records, "b").await.cooldowns;
    assert!(every_model[0].model.is_none() && every_model[0].until.abs_diff(every) <= 1);
    assert!(!records.end_cooldowns("a", Some("flash")).await.expect("asked"), "it had ended");
    assert!(records.end_cooldowns("a", Some("pro")).await.expect("asked"));
    assert!(records.end_cooldowns("b", None).await.expect("asked"));
    assert_eq!(records.all(day("2026-01-31")).await.expect("asked").len(), 0);
}

#[tokio::test]
async fn uses_are_counted_by_day_and_model() {
    let records = records();
    for _ in 0..3 {
        records.used("a", day("2026-01-31"), "pro", Use::Answer);
    }
    records.used("a", day("2026-01-31"), "flash", Use::Failure);
    records.used("a", day("2026-01-30"), "pro", Use::Answer);
    let uses = of(&records, "a").await.uses;
    let counted: Vec<_> =
        uses.iter().map(|uses| (uses.model.as_str(), uses.answers, uses.failures)).collect();
    assert_eq!(counted, [("pro", 3, 0), ("flash", 0, 1)]);
    // What was learned on the last day holds.
    records.used_up("a", day("2026-01-29"), "pro", 9);
    records.used_up("a", day("2026-01-31"), "pro", 3);
    records.used_up("a", day("2026-01-30"), "pro", 7);
    assert_eq!(of(&records, "a").await.limits.get("pro"), Some(&3));
    // A day much later, what is that old is no longer known.
    records.used("a", day("2026-08-31"), "pro", Use::Answer);
    assert_eq!(of(&records, "a").await.uses, []);
}

#[tokio::test]
async fn a_change_of_state_is_written_once_and_the_last_ones_are_kept() {
    let records = records();
    for state in [State::Ready, State::Ready, State::SignInExpired, State::Ready] {
        records.became("a", &state);
    }
    let history = records.history("a").await.expect("asked");
    let states: Vec<_> = history.iter().map(|turn| turn.state.clone()).collect();
    assert_eq!(states, [State::Ready, State::SignInExpired, State::Ready]);
    assert!(history[0].at.abs_diff(now()) <= 60);
    assert_eq!(of(&records, "a").await.last, Some(State::Ready));
    for number in 0..300 {
        records.became("a", &State::CoolingDown { until: number, model: None });
    }
    let history = records.history("a").await.expect("asked");
    assert_eq!(history.len(), 200);
    assert_eq!(history[0].state, State::CoolingDown { until: 299, model: None });
}

#[tokio::test]
async fn what_is_remembered_goes_with_the_name() {
    let records = records();
    for account in ["a", "b"] {
        records.rests(account, &rest(Some(account), now() + HOUR));
        records.used(account, day("2026-01-31"), account, Use::Answer);
        records.became(account, &State::Blocked { why: account.to_owned() });
    }
    let a = of(&records, "a").await;
    records.renamed("a", "b").await.expect("renamed");
    assert_eq!((of(&records, "a").await, of(&records, "b").await), (Memory::default(), a));
    assert_eq!(records.history("b").await.expect("asked").len(), 1);
    records.forget("b").await.expect("forgotten");
    assert_eq!(of(&records, "b").await, Memory::default());
}

#[tokio::test]
async fn another_process_is_heard() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&database(&folder)).expect("opens");
    let mut changes = store.accounts().changes();
    changes.mark_unchanged();
    store.accounts().announce().await.expect("announced");
    assert!(!changes.has_changed().expect("open"), "what this process does itself is no news");
    let other = Store::open(&database(&folder)).expect("opens beside it");
    other.accounts().announce().await.expect("announced");
    let heard = tokio::time::timeout(std::time::Duration::from_secs(60), changes.changed());
    assert!(heard.await.expect("heard").is_ok());
}
