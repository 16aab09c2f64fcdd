use std::net::SocketAddr;

use http::{Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::control::Control;
use crate::server::{Reply, serve, whole};

/// [`Control`] over plain HTTP on a loopback port, for scripts in other languages:
/// `GET /records`, `/visits`, `/chats`, `/uploads`, `/sign-ins`, `/session/EMAIL` (a new one, as Playwright keeps it);
/// `POST /scenario`, `/scenario/EMAIL`, `/layout`, `/models`, `/account`, `/sign-out/EMAIL`, `/gate/NAME`,
/// `/clear`.
pub struct Remote {
    addr: SocketAddr,
    _stop: DropGuard,
}

impl Remote {
    /// Starts on the given loopback port; 0 picks a free one.
    pub async fn start(control: Control, port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let addr = listener.local_addr()?;
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(accept(listener, control, stop.clone())));
        Ok(Self { addr, _stop: stop.drop_guard() })
    }

    /// Where it listens (HTTP).
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }
}

async fn accept(listener: TcpListener, control: Control, stop: CancellationToken) {
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        let control = control.clone();
        let serving = serve(TokioIo::new(socket), move |request| respond(control.clone(), request));
        tokio::spawn(stop.clone().run_until_cancelled_owned(serving));
    }
}

async fn respond(control: Control, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    if head.method == Method::GET {
        return match path {
            "/records" => reply(&json!(control.records())),
            "/visits" => reply(&json!(control.visits())),
            "/chats" => reply(&json!(control.saved_chats())),
            "/uploads" => reply(&json!(control.uploads())),
            "/sign-ins" => reply(&json!(control.sign_ins())),
            _ => match path.strip_prefix("/session/").and_then(|email| control.session_state(email)) {
                Some(state) => reply(&state),
                None => whole(StatusCode::NOT_FOUND, "text/plain", "no such thing to read\n"),
            },
        };
    }
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    match path {
        "/scenario" => accept_json(&body, |scenario| control.set_scenario(scenario)),
        "/layout" => accept_json(&body, |layout| control.set_layout(layout)),
        "/models" => accept_json(&body, |models| control.set_models(models)),
        "/clear" => {
            control.clear();
            done()
        }
        "/account" => accept_json(&body, |account| control.add_account(account)),
        _ => change_named(&control, path, &body),
    }
}

/// What is told to one gate or one account, named at the end of the address.
fn change_named(control: &Control, path: &str, body: &[u8]) -> Reply {
    match path.trim_start_matches('/').split_once('/') {
        Some(("gate", name)) => {
            control.open_gate(name);
            done()
        }
        Some(("scenario", email)) => accept_json(body, |scenario| control.set_scenario_of(email, scenario)),
        Some(("sign-out", email)) => {
            control.sign_out_everywhere(email);
            done()
        }
        _ => whole(StatusCode::NOT_FOUND, "text/plain", "no such thing to change\n"),
    }
}

fn accept_json<T: DeserializeOwned>(body: &[u8], change: impl FnOnce(T)) -> Reply {
    match serde_json::from_slice(body) {
        Ok(value) => {
            change(value);
            done()
        }
        Err(why) => whole(StatusCode::BAD_REQUEST, "text/plain", format!("{why}\n")),
    }
}

fn done() -> Reply {
    whole(StatusCode::OK, "application/json", "{}")
}

fn reply(value: &serde_json::Value) -> Reply {
    whole(StatusCode::OK, "application/json", value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::Who;
    use crate::{Answer, Layout, Misbehaviour, Scenario, Script, UploadCourse, Variant};

    #[tokio::test]
    async fn scripts_in_other_languages_can_say_everything() -> anyhow::Result<()> {
        let control = Control::new();
        let remote = Remote::start(control.clone(), 0).await?;
        let client = reqwest::Client::new();
        let post = |path: &str, body: &'static str| {
            client.post(format!("http://{}{path}", remote.addr())).body(body).send()
        };
        let scenario = r#"{"misbehaviour": {"slow_first_byte": 250}, "times": 2, "answer": {"script": {"steps":
            [{"frame": {"parts": [{"text": "a"}]}}, {"gate": "g"}, {"pause": 5}], "chunk_bytes": [1]}}}"#;
        post("/scenario", scenario).await?.error_for_status()?;
        let pause = std::time::Duration::from_millis(5);
        let script = Script::new().text("a").gate("g").pause(pause).chunked([1]);
        let slow = Misbehaviour::SlowFirstByte(std::time::Duration::from_millis(250));
        let expected =
            Scenario { misbehaviour: slow, times: Some(2), answer: script.into(), ..Scenario::default() };
        assert_eq!(control.course(&Who::Anyone, "m", "s").scenario, expected);

        post("/scenario", r#"{"answer": {"in_turn": [{"steps": [{"frame": {"parts": [{"call": {"name": "f", "arguments": {}}}]}}]}]},
            "upload": {"gate": "g"}}"#).await?.error_for_status()?;
        let call = Script::new().call("f", json!({}));
        let expected = Scenario::answering_in_turn([call.clone()]).uploading(UploadCourse::Gate("g".into()));
        assert_eq!(control.upload_course(&Who::Anyone), expected.upload);
        assert_eq!(control.course(&Who::Anyone, "m", "s").scenario.answer, call.into());
        assert_eq!(control.course(&Who::Anyone, "m", "s").scenario.answer, Answer::Echo);

        post("/layout", r#"{"variant": "input_wrapper"}"#).await?.error_for_status()?;
        assert_eq!(control.layout(), Layout::of(Variant::InputWrapper));
        post("/gate/g", "").await?.error_for_status()?;
        control.pass_gate("g").await;
        assert_eq!(post("/layout", r#"{"colour": 1}"#).await?.status(), 400);
        post("/account", r#"{"email": "a@b.org", "password": "pw"}"#).await?.error_for_status()?;
        post("/scenario/a@b.org", r#"{"misbehaviour": "quota_per_day"}"#).await?.error_for_status()?;
        let account = Who::Account { email: "a@b.org".to_owned(), bound: false };
        assert_eq!(control.course(&account, "m", "s").scenario.misbehaviour, Misbehaviour::QuotaPerDay);
        assert_eq!(post("/scenario/a@b.org", r#"{"misbehaviour": "sulk"}"#).await?.status(), 400);
        post("/clear", "").await?.error_for_status()?;
        assert_eq!(control.layout(), Layout::default());
        let records = client.get(format!("http://{}/records", remote.addr())).send().await?.text().await?;
        assert_eq!(records, "[]");
        Ok(())
    }
}
