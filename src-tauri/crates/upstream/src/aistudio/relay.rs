//! One request on its way over the accounts: when one fails it, the next is asked, as long as the caller was told
//! nothing of an answer.

use std::pin::pin;

use async_stream::try_stream;
use futures::{Stream, StreamExt};
use postern_protocol::chat::{Event, Failure, FailureKind};

use super::uploads::files_of;
use super::{AiStudio, Lease};
use crate::Call;
use crate::accounts::{Attempt, Tried};
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use postern_protocol::RequestId;
    use postern_protocol::chat::{Message, Request, Role};

    use super::*;
    use crate::Principal;

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
}
