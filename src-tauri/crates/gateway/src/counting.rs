//! How long a prompt is: told by a provider that can count, and else guessed, which a header says.

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderName, HeaderValue};
use postern_protocol::chat::{self, Failure};
use postern_protocol::{anthropic, gemini};
use postern_upstream::Operation;

use crate::asking::Asking;
use crate::conversation::{finish, json};
use crate::intake::{Brief, Inquiry, Intake, Wanted, take_in};
use crate::reject::Reject;

/// On a count that nobody counted. A guess takes four bytes of text for a token and 1500 tokens for a picture, a
/// recording or a file.
const ESTIMATED: HeaderName = HeaderName::from_static("x-postern-estimated");

/// `POST /v1/messages/count_tokens`.
pub(crate) async fn messages(asking: Asking, request: Request) -> Result<Response, Reject> {
    let read = |body: &[u8]| anthropic::decode_count(body).map(Prompt);
    count(asking, request, Operation::CountTokens.into(), read, anthropic::encode_count).await
}

/// `POST /v1beta/models/{model}:countTokens`.
pub(crate) async fn gemini(asking: Asking, request: Request, model: String) -> Result<Response, Reject> {
    let inquiry = Inquiry { operation: Operation::CountGemini, model: Some(model.clone()) };
    let read = |body: &[u8]| gemini::decode_count(&model, body).map(Prompt);
    count(asking, request, inquiry, read, gemini::encode_count).await
}

/// A prompt that is to be counted.
struct Prompt(chat::Request);

impl Wanted for Prompt {
    fn brief(&self) -> Brief {
        Brief::whole(&self.0.model)
    }
}

/// Counts a prompt, or guesses how long it is.
async fn count(
    asking: Asking,
    request: Request,
    inquiry: Inquiry,
    read: impl FnOnce(&[u8]) -> Result<Prompt, Failure>,
    write: fn(u64) -> Vec<u8>,
) -> Result<Response, Reject> {
    let (Prompt(prompt), mut attempts) = match take_in(asking, request, inquiry, read).await? {
        Intake::Answered(response) => return Ok(response),
        Intake::Read(prompt, attempts) => (prompt, attempts),
    };
    let visit = attempts.asking.visit.clone();
    // A model that is not there has no tokens.
    let guessed = attempts.route().await.map(|_| {
        let mut response = json(write(anthropic::estimate(&prompt)));
        response.headers_mut().insert(ESTIMATED, HeaderValue::from_static("true"));
        response
    });
    Ok(finish(guessed, &visit))
}
