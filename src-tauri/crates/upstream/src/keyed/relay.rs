//! One request as one key is answered.

use std::sync::Arc;

use async_stream::try_stream;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use postern_protocol::chat::{Event, Failure, Request, Step};
use postern_protocol::dialect::{AnswerReader, Stamp};

use super::Keyed;
use super::inline::inlined;
use super::key::Key;
use super::provider::Question;
use super::wire::{broken, bytes_of, json_headers, refusal, written};
use crate::accounts::{Account, Answers, Attempt, Lease, Lost, Pool, now};
use crate::{ByteStream, Call};

impl Answers for Keyed {
    type Account = Key;
    /// The request with what the provider cannot get for itself.
    type Ready = Arc<Request>;

    fn pool(&self) -> &Pool<Key> {
        &self.inner.pool
    }

    fn attempt(&self, _: &Call) -> Attempt {
        Attempt::default()
    }

    async fn prepare(&self, call: &Call) -> Result<Arc<Request>, Failure> {
        inlined(self.inner.provider.as_ref(), self.inner.media.as_ref(), call).await
    }

    fn ask(&self, call: &Call, ready: &Arc<Request>, key: &Key) -> BoxStream<'static, Result<Event, Lost>> {
        let call = Call { request: Arc::clone(ready), ..call.clone() };
        answer(self.clone(), call, key.clone()).boxed()
    }

    fn answered(&self, key: &Key, model: &str) {
        Keyed::answered(self, key, model);
    }

    fn failed(&self, lease: &Lease<Key>, model: &str, failure: &Failure) -> bool {
        Keyed::failed(self, lease, model, failure)
    }
}

/// What one key is answered. Dropping it ends the connection to the provider, and with it the work.
fn answer(keyed: Keyed, call: Call, key: Key) -> impl Stream<Item = Result<Event, Lost>> + Send + 'static {
    try_stream! {
        yield Event::Step(Step::Account { name: key.name().to_owned() });
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
                break;
            }
        }
        // Nobody asks for more of an answer that has an end.
        Err(Lost::midway(broken()))?;
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
