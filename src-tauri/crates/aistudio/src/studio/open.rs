//! From any state of browser and page to an open editor.

use std::time::Duration;

use postern_browser::{Browser, BrowserError, Options, Profile};
use postern_protocol::account::State;
use postern_protocol::chat::{Failure, FailureKind};
use tokio::time::Instant;

use super::ladder::{Rung, Stuck};
use super::limits;
use super::tab::{Loaded, Tab, Vessel, failure_of};
use super::worker::Worker;
use crate::page::{PageState, Settled};

/// How often a page may go elsewhere while it loads.
const MOVES: u32 = 5;

impl Worker {
    /// Brings a browser up; a fresh one where the current rung asks for it.
    pub(super) async fn open_browser(&mut self) -> Result<(), Stuck> {
        let dead = self.tab.as_ref().is_some_and(|tab| !tab.browser.is_alive());
        if dead {
            // Whoever closes the window wants none.
            self.window = None;
        }
        if dead || self.rung == Rung::Browser {
            self.end_browser().await;
        }
        if self.tab.is_none() {
            self.start_browser().await?;
        }
        self.prove_selectors().await;
        Ok(())
    }

    /// Brings the editor up in the running browser, as far as the current rung asks for.
    pub(super) async fn open_page(&mut self, model: &str) -> Result<(), Stuck> {
        let tab = self.tab.as_mut().ok_or_else(gone)?;
        if self.rung == Rung::Tab {
            tab.renew(&self.shared.models).await.map_err(climb)?;
        }
        // A page that was opened without a wish may show the right model; filling the form finds out.
        let fits = |loaded: &Loaded| loaded.model == model || loaded.model.is_empty();
        let open = tab.loaded.as_ref().is_some_and(fits);
        if open && self.rung == Rung::Stay {
            return Ok(());
        }
        // Only a page that was just loaded may be given its model in other ways than by its address.
        self.rung = self.rung.max(Rung::Load);
        self.shared.hold(None);
        tab.loaded = None;
        let tab = self.tab.as_ref().ok_or_else(gone)?;
        let mut outcome = self.load(tab, model).await;
        if signed_out(&outcome) && self.bring_session_back().await {
            let tab = self.tab.as_ref().ok_or_else(gone)?;
            outcome = self.load(tab, model).await;
        }
        let tab = self.tab.as_mut().ok_or_else(gone)?;
        tab.warm = true;
        outcome?;
        tab.loaded = Some(Loaded::new(model));
        tab.running = false;
        self.keeping.let_in();
        Ok(())
    }

    pub(super) async fn load(&self, tab: &Tab, model: &str) -> Result<(), Stuck> {
        let address = self.address(&self.id_of(model));
        match self.load_once(tab, &address).await {
            // A network that changes just now breaks one navigation only.
            Err(Stuck::Final(failure)) if failure.kind == FailureKind::Unavailable => {
                self.load_once(tab, &address).await
            }
            other => other,
        }
    }

    async fn load_once(&self, tab: &Tab, address: &str) -> Result<(), Stuck> {
        match tab.site.page().goto(address).await {
            Err(error @ BrowserError::Navigation(_)) => return Err(Stuck::Final(failure_of(&error))),
            // A slow page may still become usable; the next step waits for that.
            Err(BrowserError::Timeout(_)) | Ok(()) => {}
            Err(error) => return Err(climb(error)),
        }
        let known = self.shared.identity().is_some();
        let patience = if known { Duration::ZERO } else { limits::OWNER };
        let Settled { seen, owner } = self.settled(tab, patience).await.map_err(climb)?;
        self.note_owner(owner.as_deref());
        if seen.state == PageState::Ready && owner.is_none() && !tab.warm {
            tracing::warn!(account = %self.config.name, "the page does not show whose account it is");
        }
        match seen.failure() {
            Some(failure) => Err(self.stuck(seen.state, failure)),
            None => Ok(()),
        }
    }

    /// The model's id, where the list is known; an address or a preference is not told by another name.
    pub(super) fn id_of(&self, model: &str) -> String {
        let list = self.shared.models.borrow();
        let known = list.as_ref().and_then(|list| list.models.iter().find(|known| known.is_called(model)));
        known.map_or(model, |known| &known.id).to_owned()
    }

    fn address(&self, model: &str) -> String {
        let base = self.config.url.trim_end_matches('/');
        let mut query = Vec::new();
        if !model.is_empty() {
            query.push(format!("model={}", encoded(model)));
        }
        if self.config.temporary_chat {
            query.push("temporary=true".to_owned());
        }
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{base}{}{mark}{}", self.selectors.urls.new_chat, query.join("&"))
    }

    pub(super) async fn start_browser(&mut self) -> Result<(), Stuck> {
        if !self.part.is_owner() {
            return self.open_lane().await;
        }
        let profile = Profile::open(&self.config.profile_dir).map_err(|error| self.no_browser(&error))?;
        let shown = self.window.is_some();
        let options =
            Options { headless: self.config.browser.headless && !shown, ..self.config.browser.clone() };
        let started = Browser::start(&options, profile).await.map_err(|error| self.no_browser(&error))?;
        let version = started.version();
        let tab = Tab::of(Vessel::Own(Box::new(started)), &self.selectors, &self.shared.models).await;
        self.tab = Some(tab.map_err(|error| self.no_browser(&error))?);
        if shown {
            self.follow_window().await;
        } else {
            self.lend();
        }
        self.shared.set_browser(|browser| {
            browser.running = true;
            browser.shown = shown;
            browser.version = version.or_else(|| browser.version.take());
        });
        Ok(())
    }

    pub(super) fn stuck(&self, state: PageState, failure: Failure) -> Stuck {
        match state {
            PageState::Loading | PageState::Unknown | PageState::Ready | PageState::Generating => {
                Stuck::Climb(failure)
            }
            PageState::Blocked => {
                self.shared.state.send_replace(State::Blocked { why: failure.message.clone() });
                Stuck::Final(failure)
            }
            PageState::Unreachable
            | PageState::SignIn
            | PageState::Verification
            | PageState::Captcha
            | PageState::RegionBlocked
            | PageState::Restricted => Stuck::Final(failure),
        }
    }

    fn no_browser(&self, error: &BrowserError) -> Stuck {
        let failure = failure_of(error);
        if !matches!(error, BrowserError::ProfileInUse) {
            self.shared.state.send_replace(State::BrowserMissing { why: failure.message.clone() });
        }
        Stuck::Final(failure)
    }

    /// Waits until the page shows the editor, or that it will not.
    pub(super) async fn settled(&self, tab: &Tab, owner: Duration) -> Result<Settled, BrowserError> {
        let first = self.config.first_page_timeout;
        let end = Instant::now() + if tab.warm { limits::SETTLE.min(first) } else { first };
        let mut moves = 0;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match tab.site.settle(left.min(limits::SETTLE_SLICE), owner).await {
                Ok(settled) => {
                    let undecided = matches!(settled.seen.state, PageState::Loading | PageState::Unknown);
                    if !undecided || Instant::now() >= end {
                        return Ok(settled);
                    }
                }
                // The page went elsewhere while it was looked at, as on the way to a sign-in and back.
                Err(BrowserError::Script(_) | BrowserError::Driver(_)) if moves < MOVES => moves += 1,
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn note_owner(&self, owner: Option<&str>) {
        if let Some(owner) = owner {
            self.shared.identify(owner);
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
pub(super) fn climb(error: BrowserError) -> Stuck {
    Stuck::Climb(failure_of(&error))
}

pub(super) fn gone() -> Stuck {
    climb(BrowserError::Gone)
}

/// A model's name as part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// Whether the site wanted a sign-in.
fn signed_out(outcome: &Result<(), Stuck>) -> bool {
    let (Err(Stuck::Final(failure)) | Err(Stuck::Climb(failure))) = outcome else { return false };
    failure.kind == FailureKind::SignInExpired
}
