//! The one command of the page: it carries a request into the console's router and the answer back.
//!
//! In comes a [`Call`] with method, path and body; out go [`Piece`]s through a channel: the head, the body as
//! it arrives, the end. The page makes of it what `fetch` gives in a browser, so that it reaches the same router
//! in the same way in both. The router answers while the server is stopped, and when the house could not be
//! opened something answers in its place that says why.
//!
//! Paths under `/window` never reach the router. They are the operating system's things, which exist only here:
//! see [`super::native`].

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use serde::{Deserialize, Serialize};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tower::util::{BoxCloneSyncService, ServiceExt as _};
use tower::{BoxError, Service};

use super::{native, window};

/// Most pieces of a body that are joined when several are ready at once, so that a page is not woken for each.
const AT_ONCE: usize = 64;
/// A header that no foreign page can send, which the console asks of whoever changes something.
const OWN_PAGE: &str = "x-postern-console";

/// Whatever answers the console's requests.
pub(crate) type Console = BoxCloneSyncService<Request<String>, Response<Answer>, Infallible>;
/// The body of an answer.
pub(crate) type Answer = UnsyncBoxBody<Bytes, BoxError>;

/// Makes a [`Console`] of a router.
pub(crate) fn console_of<S, B>(router: S) -> Console
where
    S: Service<Request<String>, Response = Response<B>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    B: BodyExt<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let boxed = |response: Response<B>| response.map(|body| body.map_err(Into::into).boxed_unsync());
    BoxCloneSyncService::new(router.map_response(boxed))
}

/// A whole answer.
pub(crate) fn whole(status: StatusCode, body: &serde_json::Value) -> Response<Answer> {
    let body = Full::new(Bytes::from(body.to_string())).map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// What the page asks the bridge.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Call {
    /// Carry this request.
    Open(Ask),
    /// Nobody waits for the answer any more.
    Drop {
        /// Which answer.
        id: CallId,
    },
}

/// A request of the page.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Ask {
    id: CallId,
    method: String,
    path: String,
    body: Option<String>,
}

/// What the page calls a request of its own, to drop it later.
type CallId = u64;

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Piece {
    /// Comes first.
    Head { status: u16, headers: Vec<(String, String)> },
    /// The next bytes of the body.
    Body(Chunk),
    /// The body is complete.
    End,
    /// There is no answer, or it broke off.
    Error { message: String },
}

/// Bytes, as text where they are text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Chunk {
    Text { text: String },
    Bytes { base64: String },
}

impl From<Vec<u8>> for Chunk {
    /// A chunk that ends within a character counts as bytes; the page puts the two halves together.
    fn from(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => Self::Text { text },
            Err(error) => Self::Bytes { base64: BASE64_STANDARD.encode(error.as_bytes()) },
        }
    }
}

/// Knows who answers, and the answers that are on their way.
#[derive(Debug, Default)]
pub(crate) struct Bridge {
    console: watch::Sender<Option<Console>>,
    running: Mutex<HashMap<CallId, AbortHandle>>,
}

impl Bridge {
    /// From now on this one answers.
    pub(crate) fn lead_to(&self, console: Console) {
        self.console.send_replace(Some(console));
    }

    /// Ends every answer that is on its way: the page that asked is gone.
    pub(crate) fn drop_all(&self) {
        for (_, running) in self.running().drain() {
            running.abort();
        }
    }

    fn drop_one(&self, id: CallId) {
        if let Some(running) = self.running().remove(&id) {
            running.abort();
        }
    }

    /// Starts `work` under the page's name for it.
    fn start(&self, id: CallId, work: impl Future<Output = ()> + Send + 'static) {
        // Held until the work has its name, so that it cannot end before that.
        let mut running = self.running();
        let task = tauri::async_runtime::spawn(work).inner().abort_handle();
        if let Some(before) = running.insert(id, task) {
            before.abort();
        }
    }

    /// Forgets the task that calls this. A page that loads anew gives names again from the start, so a late
    /// task must not take the name from a new one.
    fn ended(&self, id: CallId) {
        let mut running = self.running();
        if running.get(&id).is_some_and(|task| Some(task.id()) == tokio::task::try_id()) {
            running.remove(&id);
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<CallId, AbortHandle>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the console answer.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> Result<Response<Answer>, http::Error> {
        let mut request = Request::builder().method(method).uri(path).header(OWN_PAGE, "1");
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        Ok(self.pass_on(request.body(body.unwrap_or_default())?).await)
    }

    /// Lets whoever leads the console now answer, as soon as there is somebody.
    pub(crate) async fn pass_on(&self, request: Request<String>) -> Response<Answer> {
        let mut leads = self.console.subscribe();
        let console = loop {
            if let Some(console) = leads.borrow_and_update().clone() {
                break console;
            }
            // The sender lives as long as this.
            let _ = leads.changed().await;
        };
        let Ok(response) = console.oneshot(request).await;
        response
    }
}

/// The command. It returns at once; everything else comes through the channel.
#[tauri::command]
pub(crate) fn console(app: AppHandle, call: Call, channel: Channel<Piece>) {
    window::page_is_alive(&app);
    let bridge = app.state::<Bridge>();
    match call {
        Call::Drop { id } => bridge.drop_one(id),
        Call::Open(ask) => {
            let (id, app) = (ask.id, app.clone());
            bridge.start(id, async move {
                // A page that went away is no trouble.
                let _ = answer(&app, ask, |piece| channel.send(piece)).await;
                app.state::<Bridge>().ended(id);
            });
        }
    }
}

async fn answer<E>(app: &AppHandle, ask: Ask, send: impl Fn(Piece) -> Result<(), E>) -> Result<(), E> {
    let response = match Method::from_bytes(ask.method.as_bytes()) {
        Err(error) => Err(http::Error::from(error)),
        Ok(method) if native::is_for(&ask.path) => {
            Ok(native::answer(app, &method, &ask.path, ask.body.as_deref()).await)
        }
        Ok(method) => app.state::<Bridge>().ask(method, &ask.path, ask.body).await,
    };
    match response {
        Ok(response) => pass(response, send).await,
        Err(error) => send(Piece::Error { message: error.to_string() }),
    }
}

/// Hands an answer to the page as it comes.
async fn pass<E>(response: Response<Answer>, send: impl Fn(Piece) -> Result<(), E>) -> Result<(), E> {
    let (head, body) = response.into_parts();
    let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    send(Piece::Head { status: head.status.as_u16(), headers })?;
    let mut chunks = body.into_data_stream().ready_chunks(AT_ONCE);
    while let Some(ready) = chunks.next().await {
        let mut bytes = BytesMut::new();
        let mut trouble = None;
        for chunk in ready {
            match chunk {
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(error) => trouble = Some(error),
            }
        }
        if !bytes.is_empty() {
            send(Piece::Body(bytes.to_vec().into()))?;
        }
        if let Some(error) = trouble {
            return send(Piece::Error { message: error.to_string() });
        }
    }
    send(Piece::End)
}

#[cfg(test)]
#[path = "bridge_tests.rs"]
mod tests;
