//! The door: what every request passes before it reaches its route, and every response on the way out.
//!
//! In this order: request id, host, side door, origin, key, route; then the headers for the browser, the id
//! and the line in the log. It is one handler rather than a stack of layers, so that the order is read here
//! and a request pays for it once.

use std::net::{Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::FutureExt;
use http::header::CONTENT_LENGTH;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, StatusCode, Uri};
use hyper::body::Incoming;
use postern_protocol::dialect::Dialect;
use postern_store::{Source, Via};
use serde_json::json;
use tower::Service;

use crate::auth::{self, Caller, Pass, Refused};
use crate::reject::Reject;
use crate::rules::Rules;
use crate::serve::Link;
use crate::stop::{Stop, stopping};
use crate::tape::{Begun, Heard, RECORD, Tape, Wish};
use crate::visit::{OWN_REQUEST_ID, REQUEST_ID, REQUEST_ID_OF_MESSAGES, Visit};
use crate::{
    AsClient, Gateway, body, control, conversation, cors, counting, gemini, images, info, models, paths,
    proxy, reject, relayed, speech,
};

/// Which way requests come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entrance {
    /// From a socket.
    Public,
    /// From a socket, while the owner has stopped the server.
    Stopped,
    /// From the console, in this process.
    Inside,
}

#[derive(Clone)]
struct Door {
    gateway: Gateway,
    entrance: Entrance,
    rooms: Router,
}

pub(crate) fn router(gateway: &Gateway, entrance: Entrance) -> Router {
    let rooms = match entrance {
        Entrance::Public | Entrance::Inside => rooms(gateway.clone()),
        Entrance::Stopped => stopped_rooms(),
    };
    Router::new().fallback(enter).with_state(Door { gateway: gateway.clone(), entrance, rooms })
}

fn rooms(gateway: Gateway) -> Router {
    Router::new()
        .route(paths::CHAT, post(conversation::chat))
        .route(paths::RESPONSES, post(conversation::responses))
        .route(paths::COMPLETIONS, post(conversation::complete))
        .route(paths::MESSAGES, post(conversation::messages))
        .route(paths::COUNT_TOKENS, post(counting::messages))
        .route(paths::SPEECH, post(speech::speak))
        .route(paths::IMAGES, post(images::draw))
        .route(paths::TRANSCRIPTIONS, post(conversation::transcribe))
        .route(paths::TRANSLATIONS, post(conversation::translate))
        .route(paths::EMBEDDINGS, post(relayed::embed))
        .route(paths::RERANK, post(relayed::rerank))
        .route(paths::MODERATIONS, post(relayed::moderate))
        .route(paths::IMAGE_EDITS, post(relayed::edit))
        .route(paths::IMAGE_VARIATIONS, post(relayed::vary))
        .route(paths::MODELS, get(models::list))
        .route(paths::MODEL, get(models::one).post(gemini::call))
        .route(paths::GEMINI_MODELS, get(models::list))
        .route(paths::GEMINI_MODEL, get(models::one).post(gemini::call))
        .route("/v1/queue", get(control::queue))
        .route("/v1/cancel/{id}", post(control::cancel))
        .route("/health", get(info::health))
        .route("/api/info", get(info::info))
        .route("/", get(info::root))
        .method_not_allowed_fallback(reject::method)
        .fallback(reject::path)
        .with_state(gateway)
}

/// What is left while the server is stopped.
fn stopped_rooms() -> Router {
    Router::new().route("/health", get(stopped_health)).fallback(stopped)
}

async fn stopped(request: Request) -> Response {
    refuse(Reject::stopped(), request)
}

async fn stopped_health() -> Response {
    let told = json!({ "status": "stopped", "message": "The server is stopped; start it from the console." });
    (StatusCode::SERVICE_UNAVAILABLE, Json(told)).into_response()
}

async fn enter(State(mut door): State<Door>, mut request: Request) -> Response {
    let side = door.side(&mut request);
    let visit = Visit::new(request.method(), request.uri().path());
    let dialect = paths::dialect(request.uri().path(), request.headers());
    let headless = request.method() == Method::HEAD;
    let rules = door.gateway.rules();
    let peer = request.extensions().get::<Link>().map(|link| link.peer.ip());
    if rules.probe().hides(request.method(), request.uri().path(), peer) {
        visit.hush();
    }
    let mut tape = None;
    let mut response = match (door.known_host(&request, &rules), side) {
        (Err(reject), _) => {
            door.journal(&visit, &Pass::of(Caller::Unknown));
            refuse(reject, request)
        }
        (Ok(()), Some(side)) => {
            let looks = matches!(*request.method(), Method::GET | Method::HEAD);
            let response = aside(side, request).await;
            // Whoever looks at the log would otherwise make it grow by looking.
            if looks && response.status().is_success() {
                visit.hush();
            }
            response
        }
        (Ok(()), None) => door.answer(request, &visit, rules, &mut tape).await,
    };
    let reject = response.extensions_mut().remove::<Reject>();
    if let Some(reject) = &reject {
        visit.failed(reject.trouble());
        if !headless {
            response.headers_mut().remove(CONTENT_LENGTH);
            *response.body_mut() = reject.words(dialect, visit.id().as_str()).into();
        }
    }
    visit.answered(response.status());
    if let Ok(id) = HeaderValue::from_str(visit.id().as_str()) {
        // A request that the side router sent on inside has the id it is known by already, an answer that a provider
        // gave the one it is known by there.
        if response.headers().get(REQUEST_ID).is_some_and(|theirs| *theirs != id) {
            response.headers_mut().entry(OWN_REQUEST_ID).or_insert(id.clone());
        }
        response.headers_mut().entry(REQUEST_ID).or_insert(id);
    }
    if dialect == Dialect::Messages
        && let Ok(id) = HeaderValue::try_from(format!("req_{}", visit.id()))
    {
        response.headers_mut().entry(REQUEST_ID_OF_MESSAGES).or_insert(id);
    }
    match tape {
        Some(tape) => tape.spoken(response, reject.as_ref()).map(Body::new),
        None => response,
    }
}

fn refuse(reject: Reject, request: Request) -> Response {
    body::drain(request);
    reject.into_response()
}

impl Door {
    /// The side door, if the request belongs there. Any other request gets its path straightened.
    fn side(&self, request: &mut Request) -> Option<Router> {
        let mut straight = request.uri().clone();
        straighten(&mut straight);
        let side = Some(straight.path())
            .filter(|path| self.entrance != Entrance::Inside && belongs_aside(path))
            .and_then(|_| self.gateway.side());
        if side.is_none() {
            *request.uri_mut() = straight;
        }
        side
    }

    /// Refuses names that are not this server's.
    fn known_host(&self, request: &Request, rules: &Rules) -> Result<(), Reject> {
        if self.entrance == Entrance::Inside {
            return Ok(());
        }
        rules.hosts().check(request.uri(), request.headers(), request.extensions().get::<Link>())
    }

    async fn answer(
        &mut self,
        request: Request,
        visit: &Visit,
        rules: Rules,
        tape: &mut Option<Tape>,
    ) -> Response {
        if self.entrance == Entrance::Inside {
            return self.admitted(request, visit, rules, tape).await;
        }
        let for_keys = paths::is_api(request.uri().path());
        let page = match cors::reader(request.headers(), &rules, self.gateway.keys().is_empty(), for_keys) {
            Ok(page) => page,
            Err(reject) => {
                self.journal(visit, &Pass::of(Caller::Unknown));
                return refuse(reject, request);
            }
        };
        // A browser sends no key when it asks what a page may do.
        let mut response = if cors::is_preflight(request.method(), request.headers()) {
            (StatusCode::NO_CONTENT, cors::preflight(request.headers())).into_response()
        } else {
            self.admitted(request, visit, rules, tape).await
        };
        if let Some(page) = page {
            cors::grant(response.headers_mut(), page);
        }
        response
    }

    /// Looks at the key and calls the room. Whoever is not let in is not recorded.
    async fn admitted(
        &mut self,
        mut request: Request,
        visit: &Visit,
        rules: Rules,
        tape: &mut Option<Tape>,
    ) -> Response {
        let pass = match self.pass(&request) {
            Ok(pass) => pass,
            Err(Refused { reject, key }) if paths::guarded(request.method(), request.uri().path()) => {
                visit.journal(self.gateway.requests(), self.source(), key);
                return refuse(reject, request);
            }
            Err(_) => Pass::of(Caller::Unknown),
        };
        self.journal(visit, &pass);
        *tape = self.tape(&request, visit, &pass, &rules);
        request.headers_mut().remove(RECORD);
        if let Some(tape) = tape {
            request = request.map(|body| Body::new(Heard::new(body, tape.ear())));
        }
        let extensions = request.extensions_mut();
        extensions.insert(pass);
        extensions.insert(rules);
        extensions.insert(visit.clone());
        call(&mut self.rooms, request).await
    }

    fn pass(&self, request: &Request) -> Result<Pass, Refused> {
        let link = request.extensions().get::<Link>().copied();
        let link = match self.entrance {
            Entrance::Inside if request.extensions().get::<AsClient>().is_none() => {
                return Ok(Pass::of(Caller::Console));
            }
            Entrance::Inside => Some(Link { loopback: true, peer: (Ipv4Addr::LOCALHOST, 0).into() }),
            // Nobody is let in to where nothing is answered.
            Entrance::Stopped => return Ok(Pass::of(Caller::Unknown)),
            Entrance::Public => link,
        };
        auth::admit(self.gateway.keys(), request, link.as_ref())
    }

    /// The tape of a request that asks for an answer, if it is to be recorded.
    fn tape(&self, request: &Request, visit: &Visit, pass: &Pass, rules: &Rules) -> Option<Tape> {
        let (method, uri) = (request.method(), request.uri());
        let via = match self.entrance {
            Entrance::Public => Via::Api,
            Entrance::Inside => Via::Console,
            Entrance::Stopped => return None,
        };
        let allowed = rules.config().record && pass.may_be_recorded() && paths::counted(method, uri.path());
        let begun = Begun {
            id: visit.id(),
            at: visit.at(),
            via,
            method,
            host: None,
            path: uri.path_and_query().map_or("", PathAndQuery::as_str),
            key: pass.key(),
        };
        let mut tape = self.gateway.taping().begin(&Wish { allowed, headers: request.headers() }, begun)?;
        tape.watch(visit);
        Some(tape)
    }

    fn journal(&self, visit: &Visit, pass: &Pass) {
        visit.journal(self.gateway.requests(), self.source(), pass.key());
    }

    fn source(&self) -> Source {
        match self.entrance {
            Entrance::Public | Entrance::Stopped => Source::Client,
            Entrance::Inside => Source::Console,
        }
    }
}

/// What is said to those whom the owner wants turned away. The console is left out, where that can be taken back.
pub(crate) fn turn_away(
    gateway: &Gateway,
    rules: &Rules,
    request: &http::Request<Incoming>,
    link: Link,
) -> Option<Response> {
    if !rules.probe().turns_away() {
        return None;
    }
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let mut straight = uri.clone();
    straighten(&mut straight);
    let peer = link.peer.ip();
    // Slashes that are forgiven are no way round.
    let check = |path| rules.probe().check(method, path, headers, peer);
    let reject = check(uri.path()).and_then(|()| check(straight.path())).err();
    let reject = reject.filter(|_| !belongs_aside(straight.path()))?;
    let visit = Visit::new(method, uri.path());
    if rules.probe().hides(method, uri.path(), Some(peer)) {
        visit.hush();
    }
    let id = visit.id().as_str();
    let elsewhere = gateway.proxy().and_then(|_| proxy::told(&reject, rules, uri, id));
    if elsewhere.is_some() {
        visit.write_down(gateway.requests(), Source::Client, None);
    } else {
        visit.journal(gateway.requests(), Source::Client, None);
    }
    visit.failed(reject.trouble());
    let mut response = elsewhere.unwrap_or_else(|| {
        let mut response = reject.clone().into_response();
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = reject.words(paths::dialect(straight.path(), headers), id).into();
        response
    });
    visit.answered(response.status());
    if let Ok(Some(page)) = cors::reader(headers, rules, gateway.keys().is_empty(), true) {
        cors::grant(response.headers_mut(), page);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    Some(response)
}

/// Whether this is the console's.
fn belongs_aside(path: &str) -> bool {
    let api = path.starts_with("/api/") && path != "/api/info";
    api || path == "/console" || path.starts_with("/console/")
}

/// Calls the side router, which learns who asks and when the listener closes.
async fn aside(mut side: Router, mut request: Request) -> Response {
    let stop = request.extensions().get::<Stop>().cloned().unwrap_or_default();
    let peer = request.extensions().get::<Link>().map(|link| link.peer);
    request.extensions_mut().insert(stop.closing);
    if let Some(peer) = peer {
        request.extensions_mut().insert(ConnectInfo::<SocketAddr>(peer));
    }
    call(&mut side, request).await
}

/// Calls a router. A panic in it costs this request only, and none outlasts the server.
async fn call(router: &mut Router, request: Request) -> Response {
    let stop = request.extensions().get::<Stop>().cloned().unwrap_or_default();
    let called = AssertUnwindSafe(router.call(request)).catch_unwind();
    let called = tokio::select! {
        biased;
        called = called => called,
        () = stop.time_is_up.rung() => return Reject::from(stopping()).into_response(),
    };
    match called {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => Reject::defect().into_response(),
    }
}

/// Forgives a doubled or trailing slash, which base URLs are often written with.
fn straighten(uri: &mut Uri) {
    let path = uri.path();
    if !path.contains("//") && (path.len() == 1 || !path.ends_with('/')) {
        return;
    }
    let mut straight: String =
        path.split('/').filter(|part| !part.is_empty()).flat_map(|part| ["/", part]).collect();
    if straight.is_empty() {
        straight.push('/');
    }
    if let Some(query) = uri.query() {
        straight += "?";
        straight += query;
    }
    let mut parts = std::mem::take(uri).into_parts();
    parts.path_and_query = PathAndQuery::try_from(straight).ok();
    *uri = Uri::from_parts(parts).unwrap_or_default();
}
