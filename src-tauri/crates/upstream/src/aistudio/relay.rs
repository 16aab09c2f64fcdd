//! One request on its way over the accounts: when one fails it, the next is asked, as long as the caller was told
//! nothing of an answer.

use std::pin::pin;

use async_stream::try_stream;
use futures::{Stream, StreamExt};
use postern_protocol::chat::{Event, Failure, FailureKind, ResponseFormat};

use super::uploads::files_of;
use super::{AiStudio, Lease};
use crate::Call;
use crate::accounts::Tried;
use crate::alive::{WAITS, for_a_while};

/// The events of the answer. Dropping it stops whoever works on it.
pub(super) fn relay(
    studio: AiStudio,
    call: Call,
    mut lane: Option<Lease>,
) -> impl Stream<Item = Result<Event, Failure>> + Send + 'static {
    try_stream! {
        let pool = studio.pool();
        let files = {
            let mut getting = pin!(files_of(studio.inner.media.get(), &call));
            loop {
                match for_a_while(getting.as_mut()).await {
                    Some(files) => break files?,
                    None => yield WAITS,
                }
            }
        };
        let mut tried: Vec<Tried> = Vec::new();
        loop {
            if lane.is_none() {
                let mut waiting = pin!(pool.next_lane(&call, &tried));
                lane = loop {
                    match for_a_while(waiting.as_mut()).await {
                        Some(found) => break found,
                        None => yield WAITS,
                    }
                };
            }
            let Some(lease) = lane.take() else {
                Err(pool.nobody(Some(&call.request.model), tried))?;
                return;
            };
            let mut attempt = Attempt::of(&call.request.response_format);
            let mut events = lease.account.chat_with(call.id.clone(), call.request.clone(), files.clone());
            let failure = loop {
                match events.next().await {
                    Some(Ok(event)) => {
                        let over = matches!(event, Event::Finished(_));
                        if over {
                            pool.answered(lease.account.name(), &call.request.model);
                        }
                        for event in attempt.told(event) {
                            yield event;
                        }
                        if over {
                            return;
                        }
                    }
                    Some(Err(failure)) => break failure,
                    None => break Failure::new(FailureKind::Interrupted, "The answer broke off before its end."),
                }
            };
            // The page is stopped before another begins.
            drop(events);
            let account = lease.account.name().to_owned();
            let another = pool.failed(&account, &call.request.model, &failure, lease.sure);
            drop(lease);
            if !another || attempt.begun {
                Err(failure)?;
                return;
            }
            tracing::info!(request = %call.id, %account, why = %failure, "asking the next account");
            tried.push(Tried { account, failure });
        }
    }
}

/// What one account said so far.
#[derive(Default)]
struct Attempt {
    /// The caller is told of the answer's text only when it is whole.
    whole: bool,
    /// The caller was told a piece of the answer.
    begun: bool,
    /// What is not told before a piece of the answer is.
    held: Vec<Event>,
}

impl Attempt {
    fn of(format: &ResponseFormat) -> Self {
        Self { whole: *format != ResponseFormat::Text, ..Self::default() }
    }

    /// What the caller is told now. A piece that is held back is told as an empty one, so that whoever waits knows of it.
    fn told(&mut self, event: Event) -> Vec<Event> {
        match event {
            Event::Step(_) => vec![event],
            Event::Text { ref text } if text.is_empty() && !self.begun => vec![event],
            Event::Text { .. } | Event::Image { .. } | Event::Audio { .. } | Event::Citation { .. }
                if self.whole && !self.begun =>
            {
                self.held.push(event);
                vec![Event::Text { text: String::new() }]
            }
            Event::Started { .. } | Event::Usage(_) if !self.begun => {
                self.held.push(event);
                Vec::new()
            }
            _ => {
                self.begun = true;
                let mut told = std::mem::take(&mut self.held);
                told.push(event);
                told
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postern_protocol::RequestId;
    use postern_protocol::chat::{Finish, Message, Request, Role, Step, Usage};

    use super::*;
    use crate::Principal;

    #[test]
    fn nothing_is_told_of_an_answer_before_its_first_piece() {
        let mut attempt = Attempt::default();
        let started = Event::Started { model: "m".into(), warnings: Vec::new() };
        let usage = Event::Usage(Usage::default());
        assert_eq!(attempt.told(Event::Step(Step::Sent)), [Event::Step(Step::Sent)]);
        assert_eq!(attempt.told(started.clone()), []);
        assert_eq!(attempt.told(usage.clone()), []);
        assert!(!attempt.begun);
        let text = Event::Text { text: "x".into() };
        assert_eq!(attempt.told(text.clone()), [started, usage.clone(), text]);
        assert!(attempt.begun);
        assert_eq!(attempt.told(usage.clone()), [usage]);
        let end = Event::Finished(Finish::Stop);
        assert_eq!(attempt.told(end.clone()), [end]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_an_account_says_so_from_time_to_time() {
        let pool = AiStudio::new(Vec::new());
        let aside = pool.set_aside("me");
        let messages = vec![Message::text(Role::User, "Hi")];
        let request = Arc::new(Request { messages, ..Request::default() });
        let call = Call { id: RequestId::new("r"), principal: Principal::Anonymous, request };
        let mut events = pin!(relay(pool, call, None));
        for _ in 0..3 {
            assert_eq!(events.next().await, Some(Ok(WAITS)));
        }
        drop(aside);
        assert!(events.next().await.is_some_and(|event| event.is_err()), "nobody is left");
    }

    #[test]
    fn an_answer_of_which_only_empty_pieces_were_told_has_not_begun() {
        let empty = Event::Text { text: String::new() };
        let mut attempt = Attempt::default();
        assert_eq!(attempt.told(empty.clone()), [empty]);
        assert!(!attempt.begun);
    }

    #[test]
    fn an_answer_that_is_wanted_whole_begins_when_it_is_there() {
        let (empty, text) = (Event::Text { text: String::new() }, Event::Text { text: "{}".into() });
        let started = Event::Started { model: "m".into(), warnings: Vec::new() };
        let source = Event::Citation { raw: "a".into() };
        let end = Event::Finished(Finish::Stop);
        let mut attempt = Attempt::of(&ResponseFormat::JsonObject);
        assert_eq!(attempt.told(started.clone()), []);
        for piece in [&text, &source] {
            assert_eq!(attempt.told(piece.clone()), std::slice::from_ref(&empty));
        }
        assert!(!attempt.begun, "another account may still be asked");
        assert_eq!(attempt.told(end.clone()), [started.clone(), text.clone(), source, end]);
        // What is told at once begins it: a thought, or a call.
        let mut attempt = Attempt::of(&ResponseFormat::JsonObject);
        let thought = Event::Reasoning { text: "Hm.".into() };
        assert_eq!(attempt.told(text.clone()), [empty]);
        assert_eq!(attempt.told(thought.clone()), [text, thought]);
        assert!(attempt.begun);
    }
}
