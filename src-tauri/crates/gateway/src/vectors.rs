//! `POST /v1/embeddings` and `POST /v1/rerank`: texts as numbers, for upstreams that are asked for them.

use axum::extract::Request;
use axum::response::Response;
use postern_protocol::chat::{Failure, FailureKind};
use postern_upstream::Operation;
use serde::Deserialize;

use crate::asking::Asking;
use crate::conversation::finish;
use crate::intake::{Brief, Intake, Wanted, take_in};
use crate::reject::Reject;

pub(crate) async fn embed(asking: Asking, request: Request) -> Result<Response, Reject> {
    pass(asking, request, Operation::Embeddings, "makes no embeddings").await
}

pub(crate) async fn rerank(asking: Asking, request: Request) -> Result<Response, Reject> {
    pass(asking, request, Operation::Rerank, "ranks no documents").await
}

/// Hands on what only some upstreams do; `lack` says of the others that they do not.
async fn pass(
    asking: Asking,
    request: Request,
    operation: Operation,
    lack: &'static str,
) -> Result<Response, Reject> {
    match take_in(asking, request, operation.into(), read).await? {
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

fn read(body: &[u8]) -> Result<Named, Failure> {
    serde_json::from_slice(body).map_err(|error| {
        let message = format!("The body must be a JSON object with a 'model': {error}.");
        Failure::new(FailureKind::BadRequest, message).param("model")
    })
}
