//! What every request passes before it reaches its route: is the console to be had here, does its own page
//! ask, who is it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequestParts, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Uri};
use postern_protocol::Secret;
use postern_store::Session;

use crate::document::{MARK, SESSION_COOKIE};
use crate::{Code, Console, Trouble, pages};

/// Most bytes of a body, where the route does not say more.
const BODY_BYTES: usize = 1024 * 1024;

/// An extension of a request that says who asks. Nothing that comes over HTTP can set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// The window, in process: it is trusted and needs no login.
    Window,
}

/// Who asks, as handlers see it.
#[derive(Clone)]
pub(crate) enum Caller {
    /// The window.
    Window,
    /// A browser that is signed in.
    Browser {
        session: Session,
        /// To ask later whether the session has ended.
        token: Arc<Secret>,
    },
    /// A browser that is not signed in; few routes see it.
    Stranger,
}

impl Caller {
    pub(crate) fn session(&self) -> Option<&Session> {
        match self {
            Self::Browser { session, .. } => Some(session),
            Self::Window | Self::Stranger => None,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        parts.extensions.get().cloned().ok_or_else(sign_in_needed)
    }
}

/// The address that the request comes from.
pub(crate) struct Peer(pub(crate) IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        Ok(Self(peer(&parts.extensions)))
    }
}

/// An address that is nobody's stands for an unknown one.
fn peer(extensions: &Extensions) -> IpAddr {
    let known = extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip());
    known.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.to_canonical())
}

/// Puts the guard before all routes and says what is not there.
pub(crate) fn stand_before(routes: Router<Console>, console: &Console) -> Router<Console> {
    routes
        .fallback(nothing_there)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(middleware::from_fn_with_state(console.clone(), enter))
}

async fn nothing_there(uri: Uri) -> Trouble {
    Trouble::new(Code::NotFound, format!("There is nothing at {}.", uri.path()))
        .action("GET /api/openapi.json lists what there is.")
}

async fn wrong_method(method: Method, uri: Uri) -> Trouble {
    Trouble::new(Code::WrongMethod, format!("{} knows no {method}.", uri.path()))
        .action("GET /api/openapi.json lists what there is.")
}

async fn enter(State(console): State<Console>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let page = pages::is_page(parts.uri.path());
    let mut response = match admit(&console, &parts, page).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            let answered = next.run(Request::from_parts(parts, body));
            // A panic in a route costs this request only.
            let answered = AssertUnwindSafe(answered).catch_unwind().await;
            answered.unwrap_or_else(|_| Trouble::new(Code::Internal, "A defect of Postern.").into_response())
        }
        Err(trouble) if page => pages::explain(&trouble),
        Err(trouble) => trouble.into_response(),
    };
    protect(response.headers_mut(), page);
    response
}

async fn admit(console: &Console, request: &Parts, page: bool) -> Result<Caller, Trouble> {
    if request.extensions.get() == Some(&Visitor::Window) {
        return Ok(Caller::Window);
    }
    // The peer is looked at too: a listener may outlive the address that the settings say.
    let from_afar = || console.desk().server().beyond_loopback || !peer(&request.extensions).is_loopback();
    if !console.config().remote && from_afar() {
        return Err(not_from_afar());
    }
    if page {
        return Ok(Caller::Stranger);
    }
    own_page_asks(request)?;
    match session(console, &request.headers).await? {
        Some(caller) => Ok(caller),
        None if is_open(&request.method, request.uri.path()) => Ok(Caller::Stranger),
        None => Err(sign_in_needed()),
    }
}

/// What somebody without a login may ask: whether a login is needed, and for one.
fn is_open(method: &Method, path: &str) -> bool {
    path == "/api/session" && matches!(*method, Method::GET | Method::HEAD | Method::POST)
}

/// Refuses what a page of another origin has a browser send.
fn own_page_asks(request: &Parts) -> Result<(), Trouble> {
    let headers = &request.headers;
    if let Some(origin) = headers.get(ORIGIN)
        && !is_own(origin, headers.get(HOST))
    {
        return Err(Trouble::new(Code::Forbidden, "The console answers its own pages only."));
    }
    let from = headers.get(HeaderName::from_static("sec-fetch-site"));
    if from.is_some_and(|from| from != "same-origin" && from != "none") {
        return Err(Trouble::new(Code::Forbidden, "The console answers its own pages only."));
    }
    let changes = !matches!(request.method, Method::GET | Method::HEAD);
    if changes && headers.get(MARK).is_none_or(|mark| mark != "1") {
        return Err(Trouble::new(Code::Forbidden, format!("The header `{MARK}: 1` is missing."))
            .action("The console's own pages send it; a program must too."));
    }
    Ok(())
}

/// Whether the origin is the host that was called. The scheme may differ: before the listener may stand a
/// proxy that speaks TLS.
fn is_own(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let authority = |text: &str| {
        let (scheme, authority) = text.split_once("://")?;
        let usual = if scheme == "https" { ":443" } else { ":80" };
        Some(authority.strip_suffix(usual).unwrap_or(authority).to_ascii_lowercase())
    };
    let (Ok(origin), Some(Ok(host))) = (origin.to_str(), host.map(HeaderValue::to_str)) else { return false };
    let scheme = if origin.starts_with("https://") { "https" } else { "http" };
    authority(origin).is_some_and(|origin| Some(origin) == authority(&format!("{scheme}://{host}")))
}

async fn session(console: &Console, headers: &HeaderMap) -> Result<Option<Caller>, Trouble> {
    let Some(token) = cookie(headers) else { return Ok(None) };
    let Some(session) = console.gatekeeper().session(token.expose()).await? else { return Ok(None) };
    console.gatekeeper().saw(&session).await;
    Ok(Some(Caller::Browser { session, token: Arc::new(token) }))
}

fn cookie(headers: &HeaderMap) -> Option<Secret> {
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, value)| Secret::new(value))
}

fn sign_in_needed() -> Trouble {
    Trouble::new(Code::SignInNeeded, "A login is needed.").action("Sign in with POST /api/session.")
}

fn not_from_afar() -> Trouble {
    Trouble::new(
        Code::Forbidden,
        "This server can be reached from other machines, and its console is not to be had there.",
    )
    .action("Set `console.remote = true` in config.toml to allow it, or let the server listen on 127.0.0.1.")
}

/// Headers that keep what is answered to the page that asked.
fn protect(headers: &mut HeaderMap, page: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if !page {
        set(CACHE_CONTROL, "no-store");
        set(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_the_consoles_own_when_it_is_the_host_that_was_called() {
        let own = |origin: &'static str, host: &'static str| {
            is_own(&HeaderValue::from_static(origin), Some(&HeaderValue::from_static(host)))
        };
        assert!(own("http://127.0.0.1:2048", "127.0.0.1:2048"));
        assert!(own("http://LOCALHOST:2048", "localhost:2048"));
        assert!(own("https://postern.example", "postern.example"), "a proxy speaks TLS");
        assert!(own("https://postern.example", "postern.example:443"));
        assert!(own("http://postern.example", "postern.example:80"));
        assert!(!own("http://127.0.0.1:3000", "127.0.0.1:2048"));
        assert!(!own("http://localhost:2048", "127.0.0.1:2048"));
        assert!(!own("null", "127.0.0.1:2048"));
        assert!(!own("http://evil.example", "127.0.0.1:2048"));
        assert!(!is_own(&HeaderValue::from_static("http://127.0.0.1"), None));
    }

    #[test]
    fn the_session_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        assert!(cookie(&headers).is_none());
        headers.append(COOKIE, HeaderValue::from_static("a=b; xpostern_session=no"));
        assert!(cookie(&headers).is_none());
        headers.append(COOKIE, HeaderValue::from_static("c=d; postern_session=token; e=f"));
        assert_eq!(cookie(&headers).map(|token| token.expose().to_owned()), Some("token".to_owned()));
    }
}
