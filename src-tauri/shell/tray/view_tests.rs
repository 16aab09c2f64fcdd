use postern_settings::Language;

use super::*;
use crate::shell::samples::{account, failed, server};

fn running() -> ServerState {
    ServerState::Running {
        address: "127.0.0.1:2048".into(),
        base_url: "http://127.0.0.1:2048/v1".into(),
        since: 0,
    }
}

fn house(state: ServerState, accounts: Vec<AccountView>) -> House {
    House::Open {
        server: server(state),
        accounts,
        today: Today { requests: 412, failed: 2 },
        private: Some(false),
    }
}

fn view(house: &House) -> View {
    View::of(house, Words::of(Language::English), &TimeZone::UTC)
}

#[test]
fn every_state_of_the_server_has_its_words_its_verb_and_its_shape() {
    let cases = [
        (running(), "● Running at 127.0.0.1:2048", "Stop server", true, Shape::Running),
        (ServerState::Stopped, "○ Stopped", "Start server", true, Shape::Stopped),
        (ServerState::Starting, "○ Starting…", "Start server", false, Shape::Stopped),
        (ServerState::Stopping, "○ Stopping…", "Stop server", false, Shape::Stopped),
        (failed(FailureKind::PortTaken), "⚠ Port 2048 is in use", "Try again", true, Shape::Problem),
        (failed(FailureKind::Other), "⚠ Could not start", "Try again", true, Shape::Problem),
    ];
    for (state, status, verb, can, shape) in cases {
        let runs = matches!(state, ServerState::Running { .. });
        let view = view(&house(state, vec![]));
        assert_eq!(view.status.label, status);
        assert_eq!((view.start_stop.label.as_str(), view.start_stop.enabled), (verb, can), "{status}");
        assert_eq!(view.shape, shape, "{status}");
        assert_eq!((view.copy_url.enabled, view.open_console.enabled), (runs, runs), "{status}");
    }
}

#[test]
fn a_house_that_could_not_be_opened_can_be_tried_again() {
    let view = view(&House::Failed);
    assert_eq!((view.shape, view.status.label.as_str()), (Shape::Problem, "⚠ Could not start"));
    assert!(view.start_stop.enabled && !view.copy_url.enabled);
    assert!(!super::tests::view(&House::Opening).start_stop.enabled);
}

#[test]
fn accounts_are_counted_and_named_up_to_eight() {
    let mut accounts = vec![account("work", State::SignInExpired)];
    accounts.extend((0..9).map(|n| account(&format!("a{n}"), State::Ready)));
    let view = view(&house(running(), accounts));
    assert_eq!(view.accounts.label, "Accounts: 9 of 10 ready");
    assert_eq!(view.rows.len(), 9);
    assert_eq!(view.rows[0], Line::of(Action::Account(0), "work: Sign in again", true));
    assert_eq!(view.rows[8], Line::telling("2 more…".into()));
}

#[test]
fn no_account_is_said_and_leads_nowhere() {
    let view = view(&house(running(), vec![]));
    assert_eq!(view.accounts, Line::telling("No accounts".into()));
    assert!(view.rows.is_empty());
}

#[test]
fn a_server_whose_accounts_all_want_their_owner_is_a_problem() {
    let shape = |states: Vec<State>| {
        let accounts = states.into_iter().map(|state| account("a", state)).collect();
        view(&house(running(), accounts)).shape
    };
    assert_eq!(shape(vec![State::SignInExpired, State::Blocked { why: String::new() }]), Shape::Problem);
    assert_eq!(shape(vec![State::SignInExpired, State::Off]), Shape::Problem);
    assert_eq!(shape(vec![State::SignInExpired, State::Ready]), Shape::Running);
    assert_eq!(shape(vec![State::Off]), Shape::Running);
    assert_eq!(shape(vec![State::NotChecked]), Shape::Running);
}

#[test]
fn a_limit_says_until_when_in_local_time() {
    let zone = TimeZone::fixed(jiff::tz::offset(2));
    let limited =
        house(running(), vec![account("a", State::CoolingDown { until: 1_000_000_000, model: None })]);
    let view = View::of(&limited, Words::of(Language::English), &zone);
    assert_eq!(view.rows[0].label, "a: Limited until 2001-09-09 03:46");
}

#[test]
fn failures_of_today_are_told_when_there_are_any() {
    let mut house = house(running(), vec![]);
    assert_eq!(view(&house).requests.label, "Requests today: 412 (2 failed)");
    if let House::Open { today, .. } = &mut house {
        today.failed = 0;
    }
    assert_eq!(view(&house).requests.label, "Requests today: 412");
}

#[test]
fn private_mode_has_its_mark_and_is_not_offered_where_nothing_is_recorded() {
    let told = |now: Option<bool>| {
        let mut house = house(running(), vec![]);
        if let House::Open { private, .. } = &mut house {
            *private = now;
        }
        let view = view(&house);
        (view.private.enabled, view.is_private)
    };
    assert_eq!([None, Some(false), Some(true)].map(told), [(false, false), (true, false), (true, true)]);
}

#[test]
fn the_menu_speaks_chinese_too() {
    let view = View::of(&house(running(), vec![]), Words::of(Language::Chinese), &TimeZone::UTC);
    assert_eq!(view.start_stop.label, "停止服务");
}

#[test]
fn every_line_that_does_something_is_found_again_by_its_name() {
    let view = view(&house(running(), vec![account("a", State::Ready)]));
    let actions: Vec<Action> = view.lines().filter_map(|line| line.action).collect();
    assert_eq!(actions.len(), 7);
    for action in actions {
        assert_eq!(Action::from_id(&action.id()), Some(action));
    }
    assert_eq!(Action::from_id("account_x"), None);
    assert_eq!(Action::from_id("burn"), None);
}
