//! What the tray shows, as plain data: made of the state of the house, shown by the menu.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use postern_console::api::accounts::AccountView;
use postern_console::api::overview::Today;
use postern_console::api::server::{FailureKind, ServerState, ServerStatus};
use postern_protocol::account::State;
use serde::{Serialize, Serializer};

use super::words::{Words, fill};

/// Most accounts in the menu.
const MOST_ROWS: usize = 8;

/// The picture, which tells states apart by its shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// An open gate.
    Running,
    /// A barred one.
    Stopped,
    /// A warning before it.
    Problem,
}

/// What can be chosen in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Start the server, stop it, or try again what failed.
    StartStop,
    /// Copy the base URL.
    CopyUrl,
    /// Open the console in a browser.
    OpenConsole,
    /// Begin or end a time in which nothing is recorded.
    Private,
    /// Show the window.
    Open,
    /// End Postern.
    Quit,
    /// Show the account in this row.
    Account(usize),
}

impl Action {
    const PLAIN: [(Self, &'static str); 6] = [
        (Self::StartStop, "start_stop"),
        (Self::CopyUrl, "copy_url"),
        (Self::OpenConsole, "open_console"),
        (Self::Private, "private"),
        (Self::Open, "open"),
        (Self::Quit, "quit"),
    ];

    /// The action of a menu item.
    pub(crate) fn from_id(id: &str) -> Option<Self> {
        if let Some(row) = id.strip_prefix("account_") {
            return row.parse().ok().map(Self::Account);
        }
        Self::PLAIN.iter().find(|(_, name)| *name == id).map(|(action, _)| *action)
    }

    /// The name of its menu item.
    pub(crate) fn id(self) -> String {
        if let Self::Account(row) = self {
            return format!("account_{row}");
        }
        Self::PLAIN
            .iter()
            .find(|(action, _)| *action == self)
            .map(|(_, name)| (*name).to_owned())
            .unwrap_or_default()
    }
}

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Line {
    /// What it does; nothing for a line that only tells something.
    #[serde(rename = "id", serialize_with = "as_id")]
    pub(crate) action: Option<Action>,
    pub(crate) label: String,
    pub(crate) enabled: bool,
}

fn as_id<S: Serializer>(action: &Option<Action>, serializer: S) -> Result<S::Ok, S::Error> {
    action.map(Action::id).serialize(serializer)
}

impl Line {
    fn of(action: Action, label: &str, enabled: bool) -> Self {
        Self { action: Some(action), label: label.to_owned(), enabled }
    }

    fn telling(label: String) -> Self {
        Self { action: None, label, enabled: false }
    }
}

/// Everything the tray shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct View {
    pub(crate) shape: Shape,
    /// What is read when the pointer rests on the picture.
    pub(crate) tooltip: String,
    pub(crate) status: Line,
    pub(crate) start_stop: Line,
    pub(crate) copy_url: Line,
    /// The line above the rows.
    pub(crate) accounts: Line,
    pub(crate) rows: Vec<Line>,
    /// Whose the rows are, in their order.
    #[serde(skip)]
    pub(crate) owners: Vec<String>,
    pub(crate) requests: Line,
    pub(crate) private: Line,
    /// Whether that line has its mark.
    pub(crate) is_private: bool,
    pub(crate) open: Line,
    pub(crate) open_console: Line,
    pub(crate) quit: Line,
}

/// What is known of the house.
#[derive(Clone, Debug)]
pub(crate) enum House {
    /// It is being opened.
    Opening,
    /// It could not be opened.
    Failed,
    /// It is open.
    Open {
        server: ServerStatus,
        /// Worst first.
        accounts: Vec<AccountView>,
        today: Today,
        /// Whether nothing is recorded for the time being; `None` where nothing ever is.
        private: Option<bool>,
    },
}

impl View {
    /// What is to be shown now.
    pub(crate) fn of(house: &House, words: &Words, zone: &TimeZone) -> Self {
        let status = status(house, words);
        let (verb, can) = start_stop(house, words);
        let running = matches!(
            house,
            House::Open { server: ServerStatus { state: ServerState::Running { .. }, .. }, .. }
        );
        let accounts: &[AccountView] = match house {
            House::Open { accounts, .. } => accounts,
            House::Opening | House::Failed => &[],
        };
        let private = match house {
            House::Open { private, .. } => *private,
            House::Opening | House::Failed => None,
        };
        let shape = shape(house, accounts);
        let mark = match shape {
            Shape::Running => "●",
            Shape::Stopped => "○",
            Shape::Problem => "⚠",
        };
        Self {
            shape,
            tooltip: fill(&words.tooltip, &[("status", &status)]),
            status: Line::telling(format!("{mark} {status}")),
            start_stop: Line::of(Action::StartStop, verb, can),
            copy_url: Line::of(Action::CopyUrl, &words.copy_url, running),
            accounts: Line { enabled: !accounts.is_empty(), ..Line::telling(summary(accounts, words)) },
            rows: rows(accounts, words, zone),
            owners: accounts.iter().map(|account| account.name.clone()).collect(),
            requests: Line::telling(requests(house, words)),
            private: Line::of(Action::Private, &words.private, private.is_some()),
            is_private: private == Some(true),
            open: Line::of(Action::Open, &words.open_window, true),
            open_console: Line::of(Action::OpenConsole, &words.open_console, running),
            quit: Line::of(Action::Quit, &words.quit, true),
        }
    }

    /// Its lines from top to bottom, the rows of the accounts included.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &Line> {
        let head = [&self.status, &self.start_stop, &self.copy_url, &self.accounts];
        let tail = [&self.requests, &self.private, &self.open, &self.open_console, &self.quit];
        head.into_iter().chain(&self.rows).chain(tail)
    }
}

fn status(house: &House, words: &Words) -> String {
    let words = &words.status;
    let House::Open { server, .. } = house else {
        return if matches!(house, House::Failed) { words.failed.clone() } else { words.starting.clone() };
    };
    match &server.state {
        ServerState::Running { address, .. } => fill(&words.running, &[("address", address)]),
        ServerState::Starting => words.starting.clone(),
        ServerState::Stopping => words.stopping.clone(),
        ServerState::Stopped => words.stopped.clone(),
        ServerState::Failed(failure) if failure.kind == FailureKind::PortTaken => {
            let port = server.configured.rsplit(':').next().unwrap_or_default();
            fill(&words.port_taken, &[("port", port)])
        }
        ServerState::Failed(_) => words.failed.clone(),
    }
}

/// The first item's word, and whether it can be chosen now.
fn start_stop<'a>(house: &House, words: &'a Words) -> (&'a str, bool) {
    let House::Open { server, .. } = house else {
        return (&words.retry, matches!(house, House::Failed));
    };
    match &server.state {
        ServerState::Running { .. } => (&words.stop, true),
        ServerState::Stopped => (&words.start, true),
        ServerState::Failed(_) => (&words.retry, true),
        ServerState::Starting => (&words.start, false),
        ServerState::Stopping => (&words.stop, false),
    }
}

/// A server that runs and can answer nothing, because every account that is switched on wants its owner, is a
/// problem too.
fn shape(house: &House, accounts: &[AccountView]) -> Shape {
    let House::Open { server, .. } = house else {
        return if matches!(house, House::Failed) { Shape::Problem } else { Shape::Stopped };
    };
    let mut used = accounts.iter().filter(|account| account.enabled).peekable();
    let helpless = used.peek().is_some() && used.all(|account| wants_its_owner(&account.status));
    match &server.state {
        ServerState::Failed(_) => Shape::Problem,
        ServerState::Running { .. } if helpless => Shape::Problem,
        ServerState::Running { .. } => Shape::Running,
        ServerState::Stopped | ServerState::Starting | ServerState::Stopping => Shape::Stopped,
    }
}

fn wants_its_owner(state: &State) -> bool {
    match state {
        State::SignInExpired
        | State::NeedsVerification { .. }
        | State::Blocked { .. }
        | State::BrowserMissing { .. } => true,
        State::Ready | State::Busy | State::CoolingDown { .. } | State::Off | State::NotChecked => false,
    }
}

fn summary(accounts: &[AccountView], words: &Words) -> String {
    if accounts.is_empty() {
        return words.accounts.none.clone();
    }
    let ready = accounts.iter().filter(|account| account.status.usable()).count();
    fill(&words.accounts.some, &[("ready", &ready.to_string()), ("total", &accounts.len().to_string())])
}

fn rows(accounts: &[AccountView], words: &Words, zone: &TimeZone) -> Vec<Line> {
    let row = |(index, account): (usize, &AccountView)| {
        let state = words.state(&account.status, |until| clock(until, zone));
        let label = fill(&words.accounts.row, &[("state", &state), ("name", &account.name)]);
        Line::of(Action::Account(index), &label, true)
    };
    let mut rows: Vec<Line> = accounts.iter().take(MOST_ROWS).enumerate().map(row).collect();
    let left = accounts.len().saturating_sub(MOST_ROWS);
    if left > 0 {
        rows.push(Line::telling(fill(&words.accounts.more, &[("count", &left.to_string())])));
    }
    rows
}

/// The time of day, with the day when it is another one.
fn clock(unix: u64, zone: &TimeZone) -> String {
    let Ok(until) =
        i64::try_from(unix).map_err(drop).and_then(|unix| Timestamp::from_second(unix).map_err(drop))
    else {
        return String::new();
    };
    let until = until.to_zoned(zone.clone());
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    until.strftime(if until.date() == today { "%H:%M" } else { "%Y-%m-%d %H:%M" }).to_string()
}

fn requests(house: &House, words: &Words) -> String {
    let today = match house {
        House::Open { today, .. } => today.clone(),
        House::Opening | House::Failed => Today { requests: 0, failed: 0 },
    };
    let text = if today.failed > 0 { &words.requests_today_failed } else { &words.requests_today };
    fill(text, &[("requests", &today.requests.to_string()), ("failed", &today.failed.to_string())])
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
