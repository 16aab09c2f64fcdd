use postern_settings::Language;

use super::*;
use crate::shell::notify::note::Note;
use crate::shell::samples::{account, failed, server};
use crate::shell::tray::Words;

fn blocked() -> State {
    State::Blocked { why: "why".into() }
}

fn resting() -> State {
    State::CoolingDown { until: 1, model: None }
}

impl Known {
    fn hear(&mut self, states: &[(&str, State)]) -> Vec<News> {
        let accounts: Vec<_> = states.iter().map(|(name, state)| account(name, state.clone())).collect();
        self.learn(&server(ServerState::Stopped), &accounts)
    }
}

/// Two accounts that serve.
fn two() -> Known {
    let mut known = Known::default();
    known.recall("ada", &State::Ready);
    known.recall("bob", &State::Ready);
    known
}

#[test]
fn a_server_that_fails_is_told_once_until_it_has_run_or_was_stopped() {
    let mut known = Known::default();
    let mut hear = |state| known.learn(&server(state), &[]);
    let taken = || vec![News::Server { port: Some("2048".into()) }];
    assert_eq!(hear(ServerState::Starting), []);
    assert_eq!(hear(failed(FailureKind::PortTaken)), taken());
    assert_eq!(hear(failed(FailureKind::PortTaken)), []);
    assert_eq!(hear(ServerState::Starting), []);
    assert_eq!(hear(failed(FailureKind::PortTaken)), [], "tried again in vain");
    assert_eq!(hear(ServerState::Stopped), []);
    assert_eq!(hear(failed(FailureKind::PortTaken)), taken());
    let running = ServerState::Running { address: String::new(), base_url: String::new(), since: 0 };
    assert_eq!(hear(running), []);
    assert_eq!(hear(failed(FailureKind::Other)), [News::Server { port: None }]);
}

#[test]
fn each_trouble_of_an_account_is_told_once() {
    let verification = State::NeedsVerification { why: "why".into() };
    let table = [
        (State::SignInExpired, News::SignInExpired("ada".into())),
        (verification, News::NeedsVerification("ada".into())),
        (blocked(), News::Blocked("ada".into())),
    ];
    for (state, news) in table {
        let mut known = two();
        let mut hear = |state| known.hear(&[("ada", state), ("bob", State::Ready)]);
        assert_eq!(hear(state.clone()), std::slice::from_ref(&news));
        // Looking again, resting and being switched off do not make it news.
        for between in [State::NotChecked, resting(), State::Off] {
            assert_eq!(hear(between), []);
            assert_eq!(hear(state.clone()), []);
        }
        assert_eq!(hear(State::Busy), []);
        assert_eq!(hear(state), [news]);
    }
}

#[test]
fn what_comes_and_goes_with_requests_is_not_told() {
    let mut known = two();
    for state in [State::Busy, State::NotChecked, resting(), State::Off, State::Ready] {
        assert_eq!(known.hear(&[("ada", state.clone()), ("bob", state)]), []);
    }
}

#[test]
fn what_was_so_before_is_not_told() {
    let mut known = Known::default();
    known.recall("ada", &State::SignInExpired);
    let mut hear = |state| known.hear(&[("ada", state), ("new", State::SignInExpired)]);
    assert_eq!(hear(State::NotChecked), []);
    assert_eq!(hear(State::SignInExpired), []);
    assert_eq!(hear(blocked()), [News::Blocked("ada".into())]);
}

#[test]
fn the_last_account_is_told_when_it_is_lost_and_only_then() {
    let missing = || State::BrowserMissing { why: "why".into() };
    let mut known = two();
    let mut hear = |ada, bob| known.hear(&[("ada", ada), ("bob", bob)]);
    assert_eq!(hear(missing(), State::Ready), [], "another one is left");
    assert_eq!(hear(missing(), missing()), [News::NoneLeft]);
    assert_eq!(hear(missing(), missing()), []);
    assert_eq!(hear(State::Ready, missing()), []);
    assert_eq!(hear(State::Off, missing()), [], "its owner did that");
    assert_eq!(hear(State::Ready, missing()), []);
    assert_eq!(hear(blocked(), missing()), [News::NoneLeft, News::Blocked("ada".into())]);
}

#[test]
fn several_news_are_one_note() {
    let note = |language, news: &[News]| Note::of(news, &Words::of(language).notices);
    let some = |title: &str, body: &str, page: &str| {
        Some(Note { title: title.into(), body: body.into(), page: page.into() })
    };
    let names = |count: usize| (0..count).map(|at| News::Blocked(format!("a{at}"))).collect::<Vec<_>>();
    let taken = News::Server { port: Some("2048".into()) };
    assert_eq!(note(Language::English, &[]), None);
    assert_eq!(
        note(Language::English, std::slice::from_ref(&taken)),
        some("The server could not start: port 2048 is in use", "Open Postern to see what to do.", "/")
    );
    assert_eq!(
        note(Language::English, &[News::NoneLeft, News::SignInExpired("a+b@c.org".into())]),
        some(
            "No account is left that could answer",
            "Sign in again: a+b@c.org",
            "/accounts?id=a%2Bb%40c.org"
        )
    );
    assert_eq!(
        note(Language::Chinese, &[taken, News::NeedsVerification("ada".into())]),
        some("服务未能启动：端口 2048 已被占用", "Google 要求验证：ada", "/")
    );
    let many = note(Language::English, &names(8)).expect("a note");
    assert!(many.body.ends_with("Blocked by Google: a5\n2 more…"), "{}", many.body);
    assert_eq!(many.page, "/accounts");
}
