//! MCP over [`Wire`]: streamable HTTP as the SDK wants it, with a limit on every answer.
//!
//! Whatever goes wrong with a question comes back as the answer to that very question, so that one that fails or is too
//! large does not touch the others of its session. The stream for a server's own news is not opened: nothing here waits
//! for them.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_stream::stream;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use rmcp::model::{
    ClientJsonRpcMessage, ErrorCode, ErrorData, JsonRpcMessage, RequestId, ServerJsonRpcMessage,
};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse,
};
use sse_stream::{Sse, SseStream};

use super::trouble::Trouble;
use super::wire::{Wire, read, refusal};

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// Troubles in the form of answers. Servers use other numbers.
const UNREACHABLE: ErrorCode = ErrorCode(-31_901);
const TOO_LARGE: ErrorCode = ErrorCode(-31_902);
const REFUSED: ErrorCode = ErrorCode(-31_903);

/// Talks to one server.
#[derive(Clone)]
pub(super) struct Talk {
    pub(super) wire: Wire,
    /// Most bytes of one answer.
    pub(super) most: usize,
}

type Failed = StreamableHttpError<Trouble>;

impl StreamableHttpClient for Talk {
    type Error = Trouble;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        _auth_header: Option<String>,
        custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Failed> {
        let question = match &message {
            JsonRpcMessage::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        let asked = self.post(&uri, &message, headers(session_id, custom_headers), question.as_ref()).await;
        match (asked, question) {
            (Err(StreamableHttpError::Client(trouble)), Some(id)) => {
                Ok(StreamableHttpPostResponse::Json(answer(&trouble, id), None))
            }
            (asked, _) => asked,
        }
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session_id: Arc<str>,
        _auth_header: Option<String>,
        custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), Failed> {
        let headers = headers(Some(session_id), custom_headers);
        self.wire
            .send(Method::DELETE, &uri, headers, Vec::new())
            .await
            .map_err(StreamableHttpError::Client)?;
        Ok(())
    }

    async fn get_stream(
        &self,
        _uri: Arc<str>,
        _session_id: Option<Arc<str>>,
        _last_event_id: Option<String>,
        _auth_header: Option<String>,
        _custom_headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failed> {
        Err(StreamableHttpError::ServerDoesNotSupportSse)
    }
}

impl Talk {
    async fn post(
        &self,
        uri: &str,
        message: &ClientJsonRpcMessage,
        mut headers: HeaderMap,
        question: Option<&RequestId>,
    ) -> Result<StreamableHttpPostResponse, Failed> {
        let in_session = headers.contains_key(SESSION);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, text/event-stream"));
        let body = serde_json::to_vec(message)?;
        let response =
            self.wire.send(Method::POST, uri, headers, body).await.map_err(StreamableHttpError::Client)?;
        let status = response.status();
        if status == StatusCode::NOT_FOUND && in_session {
            return Err(StreamableHttpError::SessionExpired);
        }
        if matches!(status, StatusCode::ACCEPTED | StatusCode::NO_CONTENT) {
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        let session = response.headers().get(SESSION).and_then(|id| id.to_str().ok()).map(str::to_owned);
        if is(&response, EVENTS) && status.is_success() {
            let Some(id) = question else { return Ok(StreamableHttpPostResponse::Accepted) };
            let events = events(response.into_body(), self.most, id.clone()).boxed();
            return Ok(StreamableHttpPostResponse::Sse(events, session));
        }
        if question.is_none() && status.is_success() {
            return Ok(StreamableHttpPostResponse::Accepted);
        }
        if !is(&response, JSON) {
            return Err(StreamableHttpError::Client(stranger(response).await));
        }
        // An error of the protocol may come with the status of one.
        let body = read(response.into_body(), self.most).await.map_err(StreamableHttpError::Client)?;
        match serde_json::from_slice::<ServerJsonRpcMessage>(&body) {
            Ok(message) => Ok(StreamableHttpPostResponse::Json(message, session)),
            Err(_) => Err(StreamableHttpError::Client(Trouble::Refused(format!(
                "HTTP {status}, and nothing of MCP"
            )))),
        }
    }
}

fn headers(session: Option<Arc<str>>, custom: HashMap<HeaderName, HeaderValue>) -> HeaderMap {
    let mut headers: HeaderMap = custom.into_iter().collect();
    if let Some(id) = session.and_then(|id| HeaderValue::from_str(&id).ok()) {
        headers.insert(SESSION, id);
    }
    headers
}

fn is(response: &Response<Incoming>, kind: &str) -> bool {
    let found = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    found.is_some_and(|found| found.to_ascii_lowercase().starts_with(kind))
}

/// What answers there is no MCP server, or has nothing to say to us.
async fn stranger(response: Response<Incoming>) -> Trouble {
    let empty = response.headers().get(CONTENT_LENGTH).is_some_and(|length| length == "0");
    match response.status() {
        status if status.is_success() && !empty => {
            Trouble::Refused(format!("HTTP {status}, and nothing of MCP"))
        }
        _ => refusal(response).await,
    }
}

/// The events of an answer. It ends with the answer to the question, whatever happens.
fn events(
    body: Incoming,
    most: usize,
    question: RequestId,
) -> impl Stream<Item = Result<Sse, SseError>> + Send + 'static {
    let too_large = Arc::new(AtomicBool::new(false));
    let mark = Arc::clone(&too_large);
    let pieces = Limited::new(body, most).into_data_stream().map(move |piece| {
        piece.map_err(|error| {
            mark.store(error.is::<LengthLimitError>(), Ordering::Relaxed);
            io::Error::other(error)
        })
    });
    stream! {
        let mut events = SseStream::from_bytes_stream(pieces.boxed());
        while let Some(Ok(event)) = events.next().await {
            yield Ok(event);
        }
        // Whoever has heard the answer listens no longer.
        let trouble = match too_large.load(Ordering::Relaxed) {
            true => Trouble::TooLarge(most),
            false => Trouble::Unreachable("the answer broke off".to_owned()),
        };
        let data = serde_json::to_string(&answer(&trouble, question)).ok();
        yield Ok(Sse { data, ..Sse::default() });
    }
}

/// The trouble as the answer to a question.
fn answer(trouble: &Trouble, question: RequestId) -> ServerJsonRpcMessage {
    let (code, message) = match trouble {
        Trouble::Unreachable(why) => (UNREACHABLE, why.clone()),
        Trouble::TooLarge(_) => (TOO_LARGE, trouble.to_string()),
        Trouble::Late(_) => (REFUSED, trouble.to_string()),
        Trouble::Refused(why) => (REFUSED, why.clone()),
    };
    ServerJsonRpcMessage::error(ErrorData::new(code, message, None), Some(question))
}

/// The trouble that an answer tells, where `most` bytes were asked for at most.
pub(super) fn trouble(answer: ErrorData, most: usize) -> Trouble {
    let why = answer.message.into_owned();
    match answer.code {
        UNREACHABLE => Trouble::Unreachable(why),
        TOO_LARGE => Trouble::TooLarge(most),
        _ => Trouble::Refused(why),
    }
}
