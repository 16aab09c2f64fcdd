//! The session: read off a page that is signed in, kept now and then, and brought back once when it is lost.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use postern_browser::BrowserError;
use postern_protocol::chat::{Failure, FailureKind};
use tokio::time::{Instant, sleep_until, timeout};

use super::limits;
use super::tab::failure_of;
use super::worker::Worker;
use crate::page::PageState;
use crate::session::{NEEDED, Session};

/// A session is kept again after this, while its browser runs.
const INTERVAL: Duration = Duration::from_secs(30 * 60);
/// A session is kept again after so many answers.
const ANSWERS: u32 = 10;

/// How far the keeping of a session is.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// The page was let in, and nothing has spoken against its session since.
    good: bool,
    /// Answers since it was kept.
    answers: u32,
    /// When it is to be kept next.
    due: Option<Instant>,
    /// The last good one was tried, and the page has not been let in since.
    brought_back: bool,
}

impl Keeping {
    /// The page was let in.
    pub(super) fn let_in(&mut self) {
        self.good = true;
        self.brought_back = false;
        self.due.get_or_insert_with(|| Instant::now() + INTERVAL);
    }

    /// A request was answered.
    pub(super) fn answered(&mut self) {
        self.let_in();
        self.answers += 1;
        if self.answers >= ANSWERS {
            self.due = Some(Instant::now());
        }
    }

    /// Something went wrong; what of it speaks against the session is not kept.
    pub(super) fn failed(&mut self, failure: &Failure) {
        let against = [FailureKind::SignInExpired, FailureKind::NeedsVerification, FailureKind::Refused];
        if against.contains(&failure.kind) {
            self.good = false;
        }
    }

    /// Resolves when the session is to be kept.
    pub(super) async fn due(&self) {
        match self.due.filter(|_| self.good) {
            Some(moment) => sleep_until(moment).await,
            None => std::future::pending().await,
        }
    }

    fn kept(&mut self) {
        self.answers = 0;
        self.due = Some(Instant::now() + INTERVAL);
    }
}

impl Worker {
    /// Opens the page and reads the session, if it is one.
    pub(super) async fn session(&mut self) -> Result<Session, Failure> {
        self.warm().await?;
        self.read_session().await?.ok_or_else(|| {
            Failure::new(
                FailureKind::SignInExpired,
                "Nobody is signed in to Google in this account's browser",
            )
        })
    }

    /// The session of the page, when that shows its editor and has the cookies of somebody who is signed in.
    async fn read_session(&self) -> Result<Option<Session>, Failure> {
        let read = async {
            let tab = self.tab.as_ref().ok_or(BrowserError::Gone)?;
            let look = tab.site.look().await?;
            if !matches!(look.seen.state, PageState::Ready | PageState::Generating) {
                return Ok(None);
            }
            let origin = self.config.url.trim_end_matches('/').to_owned();
            let state = tab.browser.own()?.read_state(&[origin]).await?;
            let whole = state.has(NEEDED, now());
            Ok(whole.then(|| Session { state, owner: self.shared.identity() }))
        };
        read.await.map_err(|error: BrowserError| failure_of(&error))
    }

    /// Gives the session to whoever keeps it. Never one that the site has spoken against.
    pub(super) async fn keep_session(&mut self) {
        // What cannot be kept now, or by nobody, is not due again at once.
        self.keeping.kept();
        let Some(keeper) = self.shared.keeper().filter(|_| self.keeping.good) else { return };
        if !self.tab.as_ref().is_some_and(|tab| tab.loaded.is_some() && tab.browser.is_alive()) {
            return;
        }
        let kept = async {
            match self.read_session().await {
                Ok(Some(session)) => keeper.keep(session).await,
                Ok(None) => tracing::debug!(account = %self.config.name, "there is no session to keep now"),
                Err(failure) => tracing::debug!(account = %self.config.name, %failure, "no session was read"),
            }
        };
        let limit = if self.closing.is_cancelled() { limits::LAST_KEEP } else { limits::KEEP };
        if timeout(limit, kept).await.is_err() {
            tracing::warn!(account = %self.config.name, "the session was not kept in time");
        }
    }

    /// Puts the last good session into a browser whose cookies are lost; once until the page is let in again. Whether
    /// the page is worth another look.
    pub(super) async fn bring_session_back(&mut self) -> bool {
        let Some(keeper) = self.shared.keeper().filter(|_| !self.keeping.brought_back) else { return false };
        let Some(tab) = self.tab.as_ref() else { return false };
        self.keeping.brought_back = true;
        let brought = async {
            if tab.browser.own()?.read_state(&[]).await?.has(NEEDED, now()) {
                // The site refuses a session that is there; an older one is no better.
                return Ok(false);
            }
            let Some(session) = keeper.last_good().await else { return Ok(false) };
            tab.browser.own()?.write_state(&session, now()).await?;
            Ok(true)
        };
        match brought.await {
            Ok(brought) => {
                if brought {
                    tracing::info!(account = %self.config.name, "brought the last good session back");
                }
                brought
            }
            Err(error @ BrowserError::Gone) => {
                tracing::debug!(account = %self.config.name, %error, "the session was not brought back");
                false
            }
            Err(error) => {
                tracing::warn!(account = %self.config.name, %error, "the session could not be brought back");
                false
            }
        }
    }
}

/// Now, in seconds of Unix time.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use tokio_util::sync::CancellationToken;

    use super::super::Config;
    use super::super::lanes::{Hull, Part};
    use super::super::shared::Shared;
    use super::*;
    use crate::functions::ToolSetting;
    use crate::selectors::Pack;

    fn failure(kind: FailureKind) -> Failure {
        Failure::new(kind, "x")
    }

    #[tokio::test(start_paused = true)]
    async fn a_session_is_kept_in_time_and_after_some_answers() {
        let mut keeping = Keeping::default();
        assert!(keeping.due().now_or_never().is_none(), "nothing was let in yet");
        keeping.let_in();
        tokio::time::advance(INTERVAL - Duration::from_secs(1)).await;
        keeping.let_in();
        assert!(keeping.due().now_or_never().is_none());
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(keeping.due().now_or_never().is_some(), "another page load does not put it off");
        keeping.kept();
        for _ in 1..ANSWERS {
            keeping.answered();
        }
        assert!(keeping.due().now_or_never().is_none());
        keeping.answered();
        assert!(keeping.due().now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_keeps_is_not_due_over_and_over() {
        let config = Config {
            url: String::new(),
            browser: postern_browser::Options::default(),
            profile_dir: "/nowhere".into(),
            name: "x".into(),
            temporary_chat: true,
            tool_mode: ToolSetting::Auto,
            tools: crate::tools::Tools::default(),
            selectors_file: None,
            snapshots_dir: "/nowhere".into(),
            max_snapshots: 0,
            first_page_timeout: Duration::ZERO,
            first_byte_timeout: Duration::ZERO,
            silence_timeout: Duration::ZERO,
            pause: Duration::ZERO,
            fleet: crate::fleet::Fleet::default(),
            tabs: 1,
        };
        let mut worker = Worker::new(
            config,
            Shared::new(Pack::new(None)),
            CancellationToken::new(),
            Part::Owner,
            Hull::default(),
        );
        (0..ANSWERS).for_each(|_| worker.keeping.answered());
        assert!(worker.keeping.due().now_or_never().is_some());
        worker.keep_session().await;
        assert!(worker.keeping.due().now_or_never().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_site_spoke_against_is_not_kept() {
        for kind in [FailureKind::SignInExpired, FailureKind::NeedsVerification, FailureKind::Refused] {
            let mut keeping = Keeping::default();
            keeping.let_in();
            keeping.failed(&failure(kind));
            assert!(!keeping.good);
            keeping.let_in();
            keeping.failed(&failure(FailureKind::Quota));
            assert!(keeping.good, "a quota says nothing of the session");
        }
    }
}
