//! What is news: the house as it is known against the house as it is now.

use std::collections::BTreeMap;

use postern_console::api::accounts::AccountView;
use postern_console::api::server::{FailureKind, ServerState, ServerStatus};
use postern_protocol::account::State;

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The server did not start, or stopped by itself.
    Server {
        /// The port, where it is taken.
        port: Option<String>,
    },
    /// The last account that could serve is lost.
    NoneLeft,
    /// The account of this name must sign in again.
    SignInExpired(String),
    /// Google wants a human at this account.
    NeedsVerification(String),
    /// Google blocks this account.
    Blocked(String),
}

/// Why an account cannot serve until somebody does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    SignInExpired,
    NeedsVerification,
    Blocked,
    BrowserMissing,
}

impl Trouble {
    /// What is told of it. A browser that is missing is not the account's own trouble; it counts when no account is left.
    fn news(self, name: &str) -> Option<News> {
        let name = name.to_owned();
        match self {
            Self::SignInExpired => Some(News::SignInExpired(name)),
            Self::NeedsVerification => Some(News::NeedsVerification(name)),
            Self::Blocked => Some(News::Blocked(name)),
            Self::BrowserMissing => None,
        }
    }
}

/// What is known of the house. Nothing of it is news again.
#[derive(Debug, Default)]
pub(super) struct Known {
    server_failed: bool,
    accounts: BTreeMap<String, Option<Trouble>>,
}

impl Known {
    /// The account was like this before anybody looked.
    pub(super) fn recall(&mut self, name: &str, state: &State) {
        self.accounts.insert(name.to_owned(), trouble(state, None));
    }

    /// Takes in how the house is now and returns what is new, the most important first.
    pub(super) fn learn(&mut self, server: &ServerStatus, accounts: &[AccountView]) -> Vec<News> {
        let mut news: Vec<News> = self.learn_server(server).into_iter().collect();
        let before = std::mem::take(&mut self.accounts);
        let mut fell = false;
        let mut about_accounts = Vec::new();
        for account in accounts {
            let known = before.get(&account.name).copied();
            let now = trouble(&account.status, known.flatten());
            self.accounts.insert(account.name.clone(), now);
            // One that comes with its trouble is in the hands of whoever brings it.
            let (Some(known), Some(trouble)) = (known, now) else { continue };
            fell |= known.is_none();
            if known != now {
                about_accounts.extend(trouble.news(&account.name));
            }
        }
        if fell && self.is_helpless(accounts) {
            news.push(News::NoneLeft);
        }
        news.append(&mut about_accounts);
        news
    }

    fn learn_server(&mut self, server: &ServerStatus) -> Option<News> {
        let failure = match &server.state {
            ServerState::Failed(failure) => failure,
            ServerState::Running { .. } | ServerState::Stopped => {
                self.server_failed = false;
                return None;
            }
            // Not decided yet: whoever tries again sees for himself that it fails again.
            ServerState::Starting | ServerState::Stopping => return None,
        };
        if std::mem::replace(&mut self.server_failed, true) {
            return None;
        }
        let taken = failure.kind == FailureKind::PortTaken;
        let port = server.configured.rsplit(':').next().filter(|_| taken).map(str::to_owned);
        Some(News::Server { port })
    }

    /// Whether every account that is switched on wants its owner.
    fn is_helpless(&self, accounts: &[AccountView]) -> bool {
        let mut used = accounts.iter().filter(|account| account.enabled && account.status != State::Off);
        used.all(|account| self.accounts.get(&account.name).is_some_and(Option::is_some))
    }
}

/// The trouble of an account in this state. It lasts until the account has shown that it can serve: looking again, being
/// switched off and resting end no trouble.
fn trouble(state: &State, before: Option<Trouble>) -> Option<Trouble> {
    match state {
        State::Ready | State::Busy => None,
        State::SignInExpired => Some(Trouble::SignInExpired),
        State::NeedsVerification { .. } => Some(Trouble::NeedsVerification),
        State::Blocked { .. } => Some(Trouble::Blocked),
        State::BrowserMissing { .. } => Some(Trouble::BrowserMissing),
        State::CoolingDown { .. } | State::Off | State::NotChecked => before,
    }
}

#[cfg(test)]
#[path = "news_tests.rs"]
mod tests;
