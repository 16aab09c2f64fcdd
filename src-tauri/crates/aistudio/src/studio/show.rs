//! The account's browser with a window, for what needs a person.
//!
//! While the page wants something of a person, the window is theirs: no request touches it, and nothing runs in the
//! pages of the sign-in. The browser tells when the tab moves; when the editor is there again, the account is.

use std::time::Duration;

use postern_browser::{BrowserError, Whereabouts};
use postern_protocol::account::State;
use postern_protocol::chat::{Failure, FailureKind};
use tokio::time::{Instant, sleep_until, timeout};

use super::ladder::{Rung, Stuck};
use super::limits;
use super::tab::{Loaded, failure_of};
use super::worker::Worker;
use crate::page::{Settled, account_state};

/// Why a window cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShowError {
    /// There is no screen.
    #[error("there is no screen here on which a window could be shown")]
    NoScreen,
    /// The browser runs elsewhere.
    #[error("the account's browser runs on another machine")]
    Remote,
    /// An answer runs in the browser.
    #[error("the account is answering a request")]
    Busy,
    /// The account is switched off.
    #[error("the account is switched off")]
    Off,
    /// As many browsers run as may, and all of them have work.
    #[error("as many browsers run as may run at once, and all of them are in use")]
    Full,
    /// The account was taken out of service.
    #[error("the account was taken out of service")]
    Gone,
    /// The browser did not come up.
    #[error("{0}")]
    Failed(Failure),
}

/// A window that a person may look at.
pub(super) struct Window {
    whereabouts: Option<Whereabouts>,
    stage: Stage,
}

/// What the window is there for.
#[derive(Clone, Copy)]
enum Stage {
    /// The page wants something of a person. It is looked at again at this moment, should it not move before.
    Person { again: Instant },
    /// The page is in order. The window is closed when nothing happened for so long.
    Spare { length: Duration, until: Instant },
}

/// What happened to a window.
pub(super) enum Glimpse {
    /// The tab moved.
    Moved,
    /// The tab was closed.
    Closed,
    /// The moment of its stage has come.
    Due,
}

impl Stage {
    fn person() -> Self {
        Self::Person { again: Instant::now() + limits::LOOK_AGAIN }
    }

    fn spare(length: Duration) -> Self {
        Self::Spare { length, until: Instant::now() + length }
    }
}

impl Window {
    fn new() -> Self {
        Self { whereabouts: None, stage: Stage::person() }
    }

    /// Follows the tab of a browser that was just started. One that cannot be followed is looked at now and then.
    pub(super) fn follow(&mut self, whereabouts: Option<Whereabouts>) {
        self.whereabouts = whereabouts;
    }

    /// The page has turned out to want a person.
    pub(super) fn hand_over(&mut self) {
        self.stage = Stage::person();
    }

    /// The browser was used.
    pub(super) fn touch(&mut self) {
        if let Stage::Spare { length, .. } = self.stage {
            self.stage = Stage::spare(length);
        }
    }
}

/// Waits until something happens to the window; for ever where there is none. Cancel safe.
pub(super) async fn glimpse(window: Option<&mut Window>) -> Glimpse {
    let Some(Window { whereabouts, stage }) = window else { return std::future::pending().await };
    let moved = async {
        match whereabouts {
            Some(whereabouts) => whereabouts.moved().await,
            None => std::future::pending().await,
        }
    };
    let (Stage::Person { again: moment } | Stage::Spare { until: moment, .. }) = *stage;
    tokio::select! {
        place = moved => if place.is_some() { Glimpse::Moved } else { Glimpse::Closed },
        () = sleep_until(moment) => Glimpse::Due,
    }
}

impl Worker {
    /// Shows the account's browser, or closes its window.
    pub(super) async fn show(&mut self, shown: bool) -> Result<(), ShowError> {
        if shown {
            return self.open_window().await;
        }
        if self.window.is_some() {
            self.close_browser().await;
        }
        Ok(())
    }

    async fn open_window(&mut self) -> Result<(), ShowError> {
        if !self.shared.is_enabled() {
            return Err(ShowError::Off);
        }
        if self.config.browser.is_remote() {
            return Err(ShowError::Remote);
        }
        if !self.config.browser.has_screen() {
            return Err(ShowError::NoScreen);
        }
        let open = self.tab.as_ref().is_some_and(|tab| tab.browser.is_alive()) && self.window.is_some();
        if !open {
            self.end_browser().await;
            if timeout(limits::SHOW_BERTH, self.take_berth()).await.is_err() {
                return Err(ShowError::Full);
            }
            self.window = Some(Window::new());
            if let Err(failure) = self.fill_window().await {
                self.close_browser().await;
                return Err(ShowError::Failed(failure));
            }
        }
        if let Some(tab) = &self.tab
            && let Ok(browser) = tab.browser.own()
            && let Err(error) = browser.raise().await
        {
            tracing::debug!(%error, "the window was not brought to the front");
        }
        Ok(())
    }

    /// Starts the browser with its window and opens the site in it, whatever that shows.
    async fn fill_window(&mut self) -> Result<(), Failure> {
        let failure_in = |(Stuck::Final(failure) | Stuck::Climb(failure))| failure;
        self.start_browser().await.map_err(failure_in)?;
        self.rung = Rung::Load;
        let Err(failure) = self.open_page("").await.map_err(failure_in) else {
            self.in_order(limits::LOOKED_AT);
            return Ok(());
        };
        if self.tab.as_ref().is_some_and(|tab| tab.browser.is_alive()) {
            self.tell(&failure);
            return Ok(());
        }
        Err(failure)
    }

    /// Something happened to the window.
    pub(super) async fn heed_window(&mut self, glimpse: Glimpse) {
        let Some(stage) = self.window.as_ref().map(|window| window.stage) else { return };
        match (glimpse, stage) {
            (Glimpse::Closed, _) => self.browser_ended().await,
            (Glimpse::Moved | Glimpse::Due, Stage::Person { .. }) => self.look_again().await,
            (Glimpse::Due, Stage::Spare { .. }) => {
                tracing::info!(account = %self.config.name, "closing the window that nobody needs");
                self.close_browser().await;
            }
            (Glimpse::Moved, Stage::Spare { .. }) => {}
        }
    }

    /// Whether the window waits for a person.
    pub(super) fn is_with_person(&self) -> bool {
        self.window.as_ref().is_some_and(|window| matches!(window.stage, Stage::Person { .. }))
    }

    /// Why no request may touch the window now.
    pub(super) fn with_person(&self) -> Failure {
        let text = format!(
            "The window of the AI Studio account {} is open for what Google asks; finish it there, or close the window.",
            self.config.name
        );
        Failure::new(FailureKind::NeedsVerification, text)
    }

    /// Looks whether the editor is there again. Only pages of the site are looked into.
    pub(super) async fn look_again(&mut self) {
        let looked = self.look_into().await;
        if let Some(window) = &mut self.window {
            window.stage = Stage::person();
        }
        match looked {
            Ok(Some(Settled { seen, owner })) => match seen.failure() {
                None => {
                    self.note_owner(owner.as_deref());
                    if let Some(tab) = &mut self.tab {
                        tab.loaded = Some(Loaded::new(""));
                        tab.running = false;
                    }
                    self.keeping.let_in();
                    tracing::info!(account = %self.config.name, "the person has done what was asked");
                    self.in_order(limits::DONE_WITH);
                }
                Some(failure) => self.tell(&failure),
            },
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, "the page in the window could not be looked at"),
        }
    }

    async fn look_into(&self) -> Result<Option<Settled>, BrowserError> {
        let tab = self.tab.as_ref().ok_or(BrowserError::Gone)?;
        let address = tab.site.page().url().await?;
        if !address.starts_with(self.config.url.trim_end_matches('/')) {
            return Ok(None);
        }
        self.settled(tab, limits::OWNER).await.map(Some)
    }

    fn in_order(&mut self, length: Duration) {
        self.lend();
        self.rung = Rung::Stay;
        self.shared.state.send_replace(State::Ready);
        if let Some(window) = &mut self.window {
            window.stage = Stage::spare(length);
        }
    }

    /// Publishes what a failure says about the account. A page that refuses has said so already.
    fn tell(&self, failure: &Failure) {
        if let Some(state) = account_state(failure) {
            self.shared.state.send_replace(state);
        }
    }

    /// The browser is gone without having been told to.
    pub(super) async fn browser_ended(&mut self) {
        // A person may close the window.
        let by_hand = self.window.is_some();
        self.close_browser().await;
        if !self.part.is_owner() {
            // Its owner says so.
        } else if by_hand {
            tracing::info!(account = %self.config.name, "the window was closed");
        } else {
            tracing::warn!(account = %self.config.name, "the browser ended");
            self.shared.state.send_replace(State::NotChecked);
        }
    }

    /// Starts to follow the window of a browser that was just started, if it has one that is shown.
    pub(super) async fn follow_window(&mut self) {
        let (Some(window), Some(tab)) = (&mut self.window, &self.tab) else { return };
        let whereabouts = match tab.browser.own() {
            Ok(browser) => browser.follow().await,
            Err(error) => Err(error),
        };
        let whereabouts = whereabouts.map_err(|error| failure_of(&error));
        if let Err(failure) = &whereabouts {
            tracing::warn!(account = %self.config.name, %failure, "the window cannot be followed");
        }
        window.follow(whereabouts.ok());
    }
}
