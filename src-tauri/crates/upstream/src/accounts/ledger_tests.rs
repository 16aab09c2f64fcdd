use super::*;

const TODAY: &str = "2026-01-31";

fn rest(model: Option<&str>, until: u64, reason: CooldownReason) -> Cooldown {
    Cooldown { model: model.map(str::to_owned), until, reason }
}

fn quota(model: &str, until: u64) -> Cooldown {
    rest(Some(model), until, CooldownReason::Quota)
}

fn ready(entry: &Entry, now: u64) -> State {
    entry.state(State::Ready, TODAY, now)
}

#[test]
fn an_account_cools_down_when_nothing_it_is_asked_for_is_left() {
    let mut entry = Entry::default();
    entry.failed("pro", TODAY);
    entry.rest(quota("pro", 100));
    assert_eq!(ready(&entry, 50), State::CoolingDown { until: 100, model: Some("pro".into()) });
    assert_eq!(entry.state(State::NotChecked, TODAY, 50), ready(&entry, 50), "also after a restart");
    // Somebody asks for another model, which goes well.
    entry.answered("flash", TODAY);
    assert_eq!(ready(&entry, 50), State::Ready);
    assert!(entry.rests_for("pro", 50).is_some() && entry.rests_for("flash", 50).is_none());
    entry.rest(quota("flash", 80));
    assert_eq!(ready(&entry, 50), State::CoolingDown { until: 80, model: None });
    assert_eq!(ready(&entry, 80), State::Ready, "flash is back");
    assert_eq!(ready(&entry, 100), State::Ready);
    // The whole account.
    entry.rest(rest(None, 200, CooldownReason::Rate));
    assert_eq!(ready(&entry, 150), State::CoolingDown { until: 200, model: None });
}

#[test]
fn what_the_worker_says_comes_first() {
    let mut entry = Entry::default();
    entry.rest(quota("pro", 100));
    entry.block("403");
    for state in [State::Off, State::SignInExpired, State::Busy, State::BrowserMissing { why: "x".into() }] {
        assert_eq!(entry.state(state.clone(), TODAY, 50), state);
    }
    assert_eq!(ready(&entry, 50), State::Blocked { why: "403".into() });
    assert!(entry.forgive() && !entry.forgive());
    assert!(matches!(ready(&entry, 50), State::CoolingDown { .. }), "a quota is not forgiven");
}

#[test]
fn the_third_failure_in_a_row_puts_an_account_last_but_not_away() {
    let mut entry = Entry::default();
    assert!(!entry.strike() && !entry.strike());
    entry.answered("pro", TODAY);
    assert!(!entry.strike() && !entry.strike() && entry.strike());
    entry.rest(rest(None, 100, CooldownReason::Trouble));
    assert!(entry.candidate("pro", TODAY, 50).shaky);
    assert!(entry.rests_for("pro", 50).is_none());
    assert_eq!(ready(&entry, 50), State::Ready);
    entry.answered("pro", TODAY);
    assert!(!entry.candidate("pro", TODAY, 50).shaky);
}

#[test]
fn cooldowns_end_by_hand_in_time_and_elsewhere() {
    let mut entry = Entry::default();
    for (model, until) in [("a", 10), ("b", 20), ("c", 30), ("a", 40)] {
        entry.rest(quota(model, until));
    }
    let models = |entry: &Entry, now| {
        entry.cooldowns(now).into_iter().filter_map(|cooldown| cooldown.model).collect::<Vec<_>>()
    };
    assert_eq!(models(&entry, 0), ["b", "c", "a"], "the next to end first, each model once");
    assert_eq!(entry.next_end(20), Some(30));
    assert!(entry.drop_ended(20) && !entry.drop_ended(20));
    assert!(entry.end_rests(Some("c")) && !entry.end_rests(Some("c")));
    assert_eq!(models(&entry, 20), ["a"]);
    // One that was noted after somebody looked is not taken for one that was ended.
    let looked = Instant::now();
    entry.rest(quota("d", 50));
    assert!(entry.keep_only(&[], looked));
    assert_eq!(models(&entry, 20), ["d"]);
    assert!(entry.end_rests(None));
    assert_eq!(ready(&entry, 20), State::Ready);
}

#[test]
fn what_is_left_of_a_quota_is_learned() {
    let mut entry = Entry::default();
    let left = |entry: &Entry, today: &str| entry.candidate("pro", today, 0).left;
    for _ in 0..5 {
        entry.answered("pro", TODAY);
    }
    assert_eq!(left(&entry, TODAY), None);
    assert_eq!(entry.used_up("pro", TODAY), 5);
    assert_eq!(left(&entry, TODAY), Some(0));
    assert_eq!(left(&entry, "2026-02-01"), Some(5), "the next day begins anew");
    entry.answered("pro", "2026-02-01");
    assert_eq!(left(&entry, "2026-02-01"), Some(4));
    assert_eq!(entry.uses(TODAY), []);
}

#[test]
fn turns_begin_where_the_others_are() {
    let mut entry = Entry { share: Share { weight: 2, priority: 0 }, ..Entry::default() };
    entry.take(1000);
    let candidate = entry.candidate("m", TODAY, 0);
    assert!(candidate.pass > 1000 && candidate.busy == 1);
}
