//! `accounts.google.com`: a sign-in in two steps that keeps out whoever is driven by a program.

use http::header::SET_COOKIE;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::control::Control;
use crate::people::SignInOutcome;
use crate::server::{Reply, whole};
use crate::session::{Binding, Session};
use crate::site::{HTML, SCRIPT, fresh, redirect};

const SIGN_IN: &str = include_str!("site/sign-in.html");
const CHALLENGE: &str = include_str!("site/challenge.html");
const IDENTIFIER: &str = include_str!("site/accounts/identifier.html");
const PASSWORD: &str = include_str!("site/accounts/password.html");
const REJECTED: &str = include_str!("site/accounts/rejected.html");
const STYLE: &str = include_str!("site/accounts/style.css");
const STEPS: &str = include_str!("site/accounts/steps.js");

/// Where a sign-in leads that began nowhere.
const HOME: &str = "https://aistudio.google.com/";

/// What a step of the sign-in sends.
#[derive(Deserialize)]
struct Step {
    /// The address, or the password.
    value: String,
    /// The flow that the first step began.
    #[serde(default)]
    flow: String,
    /// `navigator.webdriver` as the page saw it.
    webdriver: Option<bool>,
}

/// Answers one request.
pub(crate) async fn respond(control: &Control, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let query = Query::of(head.uri.query().unwrap_or_default());
    let who = control.who(&head.headers);
    if head.method == Method::POST {
        let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let Ok(step) = serde_json::from_slice::<Step>(&body) else {
            return whole(StatusCode::BAD_REQUEST, "text/plain", "not a step of the sign-in");
        };
        return match head.uri.path() {
            "/_/signin/identifier" => identifier(control, &step, &query),
            "/_/signin/password" => password(control, &step, &query),
            _ => whole(StatusCode::NOT_FOUND, "text/plain", ""),
        };
    }
    match head.uri.path() {
        "/standin/style.css" => whole(StatusCode::OK, "text/css; charset=utf-8", STYLE),
        "/standin/steps.js" => whole(StatusCode::OK, SCRIPT, STEPS),
        "/standin/signed-in" => {
            control.sign_in(&who);
            redirect(&query.back)
        }
        "/Logout" => sign_out(control, &head.headers, &query),
        "/ServiceLogin" if control.signed_in(&who) => redirect(&query.back),
        "/ServiceLogin" | "/" | "/v3/signin/identifier" if !control.has_accounts() => page(SIGN_IN, &query),
        "/ServiceLogin" | "/" => redirect(&sign_in_address(&query.back)),
        "/v3/signin/identifier" => page(IDENTIFIER, &query),
        "/v3/signin/challenge/pwd" => page(PASSWORD, &query),
        "/v3/signin/rejected" => page(REJECTED, &query),
        path if path.contains("/challenge/") => page(CHALLENGE, &query),
        _ => whole(StatusCode::NOT_FOUND, HTML, ""),
    }
}

/// What the addresses of the sign-in carry along.
struct Query {
    /// Where the browser wanted to go.
    back: String,
    /// The flow.
    flow: String,
    /// The address that was typed.
    email: String,
}

impl Query {
    fn of(query: &str) -> Self {
        let value = |name: &str| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let back = value("continue").filter(|back| leads_to_google(back));
        Self {
            back: back.unwrap_or_else(|| HOME.to_owned()),
            flow: value("TL").unwrap_or_default(),
            email: value("email").unwrap_or_default(),
        }
    }
}

fn leads_to_google(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.host_str().is_some_and(|host| host.ends_with(".google.com")))
}

/// The first page of the sign-in.
pub(crate) fn sign_in_address(back: &str) -> String {
    format!(
        "https://accounts.google.com/v3/signin/identifier?continue={}&flowName=GlifWebSignIn",
        encoded(back)
    )
}

/// `text` as the value of a parameter of an address.
pub(crate) fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

fn page(html: &'static str, query: &Query) -> Reply {
    let html = html
        .replace("__CONTINUE__", &escape(&encoded(&query.back)))
        .replace("__EMAIL__", &escape(&query.email))
        .replace("__FLOW__", &escape(&query.flow));
    fresh(whole(StatusCode::OK, HTML, html))
}

fn identifier(control: &Control, step: &Step, query: &Query) -> Reply {
    match control.look_up(&step.value, &query.back, step.automated()) {
        Ok(flow) => next(&format!(
            "/v3/signin/challenge/pwd?TL={flow}&email={}&continue={}",
            encoded(step.value.trim()),
            encoded(&query.back)
        )),
        Err(outcome) => refused(outcome, &query.back),
    }
}

fn password(control: &Control, step: &Step, query: &Query) -> Reply {
    match control.sign_in_with(&step.flow, &step.value, step.automated()) {
        Ok((session, back)) => signed_in(&session, &back),
        Err(outcome) => refused(outcome, &query.back),
    }
}

fn signed_in(session: &Session, back: &str) -> Reply {
    let mut reply = match &session.binding {
        Binding::Ticket(ticket) => next(&format!(
            "https://aistudio.google.com/_/standin/bind?ticket={ticket}&continue={}",
            encoded(back)
        )),
        Binding::Free | Binding::Key(_) | Binding::Lost => next(back),
    };
    for cookie in session.set_cookies() {
        reply.headers_mut().append(SET_COOKIE, cookie);
    }
    reply
}

fn sign_out(control: &Control, headers: &HeaderMap, query: &Query) -> Reply {
    control.sign_out(headers);
    let mut reply = redirect(&sign_in_address(&query.back));
    for cookie in Session::drop_cookies() {
        reply.headers_mut().append(SET_COOKIE, cookie);
    }
    reply
}

impl Step {
    /// A page that does not say is taken for one whose script was tampered with.
    fn automated(&self) -> bool {
        self.webdriver != Some(false)
    }
}

fn refused(outcome: SignInOutcome, back: &str) -> Reply {
    match outcome {
        SignInOutcome::Automated => next(&format!("/v3/signin/rejected?continue={}", encoded(back))),
        SignInOutcome::UnknownAccount => say(&json!({ "error": "Couldn\u{2019}t find your Google Account" })),
        SignInOutcome::WrongPassword => {
            say(&json!({ "error": "Wrong password. Try again or click Forgot password to reset it." }))
        }
        SignInOutcome::Done => next(back),
    }
}

fn next(address: &str) -> Reply {
    say(&json!({ "next": address }))
}

fn say(value: &Value) -> Reply {
    fresh(whole(StatusCode::OK, "application/json", value.to_string()))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
