//! One run: from pressing Run to the end of the answer.

use postern_browser::{ExchangeId, NetEvent};
use postern_protocol::chat::{Event, Failure, FailureKind, Finish, ResponseFormat, Step};
use tokio::time::{Instant, timeout, timeout_at};

use super::compare::{differences, foreign};
use super::fill::Filled;
use super::press::Begun;
use super::serve::Job;
use super::tab::{Tab, failure_of};
use super::teller::Teller;
use super::{Config, limits};
use crate::page::{PageState, ShownCall};
use crate::wire::{self, Answer, Sent, Status};

/// One run of the filled form.
pub(super) struct Run<'a> {
    pub(super) job: &'a Job,
    pub(super) config: &'a Config,
    pub(super) filled: Filled,
}

impl Run<'_> {
    /// Presses Run and passes the answer on to its end.
    pub(super) async fn go(self, tab: &mut Tab, teller: &mut Teller<'_>) -> Result<Finish, Failure> {
        teller.reshape(&self.filled.shape);
        match tab.press(&self.filled).await? {
            Begun::Seen(id, sent) => {
                self.job.step(Step::Sent);
                let warnings = self.verify(sent.as_deref())?;
                self.listen(tab, id, warnings, teller).await
            }
            Begun::Unseen => self.read(tab, teller).await,
        }
    }

    /// Compares what the page sent with what it was asked to send.
    fn verify(&self, sent: Option<&Sent>) -> Result<Vec<String>, Failure> {
        let mut warnings = self.filled.warnings.clone();
        let Some(sent) = sent else { return Ok(warnings) };
        let request = &self.job.request;
        if let Some(what) = foreign(sent, &self.filled, request) {
            let text = format!("AI Studio's page sent {what} than asked for");
            return Err(Failure::new(FailureKind::PageChanged, text));
        }
        warnings.extend(differences(sent, &self.filled, request));
        Ok(warnings)
    }

    async fn listen(
        &self,
        tab: &mut Tab,
        id: ExchangeId,
        warnings: Vec<String>,
        teller: &mut Teller<'_>,
    ) -> Result<Finish, Failure> {
        let mut answer = Answer::new(self.job.id.as_str());
        if self.job.request.response_format != ResponseFormat::Text {
            answer = answer.without_code();
        }
        let mut wait = self.config.first_byte_timeout;
        loop {
            let limit = if answer.ended() { limits::CLOSE } else { wait };
            let Ok(event) = timeout(limit, tab.chats.next()).await else {
                if answer.ended() {
                    return answer.finish(200);
                }
                return self.silent(tab, teller).await;
            };
            let event = event.ok_or_else(|| failure_of(&postern_browser::BrowserError::Gone))?;
            if event.id() != id {
                continue;
            }
            match event {
                NetEvent::Sent { .. } => {}
                NetEvent::Answered { status: 200..300, .. } => teller.start(warnings.clone()),
                NetEvent::Answered { status: bad, .. } => return Err(error_answer(tab, id, bad).await),
                NetEvent::Data { bytes, .. } => {
                    wait = self.config.silence_timeout;
                    teller.start(warnings.clone());
                    teller.tell(answer.push(&bytes));
                }
                NetEvent::Done { .. } => return answer.finish(200),
                NetEvent::Broken { .. } if answer.ended() => return answer.finish(200),
                NetEvent::Broken { why, .. } => {
                    let text =
                        format!("The connection to AI Studio broke in the middle of the answer: {why}");
                    return Err(Failure::new(FailureKind::Interrupted, text));
                }
            }
        }
    }

    /// The network says nothing: the page may know why, or may have the answer all the same.
    async fn silent(&self, tab: &mut Tab, teller: &mut Teller<'_>) -> Result<Finish, Failure> {
        let look = tab.look().await?;
        if let Some(failure) = tab.complaint(&look) {
            return Err(failure);
        }
        if look.seen.state == PageState::Ready && look.turns > self.filled.turns + 1 && !teller.said {
            return self.read(tab, teller).await;
        }
        let text = if teller.said {
            format!("AI Studio said nothing more for {} s", self.config.silence_timeout.as_secs())
        } else {
            format!("AI Studio did not begin to answer within {} s", self.config.first_byte_timeout.as_secs())
        };
        Err(Failure::new(FailureKind::Timeout, text))
    }

    /// The last resort: reads the answer off the page.
    async fn read(&self, tab: &mut Tab, teller: &mut Teller<'_>) -> Result<Finish, Failure> {
        let mut warnings = self.filled.warnings.clone();
        warnings.push("the answer was read off the page, so thoughts and token counts are missing".into());
        let mut progress = 0;
        let mut patience = Instant::now() + self.config.first_byte_timeout;
        loop {
            let read = tab.site.read_answer(self.filled.turns, limits::READ).await;
            let read = read.map_err(|error| failure_of(&error))?;
            // The words of an error may stand where an answer would.
            let complaint = tab.complaint(&read.look);
            if let Some(failure) = complaint.filter(|_| read.look.seen.state != PageState::Generating) {
                return Err(failure);
            }
            if read.progress != progress {
                progress = read.progress;
                patience = Instant::now() + self.config.silence_timeout;
                // Its text is told only when it is whole: until then the page shows it without its Markdown.
                teller.start(warnings.clone());
            }
            if let Some(text) = read.text {
                let events = self.shown(text, &read.calls)?;
                teller.start(warnings);
                teller.tell(events);
                return Ok(if read.calls.is_empty() { Finish::Stop } else { Finish::ToolCalls });
            }
            if Instant::now() >= patience {
                return Err(Failure::new(FailureKind::Timeout, "AI Studio's page did not finish its answer"));
            }
        }
    }

    /// What the page shows of a whole answer, as events.
    fn shown(&self, text: String, calls: &[ShownCall]) -> Result<Vec<Event>, Failure> {
        let id = |index: usize| format!("call_{}_{index}", self.job.id.as_str());
        let calls = calls.iter().enumerate().map(|(index, call)| call.named(id(index)).map(Event::ToolCall));
        let calls = calls.collect::<Result<Vec<_>, _>>()?;
        let text = Some(text).filter(|text| !text.trim().is_empty()).map(|text| Event::Text { text });
        let events: Vec<Event> = text.into_iter().chain(calls).collect();
        if !events.is_empty() {
            return Ok(events);
        }
        let none = "AI Studio's page shows no answer";
        Err(if self.filled.offered.is_empty() {
            Failure::new(FailureKind::UpstreamError, none)
        } else {
            let text = format!("{none} that can be read off it; it may be a function call in another form");
            Failure::new(FailureKind::PageChanged, text)
        })
    }
}

/// Reads the body of an error and tells what it means.
async fn error_answer(tab: &mut Tab, id: ExchangeId, http: u16) -> Failure {
    let mut body = Vec::new();
    let deadline = Instant::now() + limits::ERROR_BODY;
    while let Ok(Some(event)) = timeout_at(deadline, tab.chats.next()).await {
        match event {
            NetEvent::Data { id: of, bytes } if of == id => body.extend_from_slice(&bytes),
            NetEvent::Done { id: of } | NetEvent::Broken { id: of, .. } if of == id => break,
            _ => {}
        }
    }
    wire::failure_of(Some(http), Status::of_body(&body).as_ref())
}
