//! One request on its way over the accounts: when one fails it, the next is asked, as long as the caller was told
//! nothing of an answer.

use async_stream::stream;
use futures::{Stream, StreamExt};
use postern_protocol::chat::{Event, Failure, FailureKind};

use super::AiStudio;
use super::pool::{Lease, Tried};
use super::uploads::files_of;
use crate::Call;

/// The events of the answer. Dropping it stops whoever works on it.
pub(super) fn relay(
    pool: AiStudio,
    call: Call,
    mut lane: Option<Lease>,
) -> impl Stream<Item = Result<Event, Failure>> + Send + 'static {
    stream! {
        let files = match files_of(pool.inner.media.get(), &call).await {
            Ok(files) => files,
            Err(failure) => {
                yield Err(failure);
                return;
            }
        };
        let mut tried: Vec<Tried> = Vec::new();
        loop {
            let lease = match lane.take() {
                Some(lease) => lease,
                None => match pool.next_lane(&call, &tried).await {
                    Some(lease) => lease,
                    None => {
                        yield Err(pool.nobody(Some(&call.request.model), tried));
                        return;
                    }
                },
            };
            let mut attempt = Attempt::default();
            let mut events = lease.studio.chat_with(call.id.clone(), call.request.clone(), files.clone());
            let failure = loop {
                match events.next().await {
                    Some(Ok(event)) => {
                        let over = matches!(event, Event::Finished(_));
                        if over {
                            pool.answered(lease.studio.name(), &call.request.model);
                        }
                        for event in attempt.told(event) {
                            yield Ok(event);
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
            let account = lease.studio.name().to_owned();
            let another = pool.failed(&account, &call.request.model, &failure, lease.sure);
            drop(lease);
            if !another || attempt.begun {
                yield Err(failure);
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
    /// The caller was told a piece of the answer.
    begun: bool,
    /// What is not told before a piece of the answer is.
    held: Vec<Event>,
}

impl Attempt {
    /// What the caller is told now.
    fn told(&mut self, event: Event) -> Vec<Event> {
        match event {
            Event::Step(_) => vec![event],
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
    use postern_protocol::chat::{Finish, Step, Usage};

    use super::*;

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
}
