//! One request on its way over the keys: when one is refused or cannot be shown, the next is, as long as the provider
//! cannot be at work on an answer.

use std::pin::pin;

use async_stream::try_stream;
use futures::{Stream, StreamExt};
use postern_protocol::chat::{Event, Failure, Step};
use postern_protocol::dialect::{AnswerReader, Stamp};

use super::Keyed;
use super::inline::inlined;
use super::key::Key;
use super::provider::Question;
use super::wire::{Lost, broken, bytes_of, json_headers, refusal, written};
use crate::accounts::{Account, Attempt, Lease, Tried, now};
use crate::alive::{WAITS, for_a_while};
use crate::{ByteStream, Call};

/// The events of the answer. Dropping it ends the connection to the provider, and with it the work.
pub(super) fn relay(
    keyed: Keyed,
    call: Call,
    mut lane: Option<Lease<Key>>,
) -> impl Stream<Item = Result<Event, Failure>> + Send + 'static {
    try_stream! {
        let request = {
            let mut getting = pin!(inlined(keyed.inner.provider.as_ref(), keyed.inner.media.as_ref(), &call));
            loop {
                match for_a_while(getting.as_mut()).await {
                    Some(request) => break request?,
                    None => yield WAITS,
                }
            }
        };
        let call = Call { request, ..call };
        let pool = &keyed.inner.pool;
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
            yield Event::Step(Step::Account { name: lease.account.name().to_owned() });
            let mut attempt = Attempt::default();
            let mut events = pin!(answer(keyed.clone(), call.clone(), lease.account.clone()));
            let Lost { failure, taken } = loop {
                let event = match events.next().await {
                    Some(Ok(event)) => event,
                    Some(Err(lost)) => break lost,
                    None => break Lost::midway(broken()),
                };
                let over = matches!(event, Event::Finished(_));
                if over {
                    keyed.answered(&lease.account, &call.request.model);
                }
                for event in attempt.told(event) {
                    yield event;
                }
                if over {
                    return;
                }
            };
            let another = keyed.failed(&lease, &call.request.model, &failure);
            let account = lease.account.name().to_owned();
            drop(lease);
            if !another || taken {
                Err(failure)?;
                return;
            }
            tracing::info!(request = %call.id, upstream = %keyed.inner.config.name, key = %account, why = %failure, "asking the next key");
            tried.push(Tried { account, failure });
        }
    }
}

/// What one key is answered.
fn answer(keyed: Keyed, call: Call, key: Key) -> impl Stream<Item = Result<Event, Lost>> + Send + 'static {
    try_stream! {
        let provider = &keyed.inner.provider;
        let stamp = Stamp { id: call.id.clone(), created: now(), model: call.request.model.clone() };
        let Question { url, body, warnings, mut reader } =
            provider.question(&call.request, &stamp, &keyed.inner.seals);
        let mut headers = json_headers();
        provider.authorize(&mut headers, key.secret());
        let response = key.wire().ask(&url, headers, Some(written(&body)?)).await?;
        if !response.status().is_success() {
            Err(keyed.refused(&refusal(response).await))?;
            return;
        }
        yield Event::Step(Step::Sent);
        let mut warnings = Some(warnings).filter(|warnings| !warnings.is_empty());
        let mut listener = keyed.inner.seals.listen(provider.base().host());
        let mut bytes = bytes_of(response.into_body());
        loop {
            let (events, over) = next(reader.as_mut(), &mut bytes).await.map_err(Lost::midway)?;
            for mut event in events {
                if let Event::Started { warnings: told, .. } = &mut event {
                    told.extend(warnings.take().into_iter().flatten());
                }
                listener.hear(&event);
                yield event;
            }
            if over {
                return;
            }
        }
    }
}

/// The events of the next bytes, and whether those were the last.
async fn next(reader: &mut dyn AnswerReader, bytes: &mut ByteStream) -> Result<(Vec<Event>, bool), Failure> {
    match bytes.next().await {
        Some(piece) => {
            let events = reader.push(&piece?)?;
            // What a provider leaves open behind the end is of no use to anybody.
            let over = matches!(events.last(), Some(Event::Finished(_)));
            Ok((events, over))
        }
        None => Ok((reader.end()?, true)),
    }
}
