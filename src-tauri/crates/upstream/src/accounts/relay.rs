//! One request on its way over the accounts of a pool: when one fails it, the next is asked, as long as the caller was told
//! nothing of an answer and nobody can be at work on one.

use std::pin::pin;

use async_stream::try_stream;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use postern_protocol::chat::{Event, Failure, FailureKind};

use super::{Account, Attempt, Lease, Pool, Tried};
use crate::Call;
use crate::alive::{WAITS, for_a_while};

/// Why there is no answer, and what may have become of the question.
pub(crate) struct Lost {
    pub(crate) failure: Failure,
    /// Whether somebody may be at work on it, or begun to answer: asked once more, it may be paid for twice.
    pub(crate) taken: bool,
}

impl Lost {
    /// For what fails after an answer has begun.
    pub(crate) fn midway(failure: Failure) -> Self {
        Self { failure, taken: true }
    }
}

impl From<Failure> for Lost {
    /// For what fails before anything is sent, and for refusals.
    fn from(failure: Failure) -> Self {
        Self { failure, taken: false }
    }
}

/// Whoever answers with the accounts of a pool.
pub(crate) trait Answers: Send + Sync + 'static {
    /// With whom.
    type Account: Account;
    /// What is made of a request once, whoever is asked.
    type Ready: Send + Sync;

    fn pool(&self) -> &Pool<Self::Account>;

    /// What of one account's answer is told before it is whole.
    fn attempt(&self, call: &Call) -> Attempt;

    /// Gets what the request names.
    fn prepare(&self, call: &Call) -> impl Future<Output = Result<Self::Ready, Failure>> + Send;

    /// What one account says. Dropping it ends the work.
    fn ask(
        &self,
        call: &Call,
        ready: &Self::Ready,
        account: &Self::Account,
    ) -> BoxStream<'static, Result<Event, Lost>>;

    /// The account answered.
    fn answered(&self, account: &Self::Account, model: &str);

    /// The account failed. Whether another is to be asked.
    fn failed(&self, lease: &Lease<Self::Account>, model: &str, failure: &Failure) -> bool;
}

/// The events of the answer. Dropping it stops whoever works on it.
pub(crate) fn relay<A: Answers>(
    all: A,
    call: Call,
    mut lane: Option<Lease<A::Account>>,
) -> impl Stream<Item = Result<Event, Failure>> + Send + 'static {
    try_stream! {
        let (pool, model) = (all.pool(), call.request.model.as_str());
        let ready = {
            let mut preparing = pin!(all.prepare(&call));
            loop {
                match for_a_while(preparing.as_mut()).await {
                    Some(ready) => break ready?,
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
                Err(pool.nobody(Some(model), tried))?;
                return;
            };
            let mut attempt = all.attempt(&call);
            let mut events = all.ask(&call, &ready, &lease.account);
            let Lost { failure, taken } = loop {
                let event = match events.next().await {
                    Some(Ok(event)) => event,
                    Some(Err(lost)) => break lost,
                    None => break broken().into(),
                };
                let over = matches!(event, Event::Finished(_));
                if over {
                    all.answered(&lease.account, model);
                }
                for event in attempt.told(event) {
                    yield event;
                }
                if over {
                    return;
                }
            };
            // Whoever was at work is stopped before another begins.
            drop(events);
            let account = lease.account.name().to_owned();
            let another = all.failed(&lease, model, &failure);
            drop(lease);
            if !another || taken || attempt.begun {
                Err(failure)?;
                return;
            }
            tracing::info!(request = %call.id, %account, why = %failure, "asking the next account");
            tried.push(Tried { account, failure });
        }
    }
}

fn broken() -> Failure {
    Failure::new(FailureKind::Interrupted, "The answer broke off before its end.")
}
