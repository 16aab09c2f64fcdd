//! Pressing Run, and making sure that it was this prompt that the page sent.

use postern_browser::{BrowserError, ExchangeId, NetEvent};
use postern_protocol::chat::{Failure, FailureKind};
use tokio::time::{Instant, timeout_at};

use super::compare::dense;
use super::fill::Filled;
use super::limits;
use super::tab::{Tab, failure_of};
use crate::page::{Look, PageState};
use crate::wire::Sent;

/// A run that has begun.
#[derive(Debug)]
pub(super) enum Begun {
    /// Its request was seen; its answer has this id and no other answer has.
    Seen(ExchangeId, Option<Box<Sent>>),
    /// The page shows that it runs, but its request was not seen.
    Unseen,
}

impl Tab {
    /// Presses Run until the page sends the prompt.
    pub(super) async fn press(&mut self, filled: &Filled) -> Result<Begun, Failure> {
        self.drain();
        self.running = true;
        let pressed = match (&filled.prompt_box, &filled.run) {
            (Some(prompt), _) => self.site.press_run_keys(prompt).await.is_ok(),
            (None, Some(run)) => self.site.click_button(run).await.is_ok(),
            (None, None) => false,
        };
        if pressed && let Some(begun) = self.begun(filled).await? {
            return Ok(begun);
        }
        match self.site.click_run().await {
            // Stop may have taken its place just now.
            Ok(()) | Err(BrowserError::NoSuchElement(_)) => {}
            Err(error) => return Err(failure_of(&error)),
        }
        let idle = || Failure::new(FailureKind::PageChanged, "AI Studio's Run button had no effect");
        self.begun(filled).await?.ok_or_else(idle)
    }

    /// Waits for the page's request, longer while the page shows that it runs; `None` when it does not run
    /// and does not say why.
    async fn begun(&mut self, filled: &Filled) -> Result<Option<Begun>, Failure> {
        let end = Instant::now() + limits::SENT_LATE;
        loop {
            if let Some(begun) = self.sent(&filled.prompt).await? {
                return Ok(Some(begun));
            }
            let look = self.look().await?;
            if !ran(&look, filled) {
                return self.complaint(&look).map_or(Ok(None), Err);
            }
            if look.seen.state != PageState::Generating || Instant::now() >= end {
                return Ok(Some(Begun::Unseen));
            }
        }
    }

    /// Waits for the page's request with this prompt. One with another prompt is late news of a run that
    /// was stopped before it began.
    async fn sent(&mut self, prompt: &str) -> Result<Option<Begun>, Failure> {
        let deadline = Instant::now() + limits::SENT;
        loop {
            let Ok(event) = timeout_at(deadline, self.chats.next()).await else { return Ok(None) };
            match event {
                Some(NetEvent::Sent { id, body, .. }) => {
                    let sent = body.as_deref().and_then(Sent::parse);
                    if sent.as_ref().is_none_or(|sent| carries(&sent.prompt, prompt)) {
                        return Ok(Some(Begun::Seen(id, sent.map(Box::new))));
                    }
                }
                Some(_) => {}
                None => return Err(failure_of(&BrowserError::Gone)),
            }
        }
    }

    pub(super) async fn look(&self) -> Result<Look, Failure> {
        self.site.look().await.map_err(|error| failure_of(&error))
    }

    /// What the page complains about in words, told apart.
    pub(super) fn complaint(&self, look: &Look) -> Option<Failure> {
        if let Some(failure) = look.seen.failure() {
            return Some(failure);
        }
        let kinds = [
            ("refused", FailureKind::Refused),
            ("quota", FailureKind::Quota),
            ("bad_request", FailureKind::BadRequest),
            ("upstream_error", FailureKind::UpstreamError),
        ];
        let meanings = kinds.map(|(meaning, _)| meaning);
        look.notices.iter().find_map(|notice| {
            let meaning = self.site.selectors().meaning(notice, &meanings)?;
            let (_, kind) = kinds.iter().find(|(name, _)| *name == meaning)?;
            Some(Failure::new(*kind, format!("AI Studio says: {notice}")))
        })
    }
}

/// Whether a request's text is this prompt, by its beginning and its end. White space does not count: the
/// page may have its own way with it.
fn carries(sent: &str, prompt: &str) -> bool {
    const ENDS: usize = 200;
    let (sent, prompt) = (dense(sent), dense(prompt));
    let head = &prompt[..prompt.len().min(ENDS)];
    let tail = &prompt[prompt.len().saturating_sub(ENDS)..];
    // System instructions may stand before the prompt, where the page has no box for them.
    let begins = sent.len().checked_sub(prompt.len()).is_some_and(|at| sent[at..].starts_with(head));
    begins && sent.ends_with(tail)
}

fn ran(look: &Look, filled: &Filled) -> bool {
    // Results are sent from boxes of their own, which leaves an empty prompt as it was.
    let begun = if filled.prompt.is_empty() { look.turns > filled.turns } else { look.turns > 0 };
    look.seen.state == PageState::Generating || (begun && look.prompt_left == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_prompt() {
        assert!(carries("Be brief\n\nHello  there", "Hello there\n"));
        assert!(!carries("Hello here", "Hello there"));
        assert!(!carries("there", "Hello there"));
        let long = "x".repeat(1000);
        assert!(!carries(&format!("{long}a"), &format!("{long}b")));
        assert!(!carries(&format!("a{long}"), &format!("b{long}")));
    }
}
