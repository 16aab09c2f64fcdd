//! The words of tray and notifications. They stand with those of the page, so that all speak one language in one way.

use std::sync::LazyLock;

use anyhow::{Context as _, Result};
use postern_protocol::account::State;
use postern_settings::Language;
use serde::Deserialize;

const ENGLISH: &str = include_str!("../../../ui/src/locales/en/tray.json");
const CHINESE: &str = include_str!("../../../ui/src/locales/zh-CN/tray.json");

/// The words of one language. Names in double braces stand for what [`fill`] puts there.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Words {
    pub(super) status: StatusWords,
    pub(super) start: String,
    pub(super) stop: String,
    pub(super) retry: String,
    pub(super) copy_url: String,
    pub(super) accounts: AccountWords,
    pub(super) requests_today: String,
    pub(super) requests_today_failed: String,
    pub(super) private: String,
    pub(super) open_window: String,
    pub(super) open_console: String,
    pub(super) quit: String,
    pub(super) tooltip: String,
    pub(crate) notices: NoticeWords,
}

/// What notifications say.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NoticeWords {
    pub(crate) server_failed: String,
    pub(crate) port_taken: String,
    pub(crate) none_left: String,
    pub(crate) sign_in_expired: String,
    pub(crate) needs_verification: String,
    pub(crate) blocked: String,
    pub(crate) more: String,
    pub(crate) next: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusWords {
    pub(super) running: String,
    pub(super) starting: String,
    pub(super) stopping: String,
    pub(super) stopped: String,
    pub(super) failed: String,
    pub(super) port_taken: String,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct AccountWords {
    pub(super) none: String,
    pub(super) some: String,
    pub(super) row: String,
    pub(super) more: String,
    state: StateWords,
}

#[derive(Debug, Default, Deserialize)]
struct StateWords {
    ready: String,
    busy: String,
    cooling_down: String,
    sign_in_expired: String,
    needs_verification: String,
    blocked: String,
    browser_missing: String,
    off: String,
    not_checked: String,
}

impl Words {
    /// The words of the chosen language.
    pub(crate) fn of(language: Language) -> &'static Self {
        static OF_ENGLISH: LazyLock<Words> = LazyLock::new(|| read(ENGLISH));
        static OF_CHINESE: LazyLock<Words> = LazyLock::new(|| read(CHINESE));
        let chinese = match language {
            Language::System => speaks_chinese(sys_locale::get_locale().as_deref()),
            Language::English => false,
            Language::Chinese => true,
        };
        if chinese { &OF_CHINESE } else { &OF_ENGLISH }
    }

    /// What an account's state is called; `until` says until when it is limited, where it is.
    pub(super) fn state(&self, state: &State, until: impl FnOnce(u64) -> String) -> String {
        let words = &self.accounts.state;
        let word = match state {
            State::CoolingDown { until: end, .. } => {
                return fill(&words.cooling_down, &[("time", &until(*end))]);
            }
            State::Ready => &words.ready,
            State::Busy => &words.busy,
            State::SignInExpired => &words.sign_in_expired,
            State::NeedsVerification { .. } => &words.needs_verification,
            State::Blocked { .. } => &words.blocked,
            State::BrowserMissing { .. } => &words.browser_missing,
            State::Off => &words.off,
            State::NotChecked => &words.not_checked,
        };
        word.clone()
    }
}

/// The files are part of the program and a test reads them, so the words are there. A menu without words would
/// still be better than none.
fn read(text: &str) -> Words {
    parse(text).unwrap_or_else(|error| {
        tracing::error!(%error, "the tray has no words");
        Words::default()
    })
}

fn parse(text: &str) -> Result<Words> {
    serde_json::from_str(text).context("the tray's words")
}

fn speaks_chinese(locale: Option<&str>) -> bool {
    locale.is_some_and(|locale| locale.to_ascii_lowercase().split(['-', '_', '.']).next() == Some("zh"))
}

/// Puts values in the place of names in double braces.
pub(crate) fn fill(words: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(words.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_word_the_tray_uses() {
        for text in [ENGLISH, CHINESE] {
            parse(text).expect("all words");
        }
    }

    #[test]
    fn the_systems_language_decides_unless_the_user_does() {
        for locale in ["zh-CN", "zh_TW.UTF-8", "zh"] {
            assert!(speaks_chinese(Some(locale)), "{locale}");
        }
        for locale in ["en-US", "de", "C", "zha"] {
            assert!(!speaks_chinese(Some(locale)), "{locale}");
        }
        assert!(!speaks_chinese(None));
        assert_eq!(Words::of(Language::English).quit, "Quit");
        assert_eq!(Words::of(Language::Chinese).quit, "退出");
    }

    #[test]
    fn names_in_braces_are_filled_and_others_stay() {
        assert_eq!(fill("{{a}} of {{b}}, {{c}}", &[("a", "1"), ("b", "2")]), "1 of 2, {{c}}");
    }
}
