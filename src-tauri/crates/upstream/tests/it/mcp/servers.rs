//! Servers that run functions: one that speaks MCP, by the official SDK, and one that only takes
//! `POST …/tools/execute`. Both listen on loopback, and note what they were asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Barrier;
use tokio_util::sync::CancellationToken;

/// How long what runs in a server may take to end.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// How large the result of `huge` is.
pub(crate) const HUGE: usize = 6 * 1024 * 1024;

/// A server, until it is dropped: then its connections are gone, too.
pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    notes: Arc<Notes>,
    runtime: Option<Runtime>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let runtime = self.runtime.take().expect("it runs");
        // Not in a place where waiting is forbidden.
        let ended = thread::spawn(move || runtime.shutdown_timeout(LAST_WORDS)).join();
        ended.expect("it ends");
    }
}

/// A server that takes connections and says nothing.
pub(crate) struct Hung(std::net::TcpListener);

impl Hung {
    pub(crate) fn new() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("it can be looked at");
        Self(listener)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/mcp", self.0.local_addr().expect("an address"))
    }

    /// How many connections were made since the last look.
    pub(crate) fn asked(&self) -> usize {
        std::iter::from_fn(|| self.0.accept().ok()).count()
    }
}

/// What a server was asked.
struct Notes {
    calls: Mutex<Vec<(String, Value)>>,
    tokens: Mutex<Vec<Option<String>>>,
    /// A call of `wait` began, and was given up.
    waits: CancellationToken,
    stopped: CancellationToken,
    /// Two calls of `meet` wait for each other.
    meeting: Barrier,
}

impl Server {
    /// Speaks MCP at `/mcp`, in sessions.
    pub(crate) async fn mcp() -> Self {
        Self::start(None, |notes| mcp(notes, StreamableHttpServerConfig::default())).await
    }

    /// The same at a certain address.
    pub(crate) async fn mcp_at(at: SocketAddr) -> Self {
        Self::start(Some(at), |notes| mcp(notes, StreamableHttpServerConfig::default())).await
    }

    /// The same with whole answers in the place of streams of events.
    pub(crate) async fn mcp_in_json() -> Self {
        Self::start(None, |notes| mcp(notes, StreamableHttpServerConfig::default().with_json_response(true)))
            .await
    }

    /// Runs `weather` and `huge` at `/tools/execute`.
    pub(crate) async fn plain() -> Self {
        Self::start(None, |notes| {
            let execute = move |headers: HeaderMap, body: Bytes| {
                let notes = Arc::clone(&notes);
                async move { notes.execute(&headers, &body).await }
            };
            Router::new().route("/tools/execute", post(execute))
        })
        .await
    }

    /// Sends everybody to another address.
    pub(crate) async fn redirecting(to: String) -> Self {
        Self::start(None, |_| {
            let there = move || {
                let to = to.clone();
                async move { (StatusCode::TEMPORARY_REDIRECT, [("location", to)]) }
            };
            Router::new().fallback(there)
        })
        .await
    }

    async fn start(at: Option<SocketAddr>, routes: impl FnOnce(Arc<Notes>) -> Router) -> Self {
        let at = at.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let bound = runtime.spawn(TcpListener::bind(at)).await.expect("no panic");
        let listener = bound.expect("a port");
        let at = listener.local_addr().expect("an address");
        let notes = Arc::new(Notes {
            calls: Mutex::default(),
            tokens: Mutex::default(),
            waits: CancellationToken::new(),
            stopped: CancellationToken::new(),
            meeting: Barrier::new(2),
        });
        let routes = routes(Arc::clone(&notes));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { at, notes, runtime: Some(runtime) }
    }

    /// Where it speaks MCP.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/mcp", self.at)
    }

    /// Where it is.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.at)
    }

    pub(crate) fn calls(&self) -> Vec<(String, Value)> {
        self.notes.calls.lock().expect("a lock").clone()
    }

    /// What was in the header `authorization`, each time.
    pub(crate) fn tokens(&self) -> Vec<Option<String>> {
        self.notes.tokens.lock().expect("a lock").clone()
    }

    /// Resolves when a call waits here.
    pub(crate) async fn waits(&self) {
        self.notes.waits.cancelled().await;
    }

    /// Resolves when that call was given up.
    pub(crate) async fn stopped(&self) {
        self.notes.stopped.cancelled().await;
    }
}

impl Notes {
    fn called(&self, name: &str, arguments: Value) {
        self.calls.lock().expect("a lock").push((name.to_owned(), arguments));
    }

    async fn execute(&self, headers: &HeaderMap, body: &[u8]) -> Response {
        let token = headers.get("authorization").map(|token| token.to_str().expect("text").to_owned());
        self.tokens.lock().expect("a lock").push(token);
        let asked: Value = serde_json::from_slice(body).expect("JSON");
        let name = asked["name"].as_str().expect("a name");
        self.called(name, asked["arguments"].clone());
        match name {
            "weather" => axum::Json(json!({ "sky": "clear" })).into_response(),
            "huge" => "x".repeat(HUGE).into_response(),
            "broken" => (StatusCode::INTERNAL_SERVER_ERROR, "the sensor is gone").into_response(),
            "wait" => {
                let _given_up = self.stopped.clone().drop_guard();
                self.waits.cancel();
                std::future::pending().await
            }
            _ => StatusCode::NOT_FOUND.into_response(),
        }
    }
}

fn mcp(notes: Arc<Notes>, config: StreamableHttpServerConfig) -> Router {
    let tools = Tools { notes };
    let service = StreamableHttpService::new(
        move || Ok(tools.clone()),
        Arc::new(LocalSessionManager::default()),
        config,
    );
    Router::new().nest_service("/mcp", service)
}

#[derive(Clone)]
struct Tools {
    notes: Arc<Notes>,
}

impl ServerHandler for Tools {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tool = |name: &'static str| Tool::new(name, format!("Does {name}."), Arc::new(schema()));
        let tools = ["weather", "huge", "wait", "meet", "fails", "refuses"].map(tool);
        Ok(ListToolsResult::with_all_items(tools.to_vec()))
    }

    async fn call_tool(
        &self,
        asked: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = Value::Object(asked.arguments.unwrap_or_default());
        self.notes.called(&asked.name, arguments.clone());
        let text = match asked.name.as_ref() {
            "weather" => format!("sunny in {}", arguments["city"].as_str().unwrap_or("no city")),
            "huge" => "x".repeat(HUGE),
            "wait" => {
                let _given_up = self.notes.stopped.clone().drop_guard();
                self.notes.waits.cancel();
                context.ct.cancelled().await;
                "given up".to_owned()
            }
            "meet" => {
                self.notes.meeting.wait().await;
                "met".to_owned()
            }
            "fails" => return Ok(CallToolResult::error(vec![ContentBlock::text("no such city")]).into()),
            _ => return Err(ErrorData::invalid_params("that is not possible", None)),
        };
        Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
    }
}

fn schema() -> serde_json::Map<String, Value> {
    let schema = json!({ "type": "object", "properties": { "city": { "type": "string" } } });
    schema.as_object().expect("an object").clone()
}
