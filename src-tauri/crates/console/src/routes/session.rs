//! Coming in and going out.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse};
use http::header::{SET_COOKIE, USER_AGENT};
use http::{HeaderMap, StatusCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::session::{
    NewPassword, OtherSession, OtherSessions, Session, SessionsEnded, SignIn, VisitorKind,
};
use crate::asked::Told;
use crate::document::SESSION_COOKIE;
use crate::guard::{Caller, Peer};
use crate::login::Stranger;
use crate::{Console, ErrorBody, Trouble};

pub(super) fn routes() -> OpenApiRouter<Console> {
    OpenApiRouter::new()
        .routes(routes!(get_session, sign_in, sign_out))
        .routes(routes!(set_password))
        .routes(routes!(get_other_sessions, end_other_sessions))
}

/// Who is at the console.
#[utoipa::path(
    get,
    path = "/api/session",
    tag = "session",
    security(()),
    responses(
        (status = 200, body = Session, description = "Who is at the console."),
    ),
)]
async fn get_session(State(console): State<Console>, caller: Caller) -> Result<Json<Session>, Trouble> {
    view(&console, &caller).await.map(Json)
}

/// Signs in with the password or with a link's token; sets the session cookie.
#[utoipa::path(
    post,
    path = "/api/session",
    tag = "session",
    request_body = SignIn,
    security(()),
    responses(
        (status = 200, body = Session, description = "Signed in."),
        (status = 401, body = ErrorBody, description = "The password or the link is wrong."),
        (status = 429, body = ErrorBody, description = "Too many tries."),
    ),
)]
async fn sign_in(
    State(console): State<Console>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Told(how): Told<SignIn>,
) -> Result<impl IntoResponse, Trouble> {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned();
    let lasts = Duration::from_secs(console.config().session_days.saturating_mul(24 * 60 * 60));
    let token = console.gatekeeper().sign_in(how, Stranger { peer, agent }, lasts).await?;
    let cookie = cookie(token.expose(), lasts.as_secs(), &headers);
    let session = Session {
        visitor: VisitorKind::Browser,
        signed_in: true,
        password_set: console.has_password().await?,
        version: VERSION.to_owned(),
    };
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Json(session)))
}

/// Ends this session.
#[utoipa::path(
    delete,
    path = "/api/session",
    tag = "session",
    responses(
        (status = 204, description = "Signed out."),
    ),
)]
async fn sign_out(
    State(console): State<Console>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Trouble> {
    if let Some(session) = caller.session() {
        console.gatekeeper().sign_out(session).await?;
    }
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, cookie("", 0, &headers))])))
}

/// Sets the console's password and ends every other session.
#[utoipa::path(
    put,
    path = "/api/session/password",
    tag = "session",
    request_body = NewPassword,
    responses(
        (status = 200, body = Session, description = "Set."),
        (status = 401, body = ErrorBody, description = "The present password is wrong."),
        (status = 429, body = ErrorBody, description = "Too many tries."),
    ),
)]
async fn set_password(
    State(console): State<Console>,
    caller: Caller,
    Peer(peer): Peer,
    Told(told): Told<NewPassword>,
) -> Result<Json<Session>, Trouble> {
    console.gatekeeper().set_password(told, caller.session(), peer).await?;
    view(&console, &caller).await.map(Json)
}

/// The sessions beside this one.
#[utoipa::path(
    get,
    path = "/api/session/others",
    tag = "session",
    responses(
        (status = 200, body = OtherSessions, description = "The sessions."),
    ),
)]
async fn get_other_sessions(
    State(console): State<Console>,
    caller: Caller,
) -> Result<Json<OtherSessions>, Trouble> {
    let others = console.gatekeeper().others(caller.session().map(|session| session.id)).await?;
    let sessions = others.into_iter().map(|other| OtherSession {
        label: other.agent,
        peer: other.peer,
        created_at: other.created_at,
        seen_at: other.seen_at,
    });
    Ok(Json(OtherSessions { sessions: sessions.collect() }))
}

/// Ends every session but this one.
#[utoipa::path(
    delete,
    path = "/api/session/others",
    tag = "session",
    responses(
        (status = 200, body = SessionsEnded, description = "How many ended."),
    ),
)]
async fn end_other_sessions(
    State(console): State<Console>,
    caller: Caller,
) -> Result<Json<SessionsEnded>, Trouble> {
    let ended = console.gatekeeper().end_others(caller.session().map(|session| session.id)).await?;
    Ok(Json(SessionsEnded { ended }))
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

async fn view(console: &Console, caller: &Caller) -> Result<Session, Trouble> {
    let (visitor, signed_in) = match caller {
        Caller::Window => (VisitorKind::Window, true),
        Caller::Browser { .. } => (VisitorKind::Browser, true),
        Caller::Stranger => (VisitorKind::Browser, false),
    };
    let password_set = console.has_password().await?;
    Ok(Session { visitor, signed_in, password_set, version: VERSION.to_owned() })
}

/// The cookie of a session. Behind a proxy that speaks TLS it never goes out without.
fn cookie(token: &str, lasts_s: u64, headers: &HeaderMap) -> String {
    let secure = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let secure = if secure { "; Secure" } else { "" };
    format!("{SESSION_COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age={lasts_s}{secure}")
}
