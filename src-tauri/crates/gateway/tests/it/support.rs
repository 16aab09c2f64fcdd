//! A server on a free port, upstreams with a script, and clients.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::channel::mpsc;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};
use postern_gateway::{Config, Gateway};
use postern_protocol::account;
use postern_protocol::chat::{Event, Failure, Finish, Request};
use postern_store::{Keys, Outcome, PageQuery, RequestDetail, Requests, Store};
use postern_upstream::{Call, Echo, EventStream, ModelCard, Registry, Upstream};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long something may take that is only waited for; nothing is measured with it.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for what must happen.
pub(crate) async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what).await.expect("it did not happen")
}

/// An upstream `stage` with one model `play`; every chat becomes a [`Turn`] in the test's hands.
pub(crate) struct Stage {
    lanes: AtomicUsize,
    turns: mpsc::UnboundedSender<Turn>,
}

/// A chat that an upstream was asked for. Dropping it breaks the answer off.
pub(crate) struct Turn {
    pub(crate) request: Arc<Request>,
    pub(crate) id: String,
    events: mpsc::UnboundedSender<Result<Event, Failure>>,
    dropped: CancellationToken,
}

impl Stage {
    pub(crate) fn new(lanes: usize) -> (Arc<Self>, Turns) {
        let (turns, taken) = mpsc::unbounded();
        (Arc::new(Self { lanes: AtomicUsize::new(lanes), turns }), Turns(taken))
    }

    pub(crate) fn set_lanes(&self, lanes: usize) {
        self.lanes.store(lanes, Ordering::SeqCst);
    }
}

impl Upstream for Stage {
    fn name(&self) -> &str {
        "stage"
    }

    fn lanes(&self) -> Option<usize> {
        Some(self.lanes.load(Ordering::SeqCst))
    }

    fn accounts(&self) -> Vec<account::Status> {
        vec![account::Status { name: "ada@example.org".to_owned(), state: account::State::SignInExpired }]
    }

    fn models(&self) -> BoxFuture<'_, Result<Vec<ModelCard>, Failure>> {
        let card = ModelCard { id: "play".to_owned(), ..ModelCard::default() };
        async { Ok(vec![card]) }.boxed()
    }

    fn ignores(&self, request: &Request) -> Vec<&'static str> {
        if request.sampling.logit_bias.is_empty() { vec![] } else { vec!["logit_bias", "seed"] }
    }

    fn chat(&self, call: Call) -> EventStream {
        let (events, given) = mpsc::unbounded();
        let dropped = CancellationToken::new();
        let guard = dropped.clone().drop_guard();
        assert!(!call.request.messages[0].plain_text().contains("panic"), "told to panic");
        let turn = Turn { request: call.request, id: call.id.to_string(), events, dropped };
        self.turns.unbounded_send(turn).expect("the test is over");
        given
            .inspect(move |event| {
                let _held = &guard;
                if let Ok(Event::Text { text }) = event {
                    assert!(text != "panic", "told to panic");
                }
            })
            .boxed()
    }
}

/// The chats that the stage was asked for, in order.
pub(crate) struct Turns(mpsc::UnboundedReceiver<Turn>);

impl Turns {
    pub(crate) async fn next(&mut self) -> Turn {
        soon(self.0.next()).await.expect("the stage is gone")
    }

    /// Whether nothing was asked for that the test has not taken.
    pub(crate) fn none(&mut self) -> bool {
        self.0.next().now_or_never().is_none()
    }
}

impl Turn {
    pub(crate) fn started(&self) -> &Self {
        self.event(Event::Started { model: "play".to_owned(), warnings: Vec::new() })
    }

    pub(crate) fn text(&self, text: &str) -> &Self {
        self.event(Event::Text { text: text.to_owned() })
    }

    pub(crate) fn finish(&self) -> &Self {
        self.event(Event::Finished(Finish::Stop))
    }

    pub(crate) fn event(&self, event: Event) -> &Self {
        let _ = self.events.unbounded_send(Ok(event));
        self
    }

    pub(crate) fn fail(&self, failure: Failure) {
        let _ = self.events.unbounded_send(Err(failure));
    }

    /// Answers with its own prompt.
    pub(crate) fn answer(&self) {
        self.started().text(&self.prompt()).finish();
    }

    pub(crate) fn prompt(&self) -> String {
        self.request.messages[0].plain_text()
    }

    /// Resolves when the gateway has dropped the stream of events.
    pub(crate) async fn dropped(&self) {
        soon(self.dropped.cancelled()).await;
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.dropped.is_cancelled()
    }
}

/// A running server.
pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) keys: Keys,
    pub(crate) shutdown: CancellationToken,
    pub(crate) server: JoinHandle<std::io::Result<()>>,
    pub(crate) gateway: Gateway,
    pub(crate) registry: Registry,
    pub(crate) requests: Requests,
    client: reqwest::Client,
}

impl House {
    /// Open, with the echo model only.
    pub(crate) async fn open() -> Self {
        Self::with(Config::default(), &[], Vec::new()).await
    }

    /// Open, with a stage of one lane.
    pub(crate) async fn staged(config: Config) -> (Self, Turns) {
        let (stage, turns) = Stage::new(1);
        (Self::with(config, &[], vec![stage]).await, turns)
    }

    pub(crate) async fn with(config: Config, keys: &[&str], upstreams: Vec<Arc<dyn Upstream>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        Self::on(listener, config, keys, upstreams)
    }

    pub(crate) fn on(
        listener: TcpListener,
        config: Config,
        keys: &[&str],
        mut upstreams: Vec<Arc<dyn Upstream>>,
    ) -> Self {
        upstreams.push(Arc::new(Echo));
        let keys = Keys::in_memory(keys).expect("keys");
        let registry = Registry::new(upstreams);
        let requests = Store::in_memory().expect("a store").requests();
        let gateway = Gateway::new(config, keys.clone(), registry.clone(), requests.clone());
        Self::serve(gateway, keys, registry, requests, listener)
    }

    fn serve(
        gateway: Gateway,
        keys: Keys,
        registry: Registry,
        requests: Requests,
        listener: TcpListener,
    ) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], listener.local_addr().expect("bound").port()));
        let shutdown = CancellationToken::new();
        let (serving, stop) = (gateway.clone(), shutdown.clone());
        let server = tokio::spawn(async move { serving.serve(listener, stop).await });
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_gzip().build();
        let client = client.expect("a client");
        Self { address, keys, shutdown, server, gateway, registry, requests, client }
    }

    /// The same gateway on another port.
    pub(crate) async fn again(&self) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (keys, requests) = (self.keys.clone(), self.requests.clone());
        Self::serve(self.gateway.clone(), keys, self.registry.clone(), requests, listener)
    }

    /// What the journal has, oldest first, once nothing runs any more.
    pub(crate) async fn journal(&self) -> Vec<RequestDetail> {
        soon(async {
            loop {
                let page = self.requests.page(PageQuery::default()).await.expect("a page");
                if page.rows.iter().all(|row| row.outcome != Outcome::Running) {
                    let mut rows = Vec::new();
                    for row in page.rows.iter().rev() {
                        rows.push(self.requests.get(&row.id).await.expect("read").expect("there"));
                    }
                    return rows;
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().expect("a method"), format!("http://{}{path}", self.address))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request("GET", path)).await
    }

    pub(crate) async fn post(&self, body: &Value) -> Answer {
        Answer::of(self.chat(body)).await
    }

    pub(crate) fn chat(&self, body: &Value) -> reqwest::RequestBuilder {
        self.request("POST", "/v1/chat/completions").json(body)
    }

    /// A chat in the background.
    pub(crate) fn spawn(&self, body: &Value) -> JoinHandle<Answer> {
        tokio::spawn(Answer::of(self.chat(body)))
    }

    /// A connection on which the test writes for itself.
    pub(crate) async fn raw(&self, text: &str) -> Raw {
        let mut socket = TcpStream::connect(self.address).await.expect("connects");
        socket.write_all(text.as_bytes()).await.expect("writes");
        Raw { socket, unread: Vec::new() }
    }

    /// The server goes on as if nothing had been.
    pub(crate) async fn assert_well(&self) {
        let answer = self.post(&echo("still there?")).await;
        assert_eq!((answer.status, answer.content()), (200, "still there?"));
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

pub(crate) fn echo(text: &str) -> Value {
    json!({ "model": "postern/echo", "messages": [{ "role": "user", "content": text }] })
}

pub(crate) fn play(text: &str) -> Value {
    json!({ "model": "play", "messages": [{ "role": "user", "content": text }] })
}

pub(crate) fn streamed(mut body: Value) -> Value {
    body["stream"] = json!(true);
    body
}

/// The text of a request on the wire.
pub(crate) fn post_text(body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A whole response.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = soon(request.send()).await.expect("a response");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = soon(response.text()).await.expect("a whole body");
        let json = serde_json::from_str(&text).unwrap_or_default();
        Self { status, headers, text, json }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().expect("text")).unwrap_or_default()
    }

    pub(crate) fn content(&self) -> &str {
        self.json["choices"][0]["message"]["content"].as_str().unwrap_or_default()
    }

    /// Checks status and code of an error, and that it has the official shape.
    #[track_caller]
    pub(crate) fn assert_error(&self, status: u16, code: &str) {
        let error = &self.json["error"];
        assert_eq!((self.status, error["code"].as_str().unwrap_or("null")), (status, code), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/json");
        assert!(!self.header("x-request-id").is_empty());
        let keys: Vec<&String> = error.as_object().expect("an error object").keys().collect();
        assert_eq!(keys, ["message", "type", "param", "code"]);
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()) && error["type"].is_string());
    }

    /// The JSON of the `data:` lines; a closing `[DONE]` is checked and left out.
    pub(crate) fn chunks(&self) -> Vec<Value> {
        let mut frames: Vec<&str> = self.text.split_terminator("\n\n").collect();
        assert_eq!(frames.pop(), Some("data: [DONE]"), "{}", self.text);
        let data = frames.iter().filter_map(|frame| frame.strip_prefix("data: "));
        data.map(|json| serde_json::from_str(json).expect("JSON")).collect()
    }
}

/// A connection in the test's own hands.
pub(crate) struct Raw {
    pub(crate) socket: TcpStream,
    unread: Vec<u8>,
}

impl Raw {
    /// Reads until `end` has come and returns everything up to and with it.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        loop {
            if let Some(at) = self.unread.windows(end.len()).position(|window| window == end.as_bytes()) {
                let rest = self.unread.split_off(at + end.len());
                let text = std::mem::replace(&mut self.unread, rest);
                return String::from_utf8(text).expect("text");
            }
            let more = soon(self.socket.read_buf(&mut self.unread)).await.expect("reads");
            let seen = String::from_utf8_lossy(&self.unread);
            assert!(more > 0, "the connection ended before {end:?} came: {seen}");
        }
    }

    /// Reads to the end of the connection.
    pub(crate) async fn rest(mut self) -> String {
        let _ = soon(self.socket.read_to_end(&mut self.unread)).await;
        String::from_utf8(self.unread).expect("text")
    }

    pub(crate) async fn write(&mut self, text: &str) {
        self.socket.write_all(text.as_bytes()).await.expect("writes");
    }
}
