//! What only some upstreams do, and do in the bytes of their provider: embeddings, rankings, moderation, and pictures that
//! are made of others.

use axum::extract::Request;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use postern_protocol::chat::{Failure, FailureKind};
use postern_protocol::openai;
use postern_upstream::Operation;
use serde::Deserialize;

use crate::asking::Asking;
use crate::conversation::finish;
use crate::intake::{Brief, Intake, Wanted, take_in};
use crate::reject::Reject;

pub(crate) async fn embed(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::Embeddings, "makes no embeddings").await
}

pub(crate) async fn rerank(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::Rerank, "ranks no documents").await
}

pub(crate) async fn moderate(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::Moderations, "judges no texts").await
}

pub(crate) async fn edit(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::ImageEdits, "edits no pictures this way").await
}

pub(crate) async fn vary(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::ImageVariations, "varies no pictures this way").await
}

/// Hands on what only some upstreams do; `lack` says of the others that they do not.
async fn relay(
    asking: Asking,
    request: Request,
    operation: Operation,
    lack: &'static str,
) -> Result<Response, Reject> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_owned();
    match take_in(asking, request, operation.into(), |body| named(&kind, body)).await? {
        Intake::Answered(response) => Ok(response),
        Intake::Read(_, mut attempts) => {
            let visit = attempts.asking.visit.clone();
            let refused = attempts.route().await.and_then(|route| {
                let message = format!("{} {lack}. Ask a model that does.", route.upstream.name());
                Err(Failure::new(FailureKind::BadRequest, message).param("model"))
            });
            Ok(finish(refused, &visit))
        }
    }
}

/// A body of which only the model is read.
#[derive(Deserialize)]
struct Named {
    model: String,
}

impl Wanted for Named {
    fn brief(&self) -> Brief {
        Brief::whole(&self.model)
    }
}

/// Reads the model of a JSON object or a form.
fn named(kind: &str, body: &[u8]) -> Result<Named, Failure> {
    if let Some(model) = openai::form_model(kind, body) {
        return Ok(Named { model });
    }
    serde_json::from_slice(body).map_err(|error| {
        let message = format!("The body must be a JSON object, or a form, with a 'model': {error}.");
        Failure::new(FailureKind::BadRequest, message).param("model")
    })
}
