//! A house with a console, and those who call it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use futures::{Stream, StreamExt};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use postern_console::api::session::SignIn;
use postern_console::{Console, ConsoleConfig, Router, Visitor};
use postern_gateway::{Config, Gateway};
use postern_store::{Keys, Requests, Retention, Store};
use postern_upstream::{Echo, Registry};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::desk::FakeDesk;

pub(crate) const HOST: &str = "127.0.0.1:2048";
pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct House {
    pub(crate) desk: Arc<FakeDesk>,
    pub(crate) console: Console,
    pub(crate) keys: Keys,
    pub(crate) requests: Requests,
    pub(crate) router: Router,
    _store: Store,
}

impl House {
    pub(crate) fn new() -> Self {
        let store = Store::in_memory().expect("a database");
        let (keys, requests) = (store.keys(), store.requests());
        requests.keep(Retention { keep_days: 30, max_rows: 1000, replay_bytes: 1 << 20 });
        let registry = Registry::new(vec![Arc::new(Echo)]);
        let gateway = Gateway::new(Config::default(), keys.clone(), registry.clone(), requests.clone());
        let desk = Arc::new(FakeDesk::new(gateway, registry.clone()));
        let console = Console::new(desk.clone(), &store, registry, ConsoleConfig::default());
        let router = console.router();
        Self { desk, console, keys, requests, router, _store: store }
    }

    /// The window calls.
    pub(crate) async fn window(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = request(method, path, body);
        request.extensions_mut().insert(Visitor::Window);
        self.call(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.window(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.window(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("never fails");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }

    /// The data lines of an event stream as they come.
    pub(crate) async fn events(
        &self,
        mut request: Request<Body>,
        closing: CancellationToken,
    ) -> impl Stream<Item = Value> + Unpin + use<> {
        request.extensions_mut().insert(closing);
        let response = self.router.clone().oneshot(request).await.expect("never fails");
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let frames = response.into_body().into_data_stream();
        Box::pin(frames.filter_map(|frame| async move {
            let frame = String::from_utf8(frame.expect("a frame").to_vec()).expect("text");
            let data = frame.strip_prefix("data: ")?;
            Some(serde_json::from_str(data.trim_end()).expect("JSON"))
        }))
    }

    /// A browser that came in with a link and set the password.
    pub(crate) async fn owner(&self) -> Browser {
        let mut browser = Browser::default();
        let token = self.console.link().await.expect("a link");
        browser.sign_in(self, &SignIn::Link(token.expose().to_owned())).await.ok();
        let new = serde_json::json!({ "new": PASSWORD });
        browser.ask(self, Method::PUT, "/api/session/password", Some(new)).await.ok();
        browser
    }
}

/// A request as its own page sends it.
pub(crate) fn request(method: Method, path: &str, body: Option<Value>) -> Request<Body> {
    let mut request = Request::builder().method(&method).uri(path).header("host", HOST);
    if method != Method::GET {
        request = request.header("x-postern-console", "1");
    }
    let peer = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 50_000)));
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    request.extension(peer).body(body).expect("a request")
}

#[derive(Default)]
pub(crate) struct Browser {
    pub(crate) cookie: Option<String>,
}

impl Browser {
    pub(crate) async fn sign_in(&mut self, house: &House, how: &SignIn) -> Answer {
        let body = serde_json::to_value(how).expect("JSON");
        let answer = self.ask(house, Method::POST, "/api/session", Some(body)).await;
        if let Some(cookie) = answer.headers.get("set-cookie") {
            let cookie = cookie.to_str().expect("text");
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }

    pub(crate) async fn with_password(&mut self, house: &House, password: &str) -> Answer {
        self.sign_in(house, &SignIn::Password(password.to_owned())).await
    }

    pub(crate) fn request(&self, method: Method, path: &str, body: Option<Value>) -> Request<Body> {
        let mut request = request(method, path, body);
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert("cookie", cookie.parse().expect("a header"));
        }
        request
    }

    pub(crate) async fn ask(&self, house: &House, method: Method, path: &str, body: Option<Value>) -> Answer {
        house.call(self.request(method, path, body)).await
    }

    pub(crate) async fn get(&self, house: &House, path: &str) -> Answer {
        self.ask(house, Method::GET, path, None).await
    }
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON of a success.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text());
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of an error.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16) -> String {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        let body: Value = serde_json::from_slice(&self.body).expect("an error is JSON");
        assert!(body["error"]["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        body["error"]["code"].as_str().expect("a code").to_owned()
    }

    #[track_caller]
    pub(crate) fn field(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).expect("an error is JSON");
        body["error"]["field"].as_str().unwrap_or_default().to_owned()
    }
}
