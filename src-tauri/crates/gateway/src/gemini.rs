//! Google's way to ask a model: `POST /v1beta/models/{model}:{method}`, also below `/v1`.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use postern_protocol::dialect::Asked;
use postern_protocol::gemini::{self, Method, StreamShape};
use postern_upstream::Operation;

use crate::asking::Asking;
use crate::conversation::converse;
use crate::intake::Inquiry;
use crate::paths::{self, ModelCall};
use crate::reject::{self, Reject};
use crate::{counting, relayed};

pub(crate) async fn call(asking: Asking, request: Request) -> Result<Response, Reject> {
    let Some(ModelCall { model, method }) = paths::call(request.uri().path()) else {
        return Ok(reject::path(request).await.into_response());
    };
    match method {
        Method::GenerateContent => generate(asking, request, model, None).await,
        Method::StreamGenerateContent => {
            let sse = paths::query(request.uri().query(), "alt").as_deref() == Some("sse");
            let shape = if sse { StreamShape::Sse } else { StreamShape::Array };
            generate(asking, request, model, Some(shape)).await
        }
        Method::CountTokens => counting::gemini(asking, request, model).await,
        Method::EmbedContent => relayed::embed_gemini(asking, request, model, false).await,
        Method::BatchEmbedContents => relayed::embed_gemini(asking, request, model, true).await,
    }
}

async fn generate(
    asking: Asking,
    request: Request,
    model: String,
    shape: Option<StreamShape>,
) -> Result<Response, Reject> {
    let (stream, sse) = (shape.is_some(), shape == Some(StreamShape::Sse));
    let inquiry = Inquiry { operation: Operation::Generate { stream, sse }, model: Some(model.clone()) };
    let read = |body: &[u8]| gemini::decode(&model, shape, body).map(Asked::from);
    converse(asking, request, inquiry, read).await
}
