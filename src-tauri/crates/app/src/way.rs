//! A way out of one's own, for an account or for a provider's key: as its owner writes it, as it is kept and shown, and
//! in the words of browsers.

use postern_browser::{BrowserProxy, ProxyChoice, ProxySpeech};
use postern_console::{Code, Trouble};
use postern_net::{BadProxy, ProxyKind, ProxyRule};
use postern_settings::NoProxy;
use serde::{Deserialize, Serialize};

use crate::words::capitalised;

/// What an owner wrote. Has no `Debug`: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnWay {
    rule: ProxyRule,
    text: String,
}

impl OwnWay {
    /// Reads `system`, `direct` or a proxy; `None` for the way of all, which is written as nothing or `none`.
    pub fn read(text: &str) -> Result<Option<Self>, BadProxy> {
        let text = text.trim();
        if matches!(text, "" | "none") {
            return Ok(None);
        }
        Ok(Some(Self { rule: text.parse()?, text: text.to_owned() }))
    }

    /// The same, with what is wrong told by its field.
    pub(crate) fn asked(text: &str) -> Result<Option<Self>, Trouble> {
        Self::read(text).map_err(|error| {
            Trouble::new(Code::Invalid, format!("This is no way out: {error}.")).field("proxy")
        })
    }

    /// What it means.
    pub fn rule(&self) -> &ProxyRule {
        &self.rule
    }

    /// As it may be shown and logged: without name and password.
    pub fn shown(&self) -> String {
        self.rule.to_string()
    }

    /// Whether a name and a password belong to it.
    pub fn has_login(&self) -> bool {
        matches!(&self.rule, ProxyRule::Via(proxy) if proxy.has_login())
    }

    /// As it was written: a secret where a password belongs to it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// A proxy that wants a name and a password, for a browser: none takes them from a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "browsers take no name and no password for a proxy; use one that wants none, or one on this computer that adds them"
)]
pub struct NotForBrowsers;

/// A way out as a file says it, without name and password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WrittenWay(pub ProxyRule);

impl TryFrom<String> for WrittenWay {
    type Error = BadProxy;

    fn try_from(text: String) -> Result<Self, BadProxy> {
        text.parse().map(Self)
    }
}

impl From<WrittenWay> for String {
    fn from(way: WrittenWay) -> Self {
        way.0.to_string()
    }
}

impl OwnWay {
    /// The same for an account's browser.
    pub fn for_account(self) -> Result<WrittenWay, NotForBrowsers> {
        if self.has_login() { Err(NotForBrowsers) } else { Ok(WrittenWay(self.rule)) }
    }

    /// What is asked for an account, with what is wrong told by its field.
    pub(crate) fn asked_for_account(text: &str) -> Result<Option<WrittenWay>, Trouble> {
        let refused = |error: NotForBrowsers| {
            Trouble::new(Code::Invalid, capitalised(&format!("{error}."))).field("proxy")
        };
        Self::asked(text)?.map(|way| way.for_account().map_err(refused)).transpose()
    }
}

/// A proxy as people see it, with marks where a name and a password belong to it.
pub(crate) fn masked(shown: &str, login: bool) -> String {
    match shown.split_once("://").filter(|_| login) {
        Some((scheme, place)) => format!("{scheme}://****@{place}"),
        None => shown.to_owned(),
    }
}

/// The same way for a browser, past these hosts.
pub(crate) fn for_browser(rule: &ProxyRule, no_proxy: &[NoProxy]) -> ProxyChoice {
    let proxy = match rule {
        ProxyRule::Via(proxy) => proxy,
        ProxyRule::Direct => return ProxyChoice::Direct,
        ProxyRule::System => return ProxyChoice::AsSystem,
    };
    let speaks = match proxy.kind() {
        ProxyKind::Http => ProxySpeech::Http,
        ProxyKind::Https => ProxySpeech::Https,
        ProxyKind::Socks5 => ProxySpeech::Socks { names_there: false },
        ProxyKind::Socks5h => ProxySpeech::Socks { names_there: true },
    };
    let bypass = no_proxy.iter().map(|entry| entry.0.clone()).collect();
    ProxyChoice::Via(BrowserProxy { speaks, host: proxy.host().to_owned(), port: proxy.port(), bypass })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_shown_without_its_password() {
        let way = OwnWay::read(" socks5h://me:secret@h:1 ").expect("a way").expect("one of its own");
        assert_eq!((way.shown().as_str(), way.has_login()), ("socks5h://h:1", true));
        assert_eq!(way.text(), "socks5h://me:secret@h:1");
        assert_eq!(masked(&way.shown(), way.has_login()), "socks5h://****@h:1");
        assert_eq!(masked("direct", true), "direct");
    }

    #[test]
    fn a_browser_gets_no_proxy_that_wants_a_password() {
        let way = |text: &str| OwnWay::asked_for_account(text);
        assert!(way("http://h:1").expect("a way").is_some_and(|way| String::from(way) == "http://h:1"));
        let trouble = way("http://me:secret@h:1").expect_err("refused");
        assert_eq!(trouble.field.as_deref(), Some("proxy"));
        assert!(trouble.message.contains("no password") && !trouble.message.contains("secret"), "{trouble}");
    }

    #[test]
    fn the_way_of_all_is_written_as_nothing_and_what_is_no_way_is_told_by_its_field() {
        for text in ["", "none", " "] {
            assert!(OwnWay::read(text).expect("read").is_none(), "{text:?}");
        }
        let trouble = OwnWay::asked("ftp://me:secret@h").err().expect("no way");
        assert_eq!((trouble.code, trouble.field.as_deref()), (Code::Invalid, Some("proxy")));
        assert!(trouble.message.contains("socks5h://") && !trouble.message.contains("secret"), "{trouble}");
    }
}
