use bytes::Bytes;
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::account::Account;
use crate::accounts::encoded;
use crate::control::Control;
use crate::files;
use crate::people::Who;
use crate::scenario::Misbehaviour;
use crate::server::{Reply, whole};

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const SCRIPT: &str = "text/javascript; charset=utf-8";
const PAGE: &str = include_str!("site/index.html");
const BIND: &str = include_str!("site/bind.html");
const REGION: &str = include_str!("site/region.html");
const UNUSUAL: &str = include_str!("site/unusual.html");

/// The page's own files, by name.
const FILES: &[(&str, &str, &str)] = &[
    ("style.css", "text/css; charset=utf-8", include_str!("site/style.css")),
    ("dom.js", SCRIPT, include_str!("site/dom.js")),
    ("overlay.js", SCRIPT, include_str!("site/overlay.js")),
    ("store.js", SCRIPT, include_str!("site/store.js")),
    ("device.js", SCRIPT, include_str!("site/device.js")),
    ("bind.js", SCRIPT, include_str!("site/bind.js")),
    ("rpc.js", SCRIPT, include_str!("site/rpc.js")),
    ("frames.js", SCRIPT, include_str!("site/frames.js")),
    ("fields.js", SCRIPT, include_str!("site/fields.js")),
    ("schema.js", SCRIPT, include_str!("site/schema.js")),
    ("struct.js", SCRIPT, include_str!("site/struct.js")),
    ("editor.js", SCRIPT, include_str!("site/editor.js")),
    ("rows.js", SCRIPT, include_str!("site/rows.js")),
    ("tools.js", SCRIPT, include_str!("site/tools.js")),
    ("safety.js", SCRIPT, include_str!("site/safety.js")),
    ("output.js", SCRIPT, include_str!("site/output.js")),
    ("settings.js", SCRIPT, include_str!("site/settings.js")),
    ("thinking.js", SCRIPT, include_str!("site/thinking.js")),
    ("dialogs.js", SCRIPT, include_str!("site/dialogs.js")),
    ("uploads.js", SCRIPT, include_str!("site/uploads.js")),
    ("prompt.js", SCRIPT, include_str!("site/prompt.js")),
    ("markdown.js", SCRIPT, include_str!("site/markdown.js")),
    ("calls.js", SCRIPT, include_str!("site/calls.js")),
    ("parts.js", SCRIPT, include_str!("site/parts.js")),
    ("turns.js", SCRIPT, include_str!("site/turns.js")),
    ("request.js", SCRIPT, include_str!("site/request.js")),
    ("chat.js", SCRIPT, include_str!("site/chat.js")),
    ("toolbar.js", SCRIPT, include_str!("site/toolbar.js")),
    ("main.js", SCRIPT, include_str!("site/main.js")),
];

/// `aistudio.google.com`.
pub(crate) async fn studio(control: &Control, request: Request<Incoming>) -> Reply {
    let path = request.uri().path().to_owned();
    if let Some(name) = path.strip_prefix("/_/standin/file/") {
        return file(name);
    }
    match path.as_str() {
        "/_/standin/stop" => note_stop(control, request).await,
        "/_/standin/upload" if request.method() == Method::POST => files::take(control, request).await,
        "/_/standin/bind" if request.method() == Method::POST => bind(control, request).await,
        "/_/standin/bind" => fresh(whole(StatusCode::OK, HTML, BIND)),
        "/_/standin/proof" => prove(control, request).await,
        "/_/MakerSuite/jserror" => whole(StatusCode::NO_CONTENT, "text/plain", ""),
        "/favicon.ico" => whole(StatusCode::NOT_FOUND, "text/plain", ""),
        _ => page(control, &request),
    }
}

fn file(name: &str) -> Reply {
    let found = FILES.iter().find(|(known, _, _)| *known == name);
    let Some((_, mime, text)) = found else {
        return whole(StatusCode::NOT_FOUND, "text/plain", "no such file");
    };
    whole(StatusCode::OK, mime, *text)
}

async fn note_stop(control: &Control, request: Request<Incoming>) -> Reply {
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    if let Ok((pressed, run_pressed)) = serde_json::from_slice::<(f64, f64)>(&body) {
        control.note_stop(pressed, run_pressed);
    }
    whole(StatusCode::NO_CONTENT, "text/plain", "")
}

/// A fresh session is bound to the browser that began it.
async fn bind(control: &Control, request: Request<Incoming>) -> Reply {
    #[derive(Deserialize)]
    struct Binding {
        ticket: String,
        key: String,
    }
    let (headers, binding) = read::<Binding>(request).await;
    match binding {
        Some(Binding { ticket, key }) if control.bind(&headers, &ticket, &key) => {
            whole(StatusCode::NO_CONTENT, "text/plain", "")
        }
        _ => whole(StatusCode::FORBIDDEN, "text/plain", ""),
    }
}

/// A page of a bound session answers its challenge, or is sent to the sign-in.
async fn prove(control: &Control, request: Request<Incoming>) -> Reply {
    #[derive(Deserialize)]
    struct Proof {
        challenge: String,
        signature: String,
    }
    let (headers, proof) = read::<Proof>(request).await;
    let proven = proof.is_some_and(|proof| control.prove(&headers, &proof.challenge, &proof.signature));
    let next = (!proven).then_some("https://accounts.google.com/v3/signin/identifier?flowName=GlifWebSignIn");
    fresh(whole(StatusCode::OK, "application/json", json!({ "next": next }).to_string()))
}

async fn read<T: DeserializeOwned>(request: Request<Incoming>) -> (HeaderMap, Option<T>) {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    (head.headers, serde_json::from_slice(&body).ok())
}

fn page(control: &Control, request: &Request<Incoming>) -> Reply {
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str());
    let back = encoded(&format!("https://aistudio.google.com{address}"));
    let who = control.who(request.headers());
    let misbehaviour = control.visit(&who, address);
    if who == Who::Nobody {
        return redirect(&format!(
            "https://accounts.google.com/ServiceLogin?passive=1209600&continue={back}"
        ));
    }
    match misbehaviour {
        Misbehaviour::ExpiredSession => {
            redirect(&format!("https://accounts.google.com/v3/signin/identifier?continue={back}"))
        }
        Misbehaviour::Verification => {
            redirect(&format!("https://accounts.google.com/v3/signin/challenge/dp?continue={back}"))
        }
        Misbehaviour::UnusualTraffic => {
            redirect(&format!("https://www.google.com/sorry/index?continue={back}"))
        }
        Misbehaviour::RegionBlocked => whole(StatusCode::OK, HTML, REGION),
        _ => studio_page(control, &who, request.uri().path(), address),
    }
}

fn studio_page(control: &Control, who: &Who, path: &str, address: &str) -> Reply {
    if path == "/" {
        return redirect("/prompts/new_chat");
    }
    if let Some(rest) = address.strip_prefix("/app/") {
        return redirect(&format!("/{rest}"));
    }
    if !path.contains("/prompts/") {
        return whole(StatusCode::NOT_FOUND, HTML, "<title>Not found</title>");
    }
    let models = control.models(who);
    let thinking: serde_json::Map<_, _> =
        models.iter().map(|model| (model.id.clone(), json!(model.thinking))).collect();
    let layout = control.layout();
    let account = who.email().and_then(|email| control.account(email));
    let account = account.unwrap_or_else(|| Account::new(&layout.account, ""));
    let challenge = match who {
        Who::Account { email, bound: true } => Some(control.challenge(email)),
        Who::Account { bound: false, .. } | Who::Anyone | Who::Nobody => None,
    };
    let setup = json!({
        "layout": layout,
        "thinking": thinking,
        "account": { "email": account.email, "name": account.name },
        "challenge": challenge,
    });
    // `<` must not be able to close the script element that carries the text.
    let setup = setup.to_string().replace('<', "\\u003c");
    fresh(whole(StatusCode::OK, HTML, PAGE.replace("__SETUP__", &setup)))
}

/// `www.google.com`.
pub(crate) fn search(request: &Request<Incoming>) -> Reply {
    if request.uri().path().starts_with("/sorry/") {
        return fresh(whole(StatusCode::TOO_MANY_REQUESTS, HTML, UNUSUAL));
    }
    whole(StatusCode::NOT_FOUND, HTML, Bytes::new())
}

pub(crate) fn redirect(to: &str) -> Reply {
    let mut reply = fresh(whole(StatusCode::FOUND, HTML, Bytes::new()));
    if let Ok(to) = HeaderValue::from_str(to) {
        reply.headers_mut().insert(LOCATION, to);
    }
    reply
}

pub(crate) fn fresh(mut reply: Reply) -> Reply {
    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
