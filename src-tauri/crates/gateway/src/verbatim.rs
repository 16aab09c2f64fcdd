//! Requests that go to a provider as they came, because it speaks the caller's dialect itself: byte for byte there, and
//! byte for byte back. They wait for their turn, keep to the limits of time and can be cancelled as any other answer.

use std::io;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryFutureExt, TryStreamExt, stream};
use http::{HeaderMap, StatusCode};
use postern_protocol::chat::{Event, Failure, FailureKind, Request, Step};
use postern_upstream::{Errand, Operation, Passage};

use crate::attempts::{Attempts, Route};
use crate::reject::Trouble;
use crate::visit::Visit;
use crate::work::{Sign, Telling, Work};

/// What is handed on.
pub(crate) struct Parcel {
    pub(crate) operation: Operation,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What comes back.
enum Carried {
    Head { status: StatusCode, headers: HeaderMap, account: String },
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

/// The provider's answer, or why there is none. `None` where the next to be asked does not take the parcel: then it is
/// to be read here, and that one asked in words.
pub(crate) async fn hand_on(attempts: &mut Attempts, parcel: Parcel) -> Option<Result<Response, Failure>> {
    loop {
        // Why nobody can be asked is told better by those who have read what is asked.
        let route = attempts.route().await.ok().filter(|route| route.upstream.passes(parcel.operation))?;
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
        Some(Ok(Carried::Head { status, headers, account })) => {
            asking.visit.saw(&Event::Step(Step::Account { name: account }));
            Ok(respond(status, headers, work, asking.visit.clone()))
        }
        Some(Err(failure)) => Err(failure),
        Some(Ok(Carried::Bytes(_) | Carried::End)) | None => {
            Err(Failure::new(FailureKind::Internal, "an answer without a head"))
        }
    }
}

fn unwrap(passage: Passage) -> stream::BoxStream<'static, Result<Carried, Failure>> {
    let Passage { status, headers, account, body } = passage;
    let head = stream::once(async move { Ok(Carried::Head { status, headers, account }) });
    head.chain(body.map_ok(Carried::Bytes)).chain(stream::once(async { Ok(Carried::End) })).boxed()
}

fn respond(status: StatusCode, headers: HeaderMap, work: Work<Carried>, visit: Visit) -> Response {
    if status.is_success() {
        // From here on the end of the answer is the end of the response.
        visit.streams();
    } else {
        visit.failed(Trouble::passed_on(status));
    }
    let body = stream::unfold((work, visit), |(mut work, visit)| async {
        let piece = match work.next().await? {
            Ok(Carried::Bytes(bytes)) => {
                visit.hears();
                Ok(bytes)
            }
            Ok(Carried::Head { .. }) => Ok(Bytes::new()),
            Ok(Carried::End) => {
                visit.ended();
                return None;
            }
            Err(failure) => {
                visit.failed(Trouble::from(&failure));
                // There are no words for it in the middle of somebody else's bytes. The connection breaks off, as the
                // answer did.
                Err(io::Error::other(failure))
            }
        };
        Some((piece, (work, visit)))
    });
    let mut response = Body::from_stream(body).into_response();
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
