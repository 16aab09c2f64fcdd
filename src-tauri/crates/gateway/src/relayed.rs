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
use crate::intake::{Brief, Inquiry, Intake, Wanted, take_in};
use crate::reject::Reject;

const NO_VECTORS: &str = "makes no embeddings";

pub(crate) async fn embed(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::Embeddings.into(), NO_VECTORS).await
}

/// `POST /v1beta/models/{model}:embedContent`, or `:batchEmbedContents`.
pub(crate) async fn embed_gemini(
    asking: Asking,
    request: Request,
    model: String,
    batch: bool,
) -> Result<Response, Reject> {
    let inquiry = Inquiry { operation: Operation::EmbedGemini { batch }, model: Some(model) };
    relay(asking, request, inquiry, NO_VECTORS).await
}

pub(crate) async fn rerank(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::Rerank.into(), "ranks no documents").await
}

pub(crate) async fn moderate(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::Moderations.into(), "judges no texts").await
}

pub(crate) async fn edit(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::ImageEdits.into(), "edits no pictures this way").await
}

pub(crate) async fn vary(asking: Asking, request: Request) -> Result<Response, Reject> {
    relay(asking, request, Operation::ImageVariations.into(), "varies no pictures this way").await
}

/// Hands on what only some upstreams do; `lack` says of the others that they do not.
async fn relay(
    asking: Asking,
    request: Request,
    inquiry: Inquiry,
    lack: &'static str,
) -> Result<Response, Reject> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.to_owned();
    let model = inquiry.model.clone();
    let read = |body: &[u8]| model.map_or_else(|| named(&kind, body), |model| Ok(Named { model }));
    match take_in(asking, request, inquiry, read).await? {
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
