//! The one web socket to the browser: commands out, replies and events in, each session's in the order in
//! which the browser sent them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::stream::SplitStream;
use futures::{SinkExt, StreamExt};
use http::Request;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::tracker::{Token, Tracker};
use super::window::Place;
use super::wire::{Attached, Command, Context, Failure, Message, Outcome, TargetGone, TargetSeen};
use crate::{BrowserError, deadline};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A connection to a browser; closed when the last clone is dropped.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    operations: mpsc::UnboundedSender<Operation>,
    closed: CancellationToken,
    _close: Arc<DropGuard>,
}

/// What the task that owns the socket is asked to do.
enum Operation {
    Call { session: Option<String>, method: &'static str, params: Value, reply: oneshot::Sender<Reply> },
    Attach { session: String, tracker: Box<Tracker> },
    Detach { session: String },
    With { session: String, work: Box<dyn FnOnce(&mut Tracker) + Send> },
    Follow { target: String, place: watch::Sender<Place> },
}

type Reply = Result<Box<RawValue>, Failure>;

/// Who waits for a reply.
enum Waiting {
    Caller(oneshot::Sender<Reply>),
    Tracker { session: String, token: Token },
}

impl Connection {
    /// Connects to the browser whose DevTools listen at `address` (`host:port`).
    pub(crate) async fn open(address: &str) -> Result<Self, BrowserError> {
        tokio::time::timeout(deadline::DEVTOOLS, Self::connect(address))
            .await
            .map_err(|_| BrowserError::Timeout("connecting to DevTools"))?
            .map_err(|error| BrowserError::Start(format!("DevTools at {address}: {error}")))
    }

    async fn connect(address: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        #[derive(Deserialize)]
        struct Version {
            #[serde(rename = "webSocketDebuggerUrl")]
            url: String,
        }
        let client = reqwest::Client::builder().no_proxy().build()?;
        let version: Version =
            client.get(format!("http://{address}/json/version")).send().await?.json().await?;
        Ok(Self::over(socket(version.url).await?))
    }

    /// Connects by a web socket that somebody passes on to the browser.
    pub(crate) async fn through(request: Request<()>) -> Result<Self, BrowserError> {
        let opened = tokio::time::timeout(deadline::DEVTOOLS, socket(request)).await;
        opened
            .map_err(|_| BrowserError::Timeout("connecting to DevTools"))?
            .map(Self::over)
            .map_err(|error| BrowserError::Start(format!("DevTools through the grid: {error}")))
    }

    fn over(socket: Socket) -> Self {
        let (operations, asked) = mpsc::unbounded_channel();
        let (outgoing, mut to_send) = mpsc::unbounded_channel::<String>();
        let (mut sink, stream) = socket.split();
        let closed = CancellationToken::new();
        let writer_closed = closed.clone();
        tokio::spawn(writer_closed.clone().run_until_cancelled_owned(async move {
            while let Some(text) = to_send.recv().await {
                if sink.send(Frame::text(text)).await.is_err() {
                    break;
                }
            }
            writer_closed.cancel();
        }));
        let reader = Reader {
            sessions: HashMap::new(),
            waiting: HashMap::new(),
            followed: HashMap::new(),
            outgoing,
            next: AtomicU64::new(1),
        };
        let reader_closed = closed.clone();
        tokio::spawn(async move {
            let reading = reader.run(stream, asked);
            reader_closed.run_until_cancelled(reading).await;
            reader_closed.cancel();
        });
        Self { operations, _close: Arc::new(closed.clone().drop_guard()), closed }
    }

    /// Resolves when the connection is closed.
    pub(crate) fn closed(&self) -> &CancellationToken {
        &self.closed
    }

    /// Attaches to a tab; its events go to `tracker` from then on. Returns the session's name.
    pub(super) async fn attach(&self, target: &str, tracker: Tracker) -> Result<String, BrowserError> {
        let params = json!({ "targetId": target, "flatten": true });
        let attached: Attached = self.call(None, "Target.attachToTarget", params).await?;
        let session = attached.session_id;
        self.ask(Operation::Attach { session: session.clone(), tracker: Box::new(tracker) });
        Ok(session)
    }

    /// Lets go of a tab.
    pub(super) fn detach(&self, session: String) {
        self.ask(Operation::Detach { session });
    }

    /// Runs `work` on a tab's tracker, between two messages.
    pub(super) fn with(&self, session: &str, work: impl FnOnce(&mut Tracker) + Send + 'static) {
        self.ask(Operation::With { session: session.to_owned(), work: Box::new(work) });
    }

    /// Where a tab is, from its next move on.
    pub(super) fn follow(&self, target: &str) -> watch::Receiver<Place> {
        let place = watch::Sender::new(Place { url: String::new(), open: true });
        let follower = place.subscribe();
        self.ask(Operation::Follow { target: target.to_owned(), place });
        follower
    }

    /// Runs one command and reads its result.
    pub(crate) async fn call<T: for<'de> Deserialize<'de>>(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<T, BrowserError> {
        let (reply, replied) = oneshot::channel();
        self.ask(Operation::Call { session: session.map(str::to_owned), method, params, reply });
        let result = tokio::time::timeout(deadline::DEVTOOLS, replied)
            .await
            .map_err(|_| BrowserError::Timeout(method))?
            .map_err(|_| BrowserError::Gone)?
            .map_err(|failure| BrowserError::Driver(format!("{method}: {}", failure.message)))?;
        serde_json::from_str(result.get()).map_err(|error| BrowserError::Driver(format!("{method}: {error}")))
    }

    fn ask(&self, operation: Operation) {
        // On a closed connection the asked one drops the reply channel, which the caller sees.
        let _ = self.operations.send(operation);
    }
}

async fn socket(request: impl IntoClientRequest + Unpin) -> Result<Socket, tungstenite::Error> {
    // An answer of any size is one message.
    let limits = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let (socket, _) = tokio_tungstenite::connect_async_with_config(request, Some(limits), true).await?;
    Ok(socket)
}

/// Owns all state of the connection; lives in its task.
struct Reader {
    sessions: HashMap<String, Box<Tracker>>,
    waiting: HashMap<u64, Waiting>,
    /// Tabs that are followed, by their targets.
    followed: HashMap<String, watch::Sender<Place>>,
    outgoing: mpsc::UnboundedSender<String>,
    next: AtomicU64,
}

impl Reader {
    async fn run(mut self, mut stream: SplitStream<Socket>, mut asked: mpsc::UnboundedReceiver<Operation>) {
        loop {
            tokio::select! {
                frame = stream.next() => match frame {
                    Some(Ok(Frame::Text(text))) => self.message(text.as_str()),
                    Some(Ok(Frame::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                },
                operation = asked.recv() => match operation {
                    Some(operation) => self.operation(operation),
                    None => return,
                },
            }
        }
    }

    fn message(&mut self, text: &str) {
        let message: Message<'_> = match serde_json::from_str(text) {
            Ok(message) => message,
            Err(error) => {
                tracing::warn!(%error, "a DevTools message could not be read");
                return;
            }
        };
        match (message.id, message.method, message.params) {
            (Some(id), _, _) => self.reply(id, outcome(&message)),
            (None, Some("Target.detachedFromTarget"), Some(params)) => {
                if let Ok(detached) = serde_json::from_str::<Attached>(params.get()) {
                    self.sessions.remove(&detached.session_id);
                }
            }
            (None, Some("Target.targetInfoChanged"), Some(params)) => {
                if let Ok(TargetSeen { target_info: seen }) = serde_json::from_str(params.get())
                    && let Some(place) = self.followed.get(&seen.target_id)
                {
                    place.send_modify(|place| place.url = seen.url);
                }
            }
            (None, Some("Target.targetDestroyed"), Some(params)) => {
                if let Ok(gone) = serde_json::from_str::<TargetGone>(params.get())
                    && let Some(place) = self.followed.get(&gone.target_id)
                {
                    place.send_modify(|place| place.open = false);
                }
            }
            (None, Some(method), Some(params)) if method.starts_with("browsingContext.") => {
                if let Ok(Context { context, url }) = serde_json::from_str(params.get())
                    && let Some(place) = self.followed.get(&context)
                {
                    place.send_modify(|place| {
                        place.open = method != "browsingContext.contextDestroyed";
                        place.url = url;
                    });
                }
            }
            (None, Some(method), Some(params)) => {
                if let Some(session) = message.session {
                    self.on_tracker(session, |tracker| tracker.event(method, params));
                }
            }
            (None, _, _) => {}
        }
    }

    fn reply(&mut self, id: u64, outcome: Outcome<'_>) {
        match self.waiting.remove(&id) {
            Some(Waiting::Caller(caller)) => {
                // A caller that ran out of patience has gone.
                let _ = caller.send(outcome.map(RawValue::to_owned));
            }
            Some(Waiting::Tracker { session, token }) => {
                self.on_tracker(&session, |tracker| tracker.reply(token, outcome));
            }
            None => {}
        }
    }

    fn operation(&mut self, operation: Operation) {
        match operation {
            Operation::Call { session, method, params, reply } => {
                let id = self.send(session.as_deref(), method, params);
                self.waiting.insert(id, Waiting::Caller(reply));
            }
            Operation::Attach { session, tracker } => {
                self.sessions.insert(session, tracker);
            }
            Operation::Detach { session } => {
                if self.sessions.remove(&session).is_some() {
                    self.send(None, "Target.detachFromTarget", json!({ "sessionId": session }));
                }
            }
            Operation::With { session, work } => self.on_tracker(&session, work),
            Operation::Follow { target, place } => {
                self.followed.insert(target, place);
            }
        }
    }

    /// Lets a tracker work, then sends what it wants to ask.
    fn on_tracker(&mut self, session: &str, work: impl FnOnce(&mut Tracker)) {
        let Some(tracker) = self.sessions.get_mut(session) else { return };
        work(tracker);
        for Command { method, params, token } in tracker.take_commands() {
            let id = self.send(Some(session), method, params);
            self.waiting.insert(id, Waiting::Tracker { session: session.to_owned(), token });
        }
    }

    fn send(&self, session: Option<&str>, method: &str, params: Value) -> u64 {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        // When the writer has ended, the connection is being closed.
        let _ = self.outgoing.send(message.to_string());
        id
    }
}

fn outcome<'a>(message: &Message<'a>) -> Outcome<'a> {
    match (&message.error, message.result) {
        (Some(refusal), _) => Err(refusal.told(message.message.as_deref())),
        (None, Some(result)) => Ok(result),
        (None, None) => Err(Failure { message: "neither result nor error".to_owned() }),
    }
}
