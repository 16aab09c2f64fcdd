//! Pressing Run, and making sure that it was this prompt that the page sent.

use postern_browser::{BrowserError, ExchangeId, NetEvent};
use postern_protocol::chat::{Failure, FailureKind};
use tokio::time::{Instant, timeout_at};

use super::fill::Filled;
use super::limits;
use super::tab::{Tab, failure_of};
use crate::page::{Look, PageState};
use crate::wire::Sent;

/// A run that has begun.
#[derive(Debug)]
pub(super) enum Begun {
    /// Its request was seen; its answer has this id and no other answer has.
    Seen(ExchangeId, Option<Sent>),
    /// The page shows that it runs, but its request was not seen.
    Unseen,
}

impl Tab {
    /// Presses Run until the page sends the prompt.
    pub(super) async fn press(&mut self, filled: &Filled) -> Result<Begun, Failure> {
        self.drain();
        self.running = true;
        let by_keys = match &filled.prompt_css {
            Some(css) => self.site.press_run_keys(css).await.is_ok(),
            None => false,
        };
        if by_keys && let Some(begun) = self.begun(&filled.prompt).await? {
            return Ok(begun);
        }
        match self.site.click_run().await {
            // Stop may have taken its place just now.
            Ok(()) | Err(BrowserError::NoSuchElement(_)) => {}
            Err(error) => return Err(failure_of(&error)),
        }
        let idle = || Failure::new(FailureKind::PageChanged, "AI Studio's Run button had no effect");
        self.begun(&filled.prompt).await?.ok_or_else(idle)
    }

    /// Waits for the page's request, longer while the page shows that it runs; `None` when it does not run
    /// and does not say why.
    async fn begun(&mut self, prompt: &str) -> Result<Option<Begun>, Failure> {
        let end = Instant::now() + limits::SENT_LATE;
        loop {
            if let Some(begun) = self.sent(prompt).await? {
                return Ok(Some(begun));
            }
            let look = self.look().await?;
            if !ran(&look) {
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
                        return Ok(Some(Begun::Seen(id, sent)));
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

fn dense(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn ran(look: &Look) -> bool {
    look.seen.state == PageState::Generating || (look.turns > 0 && look.prompt_left == 0)
}

/// What the page sent that belongs to another request, so that its answer must not be given for this one.
pub(super) fn foreign(sent: &Sent, filled: &Filled, system: &str, stop: &[String]) -> Option<&'static str> {
    if filled.fresh != (sent.turns == 1) {
        // Another conversation must not shine through, and this one must not lose its past.
        return Some("another conversation");
    }
    let is_sent = |name: &String| name.trim_start_matches("models/").eq_ignore_ascii_case(&sent.model);
    if !filled.names.iter().any(is_sent) {
        return Some("another model");
    }
    // Where the page has no box for them, the system instructions are in the prompt.
    let system = if filled.system_in_box { system } else { "" };
    if dense(&sent.system) != dense(system) {
        return Some("other system instructions");
    }
    let asked = |text: &String| stop.iter().any(|own| dense(own) == dense(text));
    (!sent.stop.iter().all(asked)).then_some("other stop texts")
}

/// What the page sent otherwise than it was asked to.
pub(super) fn differences(sent: &Sent, filled: &Filled, stop: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut number = |name: &str, asked: Option<f64>, sent: Option<f64>| {
        if let (Some(asked), Some(sent)) = (asked, sent)
            && (asked - sent).abs() > 1e-6
        {
            found.push(format!("{name} is {sent} instead of {asked}"));
        }
    };
    #[expect(clippy::cast_precision_loss, reason = "token counts")]
    let tokens = |count: Option<u64>| count.map(|count| count as f64);
    number("temperature", filled.settings.temperature, sent.temperature);
    number("top_p", filled.settings.top_p, sent.top_p);
    number("max_tokens", tokens(filled.settings.max_tokens), tokens(sent.max_tokens));
    let sorted = |texts: &[String]| {
        let mut texts = texts.to_vec();
        texts.sort();
        texts.dedup();
        texts
    };
    if sorted(&sent.stop) != sorted(stop) {
        found.push("the stop texts are not the ones asked for".to_owned());
    }
    if let Some((wish, budget)) = filled.thinking.zip(sent.thinking_budget)
        && wish.contradicts(budget)
    {
        found.push(format!("the thinking budget is {budget}, which was not asked for"));
    }
    found
}

#[cfg(test)]
mod tests {
    use postern_protocol::chat::Effort;

    use super::*;
    use crate::page::{Settings, Thinking};

    #[test]
    fn a_request_is_known_by_its_prompt() {
        assert!(carries("Be brief\n\nHello  there", "Hello there\n"));
        assert!(!carries("Hello here", "Hello there"));
        assert!(!carries("there", "Hello there"));
        let long = "x".repeat(1000);
        assert!(!carries(&format!("{long}a"), &format!("{long}b")));
        assert!(!carries(&format!("a{long}"), &format!("b{long}")));
    }

    fn filled() -> Filled {
        Filled {
            fresh: true,
            turns: 0,
            names: vec!["Demo".into(), "models/demo-1".into()],
            prompt: "Hi".into(),
            settings: Settings { temperature: Some(0.3), top_p: None, max_tokens: Some(5) },
            thinking: Some(Thinking::of(Effort::Unlimited)),
            system_in_box: true,
            prompt_css: None,
            warnings: Vec::new(),
        }
    }

    fn sent() -> Sent {
        Sent {
            model: "demo-1".into(),
            turns: 1,
            temperature: Some(0.3),
            top_p: Some(0.9),
            max_tokens: Some(5),
            thinking_budget: Some(-1),
            stop: vec!["END".into()],
            system: "Be brief".into(),
            ..Sent::default()
        }
    }

    #[test]
    fn what_was_sent_otherwise_is_told() {
        let stop = ["END".to_owned()];
        assert!(differences(&sent(), &filled(), &stop).is_empty());
        let other = Sent { temperature: Some(1.0), thinking_budget: Some(1024), stop: Vec::new(), ..sent() };
        let found = differences(&other, &filled(), &stop);
        assert_eq!(found.len(), 3, "{found:?}");
        assert_eq!(found[0], "temperature is 1 instead of 0.3");
    }

    #[test]
    fn what_belongs_to_another_request_is_refused() {
        let stop = ["END".to_owned()];
        let found = |sent: &Sent, system| foreign(sent, &filled(), system, &stop);
        assert_eq!(found(&sent(), "Be\n brief "), None);
        assert_eq!(found(&Sent { stop: Vec::new(), ..sent() }, "Be brief"), None);
        assert!(found(&Sent { turns: 3, ..sent() }, "Be brief").is_some());
        assert!(found(&Sent { model: "demo-2".into(), ..sent() }, "Be brief").is_some());
        assert!(found(&sent(), "").is_some(), "the text of another client");
        assert!(found(&Sent { stop: vec!["END".into(), "X".into()], ..sent() }, "Be brief").is_some());
        let inlined = Filled { system_in_box: false, ..filled() };
        assert!(foreign(&sent(), &inlined, "Be brief", &stop).is_some());
        assert_eq!(foreign(&Sent { system: String::new(), ..sent() }, &inlined, "Be brief", &stop), None);
    }
}
