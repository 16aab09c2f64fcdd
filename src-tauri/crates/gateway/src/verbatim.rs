//! Requests that go to a provider as they came, because it speaks the caller's dialect itself: byte for byte there, and
//! byte for byte back. They wait for their turn, keep to the limits of time and can be cancelled as any other answer.

use std::io;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, TryFutureExt, TryStreamExt, stream};
use http::{HeaderMap, StatusCode};
use postern_protocol::chat::{Event, Failure, FailureKind, Request, Step};
use postern_upstream::{Errand, Operation, Passage};
use tokio::task::yield_now;

use crate::attempts::{Attempts, Route};
use crate::conversation::stamp;
use crate::overheard::Listener;
use crate::reject::Trouble;
use crate::visit::Visit;
use crate::work::{Sign, Telling, Work};

/// What is handed on.
pub(crate) struct Parcel {
    pub(crate) operation: Operation,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// How an answer begins.
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
}

/// What comes back.
enum Carried {
    Head { head: Head, account: String },
    Bytes(Bytes),
    End,
}

impl Telling for Carried {
    fn sign(&self) -> Sign {
        match self {
            Self::Head { .. } => Sign::News,
            Self::Bytes(_) => Sign::Piece,
            Self::End => Sign::Last,
        }
    }
}

/// The provider's answer, or why there is none. `None` where the next to be asked does not take the parcel: then that one
/// is to be asked in words. `read` is the parcel as it is understood here, if it is a
/// conversation and is.
pub(crate) async fn hand_on(
    attempts: &mut Attempts,
    parcel: Parcel,
    read: Option<&Request>,
) -> Option<Result<Response, Failure>> {
    loop {
        // Why nobody can be asked is told better by those who have read what is asked.
        let route = attempts.route().await.ok()?;
        let upstream = &route.upstream;
        let intervenes = match read {
            Some(request) => upstream.intervenes(request),
            None => parcel.operation.is_conversation() && upstream.may_intervene(),
        };
        if intervenes || !upstream.passes(parcel.operation) {
            return None;
        }
        match carry(attempts, &route, &parcel).await {
            Ok(response) => return Some(Ok(response)),
            Err(failure) => {
                if let Err(failure) = attempts.go_on(failure) {
                    return Some(Err(failure));
                }
            }
        }
    }
}

/// Hands the parcel to one upstream. It is answered once the head of the provider's answer is there; from then on there
/// is no way back.
async fn carry(attempts: &Attempts, route: &Route, parcel: &Parcel) -> Result<Response, Failure> {
    let (Head { status, headers }, work) = open(attempts, route, parcel).await?;
    let visit = attempts.asking.visit.clone();
    let listener = Listener::new(parcel.operation, &headers, stamp(&visit, &route.model), &visit);
    Ok(respond(status, headers, Carriage { work, listener, visit }))
}

/// Asks one upstream in the words of its provider, and waits for all of what it answers.
pub(crate) async fn fetch(
    attempts: &Attempts,
    route: &Route,
    parcel: &Parcel,
) -> Result<(Head, Bytes), Failure> {
    let (head, mut work) = open(attempts, route, parcel).await?;
    let most = attempts.asking.rules.config().body_bytes;
    let mut pieces: Vec<Bytes> = Vec::new();
    while let Some(carried) = work.next().await {
        if let Carried::Bytes(bytes) = carried? {
            pieces.push(bytes);
        }
        if pieces.iter().map(|piece| piece.len() as u64).sum::<u64>() > most {
            return Err(Failure::new(FailureKind::UpstreamError, "The provider's answer is too long."));
        }
    }
    attempts.asking.visit.hears();
    Ok((head, pieces.concat().into()))
}

async fn open(attempts: &Attempts, route: &Route, parcel: &Parcel) -> Result<(Head, Work<Carried>), Failure> {
    let (call, ticket) = attempts.admit(route, Request::default(), Vec::new()).await?;
    let errand = Errand {
        id: call.id,
        principal: call.principal,
        operation: parcel.operation,
        model: route.model.clone(),
        headers: parcel.headers.clone(),
        body: parcel.body.clone(),
    };
    let asking = &attempts.asking;
    let carried = route.upstream.pass(errand).map_ok(unwrap).try_flatten_stream();
    let mut work = Work::new(carried, ticket, asking.stop.clone(), asking.rules.config());
    match work.next().await {
        Some(Ok(Carried::Head { head, account })) => {
            asking.visit.saw(&Event::Step(Step::Account { name: account }));
            Ok((head, work))
        }
        Some(Err(failure)) => Err(failure),
        Some(Ok(Carried::Bytes(_) | Carried::End)) | None => {
            Err(Failure::new(FailureKind::Internal, "an answer without a head"))
        }
    }
}

fn unwrap(passage: Passage) -> stream::BoxStream<'static, Result<Carried, Failure>> {
    let Passage { status, headers, account, body } = passage;
    let head = stream::once(async move { Ok(Carried::Head { head: Head { status, headers }, account }) });
    head.chain(body.map_ok(Carried::Bytes)).chain(stream::once(async { Ok(Carried::End) })).boxed()
}

/// An answer on its way from the provider to the client.
struct Carriage {
    work: Work<Carried>,
    listener: Listener,
    visit: Visit,
}

impl Carriage {
    /// The next bytes; `None` at the end.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        match self.work.next().await? {
            Ok(Carried::Bytes(bytes)) => {
                self.visit.hears();
                self.listener.hear(&bytes);
                Some(Ok(bytes))
            }
            Ok(Carried::Head { .. }) => Some(Ok(Bytes::new())),
            Ok(Carried::End) => {
                self.visit.ended();
                None
            }
            Err(failure) => {
                self.visit.failed(Trouble::from(&failure));
                // There are no words for it in the middle of somebody else's bytes. The connection breaks off, as the
                // answer did.
                Some(Err(io::Error::other(failure)))
            }
        }
    }
}

fn respond(status: StatusCode, headers: HeaderMap, carriage: Carriage) -> Response {
    if status.is_success() {
        // From here on the end of the answer is the end of the response.
        carriage.visit.streams();
    } else {
        carriage.visit.failed(Trouble::passed_on(status));
    }
    let pieces = stream::unfold(carriage, |mut carriage| async {
        carriage.next().await.map(|piece| (piece, carriage))
    });
    let mut response = Body::from_stream(with_a_pause(pieces)).into_response();
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The pieces, with a pause before one that is an error: with it the server drops what it has not sent, and it sends when it
/// is told to wait. Over HTTP/2 the last piece and the break may be there at once.
fn with_a_pause(
    pieces: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    pieces.then(async |piece| {
        if piece.is_err() {
            yield_now().await;
        }
        piece
    })
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use futures::poll;

    use super::*;

    #[tokio::test]
    async fn what_came_before_a_break_can_be_sent_before_the_break_is_told() {
        let pieces = [Ok(Bytes::from_static(b"last")), Err(io::Error::other("broke off"))];
        let mut pieces = Box::pin(with_a_pause(stream::iter(pieces)));
        assert!(matches!(poll!(pieces.next()), Poll::Ready(Some(Ok(_)))));
        assert!(poll!(pieces.next()).is_pending(), "the server is told to wait");
        let told = pieces.next().await.expect("it is told").expect_err("it broke off");
        assert_eq!(told.to_string(), "broke off");
        assert!(pieces.next().await.is_none());
    }
}
