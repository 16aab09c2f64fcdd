//! Functions that servers of the owner's settings and of requests run, asked for over HTTP: what becomes of an
//! answer when the server works, hangs, breaks, is gone or is not allowed. The next request is fine each time.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use postern_tests::{Layout, Part, Record, Scenario, Script, Usage, echo_text};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::product::Product;

const MODEL: &str = "gemini-3-flash-preview";

/// What a server was asked to run, by name and arguments.
type Calls = Arc<Mutex<Vec<(String, Value)>>>;

/// A server of this computer that takes `POST /tools/execute` and nothing else.
struct Server {
    port: u16,
    calls: Calls,
}

impl Server {
    async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let calls = Calls::default();
        let noted = Arc::clone(&calls);
        tokio::spawn(async move {
            while let Ok((visitor, _)) = listener.accept().await {
                let calls = Arc::clone(&noted);
                let service = service_fn(move |request| execute(Arc::clone(&calls), request));
                // One that hangs up is none of the server's business.
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(visitor), service));
            }
        });
        Ok(Self { port, calls })
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it was asked since it was last looked at.
    fn calls(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.calls.lock().expect("a lock"))
    }
}

async fn execute(calls: Calls, request: Request<Incoming>) -> anyhow::Result<Response<Full<Bytes>>> {
    let path = request.uri().path().to_owned();
    let asked: Value = serde_json::from_slice(&request.into_body().collect().await?.to_bytes())?;
    let name = asked["name"].as_str().unwrap_or_default().to_owned();
    calls.lock().expect("a lock").push((name.clone(), asked["arguments"].clone()));
    let (status, body) = match (path.as_str(), name.as_str()) {
        ("/tools/execute", "weather") => (StatusCode::OK, r#"{"sky":"clear"}"#),
        ("/tools/execute", "breaks") => (StatusCode::INTERNAL_SERVER_ERROR, "the sensor is gone"),
        ("/tools/execute", "hangs") => std::future::pending().await,
        _ => (StatusCode::NOT_FOUND, ""),
    };
    Ok(Response::builder().status(status).body(Full::from(body))?)
}

/// A port of this computer at which nobody answers.
async fn closed() -> anyhow::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port())
}

/// A question with these functions, and these fields besides.
fn question(functions: &[&str], more: &Value) -> Value {
    let parameters = json!({ "type": "object", "properties": { "city": { "type": "string" } } });
    let function =
        |name: &&str| json!({ "type": "function", "function": { "name": name, "parameters": parameters } });
    let mut body = json!({
        "model": MODEL,
        "messages": [{ "role": "user", "content": "How is the weather?" }],
        "tools": functions.iter().map(function).collect::<Vec<_>>(),
    });
    for (field, value) in more.as_object().into_iter().flatten() {
        body[field] = value.clone();
    }
    body
}

fn done(script: Script) -> Script {
    script.finish(1, Usage { prompt: 5, output: 3, thoughts: 0, cached: 0 })
}

/// A product whose site answers with a call of this function and then with a text.
struct Play<'a> {
    product: &'a Product,
    server: &'a Server,
}

/// What became of one request.
struct Seen {
    status: u16,
    warnings: String,
    body: Value,
    records: Vec<Record>,
}

impl Seen {
    /// What the model was told that the function gave.
    fn result(&self) -> String {
        let told = self.records.last().map(Record::function_responses).unwrap_or_default();
        told.iter().map(|told| told.response.to_string()).collect()
    }

    fn is_refused(&self, status: u16, param: &str, words: &str) {
        assert_eq!((self.status, &self.body["error"]["param"]), (status, &json!(param)), "{}", self.body);
        let message = self.body["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(words), "{message}");
        assert_eq!(self.records.len(), 0, "nothing of it reached the site");
    }

    /// The answer came in two steps of one chat, and its caller hears the text alone.
    fn is_answered(&self) {
        assert_eq!(self.status, 200, "{}", self.body);
        let choice = &self.body["choices"][0];
        assert_eq!(
            (&choice["message"]["content"], &choice["finish_reason"]),
            (&json!("So it is."), &json!("stop"))
        );
        assert_eq!(choice["message"]["tool_calls"], Value::Null);
        assert_eq!(self.body["usage"]["total_tokens"], 16, "of both steps");
        let turns: Vec<usize> = self.records.iter().map(|record| record.contents.len()).collect();
        assert_eq!(turns, [1, 3], "the chat went on in its place");
    }
}

impl Play<'_> {
    /// What becomes of a request whose answer calls this function.
    async fn ask(&self, function: &str, more: &Value) -> anyhow::Result<Seen> {
        let site = self.product.site.control();
        site.clear_records();
        site.set_scenario(Scenario::answering_in_turn([
            done(Script::new().parts([Part::call(function, json!({ "city": "Oslo" })).with_id("a")])),
            done(Script::new().text("So it is.")),
        ]));
        let answer = self.product.post(&question(&[function], more)).await?;
        let status = answer.status().as_u16();
        let warnings = answer.headers().get("x-postern-warnings");
        let warnings = warnings.map_or("", |header| header.to_str().unwrap_or_default()).to_owned();
        let body = answer.text().await?;
        let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
        let seen = Seen { status, warnings, body, records: site.records() };
        self.plain().await?;
        Ok(seen)
    }

    /// A plain question is answered, and nothing of the request before is left.
    async fn plain(&self) -> anyhow::Result<()> {
        let site = self.product.site.control();
        site.set_scenario(Scenario::default());
        let (status, body) = self.product.ask("And you?").await?;
        assert_eq!(status, 200, "{body}\n{}", self.product.log());
        assert_eq!(body["choices"][0]["message"]["content"], echo_text("And you?"));
        let record = site.records().pop().expect("a request");
        assert_eq!((record.contents.len(), record.tools.len(), record.functions.len()), (1, 0, 0));
        Ok(())
    }

    /// The server was asked for this function and nothing else.
    fn ran(&self, function: &str) {
        assert_eq!(self.server.calls(), [(function.to_owned(), json!({ "city": "Oslo" }))]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn functions_run_on_servers_and_troubles_with_them_stay_with_their_request() -> anyhow::Result<()> {
    let (server, gone, other) = (Server::open().await?, closed().await?, Server::open().await?);
    let settings = format!(
        "[mcp]\ntimeout_s = 1\nservers = {{ own = \"plain+{}\" }}\n\
         allowed = [\"http://127.0.0.1:{gone}\", \"plain+{}\"]\n",
        server.address(),
        other.address(),
    );
    let product = Product::start_with(&settings).await?;
    product.site.control().set_layout(Layout { sticky_tools: true, ..Layout::default() });
    let play = Play { product: &product, server: &server };

    let seen = play.ask("weather", &json!({})).await?;
    seen.is_answered();
    assert!(
        seen.result().contains("clear") && seen.warnings.is_empty(),
        "{} {}",
        seen.result(),
        seen.warnings
    );
    play.ran("weather");
    let seen = play.ask("weather", &json!({ "stream": true })).await?;
    let text = seen.body.as_str().unwrap_or_default();
    assert!(text.contains("So it is.") && text.ends_with("data: [DONE]\n\n"), "{text}");
    assert!(!text.contains("tool_calls") && seen.records.len() == 2, "{text}");
    play.ran("weather");

    for (function, words) in [("hangs", "mcp.timeout_s"), ("breaks", "the sensor is gone")] {
        let seen = play.ask(function, &json!({})).await?;
        seen.is_answered();
        assert!(seen.result().contains("Error") && seen.result().contains(words), "{}", seen.result());
        play.ran(function);
    }
    let seen = play.ask("strange", &json!({})).await?;
    let call = &seen.body["choices"][0]["message"]["tool_calls"][0]["function"];
    assert_eq!(
        (&call["name"], seen.records.len()),
        (&json!("strange"), 1),
        "what no server has is the caller's"
    );
    play.ran("strange");

    let named = json!({ "mcp_endpoint": other.address() });
    let seen = play.ask("weather", &named).await?;
    seen.is_answered();
    assert_eq!((server.calls().len(), other.calls().len()), (0, 1), "the one that the request names");
    let closed = json!({ "mcp_endpoint": format!("http://127.0.0.1:{gone}/mcp") });
    play.ask("weather", &closed).await?.is_refused(502, "mcp_endpoint", "cannot be reached");
    let strange = json!({ "mcp_endpoint": "http://127.0.0.1:9/mcp" });
    play.ask("weather", &strange).await?.is_refused(400, "mcp_endpoint", "mcp.allowed");
    assert_eq!((server.calls(), other.calls()), (vec![], vec![]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_settings_no_server_is_ever_asked() -> anyhow::Result<()> {
    let server = Server::open().await?;
    let product = Product::start().await?;
    let play = Play { product: &product, server: &server };
    let named = json!({ "mcp_endpoint": server.address() });
    play.ask("weather", &named).await?.is_refused(400, "mcp_endpoint", "mcp.allowed");
    let tool = json!({ "tools": [{
        "type": "function", "function": { "name": "weather" }, "x-mcp-endpoint": server.address(),
    }] });
    play.ask("weather", &tool).await?.is_refused(400, "tools", "mcp.allowed");
    assert_eq!(server.calls(), []);
    Ok(())
}
