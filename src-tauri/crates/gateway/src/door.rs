//! The door: what every request passes before it reaches its route, and every response on the way out.
//!
//! In this order: request id, host, origin, key, route; then the headers for the browser, the id and the
//! line in the log. It is one handler rather than a stack of layers, so that the order is read here and a
//! request pays for it once.

use std::panic::AssertUnwindSafe;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures::FutureExt;
use http::header::ORIGIN;
use http::uri::PathAndQuery;
use http::{HeaderValue, StatusCode, Uri};
use tower::Service;

use crate::auth::{self, Caller};
use crate::reject::{Code, Reject};
use crate::serve::Link;
use crate::stop::{Stop, stopping};
use crate::visit::{REQUEST_ID, Visit};
use crate::{Gateway, body, chat, control, cors, info, models, reject};

#[derive(Clone)]
struct Door {
    gateway: Gateway,
    rooms: Router,
}

pub(crate) fn router(gateway: &Gateway) -> Router {
    let door = Door { gateway: gateway.clone(), rooms: rooms(gateway.clone()) };
    Router::new().fallback(enter).with_state(door)
}

fn rooms(gateway: Gateway) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(chat::complete))
        .route("/v1/models", get(models::list))
        .route("/v1/models/{*id}", get(models::one))
        .route("/v1/queue", get(control::queue))
        .route("/v1/cancel/{id}", post(control::cancel))
        .route("/health", get(info::health))
        .route("/api/info", get(info::info))
        .route("/", get(info::root))
        .method_not_allowed_fallback(reject::method)
        .fallback(reject::path)
        .with_state(gateway)
}

async fn enter(State(mut door): State<Door>, mut request: Request) -> Response {
    straighten(request.uri_mut());
    let visit = Visit::new(request.method(), request.uri().path());
    let mut response = match door.readable_for(&request) {
        Err(reject) => refuse(reject, request),
        Ok(page) => {
            let mut response = door.answer(request, &visit).await;
            if let Some(page) = page {
                cors::grant(response.headers_mut(), page);
            }
            response
        }
    };
    if let Some(Code(code)) = response.extensions().get() {
        visit.failed(code);
    }
    visit.answered(response.status());
    if let Ok(id) = HeaderValue::from_str(visit.id().as_str()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn refuse(reject: Reject, request: Request) -> Response {
    body::drain(request);
    reject.into_response()
}

impl Door {
    /// The page that may read the response, if a page asks. Refuses foreign names of this server and,
    /// while no key protects it, foreign pages.
    fn readable_for(&self, request: &Request) -> Result<Option<HeaderValue>, Reject> {
        let gateway = &self.gateway.inner;
        gateway.hosts.check(request.uri(), request.headers(), request.extensions().get::<Link>())?;
        let Some(origin) = request.headers().get(ORIGIN) else { return Ok(None) };
        if gateway.origins.trusts(origin, &gateway.hosts) {
            Ok(Some(origin.clone()))
        } else if gateway.keys.is_empty() {
            Err(cors::foreign(origin))
        } else {
            Ok(request.uri().path().starts_with("/v1/").then(|| origin.clone()))
        }
    }

    async fn answer(&mut self, mut request: Request, visit: &Visit) -> Response {
        // A browser sends no key when it asks what a page may do.
        if cors::is_preflight(request.method(), request.headers()) {
            return (StatusCode::NO_CONTENT, cors::preflight(request.headers())).into_response();
        }
        let link = request.extensions().get::<Link>();
        let caller = match auth::admit(self.gateway.keys(), request.headers(), link) {
            Ok(caller) => caller,
            Err(reject) if auth::guarded(request.method(), request.uri().path()) => {
                return refuse(reject, request);
            }
            Err(_) => Caller::Unknown,
        };
        request.extensions_mut().insert(caller);
        request.extensions_mut().insert(visit.clone());
        let stop = request.extensions().get::<Stop>().cloned().unwrap_or_default();
        // A panic in a route costs this request only.
        let called = AssertUnwindSafe(self.rooms.call(request)).catch_unwind();
        let called = tokio::select! {
            biased;
            called = called => called,
            () = stop.time_is_up.cancelled() => return Reject::from(stopping()).into_response(),
        };
        match called {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(_) => Reject::defect().into_response(),
        }
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
