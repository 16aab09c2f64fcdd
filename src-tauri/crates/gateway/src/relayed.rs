//! What only some upstreams do, and do in the bytes of their provider: embeddings, rankings, moderation, and pictures that
//! are made of others.

use axum::extract::Request;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use postern_protocol::chat::{Event, Failure, FailureKind, Usage};
use postern_protocol::embedding::{self, Vectors};
use postern_protocol::gemini;
use postern_protocol::openai::{self, EmbeddingsCall};
use postern_upstream::Operation;
use serde::Deserialize;

use crate::asking::Asking;
use crate::attempts::{Attempts, Route};
use crate::conversation::{finish, json};
use crate::intake::{Brief, Inquiry, Intake, Wanted, take_in};
use crate::reject::Reject;
use crate::verbatim::{Parcel, fetch};

const NO_VECTORS: &str = "makes no embeddings";

/// `POST /v1/embeddings`. Upstreams whose provider speaks another dialect are asked in that.
pub(crate) async fn embed(asking: Asking, request: Request) -> Result<Response, Reject> {
    let taken = take_in(asking, request, Operation::Embeddings.into(), openai::decode_embeddings).await?;
    let (EmbeddingsCall { request, form }, mut attempts) = match taken {
        Intake::Answered(response) => return Ok(response),
        Intake::Read(call, attempts) => (call, attempts),
    };
    let visit = attempts.asking.visit.clone();
    let vectors = vectors(&mut attempts, &request).await;
    Ok(finish(vectors.map(|vectors| json(openai::encode_embeddings(&request.model, &vectors, form))), &visit))
}

impl Wanted for EmbeddingsCall {
    fn brief(&self) -> Brief {
        Brief::whole(&self.request.model)
    }
}

async fn vectors(attempts: &mut Attempts, request: &embedding::Request) -> Result<Vectors, Failure> {
    loop {
        let route = attempts.route().await?;
        match vectors_of(attempts, &route, request).await {
            Ok(vectors) => return Ok(vectors),
            Err(failure) => attempts.go_on(failure)?,
        }
    }
}

async fn vectors_of(
    attempts: &Attempts,
    route: &Route,
    request: &embedding::Request,
) -> Result<Vectors, Failure> {
    let google = Operation::EmbedGemini { batch: true };
    let passes = |operation: Operation| route.upstream.passes(operation);
    let (operation, body) = if passes(google) {
        (google, gemini::ask_embeddings(request, &route.model)?)
    } else if passes(Operation::Embeddings) {
        let request = embedding::Request { model: route.model.clone(), ..request.clone() };
        (Operation::Embeddings, openai::ask_embeddings(&request))
    } else {
        return Err(unable(route, NO_VECTORS));
    };
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let parcel = Parcel { operation, headers, body: body.to_string().into() };
    let (head, body) = fetch(attempts, route, &parcel).await?;
    let status = head.status.as_u16();
    let vectors = match (head.status.is_success(), operation == google) {
        (true, true) => gemini::read_embeddings(&body)?,
        (true, false) => openai::read_embeddings(&body)?,
        (false, true) => return Err(gemini::read_error(status, None, &body)),
        (false, false) => return Err(openai::read_error(status, None, &body)),
    };
    if let Some(prompt) = vectors.tokens {
        attempts.asking.visit.saw(&Event::Usage(Usage { prompt, ..Usage::default() }));
    }
    Ok(vectors)
}

fn unable(route: &Route, lack: &str) -> Failure {
    let message = format!("{} {lack}. Ask a model that does.", route.upstream.name());
    Failure::new(FailureKind::BadRequest, message).param("model")
}

/// `POST /v1beta/models/{model}:embedContent`, or `:batchEmbedContents`.
pub(crate) async fn embed_gemini(
    asking: Asking,
    request: Request,
    model: String,
    batch: bool,
) -> Result<Response, Reject> {
    let inquiry = Inquiry { operation: Operation::EmbedGemini { batch }, model: Some(model.clone()) };
    let decode = if batch { gemini::decode_batch_embed } else { gemini::decode_embed };
    let taken = take_in(asking, request, inquiry, |body| decode(&model, body)).await?;
    let (request, mut attempts) = match taken {
        Intake::Answered(response) => return Ok(response),
        Intake::Read(request, attempts) => (request, attempts),
    };
    let visit = attempts.asking.visit.clone();
    let encode = if batch { gemini::encode_batch_embed } else { gemini::encode_embed };
    Ok(finish(vectors(&mut attempts, &request).await.map(|vectors| json(encode(&vectors))), &visit))
}

impl Wanted for embedding::Request {
    fn brief(&self) -> Brief {
        Brief::whole(&self.model)
    }
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
            let refused = attempts.route().await.and_then(|route| Err(unable(&route, lack)));
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
