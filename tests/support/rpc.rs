use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::answer::{Answer, Script, tokens};
use crate::control::{Control, Course};
use crate::people::Who;
use crate::record::{Moment, Outcome, PageNote, Record};
use crate::scenario::Misbehaviour;
use crate::server::{Reply, whole};
use crate::stream::{self, Ending};
use crate::wire::{at, elided};

const ORIGIN: &str = "https://aistudio.google.com";
pub(crate) const PROTOBUF: &str = "application/json+protobuf; charset=UTF-8";

/// A failure as the site words it.
struct Trouble {
    status: StatusCode,
    code: u32,
    text: Cow<'static, str>,
}

impl Trouble {
    const fn new(status: StatusCode, code: u32, text: &'static str) -> Self {
        Self { status, code, text: Cow::Borrowed(text) }
    }

    fn quota(text: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::TOO_MANY_REQUESTS, code: 8, text: text.into() }
    }
}

const FORBIDDEN: Trouble = Trouble::new(StatusCode::FORBIDDEN, 7, "The caller does not have permission");

const SERVER_ERROR: Trouble =
    Trouble::new(StatusCode::INTERNAL_SERVER_ERROR, 13, "Internal error encountered.");

const SIGNED_OUT: Trouble =
    Trouble::new(StatusCode::UNAUTHORIZED, 16, "Request had invalid authentication credentials.");

/// Answers the page's calls.
pub(crate) async fn respond(control: Control, request: Request<Incoming>) -> Reply {
    let mut reply = if request.method() == Method::OPTIONS {
        whole(StatusCode::NO_CONTENT, "text/plain", "")
    } else {
        call(control, request).await
    };
    allow_origin(reply.headers_mut());
    reply
}

fn allow_origin(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static(ORIGIN));
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST, OPTIONS"));
    headers.insert(
        ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static(
            "content-type, authorization, x-goog-api-key, x-goog-authuser, x-user-agent, \
             x-aistudio-visit-id, x-standin-note",
        ),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    headers.insert(VARY, HeaderValue::from_static("origin"));
}

async fn call(control: Control, request: Request<Incoming>) -> Reply {
    let arrived = Moment::now();
    let (head, body) = request.into_parts();
    let Ok(body) = body.collect().await else {
        return whole(StatusCode::BAD_REQUEST, "text/plain", "no body");
    };
    let Ok(body) = serde_json::from_slice::<Value>(&body.to_bytes()) else {
        return trouble(&Trouble::new(StatusCode::BAD_REQUEST, 3, "Invalid JSON payload"));
    };
    let who = control.who(&head.headers);
    let page = head.headers.get("x-aistudio-visit-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    if !control.lets_in(&who, page) {
        return trouble(&SIGNED_OUT);
    }
    match head.uri.path().rsplit('/').next().unwrap_or_default() {
        "ListModels" => {
            let rows: Vec<Value> = control.models(&who).iter().map(crate::models::Model::row).collect();
            protobuf(&json!([rows]))
        }
        "CountTokens" => protobuf(&json!([tokens(&all_text(at(&body, &[1])))])),
        "CreatePrompt" => {
            let id = control.save_chat(at(&body, &[0]).as_str(), at(&body, &[1]).clone());
            protobuf(&json!([id]))
        }
        "ResolveDriveResource" => resolve(&control, at(&body, &[0])),
        "Create" if !control.attests(&who) => trouble(&SERVER_ERROR),
        "Create" => {
            let seed = uuid_like();
            control.add_seed(&seed);
            protobuf(&json!([seed]))
        }
        "GenerateContent" => {
            let note = note_of(&head.headers);
            let seed = genuine_seed(&control, &body);
            let record = Record::read(body, note, arrived, &control.uploads());
            generate(&control, &who, record, seed).await
        }
        _ => trouble(&Trouble::new(StatusCode::NOT_FOUND, 5, "Method not found")),
    }
}

fn resolve(control: &Control, id: &Value) -> Reply {
    match control.saved_chats().into_iter().find(|chat| Some(chat.id.as_str()) == id.as_str()) {
        Some(chat) => protobuf(&json!([chat.id, chat.turns])),
        None => trouble(&Trouble::new(StatusCode::NOT_FOUND, 5, "Resource not found")),
    }
}

async fn generate(control: &Control, who: &Who, record: Record, seed: Option<String>) -> Reply {
    let record = Record { account: who.email().map(str::to_owned), ..record };
    let prompt = record.said();
    let Some(seed) = seed else {
        let ended = Some(Moment::now());
        control.add_record(Record { outcome: Outcome::Forged, ended, ..record });
        return trouble(&FORBIDDEN);
    };
    let course = control.course(who, &record.model, &seed);
    let id = control.add_record(record);
    let ending = Ending::new(control.clone(), id);
    if let Some(failure) = failure_of(course.scenario.misbehaviour) {
        ending.is(Outcome::Failed { status: failure.status.as_u16() });
        return trouble(&failure);
    }
    if let Misbehaviour::SlowFirstByte(delay) = course.scenario.misbehaviour {
        tokio::time::sleep(delay).await;
    }
    stream::reply(script_of(&course, &prompt), course.scenario.misbehaviour, ending)
}

fn failure_of(misbehaviour: Misbehaviour) -> Option<Trouble> {
    match misbehaviour {
        Misbehaviour::Quota => Some(Trouble::quota("user has exceeded quota")),
        Misbehaviour::QuotaPerMinute(room) => Some(Trouble::quota(format!(
            "You've reached your rate limit: requests per minute. Please retry in {}s.",
            room.as_secs_f64()
        ))),
        Misbehaviour::QuotaPerDay => {
            Some(Trouble::quota("user has exceeded quota: requests per day for this model"))
        }
        Misbehaviour::Refused => Some(FORBIDDEN),
        Misbehaviour::ServerError => Some(SERVER_ERROR),
        Misbehaviour::BadArgument => Some(Trouble::new(
            StatusCode::BAD_REQUEST,
            3,
            "The input token count exceeds the maximum number of tokens allowed.",
        )),
        Misbehaviour::ExpiredSession | Misbehaviour::Verification => Some(SIGNED_OUT),
        Misbehaviour::RegionBlocked | Misbehaviour::UnusualTraffic => Some(FORBIDDEN),
        Misbehaviour::None
        | Misbehaviour::Stall
        | Misbehaviour::Cut
        | Misbehaviour::SlowFirstByte(_)
        | Misbehaviour::Blocked
        | Misbehaviour::MaxTokens
        | Misbehaviour::EmptyAnswer
        | Misbehaviour::ThoughtsOnly
        | Misbehaviour::Unattested => None,
    }
}

fn script_of(course: &Course, prompt: &str) -> Script {
    match (course.scenario.misbehaviour, &course.scenario.answer) {
        (Misbehaviour::Blocked, _) => Script::closing(prompt, 3),
        (Misbehaviour::EmptyAnswer, _) => Script::closing(prompt, 1),
        (Misbehaviour::ThoughtsOnly, _) => Script::thoughts(prompt),
        (Misbehaviour::MaxTokens, Answer::Echo) => Script::echo(prompt, course.thinks, course.makes, 2),
        (_, Answer::Echo | Answer::InTurn(_)) => Script::echo(prompt, course.thinks, course.makes, 1),
        (_, Answer::Script(script)) => script.clone(),
    }
}

fn note_of(headers: &HeaderMap) -> PageNote {
    let note = headers.get("x-standin-note").map(HeaderValue::as_bytes).unwrap_or_default();
    serde_json::from_slice(note).unwrap_or_default()
}

/// The seed of the page's token, if the token is genuine and new. It is `!seed.nonce.digest`, the digest
/// over seed, nonce and all text of the conversation.
fn genuine_seed(control: &Control, body: &Value) -> Option<String> {
    let token = at(body, &[4]).as_str()?;
    let (made_of, digest) = token.strip_prefix('!')?.rsplit_once('.')?;
    let (seed, _nonce) = made_of.split_once('.')?;
    let text = all_text(at(body, &[1]));
    let expected = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{made_of}.{text}")));
    (expected == digest && control.use_token(token, seed)).then(|| seed.to_owned())
}

fn all_text(contents: &Value) -> String {
    let turns = contents.as_array().map_or(&[][..], Vec::as_slice);
    turns
        .iter()
        .flat_map(|turn| at(turn, &[0]).as_array().map_or(&[][..], Vec::as_slice))
        .filter_map(|part| at(part, &[1]).as_str())
        .collect()
}

fn uuid_like() -> String {
    use std::hash::{BuildHasher as _, RandomState};
    format!("{:016x}", RandomState::new().hash_one(Moment::now().0))
}

fn protobuf(value: &Value) -> Reply {
    whole(StatusCode::OK, PROTOBUF, value.to_string())
}

fn trouble(trouble: &Trouble) -> Reply {
    whole(trouble.status, PROTOBUF, elided(&json!([null, [trouble.code, trouble.text]])))
}
